//! What the rows of a table are kept in: by hash, by hash in many small parts, or by number.
//!
//! A large map that grows moves everything it has at once, and whoever waits for it waits as long. Where there is a row
//! for every person, the rows are therefore in parts that grow by themselves.

use booking::{AppointmentId, CampaignId, DoseNumber, PersonId};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash};

/// Seeded by the process: who chooses keys cannot choose where they fall.
pub(crate) type Map<K, V> = HashMap<K, V, RandomState>;

pub(crate) trait Rows<K, V>: Default {
    fn row(&self, key: &K) -> Option<&V>;
    fn row_mut(&mut self, key: &K) -> Option<&mut V>;
    /// The value before.
    fn put(&mut self, key: K, value: V) -> Option<V>;
    /// The value before.
    fn remove(&mut self, key: &K) -> Option<V>;
    fn all<'a>(&'a self) -> impl Iterator<Item = (K, &'a V)>
    where
        K: 'a,
        V: 'a;
}

impl<K: Eq + Hash + Copy, V> Rows<K, V> for Map<K, V> {
    fn row(&self, key: &K) -> Option<&V> {
        self.get(key)
    }

    fn row_mut(&mut self, key: &K) -> Option<&mut V> {
        self.get_mut(key)
    }

    fn put(&mut self, key: K, value: V) -> Option<V> {
        self.insert(key, value)
    }

    fn remove(&mut self, key: &K) -> Option<V> {
        Self::remove(self, key)
    }

    fn all<'a>(&'a self) -> impl Iterator<Item = (K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        self.iter().map(|(key, value)| (*key, value))
    }
}

/// Ten million rows grow by ten thousand at a time.
const PARTS: usize = 1_024;

/// A map in parts.
#[derive(Debug)]
pub(crate) struct Parted<K, V> {
    parts: Vec<Map<K, V>>,
    chooser: RandomState,
}

impl<K, V> Default for Parted<K, V> {
    fn default() -> Self {
        Self { parts: (0..PARTS).map(|_| Map::default()).collect(), chooser: RandomState::default() }
    }
}

impl<K: Eq + Hash, V> Parted<K, V> {
    fn part(&self, key: &K) -> usize {
        self.chooser.hash_one(key) as usize % PARTS
    }
}

impl<K: Eq + Hash + Copy, V> Rows<K, V> for Parted<K, V> {
    fn row(&self, key: &K) -> Option<&V> {
        self.parts[self.part(key)].get(key)
    }

    fn row_mut(&mut self, key: &K) -> Option<&mut V> {
        let part = self.part(key);
        self.parts[part].get_mut(key)
    }

    fn put(&mut self, key: K, value: V) -> Option<V> {
        let part = self.part(&key);
        self.parts[part].insert(key, value)
    }

    fn remove(&mut self, key: &K) -> Option<V> {
        let part = self.part(key);
        self.parts[part].remove(key)
    }

    fn all<'a>(&'a self) -> impl Iterator<Item = (K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        self.parts.iter().flat_map(|part| part.iter().map(|(key, value)| (*key, value)))
    }
}

/// A key that is a number given out in order, within a small number of groups.
pub(crate) trait Numbered: Copy {
    fn group(self) -> u32;
    fn number(self) -> u64;
    fn of(group: u32, number: u64) -> Self;
}

impl Numbered for PersonId {
    fn group(self) -> u32 {
        0
    }

    fn number(self) -> u64 {
        self.0
    }

    fn of(_group: u32, number: u64) -> Self {
        Self(number)
    }
}

impl Numbered for AppointmentId {
    fn group(self) -> u32 {
        0
    }

    fn number(self) -> u64 {
        self.0
    }

    fn of(_group: u32, number: u64) -> Self {
        Self(number)
    }
}

impl Numbered for (CampaignId, PersonId) {
    fn group(self) -> u32 {
        u32::from(self.0.0)
    }

    fn number(self) -> u64 {
        self.1.0
    }

    fn of(group: u32, number: u64) -> Self {
        (CampaignId(group as u16), PersonId(number))
    }
}

impl Numbered for (CampaignId, PersonId, DoseNumber) {
    fn group(self) -> u32 {
        u32::from(self.0.0) << 8 | u32::from(self.2.0)
    }

    fn number(self) -> u64 {
        self.1.0
    }

    fn of(group: u32, number: u64) -> Self {
        (CampaignId((group >> 8) as u16), PersonId(number), DoseNumber(group as u8))
    }
}

const PAGE: usize = 256;

type Page<V> = Box<[Option<V>; PAGE]>;

/// Rows by their number: a page for every so many, made when the first of them is needed.
#[derive(Debug)]
pub(crate) struct Pages<V> {
    groups: Vec<(u32, Vec<Option<Page<V>>>)>,
}

impl<V> Default for Pages<V> {
    fn default() -> Self {
        Self { groups: Vec::new() }
    }
}

fn place(number: u64) -> (usize, usize) {
    (number as usize / PAGE, number as usize % PAGE)
}

impl<V> Pages<V> {
    fn made(&mut self, group: u32, page: usize) -> &mut [Option<V>; PAGE] {
        let found = self.groups.iter().position(|(of, _)| *of == group);
        let position = found.unwrap_or_else(|| {
            self.groups.push((group, Vec::new()));
            self.groups.len() - 1
        });
        let pages = &mut self.groups[position].1;
        if pages.len() <= page {
            pages.resize_with(page + 1, || None);
        }
        pages[page].get_or_insert_with(|| Box::new([const { None }; PAGE]))
    }

    fn found_mut(&mut self, group: u32, number: u64) -> Option<&mut Option<V>> {
        let (page, at) = place(number);
        let pages = &mut self.groups.iter_mut().find(|(of, _)| *of == group)?.1;
        Some(&mut pages.get_mut(page)?.as_mut()?[at])
    }
}

impl<K: Numbered, V> Rows<K, V> for Pages<V> {
    fn row(&self, key: &K) -> Option<&V> {
        let (page, at) = place(key.number());
        let pages = &self.groups.iter().find(|(of, _)| *of == key.group())?.1;
        pages.get(page)?.as_ref()?[at].as_ref()
    }

    fn row_mut(&mut self, key: &K) -> Option<&mut V> {
        self.found_mut(key.group(), key.number())?.as_mut()
    }

    fn put(&mut self, key: K, value: V) -> Option<V> {
        let (page, at) = place(key.number());
        self.made(key.group(), page)[at].replace(value)
    }

    fn remove(&mut self, key: &K) -> Option<V> {
        self.found_mut(key.group(), key.number())?.take()
    }

    fn all<'a>(&'a self) -> impl Iterator<Item = (K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        self.groups.iter().flat_map(|(group, pages)| {
            let pages = pages.iter().enumerate().filter_map(|(page, rows)| Some((page, rows.as_ref()?)));
            pages.flat_map(move |(page, rows)| {
                let rows = rows.iter().enumerate();
                rows.filter_map(move |(at, row)| {
                    Some((K::of(*group, (page * PAGE + at) as u64), row.as_ref()?))
                })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keep_the_same<R: Rows<(CampaignId, PersonId), u32>>(steps: &[(u16, u64, Option<u32>)]) {
        let (mut rows, mut model) = (R::default(), Map::default());
        for (campaign, person, value) in steps {
            let key = (CampaignId(*campaign), PersonId(*person));
            match value {
                Some(value) => assert_eq!(rows.put(key, *value), model.put(key, *value)),
                None => assert_eq!(Rows::remove(&mut rows, &key), Rows::remove(&mut model, &key)),
            }
            assert_eq!(rows.row(&key), model.row(&key));
            assert_eq!(rows.row_mut(&key), model.row_mut(&key));
        }
        let mut all: Vec<_> = rows.all().collect();
        let mut expected: Vec<_> = model.all().collect();
        all.sort();
        expected.sort();
        assert_eq!(all, expected);
    }

    proptest! {
        #[test]
        fn parts_and_pages_keep_what_a_map_keeps(
            steps in prop::collection::vec((0_u16..3, 0_u64..2_000, prop::option::of(0_u32..9)), 0..300),
        ) {
            keep_the_same::<Parted<_, _>>(&steps);
            keep_the_same::<Pages<_>>(&steps);
        }
    }
}
