//! Holds what people were told against what the ledger says afterwards. A rehearsal passes only if this does.
//!
//! One side is the logbook, the other the list of audit events that the service exports; neither knows the other.
//! What nobody heard an answer to may be either way, and is resolved here; what was acknowledged must be there.
//!
//! To add a promise: a variant of [`Claim`], found in `line`, `places` or `waits`, its words in `server`, and a
//! saboteur in the tests.

mod calls;
mod export;
mod line;
#[cfg(test)]
mod phone_tests;
mod places;
mod rate;
#[cfg(test)]
mod tests;
mod waits;

pub use calls::CallsTold;
pub use export::{Booking, Export};
pub use rate::LetIn;
pub use waits::Told;

use std::collections::BTreeMap;
use std::io;

use booking::SlotId;
use serde::Serialize;

use crate::logbook::{Entry, Heard, Step};
use calls::CallWatch;
use line::LineWatch;
use places::PlaceWatch;

const EXAMPLES_MAX: usize = 20;
/// Of a hundred people who were told a wait, so many may wait longer than its upper end.
const TOLD_TOO_SHORT_PERCENT_MAX: u64 = 5;

/// What is promised, by its breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// An acknowledged appointment is not there.
    Lost,
    /// It is there, at another place or time than was acknowledged.
    Elsewhere,
    /// One person has more appointments than doses, or was given two for one.
    Twice,
    /// One number was acknowledged to two people.
    NumberShared,
    /// More appointments stand at a time than the clinic has places.
    OverCapacity,
    /// An appointment that nobody in the crowd asked for, or that they were refused.
    Unexplained,
    /// Somebody has a lower number than people who had theirs before they came.
    OutOfOrder,
    /// Two people have one queue number, or one person's has changed.
    NumberChanged,
    /// Somebody came in before their number was called.
    EnteredEarly,
    /// Somebody whose number was called was told that it was not.
    TurnedAway,
    /// More were let in than the service was told to let in.
    RateExceeded,
    /// Too many waited longer than they were told.
    WaitToldTooShort,
    /// On the phone, too.
    CallToldTooShort,
    /// The record does not name the agent who made it, or names one of a booking that was made on the web.
    NotByAgent,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offence {
    pub claim: Claim,
    /// A place in the crowd, where it is about somebody.
    pub person: Option<u32>,
    /// The number that it is about: of an appointment or in the line.
    pub number: Option<u64>,
}

/// What the audit has to know from elsewhere.
pub struct Terms<'a> {
    /// How many appointments one person may have.
    pub doses: usize,
    /// Places at a time; None where it is not known.
    pub capacity: &'a dyn Fn(SlotId) -> Option<u32>,
    /// Those who came before the opening were numbered by a draw.
    pub is_drawn: bool,
    /// How many the service was told to let in; None where it is not known.
    pub admissions_per_second: Option<u32>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Findings {
    pub answers: u64,
    pub people: u64,
    pub acknowledged: u64,
    /// Appointments that stand in the export.
    pub standing: u64,
    /// Confirmations that nobody heard an answer to, and what became of them.
    pub unknown: u64,
    pub unknown_booked: u64,
    pub let_in: LetIn,
    pub told: Told,
    /// Appointments that agents acknowledged on the phone.
    pub by_phone: u64,
    pub calls_told: CallsTold,
    pub offences: BTreeMap<Claim, u64>,
    pub examples: Vec<Offence>,
}

impl Findings {
    pub fn holds(&self) -> bool {
        self.offences.is_empty()
    }

    fn offend(&mut self, claim: Claim, person: Option<u32>, number: Option<u64>) {
        *self.offences.entry(claim).or_default() += 1;
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(Offence { claim, person, number });
        }
    }
}

/// # Errors
/// Of the reading; offences are in the findings.
pub fn audit(
    entries: impl Iterator<Item = io::Result<Entry>>,
    export: &Export,
    terms: &Terms<'_>,
) -> io::Result<Findings> {
    let mut found = Findings::default();
    let (mut line, mut places) = (LineWatch::default(), PlaceWatch::default());
    let mut calls = CallWatch::default();
    for entry in entries {
        let entry = entry?;
        found.answers += 1;
        match (entry.person, entry.step) {
            (None, _) => line.gate(&entry),
            (Some(person), Step::Join | Step::Settle | Step::Enter) => line.hear(person, &entry),
            (Some(person), Step::Hold | Step::Confirm | Step::DeskHold | Step::DeskConfirm) => {
                places.hear(person, &entry);
            }
            (Some(person), Step::Call) => {
                calls.hear(person, &entry);
                places.hear(person, &entry);
            }
            _ => {}
        }
    }
    found.people = line.people();
    line.judge(terms.is_drawn, &mut found);
    rate::judge(line.let_in_us(), line.all_called_us(), terms.admissions_per_second, &mut found);
    places.judge(export, terms, &mut found);
    found.told = waits::score(&line);
    if found.told.too_short * 100 > found.told.people * TOLD_TOO_SHORT_PERCENT_MAX {
        found.offend(Claim::WaitToldTooShort, None, Some(found.told.too_short));
    }
    found.calls_told = calls.found();
    if found.calls_told.too_short * 100 > found.calls_told.calls * TOLD_TOO_SHORT_PERCENT_MAX {
        found.offend(Claim::CallToldTooShort, None, Some(found.calls_told.too_short));
    }
    Ok(found)
}

/// Whether the service may have acted without the person's knowing.
fn is_unheard(heard: &Heard) -> bool {
    matches!(heard, Heard::NoAnswer)
}
