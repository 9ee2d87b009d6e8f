//! Pairs of holds and confirmations through `Store::execute` on PostgreSQL; `cargo xtask bench nodes` runs it beside the
//! naive way and judges the figures.
//!
//! `pairs ADDRESS NODES PEOPLE SECONDS`: so many nodes, each with a thread that asks as the service does, with keys, the
//! journal chained and the guards of the database on. Figures are printed one a line, name and number.

#[path = "../../../store-sqlite/examples/ledger/country.rs"]
mod country;
mod crowd;
#[path = "../../../store-sqlite/examples/ledger/figures.rs"]
mod figures;

use booking::CampaignId;
use crowd::{Load, RunningClock, Step};
use figures::Figures;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use store::{Command, Randomness, Request, Store as _};
use store_postgres::{Address, PostgresStore, StoreLimits};

/// Of each node: as many as fill one batch while another is written.
const IN_FLIGHT: u64 = 2_048;
const FOR_EVER: Duration = Duration::from_hours(1);

type Failure = Box<dyn std::error::Error>;

struct NoPassword;

impl Randomness for NoPassword {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["pairs", address, nodes, people, seconds] => {
            pairs(&Address::parse(address)?, nodes.parse()?, people.parse()?, seconds.parse()?)
        }
        _ => Err("pairs ADDRESS NODES PEOPLE SECONDS".into()),
    }
}

fn say(name: &str, figure: f64) {
    println!("{name} {figure}");
}

fn pairs(address: &Address, nodes: u64, people: u64, seconds: u64) -> Result<(), Failure> {
    let clock = RunningClock::start();
    let country = Arc::new(country::country());
    let open = || {
        let limits = StoreLimits { database_time: false, ..StoreLimits::default() };
        let (country, clock) = (Arc::clone(&country), Arc::clone(&clock));
        PostgresStore::open(address.clone(), country, clock, Arc::new(NoPassword), limits).map(Arc::new)
    };
    let first = open()?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let open_the_doors = Command::Open { campaign: CampaignId(1) };
    runtime.block_on(first.execute(Request::from(open_the_doors)))?.expect("it is time");
    let load =
        Load { step: Step::Register, in_flight: IN_FLIGHT, first: 0, count: people, at_most: FOR_EVER };
    crowd::run(&first, load, &mut Figures::new());
    crowd::run(&first, Load { step: Step::Admit, ..load }, &mut Figures::new());
    let mut stores = vec![first];
    while (stores.len() as u64) < nodes {
        stores.push(open()?);
    }
    let share = people / nodes;
    let figures: Vec<Figures> = thread::scope(|scope| {
        let book = |(number, store)| {
            let (first, at_most) = (number as u64 * share, Duration::from_secs(seconds));
            let load = Load { step: Step::Book, first, count: share, at_most, ..load };
            scope.spawn(move || {
                let mut figures = Figures::new();
                crowd::run(store, load, &mut figures);
                figures
            })
        };
        let threads: Vec<_> = stores.iter().enumerate().map(book).collect();
        threads.into_iter().map(|thread| thread.join().expect("no node panics")).collect()
    });
    let took = figures.iter().map(|figures| figures.took).max().unwrap_or_default();
    let pairs: u64 = figures.iter().map(|figures| figures.pairs).sum();
    figures[0].say();
    say("pairs_of_all_nodes", pairs as f64);
    say("pairs_per_second_of_all_nodes", pairs as f64 / took.as_secs_f64());
    let writing = stores[0].writing().unwrap_or_default();
    say("commands_a_commit", writing.commands as f64 / writing.commits.count() as f64);
    say("milliseconds_a_commit", writing.commits.total_us as f64 / 1e3 / writing.commits.count() as f64);
    Ok(())
}
