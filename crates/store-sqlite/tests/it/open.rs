//! What is turned away at the door.

use crate::{Folder, open};
use booking::Country;
use rusqlite::Connection;
use std::sync::Arc;
use store::conformance::world;
use store::{MockClock, StoreError};
use store_sqlite::StoreLimits;

fn world() -> (Arc<Country>, Arc<MockClock>) {
    (Arc::new(world::country()), Arc::new(MockClock::at(world::opens_at())))
}

fn refused(folder: &Folder) -> String {
    let (country, clock) = world();
    let error = open(&folder.0, &country, &clock, StoreLimits::default()).err();
    error.expect("it must not open").to_string()
}

#[test]
fn a_folder_has_one_owner_at_a_time() {
    let folder = Folder::new();
    let (country, clock) = world();
    let owner = open(&folder.0, &country, &clock, StoreLimits::default()).unwrap();
    assert!(refused(&folder).contains("another process"));
    drop(owner);
    open(&folder.0, &country, &clock, StoreLimits::default()).unwrap();
}

#[test]
fn a_file_of_another_program_or_release_is_left_alone() {
    for foreign in ["CREATE TABLE notes(text)", "PRAGMA application_id = 77"] {
        let folder = Folder::new();
        Connection::open(folder.0.join("journal.db")).unwrap().execute_batch(foreign).unwrap();
        assert!(refused(&folder).contains("application id"), "{foreign}");
    }
    let folder = Folder::new();
    let (country, clock) = world();
    drop(open(&folder.0, &country, &clock, StoreLimits::default()).unwrap());
    let journal = Connection::open(folder.0.join("journal.db")).unwrap();
    journal.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(journal);
    assert!(refused(&folder).contains("user version"));
}

#[test]
fn a_file_that_is_no_database_is_damage() {
    let folder = Folder::new();
    std::fs::write(folder.0.join("journal.db"), "not a database, by far not one".repeat(100)).unwrap();
    let (country, clock) = world();
    let error = open(&folder.0, &country, &clock, StoreLimits::default()).err();
    assert!(matches!(error, Some(StoreError::Corrupt { .. })), "{error:?}");
}
