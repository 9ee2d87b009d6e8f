use crate::cluster::{Cluster, Fsync};
use crate::{NoRandomness, limits};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use store::LineStore;
use store::conformance::line_cases;
use store_postgres::{Address, PostgresLine};

fn opened(address: &Address) -> Box<dyn LineStore> {
    Box::new(PostgresLine::open(address.clone(), Arc::new(NoRandomness), limits()).unwrap())
}

#[test]
fn the_line_does_what_the_cases_say() {
    let Some(cluster) = Cluster::start(Fsync::Off) else { return };
    let of_case: Mutex<HashMap<String, Address>> = Mutex::default();
    line_cases::run(&|case| {
        let mut of_case = of_case.lock().unwrap();
        opened(of_case.entry(case.to_owned()).or_insert_with(|| cluster.fresh()))
    });
}

#[test]
fn the_line_lives_like_the_reference() {
    let Some(cluster) = Cluster::start(Fsync::Off) else { return };
    for seed in 0..5 {
        let address = cluster.fresh();
        line_cases::follow_the_reference(seed, &|| opened(&address));
    }
}

#[test]
fn nodes_that_race_settle_every_ticket_once() {
    let Some(cluster) = Cluster::start(Fsync::Off) else { return };
    for seed in 0..3 {
        let address = cluster.fresh();
        assert_eq!(line_cases::race(seed, &|| opened(&address)), [""; 0], "seed {seed}");
    }
}
