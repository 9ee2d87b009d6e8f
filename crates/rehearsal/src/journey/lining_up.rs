//! Hearing from the gate: a ticket, a queue number, and one's turn.

use std::time::Duration;

use super::answers::TicketAnswer;
use super::hear::{FORM, GLANCE, Hearing};
use super::retry::spread;
use super::{Next, Stage, Until, Visit};
use crate::gate::{GateDocument, Phase, poll_seconds};
use crate::journal::Outcome;
use crate::scenario::Conduct;
use crate::wire::Answer;

/// A gate document that says one thing and a gate that says another are believed so often.
const TOO_EARLY_TRIES_MAX: u8 = 100;

impl Hearing<'_, '_> {
    pub(super) fn no_ticket(&mut self, answer: &Answer) -> Next {
        self.visit.tries += 1;
        if answer.code() != "TooEarly" || self.visit.tries >= TOO_EARLY_TRIES_MAX {
            return self.refused(answer);
        }
        self.scene.journal.hear_no("TooEarly");
        Next::Wait { until: Until::TicketsAreGiven, visit: self.visit.clone() }
    }

    pub(super) fn joined(&mut self, answer: &Answer) -> Option<Next> {
        let told: TicketAnswer = answer.read()?;
        self.scene.journal.joined += 1;
        if self.scene.cast.conduct(self.person) == Conduct::NoShow {
            return Some(Next::Leave(Outcome::NoShow));
        }
        let visit = self.visit.at(Stage::Settle { ticket: told.ticket });
        Some(Next::Act { after: spread(poll_seconds(told.poll_after_seconds), &mut self.dice), visit })
    }

    pub(super) fn settling(&mut self, answer: &Answer) -> Option<Next> {
        let told: TicketAnswer = answer.read()?;
        let Some(queue_number) = told.queue_number else { return Some(self.unsettled(told)) };
        self.scene.journal.settled += 1;
        let mut visit = self.visit.at(Stage::Line { ticket: told.ticket, queue_number });
        if &*told.state == "called" || self.scene.gate.calls(queue_number) {
            visit.call_up(self.scene.journal);
            return Some(Next::Act { after: self.roll(FORM), visit });
        }
        Some(self.stand_in_line(visit, queue_number, self.scene.gate.poll_after(queue_number)))
    }

    /// Before the opening nothing settles: the page waits for the phase, and only the pollers keep asking.
    fn unsettled(&mut self, told: TicketAnswer) -> Next {
        let after = spread(poll_seconds(told.poll_after_seconds), &mut self.dice);
        let is_before = matches!(self.scene.gate.phase, Phase::Before | Phase::Lobby | Phase::Drawing);
        if !is_before {
            return self.visit.clone().not_yet(after);
        }
        let visit = self.visit.at(Stage::Settle { ticket: told.ticket });
        if self.scene.cast.is_poller(self.person) {
            return Next::Act { after, visit };
        }
        Next::Wait { until: Until::Opening, visit }
    }

    pub(super) fn polled(&mut self, answer: &Answer, ticket: Box<str>, queue_number: u64) -> Option<Next> {
        let gate: GateDocument = answer.read()?;
        let mut visit = self.visit.at(Stage::Line { ticket, queue_number });
        if gate.calls(queue_number) {
            visit.call_up(self.scene.journal);
            return Some(Next::Act { after: self.roll(GLANCE), visit });
        }
        if let Some(code) = gate.sends_home() {
            return Some(Next::Leave(Outcome::Refused(code.to_owned())));
        }
        Some(self.stand_in_line(visit, queue_number, gate.poll_after(queue_number)))
    }

    fn stand_in_line(&mut self, visit: Visit, queue_number: u64, poll_after: Duration) -> Next {
        if self.scene.cast.is_poller(self.person) {
            return Next::Act { after: spread(poll_after, &mut self.dice), visit };
        }
        Next::Wait { until: Until::Called { queue_number }, visit }
    }
}
