//! People who fight over a few places, one event after another, all from one seed.

use super::clinics::Staff;
use super::people::{People, alias, sealed_of};
use super::world::PAIRS;
use super::{Chance, Make, Stage, audit, invariants};
use crate::ledger::EXPIRED_PER_DECISION;
use crate::{Clock as _, Command, Keyed, Request, TakePlaces};
use booking::{
    Act, Appointment, AppointmentId, AppointmentState, DoseNumber, Outcome, PersonKey, Refusal, RequestKey,
};
use jiff::civil::{DateTime, datetime};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

pub const EVENTS: u64 = 340;
/// Before which event the clock moves on to which time.
const LEAPS: [(u64, DateTime); 4] = [
    (225, datetime(2027, 7, 26, 9, 5, 0, 0)),
    (265, datetime(2027, 7, 26, 10, 5, 0, 0)),
    (295, datetime(2027, 7, 27, 9, 20, 0, 0)),
    (320, datetime(2027, 8, 16, 9, 20, 0, 0)),
];
/// Repeats are asked while the store still has to know the answer.
const ASKED_AGAIN_WITHIN: SignedDuration = SignedDuration::from_hours(20);

/// Every answer, in order.
#[derive(Debug, PartialEq, Eq)]
pub struct Trace {
    pub answers: Vec<String>,
}

impl Trace {
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.answers.join("\n")).into()
    }
}

/// Plays a seed.
///
/// # Errors
/// The seed, the event and what did not hold after it.
pub fn run(seed: u64, make: Make<'_>) -> Result<Trace, String> {
    let mut simulation = Simulation::new(seed, make);
    simulation.begin().map_err(|what| format!("seed {seed}, at the beginning: {what}"))?;
    for event in 0..EVENTS {
        simulation.leap(event);
        simulation.event().map_err(|what| format!("seed {seed}, event {event}: {what}"))?;
    }
    simulation.audit().map_err(|what| format!("seed {seed}, at the end: {what}"))?;
    Ok(Trace { answers: simulation.answers })
}

struct Simulation {
    stage: Stage,
    chance: Chance,
    people: People,
    staff: Staff,
    answers: Vec<String>,
    kept: Vec<Kept>,
    acknowledged: BTreeMap<AppointmentId, Appointment>,
    /// Whether the days of the visits have come: clinics are busy then.
    visiting: bool,
    /// How many holds may still be past their end.
    overdue_max: usize,
}

/// A keyed request that succeeded.
struct Kept {
    request: Request,
    outcome: Outcome,
    at: Timestamp,
}

impl Simulation {
    fn new(seed: u64, make: Make<'_>) -> Self {
        let stage = Stage::new(make);
        Self {
            stage,
            chance: Chance::seeded(seed),
            people: People::default(),
            staff: Staff::default(),
            answers: Vec::new(),
            kept: Vec::new(),
            acknowledged: BTreeMap::new(),
            visiting: false,
            overdue_max: 0,
        }
    }

    fn begin(&mut self) -> Result<(), String> {
        self.stage.clock.advance(SignedDuration::from_hours(1));
        self.do_it(Command::Open { campaign: PAIRS })?;
        for person in People::all() {
            let sealed = sealed_of(PersonKey(person.0 as u32));
            self.do_it(Command::Register { aliases: vec![alias(person)], sealed })?;
            if self.chance.percent(70) {
                self.do_it(People::enter(person, person))?;
            }
        }
        if self.chance.percent(50) { self.fill() } else { Ok(()) }
    }

    /// Half of the worlds begin with two clinics full and people who wait there.
    fn fill(&mut self) -> Result<(), String> {
        for (person, at) in People::first_places() {
            self.do_it(People::enter(person, person))?;
            let held = self.execute(&Command::Hold(TakePlaces::for_oneself(PAIRS, person, at)).into())?;
            if let Ok(Outcome::Held { id, .. }) = held {
                self.do_it(Command::Confirm { booker: person, hold: id })?;
            }
        }
        for _ in 0..self.chance.below(9) {
            let wait = People::wait(&mut self.chance);
            self.do_it(People::enter(wait.booker, wait.booker))?;
            self.do_it(Command::Wait(wait))?;
        }
        Ok(())
    }

    fn event(&mut self) -> Result<(), String> {
        match self.chance.below(100) {
            0..12 => self.wait()?,
            12..14 => self.restart(),
            14..22 => self.ask_again()?,
            22..25 => self.ask_otherwise()?,
            other => {
                let is_staff = other < if self.visiting { 65 } else { 31 };
                let today = booking::korean_day(self.stage.clock.now());
                let command = if is_staff {
                    Staff::next(&self.acknowledged, today, &mut self.chance)
                } else {
                    self.people.next(&mut self.chance)
                };
                let keyed = self.chance.percent(60).then(|| self.key());
                self.execute(&Request { keyed, command }).map(drop)?;
            }
        }
        self.check()
    }

    /// To the days of the visits, where clinics have work; and to those of the second doses.
    fn leap(&mut self, event: u64) {
        let Some((_, then)) = LEAPS.iter().find(|(at, _)| *at == event) else { return };
        let then = booking::KOREA.to_timestamp(*then).expect("an ordinary day");
        let now = self.stage.clock.now();
        self.stage.clock.advance(then.duration_since(now).max(SignedDuration::ZERO));
        self.overdue_max = invariants::overdue_holds(&self.stage.subject.ledger(), self.stage.clock.now());
        self.visiting = true;
    }

    /// Seconds, a hold's life, the rest of an hour, or a night.
    fn wait(&mut self) -> Result<(), String> {
        let night = self.chance.percent(2);
        let seconds = match self.chance.below(30) {
            0..18 => self.chance.below(60),
            18..27 => 240 + self.chance.below(120),
            _ => 1_800 + self.chance.below(1_800),
        };
        let seconds = if night { seconds + 46_800 } else { seconds };
        self.stage.clock.advance(SignedDuration::from_secs(seconds as i64));
        self.overdue_max = invariants::overdue_holds(&self.stage.subject.ledger(), self.stage.clock.now());
        if night {
            for person in People::all().filter(|person| person.0 % 4 > 0) {
                self.do_it(People::enter(person, person))?;
            }
        }
        Ok(())
    }

    fn restart(&mut self) {
        self.answers.push("restart".to_owned());
        self.stage.subject.reopen();
    }

    /// The second answer equals the first.
    fn ask_again(&mut self) -> Result<(), String> {
        let now = self.stage.clock.now();
        let young: Vec<&Kept> =
            self.kept.iter().filter(|kept| now.duration_since(kept.at) < ASKED_AGAIN_WITHIN).collect();
        let Some(kept) = self.chance.pick(&young) else { return Ok(()) };
        let (request, expected) = (kept.request.clone(), kept.outcome.clone());
        let answer = self.execute(&request)?;
        if answer == Ok(expected.clone()) {
            Ok(())
        } else {
            Err(format!("first {expected:?}, then {answer:?}"))
        }
    }

    /// The same key with another body is refused.
    fn ask_otherwise(&mut self) -> Result<(), String> {
        let Some(kept) = self.kept.last() else { return Ok(()) };
        let mut request = kept.request.clone();
        request.keyed = request.keyed.map(|keyed| Keyed { body: [0xff; 32], ..keyed });
        let answer = self.execute(&request)?;
        if answer == Err(Refusal::KeyReused) { Ok(()) } else { Err(format!("a used key got {answer:?}")) }
    }

    fn key(&mut self) -> Keyed {
        let number = self.chance.number();
        Keyed { key: RequestKey(Sha256::digest(number.to_be_bytes()).into()), body: [1; 32] }
    }

    fn do_it(&mut self, command: Command) -> Result<(), String> {
        self.execute(&command.into()).map(drop)
    }

    fn execute(&mut self, request: &Request) -> Result<Result<Outcome, Refusal>, String> {
        let before = invariants::Waited::of(&self.stage.subject.ledger());
        let answer = self.stage.ask(request.clone()).map_err(|error| error.to_string())?;
        let now = self.stage.clock.now();
        let order = invariants::nobody_is_overtaken(&before, &self.stage.subject.ledger(), now);
        order.map_err(|what| format!("nobody_is_overtaken: {what}"))?;
        self.answers.push(format!("{answer:?}"));
        self.overdue_max = self.overdue_max.saturating_sub(EXPIRED_PER_DECISION);
        if let Ok(outcome) = &answer {
            self.people.learn(outcome);
            self.acknowledge(request, outcome);
        }
        Ok(answer)
    }

    fn acknowledge(&mut self, request: &Request, outcome: &Outcome) {
        let at = self.stage.clock.now();
        let known =
            |kept: &Kept| kept.request.keyed.map(|keyed| keyed.key) == request.keyed.map(|keyed| keyed.key);
        let is_repeat = request.keyed.is_some() && self.kept.iter().any(known);
        if is_repeat {
            return;
        }
        if request.keyed.is_some() {
            self.kept.push(Kept { request: request.clone(), outcome: outcome.clone(), at });
        }
        self.staff.learn(&request.command, outcome);
        match outcome {
            Outcome::Booked(made) | Outcome::Moved(made) => self.acknowledged.extend(made.iter().copied()),
            Outcome::Cancelled(id) => self.cancelled(*id, at),
            Outcome::Merged { .. } => self.merged(),
            Outcome::CheckedIn { id, number } => {
                self.becomes(*id, AppointmentState::CheckedIn { at, number: *number });
            }
            Outcome::NoShow { id, dropped } => {
                self.cancelled(*id, at);
                self.becomes(*id, AppointmentState::NoShow { at });
                if let Some(second) = dropped {
                    self.becomes(*second, AppointmentState::Cancelled { at });
                }
            }
            Outcome::Fulfilled(id) => self.becomes(*id, AppointmentState::Fulfilled { at }),
            _ => {}
        }
    }

    fn becomes(&mut self, id: AppointmentId, state: AppointmentState) {
        self.acknowledged.get_mut(&id).expect("it was booked").state = state;
    }

    /// The second dose goes with the first; where two names were merged, the one that was booked with it.
    fn cancelled(&mut self, id: AppointmentId, at: Timestamp) {
        let (place, booked_at) = (self.acknowledged[&id].place, self.acknowledged[&id].booked_at);
        let ledger = self.stage.subject.ledger();
        for (other, appointment) in &mut self.acknowledged {
            let goes_with_it = place.dose == DoseNumber(1)
                && appointment.place.recipient == place.recipient
                && appointment.place.dose == DoseNumber(2)
                && (appointment.booked_at == booked_at
                    || ledger.appointment(*other).is_some_and(|found| !found.is_live()))
                && appointment.is_live();
            if *other == id || goes_with_it {
                appointment.state = AppointmentState::Cancelled { at };
            }
        }
    }

    /// What was one name's is the other's.
    fn merged(&mut self) {
        let ledger = self.stage.subject.ledger();
        for appointment in self.acknowledged.values_mut() {
            appointment.place.recipient = ledger.now_known_as(appointment.place.recipient);
        }
    }

    /// The chain proves itself, tells every appointment that was made, and is the same on every back end.
    fn audit(&mut self) -> Result<(), String> {
        let events = audit::proved(&self.stage)?;
        let booked = events.iter().filter(|event| matches!(event.entry.what, Act::Booked { .. })).count();
        if booked != self.acknowledged.len() {
            return Err(format!("{booked} bookings on record, {} acknowledged", self.acknowledged.len()));
        }
        self.answers.push(format!("audit {:?}", events.last()));
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        let ledger = self.stage.subject.ledger();
        invariants::check(&self.stage.country, &ledger)?;
        let overdue = invariants::overdue_holds(&ledger, self.stage.clock.now());
        if overdue > self.overdue_max {
            return Err(format!("expired_holds_go_away: {overdue} are left, {} may", self.overdue_max));
        }
        self.staff.check(&ledger).map_err(|what| format!("acknowledged_outcomes_stay: {what}"))?;
        for (id, expected) in &self.acknowledged {
            let found = ledger.appointment(*id);
            if found.as_ref() != Some(expected) {
                return Err(format!("acknowledged_outcomes_stay: {id:?} was {expected:?}, is {found:?}"));
            }
        }
        Ok(())
    }
}
