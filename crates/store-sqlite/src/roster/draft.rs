//! A new roster beside the one in use. It has no effect before [`RosterDraft::publish`], and a draft that is dropped
//! leaves nothing behind.

use super::{APPLICATION_ID, ROSTER_FILE, SCHEMA, USER_VERSION, open_read_only};
use crate::database::writing;
use crate::folder::{self, FolderLock};
use booking::PersonAlias;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use store::StoreError;

const DRAFT_FILE: &str = "roster.db.new";

/// Memory of the pages and of the sorter that builds the indexes, in KiB.
const CACHE_KIB: i64 = 48 << 10;

/// One person as the file keeps them.
#[derive(Debug, Clone)]
pub struct RosterRow {
    /// The line of the list, from 1.
    pub line: u64,
    pub number: PersonAlias,
    pub pair: PersonAlias,
    pub content: PersonAlias,
    pub sealed: Vec<u8>,
}

pub struct RosterDraft {
    pub(super) connection: Connection,
    folder: PathBuf,
    key_check: PersonAlias,
    is_published: bool,
    /// One import at a time.
    _lock: FolderLock,
}

impl RosterDraft {
    /// An empty one. What an import that was killed left behind is thrown away.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if another import is under way in the folder.
    pub fn begin(folder: &Path, key_check: PersonAlias) -> Result<Self, StoreError> {
        let draft = Self::open(folder, key_check, |_| Ok(()))?;
        let made = draft.connection.execute_batch(&format!(
            "PRAGMA application_id = {APPLICATION_ID};
             PRAGMA user_version = {USER_VERSION};
             {SCHEMA}
             BEGIN;"
        ));
        made.map_err(writing)?;
        Ok(draft)
    }

    /// A copy of the one in use, to change a few rows of; None if there is none.
    pub fn of_current(folder: &Path, key_check: PersonAlias) -> Result<Option<Self>, StoreError> {
        let current = folder.join(ROSTER_FILE);
        if !current.exists() {
            return Ok(None);
        }
        super::SqliteRoster::open(&current, key_check)?;
        let draft = Self::open(folder, key_check, |path| fs::copy(&current, path).map(|_| ()))?;
        draft.connection.execute_batch("DELETE FROM meta; BEGIN;").map_err(writing)?;
        Ok(Some(draft))
    }

    fn open(
        folder: &Path,
        key_check: PersonAlias,
        fill: impl FnOnce(&Path) -> std::io::Result<()>,
    ) -> Result<Self, StoreError> {
        let lock = FolderLock::take(folder, "roster.lock")?;
        let path = folder.join(DRAFT_FILE);
        let cleared = remove(&path).and_then(|()| fill(&path));
        cleared.map_err(|error| StoreError::unavailable_because("cannot write beside the roster", error))?;
        let connection = Connection::open(&path).map_err(writing)?;
        settle(&connection).map_err(writing)?;
        Ok(Self { connection, folder: folder.to_owned(), key_check, is_published: false, _lock: lock })
    }

    /// Appends, in the order of the list; nothing is looked up.
    pub fn append(&mut self, rows: &[RosterRow]) -> Result<(), StoreError> {
        let append = || -> rusqlite::Result<()> {
            let mut insert = self.connection.prepare_cached(
                "INSERT INTO person(row, pair, number, content, sealed) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for row in rows {
                let (number, content) = (half(&row.number), half(&row.content));
                insert.execute(params![row.line.cast_signed(), &row.pair.0, number, content, &row.sealed])?;
            }
            Ok(())
        };
        append().map_err(writing)
    }

    /// Adds a person or corrects the one with the same number, in a copy of the current roster. True if they were there.
    pub fn correct(&mut self, row: &RosterRow) -> Result<bool, StoreError> {
        let correct = || -> rusqlite::Result<bool> {
            let number = half(&row.number);
            let earlier: Option<i64> = self
                .connection
                .prepare_cached("SELECT row FROM person WHERE number = ?1")?
                .query_row([number], |row| row.get(0))
                .optional()?;
            let values = params![earlier, &row.pair.0, number, half(&row.content), &row.sealed];
            let mut write = self.connection.prepare_cached(
                "INSERT OR REPLACE INTO person(row, pair, number, content, sealed) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            write.execute(values)?;
            Ok(earlier.is_some())
        };
        correct().map_err(writing)
    }

    /// After the last row: what the difference and the search for twins read.
    pub fn index_numbers(&mut self) -> Result<(), StoreError> {
        // Not unique: twins are a fault to be named, with their lines.
        self.connection
            .execute_batch("CREATE INDEX person_number ON person(number, content)")
            .map_err(writing)
    }

    /// Lines with the same number: the first of them, and each later one.
    pub fn twins(&self, mut each: impl FnMut(u64, u64)) -> Result<(), StoreError> {
        let mut tell = |lines: &mut Vec<i64>| {
            lines.sort_unstable();
            let lines: Vec<u64> = lines.drain(..).map(i64::cast_unsigned).collect();
            lines.iter().skip(1).for_each(|line| each(lines[0], *line));
        };
        let mut twins = || -> rusqlite::Result<()> {
            let mut ordered = self.connection.prepare("SELECT number, row FROM person ORDER BY number")?;
            let mut rows = ordered.query([])?;
            let (mut number, mut lines) = ([0; 16], Vec::new());
            while let Some(row) = rows.next()? {
                let next: [u8; 16] = row.get(0)?;
                if next != number {
                    tell(&mut lines);
                    number = next;
                }
                lines.push(row.get(1)?);
            }
            tell(&mut lines);
            Ok(())
        };
        twins().map_err(writing)
    }

    /// What readers look people up by. Before [`Self::publish`], and apart from it because it takes a while.
    pub fn index_pairs(&mut self) -> Result<(), StoreError> {
        self.connection.execute_batch("CREATE INDEX person_pair ON person(pair)").map_err(writing)
    }

    /// Puts it in the place of the one in use, in one step; how many are on it.
    pub fn publish(mut self) -> Result<u64, StoreError> {
        let path = self.folder.join(DRAFT_FILE);
        self.connection
            .execute(
                "INSERT INTO meta(people, key_check) SELECT count(*), ?1 FROM person",
                [&self.key_check.0],
            )
            .map_err(writing)?;
        self.connection.execute_batch("COMMIT").map_err(writing)?;
        let synced = File::open(&path).and_then(|file| file.sync_all());
        synced.map_err(|error| StoreError::unavailable_because("cannot sync the new roster", error))?;
        let (people, _) = super::meta(&open_read_only(&path)?).map_err(writing)?;
        fs::rename(&path, self.folder.join(ROSTER_FILE))
            .map_err(|error| StoreError::unavailable_because("cannot put the new roster in place", error))?;
        self.is_published = true;
        folder::sync(&self.folder)?;
        Ok(people)
    }
}

impl Drop for RosterDraft {
    fn drop(&mut self) {
        if !self.is_published {
            // A file that stays is thrown away by the next import.
            let _stays = remove(&self.folder.join(DRAFT_FILE));
        }
    }
}

/// Nobody reads a draft, and a crash throws it away: no journal, no waiting for the disk before the end.
fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "OFF", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "page_size", 8_192)?;
    connection.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "FILE")?;
    connection.pragma_update(None, "threads", 1)
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The first half of a keyed hash.
fn half(PersonAlias(hash): &PersonAlias) -> &[u8] {
    &hash[..16]
}
