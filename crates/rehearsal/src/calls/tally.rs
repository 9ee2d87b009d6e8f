//! The logbook of the phone by seconds: what a report draws of it.

use std::collections::HashSet;

use crate::logbook::{Entry, Heard, Step};
use crate::tally::{Latencies, LatencyQuantiles};

#[derive(Debug, Default)]
pub struct CallTally {
    seconds: Vec<CallSecond>,
    /// Who was told how long they wait, and waits.
    told: HashSet<u32>,
    answered: Latencies,
    gave_up: Latencies,
    talks: Latencies,
    desk: Latencies,
}

/// Of one second.
#[derive(Clone, Debug, Default)]
pub struct CallSecond {
    pub offered: u64,
    pub answered: u64,
    pub gave_up: u64,
    pub booked: u64,
}

impl CallTally {
    pub(crate) fn add(&mut self, entry: &Entry) {
        match (&entry.heard, entry.step, entry.person) {
            (Heard::Told { .. }, _, Some(person)) => {
                self.told.insert(person);
                self.second(entry.heard_us).offered += 1;
            }
            (Heard::Answered { .. }, _, Some(person)) => {
                self.call_was_offered(person, entry);
                self.answered.add(entry.waited_us);
                self.second(entry.heard_us).answered += 1;
            }
            (Heard::HungUp, _, Some(person)) => {
                self.call_was_offered(person, entry);
                self.gave_up.add(entry.waited_us);
                self.second(entry.heard_us).gave_up += 1;
            }
            (_, Step::Talk, _) => self.talks.add(entry.waited_us),
            (heard, Step::DeskFind | Step::DeskLook | Step::DeskHold | Step::DeskConfirm, _) => {
                self.desk.add(entry.waited_us);
                self.second(entry.heard_us).booked += u64::from(matches!(heard, Heard::Booked(_)));
            }
            _ => {}
        }
    }

    /// Whoever is answered at once is told nothing.
    fn call_was_offered(&mut self, person: u32, entry: &Entry) {
        if !self.told.remove(&person) {
            self.second(entry.heard_us - entry.waited_us).offered += 1;
        }
    }

    pub fn seconds(&self) -> &[CallSecond] {
        &self.seconds
    }

    /// How long those held the line who were answered.
    pub fn answered(&self) -> LatencyQuantiles {
        self.answered.quantiles()
    }

    /// And those who gave up.
    pub fn gave_up(&self) -> LatencyQuantiles {
        self.gave_up.quantiles()
    }

    pub fn talks(&self) -> LatencyQuantiles {
        self.talks.quantiles()
    }

    /// Every page that an agent waited for while somebody was on the phone.
    pub fn desk(&self) -> LatencyQuantiles {
        self.desk.quantiles()
    }

    fn second(&mut self, at_us: u64) -> &mut CallSecond {
        let at = (at_us / 1_000_000) as usize;
        if self.seconds.len() <= at {
            self.seconds.resize(at + 1, CallSecond::default());
        }
        &mut self.seconds[at]
    }
}
