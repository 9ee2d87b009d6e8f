//! A table of three layers: what is durable, over it what is being written, over that what the current batch would
//! change.
//!
//! The writer decides on all of them; readers see the durable layer only. [`Table::seal`] hands the current batch to
//! whoever writes it, [`Table::commit`] merges it when it is on the disk; after a failed write everything that is not
//! durable is thrown away.

use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::hash::Hash;
use std::mem;

/// Seeded by the process: who chooses keys cannot choose where they fall.
pub(crate) type Map<K, V> = HashMap<K, V, RandomState>;

#[derive(Debug)]
pub(crate) struct Table<K, V, R = Map<K, V>> {
    committed: R,
    sealed: Map<K, Option<V>>,
    pending: Map<K, Option<V>>,
}

/// What the durable layer is kept in.
pub(crate) trait Rows<K, V>: Default {
    fn row(&self, key: &K) -> Option<&V>;
    fn put(&mut self, key: K, value: V);
    fn remove(&mut self, key: &K);
    fn all<'a>(&'a self) -> impl Iterator<Item = (K, &'a V)>
    where
        V: 'a;
}

impl<K: Eq + Hash + Copy, V> Rows<K, V> for Map<K, V> {
    fn row(&self, key: &K) -> Option<&V> {
        self.get(key)
    }

    fn put(&mut self, key: K, value: V) {
        self.insert(key, value);
    }

    fn remove(&mut self, key: &K) {
        Self::remove(self, key);
    }

    fn all<'a>(&'a self) -> impl Iterator<Item = (K, &'a V)>
    where
        V: 'a,
    {
        self.iter().map(|(key, value)| (*key, value))
    }
}

impl<K, V, R: Default> Default for Table<K, V, R> {
    fn default() -> Self {
        Self { committed: R::default(), sealed: Map::default(), pending: Map::default() }
    }
}

impl<K: Eq + Hash + Copy, V: Clone, R: Rows<K, V>> Table<K, V, R> {
    /// As the current batch sees it.
    pub(crate) fn get(&self, key: K) -> Option<&V> {
        match self.pending.get(&key).or_else(|| self.sealed.get(&key)) {
            Some(changed) => changed.as_ref(),
            None => self.committed.row(&key),
        }
    }

    /// As everybody else sees it.
    pub(crate) fn committed(&self, key: K) -> Option<&V> {
        self.committed.row(&key)
    }

    pub(crate) fn all_committed(&self) -> impl Iterator<Item = (K, &V)> {
        self.committed.all()
    }

    pub(crate) fn put(&mut self, key: K, value: V) {
        self.pending.insert(key, Some(value));
    }

    pub(crate) fn remove(&mut self, key: K) {
        self.pending.insert(key, None);
    }

    /// Changes the value in place, starting from its default where there is none.
    pub(crate) fn update(&mut self, key: K, change: impl FnOnce(&mut V))
    where
        V: Default,
    {
        if let Some(Some(value)) = self.pending.get_mut(&key) {
            return change(value);
        }
        let mut value = self.get(key).cloned().unwrap_or_default();
        change(&mut value);
        self.put(key, value);
    }

    /// Drops a committed row that nothing refers to any more.
    pub(crate) fn forget(&mut self, key: K) {
        self.committed.remove(&key);
    }

    /// From now on the current batch is another one. What was sealed before has been committed.
    pub(crate) fn seal(&mut self) {
        debug_assert!(self.sealed.is_empty(), "one batch is written at a time");
        mem::swap(&mut self.sealed, &mut self.pending);
    }

    /// What was sealed is durable.
    pub(crate) fn commit(&mut self) {
        for (key, changed) in self.sealed.drain() {
            match changed {
                Some(value) => self.committed.put(key, value),
                None => self.committed.remove(&key),
            }
        }
    }

    /// Nothing but the durable layer stays.
    pub(crate) fn discard(&mut self) {
        self.sealed.clear();
        self.pending.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table<u64, u64> {
        Table::default()
    }

    #[test]
    fn readers_see_a_change_only_after_the_commit() {
        let mut table = table();
        table.put(1, 10);
        assert_eq!((table.get(1), table.committed(1)), (Some(&10), None));
        table.seal();
        assert_eq!((table.get(1), table.committed(1)), (Some(&10), None));
        table.commit();
        table.remove(1);
        assert_eq!((table.get(1), table.committed(1)), (None, Some(&10)));
        table.discard();
        assert_eq!(table.get(1), Some(&10));
    }

    #[test]
    fn a_batch_sees_the_one_that_is_being_written_and_not_the_other_way_round() {
        let mut table = table();
        table.put(1, 10);
        table.put(2, 20);
        table.seal();
        table.update(1, |value| *value += 1);
        table.remove(2);
        assert_eq!((table.get(1), table.get(2)), (Some(&11), None));
        table.commit();
        assert_eq!((table.committed(1), table.committed(2)), (Some(&10), Some(&20)));
        assert_eq!((table.get(1), table.get(2)), (Some(&11), None));
    }

    #[test]
    fn a_failed_write_takes_the_batch_after_it_along() {
        let mut table = table();
        table.put(1, 10);
        table.seal();
        table.put(2, 20);
        table.discard();
        assert_eq!((table.get(1), table.get(2)), (None, None));
    }
}
