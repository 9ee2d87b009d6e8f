//! Many people at once, for the tests of what broke other systems: they ask together, and a racy desk beside the real
//! one answers as a server does that reads first and writes later.

use crate::batches::{ask_all, enter, register};
use crate::{Folder, open};
use booking::{Country, HoldId, Outcome, PersonId};
use std::sync::Arc;
use store::conformance::world;
use store::{Answer, Clock as _, Command, Ledger, MockClock};
use store_sqlite::{SqliteStore, StoreLimits};

const QUEUE_MAX: usize = 100_000;

/// Answers what is asked at the same time.
pub(crate) trait Desk {
    fn ask(&mut self, commands: Vec<Command>) -> Vec<Answer>;
}

/// The store under test.
pub(crate) struct Real {
    pub(crate) folder: Folder,
    pub(crate) country: Arc<Country>,
    pub(crate) clock: Arc<MockClock>,
    store: Option<SqliteStore>,
}

impl Real {
    /// With so many places in every band.
    pub(crate) fn new(capacity: u32) -> Self {
        Self::of(world::roomy_country(capacity))
    }

    pub(crate) fn of(country: Country) -> Self {
        let clock = Arc::new(MockClock::at(world::opens_at()));
        let mut real = Self { folder: Folder::new(), country: Arc::new(country), clock, store: None };
        real.reopen();
        real
    }

    pub(crate) fn store(&self) -> &SqliteStore {
        self.store.as_ref().expect("it is open between two reopenings")
    }

    pub(crate) fn reopen(&mut self) {
        self.store = None;
        let limits = StoreLimits { queue_max: QUEUE_MAX, ..StoreLimits::default() };
        self.store = Some(open(&self.folder.0, &self.country, &self.clock, limits).unwrap());
    }
}

impl Desk for Real {
    fn ask(&mut self, commands: Vec<Command>) -> Vec<Answer> {
        ask_all(self.store(), commands)
    }
}

/// The saboteur: decides all that is asked together on what was committed before it.
pub(crate) struct ReadThenWrite {
    ledger: Ledger,
    clock: Arc<MockClock>,
}

impl ReadThenWrite {
    pub(crate) fn new(capacity: u32) -> Self {
        let clock = Arc::new(MockClock::at(world::opens_at()));
        Self { ledger: Ledger::new(Arc::new(world::roomy_country(capacity))), clock }
    }
}

impl Desk for ReadThenWrite {
    fn ask(&mut self, commands: Vec<Command>) -> Vec<Answer> {
        let (now, mut changes) = (self.clock.now(), Vec::new());
        let requests: Vec<store::Request> = commands.into_iter().map(Into::into).collect();
        let mut answers = Vec::new();
        for request in &requests {
            answers.push(Ok(self.ledger.decide(request, now, &mut changes)));
            self.ledger.discard();
        }
        for request in &requests {
            let _told_otherwise = self.ledger.decide(request, now, &mut changes);
        }
        self.ledger.commit();
        answers
    }
}

/// Opens the doors and lets everybody in, one after another.
pub(crate) fn admit(desk: &mut dyn Desk, people: impl IntoIterator<Item = PersonId>) {
    desk.ask(vec![Command::Open { campaign: world::CAMPAIGN }]);
    for person in people {
        desk.ask(vec![register(person.0)]);
        assert!(matches!(desk.ask(vec![enter(person)])[..], [Ok(Ok(_))]), "{person:?} is let in");
    }
}

/// As [`admit`], all at once.
pub(crate) fn admit_together(desk: &mut Real, people: u64) {
    desk.ask(vec![Command::Open { campaign: world::CAMPAIGN }]);
    desk.ask((1..=people).map(register).collect());
    let answers = desk.ask((1..=people).map(|person| enter(PersonId(person))).collect());
    assert!(answers.iter().all(|answer| matches!(answer, Ok(Ok(Outcome::Admitted(_))))));
}

pub(crate) fn held(answer: &Answer) -> Option<HoldId> {
    match answer {
        Ok(Ok(Outcome::Held { id, .. })) => Some(*id),
        _ => None,
    }
}

pub(crate) fn is_booked(answer: &Answer) -> bool {
    matches!(answer, Ok(Ok(Outcome::Booked(_))))
}

pub(crate) fn confirm(booker: PersonId, hold: HoldId) -> Command {
    Command::Confirm { booker, hold }
}
