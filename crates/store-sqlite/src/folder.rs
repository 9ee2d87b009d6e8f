//! The data folder: one process owns it.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use store::StoreError;

/// Held until it is dropped; the system lets go of it when the process dies.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Makes the folder if it is not there. The lock is a file of its own: closing a second descriptor of a database
    /// would drop the locks that SQLite holds on it.
    pub(crate) fn take(folder: &Path, name: &str) -> Result<Self, StoreError> {
        fs::create_dir_all(folder)
            .map_err(|e| StoreError::unavailable_because("cannot make the folder", e))?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(name))
            .map_err(|e| StoreError::unavailable_because("cannot open the lock of the folder", e))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(StoreError::unavailable("another process has this data folder open"))
            }
            Err(TryLockError::Error(e)) => {
                Err(StoreError::unavailable_because("cannot lock the data folder", e))
            }
        }
    }
}

/// New files are only there after a power cut if their folder was synced, too.
pub(crate) fn sync(folder: &Path) -> Result<(), StoreError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|e| StoreError::unavailable_because("cannot sync the data folder", e))
}
