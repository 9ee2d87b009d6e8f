//! Everybody booked, and then a restart; and how far the views lag at a steady rate.
//!
//! `book FOLDER PEOPLE`: all of them come in and book; then the views catch up. `start FOLDER`: a start of what is in the
//! folder, up to the first booking. `lag FOLDER PAIRS_PER_SECOND SECONDS`: bookings at that rate, the lag looked at all the
//! time. Figures are printed one a line, name and number.

#[path = "../ledger/country.rs"]
mod country;
mod crowd;

use booking::{CampaignId, Outcome};
use crowd::{Clock, Crowd, now};
use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use store::{Command, Request, Store as _};
use store_sqlite::{SqliteStore, StoreLimits};

const CAMPAIGN: CampaignId = CampaignId(1);
const IN_FLIGHT: u64 = 1_024;
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["book", folder, people] => book(Path::new(folder), people.parse()?),
        ["start", folder] => start(Path::new(folder)),
        ["lag", folder, rate, seconds] => lag(Path::new(folder), rate.parse()?, seconds.parse()?),
        _ => Err("book FOLDER PEOPLE | start FOLDER | lag FOLDER PAIRS_PER_SECOND SECONDS".into()),
    }
}

fn say(name: &str, figure: f64) {
    println!("{name} {figure:.2}");
}

fn open(folder: &Path) -> Result<Arc<SqliteStore>, Failure> {
    let country = Arc::new(country::country());
    let store = SqliteStore::open(folder, country, Arc::new(Clock::start()), StoreLimits::default())?;
    Ok(Arc::new(store))
}

fn ask(store: &SqliteStore, command: Command) -> Result<Outcome, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(runtime.block_on(store.execute(Request::from(command)))?.map_err(|refusal| format!("{refusal:?}"))?)
}

fn book(folder: &Path, people: u64) -> Result<(), Failure> {
    let store = open(folder)?;
    ask(&store, Command::Open { campaign: CAMPAIGN })?;
    let crowd = Crowd { people, in_flight: IN_FLIGHT, rate: None };
    say("come_in_seconds", crowd.come_in(&store).as_secs_f64());
    let cpu_before = cpu_seconds()?;
    let took = crowd.book(&store, &(Rc::new(|| {}) as crowd::Meanwhile));
    say("cpu_microseconds_a_pair", (cpu_seconds()? - cpu_before) * 1e6 / people as f64);
    say("book_seconds", took.as_secs_f64());
    say("pairs_per_second", people as f64 / took.as_secs_f64());
    say("resident_mb", resident_mb()?);
    say("rows_behind", rows_behind(&store));
    let since = now();
    while rows_behind(&store) > 0.0 {
        thread::sleep(BETWEEN_LOOKS);
    }
    say("zero_lag_after_seconds", since.elapsed().as_secs_f64());
    drop(store);
    sizes(folder);
    Ok(())
}

fn start(folder: &Path) -> Result<(), Failure> {
    let since = now();
    let store = open(folder)?;
    say("open_seconds", since.elapsed().as_secs_f64());
    say("open_cpu_seconds", cpu_seconds()?);
    let from_views = store.views_lag().ok_or("there are views")?;
    let one_more = store.ledger().appointments().count() as u64;
    let person = crowd::one_more(&store, one_more);
    say("first_booking_seconds", since.elapsed().as_secs_f64());
    println!("{person:?} booked behind {one_more}");
    say("views_row", from_views.views_seq as f64);
    say("journal_row", from_views.journal_seq as f64);
    say("resident_mb", resident_mb()?);
    while !store.is_proved() && store.is_well() {
        thread::sleep(BETWEEN_LOOKS);
    }
    say("proved_after_seconds", since.elapsed().as_secs_f64());
    while rows_behind(&store) > 0.0 {
        thread::sleep(BETWEEN_LOOKS);
    }
    say("zero_lag_after_seconds", since.elapsed().as_secs_f64());
    drop(store);
    sizes(folder);
    Ok(())
}

fn lag(folder: &Path, rate: u64, seconds: u64) -> Result<(), Failure> {
    let store = open(folder)?;
    ask(&store, Command::Open { campaign: CAMPAIGN })?;
    let people = rate * seconds;
    Crowd { people, in_flight: IN_FLIGHT, rate: None }.come_in(&store);
    while rows_behind(&store) > 0.0 {
        thread::sleep(BETWEEN_LOOKS);
    }
    let looks = Rc::new((Cell::new(now()), RefCell::new(Vec::new())));
    let (look, looked_at) = (Rc::clone(&looks), Arc::clone(&store));
    let took = Crowd { people, in_flight: IN_FLIGHT, rate: Some(rate) }.book(
        &store,
        &(Rc::new(move || {
            if look.0.get().elapsed() > BETWEEN_LOOKS {
                look.0.set(now());
                look.1.borrow_mut().push(lag_seconds(&looked_at));
            }
        }) as crowd::Meanwhile),
    );
    let mut lags = looks.1.take();
    lags.sort_by(f64::total_cmp);
    say("pairs_per_second", people as f64 / took.as_secs_f64());
    say("lag_p50_seconds", lags[lags.len() / 2]);
    say("lag_p99_seconds", lags[lags.len() * 99 / 100]);
    say("lag_max_seconds", lags[lags.len() - 1]);
    let since = now();
    while rows_behind(&store) > 0.0 {
        thread::sleep(BETWEEN_LOOKS);
    }
    say("zero_lag_after_seconds", since.elapsed().as_secs_f64());
    Ok(())
}

fn rows_behind(store: &SqliteStore) -> f64 {
    let lag = store.views_lag().expect("there are views");
    (lag.journal_seq - lag.views_seq) as f64
}

fn lag_seconds(store: &SqliteStore) -> f64 {
    let since = store.views_lag().expect("there are views").waits_since_ms;
    since.map_or(0.0, |since_ms| (crowd::clock_ms() - since_ms) as f64 / 1e3)
}

fn resident_mb() -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<f64>()? / 1024.0)
}

/// Of all threads so far; what a start costs where the machine has other things to do.
fn cpu_seconds() -> Result<f64, Failure> {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(')').ok_or("no name")?.1;
    let ticks = after_name.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS_PER_SECOND)
}

fn sizes(folder: &Path) {
    for name in ["journal.db", "journal.db-wal", "views.db", "views.db-wal"] {
        let bytes = std::fs::metadata(folder.join(name)).map_or(0, |found| found.len());
        say(&format!("{name}_mb"), bytes as f64 / 1e6);
    }
}
