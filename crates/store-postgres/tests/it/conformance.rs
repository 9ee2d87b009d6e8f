use crate::cluster::{Cluster, Fsync};
use crate::{Postgres, is_long};
use booking::Country;
use std::sync::{Arc, RwLockReadGuard};
use store::conformance::{Subject, cases, simulation};
use store::{Ledger, MemoryStore, MockClock, Store};

const SEEDS: u64 = 6;
const SEEDS_LONG: u64 = 1_000;

struct Memory(MemoryStore);

impl Subject for Memory {
    fn store(&self) -> &dyn Store {
        &self.0
    }

    fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.0.ledger()
    }

    fn reopen(&mut self) {}
}

fn memory(country: Arc<Country>, clock: Arc<MockClock>) -> Box<dyn Subject> {
    Box::new(Memory(MemoryStore::new(country, clock)))
}

#[test]
fn the_cases_are_answered_as_told() {
    let Some(cluster) = Cluster::start(Fsync::Off) else { return };
    cases::run(&mut |country, clock| Box::new(Postgres::new(&cluster, country, clock)));
}

#[test]
fn the_cases_are_answered_as_told_through_pgbouncer() {
    let Some(cluster) = Cluster::start_behind_pgbouncer(Fsync::Off) else { return };
    cases::run(&mut |country, clock| Box::new(Postgres::new(&cluster, country, clock)));
}

#[test]
fn every_answer_is_the_one_of_the_reference() {
    let Some(cluster) = Cluster::start(Fsync::Off) else { return };
    let mut postgres = |country: Arc<Country>, clock: Arc<MockClock>| -> Box<dyn Subject> {
        Box::new(Postgres::new(&cluster, country, clock))
    };
    let seeds = if is_long() { SEEDS_LONG } else { SEEDS };
    for seed in 0..seeds {
        let expected = simulation::run(seed, &mut memory).unwrap();
        let found = simulation::run(seed, &mut postgres).unwrap();
        for (number, (expected, found)) in expected.answers.iter().zip(&found.answers).enumerate() {
            assert_eq!(found, expected, "seed {seed}, answer {number}");
        }
        assert_eq!(found.hash(), expected.hash(), "seed {seed}");
    }
    println!("seeds 0..{seeds}, {} events each, equal answers", simulation::EVENTS);
}
