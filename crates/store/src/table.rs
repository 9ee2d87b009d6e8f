//! A table of two layers: what is durable, and over it what the current batch would change.
//!
//! The writer decides on both; readers see the durable layer only. After the commit the upper layer is merged, after
//! a failed one it is thrown away.

use std::collections::HashMap;
use std::hash::Hash;

#[derive(Debug)]
pub(crate) struct Table<K, V> {
    committed: HashMap<K, V>,
    pending: HashMap<K, Option<V>>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { committed: HashMap::new(), pending: HashMap::new() }
    }
}

impl<K: Eq + Hash + Copy, V: Clone> Table<K, V> {
    /// As the current batch sees it.
    pub(crate) fn get(&self, key: K) -> Option<&V> {
        match self.pending.get(&key) {
            Some(changed) => changed.as_ref(),
            None => self.committed.get(&key),
        }
    }

    /// As everybody else sees it.
    pub(crate) fn committed(&self, key: K) -> Option<&V> {
        self.committed.get(&key)
    }

    pub(crate) fn all_committed(&self) -> impl Iterator<Item = (&K, &V)> {
        self.committed.iter()
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
        let mut value = self.get(key).cloned().unwrap_or_default();
        change(&mut value);
        self.put(key, value);
    }

    /// Drops a committed row that nothing refers to any more.
    pub(crate) fn forget(&mut self, key: K) {
        self.committed.remove(&key);
    }

    pub(crate) fn commit(&mut self) {
        for (key, changed) in self.pending.drain() {
            match changed {
                Some(value) => self.committed.insert(key, value),
                None => self.committed.remove(&key),
            };
        }
    }

    pub(crate) fn discard(&mut self) {
        self.pending.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_see_a_change_only_after_the_commit() {
        let mut table = Table::default();
        table.put(1, 10);
        assert_eq!((table.get(1), table.committed(1)), (Some(&10), None));
        table.commit();
        table.remove(1);
        assert_eq!((table.get(1), table.committed(1)), (None, Some(&10)));
        table.discard();
        assert_eq!(table.get(1), Some(&10));
    }
}
