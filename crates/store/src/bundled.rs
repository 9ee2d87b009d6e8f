//! Bytes of every person, those of sixteen together: one by one, a third of the memory would lie between them.

use crate::rows::{Map, Numbered as _, Rows};
use booking::PersonId;

const TOGETHER: u64 = 16;
/// No number that was given out in order is beyond so many bundles; those of a damaged journal are.
const BUNDLES_MAX: usize = 1 << 24;
/// Which of them, and how many bytes.
const HEAD: usize = 1 + 2;

#[derive(Debug, Default)]
pub(crate) struct Bundled {
    /// Each: head and bytes of one after the other.
    bundles: Vec<Box<[u8]>>,
    /// What is too long for a bundle, and what is far out.
    beside: Map<PersonId, Vec<u8>>,
}

/// The bundle, and which of it.
fn place(person: PersonId) -> Option<(usize, u8)> {
    let bundle = usize::try_from(person.number() / TOGETHER).ok()?;
    (bundle < BUNDLES_MAX).then_some((bundle, (person.number() % TOGETHER) as u8))
}

/// Each of a bundle, with what is before it.
fn each(bundle: &[u8]) -> impl Iterator<Item = (usize, u8, &[u8])> {
    let mut next = 0;
    std::iter::from_fn(move || {
        let (head, rest) = bundle[next..].split_first_chunk::<HEAD>()?;
        let begin = next;
        let length = usize::from(u16::from_le_bytes([head[1], head[2]]));
        next += HEAD + length;
        Some((begin, head[0], &rest[..length]))
    })
}

impl Bundled {
    fn bundle(&self, person: PersonId) -> Option<(&[u8], u8)> {
        let (bundle, which) = place(person)?;
        Some((self.bundles.get(bundle)?, which))
    }

    /// Makes the bundle again, without the bytes of the one and with others.
    fn rebuild(&mut self, person: PersonId, bytes: Option<&[u8]>) {
        let Some((at, which)) = place(person) else { return };
        if self.bundles.len() <= at {
            self.bundles.resize_with(at + 1, Box::default);
        }
        let before = std::mem::take(&mut self.bundles[at]);
        let mut bundle = Vec::with_capacity(before.len() + bytes.map_or(0, |bytes| HEAD + bytes.len()));
        for (begin, other, kept) in each(&before) {
            if other != which {
                bundle.extend_from_slice(&before[begin..begin + HEAD + kept.len()]);
            }
        }
        if let Some(bytes) = bytes {
            bundle.push(which);
            bundle.extend_from_slice(&(bytes.len() as u16).to_le_bytes());
            bundle.extend_from_slice(bytes);
        }
        self.bundles[at] = bundle.into();
    }
}

impl Rows<PersonId, Vec<u8>> for Bundled {
    type Row<'a> = &'a [u8];

    fn seen(value: &Vec<u8>) -> &[u8] {
        value
    }

    fn own(row: &[u8]) -> Vec<u8> {
        row.to_vec()
    }

    fn row(&self, key: &PersonId) -> Option<&[u8]> {
        let bundled = self.bundle(*key).and_then(|(bundle, which)| {
            each(bundle).find(|(_, other, _)| *other == which).map(|(_, _, bytes)| bytes)
        });
        bundled.or_else(|| self.beside.get(key).map(Vec::as_slice))
    }

    fn change<T>(&mut self, key: &PersonId, change: impl FnOnce(Option<&mut Vec<u8>>) -> T) -> T {
        let mut row = self.row(key).map(<[u8]>::to_vec);
        let changed = change(row.as_mut());
        if let Some(row) = row {
            self.put(*key, row);
        }
        changed
    }

    fn put(&mut self, key: PersonId, value: Vec<u8>) -> Option<Vec<u8>> {
        let before = self.row(&key).map(<[u8]>::to_vec);
        if u16::try_from(value.len()).is_ok() && place(key).is_some() {
            self.beside.remove(&key);
            self.rebuild(key, Some(&value));
        } else {
            self.rebuild(key, None);
            self.beside.insert(key, value);
        }
        before
    }

    fn remove(&mut self, key: &PersonId) -> Option<Vec<u8>> {
        let before = self.row(key).map(<[u8]>::to_vec)?;
        self.beside.remove(key);
        self.rebuild(*key, None);
        Some(before)
    }

    fn all<'a>(&'a self) -> impl Iterator<Item = (PersonId, &'a [u8])>
    where
        PersonId: 'a,
        Vec<u8>: 'a,
    {
        let bundled = (0..).zip(&self.bundles).flat_map(|(number, bundle)| {
            let person = move |which: u8| PersonId(number * TOGETHER + u64::from(which));
            each(bundle).map(move |(_, which, bytes)| (person(which), bytes))
        });
        bundled.chain(self.beside.iter().map(|(person, bytes)| (*person, bytes.as_slice())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn what_is_known_of_people_is_kept_as_a_map_keeps_it(
            steps in prop::collection::vec(
                (
                    prop_oneof![9 => 0_u64..60, 1 => u64::MAX - 3..],
                    prop::option::of(prop_oneof![9 => 0_usize..200, 1 => 65_530_usize..65_540]),
                ),
                0..200,
            ),
        ) {
            let (mut rows, mut model) = (Bundled::default(), BTreeMap::new());
            for (step, (number, length)) in steps.into_iter().enumerate() {
                let person = PersonId(number);
                if let Some(length) = length {
                    let bytes = vec![step as u8; length];
                    prop_assert_eq!(rows.put(person, bytes.clone()), model.insert(person, bytes));
                } else {
                    prop_assert_eq!(rows.remove(&person), model.remove(&person));
                }
                prop_assert_eq!(rows.row(&person), model.get(&person).map(Vec::as_slice));
            }
            let mut all: Vec<_> = rows.all().collect();
            all.sort_unstable();
            let expected: Vec<_> = model.iter().map(|(person, bytes)| (*person, bytes.as_slice())).collect();
            prop_assert_eq!(all, expected);
        }
    }
}
