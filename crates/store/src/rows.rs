//! What the rows of a table are kept in: by hash, by hash in many small parts, by clinic and day; those by number are
//! in [`crate::packed`].
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
    /// How a row is looked at: where it lies as it is, by reference.
    type Row<'a>
    where
        Self: 'a,
        V: 'a;

    /// A value that is not kept here, as a row.
    fn seen(value: &V) -> Self::Row<'_>;
    fn own(row: Self::Row<'_>) -> V;
    fn row(&self, key: &K) -> Option<Self::Row<'_>>;
    /// In place, where there is a row.
    fn change<T>(&mut self, key: &K, change: impl FnOnce(Option<&mut V>) -> T) -> T;
    /// The value before.
    fn put(&mut self, key: K, value: V) -> Option<V>;
    /// The value before.
    fn remove(&mut self, key: &K) -> Option<V>;
    fn all<'a>(&'a self) -> impl Iterator<Item = (K, Self::Row<'a>)>
    where
        K: 'a,
        V: 'a;
}

impl<K: Eq + Hash + Copy, V: Clone> Rows<K, V> for Map<K, V> {
    type Row<'a>
        = &'a V
    where
        Self: 'a,
        V: 'a;

    fn seen(value: &V) -> &V {
        value
    }

    fn own(row: &V) -> V {
        row.clone()
    }

    fn row(&self, key: &K) -> Option<&V> {
        self.get(key)
    }

    fn change<T>(&mut self, key: &K, change: impl FnOnce(Option<&mut V>) -> T) -> T {
        change(self.get_mut(key))
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

impl<K: Eq + Hash + Copy, V: Clone> Rows<K, V> for Parted<K, V> {
    type Row<'a>
        = &'a V
    where
        Self: 'a,
        V: 'a;

    fn seen(value: &V) -> &V {
        value
    }

    fn own(row: &V) -> V {
        row.clone()
    }

    fn row(&self, key: &K) -> Option<&V> {
        self.parts[self.part(key)].get(key)
    }

    fn change<T>(&mut self, key: &K, change: impl FnOnce(Option<&mut V>) -> T) -> T {
        let part = self.part(key);
        change(self.parts[part].get_mut(key))
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
        self.days.get(&(on.clinic, on.visit_on)).map_or(&[], Vec::as_slice)
    }

    fn row_mut(&mut self, key: &SlotId) -> Option<&mut V> {
        let day = self.days.get_mut(&(key.clinic, key.visit_on))?;
        day.iter_mut().find(|(start, _)| *start == key.starts_min).map(|(_, row)| row)
    }
}

impl<V: Clone> Rows<SlotId, V> for ByDay<V> {
    type Row<'a>
        = &'a V
    where
        Self: 'a,
        V: 'a;

    fn seen(value: &V) -> &V {
        value
    }

    fn own(row: &V) -> V {
        row.clone()
    }

    fn row(&self, key: &SlotId) -> Option<&V> {
        self.day(*key).iter().find(|(start, _)| *start == key.starts_min).map(|(_, row)| row)
    }

    fn change<T>(&mut self, key: &SlotId, change: impl FnOnce(Option<&mut V>) -> T) -> T {
        change(self.row_mut(key))
    }

    fn put(&mut self, key: SlotId, value: V) -> Option<V> {
        if let Some(row) = self.row_mut(&key) {
            return Some(mem::replace(row, value));
        }
        let on = (key.clinic, key.visit_on);
        match self.days.get_mut(&on) {
            Some(day) => {
                let position = day.partition_point(|(start, _)| *start < key.starts_min);
                day.insert(position, (key.starts_min, value));
            }
            None => drop(self.days.insert(on, vec![(key.starts_min, value)])),
        }
        None
    }

    fn remove(&mut self, key: &SlotId) -> Option<V> {
        let day = self.days.get_mut(&(key.clinic, key.visit_on))?;
        let position = day.iter().position(|(start, _)| *start == key.starts_min)?;
        Some(day.remove(position).1)
    }

    fn all<'a>(&'a self) -> impl Iterator<Item = (SlotId, &'a V)>
    where
        V: 'a,
    {
        self.days.iter().flat_map(|((clinic, visit_on), day)| {
            let (clinic, visit_on) = (*clinic, *visit_on);
            day.iter()
                .map(move |(starts_min, row)| (SlotId { clinic, visit_on, starts_min: *starts_min }, row))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::{Bytes, Pack, Packed, SmallRows};
    use proptest::prelude::*;
    use std::fmt::Debug;

    /// In one byte; 5 and more do not fit.
    impl Pack for u32 {
        const BYTES: usize = 1;

        fn pack(&self, to: &mut Bytes<'_>) -> Option<()> {
            to.put((*self).into(), 1)?;
            (*self < 5).then_some(())
        }

        fn unpack(from: &mut Packed<'_>) -> Self {
            from.take(1) as Self
        }
    }

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
            assert_eq!(rows.row(&key).map(R::own), model.row(&key).copied());
            let change = |row: Option<&mut u32>| row.map(|row| *row = (*row + 1) % 9);
            assert_eq!(rows.change(&key, change), model.change(&key, change));
            assert_eq!(rows.row(&key).map(R::own), model.row(&key).copied());
        }
        let mut all: Vec<_> = rows.all().map(|(key, row)| (key, R::own(row))).collect();
        let mut expected: Vec<_> = model.all().map(|(key, row)| (key, *row)).collect();
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
            keep_the_same::<_, SmallRows<_>>(&steps, person);
            keep_the_same::<_, ByDay<_>>(&steps, |clinic, number| SlotId {
                clinic: ClinicId(u32::from(clinic)),
                visit_on: Date::constant(2027, 7, 1 + (number % 3) as i8),
                starts_min: (number % 7) as u16,
            });
        }
    }
}
