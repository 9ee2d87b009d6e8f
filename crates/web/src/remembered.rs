//! What is remembered of people and browsers for a while, in bounded memory. A new process begins with a clean slate.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Keys of each kind that are remembered.
pub(crate) const WATCHED_MAX: usize = 100_000;

/// A map that forgets the keys that came first.
pub(crate) struct Remembered<K, V> {
    known: HashMap<K, V>,
    order: VecDeque<K>,
}

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self { known: HashMap::new(), order: VecDeque::new() }
    }
}

impl<K: Copy + Eq + Hash, V> Remembered<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.known.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.known.get_mut(key)
    }

    /// Keys that are known, and keys in the order.
    #[cfg(test)]
    pub(crate) fn lens(&self) -> (usize, usize) {
        (self.known.len(), self.order.len())
    }

    pub(crate) fn put(&mut self, key: K, value: V) {
        if self.known.insert(key, value).is_none() {
            self.order.push_back(key);
        }
        while self.order.len() > WATCHED_MAX {
            let forgotten = self.order.pop_front().expect("it is longer than its limit");
            self.known.remove(&forgotten);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut remembered = Remembered::default();
        for number in 0..WATCHED_MAX + 10 {
            remembered.put(number, ());
        }
        assert_eq!(remembered.lens(), (WATCHED_MAX, WATCHED_MAX));
        assert!(
            remembered.get(&9).is_none() && remembered.get(&10).is_some(),
            "the first are forgotten first"
        );
    }
}
