//! The keys of people: one for whoever registers, durable before it is used, destroyed when their data is removed.

use crate::key_tree::KeyTree;
use booking::PersonKey;
use std::io;
use std::ops::Range;
use std::sync::{Mutex, PoisonError, RwLock};

/// Keys that are set aside at once; a process that dies wastes what is left of them.
const SET_ASIDE: u32 = 4_096;

/// What outlives the process.
pub trait KeyShelf: Send + Sync {
    /// Keys below this one may have been given to somebody; durable when it returns.
    fn set_aside(&self, until: PersonKey) -> io::Result<()>;
    /// The tree in place of the one before, of which nothing is left; durable when it returns.
    fn keep(&self, tree: &KeyTree) -> io::Result<()>;
}

/// For tests: nothing outlives the process.
pub struct NoShelf;

impl KeyShelf for NoShelf {
    fn set_aside(&self, _until: PersonKey) -> io::Result<()> {
        Ok(())
    }

    fn keep(&self, _tree: &KeyTree) -> io::Result<()> {
        Ok(())
    }
}

pub struct PersonKeys {
    tree: RwLock<KeyTree>,
    unused: Mutex<Range<u32>>,
    shelf: Box<dyn KeyShelf>,
}

impl PersonKeys {
    /// `from`: the first key that nobody can have.
    pub fn new(tree: KeyTree, from: PersonKey, shelf: Box<dyn KeyShelf>) -> Self {
        Self { tree: RwLock::new(tree), unused: Mutex::new(from.0..from.0), shelf }
    }

    /// A key that nobody has. It waits for the disk once in [`SET_ASIDE`] times.
    pub fn next(&self) -> io::Result<PersonKey> {
        let mut unused = self.unused.lock().unwrap_or_else(PoisonError::into_inner);
        if unused.is_empty() {
            let until = unused.end.checked_add(SET_ASIDE).ok_or(io::ErrorKind::StorageFull)?;
            self.shelf.set_aside(PersonKey(until))?;
            unused.end = until;
        }
        Ok(PersonKey(unused.next().expect("some were set aside")))
    }

    pub fn key(&self, person: PersonKey) -> Option<[u8; 32]> {
        self.tree().key(person)
    }

    pub fn is_destroyed(&self, person: PersonKey) -> bool {
        self.tree().is_destroyed(person)
    }

    /// For good, on the disk too, when it returns. After an error none of them is destroyed here, and it must be asked
    /// for again: the disk may have it either way.
    pub fn destroy(&self, people: &[PersonKey]) -> io::Result<()> {
        let mut tree = self.tree().clone();
        for person in people {
            tree.destroy(*person);
        }
        self.shelf.keep(&tree)?;
        // Only one thread destroys; what was in place is a tree as good after a panic as before.
        *self.tree.write().unwrap_or_else(PoisonError::into_inner) = tree;
        Ok(())
    }

    /// How many nodes of the tree are kept.
    pub fn nodes(&self) -> usize {
        self.tree().nodes()
    }

    fn tree(&self) -> std::sync::RwLockReadGuard<'_, KeyTree> {
        self.tree.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Noting(Arc<AtomicU32>);

    impl KeyShelf for Noting {
        fn set_aside(&self, until: PersonKey) -> io::Result<()> {
            self.0.store(until.0, Ordering::Relaxed);
            Ok(())
        }

        fn keep(&self, _tree: &KeyTree) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    #[test]
    fn no_key_is_given_twice_also_after_a_crash_and_none_before_it_is_set_aside() {
        let noted = Arc::new(AtomicU32::new(0));
        let life = |from| PersonKeys::new(KeyTree::new([1; 32]), from, Box::new(Noting(Arc::clone(&noted))));
        let first = life(PersonKey(0));
        for number in 0..=SET_ASIDE {
            assert_eq!(first.next().unwrap(), PersonKey(number));
            assert!(number < noted.load(Ordering::Relaxed));
        }
        let second = life(PersonKey(noted.load(Ordering::Relaxed)));
        assert_eq!(second.next().unwrap(), PersonKey(2 * SET_ASIDE));
    }

    #[test]
    fn what_the_disk_did_not_take_is_not_destroyed() {
        let keys = PersonKeys::new(KeyTree::new([1; 32]), PersonKey(0), Box::new(Noting(Arc::default())));
        assert!(keys.destroy(&[PersonKey(3)]).is_err());
        assert!(!keys.is_destroyed(PersonKey(3)) && keys.key(PersonKey(3)).is_some());
    }
}
