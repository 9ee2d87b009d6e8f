//! `roster.db`: people by keyed hashes, everything else sealed. Never changed in place: an import builds a new file
//! beside it ([`RosterDraft`]) and renames it over the old one; readers follow ([`FollowedRoster`]).

mod compare;
mod draft;
mod followed;

pub use compare::{RosterDifference, RosterSample};
pub use draft::{RosterDraft, RosterRow};
pub use followed::{FollowedRoster, KeyChecks};

use crate::database;
use booking::PersonAlias;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use store::{Roster, RosterEntry, StoreError};
use subtle::ConstantTimeEq as _;

pub const ROSTER_FILE: &str = "roster.db";

const APPLICATION_ID: i64 = 0x4348_5250;
const USER_VERSION: i64 = 1;

/// `row` counts in the order of the import. `number` and `content` are the first half of their keyed hashes: enough to
/// tell people and their details apart, for the difference between two lists.
const SCHEMA: &str = "CREATE TABLE person(
                          row INTEGER PRIMARY KEY,
                          pair BLOB NOT NULL,
                          number BLOB NOT NULL,
                          content BLOB NOT NULL,
                          sealed BLOB NOT NULL
                      ) STRICT;
                      CREATE TABLE meta(
                          people INTEGER NOT NULL,
                          key_check BLOB NOT NULL
                      ) STRICT;";

/// What a reader keeps of the file, in KiB. Nothing is mapped into memory: a file that somebody cuts short under a map
/// would end the process.
const READER_CACHE_KIB: i64 = 32 << 10;

/// One file, opened for reading. It sees what it opened even when another is put in its place.
pub struct SqliteRoster {
    connection: Mutex<Connection>,
    people: u64,
    made_with: PersonAlias,
}

impl SqliteRoster {
    /// `key_check` is any keyed hash that the import left with it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the file is none of ours or was made with other keys.
    pub fn open(path: &Path, key_check: PersonAlias) -> Result<Self, StoreError> {
        Self::open_of(path, &[key_check])
    }

    /// Made with one of several keys.
    ///
    /// # Errors
    /// As [`SqliteRoster::open`].
    pub fn open_of(path: &Path, key_checks: &[PersonAlias]) -> Result<Self, StoreError> {
        let connection = open_read_only(path)?;
        let (people, made_with) = meta(&connection).map_err(|error| database::reading(path, &error))?;
        let is_it = |check: &&PersonAlias| made_with == check.0;
        let other_keys = || StoreError::Corrupt { at: format!("{ROSTER_FILE}: made with other keys") };
        let made_with = *key_checks.iter().find(is_it).ok_or_else(other_keys)?;
        Ok(Self { connection: Mutex::new(connection), people, made_with })
    }

    /// What the key leaves with it that it was made with.
    pub fn made_with(&self) -> PersonAlias {
        self.made_with
    }

    /// How many are on it.
    pub fn people(&self) -> u64 {
        self.people
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().expect("no look-up panics")
    }
}

impl Roster for SqliteRoster {
    fn is_present(&self) -> bool {
        true
    }

    /// Reads whoever comes next in the order of the hashes, wanted or not, and compares at the end: a miss costs the
    /// same pages and bytes as a hit.
    fn find(&self, pair: PersonAlias) -> Result<Option<RosterEntry>, StoreError> {
        let connection = self.connection();
        let found = next_person(&connection, &pair.0);
        let found = found.map_err(|error| database::reading(Path::new(ROSTER_FILE), &error))?;
        let matches = |entry: &(Vec<u8>, Vec<u8>)| bool::from(entry.0.ct_eq(&pair.0));
        Ok(found.filter(matches).map(|(_, sealed)| RosterEntry { sealed }))
    }
}

fn next_person(connection: &Connection, pair: &[u8]) -> rusqlite::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut next = connection.prepare_cached(
        "SELECT
             pair,
             sealed
         FROM person WHERE pair >= ?1 ORDER BY pair LIMIT 1",
    )?;
    let mut read = |pair: &[u8]| next.query_row([pair], |row| Ok((row.get(0)?, row.get(1)?))).optional();
    match read(pair)? {
        Some(found) => Ok(Some(found)),
        // Past the last one: round to the first.
        None => read(&[]),
    }
}

fn meta(connection: &Connection) -> rusqlite::Result<(u64, Vec<u8>)> {
    connection.query_row("SELECT people, key_check FROM meta", [], |row| {
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?))
    })
}

/// The file is never written again once it has its name, so no lock is needed.
fn open_read_only(path: &Path) -> Result<Connection, StoreError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(immutable_uri(path), flags)
        .map_err(|error| StoreError::unavailable_because("cannot open the roster", error))?;
    let numbers = (|| {
        connection.pragma_update(None, "mmap_size", 0)?;
        connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
        let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
        Ok((number("application_id")?, number("user_version")?))
    })();
    match numbers.map_err(|error| database::reading(path, &error))? {
        (APPLICATION_ID, USER_VERSION) => Ok(connection),
        _ => Err(StoreError::Corrupt { at: format!("{ROSTER_FILE}: not a roster of this release") }),
    }
}

fn hex_digit(half: u8) -> char {
    char::from_digit(u32::from(half), 16).expect("half a byte is one digit")
}

fn immutable_uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                uri.push(char::from(*byte));
            }
            other => uri.extend(['%', hex_digit(other >> 4), hex_digit(other & 15)]),
        }
    }
    uri + "?immutable=1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_any_name_is_opened() {
        let path = Path::new("/tmp/명단 50% #1?/roster.db");
        assert!(!immutable_uri(path).contains(['#', ' ']));
        assert_eq!(immutable_uri(path).matches('?').count(), 1);
    }
}
