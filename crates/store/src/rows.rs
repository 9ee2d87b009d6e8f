//! What the rows of a table are kept in: by hash, by hash in many small parts, or by number.
//!
//! A large map that grows moves everything it has at once, and whoever waits for it waits as long. Where there is a row
//! for every person, the rows are therefore in parts that grow by themselves.

use booking::{AppointmentId, CampaignId, ClinicId, DoseNumber, PersonId, SlotId};
use foldhash::fast::RandomState;
use jiff::civil::Date;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash};
use std::mem;

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

/// Of ten million rows forty thousand are moved at a time.
const PARTS: usize = 256;

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
/// No number that was given out in order is beyond so many pages; those of a damaged journal are.
const PAGES_MAX: usize = 1 << 20;

type Page<V> = Box<[Option<V>; PAGE]>;

/// Rows by their number: a page for every so many, made when the first of them is needed.
#[derive(Debug)]
pub(crate) struct Pages<V> {
    groups: Vec<(u32, Vec<Option<Page<V>>>)>,
    far: Map<(u32, u64), V>,
}

impl<V> Default for Pages<V> {
    fn default() -> Self {
        Self { groups: Vec::new(), far: Map::default() }
    }
}

/// Page, and row of the page.
fn place(number: u64) -> Option<(usize, usize)> {
    let page = usize::try_from(number).ok()? / PAGE;
    (page < PAGES_MAX).then_some((page, number as usize % PAGE))
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

    fn found_mut(&mut self, group: u32, (page, at): (usize, usize)) -> Option<&mut Option<V>> {
        let pages = &mut self.groups.iter_mut().find(|(of, _)| *of == group)?.1;
        Some(&mut pages.get_mut(page)?.as_mut()?[at])
    }
}

impl<K: Numbered, V> Rows<K, V> for Pages<V> {
    fn row(&self, key: &K) -> Option<&V> {
        let Some((page, at)) = place(key.number()) else { return self.far.get(&(key.group(), key.number())) };
        let pages = &self.groups.iter().find(|(of, _)| *of == key.group())?.1;
        pages.get(page)?.as_ref()?[at].as_ref()
    }

    fn row_mut(&mut self, key: &K) -> Option<&mut V> {
        match place(key.number()) {
            Some(place) => self.found_mut(key.group(), place)?.as_mut(),
            None => self.far.get_mut(&(key.group(), key.number())),
        }
    }

    fn put(&mut self, key: K, value: V) -> Option<V> {
        match place(key.number()) {
            Some((page, at)) => self.made(key.group(), page)[at].replace(value),
            None => self.far.insert((key.group(), key.number()), value),
        }
    }

    fn remove(&mut self, key: &K) -> Option<V> {
        match place(key.number()) {
            Some(place) => self.found_mut(key.group(), place)?.take(),
            None => self.far.remove(&(key.group(), key.number())),
        }
    }

    fn all<'a>(&'a self) -> impl Iterator<Item = (K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        let near = self.groups.iter().flat_map(|(group, pages)| {
            let pages = pages.iter().enumerate().filter_map(|(page, rows)| Some((page, rows.as_ref()?)));
            pages.flat_map(move |(page, rows)| {
                let rows = rows.iter().enumerate();
                rows.filter_map(move |(at, row)| {
                    Some((K::of(*group, (page * PAGE + at) as u64), row.as_ref()?))
                })
            })
        });
        near.chain(self.far.iter().map(|((group, number), row)| (K::of(*group, *number), row)))
    }
}

/// Rows of times, those of one clinic on one day together.
#[derive(Debug)]
pub(crate) struct ByDay<V> {
    days: Map<(ClinicId, Date), Vec<(u16, V)>>,
}

impl<V> Default for ByDay<V> {
    fn default() -> Self {
        Self { days: Map::default() }
    }
}

impl<V> ByDay<V> {
    /// By the minute they start at, in their order.
    pub(crate) fn day(&self, on: SlotId) -> &[(u16, V)] {
        self.days.row(&(on.clinic, on.visit_on)).map_or(&[], Vec::as_slice)
    }
}

impl<V> Rows<SlotId, V> for ByDay<V> {
    fn row(&self, key: &SlotId) -> Option<&V> {
        self.day(*key).iter().find(|(start, _)| *start == key.starts_min).map(|(_, row)| row)
    }

    fn row_mut(&mut self, key: &SlotId) -> Option<&mut V> {
        let day = self.days.row_mut(&(key.clinic, key.visit_on))?;
        day.iter_mut().find(|(start, _)| *start == key.starts_min).map(|(_, row)| row)
    }

    fn put(&mut self, key: SlotId, value: V) -> Option<V> {
        if let Some(row) = self.row_mut(&key) {
            return Some(mem::replace(row, value));
        }
        let on = (key.clinic, key.visit_on);
        match self.days.row_mut(&on) {
            Some(day) => {
                let position = day.partition_point(|(start, _)| *start < key.starts_min);
                day.insert(position, (key.starts_min, value));
            }
            None => drop(self.days.put(on, vec![(key.starts_min, value)])),
        }
        None
    }

    fn remove(&mut self, key: &SlotId) -> Option<V> {
        let day = self.days.row_mut(&(key.clinic, key.visit_on))?;
        let position = day.iter().position(|(start, _)| *start == key.starts_min)?;
        Some(day.remove(position).1)
    }

    fn all<'a>(&'a self) -> impl Iterator<Item = (SlotId, &'a V)>
    where
        V: 'a,
    {
        self.days.all().flat_map(|((clinic, visit_on), day)| {
            day.iter()
                .map(move |(starts_min, row)| (SlotId { clinic, visit_on, starts_min: *starts_min }, row))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fmt::Debug;

    type Step = (u16, u64, Option<u32>);

    fn keep_the_same<K: Copy + Eq + Hash + Ord + Debug, R: Rows<K, u32>>(
        steps: &[Step],
        key: fn(u16, u64) -> K,
    ) {
        let (mut rows, mut model) = (R::default(), Map::default());
        for (group, number, value) in steps {
            let key = key(*group, *number);
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
        fn every_kind_keeps_what_a_map_keeps(
            steps in prop::collection::vec(
                (0_u16..3, prop_oneof![0_u64..2_000, u64::MAX - 3..], prop::option::of(0_u32..9)),
                0..300,
            ),
        ) {
            let person = |campaign, number| (CampaignId(campaign), PersonId(number));
            keep_the_same::<_, Parted<_, _>>(&steps, person);
            keep_the_same::<_, Pages<_>>(&steps, person);
            keep_the_same::<_, ByDay<_>>(&steps, |clinic, number| SlotId {
                clinic: ClinicId(u32::from(clinic)),
                visit_on: Date::constant(2027, 7, 1 + (number % 3) as i8),
                starts_min: (number % 7) as u16,
            });
        }
    }
}
