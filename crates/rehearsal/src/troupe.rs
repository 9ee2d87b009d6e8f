//! The whole crowd at work: whose turn it is to ask, and what the answers set in motion. Pure; time is given in.

use std::collections::HashMap;
use std::time::Duration;

use crate::agenda::Agenda;
use crate::country::Country;
use crate::gate::GateDocument;
use crate::journal::{Journal, Outcome};
use crate::journey::{Next, Scene, Visit, saw_gate};
use crate::logbook::{Entry, Heard, Step};
use crate::scenario::{Arrivals, Cast};
use crate::waiting::Waiting;
use crate::wire::{Answer, Call, Fault};

/// The crowd's one copy of the gate document is as old as a cache would let it be.
const GATE_EVERY: Duration = Duration::from_secs(1);
/// Without a gate document for so long everybody who waits goes home.
const GATE_SILENCE_MAX: Duration = Duration::from_mins(5);
/// People notice within this time that it is their turn, or that the line has opened.
const NOTICE_WITHIN: Duration = Duration::from_secs(6);
/// The dice of noticing are not those of a step.
const NOTICE_STEP: u16 = u16::MAX;

/// Whose request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    Gate,
    Person(u32),
}

pub(crate) struct Troupe {
    campaign: String,
    cast: Cast,
    plan: Arrivals,
    opening_in: Duration,
    /// Everybody from this index on is still on the way and costs nothing.
    arrivals_next: u32,
    agenda: Agenda,
    waiting: Waiting,
    /// People between their first request and their outcome.
    visits: HashMap<u32, Visit>,
    country: Country,
    gate: GateDocument,
    gate_heard_at: Duration,
    /// None while the request is under way.
    gate_due_at: Option<Duration>,
    /// When the copy under way was wanted.
    gate_asked_us: u64,
    behind: Duration,
    behind_max: Duration,
    journal: Journal,
}

/// What is known before the first person comes.
pub(crate) struct Opening {
    pub(crate) gate: GateDocument,
    pub(crate) country: Country,
}

impl Troupe {
    pub(crate) fn new(campaign: String, cast: Cast, plan: Arrivals, opening: Opening) -> Self {
        Troupe {
            campaign,
            cast,
            plan,
            opening_in: opening.gate.opening_in(),
            arrivals_next: 0,
            agenda: Agenda::default(),
            waiting: Waiting::default(),
            visits: HashMap::new(),
            country: opening.country,
            gate: opening.gate,
            gate_heard_at: Duration::ZERO,
            gate_due_at: Some(GATE_EVERY),
            gate_asked_us: 0,
            behind: Duration::ZERO,
            behind_max: Duration::ZERO,
            journal: Journal::default(),
        }
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    pub(crate) fn gate(&self) -> &GateDocument {
        &self.gate
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// How late the last request went out against the plan, and the worst so far.
    pub(crate) fn behind(&self) -> (Duration, Duration) {
        (self.behind, self.behind_max)
    }

    /// Everybody came and everybody has an outcome.
    pub(crate) fn is_home(&self) -> bool {
        self.arrivals_next >= self.cast.people() && self.visits.is_empty()
    }

    /// When the next request wants to go out; None when only an answer can bring one.
    pub(crate) fn next_at(&self) -> Option<Duration> {
        [self.gate_due_at, self.arrival_at(), self.agenda.next_at()].into_iter().flatten().min()
    }

    /// Somebody of the phone who comes to the web, then.
    pub(crate) fn joins_late(&mut self, at: Duration, person: u32) {
        self.journal.arrived += 1;
        self.visits.insert(person, Visit::new());
        self.agenda.add(at, person);
    }

    /// The next request, if one is due. The gate document goes first: everybody who waits depends on it.
    pub(crate) fn take_due(&mut self, now: Duration) -> Option<(Errand, Call)> {
        if let Some(due_at) = self.gate_due_at.filter(|at| *at <= now) {
            self.gate_due_at = None;
            self.gate_asked_us = micros(due_at);
            self.journal.requests += 1;
            return Some((Errand::Gate, Call::get(format!("/gate/{}.json", self.campaign))));
        }
        let person = self.person_due(now)?;
        let visit = self.visits.get(&person).expect("who is on the agenda is under way");
        self.journal.requests += 1;
        Some((Errand::Person(person), visit.ask(person, &self.campaign, &self.cast)))
    }

    /// What somebody is told by this answer; asked before they act on it.
    pub(crate) fn entry(&self, now: Duration, errand: Errand, heard: &Result<Answer, Fault>) -> Entry {
        let heard_us = micros(now);
        match errand {
            Errand::Gate => {
                let told = heard.as_ref().ok().filter(|answer| answer.status == 200).and_then(saw_gate);
                let heard = told.unwrap_or(Heard::NoAnswer);
                let waited_us = heard_us.saturating_sub(self.gate_asked_us);
                Entry { heard_us, waited_us, person: None, step: Step::Gate, heard }
            }
            Errand::Person(person) => {
                let visit = self.visits.get(&person).expect("who asked is under way");
                let waited_us = heard_us.saturating_sub(visit.due_us);
                Entry {
                    heard_us,
                    waited_us,
                    person: Some(person),
                    step: visit.step(),
                    heard: visit.saw(heard),
                }
            }
        }
    }

    pub(crate) fn hear(&mut self, now: Duration, errand: Errand, heard: Result<Answer, Fault>) {
        match errand {
            Errand::Gate => self.hear_gate(now, heard),
            Errand::Person(person) => self.hear_person(now, person, heard),
        }
    }

    fn arrival_at(&self) -> Option<Duration> {
        let people = self.cast.people();
        (self.arrivals_next < people)
            .then(|| self.plan.arrives_at(self.arrivals_next, people, self.opening_in))
    }

    fn person_due(&mut self, now: Duration) -> Option<u32> {
        let (arrival_at, agenda_at) = (self.arrival_at(), self.agenda.next_at());
        let due_at = arrival_at.into_iter().chain(agenda_at).min().filter(|at| *at <= now)?;
        self.behind = now.saturating_sub(due_at);
        self.behind_max = self.behind_max.max(self.behind);
        let is_new = arrival_at == Some(due_at);
        let person = if is_new { self.welcome() } else { self.agenda.take_due(now)? };
        let visit = self.visits.get_mut(&person).expect("who is on the agenda is under way");
        visit.due_us = micros(due_at);
        Some(person)
    }

    fn welcome(&mut self) -> u32 {
        let person = self.arrivals_next;
        self.arrivals_next += 1;
        self.journal.arrived += 1;
        self.visits.insert(person, Visit::new());
        person
    }

    fn hear_person(&mut self, now: Duration, person: u32, heard: Result<Answer, Fault>) {
        let visit = self.visits.remove(&person).expect("who asked is under way");
        let mut scene = Scene {
            cast: &self.cast,
            country: &mut self.country,
            gate: &self.gate,
            journal: &mut self.journal,
        };
        match visit.hear(person, heard, &mut scene) {
            Next::Act { after, visit } => {
                self.visits.insert(person, visit);
                self.agenda.add(now + after, person);
            }
            Next::Wait { until, visit } => {
                self.visits.insert(person, visit);
                self.waiting.add(person, until);
            }
            Next::Leave(outcome) => self.journal.end(outcome),
        }
    }

    fn hear_gate(&mut self, now: Duration, heard: Result<Answer, Fault>) {
        let retry_after = heard.as_ref().ok().and_then(|answer| answer.retry_after);
        self.gate_due_at = Some(now + retry_after.unwrap_or_default().max(GATE_EVERY));
        let document = heard.ok().filter(|answer| answer.status == 200).and_then(|answer| answer.read());
        match document {
            Some(gate) => self.learn_gate(now, gate),
            None => self.miss_gate(now),
        }
    }

    fn learn_gate(&mut self, now: Duration, gate: GateDocument) {
        self.gate = gate;
        self.gate_heard_at = now;
        for person in self.waiting.released_by(&self.gate) {
            let visit = self.visits.get_mut(&person).expect("who waits is under way");
            visit.call_up(&mut self.journal);
            let notices = self.cast.dice(person, NOTICE_STEP).between(Duration::ZERO, NOTICE_WITHIN);
            let notices = self.cast.takes(notices);
            self.agenda.add(now + notices, person);
        }
        if let Some(code) = self.gate.sends_home() {
            self.send_home(&Outcome::Refused(code.to_owned()));
        }
    }

    fn miss_gate(&mut self, now: Duration) {
        self.journal.faults += 1;
        if now.saturating_sub(self.gate_heard_at) > GATE_SILENCE_MAX {
            self.send_home(&Outcome::Error);
        }
    }

    fn send_home(&mut self, outcome: &Outcome) {
        for person in self.waiting.everybody() {
            let visit = self.visits.remove(&person).expect("who waits is under way");
            self.journal.end(visit.leave(outcome.clone()));
        }
    }
}

fn micros(at: Duration) -> u64 {
    u64::try_from(at.as_micros()).unwrap_or(u64::MAX)
}
