//! The clock jumps, forward and back; groups change while people wait.

use crate::batches::{ask_all, enter, hold};
use crate::crowd::{Real, admit_together, confirm, held, is_booked};
use crate::{conformance, is_long};
use booking::{Country, EligibilityGroup, HoldId, Opening, PersonId, Refusal};
use jiff::SignedDuration;
use jiff::civil::date;
use std::sync::Arc;
use store::conformance::{Chance, Figure, invariants, simulation, world};
use store::{Answer, Clock as _, Command};

const SEED: u64 = 23;
const JUMPS: [i64; 12] = [-86_400, -3_600, -60, -1, 0, 1, 60, 299, 300, 301, 3_600, 86_400];

#[derive(Debug, Default)]
struct Found {
    runs: u64,
    booked: u64,
    /// Booked past the end, or ended before it.
    wrong: u64,
}

/// Holds, jumps, confirms. What was told is the truth: the hold's end, and the pass's.
fn jump(times: u64, does_the_store_see_it: bool) -> Found {
    let mut chance = Chance::seeded(SEED);
    let mut found = Found::default();
    for _ in 0..times {
        let person = PersonId(1);
        let mut real = Real::new(10);
        admit_together(&mut real, 1);
        let answers = ask_all(real.store(), [hold(person, 1)]);
        let id = held(&answers[0]).expect("there is room");
        let (_, told) = real.store().ledger().hold_of(world::CAMPAIGN, person).expect("it is held");
        let pass = real.store().ledger().admission(world::CAMPAIGN, person).expect("let in").expires_at;
        let seconds = *chance.pick(&JUMPS).expect("there are some");
        let now = real.clock.now() + SignedDuration::from_secs(seconds);
        if does_the_store_see_it {
            real.clock.advance(SignedDuration::from_secs(seconds));
        }
        let answer = &ask_all(real.store(), [confirm(person, id)])[0];
        found.runs += 1;
        found.booked += u64::from(is_booked(answer));
        found.wrong += u64::from(is_booked(answer) != (now < told.expires_at && now < pass));
        invariants::check(&real.country, &real.store().ledger()).unwrap();
    }
    found
}

#[test]
fn a_hold_never_books_past_its_end_and_never_ends_before_it() {
    let found = jump(if is_long() { 1_000 } else { 60 }, true);
    assert!(found.booked > 0 && found.booked < found.runs, "both ends are met");
    Figure {
        promise: "B7",
        test: "holds and jumps of the clock",
        runs: found.runs,
        of: "jumps between hold and confirmation",
        violations: found.wrong,
        saboteur: "a clock of its own that stands",
        caught: jump(30, false).wrong,
        more: format!("{} booked; from a day back to a day forward; seed {SEED}", found.booked),
    }
    .tell();
}

/// Jumps between every two steps. How many places, passes and openings were lost by it.
fn live_with_jumps(jumps: u64, does_it_remember: bool) -> u64 {
    let mut chance = Chance::seeded(SEED);
    let mut real = Real::new(100);
    let before = real.ask_opening();
    assert!(matches!(before, Ok(Ok(_))), "the opening is asked for at its time");
    admit_together(&mut real, 50);
    let mut booked = Vec::new();
    for person in (1..=50).map(PersonId) {
        let answers = ask_all(real.store(), [hold(person, 1 + person.0 as u32 % 6)]);
        let id: HoldId = held(&answers[0]).expect("there is room");
        assert!(is_booked(&ask_all(real.store(), [confirm(person, id)])[0]));
        booked.push(person);
    }
    let mut lost = 0;
    for _ in 0..jumps {
        let there = SignedDuration::from_secs(*chance.pick(&JUMPS).expect("there are some"));
        real.clock.advance(there);
        if does_it_remember {
            real.reopen();
        } else {
            real = Real::new(100);
        }
        let ledger = real.store().ledger();
        let is_lost = |person: &&PersonId| ledger.appointments_of(**person).is_empty();
        lost += booked.iter().filter(is_lost).count() as u64;
        lost += u64::from(!matches!(ledger.figures(world::CAMPAIGN).opening, Opening::Open { .. }));
        drop(ledger);
        real.clock.advance(-there);
    }
    lost
}

impl Real {
    fn ask_opening(&self) -> Answer {
        ask_all(self.store(), [Command::Open { campaign: world::CAMPAIGN }]).remove(0)
    }
}

#[test]
fn jumps_of_the_clock_close_nothing_and_drop_nobody() {
    let jumps = if is_long() { 500 } else { 30 };
    let early = Real::new(1);
    early.clock.advance(SignedDuration::from_secs(-1));
    assert!(matches!(early.ask_opening(), Ok(Err(Refusal::TooEarly { .. }))), "a second is too early");
    Figure {
        promise: "G2",
        test: "jumps of the clock across restarts",
        runs: jumps,
        of: "jumps",
        violations: live_with_jumps(jumps, true),
        saboteur: "keeps nothing across a restart",
        caught: live_with_jumps(2, false),
        more: format!("50 people booked and the opening, from a day back to a day forward; seed {SEED}"),
    }
    .tell();
}

fn of_another_group() -> Country {
    let country = world::roomy_country(100);
    let mut campaigns = country.campaigns().to_vec();
    campaigns[0].group = EligibilityGroup::born(date(2000, 1, 1), date(2001, 12, 31));
    Country::new(country.regions().to_vec(), country.clinics().to_vec(), campaigns)
        .expect("every parent is there")
}

/// People are let in before midnight; then the group changes. How many of them are turned away.
fn refused_after_waiting(people: u64, judges_at_booking: bool) -> u64 {
    let mut real = Real::new(100);
    // Ten minutes before midnight in Korea.
    real.clock.advance(SignedDuration::from_mins(3 * 60 + 50));
    admit_together(&mut real, people);
    real.country = Arc::new(of_another_group());
    real.clock.advance(SignedDuration::from_mins(15));
    real.reopen();
    let stranger = PersonId(people + 1);
    assert!(matches!(ask_all(real.store(), [enter(stranger)])[0], Ok(Err(Refusal::NotEligible { .. }))));
    let group = real.country.campaigns()[0].group;
    let mut refused = 0;
    for person in (1..=people).map(PersonId) {
        if judges_at_booking && !group.contains(world::ELIGIBLE) {
            refused += 1;
            continue;
        }
        let answers = ask_all(real.store(), [hold(person, 1 + person.0 as u32 % 6)]);
        let is_kept =
            held(&answers[0]).is_some_and(|id| is_booked(&ask_all(real.store(), [confirm(person, id)])[0]));
        refused += u64::from(!is_kept);
    }
    refused
}

#[test]
fn whoever_was_let_in_stays_eligible_across_midnight_and_a_change_of_the_group() {
    let people = if is_long() { 500 } else { 100 };
    Figure {
        promise: "B8",
        test: "a change of the group while people book",
        runs: people,
        of: "people let in before",
        violations: refused_after_waiting(people, false),
        saboteur: "judges at booking",
        caught: refused_after_waiting(people, true),
        more: "across midnight in Korea and a restart; frozen when a pass is given".to_owned(),
    }
    .tell();
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let seeds = if is_long() { 200 } else { 8 };
    let trace = |seed| simulation::run(seed, &mut conformance::sqlite).unwrap().hash();
    let (mut differ, mut caught) = (0, 0);
    for seed in 0..seeds {
        let first = trace(seed);
        differ += u64::from(trace(seed) != first);
        if seed < 2 {
            caught += u64::from(trace(seed + seeds) != first);
        }
    }
    Figure {
        promise: "G3",
        test: "each seed twice",
        runs: seeds,
        of: "seeds",
        violations: differ,
        saboteur: "a seed that is not the one printed",
        caught,
        more: format!("{} events each, with crashes and jumps of the clock", simulation::EVENTS),
    }
    .tell();
}
