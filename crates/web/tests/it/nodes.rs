//! Several nodes of one line, each as in a process of its own, on one memory; the clock stands still, ticks are made by
//! hand, and a node that is not ticked is one that was stopped.

use crate::site::{country, names, seeded, test_keys};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::conformance::{Chance, Figure, world};
use store::{Clock, MemoryLine, MemoryPlaces, MemoryStore, MockClock, Store};
use waiting_room::{PollBands, Ticket};
use web::assets;
use web::gate::keeper::{Keeper, KeeperParts};
use web::gate::{Gate, GateSettings, Place, RateRule};
use web::keys::Keys;
use web::pages::parts::LineOrder;
use web::published::Publisher;

/// A ledger of the small country by itself.
fn ledger_on(clock: &Arc<MockClock>) -> Arc<dyn Store> {
    Arc::new(MemoryStore::new(Arc::new(country(false, false)), Arc::clone(clock) as Arc<dyn Clock>))
}

/// A node of the line by itself, without pages.
fn keeper_on(
    line: &Arc<MemoryLine>,
    ledger: Option<Arc<dyn Store>>,
    clock: &Arc<impl Clock + 'static>,
    keys: &Arc<Keys>,
    admissions_per_second: u32,
) -> Keeper {
    let settings = GateSettings {
        admissions_per_second,
        rate_rule: RateRule::Fixed,
        lobby: SignedDuration::from_mins(30),
        poll: PollBands::default(),
        pass_epoch: 3,
        draw: None,
    };
    let publisher = Publisher {
        campaign_name: names(false).name,
        order: LineOrder::FirstCome,
        keys: Arc::clone(keys),
        assets: assets::assets().0,
        demo: true,
    };
    let (line_store, clock) =
        (Arc::clone(line) as Arc<dyn store::LineStore>, Arc::clone(clock) as Arc<dyn Clock>);
    let places = Arc::new(MemoryPlaces::default());
    let parts = KeeperParts { line_store, places, ledger, clock, random: seeded(1), publisher };
    Keeper::begin(country(false, false).campaigns()[0].clone(), settings, keys, parts).unwrap()
}

pub(crate) struct Nodes {
    pub(crate) clock: Arc<MockClock>,
    ledger: Arc<dyn Store>,
    pub(crate) line: Arc<MemoryLine>,
    all: Vec<(Keeper, Arc<Gate>)>,
    random: u8,
    pub(crate) admissions_per_second: u32,
}

impl Nodes {
    /// Ten minutes before the opening; the first of them has the ledger.
    pub(crate) fn new(count: usize, line: MemoryLine) -> Self {
        let clock = Arc::new(MockClock::at(world::opens_at() - SignedDuration::from_mins(10)));
        let ledger = ledger_on(&clock);
        let (line, all, admissions_per_second) = (Arc::new(line), Vec::new(), 10);
        let mut nodes = Self { clock, ledger, line, all, random: 0, admissions_per_second };
        for number in 0..count {
            nodes.join(number == 0);
        }
        nodes
    }

    pub(crate) fn join(&mut self, has_ledger: bool) {
        let ledger = has_ledger.then(|| Arc::clone(&self.ledger));
        let (keys, rate) = (Arc::new(test_keys()), self.admissions_per_second);
        let keeper = keeper_on(&self.line, ledger, &self.clock, &keys, rate);
        let gate = keeper.gate();
        self.all.push((keeper, gate));
    }

    /// All processes end at once, without a word. `forgets`: nothing was kept.
    pub(crate) fn killed(&mut self, forgets: bool) {
        self.all.clear();
        if forgets {
            self.line = Arc::new(MemoryLine::default());
        }
        self.line.everybody_is_gone();
    }

    pub(crate) async fn leaves(&mut self, node: usize) {
        let (leaving, _) = self.all.remove(node);
        leaving.run(std::future::ready(())).await;
    }

    pub(crate) fn gate(&self, node: usize) -> &Gate {
        &self.all[node].1
    }

    /// A tick of those, and a tenth of a second.
    pub(crate) async fn tick(&mut self, nodes: &[usize]) {
        self.clock.advance(SignedDuration::from_millis(100));
        for node in nodes {
            self.all[*node].0.tick().await.unwrap();
        }
    }

    pub(crate) async fn ticks(&mut self, count: usize, nodes: &[usize]) {
        for _ in 0..count {
            self.tick(nodes).await;
        }
    }

    pub(crate) fn ticket(&mut self, node: usize) -> Option<Ticket> {
        self.random = self.random.wrapping_add(1);
        let random = self.random;
        self.gate(node).try_issue(|| [random; 16]).unwrap()
    }

    pub(crate) fn number(&self, node: usize, ticket: Ticket) -> Option<u64> {
        self.gate(node).settle(ticket).place_number
    }
}

#[tokio::test]
async fn every_node_knows_the_place_of_every_ticket_and_publishes_the_same_bytes() {
    let mut nodes = Nodes::new(3, MemoryLine::default());
    let all = [0, 1, 2];
    nodes.ticks(3, &all).await;
    let mut tickets = Vec::new();
    for round in 0..10 {
        for node in all {
            tickets.extend((0..round % 4).map(|_| nodes.ticket(node).expect("there is room")));
        }
        nodes.ticks(10, &all).await;
    }
    nodes.ticks(20, &all).await;
    let mut numbers = BTreeSet::new();
    for ticket in &tickets {
        let known = all.map(|node| nodes.number(node, *ticket));
        assert!(known[0].is_some() && known.iter().all(|number| *number == known[0]), "{known:?}");
        assert!(numbers.insert(known[0]));
    }
    assert_eq!(numbers.last(), Some(&Some(tickets.len() as u64 - 1)), "no gap: all of them live");
    let published = all.map(|node| nodes.gate(node).published().gate_document.text().to_vec());
    assert!(published[0] == published[1] && published[1] == published[2]);
}

#[tokio::test]
async fn a_node_whose_clock_is_an_hour_off_knows_that_the_line_lives_and_when_it_does_not() {
    for hours in [-1, 1] {
        let mut nodes = Nodes::new(1, MemoryLine::default());
        let off = Arc::new(MockClock::at(nodes.clock.now() + SignedDuration::from_hours(hours)));
        let mut keeper = keeper_on(&nodes.line, None, &off, &Arc::new(test_keys()), 10);
        for _ in 0..200 {
            nodes.tick(&[0]).await;
            off.advance(SignedDuration::from_millis(100));
            keeper.tick().await.unwrap();
        }
        assert!(keeper.gate().published_for().as_secs() < 2, "{hours} h");
        off.advance(SignedDuration::from_secs(20));
        assert!(keeper.gate().published_for().as_secs() >= 20, "{hours} h");
    }
}

#[tokio::test]
async fn when_the_leader_stops_another_goes_on_and_one_that_wakes_gives_nothing() {
    let mut nodes = Nodes::new(3, MemoryLine::default());
    nodes.ticks(3, &[0, 1, 2]).await;
    let before = nodes.ticket(0).expect("there is room");
    nodes.ticks(20, &[0, 1, 2]).await;
    let early = nodes.number(1, before).expect("it is settled");
    let asleep = nodes.ticket(0).expect("there is room");
    let other = nodes.ticket(1).expect("there is room");
    nodes.ticks(25, &[1, 2]).await;
    assert_eq!(nodes.ticket(0), None, "it may be taken for dead");
    nodes.ticks(30, &[1, 2]).await;
    let settled =
        [asleep, other].map(|ticket| nodes.number(1, ticket).expect("nobody is stalled by the dead"));
    assert_eq!(nodes.ticket(0), None);
    nodes.ticks(2, &[0, 1, 2]).await;
    let after = nodes.ticket(0).expect("it has joined again");
    assert_ne!(after.node.incarnation, asleep.node.incarnation);
    nodes.ticks(20, &[0, 1, 2]).await;
    for node in [0, 1, 2] {
        assert_eq!(nodes.number(node, before), Some(early));
        assert_eq!([asleep, other].map(|ticket| nodes.number(node, ticket).unwrap()), settled);
        assert!(nodes.number(node, after).is_some_and(|number| number > settled[0].max(settled[1])));
    }
}

#[tokio::test]
async fn without_news_of_the_ledger_nobody_is_called_and_with_them_the_line_goes_on() {
    let mut nodes = Nodes::new(2, MemoryLine::default());
    nodes.ticks(3, &[0, 1]).await;
    let ticket = nodes.ticket(1).expect("there is room");
    nodes.clock.advance(SignedDuration::from_mins(10));
    nodes.ticks(20, &[0, 1]).await;
    assert!(matches!(nodes.gate(1).place(&ticket), Place::Called { .. }));
    nodes.ticks(60, &[1]).await;
    assert_eq!(nodes.gate(1).published().phase.code(), "trouble");
    let waiting = nodes.ticket(1).expect("the line is open");
    nodes.ticks(30, &[1]).await;
    assert!(matches!(nodes.gate(1).place(&waiting), Place::Settled { .. }), "its place is kept");
    nodes.ticks(40, &[0, 1]).await;
    assert_eq!(nodes.gate(1).published().phase.code(), "open");
    assert!(matches!(nodes.gate(1).place(&waiting), Place::Called { .. }));
}

/// Nodes stop, wake, die and join by chance while people come. Returns how many tickets changed their number, shared it
/// with another, were called out of order, or never got one.
async fn faults(seed: u64, line: MemoryLine) -> (u64, u64) {
    println!("seed {seed}");
    let mut chance = Chance::seeded(seed);
    let mut nodes = Nodes::new(4, line);
    nodes.ticks(3, &[0, 1, 2, 3]).await;
    let mut stopped = [0_u64; 4];
    let mut known: Vec<(Ticket, Option<u64>)> = Vec::new();
    let (mut faults, mut serving) = (0, 0);
    for _ in 0..600 {
        for (node, left) in stopped.iter_mut().enumerate() {
            *left =
                if *left == 0 && chance.percent(1) { 5 + chance.below(80) } else { left.saturating_sub(1) };
            // A process that was stopped gives what it has before its keeper ticks.
            if chance.percent(60) {
                known.extend(nodes.ticket(node).map(|ticket| (ticket, None)));
            }
        }
        let awake: Vec<usize> = (0..4).filter(|node| stopped[*node] == 0).collect();
        nodes.tick(&awake).await;
        for node in awake {
            let now = nodes.gate(node).serving_number();
            faults += u64::from(nodes.gate(node).published().facts().document.serving_number > now);
            serving = now.max(serving);
            for (ticket, before) in &mut known {
                let number = nodes.number(node, *ticket);
                faults += u64::from(number.is_some() && before.is_some() && number != *before);
                *before = before.or(number);
            }
        }
    }
    nodes.ticks(100, &[0, 1, 2, 3]).await;
    let numbers: BTreeSet<_> = known.iter().filter_map(|(ticket, _)| nodes.number(0, *ticket)).collect();
    faults += (known.len() - numbers.len()) as u64;
    (faults, known.len() as u64)
}

#[tokio::test]
async fn however_nodes_stop_and_wake_no_number_changes_and_none_is_given_twice() {
    let (mut runs, mut violations, mut caught) = (0, 0, 0);
    for seed in 0..6 {
        let (faults_found, tickets) = faults(seed, MemoryLine::default()).await;
        violations += faults_found;
        runs += tickets;
    }
    for seed in 0..6 {
        caught += faults(seed, MemoryLine::forgetting_fences()).await.0;
    }
    Figure {
        promise: "C1",
        test: "four nodes",
        runs,
        of: "tickets",
        violations,
        saboteur: "a fenced node goes on",
        caught,
        more: "seeds 0 to 5".to_owned(),
    }
    .tell();
}

#[tokio::test]
async fn who_leaves_in_good_order_leaves_no_gap() {
    let mut nodes = Nodes::new(2, MemoryLine::default());
    nodes.ticks(3, &[0, 1]).await;
    let last = nodes.ticket(0).expect("there is room");
    let (leaving, gate) = nodes.all.remove(0);
    leaving.run(std::future::ready(())).await;
    assert_eq!(gate.try_issue(|| [0; 16]), Ok(None));
    nodes.ticks(3, &[0]).await;
    let next = nodes.ticket(0).expect("the line goes on");
    nodes.ticks(20, &[0]).await;
    let settled = nodes.number(0, last).expect("it is settled");
    assert_eq!(nodes.number(0, next), Some(settled + 1));
    assert!(nodes.clock.now() < world::opens_at());
}

/// The clock on the wall of one machine, which somebody sets; what runs is not moved by it.
struct WallClock {
    running: Arc<MockClock>,
    set_by_minutes: AtomicI64,
}

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        self.running.now() + SignedDuration::from_mins(self.set_by_minutes.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        self.running.elapsed()
    }
}

#[tokio::test]
async fn a_wall_clock_that_is_set_neither_stops_the_line_nor_makes_it_jump() {
    let mut nodes = Nodes::new(0, MemoryLine::default());
    let running = Arc::clone(&nodes.clock);
    let wall = Arc::new(WallClock { running: Arc::clone(&running), set_by_minutes: AtomicI64::new(0) });
    let keeper = keeper_on(&nodes.line, Some(Arc::clone(&nodes.ledger)), &wall, &Arc::new(test_keys()), 10);
    let gate = keeper.gate();
    nodes.all.push((keeper, Arc::clone(&gate)));
    for _ in 0..5 {
        nodes.ticks(20, &[0]).await;
        (0..20).for_each(|_| assert!(nodes.ticket(0).is_some()));
    }
    nodes.ticks(20, &[0]).await;
    running.advance(SignedDuration::from_mins(10));
    nodes.ticks(15, &[0]).await;
    for minutes in [-9, 20] {
        while gate.take_exchange(0).is_ok() {}
        wall.set_by_minutes.store(minutes, Ordering::SeqCst);
        let called = gate.serving_number();
        assert!(called > 0, "it is open");
        assert!(gate.take_exchange(0).is_err(), "no time has run");
        nodes.ticks(20, &[0]).await;
        assert_eq!(gate.serving_number(), called + 20, "two seconds, {minutes} min off");
        assert!(gate.take_exchange(0).is_ok(), "{minutes} min off");
        let more = nodes.ticket(0).expect("there is room");
        nodes.ticks(20, &[0]).await;
        assert!(nodes.number(0, more).is_some(), "its bucket was closed, {minutes} min off");
    }
}
