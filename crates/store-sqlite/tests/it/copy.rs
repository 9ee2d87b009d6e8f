//! Copies of a folder that is written to: every one is whole, and has all that was acknowledged before it was begun.

use crate::batches::{ask_all, enter, hold, register};
use crate::{Folder, open};
use booking::{Country, HoldId, Outcome, PersonId};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use store::conformance::world;
use store::proof::{Claim, Offence, Proof, Proved};
use store::{Command, MockClock, StoreError};
use store_sqlite::{JournalRows, SqliteStore, StoreLimits, copy_folder};

const COPIES: usize = 25;

/// So small that the log is begun anew all the time.
fn busy() -> StoreLimits {
    StoreLimits { checkpoint_bytes_max: 64 << 10, checkpoint_bytes: 1, ..StoreLimits::default() }
}

fn prove(country: &Country, folder: &Path) -> Result<Result<Proved, Offence>, StoreError> {
    let rows = JournalRows::open(folder)?;
    let mut proof = Proof::new(country, rows.head(), None);
    let mut found = None;
    rows.each(|row| match proof.row(row) {
        Ok(()) => ControlFlow::Continue(()),
        Err(offence) => {
            found = Some(offence);
            ControlFlow::Break(())
        }
    })?;
    Ok(found.map_or_else(|| proof.finish(), Err))
}

/// One booking after another until told to stop; `booked` counts what was acknowledged.
fn book(store: &SqliteStore, booked: &AtomicU64, stop: &AtomicBool) {
    for number in 1.. {
        if stop.load(Ordering::Acquire) {
            return;
        }
        let person = PersonId(number);
        let commands = [register(number), enter(person), hold(person, 1 + number as u32 % 6)];
        ask_all(store, commands);
        let answers = ask_all(store, [Command::Confirm { booker: person, hold: HoldId(number) }]);
        assert!(matches!(&answers[0], Ok(Ok(Outcome::Booked(_)))), "{answers:?}");
        booked.fetch_add(1, Ordering::Release);
    }
}

/// Runs `look` again and again while somebody books; it is told the folder and how many are acknowledged.
fn while_people_book(mut look: impl FnMut(&Country, &Path, u64) -> bool) {
    let folder = Folder::new();
    let country = Arc::new(world::roomy_country(1_000_000));
    let clock = Arc::new(MockClock::at(world::opens_at()));
    let store = open(&folder.0, &country, &clock, busy()).unwrap();
    ask_all(&store, [Command::Open { campaign: world::CAMPAIGN }]);
    let (booked, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| book(&store, &booked, &stop));
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            while look(&country, &folder.0, booked.load(Ordering::Acquire)) {}
        }));
        stop.store(true, Ordering::Release);
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

#[test]
fn every_copy_of_a_folder_in_use_is_whole_and_has_all_that_was_acknowledged() {
    let (mut copies, mut repeats, mut last) = (0, 0, 0);
    while_people_book(|country, folder, acknowledged| {
        let copy = Folder::new();
        repeats += copy_folder(folder, &copy.0).unwrap().repeats;
        let proved = prove(country, &copy.0).unwrap().unwrap();
        assert!(proved.appointments_made >= acknowledged, "{acknowledged} acknowledged, {proved:?}");
        last = proved.appointments_made;
        copies += 1;
        copies < COPIES || last < 200
    });
    println!("{copies} copies while {last} people booked, {repeats} begun again");
}

/// What everybody does first: the database, without its log.
#[test]
fn a_plain_cp_of_the_live_file_is_not_a_copy() {
    let (mut caught, mut tried) = (0, 0);
    while_people_book(|country, folder, acknowledged| {
        let copy = Folder::new();
        for name in ["journal.head", "journal.db"] {
            std::fs::copy(folder.join(name), copy.0.join(name)).unwrap();
        }
        tried += 1;
        caught += match prove(country, &copy.0) {
            Err(_) => 1,
            Ok(Err(offence)) => u32::from(offence.broken.claim() == Claim::Head),
            Ok(Ok(proved)) => u32::from(proved.appointments_made < acknowledged),
        };
        tried < COPIES
    });
    println!("{caught} of {tried} plain copies had lost something");
    assert!(caught > 0, "the test cannot see what the order of the copy is for");
}

/// The log first, then the database: pages of two different times.
#[test]
fn the_wrong_order_is_noticed() {
    let (mut caught, mut tried) = (0, 0);
    while_people_book(|country, folder, acknowledged| {
        let copy = Folder::new();
        let log = std::fs::read(folder.join("journal.db-wal")).unwrap_or_default();
        std::thread::yield_now();
        for name in ["journal.head", "journal.db"] {
            std::fs::copy(folder.join(name), copy.0.join(name)).unwrap();
        }
        std::fs::write(copy.0.join("journal.db-wal"), log).unwrap();
        tried += 1;
        caught += match prove(country, &copy.0) {
            Err(_) | Ok(Err(_)) => 1,
            Ok(Ok(proved)) => u32::from(proved.appointments_made < acknowledged),
        };
        caught == 0 && tried < 40 * COPIES
    });
    println!("{caught} of {tried} copies in the wrong order were noticed");
    assert!(caught > 0, "the test cannot see what the order of the copy is for");
}
