//! A changed bit, a page of zeros, a lost tail anywhere in the journal: noticed, or of no effect; never served. In the
//! file of a service that was stopped, and in the write-ahead log that a killed one leaves behind.

use crate::batches::{ask_all, enter, hold, register};
use crate::{Folder, is_long, open};
use booking::{Country, HoldId, PersonId};
use std::path::Path;
use std::sync::Arc;
use store::conformance::{Chance, Figure, invariants, world};
use store::{Command, MockClock, StoreError};
use store_sqlite::{Sabotage, StoreLimits};

const SEED: u64 = 20_270_712;
/// Of each kind in each file.
const PLACES: u64 = 150;
const PLACES_LONG: u64 = 1_000;
const BOOKINGS: u64 = 240;
const PAGE: usize = 4_096;
const FILES: [&str; 3] = ["journal.db", "journal.head", "journal.db-wal"];
const JOURNAL: usize = 0;
const HEAD: usize = 1;
const LOG: usize = 2;

/// What happened to a file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Bit,
    Page,
    Tail,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Bit, Self::Page, Self::Tail];

    /// Returns where.
    pub(crate) fn apply(self, bytes: &mut Vec<u8>, chance: &mut Chance) -> usize {
        let at = chance.index(bytes.len());
        match self {
            Self::Bit => bytes[at] ^= 1 << chance.below(8),
            Self::Page => {
                let start = at - at % PAGE;
                let end = bytes.len().min(start + PAGE);
                bytes[start..end].fill(0);
            }
            Self::Tail => bytes.truncate(at),
        }
        at
    }
}

/// How the service ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Stopped,
    Killed,
}

struct Original {
    country: Arc<Country>,
    clock: Arc<MockClock>,
    digest: String,
    files: Vec<Vec<u8>>,
}

fn original(end: End) -> Original {
    let folder = Folder::new();
    let country = Arc::new(world::roomy_country(1_000));
    let clock = Arc::new(MockClock::at(world::opens_at()));
    // No moment is quiet enough: what a killed one leaves in its log does not hang on the machine.
    let limits =
        StoreLimits { checkpoint_bytes: u64::MAX, checkpoint_bytes_max: u64::MAX, ..StoreLimits::default() };
    let store = open(&folder.0, &country, &clock, limits).unwrap();
    ask_all(&store, [Command::Open { campaign: world::CAMPAIGN }]);
    for number in 1..=BOOKINGS {
        let person = PersonId(number);
        let confirm = Command::Confirm { booker: person, hold: HoldId(number) };
        let commands = [register(number), enter(person), hold(person, 1 + number as u32 % 6), confirm];
        assert!(ask_all(&store, commands).iter().all(|answer| matches!(answer, Ok(Ok(_)))));
    }
    let digest = invariants::digest(&store.ledger());
    let read = || FILES.iter().map(|name| std::fs::read(folder.0.join(name)).unwrap_or_default()).collect();
    let killed = read();
    drop(store);
    let files = if end == End::Killed { killed } else { read() };
    Original { country, clock, digest, files }
}

#[derive(Debug, Default)]
struct Found {
    noticed: u64,
    harmless: u64,
    served_wrong: u64,
}

impl Original {
    fn write_to(&self, folder: &Path) {
        for (name, bytes) in FILES.iter().zip(&self.files).filter(|(_, bytes)| !bytes.is_empty()) {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }

    /// A saboteur ends with the first that is served.
    fn damage(&self, file: usize, kind: Kind, places: u64, sabotage: Sabotage) -> Found {
        let mut chance = Chance::seeded(SEED);
        let mut found = Found::default();
        for _ in 0..places {
            let folder = Folder::new();
            self.write_to(&folder.0);
            let mut altered = self.files[file].clone();
            let at = kind.apply(&mut altered, &mut chance);
            std::fs::write(folder.0.join(FILES[file]), altered).unwrap();
            let limits = StoreLimits { sabotage, ..StoreLimits::default() };
            match open(&folder.0, &self.country, &self.clock, limits) {
                Err(StoreError::Corrupt { .. } | StoreError::Unavailable { .. }) => found.noticed += 1,
                Err(StoreError::Full) => panic!("{kind:?} at {at}: full"),
                Ok(store) if invariants::digest(&store.ledger()) == self.digest => found.harmless += 1,
                Ok(_) => {
                    if sabotage == Sabotage::None && !self.files[HEAD].is_empty() {
                        println!("{kind:?} at {at} of {} was served", FILES[file]);
                    }
                    found.served_wrong += 1;
                    if sabotage != Sabotage::None {
                        break;
                    }
                }
            }
        }
        found
    }
}

fn places() -> u64 {
    if is_long() { PLACES_LONG } else { PLACES }
}

/// Every kind of damage to one file; and to the same file of a store that does not look.
fn tell(what: &'static str, found: &[Found], saboteur: &'static str, unchecked: &Found) {
    let sum = |one: fn(&Found) -> u64| found.iter().map(one).sum::<u64>();
    let (noticed, harmless) = (sum(|found| found.noticed), sum(|found| found.harmless));
    println!("bits, pages, tails: {found:?}; sabotaged: {unchecked:?}");
    Figure {
        promise: "A5",
        test: what,
        runs: noticed + harmless + sum(|found| found.served_wrong),
        of: "damages (bits, pages, tails)",
        violations: sum(|found| found.served_wrong),
        saboteur,
        caught: unchecked.served_wrong,
        more: format!("{noticed} noticed, {harmless} harmless; seed {SEED}"),
    }
    .tell();
}

#[test]
fn damage_to_the_journal_is_noticed_or_harmless() {
    let original = original(End::Stopped);
    let found = Kind::ALL.map(|kind| original.damage(JOURNAL, kind, places(), Sabotage::None));
    assert!(found[0].noticed > places() / 4, "the bits hit nothing");
    // About one bit in forty ends in a field that nothing else looks at, and what a row holds is sealed anew each time.
    let unchecked = original.damage(JOURNAL, Kind::Bit, 10 * PLACES, Sabotage::SkipTheChain);
    tell("journal.db", &found, "the chain is not checked", &unchecked);
}

/// SQLite reads a damaged log up to the damage and says nothing: the head knows that there was more.
#[test]
fn damage_to_the_log_of_a_killed_service_is_noticed_or_harmless() {
    let mut original = original(End::Killed);
    let found = Kind::ALL.map(|kind| original.damage(LOG, kind, places(), Sabotage::None));
    assert!(found[0].noticed > places() / 4, "the bits hit nothing");
    original.files[HEAD].clear();
    let unwitnessed = original.damage(LOG, Kind::Tail, PLACES, Sabotage::None);
    tell("write-ahead log", &found, "there is no second witness", &unwitnessed);
}

#[test]
fn damage_to_the_head_is_noticed_or_harmless() {
    let original = original(End::Killed);
    let found = Kind::ALL.map(|kind| original.damage(HEAD, kind, places(), Sabotage::None));
    println!("bits, pages, tails: {found:?}");
    assert!(found.iter().all(|found| found.served_wrong == 0));
    assert!(found.iter().all(|found| found.noticed == 0), "a head that says nothing keeps nobody out");
}

#[test]
fn rows_cut_from_the_end_are_noticed() {
    let original = original(End::Stopped);
    let folder = Folder::new();
    original.write_to(&folder.0);
    let journal = rusqlite::Connection::open(folder.0.join(FILES[JOURNAL])).unwrap();
    journal.execute("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)", []).unwrap();
    drop(journal);
    let error = open(&folder.0, &original.country, &original.clock, StoreLimits::default()).err();
    assert!(error.unwrap().to_string().contains("journal.head knows it"));
    std::fs::remove_file(folder.0.join(FILES[HEAD])).unwrap();
    open(&folder.0, &original.country, &original.clock, StoreLimits::default()).unwrap();
}

#[test]
fn the_row_that_was_changed_is_named() {
    let original = original(End::Stopped);
    let folder = Folder::new();
    original.write_to(&folder.0);
    let journal = rusqlite::Connection::open(folder.0.join(FILES[JOURNAL])).unwrap();
    journal.execute("UPDATE journal SET at_ms = at_ms + 1 WHERE seq = 17", []).unwrap();
    drop(journal);
    let error = open(&folder.0, &original.country, &original.clock, StoreLimits::default()).err();
    assert!(error.unwrap().to_string().contains("row 17"));
}

/// The list of clinics changes while people are booked: what is taken stays, nothing is free, and it is told.
#[test]
fn a_clinic_that_gives_less_than_was_taken_keeps_its_people_and_offers_nothing() {
    let original = original(End::Stopped);
    let folder = Folder::new();
    original.write_to(&folder.0);
    let smaller = Arc::new(world::roomy_country(3));
    let store = open(&folder.0, &smaller, &original.clock, StoreLimits::default()).unwrap();
    let ledger = store.ledger();
    let (_, counts, offered) =
        ledger.overfull_slots().next().expect("more than three were booked at one time");
    assert_eq!((offered, counts.free(), counts.capacity), (3, 0, counts.taken()));
}
