//! What is kept of a journal comes to the same ledger as the whole of it.

use booking::{AuditEntry, Change, Country, Outcome, Refusal};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard};
use store::conformance::{Subject, simulation};
use store::kept::{Follower, Keeping, Under};
use store::{
    Answer, AuditEvent, Clock, KeptAnswers, Ledger, MockClock, Request, Store, StoreError, Waiting,
    reads_of_the_ledger, record,
};

const SEEDS: u64 = 60;
const SEEDS_LONG: u64 = 2_000;

/// Keeps in memory what a back end keeps in a file.
#[derive(Default)]
struct Kept {
    follower: Follower,
    for_ever: Vec<u8>,
    answers: Vec<u8>,
    standing: BTreeMap<Under, Vec<u8>>,
}

struct Shelf<'a>(&'a mut Kept);

impl Keeping for Shelf<'_> {
    fn for_ever(&mut self, record: &[u8]) -> Result<(), StoreError> {
        record::frame(record, &mut self.0.for_ever);
        Ok(())
    }

    fn answer(&mut self, record: &[u8], _at: Timestamp) {
        record::frame(record, &mut self.0.answers);
    }

    fn begin(&mut self, under: Under, body: Vec<u8>) {
        let before = self.0.standing.insert(under, body);
        assert!(before.is_none(), "{under:?} stands already");
    }

    fn end(&mut self, under: Under) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.standing.remove(&under))
    }
}

impl Kept {
    fn follow(&mut self, change: &Change) {
        let mut bytes = Vec::new();
        record::encode(change, &mut bytes);
        let mut follower = self.follower;
        follower.follow(change, &bytes, &mut Shelf(self)).expect("what ends has begun");
        self.follower = follower;
    }

    fn replay(&self, country: &Arc<Country>) -> Ledger {
        let mut ledger = Ledger::new(Arc::clone(country));
        ledger.begin_loading();
        ledger.go_on_from(self.follower.numbers);
        let standing = self.standing.values();
        for list in [&self.for_ever].into_iter().chain(standing) {
            for read in record::Records::of(list) {
                let (_, change) = read.expect("it was just written");
                ledger.replay(&change).expect("it can happen in this order, too");
            }
            ledger.commit();
        }
        let mut answers = KeptAnswers::default();
        answers.add(&self.answers).expect("they were just written");
        ledger.take_answers(answers).expect("they are kept nowhere else");
        ledger.end_loading();
        ledger
    }
}

/// The reference, which goes on from what was kept whenever it is reopened.
struct Keeper {
    country: Arc<Country>,
    clock: Arc<MockClock>,
    ledger: RwLock<Ledger>,
    kept: Mutex<Kept>,
    audit: Mutex<Vec<AuditEvent>>,
    sabotage: fn(&Change) -> bool,
}

impl Keeper {
    fn new(country: Arc<Country>, clock: Arc<MockClock>, sabotage: fn(&Change) -> bool) -> Self {
        let ledger = RwLock::new(Ledger::new(Arc::clone(&country)));
        Self { country, clock, ledger, kept: Mutex::default(), audit: Mutex::default(), sabotage }
    }

    fn answer(&self, request: &Request) -> Result<Outcome, Refusal> {
        let mut ledger = self.ledger.write().expect("no decision panics");
        let mut changes = Vec::new();
        let mut head = ledger.audit_head();
        let answer = ledger.decide(request, self.clock.now(), &mut changes);
        let events = changes.iter().filter_map(AuditEntry::of).map(|entry| head.add(entry));
        self.audit.lock().unwrap().extend(events);
        ledger.commit();
        let mut kept = self.kept.lock().expect("nothing panics with it in hand");
        changes.iter().filter(|change| !(self.sabotage)(change)).for_each(|change| kept.follow(change));
        answer
    }

    fn read<T>(&self, look: impl FnOnce(&Ledger) -> T) -> Result<T, StoreError> {
        let ledger = self.ledger.read().map_err(|_| StoreError::unavailable("a decision panicked"))?;
        Ok(look(&ledger))
    }

    /// The ledger of what was kept, after it was compared with the one that lived.
    fn compared(&self) -> Ledger {
        let again = self.kept.lock().expect("nothing panics with it in hand").replay(&self.country);
        let (lived, replayed) =
            (self.ledger.read().expect("no decision panics").every_table(), again.every_table());
        for (lived, replayed) in lived.lines().zip(replayed.lines()) {
            assert_eq!(replayed, lived);
        }
        assert_eq!(replayed.len(), lived.len());
        again
    }
}

impl Store for Keeper {
    fn execute(&self, request: Request) -> Waiting<'_, Answer> {
        Box::pin(async move { Ok(self.answer(&request)) })
    }

    fn is_well(&self) -> bool {
        true
    }

    fn audit_since(&self, seq: u64, events_max: usize) -> Waiting<'_, Result<Vec<AuditEvent>, StoreError>> {
        let events = self.audit.lock().unwrap();
        let page = events.iter().skip(seq as usize).take(events_max).cloned().collect();
        Box::pin(std::future::ready(Ok(page)))
    }

    reads_of_the_ledger!();
}

impl Subject for Keeper {
    fn store(&self) -> &dyn Store {
        self
    }

    fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.ledger.read().expect("no decision panics")
    }

    fn reopen(&mut self) {
        let again = self.compared();
        self.ledger = RwLock::new(again);
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.compared();
        }
    }
}

fn play(seeds: u64, sabotage: fn(&Change) -> bool) {
    for seed in 0..seeds {
        let mut make =
            |country, clock| -> Box<dyn Subject> { Box::new(Keeper::new(country, clock, sabotage)) };
        if let Err(found) = simulation::run(seed, &mut make) {
            panic!("{found}");
        }
    }
}

#[test]
fn what_is_kept_comes_to_the_same_ledger_as_what_was_lived() {
    let seeds = if std::env::var_os("CHARYE_LONG").is_some() { SEEDS_LONG } else { SEEDS };
    play(seeds, |_| false);
    println!("seeds 0..{seeds}, {} events each, every table equal", simulation::EVENTS);
}

/// One kind of change is not followed: each of them must be missed.
#[test]
fn whoever_misses_a_kind_of_change_is_caught() {
    type Missed = fn(&Change) -> bool;
    const MISSED: [(&str, Missed); 13] = [
        ("Opened", |change| matches!(change, Change::Opened { .. })),
        ("PersonRegistered", |change| matches!(change, Change::PersonRegistered { .. })),
        ("PersonRemoved", |change| matches!(change, Change::PersonRemoved { .. })),
        ("Admitted", |change| matches!(change, Change::Admitted { .. })),
        ("Held", |change| matches!(change, Change::Held { .. })),
        ("HoldExtended", |change| matches!(change, Change::HoldExtended { .. })),
        ("HoldEnded", |change| matches!(change, Change::HoldEnded { .. })),
        ("PlaceAbandoned", |change| matches!(change, Change::PlaceAbandoned { .. })),
        ("Booked", |change| matches!(change, Change::Booked { .. })),
        ("Moved", |change| matches!(change, Change::Moved { .. })),
        ("Cancelled", |change| matches!(change, Change::Cancelled { .. })),
        ("MessageQueued", |change| matches!(change, Change::MessageQueued { .. })),
        ("Answered", |change| matches!(change, Change::Answered { .. })),
    ];
    for (name, sabotage) in MISSED {
        let caught = std::panic::catch_unwind(|| play(SEEDS, sabotage));
        assert!(caught.is_err(), "{name}");
    }
}
