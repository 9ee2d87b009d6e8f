//! The suite every back end must pass, with equal answers.
//!
//! - [`cases`]: what each use answers, told line by line in a small language ([`language`]).
//! - [`simulation`]: seeded people who fight over a few places, with clock jumps and crashes; [`invariants`] are
//!   checked after every event, and the same seed gives the same trace on every back end.
//! - [`line_cases`], [`places_cases`]: the memory of the waiting room.
//! - [`Figure`]: what a test of a promise came to.
//!
//! To add a case: a few lines in `cases.rs`. To add an invariant: a named function in `invariants.rs` and its line in
//! `invariants::check`. A back end brings a [`Subject`] and a function that makes one.

mod audit;
pub mod calls_cases;
pub mod cases;
mod chance;
mod clinics;
mod figure;
pub mod invariants;
mod language;
pub mod line_cases;
mod people;
pub mod places_cases;
pub mod simulation;
mod wording;
mod words;
pub mod world;

use crate::{Answer, Ledger, MockClock, Request, Store};
use booking::Country;
pub use chance::Chance;
pub use figure::Figure;
use std::sync::{Arc, RwLockReadGuard};
use tokio::runtime::{Builder, Runtime};

/// A store that is looked at from all sides.
pub trait Subject {
    fn store(&self) -> &dyn Store;
    /// The committed state, for the invariants.
    fn ledger(&self) -> RwLockReadGuard<'_, Ledger>;
    /// Ends the store and begins a new one on what it kept. A store that keeps nothing goes on as it is.
    fn reopen(&mut self);
}

/// Makes an empty subject.
pub type Make<'a> = &'a mut dyn FnMut(Arc<Country>, Arc<MockClock>) -> Box<dyn Subject>;

/// A subject in its world: the country, the clock, and somebody who waits for answers.
pub(crate) struct Stage {
    pub(crate) country: Arc<Country>,
    pub(crate) clock: Arc<MockClock>,
    pub(crate) subject: Box<dyn Subject>,
    runtime: Runtime,
}

impl Stage {
    /// One hour before the opening.
    pub(crate) fn new(make: Make<'_>) -> Self {
        let country = Arc::new(world::country());
        let clock = Arc::new(MockClock::at(world::opens_at() - jiff::SignedDuration::from_hours(1)));
        let subject = make(Arc::clone(&country), Arc::clone(&clock));
        let runtime = Builder::new_current_thread().build().expect("a runtime without drivers starts");
        Self { country, clock, subject, runtime }
    }

    pub(crate) fn ask(&self, request: impl Into<Request>) -> Answer {
        self.wait_for(self.subject.store().execute(request.into()))
    }

    pub(crate) fn wait_for<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }
}
