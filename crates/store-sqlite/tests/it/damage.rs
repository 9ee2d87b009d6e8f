//! One changed bit anywhere in the journal: noticed, or of no effect; never served.

use crate::batches::{ask_all, enter, hold, register};
use crate::{Folder, is_long, open};
use booking::{Country, HoldId, PersonId};
use std::path::Path;
use std::sync::Arc;
use store::conformance::{Chance, invariants, world};
use store::{Command, MockClock, StoreError};
use store_sqlite::{Sabotage, StoreLimits};

const SEED: u64 = 20_270_712;
const PLACES: u64 = 200;
const PLACES_LONG: u64 = 1_000;
const BOOKINGS: u64 = 150;
const FILES: [&str; 2] = ["journal.db", "journal.head"];

struct Original {
    country: Arc<Country>,
    clock: Arc<MockClock>,
    digest: String,
    files: Vec<Vec<u8>>,
}

fn original() -> Original {
    let folder = Folder::new();
    let country = Arc::new(world::roomy_country(1_000));
    let clock = Arc::new(MockClock::at(world::opens_at()));
    let store = open(&folder.0, &country, &clock, StoreLimits::default()).unwrap();
    ask_all(&store, [Command::Open { campaign: world::CAMPAIGN }]);
    for number in 1..=BOOKINGS {
        let person = PersonId(number);
        let confirm = Command::Confirm { booker: person, hold: HoldId(number) };
        let commands = [register(number), enter(person), hold(person, 1 + number as u32 % 6), confirm];
        assert!(ask_all(&store, commands).iter().all(|answer| matches!(answer, Ok(Ok(_)))));
    }
    let digest = invariants::digest(&store.ledger());
    drop(store);
    let files = FILES.iter().map(|name| std::fs::read(folder.0.join(name)).unwrap()).collect();
    Original { country, clock, digest, files }
}

#[derive(Debug, Default)]
struct Found {
    noticed: u64,
    harmless: u64,
    served_wrong: u64,
}

impl Original {
    fn write_to(&self, folder: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut journal = self.files[0].clone();
        change(&mut journal);
        std::fs::write(folder.join(FILES[0]), journal).unwrap();
        std::fs::write(folder.join(FILES[1]), &self.files[1]).unwrap();
    }

    fn flip(&self, places: u64, sabotage: Sabotage) -> Found {
        let mut chance = Chance::seeded(SEED);
        let mut found = Found::default();
        for _ in 0..places {
            let (at, bit) = (chance.index(self.files[0].len()), chance.below(8));
            let folder = Folder::new();
            self.write_to(&folder.0, |journal| journal[at] ^= 1 << bit);
            let limits = StoreLimits { sabotage, ..StoreLimits::default() };
            match open(&folder.0, &self.country, &self.clock, limits) {
                Err(StoreError::Corrupt { .. } | StoreError::Unavailable { .. }) => found.noticed += 1,
                Err(StoreError::Full) => panic!("byte {at}, bit {bit}: full"),
                Ok(store) if invariants::digest(&store.ledger()) == self.digest => found.harmless += 1,
                Ok(_) => {
                    println!("byte {at}, bit {bit} was served");
                    found.served_wrong += 1;
                }
            }
        }
        found
    }
}

#[test]
fn a_changed_bit_is_noticed_or_harmless() {
    let original = original();
    let places = if is_long() { PLACES_LONG } else { PLACES };
    let found = original.flip(places, Sabotage::None);
    println!("seed {SEED}, {places} bits of {} bytes: {found:?}", original.files[0].len());
    assert_eq!(found.served_wrong, 0);
    assert!(found.noticed > places / 4, "the bits hit nothing");

    let unchecked = original.flip(places, Sabotage::SkipTheChain);
    println!("without the chain: {unchecked:?}");
    assert!(unchecked.served_wrong > 0, "the test cannot see what the chain is for");
}

#[test]
fn rows_cut_from_the_end_are_noticed() {
    let original = original();
    let folder = Folder::new();
    original.write_to(&folder.0, |_| {});
    let journal = rusqlite::Connection::open(folder.0.join(FILES[0])).unwrap();
    journal.execute("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)", []).unwrap();
    drop(journal);
    let error = open(&folder.0, &original.country, &original.clock, StoreLimits::default()).err();
    assert!(error.unwrap().to_string().contains("journal.head knows it"));
    std::fs::remove_file(folder.0.join(FILES[1])).unwrap();
    open(&folder.0, &original.country, &original.clock, StoreLimits::default()).unwrap();
}

#[test]
fn the_row_that_was_changed_is_named() {
    let original = original();
    let folder = Folder::new();
    original.write_to(&folder.0, |_| {});
    let journal = rusqlite::Connection::open(folder.0.join(FILES[0])).unwrap();
    journal.execute("UPDATE journal SET at_ms = at_ms + 1 WHERE seq = 17", []).unwrap();
    drop(journal);
    let error = open(&folder.0, &original.country, &original.clock, StoreLimits::default()).err();
    assert!(error.unwrap().to_string().contains("row 17"));
}

/// A country that lost a clinic or its places does not fit the journal; better no start than counts below nothing.
#[test]
fn a_country_that_gives_less_than_was_taken_is_refused() {
    let original = original();
    let folder = Folder::new();
    original.write_to(&folder.0, |_| {});
    let smaller = Arc::new(world::roomy_country(3));
    let error = open(&folder.0, &smaller, &original.clock, StoreLimits::default()).err();
    assert!(error.unwrap().to_string().contains("taken of 3"));
}
