//! Everybody together, from one thread: people come at a rate that nothing slows down (an open loop), and each answer is
//! timed from the instant at which its request was meant to be sent, whether or not it could be.
use super::net::{Net, Reply};
use super::person::{Next, Person, Step};
use super::tally::Tally;
use crate::clock;
use anyhow::Result;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet, VecDeque};
use std::time::{Duration, Instant};

/// An answer that comes later is of no use to anybody.
pub(super) const USEFUL_WITHIN: Duration = Duration::from_secs(2);
const CONNECTIONS_MAX: usize = 9_000;
/// Nothing shorter can be slept.
const SLEEP_MIN: Duration = Duration::from_millis(1);
/// So many of those who booked look at it again, where that is asked for.
const SESSIONS_KEPT: usize = 4_000;
/// Whoever was not told when to come again.
const AGAIN_AFTER_S: u32 = 5;

/// How people behave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manners {
    /// Then they go, and do not come back.
    pub(super) patience: Duration,
    /// So many times they ask again at once when they are refused, before they do as they are told.
    pub(super) tries_at_once: u32,
    /// They do come back: they reload, at once.
    pub(super) reloads: bool,
}

impl Manners {
    pub(super) const GOOD: Self =
        Self { patience: Duration::from_secs(10), tries_at_once: 0, reloads: false };
    /// Each refusal is answered by three more tries at once.
    pub(super) const HASTY: Self = Self { tries_at_once: 3, ..Self::GOOD };
    /// As programs that nobody has thought about.
    pub(super) const NAIVE: Self =
        Self { patience: Duration::from_secs(1), tries_at_once: u32::MAX, reloads: true };
}

/// What comes from outside, a second. Nothing slows it down.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Load {
    /// People who stand in line, and book when it is their turn.
    pub(super) arrivals: f64,
    /// Looks at the gate document by people who are far back.
    pub(super) polls: f64,
    /// Looks by people who have booked, at what asks the ledger: what polling would be without a plane of its own.
    pub(super) ledger_polls: f64,
}

impl Load {
    pub(super) fn arrivals(arrivals: f64) -> Self {
        Self { arrivals, ..Self::default() }
    }
}

/// One of its streams: how many a second, and when the next of them comes.
struct Stream {
    per_second: f64,
    next: Option<Instant>,
    of: fn(&mut Crowd) -> Option<Person>,
}

struct Present {
    person: Person,
    intended: Instant,
    /// Changes with everything that they do, so that a timer of before means nothing.
    turn: u32,
    on: Option<usize>,
    tries: u32,
    /// Some answer inside came too late to be of use.
    was_late: bool,
}

type Timer = (Instant, u32, u32);

pub(super) struct Crowd {
    net: Net,
    people: Vec<Option<Present>>,
    vacant: Vec<u32>,
    timers: BinaryHeap<Reverse<Timer>>,
    deadlines: VecDeque<Timer>,
    without_connection: VecDeque<(u32, u32)>,
    chance: ChaCha8Rng,
    pub(super) manners: Manners,
    next_number: u32,
    request: String,
    /// Of people who have booked.
    sessions: Vec<String>,
    pub(super) tally: Tally,
    /// From the beginning.
    holds_heard: HashSet<String>,
}

impl Crowd {
    pub(super) fn new(port: u16, seed: u64, manners: Manners) -> Result<Self> {
        Ok(Self {
            net: Net::new(port, CONNECTIONS_MAX)?,
            people: Vec::new(),
            vacant: Vec::new(),
            timers: BinaryHeap::new(),
            deadlines: VecDeque::new(),
            without_connection: VecDeque::new(),
            chance: ChaCha8Rng::seed_from_u64(seed),
            manners,
            next_number: 0,
            request: String::new(),
            sessions: Vec::new(),
            tally: Tally::new(),
            holds_heard: HashSet::new(),
        })
    }

    /// Everybody goes. How many holds they were told of, from the beginning.
    pub(super) fn leave_all(&mut self) -> u64 {
        self.net.close_all();
        self.holds_heard.len() as u64
    }

    /// So much comes for so long; whoever came before goes on. What was seen is the answer.
    pub(super) fn run(&mut self, load: Load, lasts: Duration) -> Result<Tally> {
        self.run_until(load, lasts, |_| false)
    }

    /// No longer than until `is_enough`.
    pub(super) fn run_until(
        &mut self,
        load: Load,
        lasts: Duration,
        is_enough: impl Fn(&Tally) -> bool,
    ) -> Result<Tally> {
        self.tally = Tally::new();
        let start = clock::now();
        let end = start + lasts;
        let stream =
            |per_second: f64, of| Stream { per_second, next: (per_second > 0.0).then_some(start), of };
        let mut streams = [
            stream(load.arrivals, |crowd| Some(crowd.newcomer())),
            stream(load.polls, |crowd| Some(Person::far_back(crowd.number()))),
            stream(load.ledger_polls, Crowd::somebody_booked),
        ];
        let mut now = start;
        while now < end && !is_enough(&self.tally) {
            for stream in &mut streams {
                self.take_stream(stream, now)?;
            }
            self.send_what_is_due(now)?;
            self.go_where_patience_ends(now)?;
            let due = self.timers.peek().map(|Reverse((at, ..))| *at);
            let next = streams.iter().filter_map(|stream| stream.next).chain(due).min();
            let rest = next.map_or(end, |next| next.min(end)).saturating_duration_since(clock::now());
            self.net.hear(if rest < SLEEP_MIN { Duration::ZERO } else { rest.min(SLEEP_MIN * 10) })?;
            now = clock::now();
            self.take_replies(now, start)?;
        }
        let mut tally = std::mem::replace(&mut self.tally, Tally::new());
        tally.lasted = now - start;
        tally.unsent = self.without_connection.len();
        Ok(tally)
    }

    fn take_stream(&mut self, stream: &mut Stream, now: Instant) -> Result<()> {
        while let Some(intended) = stream.next
            && intended <= now
        {
            if let Some(person) = (stream.of)(self) {
                self.arrive(person, intended, now)?;
            }
            stream.next = Some(intended + self.gap(stream.per_second));
        }
        Ok(())
    }

    /// Between two who come independently of each other.
    fn gap(&mut self, per_second: f64) -> Duration {
        let chance = (f64::from(self.chance.next_u32()) + 1.0) / f64::from(u32::MAX);
        Duration::from_secs_f64(-chance.min(1.0).ln() / per_second)
    }

    fn number(&mut self) -> u32 {
        self.next_number += 1;
        self.next_number - 1
    }

    fn newcomer(&mut self) -> Person {
        self.tally.arrived += 1;
        Person::new(self.number())
    }

    fn somebody_booked(&mut self) -> Option<Person> {
        let chosen = self.chance.next_u32() as usize % self.sessions.len().max(1);
        self.sessions.get(chosen).map(|session| Person::looking(session))
    }

    fn arrive(&mut self, person: Person, intended: Instant, now: Instant) -> Result<()> {
        let present = Present { person, intended, turn: 0, on: None, tries: 0, was_late: false };
        let id = self.vacant.pop().unwrap_or_else(|| {
            self.people.push(None);
            self.people.len() as u32 - 1
        });
        self.people[id as usize] = Some(present);
        self.send(id, now)
    }

    fn send(&mut self, id: u32, now: Instant) -> Result<()> {
        let Some(present) = &mut self.people[id as usize] else { return Ok(()) };
        present.turn = self.chance.next_u32();
        present.person.request(&mut self.request);
        present.on = self.net.send(id, self.request.as_bytes())?;
        if present.on.is_none() {
            self.without_connection.push_back((id, present.turn));
        } else {
            self.tally.sent(present.person.step);
            self.tally.lateness.record(now.saturating_duration_since(present.intended));
        }
        self.deadlines.push_back((now + self.manners.patience, id, present.turn));
        Ok(())
    }

    fn is_at(&self, id: u32, turn: u32) -> bool {
        self.people[id as usize].as_ref().is_some_and(|present| present.turn == turn)
    }

    fn send_what_is_due(&mut self, now: Instant) -> Result<()> {
        for _ in 0..self.without_connection.len() {
            let Some((id, turn)) = self.without_connection.pop_front() else { break };
            let before = self.without_connection.len();
            if self.is_at(id, turn) {
                self.send(id, now)?;
            }
            if self.without_connection.len() > before {
                break;
            }
        }
        while let Some(Reverse((at, id, turn))) = self.timers.peek().copied() {
            if at > now {
                break;
            }
            self.timers.pop();
            if self.is_at(id, turn) {
                self.send(id, now)?;
            }
        }
        Ok(())
    }

    fn go_where_patience_ends(&mut self, now: Instant) -> Result<()> {
        while let Some((at, id, turn)) = self.deadlines.front().copied() {
            if at > now {
                break;
            }
            self.deadlines.pop_front();
            if !self.is_at(id, turn) {
                continue;
            }
            let Some(present) = &mut self.people[id as usize] else { continue };
            self.tally.gave_up(present.person.step);
            if let Some(on) = present.on.take() {
                self.net.give_up(id, on);
            }
            if self.manners.reloads {
                present.intended = now;
                self.send(id, now)?;
            } else {
                self.leave(id);
            }
        }
        Ok(())
    }

    fn later(&mut self, id: u32, at: Instant) {
        let turn = self.chance.next_u32();
        if let Some(present) = &mut self.people[id as usize] {
            (present.intended, present.turn, present.on, present.tries) = (at, turn, None, 0);
            self.timers.push(Reverse((at, id, turn)));
        }
    }

    fn leave(&mut self, id: u32) {
        self.people[id as usize] = None;
        self.vacant.push(id);
    }

    fn take_replies(&mut self, now: Instant, start: Instant) -> Result<()> {
        let replies = std::mem::take(&mut self.net.replies);
        for reply in &replies {
            let Some(present) = &self.people[reply.owner as usize] else { continue };
            let (took, step) = (now.saturating_duration_since(present.intended), present.person.step);
            let only_looks = present.person.only_looks();
            match reply.status {
                Some(200..=202) => self.take_good(reply, step, took, (now, start)),
                Some(503 | 429) => {
                    self.tally.refused(step, took);
                    if only_looks {
                        self.leave(reply.owner);
                        continue;
                    }
                    self.again(reply.owner, now, reply.retry_after_s)?;
                }
                Some(status) => {
                    self.tally.said_no(step, status, self.net.body(reply));
                    if let Some(present) = &mut self.people[reply.owner as usize] {
                        present.person.refused();
                    }
                    self.later(reply.owner, now + seconds(reply.retry_after_s.unwrap_or(1)));
                }
                None => {
                    self.tally.lost += 1;
                    self.again(reply.owner, now, None)?;
                }
            }
        }
        self.net.replies = replies;
        Ok(())
    }

    fn again(&mut self, id: u32, now: Instant, retry_after_s: Option<u32>) -> Result<()> {
        let Some(present) = &mut self.people[id as usize] else { return Ok(()) };
        if present.tries < self.manners.tries_at_once {
            present.tries += 1;
            present.intended = now;
            return self.send(id, now);
        }
        self.later(id, now + seconds(retry_after_s.unwrap_or(AGAIN_AFTER_S)));
        Ok(())
    }

    fn take_good(&mut self, reply: &Reply, step: Step, took: Duration, (now, start): (Instant, Instant)) {
        let is_useful = took <= USEFUL_WITHIN;
        self.tally.good(step, took, is_useful);
        let chance = self.chance.next_u32();
        let present = self.people[reply.owner as usize].as_mut().expect("they were there just now");
        present.was_late |= step.is_inside() && !is_useful;
        match present.person.heard(self.net.body(reply), chance) {
            Next::In(milliseconds) => {
                if step == Step::Hold && present.person.step == Step::Confirm {
                    self.holds_heard.insert(present.person.hold().to_owned());
                }
                self.later(reply.owner, now + Duration::from_millis(u64::from(milliseconds)));
            }
            Next::Booked => {
                self.tally.booked(now - start, !present.was_late);
                if self.sessions.len() < SESSIONS_KEPT {
                    self.sessions.push(present.person.session().to_owned());
                }
                self.leave(reply.owner);
            }
            Next::Leaves => self.leave(reply.owner),
            Next::Wrong => {
                self.tally.wrong += 1;
                self.leave(reply.owner);
            }
        }
    }
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds))
}
