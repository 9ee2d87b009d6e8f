//! People book through any node while nodes are killed, stopped, and cut off from the database, and one has a clock that
//! is an hour fast. Afterwards every node knows what any of them acknowledged, every place in line is what it was told
//! to be, and the journal in the database proves itself: no place given twice, nobody with two appointments.
use super::site::Site;
use crate::card::Figure;
use crate::clock;
use crate::kills::{Told, book, look_until, lost};
use anyhow::{Result, ensure};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

const NODES: usize = 3;
const BOOKERS: usize = 6;
const BLOWS: u32 = 6;
const BLOWS_LONG: u32 = 60;
const SEED: u64 = 20_210_712;
/// Appointments that are told between two blows, at least.
const BOOKED_BETWEEN: usize = 4;
/// Longer than anybody waits for a node that is silent.
const STRUCK_FOR: Duration = Duration::from_millis(3_500);
/// While one node is struck the others go on: somebody books within this time.
const OTHERS_BOOK_WITHIN: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy)]
enum Blow {
    Kill,
    Stop,
    CutOff,
}

const ALL: [Blow; 3] = [Blow::Kill, Blow::Stop, Blow::CutOff];

pub(super) fn run(is_long: bool) -> Result<()> {
    let blows = if is_long { BLOWS_LONG } else { BLOWS };
    println!("seed {SEED}, {blows} blows to one of {NODES} nodes, {BOOKERS} people at a time");
    let mut site = Site::start(NODES)?;
    let is_fast = site.nodes[NODES - 1].set_clock("+1h");
    if is_fast {
        site.nodes[NODES - 1].kill()?;
        site.nodes[NODES - 1].start()?;
    } else {
        println!("SKIPPED: a clock that is an hour off: Debian's package libfaketime is missing");
    }
    let told = Told::default();
    let longest = under_load(&mut site, &told, blows)?;
    let violations = judge(&site, &told)?;
    let stranger = site.on_another_database()?;
    let caught = lost(stranger.port, &told.since(0))?;
    Figure {
        promise: "A1".to_owned(),
        test: "several nodes, killed, stopped, cut off".to_owned(),
        runs: u64::from(blows),
        of: "blows".to_owned(),
        violations: violations as u64,
        saboteur: "a node on another database".to_owned(),
        caught: caught as u64,
        more: format!(
            "{} appointments acknowledged, each found at {NODES} nodes; the others booked again after at most {} ms; \
             {}; seed {SEED}",
            told.count(),
            longest.as_millis(),
            if is_fast { "one clock an hour fast" } else { "no clock was changed" },
        ),
    }
    .tell()
}

/// Nodes of an earlier release are replaced one after another while people book through all of them, the old and the
/// new ones beside each other.
pub(super) fn upgrade(before: PathBuf) -> Result<()> {
    let now = super::site::program()?;
    let mut site = Site::start_with(NODES, Some(before))?;
    let told = Told::default();
    let ports = site.ports();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for booker in 0..BOOKERS {
            let (ports, told, is_over) = (&ports, &told, &is_over);
            scope.spawn(move || {
                for turn in booker.. {
                    if is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    // What a change cut short is unknown: it may have been carried out or not.
                    drop(book(ports[turn % NODES], told));
                }
            });
        }
        let replaced = site.nodes.iter_mut().try_for_each(|node| {
            let goal = told.count() + BOOKED_BETWEEN;
            look_until("people book, whatever the nodes run", || Ok(told.count() >= goal))?;
            node.kill()?;
            node.program.clone_from(&now);
            node.start()
        });
        let goal = told.count() + BOOKED_BETWEEN;
        let done =
            replaced.and_then(|()| look_until("people book at the new ones", || Ok(told.count() >= goal)));
        is_over.store(true, Ordering::Relaxed);
        done
    })?;
    let lost = judge(&site, &told)?;
    ensure!(lost == 0, "{lost} of {} acknowledged appointments are gone", told.count());
    println!(
        "{NODES} nodes replaced one by one; {} appointments acknowledged meanwhile, each found at each node",
        told.count()
    );
    Ok(())
}

/// Answers how long the others took at most to acknowledge something after a node was struck.
fn under_load(site: &mut Site, told: &Told, blows: u32) -> Result<Duration> {
    let (is_over, ports, turn) = (AtomicBool::new(false), site.ports(), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..BOOKERS {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let port = ports[turn.fetch_add(1, Ordering::Relaxed) % NODES];
                    // What a blow cut short is unknown: it may have been carried out or not.
                    drop(book(port, told));
                }
            });
        }
        let mut chance = ChaCha8Rng::seed_from_u64(SEED);
        let mut longest = Duration::ZERO;
        let struck = (0..blows).try_for_each(|number| {
            let goal = told.count() + BOOKED_BETWEEN;
            look_until("people book between two blows", || Ok(told.count() >= goal))?;
            let node = chance.next_u32() as usize % NODES;
            longest = longest.max(strike(site, node, ALL[number as usize % ALL.len()], told)?);
            Ok(())
        });
        is_over.store(true, Ordering::Relaxed);
        struck.map(|()| longest)
    })
}

/// One node, and until it is there again. Answers how long nobody was told anything.
fn strike(site: &mut Site, node: usize, blow: Blow, told: &Told) -> Result<Duration> {
    let begin = clock::now();
    let struck = &mut site.nodes[node];
    match blow {
        Blow::Kill => struck.kill()?,
        Blow::Stop => struck.signal("-STOP")?,
        Blow::CutOff => struck.pull_cable(true)?,
    }
    let before = told.count();
    look_until("the other nodes book", || Ok(told.count() > before))?;
    let took = clock::now() - begin;
    ensure!(took < OTHERS_BOOK_WITHIN, "after {blow:?} of node {node} nobody booked for {took:?}");
    thread::sleep(STRUCK_FOR.saturating_sub(took));
    match blow {
        Blow::Kill => struck.start()?,
        Blow::Stop => struck.signal("-CONT")?,
        Blow::CutOff => struck.pull_cable(false)?,
    }
    struck.wait_until_open()?;
    println!("{blow:?} of node {node}: the others booked again after {} ms", took.as_millis());
    Ok(took)
}

/// How many find at some node that what they were told is not so.
pub(super) fn judge(site: &Site, told: &Told) -> Result<usize> {
    let mut violations = 0;
    for node in &site.nodes {
        node.wait_until_open()?;
        violations += lost(node.port, &told.since(0))?;
        told.same_places(node.port)?;
    }
    let report = site.verified()?;
    let live = report["figures"]["appointments_live"].as_u64().unwrap_or(0) as usize;
    ensure!(live >= told.count(), "{} were told a number, the journal has {live}", told.count());
    Ok(violations)
}
