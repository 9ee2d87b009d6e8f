//! The rows of a journal that nobody writes: of a copy, or of a backup.

use crate::copy::JOURNAL_FILE;
use crate::{database, head};
use rusqlite::{Connection, OpenFlags};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use store::StoreError;
use store::proof::{Link, Row};

/// Opened for reading; the file is this process's own.
pub struct JournalRows {
    path: PathBuf,
    connection: Connection,
    head: Option<Link>,
}

impl JournalRows {
    /// # Errors
    /// [`StoreError::Corrupt`] if it is no journal.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(JOURNAL_FILE);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(&path, flags).map_err(|error| database::reading(&path, &error))?;
        connection.pragma_update(None, "cell_size_check", "ON").map_err(|e| database::reading(&path, &e))?;
        Ok(Self { path, connection, head: head::read(folder) })
    }

    /// What `journal.head` says, where it says something.
    pub fn head(&self) -> Option<Link> {
        self.head
    }

    /// Every row in order, until `look` has seen enough.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if SQLite cannot read on.
    pub fn each(&self, mut look: impl FnMut(&Row<'_>) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.read_each(&mut look).map_err(|error| database::reading(&self.path, &error))
    }

    fn read_each(&self, look: &mut dyn FnMut(&Row<'_>) -> ControlFlow<()>) -> rusqlite::Result<()> {
        let mut rows = self.connection.prepare("SELECT seq, at_ms, body, chain FROM journal ORDER BY seq")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            let body = row.get_ref(2)?.as_blob()?;
            let row = Row { seq: seq.cast_unsigned(), at_ms: row.get(1)?, body, chain: row.get(3)? };
            if look(&row).is_break() {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Whether SQLite finds every page of a database where it belongs.
///
/// # Errors
/// [`StoreError::Corrupt`] with what it found first.
pub fn check_pages(path: &Path) -> Result<(), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let found = Connection::open_with_flags(path, flags).and_then(|connection| {
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0))
    });
    match found.map_err(|error| database::reading(path, &error))? {
        fine if fine == "ok" => Ok(()),
        found => {
            let name = path.file_name().unwrap_or(path.as_os_str()).display();
            Err(StoreError::Corrupt { at: format!("{name}: {found}") })
        }
    }
}
