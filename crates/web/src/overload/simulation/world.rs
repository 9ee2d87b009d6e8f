//! The machine and the people of the simulation.

use super::super::admission::{Admission, Asked, Next};
use super::super::limit::{Kind, Limit};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;
use store::conformance::Chance;

/// What the core can work on in a second when nothing is refused.
pub(super) const CAPACITY: f64 = 500.0;
/// An answer that comes later is of no use; the person has gone, or tries again.
const USEFUL_US: u64 = 2_000_000;
const WRITES_OF_TEN: u64 = 6;
const TICK_US: u64 = 10_000;
const RETRY_AFTER_US: u64 = 50_000;
const SEED: u64 = 20_270_712;

/// What comes to the machine, and how the machine is, by the second.
#[derive(Clone, Copy)]
pub(super) struct Load {
    /// Of what the core can do; None: as `otherwise` says.
    pub(super) multiple: fn(f64) -> Option<f64>,
    pub(super) otherwise: f64,
    pub(super) seconds: u64,
    /// Of what an acceptance costs the core.
    pub(super) refusal_cost: f64,
    /// How often somebody tries again at once after a refusal, or in vain.
    pub(super) retries: u8,
    pub(super) slower: fn(f64) -> f64,
    pub(super) commit_ms: fn(f64) -> f64,
}

impl Load {
    pub(super) fn steady(otherwise: f64, seconds: u64) -> Self {
        Self {
            multiple: |_| None,
            otherwise,
            seconds,
            refusal_cost: 0.01,
            retries: 0,
            slower: |_| 1.0,
            commit_ms: |_| 3.0,
        }
    }

    fn per_second(&self, second: f64) -> f64 {
        CAPACITY * (self.multiple)(second).unwrap_or(self.otherwise)
    }
}

#[derive(Debug, Default)]
pub(super) struct Outcome {
    good_by_second: Vec<u32>,
    accepted_ms: Vec<u64>,
    refused_ms: Vec<u64>,
}

impl Outcome {
    /// Useful answers a second, of those that came from one second to another.
    pub(super) fn good(&self, from: usize, to: usize) -> f64 {
        let good: u32 = self.good_by_second[from..to].iter().sum();
        f64::from(good) / (to - from) as f64
    }

    pub(super) fn accepted_ms(&self, part: f64) -> u64 {
        quantile(&self.accepted_ms, part)
    }

    pub(super) fn refused_ms(&self, part: f64) -> u64 {
        quantile(&self.refused_ms, part)
    }
}

fn quantile(values: &[u64], part: f64) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().saturating_sub(1) as f64;
    sorted.get((last * part) as usize).copied().unwrap_or(0)
}

struct Person {
    arrived_us: u64,
    entered_us: u64,
    /// Its number among those who wait.
    waits: Option<u64>,
    kind: Kind,
    tries_left: u8,
    is_over: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Arrives { tries_left: u8, is_new: bool },
    CoreDone,
    Committed,
    LosesPatience(usize),
    Tick,
}

#[derive(Clone, Copy)]
enum Job {
    Read(usize),
    Work(usize),
}

pub(super) struct World {
    load: Load,
    /// Works for people who have gone.
    is_naive: bool,
    admission: Admission<usize, Box<dyn Limit>>,
    chance: Chance,
    now_us: u64,
    events: BinaryHeap<Reverse<(u64, u64, Event)>>,
    event_number: u64,
    people: Vec<Person>,
    core: VecDeque<Job>,
    on_core: Option<Job>,
    committing: Vec<usize>,
    to_commit: Vec<usize>,
    outcome: Outcome,
}

impl World {
    pub(super) fn new(admission: Admission<usize, Box<dyn Limit>>, load: Load, is_naive: bool) -> Self {
        let seconds = usize::try_from(load.seconds).unwrap();
        let outcome = Outcome { good_by_second: vec![0; seconds + 1], ..Outcome::default() };
        Self {
            load,
            is_naive,
            admission,
            chance: Chance::seeded(SEED),
            now_us: 0,
            events: BinaryHeap::new(),
            event_number: 0,
            people: Vec::new(),
            core: VecDeque::new(),
            on_core: None,
            committing: Vec::new(),
            to_commit: Vec::new(),
            outcome,
        }
    }

    pub(super) fn run(mut self) -> Outcome {
        let tries_left = self.load.retries;
        self.after(0, Event::Arrives { tries_left, is_new: true });
        self.after(TICK_US, Event::Tick);
        while let Some(Reverse((at_us, _, event))) = self.events.pop() {
            if at_us >= self.load.seconds * 1_000_000 {
                break;
            }
            self.now_us = at_us;
            self.happens(event);
            self.start_next();
        }
        self.outcome
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Arrives { tries_left, is_new } => self.arrives(tries_left, is_new),
            Event::CoreDone => match self.on_core.take().expect("the core was at work") {
                Job::Read(person) => self.decide(person),
                Job::Work(person) => self.worked(person),
            },
            Event::Committed => {
                for person in std::mem::take(&mut self.committing) {
                    self.answered(person);
                }
                self.commit();
            }
            Event::LosesPatience(person) => self.loses_patience(person),
            Event::Tick => {
                self.let_in();
                self.after(TICK_US, Event::Tick);
            }
        }
    }

    fn arrives(&mut self, tries_left: u8, is_new: bool) {
        let kind = if self.chance.number() % 10 < WRITES_OF_TEN { Kind::Write } else { Kind::Read };
        let person = self.people.len();
        let (arrived_us, entered_us) = (self.now_us, 0);
        self.people.push(Person { arrived_us, entered_us, waits: None, kind, tries_left, is_over: false });
        self.core.push_back(Job::Read(person));
        self.after(USEFUL_US, Event::LosesPatience(person));
        if is_new {
            let gap = self.exponential_us(1_000_000.0 / self.load.per_second(self.second()));
            self.after(gap, Event::Arrives { tries_left: self.load.retries, is_new: true });
        }
    }

    fn decide(&mut self, person: usize) {
        if self.people[person].is_over && !self.is_naive {
            return;
        }
        match self.admission.ask(|| person, self.now()) {
            Asked::Enters => self.enters(person),
            Asked::Waits(number) => self.people[person].waits = Some(number),
            Asked::Refused => self.refused(person),
        }
    }

    fn enters(&mut self, person: usize) {
        self.people[person].waits = None;
        self.people[person].entered_us = self.now_us;
        self.core.push_back(Job::Work(person));
    }

    fn let_in(&mut self) {
        while let Some(next) = self.admission.next(self.now()) {
            match next {
                Next::Enters(person) => self.enters(person),
                Next::TooLate(person) => self.refused(person),
            }
        }
    }

    fn worked(&mut self, person: usize) {
        if self.people[person].kind == Kind::Read {
            return self.answered(person);
        }
        self.to_commit.push(person);
        if self.committing.is_empty() {
            self.commit();
        }
    }

    fn commit(&mut self) {
        self.committing = std::mem::take(&mut self.to_commit);
        if !self.committing.is_empty() {
            let takes_us = ((self.load.commit_ms)(self.second()) * 1_000.0) as u64;
            self.after(takes_us, Event::Committed);
        }
    }

    fn answered(&mut self, person: usize) {
        let Person { entered_us, arrived_us, kind, is_over, .. } = self.people[person];
        if is_over && !self.is_naive {
            return;
        }
        self.admission.done(kind, Duration::from_micros(self.now_us - entered_us), self.now());
        if !is_over {
            self.people[person].is_over = true;
            self.outcome.good_by_second[(self.now_us / 1_000_000) as usize] += 1;
            self.outcome.accepted_ms.push((self.now_us - arrived_us) / 1_000);
        }
        self.let_in();
    }

    fn refused(&mut self, person: usize) {
        let one = &mut self.people[person];
        one.waits = None;
        if !std::mem::replace(&mut one.is_over, true) {
            let took_ms = (self.now_us - one.arrived_us) / 1_000;
            self.outcome.refused_ms.push(took_ms);
            self.tries_again(person);
        }
    }

    fn loses_patience(&mut self, person: usize) {
        let one = &mut self.people[person];
        if std::mem::replace(&mut one.is_over, true) {
            return;
        }
        let (waits, has_entered) = (one.waits.take(), one.entered_us > 0);
        if !self.is_naive {
            match waits {
                Some(number) => self.admission.leave(number),
                None if has_entered => {
                    self.admission.gone();
                    self.let_in();
                }
                None => {}
            }
        }
        self.tries_again(person);
    }

    fn tries_again(&mut self, person: usize) {
        if let Some(tries_left) = self.people[person].tries_left.checked_sub(1) {
            self.after(RETRY_AFTER_US, Event::Arrives { tries_left, is_new: false });
        }
    }

    /// The core takes up the next thing; work for somebody who has gone is not one, unless it is naive.
    fn start_next(&mut self) {
        while self.on_core.is_none() {
            let Some(job) = self.core.pop_front() else { return };
            let mean_us = 1_000_000.0 / CAPACITY * (self.load.slower)(self.second());
            let takes_us = match job {
                Job::Read(_) => (mean_us * self.load.refusal_cost) as u64,
                Job::Work(person) if self.people[person].is_over && !self.is_naive => continue,
                Job::Work(_) => (mean_us * (0.5 + self.chance_part())) as u64,
            };
            self.on_core = Some(job);
            self.after(takes_us, Event::CoreDone);
        }
    }

    fn after(&mut self, us: u64, event: Event) {
        self.event_number += 1;
        self.events.push(Reverse((self.now_us + us, self.event_number, event)));
    }

    fn now(&self) -> Duration {
        Duration::from_micros(self.now_us)
    }

    fn second(&self) -> f64 {
        self.now_us as f64 / 1_000_000.0
    }

    fn exponential_us(&mut self, mean_us: f64) -> u64 {
        (-(1.0 - self.chance_part()).ln() * mean_us) as u64
    }

    /// From 0 to 1.
    fn chance_part(&mut self) -> f64 {
        (self.chance.number() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
