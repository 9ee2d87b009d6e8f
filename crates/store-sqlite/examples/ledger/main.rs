//! The ledger's speed beside its references; `cargo xtask bench ledger` runs it and judges the figures.
//!
//! `pairs`: holds and confirmations through `Store::execute`, from one thread with a runtime as the service has it.
//! `log`: the bare log, as many bytes a write made durable by `fdatasync`. `rows`: the same decisions on rows.
//! `memory`: the decisions alone, in one thread, nothing written. `everybody`: each of them books once. `start`:
//! opens the folder of an earlier run. `steady`: so many pairs a second for a while, and how far the views are behind.
//! Figures are printed one a line, name and number.

mod country;
mod crowd;
mod figures;
mod memory;
mod rows;
mod rows_kept;
mod steady;
mod usage;

use crowd::{Load, RunningClock, Step, now};
use figures::Figures;
use rows::Rows;
use std::fs::File;
use std::io::Write as _;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{BOUNDS_US, Clock, Command, Measured, Request, Store as _};
use store_sqlite::{Spent, SqliteStore, StoreLimits};

const BATCH: u64 = 1_024;
/// One batch is decided while another is written, and the people of a third read their answers and ask again.
const IN_FLIGHT: u64 = 3 * BATCH;
const FOR_EVER: Duration = Duration::from_hours(1);

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["pairs", folder, people, seconds] => {
            pairs(Path::new(folder), people.parse()?, of(seconds)?, country::CAMPAIGNS)
        }
        ["everybody", folder, people] => pairs(Path::new(folder), people.parse()?, FOR_EVER, 1),
        ["steady", folder, per_second, seconds] => {
            steady::run(Path::new(folder), per_second.parse()?, seconds.parse()?)
        }
        ["log", folder, bytes, seconds] => log(Path::new(folder), bytes.parse()?, of(seconds)?),
        ["start", folder] => start(Path::new(folder)),
        ["memory", people] => {
            memory::run(people.parse()?);
            Ok(())
        }
        ["rows", folder, people, seconds] => rows(Path::new(folder), people.parse()?, of(seconds)?),
        _ => {
            Err("pairs FOLDER PEOPLE SECONDS | everybody FOLDER PEOPLE | start FOLDER | steady FOLDER PER_SECOND SECONDS | memory PEOPLE | log FOLDER BYTES SECONDS | rows FOLDER PEOPLE SECONDS".into())
        }
    }
}

fn of(seconds: &str) -> Result<Duration, Failure> {
    Ok(Duration::from_secs(seconds.parse()?))
}

fn say(name: &str, figure: f64) {
    println!("{name} {figure}");
}

/// Everybody books in one campaign after the other, until time is up; in between, untimed, they come in.
fn pairs(folder: &Path, people: u64, seconds: Duration, campaigns: u16) -> Result<(), Failure> {
    let store = open(folder)?;
    let load =
        Load { step: Step::Register, in_flight: 2 * IN_FLIGHT, first: 0, count: people, at_most: FOR_EVER };
    crowd::run(&store, load, &mut Figures::new());
    let (before, commits_before) = (store.spent().collect::<Vec<_>>(), commits(&store));
    let mut figures = Figures::new();
    let mut used = usage::Usage::default();
    let mut booked_in = Vec::new();
    for campaign in 0..u64::from(campaigns) {
        let first = campaign * country::PEOPLE;
        crowd::run(&store, Load { step: Step::Admit, first, ..load }, &mut Figures::new());
        let (before, first_row) = (usage::Usage::now(), last_row(&store) + 1);
        let at_most = seconds.saturating_sub(figures.took);
        let load = Load { step: Step::Book, first, in_flight: IN_FLIGHT, at_most, ..load };
        crowd::run(&store, load, &mut figures);
        used.add_since(&before);
        booked_in.push(first_row..=last_row(&store));
        if figures.took >= seconds {
            break;
        }
    }
    figures.say();
    used.say(figures.pairs);
    say_spent(&before, &store);
    say_commits(&commits_before, &commits(&store));
    say("resident_bytes", usage::resident_bytes() as f64);
    let before = usage::of_the_process();
    say("views_caught_up_seconds", caught_up(&store).as_secs_f64());
    let catching_up = usage::of_the_process().saturating_sub(before);
    say("microseconds_of_catching_up", catching_up.as_secs_f64() * 1e6 / figures.pairs as f64);
    drop(store);
    for name in ["journal.db", "views.db"] {
        say(&format!("bytes_of_{name}"), std::fs::metadata(folder.join(name))?.len() as f64);
    }
    say_journal(folder, &booked_in)
}

/// Where the time of the batches went: coming in included from the second campaign on.
fn say_spent(before: &[(&str, Spent)], store: &SqliteStore) {
    for ((phase, spent), (_, before)) in store.spent().zip(before) {
        say(&format!("{phase}_times"), (spent.times - before.times) as f64);
        say(&format!("{phase}_seconds"), spent.took.saturating_sub(before.took).as_secs_f64());
        say(&format!("{phase}_longest_ms"), spent.longest.as_secs_f64() * 1_000.0);
    }
}

/// Handed to the journal until known to be durable.
fn commits(store: &SqliteStore) -> Measured {
    store.writing().expect("this store has a writer").commits
}

fn say_commits(before: &Measured, after: &Measured) {
    let count = (after.count() - before.count()) as f64;
    let within = |bound: usize| (after.within[bound] - before.within[bound]) as f64 / count;
    say("commit_mean_ms", (after.total_us - before.total_us) as f64 / count / 1_000.0);
    let reached = BOUNDS_US.iter().zip(0..).find(|(_, bound)| within(*bound) >= 0.99);
    say("commit_p99_ms_at_most", reached.map_or(f64::INFINITY, |(bound_us, _)| *bound_us as f64 / 1_000.0));
    for (bound_us, bound) in BOUNDS_US.iter().zip(0..) {
        say(&format!("commits_within_{bound_us}_us"), within(bound));
    }
}

/// From its views or its journal, whichever there is, to the first answer.
fn start(folder: &Path) -> Result<(), Failure> {
    let (start, used) = (now(), usage::of_the_process());
    let store = open(folder)?;
    say("start_seconds", (now() - start).as_secs_f64());
    say("start_processor_seconds", usage::of_the_process().saturating_sub(used).as_secs_f64());
    say("resident_bytes", usage::resident_bytes() as f64);
    drop(store);
    Ok(())
}

fn last_row(store: &SqliteStore) -> u64 {
    store.views_lag().expect("this store has views").journal_seq
}

/// How long it takes until the views hold everything.
fn caught_up(store: &SqliteStore) -> Duration {
    let start = now();
    while store.views_lag().is_some_and(|lag| lag.views_seq < lag.journal_seq) && now() - start < FOR_EVER {
        std::thread::sleep(Duration::from_millis(10));
    }
    now() - start
}

/// Of the rows in which people booked.
fn say_journal(folder: &Path, booked_in: &[RangeInclusive<u64>]) -> Result<(), Failure> {
    let journal = rusqlite::Connection::open(folder.join("journal.db"))?;
    let (mut rows, mut bytes) = (0, 0);
    for range in booked_in {
        let sum = "SELECT count(*), coalesce(sum(length(body)), 0) FROM journal WHERE seq BETWEEN ?1 AND ?2";
        let ends = (range.start().cast_signed(), range.end().cast_signed());
        let found: (u32, i64) = journal.query_row(sum, ends, |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows += found.0;
        bytes += found.1;
    }
    say("journal_rows", f64::from(rows));
    say("journal_bytes", bytes as f64);
    Ok(())
}

fn open(folder: &Path) -> Result<Arc<SqliteStore>, Failure> {
    open_at(folder, RunningClock::start())
}

fn open_at(folder: &Path, clock: Arc<dyn Clock>) -> Result<Arc<SqliteStore>, Failure> {
    let country = Arc::new(country::country());
    let limits = StoreLimits { batch_max: BATCH as usize, ..StoreLimits::default() };
    let store = SqliteStore::open(folder, country, clock, limits)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    for campaign in 1..=country::CAMPAIGNS {
        let open = Command::Open { campaign: booking::CampaignId(campaign) };
        runtime.block_on(store.execute(Request::from(open)))?.expect("it is time");
    }
    Ok(Arc::new(store))
}

/// As many bytes as a batch of the ledger has, appended and made durable, again and again.
fn log(folder: &Path, bytes: usize, at_most: Duration) -> Result<(), Failure> {
    let mut log = File::create(folder.join("bare.log"))?;
    let body = vec![0x5a; bytes];
    let (start, mut writes) = (now(), 0_u64);
    while now() - start < at_most {
        log.write_all(&body)?;
        log.sync_data()?;
        writes += 1;
    }
    let took = now() - start;
    say("pairs_per_second", (writes * BATCH / 2) as f64 / took.as_secs_f64());
    say("microseconds_per_write", took.as_secs_f64() * 1e6 / writes as f64);
    Ok(())
}

fn rows(folder: &Path, people: u64, at_most: Duration) -> Result<(), Failure> {
    let mut rows = Rows::new(folder, people)?;
    let (pairs, took) = rows.run(BATCH, people, at_most)?;
    say("pairs_per_second", pairs as f64 / took.as_secs_f64());
    say("pairs", pairs as f64);
    Ok(())
}
