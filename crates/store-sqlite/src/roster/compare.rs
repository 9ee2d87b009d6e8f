//! The difference between the roster in use and a draft: both in the order of their numbers, side by side.

use super::{ROSTER_FILE, RosterDraft, SqliteRoster};
use crate::database;
use booking::PersonAlias;
use rusqlite::{Connection, Rows};
use std::path::Path;
use store::{RosterEntry, StoreError};

/// How many of each kind are shown in a preview.
const SAMPLES_MAX: usize = 5;

#[derive(Debug, Default)]
pub struct RosterDifference {
    pub added: u64,
    pub removed: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// The first few by kind.
    pub added_samples: Vec<RosterSample>,
    pub removed_samples: Vec<RosterSample>,
    pub changed_samples: Vec<RosterSample>,
}

/// Somebody to show, masked, in a preview.
#[derive(Debug)]
pub struct RosterSample {
    /// Of the list the draft was made of; removed people have none there.
    pub line: Option<u64>,
    pub pair: PersonAlias,
    pub entry: RosterEntry,
}

/// A person in the order of numbers.
struct Person {
    number: [u8; 16],
    content: [u8; 16],
    row: i64,
}

#[derive(Default)]
struct Rowids {
    added: Vec<i64>,
    removed: Vec<i64>,
    changed: Vec<i64>,
}

impl RosterDraft {
    /// After [`RosterDraft::index_numbers`]. Without a roster in use everybody is added.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the roster in use is damaged or was made with other keys.
    pub fn compare(&self, folder: &Path, key_check: PersonAlias) -> Result<RosterDifference, StoreError> {
        let path = folder.join(ROSTER_FILE);
        let reading = |error| database::reading(&path, &error);
        if !path.exists() {
            let no_one = Connection::open_in_memory().and_then(|none| {
                none.execute_batch(super::SCHEMA)?;
                Ok(none)
            });
            return difference(&no_one.map_err(reading)?, &self.connection).map_err(reading);
        }
        let current = SqliteRoster::open(&path, key_check)?;
        difference(&current.connection(), &self.connection).map_err(reading)
    }
}

fn difference(before: &Connection, after: &Connection) -> rusqlite::Result<RosterDifference> {
    const ORDERED: &str = "SELECT number, content, row FROM person ORDER BY number, content";
    let (mut old, mut new) = (before.prepare(ORDERED)?, after.prepare(ORDERED)?);
    let (mut old, mut new) = (old.query([])?, new.query([])?);
    let mut found = RosterDifference::default();
    let mut rowids = Rowids::default();
    let (mut one, mut other) = (next(&mut old)?, next(&mut new)?);
    loop {
        let order = match (&one, &other) {
            (None, None) => break,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(_), None) => std::cmp::Ordering::Less,
            (Some(one), Some(other)) => one.number.cmp(&other.number),
        };
        match (&one, &other) {
            (Some(gone), _) if order.is_lt() => count(&mut found.removed, &mut rowids.removed, gone),
            (_, Some(new)) if order.is_gt() => count(&mut found.added, &mut rowids.added, new),
            (Some(one), Some(other)) if one.content != other.content => {
                count(&mut found.changed, &mut rowids.changed, other);
            }
            _ => found.unchanged += 1,
        }
        if order.is_le() {
            one = next(&mut old)?;
        }
        if order.is_ge() {
            other = next(&mut new)?;
        }
    }
    found.added_samples = samples(after, &rowids.added)?;
    found.removed_samples = samples(before, &rowids.removed)?;
    found.removed_samples.iter_mut().for_each(|sample| sample.line = None);
    found.changed_samples = samples(after, &rowids.changed)?;
    Ok(found)
}

fn count(counter: &mut u64, rowids: &mut Vec<i64>, person: &Person) {
    *counter += 1;
    if rowids.len() < SAMPLES_MAX {
        rowids.push(person.row);
    }
}

fn next(rows: &mut Rows<'_>) -> rusqlite::Result<Option<Person>> {
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Person { number: row.get(0)?, content: row.get(1)?, row: row.get(2)? }))
}

fn samples(connection: &Connection, rowids: &[i64]) -> rusqlite::Result<Vec<RosterSample>> {
    let mut person = connection.prepare("SELECT pair, sealed FROM person WHERE row = ?1")?;
    let sample = |row: &i64| {
        person.query_row([row], |found| {
            let (pair, sealed) = (PersonAlias(found.get(0)?), found.get(1)?);
            Ok(RosterSample { line: Some(row.cast_unsigned()), pair, entry: RosterEntry { sealed } })
        })
    };
    rowids.iter().map(sample).collect()
}
