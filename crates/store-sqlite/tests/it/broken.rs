//! A write that fails for another reason than a full disk: nothing more is acknowledged, reads go on, and a restart
//! goes on from the disk. The limit on file sizes makes one without root: past it, writes fail with EFBIG.

use crate::batches::{ask_all, register};
use crate::{Folder, open};
use booking::PersonId;
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;
use store::conformance::{invariants, world};
use store::{Answer, MockClock, Store as _, StoreError};
use store_sqlite::{SqliteStore, StoreLimits};

const FOLDER: &str = "CHARYE_BROKEN_FOLDER";
/// In blocks of 512 or 1,024 bytes, as the shell has it.
const FILE_BLOCKS_MAX: u32 = 400;
const TRIES_MAX: u64 = 5_000;

fn open_here(folder: &Path) -> SqliteStore {
    let country = Arc::new(world::country());
    let clock = Arc::new(MockClock::at(world::opens_at()));
    open(folder, &country, &clock, StoreLimits::default()).unwrap()
}

/// Runs in a process of its own, under the limit. In an ordinary run there is nothing to do.
#[test]
fn target() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = open_here(Path::new(&folder));
    let fails = |answer: &Answer| matches!(answer, Err(StoreError::Unavailable { .. }));
    let registered = (0..TRIES_MAX).find(|number| fails(&ask_all(&store, [register(*number)])[0]));
    let registered = registered.expect("the limit is reached");
    let before = invariants::digest(&store.ledger());
    assert!(!store.is_well());
    for number in 0..10 {
        assert!(fails(&ask_all(&store, [register(number)])[0]), "also what was answered before");
    }
    assert_eq!(invariants::digest(&store.ledger()), before);
    assert!(store.ledger().person(PersonId(registered)).is_some(), "reads go on");
    assert!(store.ledger().person(PersonId(registered + 1)).is_none(), "and show nothing of it");
    println!("registered {registered}");
}

#[test]
fn after_a_failed_write_nothing_is_acknowledged() {
    let folder = Folder::new();
    let binary = std::env::current_exe().unwrap();
    let script =
        format!("trap '' XFSZ; ulimit -f {FILE_BLOCKS_MAX}; exec \"$0\" broken::target --exact --nocapture");
    let mut child = Process::new("sh");
    child.arg("-c").arg(script).arg(binary).env(FOLDER, &folder.0).stderr(Stdio::inherit());
    let output = child.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let output = String::from_utf8(output.stdout).unwrap();
    let registered = output.lines().find_map(|line| line.strip_prefix("registered ")).unwrap();
    let registered: u64 = registered.parse().unwrap();

    let store = open_here(&folder.0);
    for person in 1..=registered {
        assert!(store.ledger().person(PersonId(person)).is_some(), "person {person} was acknowledged");
    }
    assert!(store.is_well());
    println!("{registered} were acknowledged before the write failed, all are there");
}
