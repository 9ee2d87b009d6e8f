//! A consistent copy of a data folder, made from outside while a service writes to it.
//!
//! Only bytes are read, by another process than the one that owns the folder: no SQLite is opened on a live file, so no
//! lock of it can be lost. What makes the copy whole is the order. Pages of the database change only when a checkpoint
//! moves them there out of the write-ahead log, and the log only grows until it is begun anew. So the database is
//! copied first, in whatever mixture of old and new pages, then the log: as long as the log was not begun anew in
//! between (its header has random salts), it holds every page that a checkpoint may have been writing, and SQLite puts
//! them over the mixture when the copy is opened. Where the log was begun anew, the copy is made again.
//!
//! A checkpoint waits for a copy ([`CopyLock`]), so that under load the first try is the last; past a limit it does
//! not, and the copy is made again.

use crate::roster::ROSTER_FILE;
use crate::staff::STAFF_FILE;
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read as _};
use std::path::Path;
use std::time::SystemTime;
use store::StoreError;

/// The files of a data folder that a copy has, in the order in which they are copied. The witnesses come before what they
/// witness; the line after the journal, whose admissions it must know; the country last, because it only grows.
pub const JOURNAL_FILE: &str = "journal.db";
const LINE_FILE: &str = "line.db";
const COUNTRY_FOLDER: &str = "country";
/// The opening of a demo.
const DEMO_FILE: &str = "demo.toml";

/// How often a copy is begun before it is given up.
const TRIES: u32 = 20;
const LOG_HEADER: usize = 32;

/// What a copy came out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Copied {
    pub bytes: u64,
    /// How often a database had to be copied once more.
    pub repeats: u32,
}

/// Copies what a service keeps in `from` to the folder `to`, which is there and empty.
///
/// # Errors
/// [`StoreError::Unavailable`] if there is no journal, or if the files could not be read or written.
pub fn copy_folder(from: &Path, to: &Path) -> Result<Copied, StoreError> {
    if !from.join(JOURNAL_FILE).exists() {
        return Err(StoreError::unavailable("there is no journal.db in this folder"));
    }
    let _no_checkpoint = CopyLock::shared(from);
    let mut copied = Copied::default();
    copy_heads(from, to, &mut copied)?;
    copy_database(from, to, JOURNAL_FILE, &mut copied)?;
    copy_database(from, to, LINE_FILE, &mut copied)?;
    copy_database(from, to, STAFF_FILE, &mut copied)?;
    copy_file(from, to, ROSTER_FILE, &mut copied)?;
    copy_file(from, to, DEMO_FILE, &mut copied)?;
    copy_country(from, to, &mut copied)?;
    crate::folder::sync(to)?;
    Ok(copied)
}

fn copy_database(from: &Path, to: &Path, name: &str, copied: &mut Copied) -> Result<(), StoreError> {
    let log = format!("{name}-wal");
    for _ in 0..TRIES {
        let before = LogState::of(from, name, &log)?;
        let mut bytes = Copied::default();
        copy_file(from, to, name, &mut bytes)?;
        copy_file(from, to, &log, &mut bytes)?;
        if LogState::of(from, name, &log)? == before {
            copied.bytes += bytes.bytes;
            return Ok(());
        }
        copied.repeats += 1;
    }
    Err(StoreError::unavailable("the files changed faster than they could be copied"))
}

/// What stays the same as long as a log only grows.
#[derive(PartialEq, Eq)]
enum LogState {
    Log([u8; LOG_HEADER]),
    /// No log: then the database itself must not change.
    None(Option<(u64, SystemTime)>),
}

impl LogState {
    fn of(folder: &Path, name: &str, log: &str) -> Result<Self, StoreError> {
        let mut header = [0; LOG_HEADER];
        let read = File::open(folder.join(log)).and_then(|mut file| file.read_exact(&mut header));
        match read {
            Ok(()) => return Ok(Self::Log(header)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::UnexpectedEof) => {}
            Err(error) => return Err(unreadable(error)),
        }
        match fs::metadata(folder.join(name)) {
            Ok(found) => Ok(Self::None(Some((found.len(), found.modified().map_err(unreadable)?)))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::None(None)),
            Err(error) => Err(unreadable(error)),
        }
    }
}

/// With the time at which it was changed: the country's says since when it is in use. A file that is not there is not
/// copied, and one of an earlier try goes away.
fn copy_file(from: &Path, to: &Path, name: &str, copied: &mut Copied) -> Result<(), StoreError> {
    let (source, target) = (from.join(name), to.join(name));
    match fs::copy(&source, &target) {
        Ok(bytes) => {
            copied.bytes += bytes;
            let modified = fs::metadata(&source).and_then(|found| found.modified());
            let file = File::options().write(true).open(&target);
            let kept = file.and_then(|file| {
                file.set_modified(modified?)?;
                file.sync_all()
            });
            kept.map_err(|e| StoreError::unavailable_because("cannot write the copy", e))
        }
        Err(error) if error.kind() == ErrorKind::NotFound && !source.exists() => {
            let _was_not_there = fs::remove_file(&target);
            Ok(())
        }
        Err(error) => Err(unreadable(error)),
    }
}

/// The witnesses of journal and line: behind what they witness, never before it, in a copy as in the folder.
fn copy_heads(from: &Path, to: &Path, copied: &mut Copied) -> Result<(), StoreError> {
    for entry in fs::read_dir(from).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        if let Some(name) = name.to_str().filter(|name| name.strip_suffix(".head").is_some()) {
            copy_file(from, to, name, copied)?;
        }
    }
    Ok(())
}

fn copy_country(from: &Path, to: &Path, copied: &mut Copied) -> Result<(), StoreError> {
    let Ok(entries) = fs::read_dir(from.join(COUNTRY_FOLDER)) else { return Ok(()) };
    fs::create_dir_all(to.join(COUNTRY_FOLDER)).map_err(unreadable)?;
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            copy_file(from, to, &format!("{COUNTRY_FOLDER}/{name}"), copied)?;
        }
    }
    Ok(())
}

fn unreadable(error: std::io::Error) -> StoreError {
    StoreError::unavailable_because("cannot copy a file of the data folder", error)
}

pub(crate) struct IsBeingCopied;

/// Copies and checkpoints stay out of each other's way.
#[derive(Debug)]
pub(crate) struct CopyLock {
    _file: File,
}

impl CopyLock {
    const FILE: &str = "copy.lock";

    /// For a copy; waits for a checkpoint that is going on. None in a folder that cannot be written: then nobody
    /// writes there, or the copy is made again.
    fn shared(folder: &Path) -> Option<Self> {
        let file =
            File::options().create(true).truncate(false).write(true).open(folder.join(Self::FILE)).ok()?;
        file.lock_shared().ok().map(|()| Self { _file: file })
    }

    /// For a checkpoint; there is nothing to lock where nobody ever copied.
    pub(crate) fn exclusive(folder: &Path) -> Result<Option<Self>, IsBeingCopied> {
        let Ok(file) = File::open(folder.join(Self::FILE)) else { return Ok(None) };
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Err(IsBeingCopied),
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }
}
