//! `KEYS/people.keys`: the tree of people's keys, and `KEYS/people.next`: how many of them were set aside. Destroying a
//! key is writing another tree; what becomes of the old file is the point of it.
//!
//! The order, each step durable before the next: the new tree whole under another name; the old one gets a second name,
//! so that it can be found after a crash; the new one takes its name; the old bytes are written over and synced; the
//! second name goes. A crash before the rename leaves the old tree, and whoever asked asks again; after it the start
//! writes over what it finds under the second name. What a disk keeps of overwritten blocks is said in
//! `docs/operations.md`.

mod shared;

use anyhow::{Context as _, Result};
use booking::PersonKey;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::ops::Range;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::Randomness;
use store_postgres::PostgresKeys;
use web::key_tree::KeyTree;
use web::person_keys::{KeyShelf, PersonKeys, following};

const TREE: &str = "people.keys";
const UNFINISHED: &str = "people.keys.unfinished";
const OLD: &str = "people.keys.old";
const LOCK: &str = "people.lock";
const NEXT: &str = "people.next";
const NEXT_UNFINISHED: &str = "people.next.unfinished";

/// The folder, where the tree and its counter outlive the process.
pub(crate) struct FolderShelf {
    folder: PathBuf,
    /// One process at a time gives keys to people and destroys them.
    _lock: File,
    /// Passed at every step, by its name; only a test has something to do there.
    at: Box<dyn Fn(&'static str) -> io::Result<()> + Send + Sync>,
}

/// Reads the keys of people, or makes them in a folder that has none. An old tree that a crash left is written over.
/// `database`: where several nodes share them.
pub(crate) fn open(
    folder: &Path,
    random: &Arc<dyn Randomness>,
    database: Option<PostgresKeys>,
) -> Result<PersonKeys> {
    let (shelf, tree, next) = open_folder(folder, random.as_ref(), Box::new(|_| Ok(())))?;
    match database {
        Some(database) => shared::open(shelf, (tree, next), database, Arc::clone(random)),
        None => Ok(PersonKeys::new(tree, next, Box::new(shelf))),
    }
}

/// Waits for a process that is about to end to let go of the folder, but not for ever.
pub(crate) fn wait_for_predecessor(folder: &Path, patience: Duration) {
    let step = Duration::from_millis(10);
    for _ in 0..patience.as_millis() / step.as_millis() {
        let lock = OpenOptions::new().write(true).open(folder.join(LOCK));
        let is_held = lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));
        if !is_held {
            return;
        }
        std::thread::sleep(step);
    }
}

/// The shelf, its tree, and the first key that nobody can have.
fn open_folder(
    folder: &Path,
    random: &dyn Randomness,
    at: Box<dyn Fn(&'static str) -> io::Result<()> + Send + Sync>,
) -> Result<(FolderShelf, KeyTree, PersonKey)> {
    let fault =
        || format!("열쇠 폴더를 쓸 수 없습니다 / the key folder cannot be used: {}", folder.display());
    let lock =
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(folder.join(LOCK));
    let lock = lock.with_context(fault)?;
    lock.try_lock().with_context(|| {
        format!(
            "다른 서비스가 이 열쇠 폴더를 쓰고 있습니다 / another service uses this key folder: {}",
            folder.display()
        )
    })?;
    let shelf = FolderShelf { folder: folder.to_owned(), _lock: lock, at };
    shelf.clean_up().with_context(fault)?;
    let path = folder.join(TREE);
    if !path.exists() {
        // Before the tree: one without its counter is refused.
        shelf.note_next(0).with_context(fault)?;
        shelf.put(TREE, UNFINISHED, &KeyTree::new(random.bytes()).to_bytes()).with_context(fault)?;
    }
    let bytes = fs::read(&path).with_context(fault)?;
    let tree = KeyTree::from_bytes(&bytes).ok();
    let tree = tree.with_context(|| {
        format!("열쇠 파일이 손상되었습니다 / not a tree of keys, or damaged: {}", path.display())
    })?;
    let next = fs::read_to_string(folder.join(NEXT)).with_context(|| {
        format!(
            "열쇠 폴더에 빠진 파일이 있습니다 / the key folder is missing a file: {}",
            folder.join(NEXT).display()
        )
    })?;
    let next: u32 = next.trim().parse().with_context(|| folder.join(NEXT).display().to_string())?;
    Ok((shelf, tree, PersonKey(next)))
}

impl KeyShelf for FolderShelf {
    fn set_aside(&self, from: PersonKey, count: u32) -> io::Result<Range<u32>> {
        let aside = following(from, count)?;
        self.note_next(aside.end)?;
        Ok(aside)
    }

    fn keep(&self, tree: &KeyTree) -> io::Result<()> {
        self.clean_up()?;
        let (new, path, old) = (self.folder.join(UNFINISHED), self.folder.join(TREE), self.folder.join(OLD));
        Self::write(&new, &tree.to_bytes())?;
        self.pass("keys.written")?;
        fs::hard_link(&path, &old)?;
        self.sync()?;
        self.pass("keys.linked")?;
        fs::rename(&new, &path)?;
        self.sync()?;
        self.pass("keys.renamed")?;
        self.write_over(&old)
    }
}

impl FolderShelf {
    fn pass(&self, step: &'static str) -> io::Result<()> {
        (self.at)(step)
    }

    /// Keys below this one may have been given to somebody.
    fn note_next(&self, next: u32) -> io::Result<()> {
        self.put(NEXT, NEXT_UNFINISHED, next.to_string().as_bytes())
    }

    /// After a crash: an unfinished tree, and an old one that is not in use still, are written over.
    fn clean_up(&self) -> io::Result<()> {
        let unfinished = self.folder.join(UNFINISHED);
        if unfinished.exists() {
            self.write_over(&unfinished)?;
        }
        let old = self.folder.join(OLD);
        let Ok(left) = fs::metadata(&old) else { return Ok(()) };
        if fs::metadata(self.folder.join(TREE))?.ino() == left.ino() {
            fs::remove_file(&old)?;
            return self.sync();
        }
        self.write_over(&old)
    }

    /// In its place, not beside it.
    fn write_over(&self, old: &Path) -> io::Result<()> {
        zero(old)?;
        self.pass("keys.overwritten")?;
        fs::remove_file(old)?;
        self.sync()
    }

    fn put(&self, name: &str, unfinished: &str, bytes: &[u8]) -> io::Result<()> {
        let new = self.folder.join(unfinished);
        Self::write(&new, bytes)?;
        fs::rename(new, self.folder.join(name))?;
        self.sync()
    }

    fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }
}

/// Overwrites a key file in its place, then removes it.
pub(crate) fn write_over(path: &Path) -> io::Result<()> {
    zero(path)?;
    fs::remove_file(path)
}

fn zero(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let length = file.metadata()?.len();
    io::copy(&mut io::Read::take(io::repeat(0), length), &mut file)?;
    file.sync_all()
}

#[cfg(test)]
#[path = "../../store-postgres/tests/it/cluster.rs"]
#[expect(dead_code, reason = "the tests of the store need more of it")]
mod cluster;
#[cfg(test)]
mod shared_tests;
#[cfg(test)]
mod tests;
