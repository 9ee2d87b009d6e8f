//! One person's way to an appointment: what they ask next, and what they make of the answer.

mod answers;
mod ask;
mod booking;
mod hear;
mod lining_up;
mod retry;
mod saw;

use std::time::Duration;

pub(crate) use saw::saw_gate;

use crate::country::Country;
use crate::gate::GateDocument;
use crate::journal::{Journal, Outcome};
use crate::scenario::Cast;

/// Where a person is on the way; each stage but `Line` is one request.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    Join,
    Settle {
        ticket: Box<str>,
    },
    /// Has a queue number. Most wait here for the crowd's copy of the gate document; pollers ask for their own.
    Line {
        ticket: Box<str>,
        queue_number: u64,
    },
    Identify {
        ticket: Box<str>,
    },
    ReadCode {
        ticket: Box<str>,
        challenge: Box<str>,
    },
    Verify {
        ticket: Box<str>,
        challenge: Box<str>,
        code: Box<str>,
    },
    Exchange {
        ticket: Box<str>,
        session: Box<str>,
    },
    /// Reads the clinics of the form's region.
    Region(Box<Form>),
    Slots(Box<Form>),
    Hold(Box<Form>, Place),
    Confirm(Box<Form>, Box<str>),
}

/// What somebody behind the pass carries.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    session: Box<str>,
    pass: Box<str>,
    region: Box<str>,
    clinic: Box<str>,
    clinics_tried: u8,
    holds_tried: u8,
}

#[derive(Clone, Debug, serde::Deserialize)]
pub(crate) struct Place {
    clinic: Box<str>,
    date: Box<str>,
    time: Box<str>,
}

#[derive(Clone, Debug)]
pub(crate) struct Visit {
    stage: Stage,
    /// Requests so far: numbers the rolls of the dice.
    steps: u16,
    /// Requests of this stage that led nowhere.
    tries: u8,
    /// A request of this stage may have been done without our hearing of it.
    may_be_done: bool,
    /// When the request under way was wanted, in microseconds.
    pub(crate) due_us: u64,
}

/// What a person can see and write to while acting.
pub(crate) struct Scene<'a> {
    pub(crate) cast: &'a Cast,
    pub(crate) country: &'a mut Country,
    pub(crate) gate: &'a GateDocument,
    pub(crate) journal: &'a mut Journal,
}

/// What comes of an answer.
#[derive(Debug)]
pub(crate) enum Next {
    Act { after: Duration, visit: Visit },
    Wait { until: Until, visit: Visit },
    Leave(Outcome),
}

/// What the gate document must say before the person acts again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    TicketsAreGiven,
    Opening,
    Called { queue_number: u64 },
}

impl Visit {
    pub(crate) fn new() -> Self {
        Visit { stage: Stage::Join, steps: 0, tries: 0, may_be_done: false, due_us: 0 }
    }

    /// The person's number has come up.
    pub(crate) fn call_up(&mut self, journal: &mut Journal) {
        if let Stage::Line { ticket, .. } = &self.stage {
            journal.called += 1;
            *self = self.at(Stage::Identify { ticket: ticket.clone() });
        }
    }

    /// Somebody without a ticket was never in line: they end at the gate.
    pub(crate) fn leave(&self, outcome: Outcome) -> Outcome {
        match (&self.stage, outcome) {
            (Stage::Join, Outcome::Refused(code)) => Outcome::TurnedAway(code),
            (Stage::Join, Outcome::Error) => Outcome::ErrorAtGate,
            (_, outcome) => outcome,
        }
    }

    fn at(&self, stage: Stage) -> Self {
        Visit { stage, steps: self.steps, tries: 0, may_be_done: false, due_us: 0 }
    }
}
