//! Who acts next: a heap of (when, person), instead of a task per person.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

#[derive(Default)]
pub(crate) struct Agenda(BinaryHeap<Reverse<(Duration, u32)>>);

impl Agenda {
    pub(crate) fn add(&mut self, at: Duration, person: u32) {
        self.0.push(Reverse((at, person)));
    }

    pub(crate) fn next_at(&self) -> Option<Duration> {
        self.0.peek().map(|Reverse((at, _))| *at)
    }

    pub(crate) fn take_due(&mut self, now: Duration) -> Option<u32> {
        if self.next_at()? > now {
            return None;
        }
        self.0.pop().map(|Reverse((_, person))| person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_is_taken_first_and_nobody_before_their_time() {
        let mut agenda = Agenda::default();
        for (seconds, person) in [(9, 1), (3, 2), (5, 3)] {
            agenda.add(Duration::from_secs(seconds), person);
        }
        let now = Duration::from_secs(5);
        assert_eq!(agenda.take_due(now), Some(2));
        assert_eq!(agenda.take_due(now), Some(3));
        assert_eq!(agenda.take_due(now), None);
        assert_eq!(agenda.next_at(), Some(Duration::from_secs(9)));
    }
}
