//! A request is sent again: the answer was lost, the client was impatient, the service died in between, a day went by.
//! And whoever was told that they are booked sees it from then on.

use crate::batches::{enter, hold};
use crate::crowd::{Real, admit_together, confirm, held, is_booked};
use crate::{Folder, is_long, open};
use booking::{Outcome, PersonId, Refusal, RequestKey};
use jiff::SignedDuration;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Waker};
use std::thread;
use store::conformance::{Chance, Figure, invariants};
use store::{Answer, Command, Keyed, Request, Store as _};
use store_sqlite::{SqliteStore, StoreLimits};
use tokio::runtime::Builder;

const SEED: u64 = 11;
const ROOM: u32 = 1_000_000;
const ALMOST_A_DAY: SignedDuration = SignedDuration::from_mins(24 * 60 - 1);
const DATA: [&str; 3] = ["journal.db", "journal.db-wal", "journal.head"];

fn keyed(person: PersonId, body: u8, command: Command, has_key: bool) -> Request {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&person.0.to_be_bytes());
    let keyed = has_key.then_some(Keyed { key: RequestKey(key), body: [body; 32] });
    Request { keyed, command }
}

fn answer(store: &SqliteStore, request: Request) -> Answer {
    Builder::new_current_thread().build().unwrap().block_on(store.execute(request))
}

/// Asked, and never heard.
fn drop_the_answer(store: &SqliteStore, request: Request) {
    let mut asked = store.execute(request);
    let _nobody_hears_it = asked.as_mut().poll(&mut Context::from_waker(Waker::noop()));
}

/// The service dies here: another begins with the files as they lie there, the log among them.
fn after_a_crash(real: &Real) -> (Folder, SqliteStore) {
    let folder = Folder::new();
    for name in DATA {
        std::fs::copy(real.folder.0.join(name), folder.0.join(name)).unwrap();
    }
    let store = open(&folder.0, &real.country, &real.clock, StoreLimits::default()).unwrap();
    (folder, store)
}

#[derive(Debug, Default)]
struct Found {
    sent: u64,
    /// Second effects, and answers that differ from the first.
    wrong: u64,
}

impl Found {
    fn expect_same(&mut self, first: &Answer, again: &Answer) {
        self.sent += 1;
        let same = matches!((first, again), (Ok(Ok(first)), Ok(Ok(again))) if first == again);
        self.wrong += u64::from(!same);
    }
}

fn send_everything_twice(people: u64, has_key: bool) -> Found {
    let mut found = Found::default();
    let mut real = Real::new(ROOM);
    admit_together(&mut real, people);
    let mut booked = Vec::new();
    for person in (1..=people).map(PersonId) {
        let wanted = keyed(person, 1, hold(person, 1), has_key);
        drop_the_answer(real.store(), wanted.clone());
        let first = answer(real.store(), wanted.clone());
        found.expect_same(&first, &answer(real.store(), wanted));
        let Some(id) = held(&first) else { continue };
        let wish = keyed(PersonId(person.0 + people), 2, confirm(person, id), has_key);
        drop_the_answer(real.store(), wish.clone());
        let first = answer(real.store(), wish.clone());
        found.expect_same(&first, &answer(real.store(), wish.clone()));
        booked.push((wish, first));
    }
    let (_folder, later) = after_a_crash(&real);
    for (wish, first) in &booked {
        found.expect_same(first, &answer(&later, wish.clone()));
    }
    drop(later);
    real.clock.advance(ALMOST_A_DAY);
    real.reopen();
    for (wish, first) in &booked {
        found.expect_same(first, &answer(real.store(), wish.clone()));
    }
    let appointments = real.store().ledger().appointments().count() as u64;
    found.wrong += appointments.saturating_sub(people);
    found
}

#[test]
fn whatever_is_sent_again_has_one_effect_and_one_answer() {
    let people = if is_long() { 2_500 } else { 100 };
    let found = send_everything_twice(people, true);
    Figure {
        promise: "B4",
        test: "sent again",
        runs: found.sent,
        of: "repeated requests",
        violations: found.wrong,
        saboteur: "no key is kept",
        caught: send_everything_twice(20, false).wrong,
        more: "answer dropped, doubled, after a crash, 23 h 59 min later".to_owned(),
    }
    .tell();
}

#[test]
fn a_key_with_another_body_is_refused_and_a_day_later_nothing_is_doubled() {
    let mut real = Real::new(ROOM);
    admit_together(&mut real, 1);
    let person = PersonId(1);
    let first = answer(real.store(), keyed(person, 1, hold(person, 1), true));
    let other = answer(real.store(), keyed(person, 9, hold(person, 2), true));
    assert_eq!(other.unwrap(), Err(Refusal::KeyReused));
    let id = held(&first).unwrap();
    assert!(is_booked(&answer(real.store(), confirm(person, id).into())));
    real.clock.advance(SignedDuration::from_hours(30));
    real.reopen();
    let late = answer(real.store(), confirm(person, id).into());
    assert!(late.unwrap().is_err(), "forgotten is not done again");
    assert_eq!(real.store().ledger().appointments().count(), 1);
}

/// Books from four threads and reads at once. How many did not see what they had been told, and how many were told.
fn read_what_was_told(a_thread: u64, reads_before: bool) -> (u64, u64) {
    let mut real = Real::new(ROOM);
    admit_together(&mut real, 4 * a_thread);
    let (missed, told) = (AtomicU64::new(0), AtomicU64::new(0));
    let store = real.store();
    let book = |thread: u64| {
        for person in (thread * a_thread + 1..=(thread + 1) * a_thread).map(PersonId) {
            let runtime = Builder::new_current_thread().build().unwrap();
            let ask = |command: Command| runtime.block_on(store.execute(command.into())).unwrap().unwrap();
            let read = || runtime.block_on(store.appointments_of(person)).unwrap();
            let Outcome::Held { id, .. } = ask(hold(person, 1 + person.0 as u32 % 6)) else { panic!("held") };
            let lagging = read();
            let Outcome::Booked(booked) = ask(confirm(person, id)) else { panic!("booked") };
            let seen = if reads_before { lagging } else { read() };
            told.fetch_add(1, Ordering::Relaxed);
            missed.fetch_add(u64::from(*seen != *booked), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| (0..4).for_each(|thread| drop(scope.spawn(move || book(thread)))));
    (missed.into_inner(), told.into_inner())
}

#[test]
fn whoever_was_told_that_they_are_booked_sees_it() {
    let (missed, told) = read_what_was_told(if is_long() { 10_000 } else { 250 }, false);
    Figure {
        promise: "B6",
        test: "read after the answer",
        runs: told,
        of: "bookings",
        violations: missed,
        saboteur: "reads from a copy that lags by one commit",
        caught: read_what_was_told(10, true).0,
        more: "four threads".to_owned(),
    }
    .tell();
}

/// Four threads hold, confirm, release and cancel by chance, an auditor looks as often as it can.
fn audit_a_run(real: &mut Real, steps: u64) -> (u64, u64) {
    admit_together(real, 400);
    let (store, is_over) = (real.store(), AtomicBool::new(false));
    let country = store::conformance::world::roomy_country(2);
    let work = |thread: u64| {
        let mut chance = Chance::seeded(SEED + thread);
        let runtime = Builder::new_current_thread().build().unwrap();
        let ask = |command: Command| runtime.block_on(store.execute(command.into())).unwrap();
        for _ in 0..steps {
            let person = PersonId(thread * 100 + 1 + chance.below(100));
            let Ok(Outcome::Held { id, .. }) = ask(hold(person, 1 + chance.below(6) as u32)) else {
                continue;
            };
            if chance.percent(40) {
                let _refused_or_not = ask(Command::Release { booker: person, hold: id });
            } else if let Ok(Outcome::Booked(booked)) = ask(confirm(person, id))
                && chance.percent(70)
            {
                let _refused_or_not = ask(Command::Cancel { person, appointment: booked[0].0 });
            }
            let _again = ask(enter(person));
        }
    };
    thread::scope(|scope| {
        let auditor = scope.spawn(|| {
            let (mut looks, mut broken) = (0, 0);
            while !is_over.load(Ordering::Acquire) || looks == 0 {
                broken += u64::from(invariants::check(&country, &store.ledger()).is_err());
                looks += 1;
            }
            (looks, broken)
        });
        let workers: Vec<_> = (0..4).map(|thread| scope.spawn(move || work(thread))).collect();
        for worker in workers {
            worker.join().unwrap();
        }
        is_over.store(true, Ordering::Release);
        auditor.join().unwrap()
    })
}

#[test]
fn free_held_booked_and_blocked_are_the_capacity_at_every_look() {
    let steps = if is_long() { 5_000 } else { 150 };
    let (looks, violations) = audit_a_run(&mut Real::new(2), steps);
    let (_, caught) = audit_a_run(&mut Real::new(1_000), 50);
    Figure {
        promise: "B5",
        test: "an auditor during the run",
        runs: looks,
        of: "looks",
        violations,
        saboteur: "no guard of capacity",
        caught,
        more: format!("four threads of {steps} steps each; seed {SEED}"),
    }
    .tell();
}
