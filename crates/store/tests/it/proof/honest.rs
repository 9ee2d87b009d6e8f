//! Whatever people do, the journal of an honest store is believed.

use super::{Recorded, Recorder, prove};
use std::sync::Arc;
use store::conformance::{simulation, world};

const SEEDS: u64 = 60;

#[test]
fn the_journals_of_simulated_people_are_believed() {
    let (mut records, mut appointments) = (0, 0);
    for seed in 0..SEEDS {
        let mut recorder = None;
        simulation::run(seed, &mut |country, clock| {
            let made = recorder.insert(Recorder::new(country, clock));
            Box::new(Recorded(Arc::clone(made)))
        })
        .unwrap();
        let recorder = recorder.unwrap();
        let proved = prove(&world::country(), &recorder.rows())
            .unwrap_or_else(|found| panic!("seed {seed}: {found:?}"));
        let ledger = recorder.ledger.read().unwrap();
        assert_eq!(proved.holds_live, ledger.holds().count() as u64, "seed {seed}");
        assert_eq!(proved.appointments_made, ledger.appointments().count() as u64, "seed {seed}");
        records += proved.records;
        appointments += proved.appointments_made;
    }
    println!("{SEEDS} seeds, {records} records, {appointments} appointments");
    assert!(appointments > SEEDS);
}
