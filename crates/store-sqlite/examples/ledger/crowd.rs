//! The people: each sends a command and waits for its answer before the next, so many at a time, from one thread with
//! a runtime as the service has it.

use crate::country;
use crate::figures::Figures;
use booking::{CampaignId, Candidate, HoldId, Outcome, PersonAlias, PersonId, RequestKey, TicketRef};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use store::{Admit, Clock, Command, Keyed, Request, Store as _, TakePlaces};
use store_sqlite::SqliteStore;
use tokio::task::JoinSet;

/// How often the crowd that comes at a rate looks who is due.
const TICK: Duration = Duration::from_millis(2);
const NOBODY_REFUSED: &str = "the store keeps up with the rate";

/// The campaign's time: it opens when the clock is made.
pub(crate) struct RunningClock(Instant, Timestamp);

impl RunningClock {
    pub(crate) fn start() -> Arc<Self> {
        Arc::new(Self(now(), country::opens_at()))
    }
}

impl Clock for RunningClock {
    fn now(&self) -> Timestamp {
        let since = SignedDuration::try_from(now() - self.0).expect("a short run");
        self.1 + since
    }
}

#[expect(clippy::disallowed_methods, reason = "a measurement is about real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Register,
    Admit,
    Book,
}

/// What is done how often, at most for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) step: Step,
    pub(crate) in_flight: u64,
    pub(crate) first: u64,
    pub(crate) count: u64,
    pub(crate) at_most: Duration,
}

struct Shared {
    store: Arc<SqliteStore>,
    load: Load,
    deadline: Instant,
    next: AtomicU64,
    figures: Mutex<Figures>,
}

pub(crate) fn run(store: &Arc<SqliteStore>, load: Load, figures: &mut Figures) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let start = now();
    figures.begin(start);
    let shared = Arc::new(Shared::new(store, load, start, figures));
    runtime.block_on(async {
        let tasks: Vec<_> =
            (0..load.in_flight).map(|_| tokio::spawn(person_after_person(Arc::clone(&shared)))).collect();
        for task in tasks {
            task.await.expect("no task panics");
        }
    });
    shared.give_back(figures);
}

/// So many pairs a second, whether the earlier ones are answered or not. Returns how late the latest was begun.
pub(crate) fn run_at(
    store: &Arc<SqliteStore>,
    pairs: u64,
    per_second: u64,
    figures: &mut Figures,
) -> Duration {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let start = now();
    figures.begin(start);
    let load = Load { step: Step::Book, in_flight: 0, first: 0, count: pairs, at_most: Duration::ZERO };
    let shared = Arc::new(Shared::new(store, load, start, figures));
    let late = runtime.block_on(async {
        let (mut tasks, mut begun, mut late) = (JoinSet::new(), 0, Duration::ZERO);
        while begun < pairs {
            let due_at = start + Duration::from_nanos(begun * 1_000_000_000 / per_second);
            let is_late_by = now().saturating_duration_since(due_at);
            if is_late_by.is_zero() {
                tokio::time::sleep(TICK).await;
                while let Some(pair) = tasks.try_join_next() {
                    pair.expect(NOBODY_REFUSED);
                }
                continue;
            }
            late = late.max(is_late_by);
            let (shared, number) = (Arc::clone(&shared), begun);
            tasks.spawn(async move { shared.book(number).await });
            begun += 1;
        }
        while let Some(pair) = tasks.join_next().await {
            pair.expect(NOBODY_REFUSED);
        }
        late
    });
    shared.give_back(figures);
    late
}

async fn person_after_person(shared: Arc<Shared>) {
    while now() < shared.deadline {
        let number = shared.next.fetch_add(1, Ordering::Relaxed);
        if number >= shared.load.first + shared.load.count {
            return;
        }
        match shared.load.step {
            Step::Register => shared.register(number).await,
            Step::Admit => shared.admit(number).await,
            Step::Book => shared.book(number).await,
        }
    }
}

impl Shared {
    fn new(store: &Arc<SqliteStore>, load: Load, start: Instant, figures: &mut Figures) -> Self {
        Self {
            store: Arc::clone(store),
            load,
            deadline: start + load.at_most,
            next: AtomicU64::new(load.first),
            figures: Mutex::new(std::mem::replace(figures, Figures::new())),
        }
    }

    fn give_back(&self, figures: &mut Figures) {
        *figures = std::mem::replace(&mut *self.figures(), Figures::new());
        figures.end(now());
    }

    fn figures(&self) -> MutexGuard<'_, Figures> {
        self.figures.lock().expect("nothing panics while it holds them")
    }

    async fn ask(&self, keyed: Option<Keyed>, command: Command) -> Outcome {
        let asked_at = now();
        let answer = self.store.execute(Request { keyed, command }).await;
        self.figures().answered(asked_at, now());
        answer.expect("the disk is well").expect("there is room for everybody")
    }

    async fn register(&self, number: u64) {
        self.ask(None, register(number)).await;
    }

    async fn admit(&self, number: u64) {
        self.ask(None, admit(number)).await;
    }

    async fn book(&self, number: u64) {
        let Outcome::Held { id, .. } = self.ask(Some(keyed(number, 0)), hold(number)).await else {
            unreachable!("a hold is answered with a hold")
        };
        self.ask(Some(keyed(number, 1)), confirm(number, id)).await;
        self.figures().paired(now());
    }
}

pub(crate) fn keyed(number: u64, half: u64) -> Keyed {
    Keyed { key: RequestKey(wide(number, 3 + half)), body: wide(number, 5 + half) }
}

pub(crate) fn register(number: u64) -> Command {
    Command::Register { aliases: vec![PersonAlias(wide(number, 1))], sealed: vec![0x5a; 96] }
}

pub(crate) fn admit(number: u64) -> Command {
    let (campaign, person) = booker(number);
    let ticket = wide(number, 2);
    Command::Admit(Admit {
        campaign,
        person,
        candidate: Candidate { born_on: date(1965, 5, 1), on_roster: false },
        ticket: TicketRef(*ticket.first_chunk().expect("sixteen of thirty-two bytes")),
        queue_number: number,
    })
}

pub(crate) fn hold(number: u64) -> Command {
    let (campaign, person) = booker(number);
    Command::Hold(TakePlaces::for_oneself(campaign, person, country::slot(number)))
}

pub(crate) fn confirm(number: u64, hold: HoldId) -> Command {
    Command::Confirm { booker: booker(number).1, hold }
}

/// Everybody in the first campaign, then everybody in the next.
fn booker(number: u64) -> (CampaignId, PersonId) {
    (CampaignId(1 + (number / country::PEOPLE) as u16), PersonId(1 + number % country::PEOPLE))
}

/// Bytes as a hash gives them: without a pattern.
pub(crate) fn wide(number: u64, purpose: u64) -> [u8; 32] {
    let mut state = number.wrapping_mul(8).wrapping_add(purpose);
    let mut bytes = [0; 32];
    for eight in bytes.chunks_exact_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        eight.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes());
    }
    bytes
}
