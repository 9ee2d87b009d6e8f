//! A table of three layers: what is durable, over it what is being written, over that what the current batch would
//! change.
//!
//! The writer decides on all of them; readers see the durable layer only. [`Table::seal`] hands the current batch to
//! whoever writes it, [`Table::commit`] makes it visible when it is on the disk; after a failed write everything that
//! is not durable is undone.
//!
//! The rows are as the current batch sees them, because the writer looks ten times where a reader looks once. Of a row
//! that was changed and is not durable yet, the value before is kept aside: readers look there first, a commit forgets
//! it, and a discard puts it back.

use crate::packed::SmallRows;
use crate::rows::{Map, Parted, Rows};
use crate::undo::Undo;
use std::collections::HashSet;
use std::hash::Hash;
use std::mem;

#[derive(Debug)]
pub(crate) struct Table<K, V, R = Map<K, V>> {
    rows: R,
    /// Before the batch that is being written.
    before_sealed: Undo<K, V>,
    /// Before the current batch.
    before: Undo<K, V>,
}

/// With a row for everybody.
pub(crate) type Large<K, V> = Table<K, V, Parted<K, V>>;
/// With keys that are numbers given out in order.
pub(crate) type ByNumber<K, V> = Table<K, V, SmallRows<V>>;

impl<K, V, R: Default> Default for Table<K, V, R> {
    fn default() -> Self {
        Self { rows: R::default(), before_sealed: Undo::default(), before: Undo::default() }
    }
}

impl<K: Eq + Hash + Copy, V: Clone, R: Rows<K, V>> Table<K, V, R> {
    /// Not while it is loaded: then nothing can be discarded.
    pub(crate) fn notes_what_was(&mut self, notes: bool) {
        debug_assert!(self.before.is_empty() && self.before_sealed.is_empty(), "between two batches");
        self.before.notes(notes);
        self.before_sealed.notes(notes);
    }

    /// As the current batch sees it.
    pub(crate) fn get(&self, key: K) -> Option<R::Row<'_>> {
        self.rows.row(&key)
    }

    /// As everybody else sees it.
    pub(crate) fn committed(&self, key: K) -> Option<R::Row<'_>> {
        match self.before_sealed.first(&key).or_else(|| self.before.first(&key)) {
            Some(before) => before.as_ref().map(R::seen),
            None => self.rows.row(&key),
        }
    }

    pub(crate) fn all_committed(&self) -> impl Iterator<Item = (K, R::Row<'_>)> {
        let mut changed: Map<K, Option<&V>> = Map::default();
        for (key, before) in self.before_sealed.all().chain(self.before.all()) {
            changed.entry(*key).or_insert(before.as_ref());
        }
        let before: Vec<(K, R::Row<'_>)> =
            changed.iter().filter_map(|(key, value)| Some((*key, R::seen((*value)?)))).collect();
        let unchanged = self.rows.all().filter(move |(key, _)| !changed.contains_key(key));
        unchanged.chain(before)
    }

    /// The rows of the current batch, each with what it was before and what it is now.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (K, Option<R::Row<'_>>, Option<R::Row<'_>>)> {
        let mut seen = HashSet::new();
        let first = self.before.all().filter(move |(key, _)| seen.insert(**key));
        first.map(|(key, before)| (*key, before.as_ref().map(R::seen), self.rows.row(key)))
    }

    pub(crate) fn put(&mut self, key: K, value: V) {
        let before = self.rows.put(key, value);
        self.before.note(key, before);
    }

    pub(crate) fn remove(&mut self, key: K) {
        if let Some(before) = self.rows.remove(&key) {
            self.before.note(key, Some(before));
        }
    }

    /// Changes the value in place, starting from its default where there is none.
    pub(crate) fn update(&mut self, key: K, change: impl FnOnce(&mut V))
    where
        V: Default,
    {
        let is_noting = self.before.is_noting();
        let changed = self.rows.change(&key, |row| match row {
            Some(value) => {
                let before = is_noting.then(|| value.clone());
                change(value);
                Ok(before)
            }
            None => Err(change),
        });
        match changed {
            Ok(Some(before)) => self.before.note(key, Some(before)),
            Ok(None) => {}
            Err(change) => {
                let mut value = V::default();
                change(&mut value);
                self.put(key, value);
            }
        }
    }

    /// As the current batch sees them.
    pub(crate) fn rows(&self) -> &R {
        &self.rows
    }

    /// From now on the current batch is another one. What was sealed before has been committed.
    pub(crate) fn seal(&mut self) {
        debug_assert!(self.before_sealed.is_empty(), "one batch is written at a time");
        mem::swap(&mut self.before_sealed, &mut self.before);
    }

    /// What was sealed is durable.
    pub(crate) fn commit(&mut self) {
        self.before_sealed.forget();
    }

    /// Nothing but the durable layer stays.
    pub(crate) fn discard(&mut self) {
        let Self { rows, before_sealed, before } = self;
        for (key, value) in before.take_last_first().chain(before_sealed.take_last_first()) {
            match value {
                Some(value) => drop(rows.put(key, value)),
                None => drop(rows.remove(&key)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table<u64, u64> {
        Table::default()
    }

    fn all(table: &Table<u64, u64>) -> Vec<(u64, u64)> {
        let mut all: Vec<_> = table.all_committed().map(|(key, value)| (key, *value)).collect();
        all.sort_unstable();
        all
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
        assert_eq!(all(&table), []);
        table.commit();
        assert_eq!((table.committed(1), table.committed(2)), (Some(&10), Some(&20)));
        assert_eq!((table.get(1), table.get(2)), (Some(&11), None));
        assert_eq!(all(&table), [(1, 10), (2, 20)]);
    }

    #[test]
    fn a_failed_write_takes_the_batch_after_it_along() {
        let mut table = table();
        table.put(1, 10);
        table.put(3, 30);
        table.seal();
        table.commit();
        table.update(1, |value| *value += 1);
        table.remove(3);
        table.seal();
        table.update(1, |value| *value += 1);
        table.put(2, 20);
        table.put(3, 31);
        assert_eq!(all(&table), [(1, 10), (3, 30)]);
        table.discard();
        assert_eq!((table.get(1), table.get(2), table.get(3)), (Some(&10), None, Some(&30)));
        assert_eq!(all(&table), [(1, 10), (3, 30)]);
    }
}
