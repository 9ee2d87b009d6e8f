//! A full disk: writes are refused, reads go on, and it ends when there is room again. On a small file system in
//! memory, which takes root to mount.

use crate::batches::{ask_all, enter, hold, register};
use crate::{Folder, open};
use booking::{Outcome, PersonId};
use jiff::SignedDuration;
use std::io::Write as _;
use std::path::Path;
use std::process::Command as Process;
use std::sync::Arc;
use store::conformance::{invariants, world};
use store::{Answer, Command, MockClock, Store as _, StoreError};
use store_sqlite::{SqliteStore, StoreLimits};

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
    let open_doors = Command::Open { campaign: world::CAMPAIGN };
    let two = [register(TRIES_MAX), register(TRIES_MAX + 1), enter(PersonId(1)), enter(PersonId(2))];
    ask_all(&store, [open_doors].into_iter().chain(two));
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
