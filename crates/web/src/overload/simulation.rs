//! A core and a ledger, simulated: what different limits make of more than they can bear. Seeded, no clock.
//!
//! The core does one thing after the other: it reads each request that arrives (which is also what a refusal costs), and
//! works on those that were let in. Six of ten then wait for the ledger, which commits in groups. An answer counts if it
//! comes within two seconds. The figures stand in docs/performance.md; `cargo test -p web simulation -- --nocapture`
//! prints them again.

mod world;

use super::admission::{Admission, AdmissionSettings};
use super::limit::{AdaptiveLimit, Kind, Limit, LimitSettings};
use std::time::Duration;
use world::{Load, Outcome, World};

/// Of what an acceptance costs: as measured (`cargo xtask bench refusal`), and a dearer one.
const REFUSAL_COSTS: [f64; 2] = [0.01, 0.05];
const MULTIPLES: [f64; 7] = [0.5, 0.8, 1.0, 1.5, 2.0, 5.0, 10.0];
const LIMITS: [&str; 5] = ["adaptive", "adaptive, last first", "gradient2", "fixed 512, 2 s", "unbounded"];

struct Fixed(u32);

impl Limit for Fixed {
    fn limit(&self) -> u32 {
        self.0
    }
    fn sample(&mut self, _: Kind, _: Duration, _: u32, _: Duration) {}
}

/// As Netflix' library has it, over windows as long as ours.
struct Gradient2 {
    limit: f64,
    long_ms: f64,
    began_at: Duration,
    count: u32,
    total_ms: f64,
    in_flight_max: u32,
}

impl Limit for Gradient2 {
    fn limit(&self) -> u32 {
        self.limit as u32
    }

    fn sample(&mut self, _: Kind, took: Duration, in_flight: u32, now: Duration) {
        (self.count, self.total_ms) = (self.count + 1, self.total_ms + took.as_secs_f64() * 1_000.0);
        self.in_flight_max = self.in_flight_max.max(in_flight);
        if now.saturating_sub(self.began_at) < Duration::from_millis(100) || self.count < 8 {
            return;
        }
        let short_ms = self.total_ms / f64::from(self.count);
        let is_used = f64::from(self.in_flight_max) >= self.limit / 2.0;
        (self.began_at, self.count, self.total_ms, self.in_flight_max) = (now, 0, 0.0, 0);
        self.long_ms = if self.long_ms == 0.0 {
            short_ms
        } else {
            self.long_ms + (short_ms - self.long_ms) * 2.0 / 601.0
        };
        if self.long_ms / short_ms > 2.0 {
            self.long_ms *= 0.95;
        }
        if is_used {
            let gradient = (1.5 * self.long_ms / short_ms).clamp(0.5, 1.0);
            let wanted = self.limit * gradient + 4.0;
            self.limit = (self.limit * 0.8 + wanted * 0.2).clamp(4.0, 512.0);
        }
    }
}

fn admission(named: &str) -> Admission<usize, Box<dyn Limit>> {
    let settings = AdmissionSettings { wait_max: Duration::from_millis(50), waiting_min: 24 };
    let patient = AdmissionSettings { wait_max: Duration::from_secs(2), waiting_min: usize::MAX };
    let adaptive = || Box::new(AdaptiveLimit::new(LimitSettings::up_to(512)));
    let gradient2 = Gradient2 {
        limit: 20.0,
        long_ms: 0.0,
        began_at: Duration::ZERO,
        count: 0,
        total_ms: 0.0,
        in_flight_max: 0,
    };
    match named {
        "adaptive" => Admission::new(settings, adaptive()),
        "adaptive, last first" => Admission::new(settings, adaptive() as Box<dyn Limit>).last_first(),
        "gradient2" => Admission::new(settings, Box::new(gradient2) as Box<dyn Limit>),
        "fixed 512, 2 s" => Admission::new(patient, Box::new(Fixed(512)) as Box<dyn Limit>),
        "unbounded" => Admission::new(patient, Box::new(Fixed(u32::MAX)) as Box<dyn Limit>),
        other => unreachable!("{other}"),
    }
}

fn run(named: &str, load: Load) -> Outcome {
    let is_naive = named == "unbounded";
    World::new(admission(named), load, is_naive).run()
}

/// Useful answers a second at each multiple of what the core can do, after five seconds.
fn sweep(named: &str, refusal_cost: f64) -> Vec<f64> {
    let at = |multiple| run(named, Load { refusal_cost, ..Load::steady(multiple, 15) }).good(5, 15);
    MULTIPLES.into_iter().map(at).collect()
}

fn kept(sweep: &[f64]) -> f64 {
    sweep[sweep.len() - 1] / sweep.iter().copied().fold(0.0, f64::max)
}

#[test]
fn at_ten_times_the_load_the_useful_answers_stay() {
    println!("useful answers a second at {MULTIPLES:?} x {} a second", world::CAPACITY);
    for refusal_cost in REFUSAL_COSTS {
        for named in LIMITS {
            let sweep = sweep(named, refusal_cost);
            let at_ten = run(named, Load { refusal_cost, ..Load::steady(10.0, 20) });
            let at_five = run(named, Load { refusal_cost, ..Load::steady(5.0, 20) });
            println!(
                "refusal {refusal_cost}, {named}: {:?}, kept {:.2}; at 10: p50 {} ms, p99 {} ms, refused within {} ms (p99), at 5 {} ms",
                sweep.iter().map(|good| good.round()).collect::<Vec<_>>(),
                kept(&sweep),
                at_ten.accepted_ms(0.5),
                at_ten.accepted_ms(0.99),
                at_ten.refused_ms(0.99),
                at_five.refused_ms(0.99),
            );
        }
    }
    let (ours, unbounded) = (sweep("adaptive", 0.01), sweep("unbounded", 0.01));
    assert!(kept(&ours) >= 0.9, "{ours:?}");
    assert!(kept(&unbounded) < 0.9, "the saboteur must be caught: {unbounded:?}");
    let at_five = run("adaptive", Load { refusal_cost: 0.01, ..Load::steady(5.0, 20) });
    assert!(at_five.refused_ms(0.99) <= 100, "{}", at_five.refused_ms(0.99));
}

/// Ten times the load for a minute, with three tries at once for each refusal, then eight tenths.
fn seconds_to_recover(named: &str) -> Option<usize> {
    let load = Load {
        multiple: |second| (10.0..70.0).contains(&second).then_some(10.0),
        retries: 3,
        ..Load::steady(0.8, 130)
    };
    let outcome = run(named, load);
    (70..127).find(|&second| outcome.good(second, second + 3) >= 0.95 * 0.8 * world::CAPACITY).map(|s| s - 70)
}

#[test]
fn after_a_minute_of_ten_times_the_load_it_is_itself_again_within_ten_seconds() {
    let found = ["adaptive", "gradient2", "unbounded"].map(|named| (named, seconds_to_recover(named)));
    println!("seconds until 95 % of what is asked for: {found:?}");
    assert!(found[0].1.is_some_and(|seconds| seconds <= 10), "{found:?}");
    let (named, unbounded) = found[found.len() - 1];
    assert!(unbounded.is_none_or(|seconds| seconds > 10), "{named} must be caught: {found:?}");
}

#[test]
fn when_the_machine_is_half_as_fast_for_a_while_the_limit_follows_it_down_and_up() {
    let load = Load {
        slower: |second| if (20.0..50.0).contains(&second) { 2.0 } else { 1.0 },
        ..Load::steady(2.0, 80)
    };
    let parts = |named| {
        let outcome = run(named, load);
        [(5, 20, 1.0), (30, 50, 0.5), (60, 80, 1.0)]
            .map(|(from, to, part)| outcome.good(from, to) / (part * world::CAPACITY))
    };
    let found: Vec<_> = LIMITS.map(|named| (named, parts(named))).to_vec();
    for (named, parts) in &found {
        println!("{named}: of what the machine can do before, during, after: {parts:.2?}");
    }
    assert!(found[0].1.iter().all(|part| *part >= 0.88), "{found:?}");
    assert!(
        found[LIMITS.len() - 1].1.iter().any(|part| *part < 0.88),
        "the saboteur must be caught: {found:?}"
    );
}

/// Each commit takes a tenth of a second: more must be under way, not less.
#[test]
fn with_a_disk_of_ten_commits_a_second_it_still_does_what_it_can() {
    let load = Load { commit_ms: |second| if second > 20.0 { 100.0 } else { 3.0 }, ..Load::steady(0.8, 90) };
    let found: Vec<_> =
        LIMITS.map(|named| (named, run(named, load).good(40, 90) / (0.8 * world::CAPACITY))).to_vec();
    println!("of what is asked for, with 100 ms a commit: {found:.2?}");
    assert!(found[0].1 >= 0.9, "{found:?}");
}
