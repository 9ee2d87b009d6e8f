//! The process is killed at random instants; everything it acknowledged is there.

use crate::batches::{enter, register};
use crate::{Folder, is_long, open};
use booking::{AppointmentId, ClinicId, Outcome, PersonId, SlotId};
use jiff::civil::date;
use std::hint::spin_loop;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use store::conformance::{Chance, invariants, world};
use store::{Command, MockClock, Store as _};
use store_sqlite::{Sabotage, SqliteStore, StoreLimits};
use tokio::runtime::{Builder, Runtime};

const SEED: u64 = 4_104_226_837;
const KILLS: u64 = 25;
const KILLS_LONG: u64 = 1_000;
/// A new folder now and then, so that replays stay short.
const KILLS_A_FOLDER: u64 = 25;
const THREADS: u64 = 4;
const LINES_MAX: u64 = 150;

const FOLDER: &str = "CHARYE_KILL_FOLDER";
const SABOTAGE: &str = "CHARYE_KILL_SABOTAGE";
const CAPACITY: u32 = 1_000_000;

/// The process to be killed: this binary again, told where to book. In an ordinary run there is nothing to do.
#[test]
fn target() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let sabotaged = std::env::var_os(SABOTAGE).is_some();
    let sabotage = if sabotaged { Sabotage::AcknowledgeFirst } else { Sabotage::None };
    let store = open_for_kill(Path::new(&folder), sabotage);
    let runtime = Builder::new_current_thread().build().unwrap();
    let open = Command::Open { campaign: world::CAMPAIGN };
    runtime.block_on(store.execute(open.into())).unwrap().unwrap();
    let first = store.ledger().appointments().count() as u64 * THREADS;
    let next = AtomicU64::new(first);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| book_for_ever(&store, &next));
        }
    });
}

fn open_for_kill(folder: &Path, sabotage: Sabotage) -> SqliteStore {
    let country = Arc::new(world::roomy_country(CAPACITY));
    let clock = Arc::new(MockClock::at(world::opens_at()));
    open(folder, &country, &clock, StoreLimits { sabotage, ..StoreLimits::default() }).unwrap()
}

fn book_for_ever(store: &SqliteStore, next: &AtomicU64) {
    let runtime = Builder::new_current_thread().build().unwrap();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if let Some((id, person)) = book(store, &runtime, number) {
            let line = format!("booked {} {}\n", id.0, person.0);
            std::io::stdout().lock().write_all(line.as_bytes()).expect("the reader is there to the end");
        }
    }
}

/// None for a number that an earlier life has used.
fn book(store: &SqliteStore, runtime: &Runtime, number: u64) -> Option<(AppointmentId, PersonId)> {
    let ask = |command: Command| runtime.block_on(store.execute(command.into())).expect("the disk is well");
    let Ok(Outcome::Registered(person)) = ask(register(number)) else {
        panic!("registering cannot be refused")
    };
    ask(enter(person)).expect("the doors are open");
    let slot =
        SlotId { clinic: ClinicId(1 + number as u32 % 6), visit_on: date(2027, 7, 26), starts_min: 540 };
    let Ok(Outcome::Held { id, .. }) =
        ask(Command::Hold(store::TakePlaces::for_oneself(world::CAMPAIGN, person, slot)))
    else {
        return None;
    };
    let Ok(Outcome::Booked(booked)) = ask(Command::Confirm { booker: person, hold: id }) else {
        panic!("a live hold is confirmed")
    };
    Some((booked[0].0, person))
}

/// What the target printed before it died.
fn kill_once(folder: &Path, chance: &mut Chance, sabotaged: bool) -> Vec<(AppointmentId, PersonId)> {
    let mut child = spawn(folder, sabotaged);
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
    let wanted = if chance.percent(10) { 0 } else { chance.below(LINES_MAX) };
    let mut booked = Vec::new();
    while (booked.len() as u64) < wanted
        && let Some(line) = lines.next()
    {
        booked.extend(parse(&line));
    }
    // Right after a line, or somewhere in the start and the replay.
    let spins_max = if wanted == 0 { 2_000_000 } else { 200_000 };
    for _ in 0..chance.below(spins_max) {
        spin_loop();
    }
    child.kill().expect("it is ours");
    child.wait().expect("it is ours");
    booked.extend(lines.filter_map(|line| parse(&line)));
    booked
}

fn spawn(folder: &Path, sabotaged: bool) -> Child {
    let mut process = Process::new(std::env::current_exe().expect("this binary has a path"));
    process.args(["kill::target", "--exact", "--nocapture"]).env(FOLDER, folder);
    if sabotaged {
        process.env(SABOTAGE, "1");
    }
    process.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("this binary starts")
}

fn parse(line: &str) -> Option<(AppointmentId, PersonId)> {
    let (id, person) = line.strip_prefix("booked ")?.split_once(' ')?;
    Some((AppointmentId(id.parse().ok()?), PersonId(person.parse().ok()?)))
}

#[derive(Debug, Default)]
struct Found {
    kills: u64,
    acknowledged: u64,
    lost: u64,
}

fn kill_often(kills: u64, sabotaged: bool) -> Found {
    let mut chance = Chance::seeded(SEED);
    let mut found = Found::default();
    while found.kills < kills {
        let folder = Folder::new();
        let mut acknowledged = Vec::new();
        for _ in 0..KILLS_A_FOLDER.min(kills - found.kills) {
            acknowledged.extend(kill_once(&folder.0, &mut chance, sabotaged));
            found.kills += 1;
            let lost = count_lost(&folder.0, &acknowledged);
            found.lost += lost;
            if lost > 0 {
                break;
            }
        }
        found.acknowledged += acknowledged.len() as u64;
    }
    found
}

fn count_lost(folder: &Path, acknowledged: &[(AppointmentId, PersonId)]) -> u64 {
    let store = open_for_kill(folder, Sabotage::None);
    let ledger = store.ledger();
    invariants::check(ledger.country(), &ledger).unwrap();
    let is_there = |(id, person): &(AppointmentId, PersonId)| {
        ledger.appointment(*id).is_some_and(|found| found.place.recipient == *person)
    };
    acknowledged.iter().filter(|one| !is_there(one)).count() as u64
}

#[test]
fn what_was_acknowledged_survives_the_kill() {
    let kills = if is_long() { KILLS_LONG } else { KILLS };
    let found = kill_often(kills, false);
    println!("seed {SEED}: {found:?}");
    assert_eq!(found.lost, 0);
    assert!(found.acknowledged > found.kills * 10, "hardly anything was at stake");
}

#[test]
fn a_store_that_acknowledges_first_is_caught() {
    let found = kill_often(KILLS, true);
    println!("saboteur, seed {SEED}: {found:?}");
    assert!(found.lost > 0);
}
