//! Whose appointments: of a person the latest, of an appointment the one before it of the same person. Nearly everybody
//! has one, and another one costs nothing but its place: no list grows, none is copied to be undone.

use crate::table::ByNumber;
use booking::{AppointmentId, PersonId};

#[derive(Default)]
pub(super) struct Own {
    latest: ByNumber<PersonId, AppointmentId>,
    /// Always a smaller number.
    before: ByNumber<AppointmentId, AppointmentId>,
}

impl Own {
    /// As the current batch sees them, the latest first.
    pub(super) fn of(&self, person: PersonId) -> impl Iterator<Item = AppointmentId> {
        std::iter::successors(self.latest.get(person), |id| self.before.get(*id))
    }

    /// As everybody else sees them, the latest first.
    pub(super) fn committed_of(&self, person: PersonId) -> impl Iterator<Item = AppointmentId> {
        std::iter::successors(self.latest.committed(person), |id| self.before.committed(*id))
    }

    /// Once for each: it was nobody's.
    pub(super) fn add(&mut self, person: PersonId, id: AppointmentId) {
        let later = self.of(person).take_while(|other| *other > id).last();
        let earlier = self.of(person).find(|other| *other < id);
        match later {
            None => self.latest.put(person, id),
            Some(later) => self.before.put(later, id),
        }
        if let Some(earlier) = earlier {
            self.before.put(id, earlier);
        }
    }

    /// All that somebody had, the earliest first; they have none any more.
    pub(super) fn take(&mut self, person: PersonId) -> Vec<AppointmentId> {
        let mut all: Vec<AppointmentId> = self.of(person).collect();
        all.reverse();
        self.latest.remove(person);
        for id in &all {
            self.before.remove(*id);
        }
        all
    }

    pub(super) fn notes_what_was(&mut self, notes: bool) {
        self.latest.notes_what_was(notes);
        self.before.notes_what_was(notes);
    }

    pub(super) fn seal(&mut self) {
        self.latest.seal();
        self.before.seal();
    }

    pub(super) fn commit(&mut self) {
        self.latest.commit();
        self.before.commit();
    }

    pub(super) fn discard(&mut self) {
        self.latest.discard();
        self.before.discard();
    }

    #[cfg(feature = "conformance")]
    pub(super) fn tell(&self, text: &mut String) {
        super::tables::tell(text, "latest of", &self.latest, |_| true);
        super::tables::tell(text, "before", &self.before, |_| true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    type Model = BTreeMap<u64, BTreeSet<u64>>;

    fn assert_same(own: &Own, current: &Model, committed: &Model) {
        for person in 0..4 {
            let of = |model: &Model| -> Vec<AppointmentId> {
                model.get(&person).into_iter().flatten().rev().copied().map(AppointmentId).collect()
            };
            assert_eq!(own.of(PersonId(person)).collect::<Vec<_>>(), of(current));
            assert_eq!(own.committed_of(PersonId(person)).collect::<Vec<_>>(), of(committed));
        }
    }

    proptest! {
        #[test]
        fn they_are_kept_as_sets_of_each_person_keep_them(
            steps in prop::collection::vec((0_u64..4, 0_u64..1_000, 0_u8..8), 0..120),
        ) {
            let mut own = Own::default();
            let (mut current, mut sealed, mut committed) = (Model::new(), Model::new(), Model::new());
            for (person, id, step) in steps {
                match step {
                    0 => {
                        let other = (person + 1) % 4;
                        for id in own.take(PersonId(person)) {
                            own.add(PersonId(other), id);
                        }
                        let moved = current.remove(&person).unwrap_or_default();
                        current.entry(other).or_default().extend(moved);
                    }
                    1 => {
                        own.commit();
                        committed = sealed;
                        own.seal();
                        sealed = current.clone();
                    }
                    2 => {
                        own.discard();
                        current = committed.clone();
                        sealed = committed.clone();
                    }
                    _ if current.values().any(|ids| ids.contains(&id)) => {}
                    _ => {
                        own.add(PersonId(person), AppointmentId(id));
                        current.entry(person).or_default().insert(id);
                    }
                }
                assert_same(&own, &current, &committed);
            }
        }
    }
}
