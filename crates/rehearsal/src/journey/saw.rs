//! What an answer told the person, for the logbook; what they make of it is elsewhere.

use serde::Deserialize;

use super::answers::{AppointmentAnswer, HeldAnswer, MadeAnswer, TicketAnswer};
use super::{Stage, Visit};
use crate::gate::GateDocument;
use crate::logbook::{Heard, Step, number, slot};
use crate::wire::{Answer, Fault};

#[derive(Deserialize)]
struct Nothing {}

impl Visit {
    pub(crate) fn step(&self) -> Step {
        match &self.stage {
            Stage::Join => Step::Join,
            Stage::Settle { .. } => Step::Settle,
            Stage::Line { .. } => Step::Gate,
            Stage::Identify { .. } | Stage::ReadCode { .. } | Stage::Verify { .. } => Step::Identity,
            Stage::Exchange { .. } => Step::Enter,
            Stage::Region(_) | Stage::Slots(_) => Step::Look,
            Stage::Hold(..) => Step::Hold,
            Stage::Confirm(..) => Step::Confirm,
        }
    }

    pub(crate) fn saw(&self, heard: &Result<Answer, Fault>) -> Heard {
        let answer = match heard {
            Ok(answer) => answer,
            Err(Fault::NotSent) => return Heard::NotSent,
            Err(Fault::NoAnswer) => return Heard::NoAnswer,
        };
        if answer.is_busy() {
            return Heard::Busy(answer.code());
        }
        if answer.status >= 500 {
            return Heard::NoAnswer;
        }
        if !(200..300).contains(&answer.status) {
            return Heard::No(answer.code());
        }
        let good = match &self.stage {
            Stage::Settle { .. } => placed(answer),
            Stage::Line { .. } => saw_gate(answer),
            Stage::Hold(..) => held(answer),
            Stage::Confirm(..) => booked(answer),
            Stage::Join => answer.read::<TicketAnswer>().map(|_| Heard::Fine),
            _ => answer.read::<Nothing>().map(|_| Heard::Fine),
        };
        good.unwrap_or(Heard::NoAnswer)
    }
}

/// The crowd's own copy as well as a poller's.
pub(crate) fn saw_gate(answer: &Answer) -> Option<Heard> {
    let gate: GateDocument = answer.read()?;
    Some(Heard::Gate {
        serving_number: gate.serving_number(),
        admissions_per_minute: gate.admissions_per_minute(),
    })
}

fn placed(answer: &Answer) -> Option<Heard> {
    let told: TicketAnswer = answer.read()?;
    Some(told.queue_number.map_or(Heard::Fine, |queue_number| Heard::Placed { queue_number }))
}

fn held(answer: &Answer) -> Option<Heard> {
    let told: HeldAnswer = answer.read()?;
    Some(Heard::Held { slot: slot(&told.clinic, &told.date, &told.time) })
}

/// Without numbers that can be read nothing was acknowledged.
fn booked(answer: &Answer) -> Option<Heard> {
    let told: MadeAnswer = answer.read()?;
    let place =
        |one: &AppointmentAnswer| Some((number(&one.number)?, slot(&one.clinic, &one.date, &one.time)?));
    told.appointments.iter().map(place).collect::<Option<Vec<_>>>().map(Heard::Booked)
}
