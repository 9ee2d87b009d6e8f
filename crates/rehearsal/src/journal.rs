//! What the answers said, in counters that must add up.

use std::collections::BTreeMap;

use serde::Serialize;

/// So many codes are counted apart; a service with more of them has the rest under `other`.
const CODES_MAX: usize = 64;

/// Everyone who arrived either joined, was turned away, or got no answer at the gate;
/// everyone who joined is under way or has exactly one outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Journal {
    pub arrived: u64,
    pub joined: u64,
    /// Milestones, each once a person.
    pub settled: u64,
    pub called: u64,
    pub verified: u64,
    pub admitted: u64,
    pub held: u64,
    /// Outcomes of people who joined.
    pub booked: u64,
    pub no_shows: u64,
    pub dropped_out: u64,
    pub refused: BTreeMap<String, u64>,
    pub errors: u64,
    /// Sent the confirmation as often as allowed and never got an answer: booked or not.
    pub unknown: u64,
    /// Outcomes of people who got no ticket.
    pub turned_away: BTreeMap<String, u64>,
    pub errors_at_gate: u64,
    /// Traffic, several a person.
    pub requests: u64,
    /// Every "no" by its code, also those after which the person tried again.
    pub noes: BTreeMap<String, u64>,
    /// Answers 503 and 429: told to come later.
    pub busy: u64,
    /// No connection, no answer in time, or one that could not be read.
    pub faults: u64,
}

/// How somebody's visit ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    NoShow,
    DroppedOut,
    Booked,
    Refused(String),
    Error,
    Unknown,
    TurnedAway(String),
    ErrorAtGate,
}

impl Journal {
    pub fn refused_sum(&self) -> u64 {
        self.refused.values().sum()
    }

    pub fn turned_away_sum(&self) -> u64 {
        self.turned_away.values().sum()
    }

    /// People who joined and have an outcome.
    pub fn ended(&self) -> u64 {
        self.no_shows + self.dropped_out + self.booked + self.refused_sum() + self.errors + self.unknown
    }

    /// People who joined and have none yet.
    pub fn under_way(&self) -> u64 {
        self.joined.saturating_sub(self.ended())
    }

    /// Holds when everybody is home.
    pub fn adds_up(&self) -> bool {
        self.joined == self.ended()
            && self.arrived == self.joined + self.turned_away_sum() + self.errors_at_gate
    }

    pub(crate) fn end(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::NoShow => self.no_shows += 1,
            Outcome::DroppedOut => self.dropped_out += 1,
            Outcome::Booked => self.booked += 1,
            Outcome::Refused(code) => count(&mut self.refused, code),
            Outcome::Error => self.errors += 1,
            Outcome::Unknown => self.unknown += 1,
            Outcome::TurnedAway(code) => count(&mut self.turned_away, code),
            Outcome::ErrorAtGate => self.errors_at_gate += 1,
        }
    }

    pub(crate) fn hear_no(&mut self, code: &str) {
        count(&mut self.noes, code.to_owned());
    }
}

fn count(codes: &mut BTreeMap<String, u64>, code: String) {
    let known = codes.len() < CODES_MAX || codes.contains_key(&code);
    *codes.entry(if known { code } else { "other".to_owned() }).or_default() += 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_counted_once() {
        let mut journal = Journal { arrived: 8, joined: 6, ..Journal::default() };
        let outcomes = [
            Outcome::NoShow,
            Outcome::DroppedOut,
            Outcome::Booked,
            Outcome::Refused("SlotFull".to_owned()),
            Outcome::Error,
            Outcome::TurnedAway("CampaignClosed".to_owned()),
            Outcome::ErrorAtGate,
        ];
        for outcome in outcomes {
            journal.end(outcome);
        }
        assert_eq!(journal.under_way(), 1);
        assert!(!journal.adds_up());
        journal.end(Outcome::Unknown);
        assert!(journal.adds_up());
    }

    #[test]
    fn a_service_that_invents_codes_does_not_grow_the_journal() {
        let mut journal = Journal::default();
        (0..1_000).for_each(|n| journal.hear_no(&format!("Code{n}")));
        assert_eq!(journal.noes.len(), CODES_MAX + 1);
        assert_eq!(journal.noes.values().sum::<u64>(), 1_000);
    }
}
