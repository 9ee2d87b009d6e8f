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
    /// So many keys from `from` on or later, which nobody else is ever given; durable when it returns.
    fn set_aside(&self, from: PersonKey, count: u32) -> io::Result<Range<u32>>;
    /// The tree in place of the one before, of which nothing is left; durable when it returns.
    fn keep(&self, tree: &KeyTree) -> io::Result<()>;
    /// The tree that another node has put in place of ours, kept here too; None: ours is the newest.
    fn newer(&self, _ours: &KeyTree) -> io::Result<Option<KeyTree>> {
        Ok(None)
    }
}

/// As many from `from` on as are asked for, where nobody else takes any.
pub fn following(from: PersonKey, count: u32) -> io::Result<Range<u32>> {
    let until = from.0.checked_add(count).ok_or(io::ErrorKind::StorageFull)?;
    Ok(from.0..until)
}

/// For tests: nothing outlives the process.
pub struct NoShelf;

impl KeyShelf for NoShelf {
    fn set_aside(&self, from: PersonKey, count: u32) -> io::Result<Range<u32>> {
        following(from, count)
    }

    fn keep(&self, _tree: &KeyTree) -> io::Result<()> {
        Ok(())
    }
}

pub struct PersonKeys {
    tree: RwLock<KeyTree>,
    /// Whoever puts another tree in place has this.
    changing: Mutex<()>,
    unused: Mutex<Range<u32>>,
    shelf: Box<dyn KeyShelf>,
}

impl PersonKeys {
    /// `from`: the first key that nobody can have.
    pub fn new(tree: KeyTree, from: PersonKey, shelf: Box<dyn KeyShelf>) -> Self {
        let unused = Mutex::new(from.0..from.0);
        Self { tree: RwLock::new(tree), changing: Mutex::default(), unused, shelf }
    }

    /// A key that nobody has. It waits for the disk once in [`SET_ASIDE`] times.
    pub fn next(&self) -> io::Result<PersonKey> {
        let mut unused = self.unused.lock().unwrap_or_else(PoisonError::into_inner);
        if unused.is_empty() {
            *unused = self.shelf.set_aside(PersonKey(unused.end), SET_ASIDE)?;
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
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.take_up()?;
        let mut tree = self.tree().clone();
        for person in people {
            tree.destroy(*person);
        }
        tree.end_version();
        self.shelf.keep(&tree)?;
        self.put(tree);
        Ok(())
    }

    /// Takes up what another node has destroyed. Returns whether there was something.
    pub fn follow(&self) -> io::Result<bool> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.take_up()
    }

    fn take_up(&self) -> io::Result<bool> {
        let Some(newer) = self.shelf.newer(&self.tree())? else { return Ok(false) };
        self.put(newer);
        Ok(true)
    }

    /// What was in place is a tree as good after a panic as before.
    fn put(&self, tree: KeyTree) {
        *self.tree.write().unwrap_or_else(PoisonError::into_inner) = tree;
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
        fn set_aside(&self, from: PersonKey, count: u32) -> io::Result<Range<u32>> {
            let aside = following(from, count)?;
            self.0.store(aside.end, Ordering::Relaxed);
            Ok(aside)
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
