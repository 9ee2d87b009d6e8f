//! The views: a start from them is the start from the whole journal, whatever happened to them.

use crate::batches::{ask_all, enter, hold, register};
use crate::{Folder, is_long, open};
use booking::{Country, HoldId, PersonId};
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Arc, Mutex, RwLockReadGuard};
use std::thread;
use std::time::Duration;
use store::conformance::{Chance, Subject, simulation, world};
use store::{Command, Ledger, MockClock, Store};
use store_sqlite::{Sabotage, SqliteStore, StoreLimits};

const SEED: u64 = 3_524_000;
const SEEDS: u64 = 12;
const SEEDS_LONG: u64 = 500;
const PLACES: u64 = 150;
const PLACES_LONG: u64 = 1_000;
const VIEWS: [&str; 2] = ["views.db", "views.db-wal"];
const JOURNAL: [&str; 3] = ["journal.db", "journal.db-wal", "journal.head"];

/// Writes what it is given at once, in transactions of its own.
fn eager() -> StoreLimits {
    StoreLimits { project_every: Duration::ZERO, ..StoreLimits::default() }
}

fn wait_until(mut condition: impl FnMut() -> bool) {
    while !condition() {
        thread::yield_now();
    }
}

fn has_followed(store: &SqliteStore) -> bool {
    let lag = store.views_lag().expect("this store has views");
    lag.views_seq == lag.journal_seq
}

fn copy(from: &Path, to: &Path, names: &[&str]) {
    for name in names {
        if let Ok(bytes) = std::fs::read(from.join(name)) {
            std::fs::write(to.join(name), bytes).unwrap();
        }
    }
}

/// What the whole journal says.
fn replayed(folder: &Path, country: &Arc<Country>, clock: &Arc<MockClock>) -> String {
    let alone = Folder::new();
    copy(folder, &alone.0, &JOURNAL);
    let store = open(&alone.0, country, clock, StoreLimits::default()).unwrap();
    let ledger = store.ledger();
    ledger.every_table()
}

/// Line by line, so that a difference can be read.
fn assert_same(found: &str, expected: &str, what: &str) {
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected, "{what}");
    }
    assert_eq!(found.len(), expected.len(), "{what}");
}

/// A store that is killed, in effect, whenever the simulation restarts it: its files are copied as they stand, the views
/// cut somewhere, and the copy must come to the state that was lived.
struct Killed {
    folder: Folder,
    country: Arc<Country>,
    clock: Arc<MockClock>,
    limits: StoreLimits,
    store: Option<SqliteStore>,
    chance: Mutex<Chance>,
}

impl Killed {
    fn new(country: Arc<Country>, clock: Arc<MockClock>, limits: StoreLimits) -> Self {
        let folder = Folder::new();
        let store = open(&folder.0, &country, &clock, limits).unwrap();
        let chance = Mutex::new(Chance::seeded(SEED));
        Self { folder, country, clock, limits, store: Some(store), chance }
    }

    fn sqlite(&self) -> &SqliteStore {
        self.store.as_ref().expect("it is open between two reopenings")
    }

    /// The views first, so that the journal is where they are or further.
    fn copied(&self) -> Folder {
        let copied = Folder::new();
        copy(&self.folder.0, &copied.0, &VIEWS);
        copy(&self.folder.0, &copied.0, &JOURNAL);
        let mut chance = self.chance.lock().unwrap();
        let name = VIEWS[chance.index(VIEWS.len())];
        if let Ok(file) = std::fs::File::options().write(true).open(copied.0.join(name))
            && chance.percent(50)
        {
            let length = file.metadata().unwrap().len();
            file.set_len(chance.below(length + 1)).unwrap();
        }
        copied
    }
}

impl Subject for Killed {
    fn store(&self) -> &dyn Store {
        self.sqlite()
    }

    fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.sqlite().ledger()
    }

    fn reopen(&mut self) {
        let lived = self.ledger().every_table();
        let folder = self.copied();
        self.store = None;
        let store = open(&folder.0, &self.country, &self.clock, self.limits).unwrap();
        assert_same(&store.ledger().every_table(), &lived, "from the views");
        assert_same(&replayed(&folder.0, &self.country, &self.clock), &lived, "from the journal");
        (self.store, self.folder) = (Some(store), folder);
    }
}

fn play(limits: StoreLimits) {
    let seeds = if is_long() { SEEDS_LONG } else { SEEDS };
    for seed in 0..seeds {
        let mut make = |country, clock| -> Box<dyn Subject> { Box::new(Killed::new(country, clock, limits)) };
        if let Err(found) = simulation::run(seed, &mut make) {
            panic!("{found}");
        }
    }
    println!("seeds 0..{seeds}, {} events each, every table equal after every kill", simulation::EVENTS);
}

#[test]
fn a_start_from_the_views_is_a_start_from_the_journal_wherever_the_projector_was_killed() {
    play(eager());
}

#[test]
fn a_projector_for_which_no_row_fits_into_the_memory_reads_them_from_the_journal() {
    play(StoreLimits { feed_bytes_max: 0, ..eager() });
}

/// A folder with a hundred people booked, its service stopped.
struct Booked {
    folder: Folder,
    country: Arc<Country>,
    clock: Arc<MockClock>,
    expected: String,
}

const PEOPLE: u64 = 100;

fn booked(limits: StoreLimits) -> Booked {
    let folder = Folder::new();
    let country = Arc::new(world::roomy_country(1_000));
    let clock = Arc::new(MockClock::at(world::opens_at()));
    let store = open(&folder.0, &country, &clock, limits).unwrap();
    ask_all(&store, [Command::Open { campaign: world::CAMPAIGN }]);
    for number in 1..=PEOPLE {
        let person = PersonId(number);
        let confirm = Command::Confirm { booker: person, hold: HoldId(number) };
        let commands = [register(number), enter(person), hold(person, 1 + number as u32 % 6), confirm];
        assert!(ask_all(&store, commands).iter().all(|answer| matches!(answer, Ok(Ok(_)))));
    }
    let expected = store.ledger().every_table();
    drop(store);
    Booked { folder, country, clock, expected }
}

impl Booked {
    fn open(&self) -> SqliteStore {
        open(&self.folder.0, &self.country, &self.clock, StoreLimits::default()).unwrap()
    }

    /// How far the views were when the service started, and whether its state is right.
    fn start(&self) -> u64 {
        let store = open(
            &self.folder.0,
            &self.country,
            &self.clock,
            StoreLimits { project_every: Duration::from_mins(10), ..StoreLimits::default() },
        );
        let store = store.unwrap();
        assert_same(&store.ledger().every_table(), &self.expected, "after the start");
        store.views_lag().expect("this store has views").views_seq
    }

    fn change(&self, file: &str, sql: &str) {
        Connection::open(self.folder.0.join(file)).unwrap().execute_batch(sql).unwrap();
    }
}

#[test]
fn a_service_that_was_stopped_starts_from_its_views_alone() {
    let booked = booked(StoreLimits::default());
    let rows: i64 = Connection::open(booked.folder.0.join("journal.db"))
        .unwrap()
        .query_row("SELECT max(seq) FROM journal", [], |row| row.get(0))
        .unwrap();
    assert_eq!(booked.start(), rows.cast_unsigned());
}

#[test]
fn a_projector_that_skips_a_row_is_caught() {
    let booked = booked(StoreLimits { sabotage: Sabotage::SkipARow(40), ..eager() });
    // Either what follows does not fit, or the tables are not the same.
    let caught = std::panic::catch_unwind(|| booked.start()).map_or(true, |views_seq| views_seq == 0);
    assert!(caught, "the skipped row was not missed");
}

#[test]
fn views_that_are_not_of_this_release_or_not_of_this_journal_are_made_again() {
    type Way = fn(&Booked);
    let ways: [(&str, Way); 6] = [
        ("gone", |booked| std::fs::remove_file(booked.folder.0.join("views.db")).unwrap()),
        ("too new", |booked| booked.change("views.db", "PRAGMA user_version = 99")),
        ("another program's", |booked| booked.change("views.db", "PRAGMA application_id = 77")),
        ("no database", |booked| {
            std::fs::write(booked.folder.0.join("views.db"), "not a database".repeat(500)).unwrap();
        }),
        ("without its position", |booked| booked.change("views.db", "UPDATE held SET position = x'00'")),
        ("of another journal", |booked| {
            let other = self::booked(StoreLimits { batch_max: 1, ..StoreLimits::default() });
            booked.change("views.db", "PRAGMA journal_mode = DELETE");
            copy(&other.folder.0, &booked.folder.0, &VIEWS);
        }),
    ];
    for (what, way) in ways {
        let booked = booked(StoreLimits::default());
        if what == "of another journal" {
            booked.clock.advance(jiff::SignedDuration::from_hours(1));
        }
        way(&booked);
        assert_eq!(booked.start(), 0, "{what}: they were believed");
        let store = booked.open();
        wait_until(|| has_followed(&store));
        drop(store);
        assert!(booked.start() > 0, "{what}: they were not made again");
    }
}

#[test]
fn a_changed_bit_in_the_views_is_noticed_or_harmless() {
    let booked = booked(StoreLimits::default());
    let whole = std::fs::read(booked.folder.0.join("views.db")).unwrap();
    let mut chance = Chance::seeded(SEED);
    let (places, mut noticed) = (if is_long() { PLACES_LONG } else { PLACES }, 0);
    for _ in 0..places {
        let mut altered = whole.clone();
        altered[chance.index(whole.len())] ^= 1 << chance.below(8);
        std::fs::write(booked.folder.0.join("views.db"), altered).unwrap();
        noticed += u64::from(booked.start() == 0);
    }
    println!("seed {SEED}, {places} bits of {} bytes: {noticed} noticed, the others harmless", whole.len());
    assert!(noticed > places / 10, "the bits hit nothing");
}

#[test]
fn damage_in_the_part_of_the_journal_that_the_views_stand_for_ends_the_writing() {
    let booked = booked(StoreLimits::default());
    booked.change("journal.db", "UPDATE journal SET at_ms = at_ms + 1 WHERE seq = 17");
    let store = booked.open();
    assert_same(&store.ledger().every_table(), &booked.expected, "what is served is what was written");
    wait_until(|| !store.is_well());
    assert!(!store.is_proved());
    let answers = ask_all(&store, [register(PEOPLE + 1)]);
    assert!(answers.iter().all(Result::is_err), "{answers:?}");
}

#[test]
fn a_journal_without_damage_is_proved_after_the_start() {
    let booked = booked(StoreLimits::default());
    let store = booked.open();
    wait_until(|| store.is_proved());
    assert!(store.is_well());
}

#[test]
fn views_that_cannot_be_written_harm_nobody() {
    let folder = Folder::new();
    std::fs::create_dir(folder.0.join("views.db")).unwrap();
    let country = Arc::new(world::roomy_country(1_000));
    let clock = Arc::new(MockClock::at(world::opens_at()));
    let store = open(&folder.0, &country, &clock, eager()).unwrap();
    let answers = ask_all(&store, (0..50).map(register));
    assert!(answers.iter().all(|answer| matches!(answer, Ok(Ok(_)))), "{answers:?}");
    let lag = store.views_lag().unwrap();
    assert_eq!(lag.views_seq, 0);
    assert!(lag.journal_seq > 0 && lag.waits_since_ms.is_some(), "{lag:?}");
    assert!(store.is_well());
}

#[test]
fn the_views_catch_up_with_a_journal_that_had_none() {
    let booked = booked(StoreLimits::default());
    std::fs::remove_file(booked.folder.0.join("views.db")).unwrap();
    let store = booked.open();
    wait_until(|| has_followed(&store));
    assert_eq!(store.views_lag().unwrap().waits_since_ms, None);
    drop(store);
    assert!(booked.start() > 0);
}

#[test]
fn the_tables_for_questions_say_what_the_ledger_says() {
    let booked = booked(StoreLimits::default());
    let store = booked.open();
    let cancel =
        |number| Command::Cancel { person: PersonId(number), appointment: booking::AppointmentId(number) };
    let answers = ask_all(&store, [cancel(3), cancel(50)]);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(Ok(_)))), "{answers:?}");
    let mut expected: Vec<_> = store.ledger().appointments().map(|(id, found)| (id.0, found)).collect();
    expected.sort_by_key(|(id, _)| *id);
    drop(store);
    let views = Connection::open(booked.folder.0.join("views.db")).unwrap();
    let mut by_person = views
        .prepare(
            "SELECT id, clinic || ' ' || visit_on || ' ' || starts_min || ' ' || dose || ' ' || state
             FROM appointment WHERE person = ?1",
        )
        .unwrap();
    for (id, appointment) in expected {
        let place = appointment.place;
        let slot = place.slot;
        let state = if appointment.is_live() { "booked" } else { "cancelled" };
        let told =
            format!("{} {} {} {} {state}", slot.clinic.0, slot.visit_on, slot.starts_min, place.dose.0);
        let found: (i64, String) = by_person
            .query_row([place.recipient.0.cast_signed()], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        assert_eq!(found, (id.cast_signed(), told));
    }
    let at_clinic = "SELECT count(*) FROM appointment WHERE clinic = 1 AND visit_on = '2027-07-26'";
    let plan: String =
        views.query_row(&format!("EXPLAIN QUERY PLAN {at_clinic}"), [], |row| row.get(3)).unwrap();
    assert!(plan.contains("appointment_at_clinic"), "{plan}");
}
