//! How many bookings a second the embedded store keeps, beside a bare append and fdatasync on the same disk in the
//! same run. `cargo run --release -p store-sqlite --example ledger_rate [FOLDER]`

use booking::{ClinicId, Outcome, PersonAlias, PersonId, RequestKey, SlotId, TicketRef};
use jiff::civil::date;
use std::cell::Cell;
use std::error::Error;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use store::conformance::world;
use store::{Admit, Command, Keyed, MockClock, Request, Store as _};
use store_sqlite::{SqliteStore, StoreLimits};
use tokio::runtime::Builder;
use tokio::task::LocalSet;

const IN_FLIGHT: [u64; 4] = [1, 64, 128, 256];
const BOOKINGS: u64 = 60_000;
/// Alone, each command waits for its own fsync.
const BOOKINGS_ALONE: u64 = 2_000;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let parent = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    for in_flight in IN_FLIGHT {
        let folder = parent.join(format!("ledger-rate-{}-{in_flight}", std::process::id()));
        measure(&folder, in_flight)?;
        fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

fn measure(folder: &Path, in_flight: u64) -> Result<(), Failure> {
    let bookings = if in_flight == 1 { BOOKINGS_ALONE } else { BOOKINGS };
    let store = open(folder)?;
    let open_doors = Command::Open { campaign: world::CAMPAIGN };
    runtime()?.block_on(ask(&store, None, open_doors));
    everybody(store, 1_024, bookings, Step::ComeIn)?;
    let before = Journal::of(folder)?;
    let took = everybody(open(folder)?, in_flight, bookings, Step::Book)?;
    let after = Journal::of(folder)?;

    let commands = bookings * 2;
    let (rows, bytes) = (after.rows - before.rows, after.bytes - before.bytes);
    let bare = bare_log(folder, rows, bytes)?;
    let replay = timed(|| open(folder).map(drop))?;
    let rate = |count: u64, took: Duration| count as f64 / took.as_secs_f64();
    println!(
        "{in_flight:3} in flight: {:6.0} bookings/s ({:.0} commands/s, {:.0} commands and {} bytes a fsync); \
         bare log of the same writes {:.0} commands/s: {:.0} %",
        rate(bookings, took),
        rate(commands, took),
        commands as f64 / rows as f64,
        bytes / rows,
        rate(commands, bare),
        100.0 * bare.as_secs_f64() / took.as_secs_f64(),
    );
    println!(
        "               start: {} rows, {:.1} MB, {:.0} ms; {:.0} rows/s, {:.0} bookings/s",
        after.rows,
        after.bytes as f64 / 1e6,
        replay.as_secs_f64() * 1e3,
        rate(after.rows, replay),
        rate(bookings, replay),
    );
    Ok(())
}

fn open(folder: &Path) -> Result<SqliteStore, Failure> {
    let country = Arc::new(world::roomy_country(1_000_000));
    let clock = Arc::new(MockClock::at(world::opens_at()));
    Ok(SqliteStore::open(folder, country, clock, StoreLimits::default())?)
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(Builder::new_current_thread().build()?)
}

#[derive(Debug, Clone, Copy)]
enum Step {
    ComeIn,
    Book,
}

/// So many people at a time, each after the other's answer; the time until the last has been answered.
fn everybody(store: SqliteStore, in_flight: u64, people: u64, step: Step) -> Result<Duration, Failure> {
    let store = Rc::new(store);
    let next = Rc::new(Cell::new(0));
    let tasks = LocalSet::new();
    for _ in 0..in_flight {
        let (store, next) = (Rc::clone(&store), Rc::clone(&next));
        tasks.spawn_local(async move {
            while next.get() < people {
                next.set(next.get() + 1);
                match step {
                    Step::ComeIn => come_in(&store, next.get()).await,
                    Step::Book => book(&store, next.get()).await,
                }
            }
        });
    }
    let runtime = runtime()?;
    timed(|| {
        runtime.block_on(tasks);
        Ok(())
    })
}

async fn ask(store: &SqliteStore, keyed: Option<Keyed>, command: Command) -> Outcome {
    let answer = store.execute(Request { keyed, command }).await;
    answer.expect("the disk is well").expect("there is room for everybody")
}

async fn come_in(store: &SqliteStore, number: u64) {
    let alias = PersonAlias(wide(number));
    ask(store, None, Command::Register { aliases: vec![alias], sealed: vec![0; 96] }).await;
    let mut ticket = [0; 16];
    ticket[..8].copy_from_slice(&number.to_be_bytes());
    let admit = Admit {
        campaign: world::CAMPAIGN,
        person: PersonId(number),
        candidate: world::ELIGIBLE,
        ticket: TicketRef(ticket),
        queue_number: number,
    };
    ask(store, None, Command::Admit(admit)).await;
}

async fn book(store: &SqliteStore, number: u64) {
    let person = PersonId(number);
    let keyed = |half: u64| Some(Keyed { key: RequestKey(wide(number * 2 + half)), body: [7; 32] });
    let slot = SlotId {
        clinic: ClinicId(1 + number as u32 % 6),
        visit_on: date(2027, 7, 26),
        starts_min: 540 + 30 * (number % 3) as u16,
    };
    let hold = Command::Hold(store::TakePlaces::for_oneself(world::CAMPAIGN, person, slot));
    let Outcome::Held { id, .. } = ask(store, keyed(0), hold).await else {
        unreachable!("a hold is answered with a hold")
    };
    ask(store, keyed(1), Command::Confirm { booker: person, hold: id }).await;
}

fn wide(number: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    bytes
}

struct Journal {
    rows: u64,
    bytes: u64,
}

impl Journal {
    fn of(folder: &Path) -> Result<Self, Failure> {
        let journal = rusqlite::Connection::open(folder.join("journal.db"))?;
        let sums = "SELECT count(*), sum(length(body)) FROM journal";
        let sums: (i64, i64) = journal.query_row(sums, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Self { rows: sums.0.cast_unsigned(), bytes: sums.1.cast_unsigned() })
    }
}

/// As many writes of the same size, each made durable.
fn bare_log(folder: &Path, writes: u64, bytes: u64) -> Result<Duration, Failure> {
    let mut log = File::create(folder.join("bare.log"))?;
    let body = vec![0x5a; (bytes / writes) as usize];
    timed(|| {
        for _ in 0..writes {
            log.write_all(&body)?;
            log.sync_data()?;
        }
        Ok(())
    })
}

#[expect(clippy::disallowed_methods, reason = "a measurement is about real time")]
fn timed(work: impl FnOnce() -> Result<(), Failure>) -> Result<Duration, Failure> {
    let start = std::time::Instant::now();
    work()?;
    Ok(start.elapsed())
}
