//! The call centre at work: who calls when, who is answered by whom, and what comes of it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::agent::{Agent, Credentials, Ending, Next, Scene};
use super::caller::{Afterwards, Caller, TALKS};
use super::line::PhoneLine;
use super::{CallJournal, CallPlan, CallProgress};
use crate::agenda::Agenda;
use crate::logbook::{Entry, Heard, Step};
use crate::scenario::Cast;
use crate::wire::{Answer, Call, Fault};

/// Agents come to their desks within this time, so that not all of them sign in at once.
const SHIFT_BEGINS_WITHIN: Duration = Duration::from_secs(5);

pub(crate) struct Centre {
    plan: CallPlan,
    cast: Cast,
    /// People of the web come before them in the crowd.
    first_caller: u32,
    neighbourhoods: Vec<Box<str>>,
    opening_in: Duration,
    callers_next: u32,
    /// Who calls again when.
    again: Agenda,
    /// When whose patience ends.
    patience: Agenda,
    /// Which call it is of those who call more than once.
    calls: HashMap<u32, u16>,
    line: PhoneLine,
    agents: Vec<Agent>,
    free: VecDeque<u32>,
    /// What agents do next.
    desk: Agenda,
    /// Whose call is over when.
    goodbyes: Agenda,
    signing_in: u32,
    talking: u32,
    heard: Vec<Entry>,
    to_web: Vec<(Duration, u32)>,
    journal: CallJournal,
}

impl Centre {
    /// `first_caller`: from which place in the crowd on people call.
    pub(crate) fn new(
        plan: CallPlan,
        cast: Cast,
        neighbourhoods: Vec<Box<str>>,
        opening_in: Duration,
    ) -> Self {
        let mut desk = Agenda::default();
        let agents = plan.agents.len() as u32;
        for agent in 0..agents {
            desk.add(SHIFT_BEGINS_WITHIN * agent / agents, agent);
        }
        Centre {
            first_caller: cast.people(),
            line: PhoneLine::new(TALKS / plan.pace, plan.pace),
            agents: (0..agents).map(|_| Agent::new()).collect(),
            plan,
            cast,
            neighbourhoods,
            opening_in,
            callers_next: 0,
            again: Agenda::default(),
            patience: Agenda::default(),
            calls: HashMap::new(),
            free: VecDeque::new(),
            desk,
            goodbyes: Agenda::default(),
            signing_in: agents,
            talking: 0,
            heard: Vec::new(),
            to_web: Vec::new(),
            journal: CallJournal::default(),
        }
    }

    pub(crate) fn journal(&self) -> &CallJournal {
        &self.journal
    }

    pub(crate) fn progress(&self) -> CallProgress {
        CallProgress {
            holding: self.line.len(),
            talking: self.talking as usize,
            journal: self.journal.clone(),
        }
    }

    /// Every call is over, and nobody calls any more.
    pub(crate) fn is_over(&self) -> bool {
        self.callers_next >= self.plan.callers
            && self.again.next_at().is_none()
            && self.line.len() == 0
            && self.talking == 0
    }

    pub(crate) fn next_at(&self) -> Option<Duration> {
        let patience = if self.line.len() == 0 { None } else { self.patience.next_at() };
        let next =
            [self.call_at(), self.again.next_at(), patience, self.goodbyes.next_at(), self.desk.next_at()];
        next.into_iter().flatten().min()
    }

    /// What was heard since it was asked last, in its order.
    pub(crate) fn take_heard(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.heard)
    }

    /// Who goes to the web, and when.
    pub(crate) fn take_to_web(&mut self) -> Vec<(Duration, u32)> {
        std::mem::take(&mut self.to_web)
    }

    /// The phone up to now: calls that end, people who hang up, people who call, and agents who answer.
    pub(crate) fn turn(&mut self, now: Duration) {
        while let Some(agent) = self.goodbyes.take_due(now) {
            self.call_over(now, agent);
        }
        while let Some(person) = self.patience.take_due(now) {
            self.loses_patience(now, person);
        }
        while self.call_at().is_some_and(|at| at <= now) {
            let person = self.first_caller + self.callers_next;
            self.callers_next += 1;
            self.journal.callers += 1;
            self.calls_up(now, person);
        }
        while let Some(person) = self.again.take_due(now) {
            *self.calls.entry(person).or_default() += 1;
            self.calls_up(now, person);
        }
    }

    /// The next request of an agent.
    pub(crate) fn take_due(&mut self, now: Duration) -> Option<(u32, Call)> {
        let due_at = self.desk.next_at()?;
        let agent = self.desk.take_due(now)?;
        self.journal.requests += 1;
        let at = agent as usize;
        self.agents[at].due_us = micros(due_at);
        let credentials = || {
            let key = &self.plan.agents[at];
            let (login, password) = (key.login.clone(), key.password.clone());
            Credentials { login, password, code: (self.plan.code)(at) }
        };
        Some((agent, self.agents[at].ask(&self.scene(agent), credentials)))
    }

    pub(crate) fn hear(&mut self, now: Duration, agent: u32, answer: Result<Answer, Fault>) {
        let at = agent as usize;
        let (step, due_us) = (self.agents[at].step(), self.agents[at].due_us);
        let person = self.agents[at].serves.as_ref().map(|serving| serving.person);
        let mut hearing = std::mem::replace(&mut self.agents[at], Agent::new());
        let scene = self.scene_of(&hearing);
        let (heard, next) = hearing.hear(answer, &scene);
        self.agents[at] = hearing;
        let waited_us = micros(now).saturating_sub(due_us);
        let person = person.filter(|_| step != Step::SignIn);
        self.heard.push(Entry { heard_us: micros(now), waited_us, person, step, heard });
        match next {
            Next::Act(after) => self.desk.add(now + after, agent),
            Next::Ready => {
                self.signing_in -= 1;
                self.journal.agents += 1;
                self.line.staffed(now);
                self.is_free(now, agent);
            }
            Next::Over(goodbye, ending) => {
                self.journal.end(ending);
                self.goodbyes.add(now + goodbye, agent);
            }
            Next::Absent => {
                if person_in_hand(&self.agents[at]) {
                    self.journal.end(Ending::Error);
                    self.goodbyes.add(now, agent);
                }
                self.signing_in = self.signing_in.saturating_sub(1);
            }
        }
    }

    fn call_at(&self) -> Option<Duration> {
        let (next, all) = (self.callers_next, self.plan.callers);
        // After the opening the plan has no spike: time counts from it.
        let from = Duration::from_nanos(1);
        (next < all).then(|| self.opening_in + self.plan.arrival.arrives_at(next, all, from))
    }

    fn calls_up(&mut self, now: Duration, person: u32) {
        self.journal.offered += 1;
        if let Some(agent) = self.free.pop_front() {
            self.line.joins(now, person);
            return self.answer(now, agent);
        }
        let caller = self.caller(person);
        let (patience, told) = (caller.patience(), self.line.announces(now));
        if let Some(told) = told {
            let (low_ms, high_ms) = (told.low.as_millis() as u64, told.high.as_millis() as u64);
            self.note(now, 0, person, Step::Call, Heard::Told { low_ms, high_ms });
            if self.caller(person).balks(told.low) {
                self.journal.gave_up_at_once += 1;
                return self.gives_up(now, now, person);
            }
        }
        self.line.joins(now, person);
        self.patience.add(now + patience, person);
    }

    /// Of a call before this one nothing is left to lose.
    fn loses_patience(&mut self, now: Duration, person: u32) {
        let Some(since) = self.line.since(person) else { return };
        if since + self.caller(person).patience() > now {
            return;
        }
        self.line.hangs_up(now, person);
        self.gives_up(now, since, person);
    }

    fn gives_up(&mut self, now: Duration, since: Duration, person: u32) {
        self.journal.gave_up += 1;
        self.note(now, micros(now.saturating_sub(since)), person, Step::Call, Heard::HungUp);
        match self.caller(person).afterwards() {
            Afterwards::CallsAgain(after) => {
                self.journal.called_again += 1;
                self.again.add(now + after, person);
            }
            Afterwards::GoesToTheWeb(after) => {
                self.journal.went_to_web += 1;
                self.to_web.push((now + after, person));
            }
            Afterwards::LeavesIt => self.journal.left_it += 1,
        }
    }

    fn is_free(&mut self, now: Duration, agent: u32) {
        if self.line.len() > 0 { self.answer(now, agent) } else { self.free.push_back(agent) }
    }

    fn answer(&mut self, now: Duration, agent: u32) {
        let (person, since) = self.line.answers(now).expect("somebody waits");
        self.journal.answered += 1;
        self.talking += 1;
        self.note(now, micros(now.saturating_sub(since)), person, Step::Call, Heard::Answered { agent });
        let call = self.calls.get(&person).copied().unwrap_or(0);
        let caller = Caller { cast: &self.cast, person, call, pace: self.plan.pace };
        let greeting = self.agents[agent as usize].takes(now, &caller);
        self.desk.add(now + greeting, agent);
    }

    fn call_over(&mut self, now: Duration, agent: u32) {
        let desk = &mut self.agents[agent as usize];
        let serving = desk.serves.take().expect("whoever says goodbye had somebody in hand");
        let is_absent = desk.is_signing_in();
        self.talking -= 1;
        self.line.call_over(now);
        self.note(now, micros(now.saturating_sub(serving.since)), serving.person, Step::Talk, Heard::Fine);
        if is_absent { self.line.leaves(now) } else { self.is_free(now, agent) }
    }

    fn note(&mut self, now: Duration, waited_us: u64, person: u32, step: Step, heard: Heard) {
        self.heard.push(Entry { heard_us: micros(now), waited_us, person: Some(person), step, heard });
    }

    fn caller(&self, person: u32) -> Caller<'_> {
        let call = self.calls.get(&person).copied().unwrap_or(0);
        Caller { cast: &self.cast, person, call, pace: self.plan.pace }
    }

    fn scene(&self, agent: u32) -> Scene<'_> {
        self.scene_of(&self.agents[agent as usize])
    }

    fn scene_of(&self, agent: &Agent) -> Scene<'_> {
        let caller = agent.serves.as_ref().map(|serving| Caller {
            cast: &self.cast,
            person: serving.person,
            call: serving.call,
            pace: self.plan.pace,
        });
        Scene { caller, neighbourhoods: &self.neighbourhoods, pace: self.plan.pace }
    }
}

fn person_in_hand(agent: &Agent) -> bool {
    agent.serves.is_some()
}

fn micros(at: Duration) -> u64 {
    u64::try_from(at.as_micros()).unwrap_or(u64::MAX)
}
