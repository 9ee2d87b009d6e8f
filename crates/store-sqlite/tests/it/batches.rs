//! Many at once: the batch decides on its own pending state, and the queue is bounded.

use crate::{Folder, Sqlite, open};
use booking::{ClinicId, Outcome, PersonAlias, PersonId, Refusal, SlotId, TicketRef};
use jiff::civil::date;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use store::conformance::{Subject as _, invariants, world};
use store::{Admit, Answer, Command, MockClock, Store, StoreError, TakePlaces};
use store_sqlite::{SqliteStore, StoreLimits};
use tokio::runtime::Builder;

const PEOPLE: u64 = 100;

pub(crate) fn enter(person: PersonId) -> Command {
    let mut ticket = [0; 16];
    ticket[..8].copy_from_slice(&person.0.to_be_bytes());
    Command::Admit(Admit {
        campaign: world::CAMPAIGN,
        person,
        candidate: world::ELIGIBLE,
        ticket: TicketRef(ticket),
        queue_number: person.0,
    })
}

pub(crate) fn hold(person: PersonId, clinic: u32) -> Command {
    let slot = SlotId { clinic: ClinicId(clinic), visit_on: date(2027, 7, 26), starts_min: 540 };
    Command::Hold(TakePlaces::for_oneself(world::CAMPAIGN, person, slot))
}

pub(crate) fn register(number: u64) -> Command {
    let mut alias = [0; 32];
    alias[..8].copy_from_slice(&number.to_be_bytes());
    Command::Register { aliases: vec![PersonAlias(alias)], sealed: vec![0; 64] }
}

/// All at once, on one thread: they meet in the queue.
pub(crate) fn ask_all(store: &SqliteStore, commands: impl IntoIterator<Item = Command>) -> Vec<Answer> {
    let runtime = Builder::new_current_thread().build().unwrap();
    let mut waiting: Vec<_> = commands.into_iter().map(|command| store.execute(command.into())).collect();
    let mut context = Context::from_waker(Waker::noop());
    let first: Vec<_> = waiting.iter_mut().map(|asked| asked.as_mut().poll(&mut context)).collect();
    runtime.block_on(async {
        let mut answers = Vec::new();
        for (asked, polled) in waiting.into_iter().zip(first) {
            answers.push(match polled {
                std::task::Poll::Ready(answer) => answer,
                std::task::Poll::Pending => pin!(asked).await,
            });
        }
        answers
    })
}

fn opened() -> Sqlite {
    let country = Arc::new(world::country());
    let clock = Arc::new(MockClock::at(world::opens_at()));
    let sqlite = Sqlite::new(country, clock);
    let open = Command::Open { campaign: world::CAMPAIGN };
    for answer in ask_all(sqlite.sqlite(), std::iter::once(open).chain((1..=PEOPLE).map(register))) {
        answer.unwrap().unwrap();
    }
    sqlite
}

#[test]
fn a_hundred_at_once_share_one_place() {
    let mut sqlite = opened();
    ask_all(sqlite.sqlite(), (1..=PEOPLE).map(|person| enter(PersonId(person))));
    let answers = ask_all(sqlite.sqlite(), (1..=PEOPLE).map(|person| hold(PersonId(person), 1)));
    let held = |answer: &&Answer| matches!(answer, Ok(Ok(Outcome::Held { .. })));
    let full = |answer: &&Answer| matches!(answer, Ok(Err(Refusal::SlotFull { .. })));
    assert_eq!(answers.iter().filter(held).count(), 1);
    assert_eq!(answers.iter().filter(full).count(), PEOPLE as usize - 1);
    let before = invariants::digest(&sqlite.ledger());
    sqlite.reopen();
    assert_eq!(invariants::digest(&sqlite.ledger()), before);
    invariants::check(&sqlite.country, &sqlite.ledger()).unwrap();
}

#[test]
fn what_was_queued_is_answered_before_the_store_closes() {
    let mut sqlite = opened();
    let store = sqlite.store.take().expect("it was opened");
    let country = Arc::clone(&sqlite.country);
    let mut context = Context::from_waker(Waker::noop());
    {
        let mut asked: Vec<_> =
            (1..=PEOPLE).map(|person| store.execute(enter(PersonId(person)).into())).collect();
        for future in &mut asked {
            let _answered_or_not = future.as_mut().poll(&mut context);
        }
    }
    drop(store);
    let store = open(&sqlite.folder.0, &country, &sqlite.clock, StoreLimits::default()).unwrap();
    for person in 1..=PEOPLE {
        assert!(store.ledger().admission(world::CAMPAIGN, PersonId(person)).is_some(), "person {person}");
    }
}

#[test]
fn a_full_queue_answers_at_once() {
    let folder = Folder::new();
    let country = Arc::new(world::country());
    let clock = Arc::new(MockClock::at(world::opens_at()));
    let limits = StoreLimits { queue_max: 4, batch_max: 1, ..StoreLimits::default() };
    let store = open(&folder.0, &country, &clock, limits).unwrap();
    let answers = ask_all(&store, (0..500).map(register));
    let refused = |answer: &&Answer| matches!(answer, Err(StoreError::Unavailable { .. }));
    let registered = |answer: &&Answer| matches!(answer, Ok(Ok(Outcome::Registered(_))));
    assert!(answers.iter().filter(refused).count() > 0);
    assert!(answers.iter().filter(registered).count() >= 4);
    assert!(answers.iter().all(|answer| refused(&answer) || registered(&answer)));
    assert!(store.is_well(), "a queue that is full for a moment is no illness");
}
