//! What rows were before they were changed, in the order of the changes. Noting one costs no search: a batch changes
//! thousands of rows, and hardly anybody asks for one of them before it is durable.

use foldhash::fast::RandomState;
use std::hash::{BuildHasher as _, Hash};

/// Marks that tell whether a key can be in the list at all: so many words of 64.
const WORDS: usize = 256;

#[derive(Debug)]
pub(crate) struct Undo<K, V> {
    /// A key that changed twice is there twice; the first one is what it was before all of them.
    rows: Vec<(K, Option<V>)>,
    /// Empty while nothing was ever noted.
    marks: Vec<u64>,
    chooser: RandomState,
    is_off: bool,
}

impl<K, V> Default for Undo<K, V> {
    fn default() -> Self {
        Self { rows: Vec::new(), marks: Vec::new(), chooser: RandomState::default(), is_off: false }
    }
}

impl<K: Eq + Hash, V> Undo<K, V> {
    fn mark(&self, key: &K) -> (usize, u64) {
        let hash = self.chooser.hash_one(key);
        ((hash >> 6) as usize % WORDS, 1 << (hash & 63))
    }

    pub(crate) fn notes(&mut self, notes: bool) {
        self.is_off = !notes;
    }

    pub(crate) fn is_noting(&self) -> bool {
        !self.is_off
    }

    /// The value before a change; None: there was no row.
    pub(crate) fn note(&mut self, key: K, before: Option<V>) {
        if self.is_off {
            return;
        }
        if self.marks.is_empty() {
            self.marks = vec![0; WORDS];
        }
        let (word, bit) = self.mark(&key);
        self.marks[word] |= bit;
        self.rows.push((key, before));
    }

    /// What a row was before the first of its changes; None: it was not changed.
    pub(crate) fn first(&self, key: &K) -> Option<&Option<V>> {
        if self.rows.is_empty() {
            return None;
        }
        let (word, bit) = self.mark(key);
        if self.marks[word] & bit == 0 {
            return None;
        }
        self.rows.iter().find(|(changed, _)| changed == key).map(|(_, before)| before)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&K, &Option<V>)> {
        self.rows.iter().map(|(key, before)| (key, before))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(crate) fn forget(&mut self) {
        if !self.rows.is_empty() {
            self.rows.clear();
            self.marks.fill(0);
        }
    }

    /// To be put back in this order.
    pub(crate) fn take_last_first(&mut self) -> impl Iterator<Item = (K, Option<V>)> {
        self.marks.fill(0);
        self.rows.drain(..).rev()
    }
}
