//! Calling and door together: as many are let in as the rate says, whoever has closed their page.

#![expect(clippy::unwrap_used, reason = "in a test an error is the finding")]

use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use waiting_room::{CallFacts, Calling, Door};

const RATE: u32 = 50;
const TICKS: i64 = 6_000;
/// The ramp and the first measurement are over.
const STEADY_FROM: i64 = 1_000;
const TICK_MS: i64 = 100;

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// How many were let in at each tick. `head_first`: only the first of the line who is not in yet is called on.
fn let_in(closed_percent: u64, seed: u64, head_first: bool) -> Vec<u64> {
    let at = |tick: i64| Timestamp::from_millisecond(tick * TICK_MS).unwrap();
    let mut chance = Chance(seed);
    let (mut calling, mut door) = (Calling::default(), Door::new(RATE * 1_000, 3, at(0)));
    let mut knocks: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
    let (mut serving_number, mut in_until) = (0, 0);
    let mut let_in = Vec::new();
    for tick in 1..=TICKS {
        let facts = CallFacts {
            now: at(tick),
            rate: RATE,
            settled: 1_000_000,
            serving_number,
            arrived: door.arrived(),
            at_the_door: door.waiting(at(tick)),
        };
        let called = calling.call(&facts);
        let called = if head_first { called.min(in_until + 1 - serving_number) } else { called };
        for number in serving_number..serving_number + called {
            // The first of the line has closed their page, too.
            if number > 0 && chance.below(100) >= closed_percent {
                knocks.entry(tick + 1 + chance.below(55) as i64).or_default().push(number);
            }
        }
        serving_number += called;
        let mut entered = 0;
        for number in knocks.remove(&tick).unwrap_or_default() {
            match door.knock(number, at(tick)) {
                Ok(()) => {
                    entered += 1;
                    in_until = in_until.max(number + 1);
                }
                Err(wait) => {
                    let ticks = (wait + SignedDuration::from_millis(TICK_MS)).as_millis() as i64 / TICK_MS;
                    knocks.entry(tick + ticks.max(1) + chance.below(10) as i64).or_default().push(number);
                }
            }
        }
        let_in.push(entered);
    }
    let_in
}

/// The most that were let in within any span above what the rate gives for it.
fn excess(let_in: &[u64]) -> f64 {
    let per_tick = f64::from(RATE) * TICK_MS as f64 / 1_000.0;
    let (mut above, mut most) = (0.0_f64, 0.0_f64);
    for entered in let_in {
        above = (above + *entered as f64 - per_tick).max(0.0);
        most = most.max(above);
    }
    most
}

fn used(let_in: &[u64]) -> f64 {
    let steady = &let_in[STEADY_FROM as usize..];
    let due = f64::from(RATE) * steady.len() as f64 * TICK_MS as f64 / 1_000.0;
    steady.iter().sum::<u64>() as f64 / due
}

#[test]
fn one_in_ten_or_three_in_ten_closed_pages_change_the_rate_by_less_than_one_in_a_hundred() {
    for closed_percent in [0, 10, 30] {
        for seed in 1..=5 {
            let let_in = let_in(closed_percent, seed, false);
            let (used, excess) = (used(&let_in), excess(&let_in));
            println!("{closed_percent} % closed, seed {seed}: used {used:.4}, excess {excess:.1}");
            assert!((used - 1.0).abs() < 0.01, "{closed_percent} %, seed {seed}: {used}");
            assert!(excess <= f64::from(RATE) + 1.0, "{closed_percent} %, seed {seed}: {excess}");
        }
    }
}

#[test]
fn a_line_that_waits_for_its_head_is_caught() {
    assert!(used(&let_in(30, 1, true)) < 0.01);
}
