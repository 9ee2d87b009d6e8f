//! Which days changed, in the order of their last change, so that a reader who comes back is told only what is new.

use crate::rows::Map;
use booking::ClinicId;
use jiff::civil::Date;
use std::collections::VecDeque;

type Day = (ClinicId, Date);

const PASSED_OVER_MAX: usize = 4_096;

/// The version counts every place taken or given back since this ledger was made or loaded.
#[derive(Debug, Default)]
pub(super) struct DayChanges {
    version: u64,
    last_change: Map<Day, u64>,
    /// In the order of their versions; a day whose last change is another one is passed over.
    by_version: VecDeque<(u64, Day)>,
    /// Of the batch that is being written.
    sealed: Vec<(Day, u64)>,
    /// Of the current batch, each with how often it changed in a row.
    pending: Vec<(Day, u64)>,
}

impl DayChanges {
    pub(super) fn note(&mut self, day: Day) {
        match self.pending.last_mut() {
            Some((last, times)) if *last == day => *times += 1,
            _ => self.pending.push((day, 1)),
        }
    }

    pub(super) fn seal(&mut self) {
        std::mem::swap(&mut self.sealed, &mut self.pending);
    }

    pub(super) fn commit(&mut self) {
        for (day, times) in self.sealed.drain(..) {
            self.version += times;
            self.last_change.insert(day, self.version);
            match self.by_version.back_mut() {
                Some((version, last)) if *last == day => *version = self.version,
                _ => self.by_version.push_back((self.version, day)),
            }
        }
        if self.by_version.len() > 2 * self.last_change.len() + PASSED_OVER_MAX {
            let last_change = &self.last_change;
            self.by_version.retain(|(version, day)| last_change[day] == *version);
        }
    }

    pub(super) fn discard(&mut self) {
        self.sealed.clear();
        self.pending.clear();
    }

    /// The days that changed after a version, the oldest change first. A version that was never reached is that of
    /// somebody who knows another ledger: they are told everything.
    pub(super) fn since(&self, version: u64) -> impl Iterator<Item = (u64, Day)> {
        let known = if version > self.version { 0 } else { version };
        let first = self.by_version.partition_point(|(version, _)| *version <= known);
        self.by_version.range(first..).filter(|(version, day)| self.last_change[day] == *version).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn day(clinic: u32) -> Day {
        (ClinicId(clinic), date(2027, 7, 26))
    }

    fn since(changes: &DayChanges, version: u64) -> Vec<(u64, u32)> {
        changes.since(version).map(|(version, (clinic, _))| (version, clinic.0)).collect()
    }

    #[test]
    fn a_day_is_told_once_with_its_last_change() {
        let mut changes = DayChanges::default();
        for clinic in [1, 2, 1] {
            changes.note(day(clinic));
        }
        assert_eq!(since(&changes, 0), []);
        changes.seal();
        changes.commit();
        assert_eq!(since(&changes, 0), [(2, 2), (3, 1)]);
        assert_eq!(since(&changes, 2), [(3, 1)]);
        assert_eq!(since(&changes, 3), []);
        assert_eq!(since(&changes, 99), [(2, 2), (3, 1)]);
    }

    #[test]
    fn what_is_discarded_was_never_changed() {
        let mut changes = DayChanges::default();
        changes.note(day(1));
        changes.discard();
        changes.note(day(2));
        changes.seal();
        changes.commit();
        assert_eq!(since(&changes, 0), [(1, 2)]);
    }
}
