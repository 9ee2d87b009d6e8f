//! The reference store: the ledger behind one lock, nothing kept.

use crate::{Answer, AuditEvent, Clock, Ledger, Request, Store, StoreError, Waiting, reads_of_the_ledger};
use booking::{AuditEntry, Country, Outcome, Refusal};
use std::sync::{Arc, RwLock, RwLockReadGuard};

pub struct MemoryStore {
    ledger: RwLock<Ledger>,
    audit: RwLock<Vec<AuditEvent>>,
    clock: Arc<dyn Clock>,
}

impl MemoryStore {
    pub fn new(country: Arc<Country>, clock: Arc<dyn Clock>) -> Self {
        Self { ledger: RwLock::new(Ledger::new(country)), audit: RwLock::default(), clock }
    }

    /// The state, for the invariants of the conformance suite.
    pub fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.ledger.read().expect("no decision panics")
    }

    fn answer(&self, request: &Request) -> Result<Outcome, Refusal> {
        let mut ledger = self.ledger.write().expect("no decision panics");
        let mut changes = Vec::new();
        let mut head = ledger.audit_head();
        let answer = ledger.decide(request, self.clock.now(), &mut changes);
        ledger.commit();
        let events = changes.iter().filter_map(AuditEntry::of).map(|entry| head.add(entry));
        self.audit.write().expect("nothing panics while holding the audit").extend(events);
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

    fn audit_since(&self, seq: u64, events_max: usize) -> Waiting<'_, Result<Vec<AuditEvent>, StoreError>> {
        let events = self.audit.read().expect("nothing panics while holding the audit");
        let known = usize::try_from(seq).unwrap_or(usize::MAX);
        let page = events.iter().skip(known).take(events_max).cloned().collect();
        Box::pin(std::future::ready(Ok(page)))
    }

    reads_of_the_ledger!();
}
