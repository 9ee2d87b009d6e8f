//! A room full of people in virtual time: those who are called come or do not come, knock at the door, and the process
//! that keeps the room dies now and then. A short form in every run, a million tickets with `CHARYE_LONG=1`.

use jiff::{SignedDuration, Timestamp};
use std::collections::BinaryHeap;
use waiting_room::{CallFacts, Calling, Door};

const TICK_MS: i64 = 100;
const RATE: u32 = 500;
/// Each of the called asks within so long of the call.
const POLL_MS: u64 = 5_000;
/// While the calls find their pace, nothing is said about how much of the rate is used.
const WARM_UP_S: i64 = 60;
const CRASHES: u64 = 5;

/// How places are kept and called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Ours,
    /// Whoever came last is called first.
    LastFirst,
    /// The order is lost with the process; people stand in line again as they come back.
    InMemory,
    /// The next is called when the one before has been let in.
    HeadOfLine,
}

/// xorshift64*: the same seed, the same room.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }
}

#[derive(Debug, Default)]
struct Seen {
    /// Somebody was called before somebody with an earlier ticket.
    overtakes: u64,
    /// Somebody's place was further back than before.
    grown: u64,
    /// Let in beyond what the rate allows, in any stretch between two deaths of the process.
    excess: u64,
    let_in: u64,
    /// Of the rate, after the warm-up and while somebody was left to be called, deaths included; in a thousand.
    used_permille: u64,
}

struct Room {
    rule: Rule,
    chance: Chance,
    no_shows_percent: u64,
    /// Ticket by place. A ticket's number is when it was given.
    order: Vec<u64>,
    serving: u64,
    calling: Calling,
    door: Door,
    /// Who knocks when, soonest first: (minus milliseconds, place).
    knocks: BinaryHeap<(i64, u64)>,
    /// Under [`Rule::HeadOfLine`] the one who was called last has been let in.
    head_is_in: bool,
    begun_ms: i64,
    let_in_since: u64,
    seen: Seen,
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_626_015_600_000 + ms).expect("within this century")
}

impl Room {
    fn new(rule: Rule, tickets: u64, no_shows_percent: u64, seed: u64) -> Self {
        let order =
            if rule == Rule::LastFirst { (0..tickets).rev().collect() } else { (0..tickets).collect() };
        Self {
            rule,
            chance: Chance(seed),
            no_shows_percent,
            order,
            serving: 0,
            calling: Calling::default(),
            door: Door::new(RATE * 1_000, 2, at(0)),
            knocks: BinaryHeap::new(),
            head_is_in: true,
            begun_ms: 0,
            let_in_since: 0,
            seen: Seen::default(),
        }
    }

    /// The process dies: what it had in memory is gone, serving number, places and how many come are on disk.
    fn dies(&mut self, now_ms: i64) {
        self.close_stretch(now_ms);
        (self.begun_ms, self.let_in_since) = (now_ms, 0);
        self.calling = Calling::resumed(self.calling.come_ppm());
        self.door = Door::new(RATE * 1_000, 2, at(now_ms));
        if self.rule == Rule::InMemory {
            let from = self.serving as usize;
            let waiting = &mut self.order[from..];
            for place in (1..waiting.len()).rev() {
                waiting.swap(place, self.chance.below(place as u64 + 1) as usize);
            }
            let moved_back = |(place, ticket): (usize, &u64)| (from + place) as u64 > *ticket;
            self.seen.grown += waiting.iter().enumerate().filter(|moved| moved_back(*moved)).count() as u64;
        }
    }

    fn close_stretch(&mut self, now_ms: i64) {
        let allowed = (now_ms - self.begun_ms) as u64 * u64::from(RATE) / 1_000;
        self.seen.excess += self.let_in_since.saturating_sub(allowed);
    }

    fn called_now(&mut self, now_ms: i64) -> u64 {
        let waiting = self.order.len() as u64 - self.serving;
        if self.rule == Rule::HeadOfLine {
            return u64::from(self.head_is_in).min(waiting);
        }
        let facts = CallFacts {
            now: at(now_ms),
            rate: RATE,
            settled: self.order.len() as u64,
            serving_number: self.serving,
            arrived: self.door.arrived(),
            at_the_door: self.door.waiting(at(now_ms)),
        };
        self.calling.call(&facts)
    }

    fn tick(&mut self, now_ms: i64, latest: &mut u64) {
        let called = self.called_now(now_ms);
        for place in self.serving..self.serving + called {
            let ticket = self.order[place as usize];
            self.seen.overtakes += u64::from(ticket < *latest);
            *latest = ticket.max(*latest);
            self.head_is_in = false;
            if self.chance.below(100) >= self.no_shows_percent {
                let comes_ms = now_ms + self.chance.below(POLL_MS) as i64;
                self.knocks.push((-comes_ms, place));
            }
        }
        self.serving += called;
        while let Some((minus, place)) = self.knocks.peek().copied()
            && -minus <= now_ms
        {
            self.knocks.pop();
            match self.door.knock(place, at(now_ms)) {
                Ok(()) => {
                    self.let_in_since += 1;
                    self.seen.let_in += 1;
                    self.head_is_in = true;
                }
                Err(wait) => self.knocks.push((-(now_ms + wait.as_millis().max(1) as i64), place)),
            }
        }
    }

    /// Until all have been called, or an hour has passed in which that should have been.
    fn play(mut self) -> Seen {
        let tickets = self.order.len() as u64;
        let last_ms = (tickets * 1_000 / u64::from(RATE)) as i64 * 2 + WARM_UP_S * 2_000;
        let crashes: Vec<i64> =
            (0..CRASHES).map(|_| self.chance.below(last_ms as u64 / 3) as i64 / TICK_MS * TICK_MS).collect();
        let (mut latest, mut now_ms, mut at_warm_up) = (0, 0, None);
        while now_ms < last_ms && self.serving < tickets {
            now_ms += TICK_MS;
            if crashes.contains(&now_ms) {
                self.dies(now_ms);
            }
            self.tick(now_ms, &mut latest);
            if now_ms == WARM_UP_S * 1_000 {
                at_warm_up = Some(self.seen.let_in);
            }
        }
        self.close_stretch(now_ms);
        let (from, measured_ms) = (at_warm_up.unwrap_or(0), now_ms - WARM_UP_S * 1_000);
        let possible = measured_ms.max(1) as u64 * u64::from(RATE) / 1_000;
        self.seen.used_permille = (self.seen.let_in - from) * 1_000 / possible.max(1);
        self.seen
    }
}

#[expect(clippy::disallowed_methods, reason = "whether this is a long run is said from outside")]
fn is_long() -> bool {
    std::env::var("CHARYE_LONG").is_ok()
}

fn played(rule: Rule, tickets: u64, no_shows_percent: u64, seed: u64) -> Seen {
    let seen = Room::new(rule, tickets, no_shows_percent, seed).play();
    println!("seed {seed}, {rule:?}, {tickets} tickets, {no_shows_percent} % do not come: {seen:?}");
    seen
}

#[test]
fn nobody_is_overtaken_no_place_grows_and_the_rate_is_kept_and_used() {
    let tickets = if is_long() { 1_000_000 } else { 300_000 };
    for (seed, no_shows) in [(1, 0), (2, 10), (3, 30)] {
        let seen = played(Rule::Ours, tickets, no_shows, seed);
        assert_eq!((seen.overtakes, seen.grown, seen.excess), (0, 0, 0), "{seen:?}");
        assert!(seen.used_permille >= 980, "{seen:?}");
    }
}

#[test]
fn the_last_in_first_is_seen_to_overtake() {
    assert!(played(Rule::LastFirst, 50_000, 30, 4).overtakes > 0);
}

#[test]
fn places_that_die_with_the_process_are_seen_to_grow() {
    let seen = played(Rule::InMemory, 50_000, 30, 5);
    assert!(seen.grown > 0 && seen.overtakes > 0, "{seen:?}");
}

#[test]
fn a_line_that_waits_for_its_head_is_seen_to_stand_still() {
    let seen = played(Rule::HeadOfLine, 50_000, 30, 6);
    assert!(seen.used_permille < 10, "{seen:?}");
}

/// The door alone: whatever the knocks, never more than the rate in any second but the first burst of one.
#[test]
fn no_second_lets_in_more_than_the_rate_and_what_was_saved_up() {
    let mut door = Door::new(RATE * 1_000, 2, at(0));
    let mut let_in = Vec::new();
    for ms in 0..6_000_i64 {
        if door.knock(ms as u64, at(ms)).is_ok() {
            let_in.push(ms);
        }
    }
    for window in let_in.windows(2 * RATE as usize + 1) {
        let span = SignedDuration::from_millis(window[window.len() - 1] - window[0]);
        assert!(span >= SignedDuration::from_secs(1), "{span} for {} people", window.len());
    }
}
