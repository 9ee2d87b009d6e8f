//! `views.db`: derived from the journal, and thrown away whenever there is any doubt.
//!
//! Two things are in it. What the ledger is loaded from at the start: the records that [`store::kept`] keeps, each under a
//! check, so that nothing is loaded that was not written. And tables for people who ask questions: appointments by person,
//! by clinic and day, by number; nothing is decided on them.

mod keep;
mod load;
mod names;
mod position;
mod show;

use crate::database::{self, Holds, Kind};
use crate::failpoint::failpoint;
use crate::feed::Row;
use crate::head::Witness;
use booking::Country;
use jiff::SignedDuration;
use names::Names;
use position::Position;
use rusqlite::Connection;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use store::kept::Follower;
use store::{Ledger, StoreError, record};

const KIND: Kind = Kind {
    application_id: 0x4348_5256,
    user_version: 1,
    schema: "CREATE TABLE held(
                 id INTEGER PRIMARY KEY CHECK (id = 1),
                 seq INTEGER NOT NULL,
                 at_ms INTEGER NOT NULL,
                 position BLOB NOT NULL
             ) STRICT;
             CREATE TABLE block(
                 number INTEGER PRIMARY KEY,
                 body BLOB NOT NULL,
                 chain BLOB NOT NULL
             ) STRICT;
             CREATE TABLE answers(
                 number INTEGER PRIMARY KEY,
                 last_at_ms INTEGER NOT NULL,
                 body BLOB NOT NULL,
                 mark INTEGER NOT NULL
             ) STRICT;
             CREATE TABLE standing(
                 kind INTEGER NOT NULL,
                 key INTEGER NOT NULL,
                 more INTEGER NOT NULL,
                 body BLOB NOT NULL,
                 PRIMARY KEY (kind, key, more)
             ) STRICT, WITHOUT ROWID;
             CREATE TABLE appointment(
                 id INTEGER PRIMARY KEY,
                 person INTEGER NOT NULL,
                 campaign INTEGER NOT NULL,
                 dose INTEGER NOT NULL,
                 clinic INTEGER NOT NULL,
                 visit_on TEXT NOT NULL,
                 starts_min INTEGER NOT NULL,
                 booker INTEGER NOT NULL,
                 booked_at_ms INTEGER NOT NULL,
                 state TEXT NOT NULL,
                 state_at_ms INTEGER NOT NULL
             ) STRICT;
             CREATE INDEX appointment_of_person ON appointment(person);
             CREATE INDEX appointment_at_clinic ON appointment(clinic, visit_on, starts_min);",
    holds: Holds::Derived,
    page_bytes: 4_096,
    steps: &[],
};

pub(crate) const VIEWS_FILE: &str = "views.db";
/// Pages kept in memory; the rest is the system's to cache.
const CACHE_KIB: i64 = 32 << 10;

pub(crate) struct Views {
    path: PathBuf,
    connection: Connection,
    position: Position,
    /// The last block, while it is small enough to be added to.
    open_block: Vec<u8>,
    names: Names,
    /// How long an answer is kept.
    answers_kept: SignedDuration,
    /// Bytes in the write-ahead log since the last checkpoint, at least.
    unchecked_bytes: u64,
    #[cfg(feature = "saboteur")]
    pub(crate) skips_row: Option<u64>,
}

impl Views {
    /// # Errors
    /// [`StoreError::Corrupt`] if the file is none of ours, of another release, or damaged where its position stands.
    pub(crate) fn open(folder: &Path, country: &Country) -> Result<Self, StoreError> {
        let path = folder.join(VIEWS_FILE);
        let connection = database::open(&path, &KIND)?;
        let read = |error: rusqlite::Error| database::reading(&path, &error);
        connection.pragma_update(None, "cache_size", -CACHE_KIB).map_err(read)?;
        connection.set_prepared_statement_cache_capacity(32);
        let position = Position::read(&connection).map_err(read)??;
        let open_block = keep::last_block(&connection, &position).map_err(read)??;
        let names = Names::read(&connection).map_err(read)?;
        let campaigns = country.campaigns().iter();
        let answers_kept = campaigns.map(|campaign| campaign.limits.answers_kept).max().unwrap_or_default();
        Ok(Self {
            path,
            connection,
            position,
            open_block,
            names,
            answers_kept,
            unchecked_bytes: 0,
            #[cfg(feature = "saboteur")]
            skips_row: None,
        })
    }

    /// Away with the file.
    pub(crate) fn throw_away(folder: &Path) -> Result<(), StoreError> {
        for name in [VIEWS_FILE, "views.db-wal", "views.db-shm"] {
            match fs::remove_file(folder.join(name)) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(StoreError::unavailable_because("cannot remove views.db", error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// The last row of the journal that is in it.
    pub(crate) fn last(&self) -> Witness {
        self.position.last
    }

    /// When that row was written, milliseconds since 1970.
    pub(crate) fn last_at_ms(&self) -> i64 {
        self.position.at_ms
    }

    /// Brings a new ledger to where the views are.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if anything is not as it was written; the ledger is then to be thrown away.
    pub(crate) fn load(&mut self, ledger: &mut Ledger) -> Result<(), StoreError> {
        let beside = database::open(&self.path, &KIND)?;
        let loaded = load::load(&mut self.connection, beside, &self.position, ledger);
        loaded.map_err(|error| named(&self.path, error))
    }

    /// Rows of the journal, those that follow, in one transaction. After an error the views are to be opened again.
    pub(crate) fn add(&mut self, rows: &[Row]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction().map_err(database::writing)?;
        let open_block = std::mem::take(&mut self.open_block);
        let mut shelf = keep::Shelf::new(&transaction, &mut self.position, &mut self.names, open_block);
        for row in rows {
            #[cfg(feature = "saboteur")]
            if self.skips_row == Some(row.seq) {
                shelf.position.follow(row)?;
                continue;
            }
            follow_row(row, &mut shelf)?;
        }
        self.open_block = shelf.put_away(self.answers_kept)?;
        self.position.write(&transaction).map_err(database::writing)?;
        failpoint!("views.before_commit");
        transaction.commit().map_err(database::writing)?;
        failpoint!("views.committed");
        self.unchecked_bytes += rows.iter().map(|row| row.body.len() as u64 * 2).sum::<u64>() + ROW_BYTES;
        Ok(())
    }

    pub(crate) fn unchecked_bytes(&self) -> u64 {
        self.unchecked_bytes
    }

    /// Moves the write-ahead log into the database, as far as no reader stands in the way.
    pub(crate) fn checkpoint(&mut self) -> Result<(), StoreError> {
        failpoint!("views.before_checkpoint");
        self.connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
            .map_err(database::writing)?;
        self.unchecked_bytes = 0;
        Ok(())
    }
}

/// Pages that a transaction touches besides its records.
const ROW_BYTES: u64 = 32 << 10;

fn follow_row(row: &Row, shelf: &mut keep::Shelf<'_>) -> Result<(), StoreError> {
    shelf.position.follow(row)?;
    let mut follower = Follower { numbers: shelf.position.numbers };
    for read in record::Records::of(&row.body) {
        let (bytes, change) = read?;
        follower.follow(&change, bytes, shelf)?;
        show::follow(&change, &mut shelf.booked, shelf.transaction)?;
    }
    shelf.position.numbers = follower.numbers;
    Ok(())
}

fn named(path: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Corrupt { at } => {
            let name = path.file_name().unwrap_or(path.as_os_str()).display();
            StoreError::Corrupt { at: format!("{name}: {at}") }
        }
        other @ (StoreError::Unavailable { .. } | StoreError::Full) => other,
    }
}
