//! A full disk: writes are refused, reads go on, and it ends when there is room again. On a small file system in
//! memory, which takes root to mount.

use crate::batches::{ask_all, enter, hold, register};
use crate::{Folder, is_long, open};
use booking::{Outcome, PersonId};
use jiff::SignedDuration;
use std::io::Write as _;
use std::path::Path;
use std::process::Command as Process;
use std::sync::Arc;
use store::conformance::{Figure, invariants, world};
use store::{Answer, Command, MockClock, Store as _, StoreError};
use store_sqlite::{Sabotage, SqliteStore, StoreLimits};

const TRIES_MAX: u64 = 5_000;

struct SmallDisk(Folder);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = Folder::new();
        let mut mount = Process::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m", "charye-test"]).arg(&folder.0);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then_some(Self(folder))
    }

    fn fill(&self) {
        let mut ballast = std::fs::File::create(self.0.0.join("ballast")).unwrap();
        while ballast.write_all(&[0; 4_096]).is_ok() {}
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.0.join("ballast")).unwrap();
    }

    fn path(&self) -> &Path {
        &self.0.0
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _left_over = Process::new("umount").arg(&self.0.0).status();
    }
}

fn until_full(store: &SqliteStore) -> u64 {
    let full = |answer: &Answer| matches!(answer, Err(StoreError::Full));
    (0..TRIES_MAX).find(|number| full(&ask_all(store, [register(*number)])[0])).expect("the disk is small")
}

#[test]
fn a_full_disk_refuses_writes_and_nothing_else() {
    let Some(disk) = SmallDisk::mount() else {
        println!("SKIPPED: no tmpfs can be mounted here");
        return;
    };
    let country = Arc::new(world::country());
    let clock = Arc::new(MockClock::at(world::opens_at()));
    let store = open(disk.path(), &country, &clock, StoreLimits::default()).unwrap();
    ask_all(
        &store,
        [Command::Open { campaign: world::CAMPAIGN }, register(TRIES_MAX), register(TRIES_MAX + 1)],
    );
    ask_all(&store, [enter(PersonId(1)), enter(PersonId(2))]);
    ask_all(&store, [hold(PersonId(1), 1)]);
    disk.fill();

    let registered = until_full(&store);
    let before = invariants::digest(&store.ledger());
    assert!(!store.is_well());
    assert!(matches!(ask_all(&store, [hold(PersonId(2), 2)])[0], Err(StoreError::Full)));
    assert_eq!(invariants::digest(&store.ledger()), before, "reads go on, and show nothing of it");

    disk.make_room();
    clock.advance(SignedDuration::from_secs(1));
    assert!(matches!(ask_all(&store, [hold(PersonId(2), 2)])[0], Ok(Ok(Outcome::Held { .. }))));
    assert!(store.is_well());
    let after = invariants::digest(&store.ledger());
    drop(store);

    let store = open(disk.path(), &country, &clock, StoreLimits::default()).unwrap();
    assert_eq!(invariants::digest(&store.ledger()), after, "without repair by hand");
    println!("{registered} people were registered before the disk was full");
}

const ROUNDS: u64 = 5;
const ROUNDS_LONG: u64 = 100;
const REGISTERED_WHILE_FULL: u64 = 50;

/// How many were acknowledged around a full disk, and are gone after a restart.
fn lost(sabotage: Sabotage) -> Option<(u64, u64)> {
    let disk = SmallDisk::mount()?;
    let country = Arc::new(world::country());
    let clock = Arc::new(MockClock::at(world::opens_at()));
    let limits = StoreLimits { sabotage, ..StoreLimits::default() };
    let store = open(disk.path(), &country, &clock, limits).unwrap();
    let mut told = Vec::new();
    for number in 0..REGISTERED_WHILE_FULL {
        if number == 5 {
            disk.fill();
        }
        if number == REGISTERED_WHILE_FULL / 2 {
            disk.make_room();
            clock.advance(SignedDuration::from_secs(1));
        }
        if let Ok(Ok(Outcome::Registered(person))) = ask_all(&store, [register(number)])[0] {
            told.push(person);
        }
    }
    drop(store);
    let store = match open(disk.path(), &country, &clock, StoreLimits::default()) {
        Ok(store) => store,
        // The saboteur leaves a gap in the journal, which ends the start.
        Err(StoreError::Corrupt { .. }) if sabotage != Sabotage::None => {
            return Some((told.len() as u64, told.len() as u64));
        }
        Err(error) => panic!("after a full disk: {error}"),
    };
    let gone = told.iter().filter(|person| store.ledger().person(**person).is_none()).count();
    Some((told.len() as u64, gone as u64))
}

#[test]
fn what_was_acknowledged_around_a_full_disk_is_there() {
    let rounds = if is_long() { ROUNDS_LONG } else { ROUNDS };
    let (mut told, mut gone) = (0, 0);
    for _ in 0..rounds {
        let Some(found) = lost(Sabotage::None) else {
            println!("SKIPPED: no tmpfs can be mounted here");
            return;
        };
        told += found.0;
        gone += found.1;
    }
    let (_, caught) = lost(Sabotage::IgnoreFull).expect("it could be mounted before");
    Figure {
        promise: "A4",
        test: "a full disk under the store",
        runs: rounds,
        of: "full disks",
        violations: gone,
        saboteur: "acknowledges what found no room",
        caught,
        more: format!("{told} acknowledged around them"),
    }
    .tell();
}
