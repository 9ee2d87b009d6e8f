//! A process of its own that books for ever and tells what was acknowledged: this binary again. Whoever kills it,
//! cuts its power or breaks its disk checks afterwards what it told, from outside.

use crate::batches::{enter, register};
use crate::open;
use booking::{AppointmentId, ClinicId, Outcome, PersonId, SlotId};
use jiff::civil::date;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;
use store::conformance::{invariants, world};
use store::{Command, MockClock, Store as _, StoreError, TakePlaces};
use store_sqlite::{Sabotage, SqliteStore, StoreLimits};
use tokio::runtime::{Builder, Runtime};

const THREADS: u64 = 4;
const CAPACITY: u32 = 1_000_000;
/// Checkpoints come often, so that they are hit.
const CHECKPOINT_BYTES: u64 = 256 << 10;

/// What it is told through its environment.
pub(crate) const FOLDER: &str = "CHARYE_BOOKER_FOLDER";
pub(crate) const SABOTAGE: &str = "CHARYE_BOOKER_SABOTAGE";
/// So many appointments, then a soft end; without it, for ever.
pub(crate) const BOOKINGS: &str = "CHARYE_BOOKER_BOOKINGS";
/// A file with the lines it told, to be compared with the folder.
const TOLD: &str = "CHARYE_BOOKER_TOLD";

/// What was acknowledged: the number, and whose it is.
pub(crate) type Told = (AppointmentId, PersonId);

/// In an ordinary run there is nothing to do.
#[test]
fn target() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let bookings = told_number(BOOKINGS).unwrap_or(u64::MAX);
    let store = open_for_booking(Path::new(&folder), sabotage()).unwrap();
    let runtime = Builder::new_current_thread().build().unwrap();
    let open = Command::Open { campaign: world::CAMPAIGN };
    // Without room or with a sick disk there is nothing to open; whoever looks sees it by the lines that are missing.
    let Ok(opened) = runtime.block_on(store.execute(open.into())) else { return };
    opened.unwrap();
    let first = store.ledger().appointments().count() as u64 * THREADS;
    let next = AtomicU64::new(first);
    let last = first.saturating_add(bookings);
    let has_failed = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| book_until(last, &store, &next, &has_failed));
        }
    });
}

/// The check, for those who watch from outside of this binary.
#[test]
fn check() {
    let (Some(folder), Some(told)) = (std::env::var_os(FOLDER), std::env::var_os(TOLD)) else { return };
    let told = std::fs::read_to_string(told).unwrap();
    let told: Vec<Told> = told.lines().filter_map(parse).collect();
    println!("acknowledged {} lost {}", told.len(), count_lost(Path::new(&folder), &told));
}

fn told_number(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_str()?.parse().ok()
}

fn sabotage() -> Sabotage {
    let told = std::env::var_os(SABOTAGE).unwrap_or_default();
    let all = [
        Sabotage::None,
        Sabotage::AcknowledgeFirst,
        Sabotage::SkipTheChain,
        Sabotage::SynchronousNormal,
        Sabotage::TryAgain,
    ];
    let found = all.into_iter().find(|one| *format!("{one:?}") == told);
    found.unwrap_or_default()
}

fn open_for_booking(folder: &Path, sabotage: Sabotage) -> Result<SqliteStore, StoreError> {
    let country = Arc::new(world::roomy_country(CAPACITY));
    let clock = Arc::new(MockClock::at(world::opens_at()));
    let often = StoreLimits {
        checkpoint_bytes: 1,
        checkpoint_bytes_max: CHECKPOINT_BYTES,
        project_every: Duration::ZERO,
        sabotage,
        ..StoreLimits::default()
    };
    open(folder, &country, &clock, often)
}

fn book_until(last: u64, store: &SqliteStore, next: &AtomicU64, has_failed: &AtomicBool) {
    let runtime = Builder::new_current_thread().build().unwrap();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= last {
            return;
        }
        let had_failed = has_failed.load(Ordering::Acquire);
        match book(store, &runtime, number) {
            Ok(Some(_)) if had_failed => tell("lied\n"),
            Ok(Some((id, person))) => tell(&format!("booked {} {}\n", id.0, person.0)),
            Ok(None) => {}
            // It goes on asking: an answer after a failure would be a lie.
            Err(_) => {
                has_failed.store(true, Ordering::Release);
                tell("failed\n");
            }
        }
    }
}

fn tell(line: &str) {
    // The reader may have gone, with everything it wanted to know.
    if std::io::stdout().lock().write_all(line.as_bytes()).is_err() {
        std::process::exit(0);
    }
}

/// None for a number that an earlier life has used.
fn book(store: &SqliteStore, runtime: &Runtime, number: u64) -> Result<Option<Told>, StoreError> {
    let ask = |command: Command| runtime.block_on(store.execute(command.into()));
    let Ok(Outcome::Registered(person)) = ask(register(number))? else {
        panic!("registering cannot be refused")
    };
    ask(enter(person))?.expect("the doors are open");
    let slot =
        SlotId { clinic: ClinicId(1 + number as u32 % 6), visit_on: date(2027, 7, 26), starts_min: 540 };
    let wanted = TakePlaces::for_oneself(world::CAMPAIGN, person, slot);
    let Ok(Outcome::Held { id, .. }) = ask(Command::Hold(wanted))? else { return Ok(None) };
    let Ok(Outcome::Booked(booked)) = ask(Command::Confirm { booker: person, hold: id })? else {
        panic!("a live hold is confirmed")
    };
    Ok(Some((booked[0].0, person)))
}

pub(crate) fn spawn(folder: &Path, environment: &[(&str, String)]) -> Child {
    let binary = std::env::current_exe().expect("this binary has a path");
    spawn_under(&mut Process::new(binary), folder, environment)
}

/// Started by whatever `process` is, which takes the arguments of this binary last.
pub(crate) fn spawn_under(process: &mut Process, folder: &Path, environment: &[(&str, String)]) -> Child {
    process.args(["booker::target", "--exact", "--nocapture"]).env(FOLDER, folder);
    process.envs(environment.iter().map(|(name, value)| (name, value)));
    process.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the booker starts")
}

pub(crate) fn parse(line: &str) -> Option<Told> {
    let (id, person) = line.strip_prefix("booked ")?.split_once(' ')?;
    Some((AppointmentId(id.parse().ok()?), PersonId(person.parse().ok()?)))
}

/// How many are not there; and the state must be one that can be.
pub(crate) fn count_lost(folder: &Path, told: &[Told]) -> u64 {
    let store = open_for_booking(folder, Sabotage::None).unwrap();
    let ledger = store.ledger();
    invariants::check(ledger.country(), &ledger).unwrap();
    let is_there =
        |(id, person): &Told| ledger.appointment(*id).is_some_and(|found| found.place.recipient == *person);
    told.iter().filter(|one| !is_there(one)).count() as u64
}
