//! The keys of people where several nodes book on one database. The newest tree is there, sealed by the tree before it
//! (`web::key_tree`), with the count of keys that were given; the folder keeps what a node alone would keep, too.
//!
//! To destroy: the next version goes to the database, if nobody else's came first, then into the folder, where the old
//! one is written over. A node that dies in between takes the newer one up at its start. Where the database has an
//! older one than the folder (it was restored), the folder's takes its place: nobody comes back.

use super::FolderShelf;
use anyhow::{Context as _, Result};
use booking::PersonKey;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{Clock as _, Randomness};
use store_postgres::{PostgresKeys, SealedTree};
use web::key_tree::KeyTree;
use web::person_keys::{KeyShelf, PersonKeys};

use crate::system::SystemClock;

/// After a database that did not answer: whoever comes meanwhile is told so at once, or a thread would wait for each.
const COOLS_FOR: Duration = Duration::from_secs(1);

struct SharedShelf {
    folder: FolderShelf,
    database: PostgresKeys,
    random: Arc<dyn Randomness>,
    /// Until when it is not asked for keys again.
    cools_until: Mutex<Duration>,
}

/// With the tree of the folder and the first key that nobody had when it was written.
pub(super) fn open(
    folder: FolderShelf,
    (tree, next): (KeyTree, PersonKey),
    database: PostgresKeys,
    random: Arc<dyn Randomness>,
) -> Result<PersonKeys> {
    let shelf = SharedShelf { folder, database, random, cools_until: Mutex::default() };
    let tree = shelf.agree(tree)?;
    Ok(PersonKeys::new(tree, next, Box::new(shelf)))
}

impl SharedShelf {
    /// At the start: the database has a tree of our history, or gets ours.
    fn agree(&self, ours: KeyTree) -> Result<KeyTree> {
        let fault = "데이터베이스에서 열쇠를 읽을 수 없습니다 / the keys in the database cannot be read";
        let there = self.database.newest().context(fault)?;
        let Some(there) = there else {
            self.give(None, &ours).context(fault)?;
            // Somebody else's may have come first.
            let there = self.database.newest().context(fault)?.context(fault)?;
            return self.opened(&ours, &there).context(STRANGER);
        };
        if there.version < ours.version() {
            self.give(Some(there.version), &ours).context(fault)?;
            return Ok(ours);
        }
        let tree = self.opened(&ours, &there).context(STRANGER)?;
        if tree.version() > ours.version() {
            self.folder.keep(&tree).context(fault)?;
        }
        Ok(tree)
    }

    fn opened(&self, ours: &KeyTree, there: &SealedTree) -> Option<KeyTree> {
        ours.open(there.version, &there.sealed, Arc::clone(&self.random))
    }

    fn give(&self, before: Option<u32>, tree: &KeyTree) -> io::Result<bool> {
        let sealed = tree.seal(Arc::clone(&self.random));
        let tree = SealedTree { version: tree.version(), sealed };
        self.database.put(before, &tree).map_err(io::Error::other)
    }
}

const STRANGER: &str = "이 열쇠 폴더는 이 데이터베이스의 것이 아닙니다. 예약을 받는 다른 노드의 열쇠 폴더를 복사하십시오 / \
     this key folder is not the one of this database: copy the key folder of another node that books";

impl KeyShelf for SharedShelf {
    fn set_aside(&self, from: PersonKey, count: u32) -> io::Result<Range<u32>> {
        let mut cools_until = self.cools_until.lock().unwrap_or_else(PoisonError::into_inner);
        if SystemClock.elapsed() < *cools_until {
            return Err(io::Error::other("the database did not answer a moment ago"));
        }
        let aside = self.database.set_aside(from.0, count).map_err(|error| {
            *cools_until = SystemClock.elapsed() + COOLS_FOR;
            io::Error::other(error)
        })?;
        // Also here: a database that is restored from before must not give them again.
        self.folder.note_next(aside.end)?;
        Ok(aside)
    }

    fn keep(&self, tree: &KeyTree) -> io::Result<()> {
        if !self.give(tree.version().checked_sub(1), tree)? {
            return Err(io::Error::other("another node destroyed keys at the same moment"));
        }
        self.folder.keep(tree)
    }

    fn newer(&self, ours: &KeyTree) -> io::Result<Option<KeyTree>> {
        let version = self.database.version().map_err(io::Error::other)?;
        match version {
            Some(version) if version == ours.version() => return Ok(None),
            Some(version) if version > ours.version() => {}
            older => {
                self.give(older, ours)?;
                return Ok(None);
            }
        }
        let there = self.database.newest().map_err(io::Error::other)?;
        let tree = there.and_then(|there| self.opened(ours, &there));
        let tree = tree.ok_or_else(|| io::Error::other("the keys in the database are another service's"))?;
        self.folder.keep(&tree)?;
        Ok(Some(tree))
    }
}
