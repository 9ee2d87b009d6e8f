//! The people: so many at a time, each after the other's answer, from one thread.

use crate::{CAMPAIGN, country};
use booking::{Candidate, Outcome, PersonAlias, PersonId, RequestKey, TicketRef};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use store::{Admit, Command, Keyed, Request, Store as _, TakePlaces};
use store_sqlite::SqliteStore;
use tokio::task::LocalSet;

static STARTED_AT: OnceLock<Instant> = OnceLock::new();

/// The campaign's time: it opens when the process starts.
pub(crate) struct Clock;

impl Clock {
    pub(crate) fn start() -> Self {
        STARTED_AT.get_or_init(now);
        Self
    }
}

impl store::Clock for Clock {
    fn now(&self) -> Timestamp {
        let since = SignedDuration::try_from(STARTED_AT.get_or_init(now).elapsed()).expect("a short run");
        country::opens_at() + since
    }
}

pub(crate) fn clock_ms() -> i64 {
    store::Clock::now(&Clock).as_millisecond()
}

#[expect(clippy::disallowed_methods, reason = "a measurement is about real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

pub(crate) struct Crowd {
    pub(crate) people: u64,
    pub(crate) in_flight: u64,
    /// Pairs a second, at most.
    pub(crate) rate: Option<u64>,
}

impl Crowd {
    pub(crate) fn come_in(&self, store: &Arc<SqliteStore>) -> Duration {
        self.each(store, &(Rc::new(|| {}) as Meanwhile), |store, number| async move {
            let _person = come_in(&store, number).await;
        })
    }

    pub(crate) fn book(&self, store: &Arc<SqliteStore>, meanwhile: &Meanwhile) -> Duration {
        self.each(store, meanwhile, |store, number| async move {
            book(&store, PersonId(number + 1), number).await;
        })
    }

    fn each<F: Future<Output = ()> + 'static>(
        &self,
        store: &Arc<SqliteStore>,
        meanwhile: &Meanwhile,
        work: fn(Arc<SqliteStore>, u64) -> F,
    ) -> Duration {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let (start, next, tasks) = (now(), Rc::new(Cell::new(0)), LocalSet::new());
        for _ in 0..self.in_flight {
            let (store, next, meanwhile) = (Arc::clone(store), Rc::clone(&next), Rc::clone(meanwhile));
            let Self { people, rate, .. } = *self;
            tasks.spawn_local(async move {
                while next.get() < people {
                    let number = next.replace(next.get() + 1);
                    if let Some(rate) = rate {
                        let due = start + Duration::from_secs_f64(number as f64 / rate as f64);
                        tokio::time::sleep_until(due.into()).await;
                    }
                    work(Arc::clone(&store), number).await;
                    meanwhile();
                }
            });
        }
        runtime.block_on(tasks);
        start.elapsed()
    }
}

/// Called after each of them.
pub(crate) type Meanwhile = Rc<dyn Fn()>;

pub(crate) fn one_more(store: &Arc<SqliteStore>, number: u64) -> PersonId {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let person = come_in(store, number).await;
        book(store, person, number).await;
        person
    })
}

async fn ask(store: &SqliteStore, keyed: Option<Keyed>, command: Command) -> Outcome {
    let answer = store.execute(Request { keyed, command }).await;
    answer.expect("the disk is well").expect("there is room for everybody")
}

async fn come_in(store: &SqliteStore, number: u64) -> PersonId {
    let aliases = vec![PersonAlias(wide(number, 1))];
    let registered = ask(store, None, Command::Register { aliases, sealed: vec![0x5a; 96] }).await;
    let Outcome::Registered(person) = registered else { unreachable!("whoever registers is registered") };
    let admit = Admit {
        campaign: CAMPAIGN,
        person,
        candidate: Candidate { born_on: date(1965, 5, 1), on_roster: false },
        ticket: TicketRef(*wide(number, 2).first_chunk().expect("sixteen of thirty-two")),
        queue_number: number,
    };
    ask(store, None, Command::Admit(admit)).await;
    person
}

async fn book(store: &SqliteStore, person: PersonId, number: u64) {
    let keyed =
        |half: u64| Some(Keyed { key: RequestKey(wide(number, 3 + half)), body: wide(number, 5 + half) });
    let hold = Command::Hold(TakePlaces::for_oneself(CAMPAIGN, person, country::slot(number)));
    let Outcome::Held { id, .. } = ask(store, keyed(0), hold).await else { unreachable!("it is held") };
    ask(store, keyed(1), Command::Confirm { booker: person, hold: id }).await;
}

/// Bytes without a pattern.
fn wide(number: u64, purpose: u64) -> [u8; 32] {
    Sha256::new().chain_update(number.to_be_bytes()).chain_update(purpose.to_be_bytes()).finalize().into()
}
