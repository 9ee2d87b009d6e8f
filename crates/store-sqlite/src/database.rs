//! Opens one SQLite file, and does not believe that the settings took.

use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use store::StoreError;

/// Older ones can lose a WAL that is reset while it is read.
const SQLITE_VERSION_MIN: i32 = 3_051_003;
const SYNCHRONOUS_NORMAL: i64 = 1;
const SYNCHRONOUS_FULL: i64 = 2;

/// Which file this is, and what is in a new one.
pub(crate) struct Kind {
    pub(crate) application_id: i64,
    pub(crate) user_version: i64,
    pub(crate) schema: &'static str,
    pub(crate) holds: Holds,
    /// Of a new file; one that exists keeps its own.
    pub(crate) page_bytes: u32,
    /// From each earlier version to the next, the first one first.
    pub(crate) steps: &'static [&'static str],
}

/// What would be lost with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Acknowledged facts: each commit is on disk before it returns, and nobody else opens the file.
    Truth,
    /// As truth, but several processes of this machine share it, one step at a time.
    SharedTruth,
    /// What can be made again from the truth: a power cut may take the last commits, never the order of them, and this
    /// process may open it for reading, too.
    Derived,
}

impl Holds {
    fn locking_mode(self) -> &'static str {
        match self {
            Self::Truth => "exclusive",
            Self::SharedTruth | Self::Derived => "normal",
        }
    }

    fn synchronous(self) -> i64 {
        match self {
            Self::Truth | Self::SharedTruth => SYNCHRONOUS_FULL,
            Self::Derived => SYNCHRONOUS_NORMAL,
        }
    }
}

/// One connection; exclusive for what must not be lost: no second opener, no shared memory. Checkpoints are made by hand,
/// because SQLite hides the errors of its own.
pub(crate) fn open(path: &Path, kind: &Kind) -> Result<Connection, StoreError> {
    if rusqlite::version_number() < SQLITE_VERSION_MIN {
        return Err(StoreError::unavailable("this SQLite is older than 3.51.3"));
    }
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|e| opening(path, e))?;
    settle(&connection, kind).map_err(|e| opening(path, e))?;
    check_settings(&connection, kind.holds).map_err(|e| opening(path, e))??;
    check_kind(&connection, kind).map_err(|e| opening(path, e))??;
    Ok(connection)
}

fn settle(connection: &Connection, kind: &Kind) -> rusqlite::Result<()> {
    let holds = kind.holds;
    let set = |name, value: &str| connection.pragma_update_and_check(None, name, value, |_| Ok(()));
    set("locking_mode", holds.locking_mode())?;
    connection.pragma_update(None, "page_size", kind.page_bytes)?;
    set("journal_mode", "WAL")?;
    set("wal_autocheckpoint", "0")?;
    connection.pragma_update(None, "synchronous", holds.synchronous())?;
    connection.pragma_update(None, "cell_size_check", "ON")
}

fn check_settings(connection: &Connection, holds: Holds) -> rusqlite::Result<Result<(), StoreError>> {
    let journal_mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    let locking_mode: String = connection.pragma_query_value(None, "locking_mode", |row| row.get(0))?;
    let as_wanted = journal_mode == "wal"
        && locking_mode == holds.locking_mode()
        && number(connection, "synchronous")? == holds.synchronous()
        && number(connection, "wal_autocheckpoint")? == 0;
    let refused = StoreError::unavailable("SQLite did not take its settings");
    Ok(if as_wanted { Ok(()) } else { Err(refused) })
}

/// A new file gets its name and tables in one transaction; any other must be of this kind.
fn check_kind(connection: &Connection, kind: &Kind) -> rusqlite::Result<Result<(), StoreError>> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_new = tables == 0 && number(connection, "application_id")? == 0;
    if is_new {
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE;
             PRAGMA application_id = {};
             PRAGMA user_version = {};
             {}
             COMMIT;",
            kind.application_id, kind.user_version, kind.schema
        ))?;
    }
    if number(connection, "application_id")? != kind.application_id {
        return Ok(Err(StoreError::Corrupt {
            at: "the application id: not a file of this service".to_owned(),
        }));
    }
    bring_up(connection, kind)?;
    if number(connection, "user_version")? != kind.user_version {
        return Ok(Err(StoreError::Corrupt {
            at: "the user version: not a format of this release".to_owned(),
        }));
    }
    Ok(Ok(()))
}

/// Each step is one transaction, so a start that is cut short goes on where it was.
fn bring_up(connection: &Connection, kind: &Kind) -> rusqlite::Result<()> {
    let found = number(connection, "user_version")?;
    for (version, step) in (1..).zip(kind.steps).filter(|(version, _)| *version >= found.max(1)) {
        let next = version + 1;
        connection
            .execute_batch(&format!("BEGIN IMMEDIATE; {step} PRAGMA user_version = {next}; COMMIT;"))?;
    }
    Ok(())
}

fn number(connection: &Connection, pragma: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, pragma, |row| row.get(0))
}

/// While opening and reading, a complaint about the content is damage.
fn opening(path: &Path, error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::unavailable_because("another process has this file open", error)
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) | None => reading(path, &error),
        Some(_) => StoreError::unavailable_because("cannot open a database", error),
    }
}

pub(crate) fn reading(path: &Path, error: &rusqlite::Error) -> StoreError {
    let name = path.file_name().unwrap_or(path.as_os_str()).display();
    StoreError::Corrupt { at: format!("{name}: {error}") }
}

/// While others write: a wait for their turn that was too long is no damage.
pub(crate) fn looking(path: &Path, error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => writing(error),
        _ => reading(path, &error),
    }
}

/// A full disk is the one failure that can pass.
pub(crate) fn writing(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        _ => StoreError::unavailable_because("a write failed", error),
    }
}
