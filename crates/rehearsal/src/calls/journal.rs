//! How the calls went, in counters that must add up.

use std::collections::BTreeMap;

use serde::Serialize;

use super::agent::Ending;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CallJournal {
    /// Agents who sat at their desks.
    pub agents: u64,
    /// People who called, and their calls.
    pub callers: u64,
    pub offered: u64,
    pub answered: u64,
    pub gave_up: u64,
    /// Of those: at once, when they heard how long it takes.
    pub gave_up_at_once: u64,
    /// What those who gave up did then.
    pub called_again: u64,
    pub went_to_web: u64,
    pub left_it: u64,
    /// How answered calls ended.
    pub booked: u64,
    pub asked: u64,
    pub gave_back: u64,
    pub had_one: u64,
    pub refused: BTreeMap<String, u64>,
    pub unknown: u64,
    pub errors: u64,
    /// Requests of agents.
    pub requests: u64,
}

impl CallJournal {
    pub fn refused_sum(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Holds when every call is over.
    pub fn adds_up(&self) -> bool {
        let ended = self.booked + self.asked + self.gave_back + self.had_one + self.unknown + self.errors;
        self.offered == self.callers + self.called_again
            && self.offered == self.answered + self.gave_up
            && self.gave_up == self.called_again + self.went_to_web + self.left_it
            && self.answered == ended + self.refused_sum()
    }

    pub(super) fn end(&mut self, ending: Ending) {
        match ending {
            Ending::Booked => self.booked += 1,
            Ending::Asked => self.asked += 1,
            Ending::GaveBack => self.gave_back += 1,
            Ending::HadOne => self.had_one += 1,
            Ending::Refused(code) => *self.refused.entry(code).or_default() += 1,
            Ending::Unknown => self.unknown += 1,
            Ending::Error => self.errors += 1,
        }
    }
}
