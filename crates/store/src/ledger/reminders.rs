//! Live appointments of which nobody was reminded, by day: a bit each, because a day has one in twenty of all of them,
//! and they are given numbers in order.

use booking::AppointmentId;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt;

const WORDS: usize = 16;
const TOGETHER: u64 = 64 * WORDS as u64;

/// Which of so many numbers are there. None of the stretches is empty.
#[derive(Default)]
struct Numbers(BTreeMap<u64, Box<[u64; WORDS]>>);

/// Of a number: its stretch, its word there, and its bit.
fn place(AppointmentId(number): AppointmentId) -> (u64, usize, u64) {
    (number / TOGETHER, (number % TOGETHER / 64) as usize, 1 << (number % 64))
}

impl Numbers {
    fn insert(&mut self, id: AppointmentId) {
        let (stretch, word, bit) = place(id);
        self.0.entry(stretch).or_default()[word] |= bit;
    }

    fn remove(&mut self, id: AppointmentId) {
        let (stretch, word, bit) = place(id);
        let Some(words) = self.0.get_mut(&stretch) else { return };
        words[word] &= !bit;
        if words.iter().all(|word| *word == 0) {
            self.0.remove(&stretch);
        }
    }

    fn iter(&self) -> impl Iterator<Item = AppointmentId> {
        self.0.iter().flat_map(|(stretch, words)| {
            let first = stretch * TOGETHER;
            words.iter().zip((first..).step_by(64)).flat_map(|(word, first)| {
                (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| AppointmentId(first + bit))
            })
        })
    }
}

/// Committed ones.
#[derive(Default)]
pub(super) struct Reminders(BTreeMap<Date, Numbers>);

impl Reminders {
    pub(super) fn insert(&mut self, visit_on: Date, id: AppointmentId) {
        self.0.entry(visit_on).or_default().insert(id);
    }

    pub(super) fn remove(&mut self, visit_on: Date, id: AppointmentId) {
        let Some(numbers) = self.0.get_mut(&visit_on) else { return };
        numbers.remove(id);
        if numbers.0.is_empty() {
            self.0.remove(&visit_on);
        }
    }

    /// By their numbers.
    pub(super) fn on(&self, visit_on: Date) -> impl Iterator<Item = AppointmentId> {
        self.0.get(&visit_on).into_iter().flat_map(Numbers::iter)
    }
}

impl fmt::Debug for Reminders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.keys().map(|day| (day, self.on(*day).collect::<Vec<_>>()))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn they_are_kept_as_sets_of_each_day_keep_them(
            steps in prop::collection::vec(
                (1_i8..4, prop_oneof![9 => 0_u64..3_000, 1 => u64::MAX - 3..], any::<bool>()),
                0..400,
            ),
        ) {
            let (mut reminders, mut model) = (Reminders::default(), BTreeMap::<Date, BTreeSet<_>>::new());
            for (day, number, is_new) in steps {
                let (day, id) = (Date::constant(2027, 7, day), AppointmentId(number));
                if is_new {
                    reminders.insert(day, id);
                    model.entry(day).or_default().insert(id);
                } else {
                    reminders.remove(day, id);
                    model.entry(day).or_default().remove(&id);
                }
                let all: Vec<_> = reminders.on(day).collect();
                prop_assert_eq!(all, model[&day].iter().copied().collect::<Vec<_>>());
            }
            model.retain(|_, day| !day.is_empty());
            prop_assert_eq!(reminders.0.len(), model.len());
        }
    }
}
