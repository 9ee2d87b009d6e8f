//! The store: the writer's inbox, and the reads.

use crate::address::Address;
use crate::health::{Health, HealthCell};
use crate::inbox::{AuditAsked, Inbox, stopped};
use crate::options::StoreLimits;
use crate::watched::Watched;
use crate::writer::Writer;
use booking::Country;
use std::sync::{Arc, RwLock, RwLockReadGuard};
use std::thread::{self, JoinHandle};
use store::{
    Answer, AuditEvent, Clock, Ledger, Randomness, Request, Store, StoreError, Waiting, Writing,
    reads_of_the_ledger,
};
use tokio::sync::oneshot;

/// One node's view of the database. Dropping it answers what was queued and joins the thread.
pub struct PostgresStore {
    inbox: Arc<Inbox>,
    writer: Option<JoinHandle<()>>,
    ledger: Arc<RwLock<Ledger>>,
    clock: Arc<dyn Clock>,
    health: Arc<HealthCell>,
    watched: Arc<Watched>,
}

impl PostgresStore {
    /// Brings the tables up to this release and replays the journal.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] names the row of the journal that is not as it was written, or what the country no
    /// longer gives; [`StoreError::Unavailable`] if no primary answers.
    pub fn open(
        address: Address,
        country: Arc<Country>,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
        limits: StoreLimits,
    ) -> Result<Self, StoreError> {
        let inbox = Arc::new(Inbox::new(limits.queue_max));
        let ledger = Arc::new(RwLock::new(Ledger::new(country)));
        let (health, watched) = (Arc::<HealthCell>::default(), Arc::<Watched>::default());
        let mut writer = Writer::new(
            (address, randomness),
            Arc::clone(&inbox),
            Arc::clone(&ledger),
            Arc::clone(&clock),
            limits,
        );
        writer.watched_by(Arc::clone(&health), Arc::clone(&watched));
        writer.begin()?;
        let thread = thread::Builder::new().name("ledger".to_owned()).spawn(move || writer.run());
        let thread = thread.map_err(|e| StoreError::unavailable_because("cannot start the writer", e))?;
        Ok(Self { inbox, writer: Some(thread), ledger, clock, health, watched })
    }

    /// The state as this node knows it, for the invariants of the conformance suite.
    pub fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.ledger.read().expect("no decision panics")
    }

    /// Everything that was in the journal when this was asked is visible when it returns.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn up_to_date(&self) -> Result<(), StoreError> {
        let told = self.inbox.read()?;
        told.await.unwrap_or_else(|_| Err(stopped()))
    }

    fn read<T>(&self, look: impl FnOnce(&Ledger) -> T) -> Result<T, StoreError> {
        let ledger = self.ledger.read().map_err(|_| StoreError::unavailable("a decision panicked"))?;
        Ok(look(&ledger))
    }
}

impl Store for PostgresStore {
    /// A future that is dropped half-way leaves its command in the queue, unless it asks for a place that would be held
    /// for nobody: whoever asked does not know the outcome, and asks again with the same key.
    fn execute(&self, request: Request) -> Waiting<'_, Answer> {
        Box::pin(async move {
            self.inbox.ask(request, self.clock.elapsed())?.await.unwrap_or_else(|_| Err(stopped()))
        })
    }

    fn is_well(&self) -> bool {
        self.health.get() == Health::Well
    }

    fn audit_since(&self, since: u64, events_max: usize) -> Waiting<'_, Result<Vec<AuditEvent>, StoreError>> {
        Box::pin(async move {
            let (reply, answer) = oneshot::channel();
            self.inbox.audit(AuditAsked { since, events_max, reply })?;
            answer.await.unwrap_or_else(|_| Err(stopped()))
        })
    }

    fn writing(&self) -> Option<Writing> {
        Some(self.watched.read(self.inbox.depth()))
    }

    reads_of_the_ledger!(after up_to_date);
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.inbox.close();
        if let Some(writer) = self.writer.take() {
            // A panic of the writer was told when it happened.
            let _told = writer.join();
        }
    }
}
