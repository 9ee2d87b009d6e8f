//! The reference store: the ledger behind one lock, nothing kept.

use crate::{Answer, Clock, Ledger, Request, Store, StoreError, Waiting, reads_of_the_ledger};
use booking::{Country, Outcome, Refusal};
use std::sync::{Arc, RwLock, RwLockReadGuard};

pub struct MemoryStore {
    ledger: RwLock<Ledger>,
    clock: Arc<dyn Clock>,
}

impl MemoryStore {
    pub fn new(country: Arc<Country>, clock: Arc<dyn Clock>) -> Self {
        Self { ledger: RwLock::new(Ledger::new(country)), clock }
    }

    /// The state, for the invariants of the conformance suite.
    pub fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.ledger.read().expect("no decision panics")
    }

    fn answer(&self, request: &Request) -> Result<Outcome, Refusal> {
        let mut ledger = self.ledger.write().expect("no decision panics");
        let mut changes = Vec::new();
        let answer = ledger.decide(request, self.clock.now(), &mut changes);
        ledger.commit();
        answer
    }

    fn read<T>(&self, look: impl FnOnce(&Ledger) -> T) -> Result<T, StoreError> {
        let ledger = self.ledger.read().map_err(|_| StoreError::unavailable("a decision panicked"))?;
        Ok(look(&ledger))
    }
}

impl Store for MemoryStore {
    fn execute(&self, request: Request) -> Waiting<'_, Answer> {
        Box::pin(async move { Ok(self.answer(&request)) })
    }

    fn is_well(&self) -> bool {
        true
    }

    reads_of_the_ledger!();
}
