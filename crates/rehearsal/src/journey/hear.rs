//! What a person makes of each stage's answer; the line and the booking have their own files beside this one.

use std::time::Duration;

use super::answers::{ChallengeAnswer, MadeAnswer, OutboxAnswer, PassAnswer, SessionAnswer};
use super::retry::spread;
use super::{Form, Next, Scene, Stage, Visit};
use crate::journal::Outcome;
use crate::scenario::{Conduct, Dice, Moment};
use crate::wire::{Answer, Fault};

/// A page's redirect, a glance, a form being filled in.
pub(super) const AT_ONCE: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(200));
pub(super) const GLANCE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(2));
pub(super) const FORM: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(5));
/// A code that is not there after so many looks is asked for again.
const CODE_LOOKED_FOR: u8 = 5;
const NOT_YOUR_TURN: Duration = Duration::from_secs(3);

/// A person in the moment of hearing: who they are, their roll, what they see.
pub(super) struct Hearing<'a, 'b> {
    pub(super) person: u32,
    pub(super) visit: Visit,
    pub(super) dice: Dice,
    pub(super) scene: &'a mut Scene<'b>,
}

impl Visit {
    pub(crate) fn hear(mut self, person: u32, heard: Result<Answer, Fault>, scene: &mut Scene) -> Next {
        let mut dice = scene.cast.dice(person, self.steps);
        self.steps = self.steps.wrapping_add(1);
        let answer = match heard {
            Ok(answer) if answer.is_busy() => return self.busy(&answer, &mut dice, scene),
            Ok(answer) if answer.status < 500 => answer,
            Ok(_) => return self.fault(Fault::NoAnswer, &mut dice, scene),
            Err(fault) => return self.fault(fault, &mut dice, scene),
        };
        let mut hearing = Hearing { person, visit: self, dice, scene };
        match hearing.next(&answer) {
            Some(next) => next,
            None => hearing.visit.fault(Fault::NoAnswer, &mut hearing.dice, hearing.scene),
        }
    }
}

impl Hearing<'_, '_> {
    /// None when a good answer cannot be read.
    fn next(&mut self, answer: &Answer) -> Option<Next> {
        let is_no = !(200..300).contains(&answer.status);
        match self.visit.stage.clone() {
            Stage::Join if is_no => Some(self.no_ticket(answer)),
            Stage::Region(form) if is_no => {
                self.scene.country.forget(&form.region);
                Some(self.choose_clinic(form))
            }
            Stage::Exchange { .. } if is_no => Some(self.no_pass(answer)),
            Stage::Hold(form, _) if is_no => Some(self.no_hold(form, answer)),
            _ if is_no => Some(self.refused(answer)),

            Stage::Join => self.joined(answer),
            Stage::Settle { .. } => self.settling(answer),
            Stage::Line { ticket, queue_number } => self.polled(answer, ticket, queue_number),
            Stage::Identify { ticket } => {
                let ChallengeAnswer { challenge } = answer.read()?;
                Some(self.go(FORM, Stage::ReadCode { ticket, challenge }))
            }
            Stage::ReadCode { ticket, challenge } => Some(self.code_read(answer, ticket, challenge)),
            Stage::Verify { ticket, .. } => self.verified(answer, ticket),
            Stage::Exchange { session, .. } => self.admitted(answer, session),
            Stage::Region(form) => {
                let is_read = self.scene.country.learn(&form.region, &answer.body);
                is_read.then(|| self.go_on_in(form))
            }
            Stage::Slots(form) => self.saw_slots(answer, form),
            Stage::Hold(form, _) => self.held(answer, form),
            Stage::Confirm(..) => {
                let MadeAnswer { appointments } = answer.read()?;
                (!appointments.is_empty()).then_some(Next::Leave(Outcome::Booked))
            }
        }
    }

    fn code_read(&mut self, answer: &Answer, ticket: Box<str>, challenge: Box<str>) -> Next {
        let outbox: Option<OutboxAnswer> = answer.read();
        match outbox.and_then(|outbox| outbox.messages.into_iter().find_map(|message| message.code)) {
            Some(code) => self.go(FORM, Stage::Verify { ticket, challenge, code }),
            None if self.visit.tries >= CODE_LOOKED_FOR => self.go(FORM, Stage::Identify { ticket }),
            None => self.visit.clone().not_yet(spread(Duration::from_secs(1), &mut self.dice)),
        }
    }

    fn verified(&mut self, answer: &Answer, ticket: Box<str>) -> Option<Next> {
        let SessionAnswer { session } = answer.read()?;
        self.scene.journal.verified += 1;
        Some(self.go_unless_dropping_out(Moment::Verified, AT_ONCE, Stage::Exchange { ticket, session }))
    }

    fn no_pass(&mut self, answer: &Answer) -> Next {
        let code = answer.code();
        if code != "NotYourTurn" {
            return self.refused(answer);
        }
        self.scene.journal.hear_no(&code);
        let after = spread(answer.retry_after.unwrap_or(NOT_YOUR_TURN), &mut self.dice);
        self.visit.clone().not_yet(after)
    }

    fn admitted(&mut self, answer: &Answer, session: Box<str>) -> Option<Next> {
        let PassAnswer { pass } = answer.read()?;
        self.scene.journal.admitted += 1;
        if self.drops_out(Moment::Admitted) {
            return Some(Next::Leave(Outcome::DroppedOut));
        }
        let form = Form {
            session,
            pass,
            region: Box::default(),
            clinic: Box::default(),
            clinics_tried: 0,
            holds_tried: 0,
        };
        Some(self.choose_clinic(Box::new(form)))
    }

    pub(super) fn refused(&mut self, answer: &Answer) -> Next {
        let code = answer.code();
        self.scene.journal.hear_no(&code);
        Next::Leave(self.visit.leave(Outcome::Refused(code)))
    }

    pub(super) fn go_unless_dropping_out(
        &mut self,
        moment: Moment,
        within: (Duration, Duration),
        stage: Stage,
    ) -> Next {
        if self.drops_out(moment) {
            return Next::Leave(Outcome::DroppedOut);
        }
        self.go(within, stage)
    }

    pub(super) fn drops_out(&self, moment: Moment) -> bool {
        self.scene.cast.conduct(self.person) == Conduct::DropsOut(moment)
    }

    pub(super) fn go(&mut self, within: (Duration, Duration), stage: Stage) -> Next {
        Next::Act { after: self.roll(within), visit: self.visit.at(stage) }
    }

    pub(super) fn roll(&mut self, (shortest, longest): (Duration, Duration)) -> Duration {
        self.scene.cast.takes(self.dice.between(shortest, longest))
    }
}
