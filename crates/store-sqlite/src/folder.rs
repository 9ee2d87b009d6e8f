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
        let file = lock_file(folder, name)?;
        let locked = file.try_lock();
        Self::of(file, locked)
    }

    /// Beside others who share it; not beside one who took it.
    pub(crate) fn share(folder: &Path, name: &str) -> Result<Self, StoreError> {
        let file = lock_file(folder, name)?;
        let locked = file.try_lock_shared();
        Self::of(file, locked)
    }

    /// As [`Self::take`], once whoever has it lets go.
    pub(crate) fn wait_for(folder: &Path, name: &str) -> Result<Self, StoreError> {
        let file = lock_file(folder, name)?;
        let locked = file.lock().map_err(TryLockError::Error);
        Self::of(file, locked)
    }

    fn of(file: File, locked: Result<(), TryLockError>) -> Result<Self, StoreError> {
        match locked {
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

fn lock_file(folder: &Path, name: &str) -> Result<File, StoreError> {
    fs::create_dir_all(folder).map_err(|e| StoreError::unavailable_because("cannot make the folder", e))?;
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(name))
        .map_err(|e| StoreError::unavailable_because("cannot open the lock of the folder", e))
}

/// New files are only there after a power cut if their folder was synced, too.
pub(crate) fn sync(folder: &Path) -> Result<(), StoreError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|e| StoreError::unavailable_because("cannot sync the data folder", e))
}
