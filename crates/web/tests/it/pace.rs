//! As many are let in as the rate says: whoever closed their page, at however many doors, wherever people stand; and the
//! rate follows what the ledger bears.

use crate::ledger::Mood;
use crate::nodes::Nodes;
use crate::site::{Site, Wanted};
use crate::wire::Ask;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use store::conformance::{Chance, Figure};
use store::{Clock as _, GivenOrder, LineStore as _, MemoryLine};
use waiting_room::{CallFacts, Calling, Door, Order, TicketId};
use web::gate::RateRule;

/// People a second for each door.
const RATE: u32 = 20;
const TICK_MS: i64 = 100;
/// Until the calls have found their pace nothing is said about how much of the rate is used.
const WARM_UP: usize = 1_000;
const OPEN_FOR: usize = 2_400;
/// Until the others have what a node had that stopped without a word, and the next leads: how many are let in then is
/// only said to be not too many.
const FAILOVER: usize = 60;
/// One is stopped every so often, for half of it.
const STOPS_EVERY: usize = 400;

/// More nodes are taken for more people.
fn rate(doors: usize) -> u32 {
    RATE * doors.max(2) as u32
}

/// A line with doors, of which some are not there.
trait Doors {
    async fn tick(&mut self, closed: &[usize]);
    fn serving_number(&self) -> u64;
    fn knock(&mut self, door: usize, number: u64) -> Result<(), SignedDuration>;
}

struct Line {
    nodes: Nodes,
    count: usize,
}

impl Line {
    /// With people in line for as long as it is open, at its opening. The second node has the ledger.
    async fn crowded(count: usize) -> Self {
        let mut nodes = Nodes::new(0, MemoryLine::default());
        nodes.admissions_per_second = rate(count);
        (0..count).for_each(|node| nodes.join(node == 1.min(count - 1)));
        let all: Vec<usize> = (0..count).collect();
        let wanted = rate(count) as usize * OPEN_FOR / 10 * 16 / 10;
        let mut given = 0;
        while given < wanted {
            for node in &all {
                while nodes.ticket(*node).is_some() {
                    given += 1;
                }
            }
            nodes.clock.advance(SignedDuration::from_millis(200));
            nodes.tick(&all).await;
            assert_eq!(nodes.gate(0).published().phase.code(), "lobby", "{given} of {wanted}");
        }
        let left = nodes.gate(0).campaign.opens_at.duration_since(nodes.clock.now());
        nodes.clock.advance(left);
        Self { nodes, count }
    }
}

impl Doors for Line {
    async fn tick(&mut self, closed: &[usize]) {
        let open: Vec<usize> = (0..self.count).filter(|node| !closed.contains(node)).collect();
        self.nodes.tick(&open).await;
    }

    fn serving_number(&self) -> u64 {
        (0..self.count).map(|node| self.nodes.gate(node).serving_number()).max().unwrap_or(0)
    }

    fn knock(&mut self, door: usize, number: u64) -> Result<(), SignedDuration> {
        self.nodes.gate(door).take_exchange(number)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sabotage {
    /// Each door lets in the whole rate.
    WholeRateEach,
    /// Each door lets in the same part of it, wherever people stand.
    SamePartEach,
    /// The next is called when the one before was let in.
    HeadOfLine,
    /// As many are called as may be let in, whoever comes.
    NobodyCalledAhead,
}

struct Sabotaged {
    how: Sabotage,
    rate: u32,
    now: Timestamp,
    doors: Vec<Door>,
    calling: Calling,
    serving_number: u64,
    let_in_until: u64,
}

impl Sabotaged {
    fn new(how: Sabotage, count: usize) -> Self {
        let rate = rate(count);
        let milli = if how == Sabotage::WholeRateEach { rate * 1_000 } else { rate * 1_000 / count as u32 };
        let now = Timestamp::UNIX_EPOCH;
        let doors = (0..count).map(|_| Door::new(milli, 3, now)).collect();
        Self { how, rate, now, doors, calling: Calling::default(), serving_number: 0, let_in_until: 0 }
    }
}

impl Doors for Sabotaged {
    async fn tick(&mut self, _closed: &[usize]) {
        self.now += SignedDuration::from_millis(TICK_MS);
        let now = self.now;
        let facts = CallFacts {
            now,
            rate: self.rate,
            settled: u64::MAX,
            serving_number: self.serving_number,
            arrived: self.doors.iter().map(Door::arrived).sum(),
            at_the_door: self.doors.iter_mut().map(|door| door.waiting(now)).sum(),
        };
        self.serving_number += match self.how {
            Sabotage::HeadOfLine => u64::from(self.let_in_until == self.serving_number),
            Sabotage::NobodyCalledAhead => u64::from(self.rate) / 10,
            Sabotage::WholeRateEach => u64::from(self.rate),
            Sabotage::SamePartEach => self.calling.call(&facts),
        };
    }

    fn serving_number(&self) -> u64 {
        self.serving_number
    }

    fn knock(&mut self, door: usize, number: u64) -> Result<(), SignedDuration> {
        self.doors[door].knock(number, self.now)?;
        self.let_in_until = self.let_in_until.max(number + 1);
        Ok(())
    }
}

struct Crowd {
    doors: usize,
    closed_percent: u64,
    /// One process after another is stopped for some seconds.
    stops: bool,
    seed: u64,
}

/// Most people stand at the first door.
fn door(doors: usize, closed: &[usize], chance: &mut Chance) -> usize {
    let wanted = if chance.percent(70) { 0 } else { chance.below(doors as u64) as usize };
    if closed.contains(&wanted) { (wanted + 1) % doors } else { wanted }
}

/// How many were let in at each tick.
async fn let_in(line: &mut impl Doors, crowd: &Crowd) -> Vec<u64> {
    let mut chance = Chance::seeded(crowd.seed);
    let mut knocks: BTreeMap<usize, Vec<(usize, u64)>> = BTreeMap::new();
    let (mut called, mut let_in, mut closed) = (0, Vec::new(), Vec::new());
    for tick in 0..OPEN_FOR {
        if crowd.stops && tick % (STOPS_EVERY / 2) == 0 {
            closed = if tick % STOPS_EVERY == 0 {
                vec![chance.below(crowd.doors as u64) as usize]
            } else {
                vec![]
            };
            // The one that has the ledger is another matter.
            closed.retain(|door| *door != 1);
        }
        line.tick(&closed).await;
        let serving_number = line.serving_number();
        for number in called..serving_number {
            // The first of the line has closed their page, too.
            if number > 0 && !chance.percent(crowd.closed_percent) {
                let comes_at = tick + 1 + chance.below(55) as usize;
                let door = door(crowd.doors, &closed, &mut chance);
                knocks.entry(comes_at).or_default().push((door, number));
            }
        }
        called = serving_number;
        let mut entered = 0;
        for (wanted, number) in knocks.remove(&tick).unwrap_or_default() {
            let door = if closed.contains(&wanted) { (wanted + 1) % crowd.doors } else { wanted };
            if let Err(wait) = line.knock(door, number) {
                let ticks = wait.as_millis() as i64 / TICK_MS + 1 + chance.below(10) as i64;
                knocks.entry(tick + ticks as usize).or_default().push((door, number));
            } else {
                entered += 1;
            }
        }
        let_in.push(entered);
    }
    let_in
}

#[derive(Debug)]
struct Found {
    /// Of the rate, after the warm-up.
    used: f64,
    /// The most that were let in within any span above what the rate gives for it, in seconds of the rate.
    excess: f64,
    people: u64,
}

fn judged(let_in: &[u64], crowd: &Crowd) -> Found {
    let rate = f64::from(rate(crowd.doors));
    let per_tick = rate * TICK_MS as f64 / 1_000.0;
    let (mut above, mut excess) = (0.0_f64, 0.0_f64);
    for entered in let_in {
        above = (above + *entered as f64 - per_tick).max(0.0);
        excess = excess.max(above / rate);
    }
    let is_steady = |tick: &usize| *tick >= WARM_UP && !(crowd.stops && tick % STOPS_EVERY < FAILOVER);
    let steady: Vec<u64> = (0..let_in.len()).filter(is_steady).map(|tick| let_in[tick]).collect();
    let used = steady.iter().sum::<u64>() as f64 / (per_tick * steady.len() as f64);
    Found { used, excess, people: let_in.iter().sum() }
}

/// A door that was shut for a moment may give what it has saved up, a second's worth, and no more.
fn is_broken(found: &Found, used_from: f64) -> bool {
    println!("{found:?}");
    found.used < used_from || found.used > 1.01 || found.excess > 1.1
}

async fn sabotaged(how: Sabotage, crowd: &Crowd, used_from: f64) -> u64 {
    print!("{how:?} ");
    let mut line = Sabotaged::new(how, crowd.doors);
    u64::from(is_broken(&judged(&let_in(&mut line, crowd).await, crowd), used_from))
}

#[tokio::test]
async fn closed_pages_change_how_many_are_let_in_by_less_than_one_in_a_hundred() {
    let crowd = |closed_percent, seed| Crowd { doors: 1, closed_percent, stops: false, seed };
    let (mut runs, mut violations, mut caught) = (0, 0, 0);
    for (closed_percent, seed) in [(0, 1), (10, 2), (30, 3)] {
        print!("{closed_percent} % closed, seed {seed}: ");
        let mut line = Line::crowded(1).await;
        let found =
            judged(&let_in(&mut line, &crowd(closed_percent, seed)).await, &crowd(closed_percent, seed));
        violations += u64::from(is_broken(&found, 0.99));
        runs += found.people;
    }
    for how in [Sabotage::HeadOfLine, Sabotage::NobodyCalledAhead] {
        caught += sabotaged(how, &crowd(30, 3), 0.99).await;
    }
    assert_eq!(caught, 2);
    Figure {
        promise: "C5",
        test: "closed pages",
        runs,
        of: "people let in",
        violations,
        saboteur: "nobody is called ahead",
        caught,
        more: "0, 10 and 30 % closed, the first in line among them; within 1 % of the rate".to_owned(),
    }
    .tell();
}

#[tokio::test]
async fn all_doors_together_let_in_the_rate_wherever_people_stand_and_whichever_node_stops() {
    let crowd = |doors, seed| Crowd { doors, closed_percent: 20, stops: true, seed };
    let (mut runs, mut violations, mut caught) = (0, 0, 0);
    for (doors, seed) in [(2, 11), (4, 12), (10, 13)] {
        print!("{doors} nodes, seed {seed}: ");
        let mut line = Line::crowded(doors).await;
        let found = judged(&let_in(&mut line, &crowd(doors, seed)).await, &crowd(doors, seed));
        violations += u64::from(is_broken(&found, 0.98));
        runs += found.people;
    }
    for how in [Sabotage::WholeRateEach, Sabotage::SamePartEach] {
        caught += sabotaged(how, &crowd(4, 12), 0.98).await;
    }
    assert_eq!(caught, 2);
    Figure {
        promise: "C5",
        test: "several doors",
        runs,
        of: "people let in",
        violations,
        saboteur: "a quota for each node",
        caught,
        more: "2 to 10 nodes, stopping and waking, 20 % closed; at least 98 % of the rate used".to_owned(),
    }
    .tell();
}

fn order(site: &Site, order: Order) {
    let given_at = site.clock.now();
    let given = GivenOrder { given_at, by: "operator".to_owned(), why: "test".to_owned(), order };
    site.line.order(site.app.gate.tag, &given).unwrap();
}

async fn told(site: &Site) -> (f64, String) {
    let document = site.ask(&Ask::get(&site.app.gate_document_path)).await.json();
    let rate = &document["rate"];
    (rate["per_second"].as_f64().unwrap(), rate["why"].as_str().unwrap().to_owned())
}

async fn rates(site: &Site, seconds: usize) -> Vec<f64> {
    let mut rates = Vec::new();
    for _ in 0..seconds {
        site.seconds(1).await;
        rates.push(told(site).await.0);
    }
    rates
}

/// With a thousand people in line, at its opening.
async fn steered() -> Site {
    let stay = SignedDuration::from_secs(100);
    let rate_rule = RateRule::Steered { floor: 4, inside_max: Some(2_000), stay };
    let site = Site::with(Wanted { admissions_per_second: 40, rate_rule, ..Wanted::default() });
    for number in 0..1_000_u128 {
        let id = TicketId(number.to_be_bytes()).0;
        if site.app.gate.try_issue(|| id).unwrap().is_none() {
            site.seconds(1).await;
        }
    }
    let left = site.app.campaign().opens_at.duration_since(site.clock.now());
    site.after(left).await;
    site
}

#[tokio::test]
async fn the_first_rate_is_gone_up_to_in_a_ramp_and_the_document_says_so() {
    let site = steered().await;
    assert_eq!(rates(&site, 5).await, [2.0, 5.0, 10.0, 20.0, 20.0], "a ramp to 2,000 people for 100 s each");
    assert_eq!(told(&site).await.1, "rising");
    order(&site, Order::Pause);
    site.seconds(5).await;
    order(&site, Order::Resume);
    let again = rates(&site, 4).await;
    assert!(again[0] < 6.0 && again.is_sorted(), "a pause, too: {again:?}");
}

#[tokio::test]
async fn a_sick_ledger_lets_nobody_in_and_a_well_one_begins_again_from_below() {
    let site = steered().await;
    site.seconds(20).await;
    site.ledger.feel(Mood::Gone);
    site.seconds(2).await;
    assert_eq!(told(&site).await, (0.0, "sick".to_owned()));
    let called = site.app.gate.serving_number();
    site.seconds(20).await;
    assert_eq!((site.app.gate.serving_number(), site.phase()), (called, "trouble"));
    site.ledger.feel(Mood::Well);
    let again = rates(&site, 8).await;
    assert!(again[1] < 10.0 && again.is_sorted() && again[7] > 15.0, "{again:?}");
    order(&site, Order::Floor(Some(30)));
    site.ledger.is_behind_by(2_001);
    site.seconds(30).await;
    assert_eq!(told(&site).await, (30.0, "deep".to_owned()), "the operator's floor");
    order(&site, Order::Rate(Some(6)));
    site.seconds(2).await;
    assert_eq!(told(&site).await, (6.0, "deep".to_owned()), "the most wins over the floor");
}
