//! The store: the writer's inbox, and the reads.

use crate::StoreLimits;
use crate::audit::AuditAsked;
use crate::chores::{Chores, Proof};
use crate::failpoint::failpoint;
use crate::feed::{Feed, Pace};
use crate::folder::FolderLock;
use crate::head::Witness;
use crate::health::{Health, HealthCell};
use crate::herald::Herald;
use crate::inbox::{Asked, Inbox, stopped};
use crate::journal::{Check, Journal};
use crate::pen::{Desk, Job, Pen};
use crate::projector::Projector;
use crate::reply::{Awaited, reply};
use crate::start::{self, Begun};
use crate::views::Views;
use crate::watched::{Spent, Watched};
use crate::writer::{Batch, Writer};
use booking::Country;
use jiff::Timestamp;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, RwLock, RwLockReadGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use store::{
    Answer, AuditEvent, Clock, Ledger, Request, Store, StoreError, ViewsLag, Waiting, Writing,
    reads_of_the_ledger,
};
use tokio::sync::oneshot;

/// Dropping it answers what was queued, closes the files and joins the threads.
pub struct SqliteStore {
    inbox: Arc<Inbox>,
    /// To ask the journal; None only while it is dropped.
    journal: Option<Sender<Job>>,
    writer: Option<JoinHandle<()>>,
    projector: Option<JoinHandle<()>>,
    feed: Arc<Feed>,
    is_proved: Arc<AtomicBool>,
    ledger: Arc<RwLock<Ledger>>,
    health: Arc<HealthCell>,
    watched: Arc<Watched>,
    /// Let go of last.
    _lock: FolderLock,
}

impl SqliteStore {
    /// Loads the views of the folder and replays the rest of its journal, or begins one.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] names the row of the journal that is not as it was written, or what the country no
    /// longer gives; [`StoreError::Unavailable`] if another process owns the folder.
    pub fn open(
        folder: &Path,
        country: Arc<Country>,
        clock: Arc<dyn Clock>,
        limits: StoreLimits,
    ) -> Result<Self, StoreError> {
        let lock = FolderLock::take(folder, "journal.lock")?;
        failpoint!("start.locked");
        let mut journal = Journal::open(folder)?;
        let Begun { ledger, views, unread_until, trail } =
            start::begin(folder, &country, &mut journal, check(&limits))?;
        #[cfg(feature = "saboteur")]
        if limits.sabotage == crate::Sabotage::SynchronousNormal {
            journal.without_fsync()?;
        }
        ledger.check_country()?;
        tell_overfull(&ledger);

        let feed = Arc::new(feed_for(views.as_ref(), &journal, &limits));
        let projector = start_projector(folder, country, Arc::clone(&feed), views, &limits)?;
        let is_proved = Arc::new(AtomicBool::new(unread_until.seq == 0));
        let chores = Chores {
            feed: Arc::clone(&feed),
            proof: (unread_until.seq > 0)
                .then_some(Proof { proved: Witness::BEGINNING, until: unread_until }),
            busy_from: limits.batch_max + limits.batch_max / 2,
            check: check(&limits),
            is_proved: Arc::clone(&is_proved),
        };
        let inbox = Arc::new(Inbox::new(limits.queue_max));
        let ledger = Arc::new(RwLock::new(ledger));
        let health = Arc::new(HealthCell::default());
        let watched = Arc::new(Watched::default());
        let desk = Desk {
            journal,
            trail,
            audits: Vec::new(),
            chores,
            inbox: Arc::clone(&inbox),
            health: Arc::clone(&health),
            limits,
            clock: Arc::clone(&clock),
            watched: Arc::clone(&watched),
        };
        let pen = Pen::start(desk)?;
        let journal = Some(pen.asker());
        let writer = Writer {
            inbox: Arc::clone(&inbox),
            ledger: Arc::clone(&ledger),
            health: Arc::clone(&health),
            clock,
            limits,
            pen,
            probed_at: Timestamp::MIN,
            unchecked_bytes: 0,
            deciding: Batch::default(),
            writing: None,
            herald: Herald::start()?,
            watched: Arc::clone(&watched),
            writing_since: Duration::ZERO,
            #[cfg(feature = "saboteur")]
            unwritten: Vec::new(),
        };
        let thread = thread::Builder::new().name("ledger".to_owned()).spawn(move || writer.run());
        let thread = thread.map_err(|e| StoreError::unavailable_because("cannot start the writer", e))?;
        let (writer, projector) = (Some(thread), Some(projector));
        Ok(Self { inbox, journal, writer, projector, feed, is_proved, ledger, health, watched, _lock: lock })
    }

    /// The state, for the invariants of the conformance suite.
    pub fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.ledger.read().expect("no decision panics")
    }

    /// Whether the chain of the whole journal was proved in this life; the part that the views stand for is proved after
    /// the start. Damage there makes the store unwell.
    pub fn is_proved(&self) -> bool {
        self.is_proved.load(Ordering::Acquire)
    }

    /// What the threads of the batches did with their time since the start, by its name.
    pub fn spent(&self) -> impl Iterator<Item = (&'static str, Spent)> {
        self.watched.all_spent()
    }

    fn read<T>(&self, look: impl FnOnce(&Ledger) -> T) -> Result<T, StoreError> {
        let ledger = self.ledger.read().map_err(|_| StoreError::unavailable("a decision panicked"))?;
        Ok(look(&ledger))
    }

    /// Never waits: a queue that is full is an answer.
    fn ask(&self, request: Request) -> Result<Awaited, StoreError> {
        let (reply, answer) = reply();
        self.inbox.ask(Asked { request, reply })?;
        Ok(answer)
    }
}

impl Store for SqliteStore {
    /// A future that is dropped half-way leaves its command in the queue, unless it asks for a place that would be held
    /// for nobody: whoever asked does not know the outcome, and asks again with the same key.
    fn execute(&self, request: Request) -> Waiting<'_, Answer> {
        Box::pin(async move { self.ask(request)?.await })
    }

    fn is_well(&self) -> bool {
        self.health.get() == Health::Well
    }

    fn audit_since(&self, since: u64, events_max: usize) -> Waiting<'_, Result<Vec<AuditEvent>, StoreError>> {
        Box::pin(async move {
            let (reply, answer) = oneshot::channel();
            let journal = self.journal.as_ref().expect("it is there until the drop");
            let asked = AuditAsked { since, events_max, reply };
            journal.send(Job::Audit(asked)).map_err(|_| stopped())?;
            answer.await.unwrap_or_else(|_| Err(stopped()))
        })
    }

    fn writing(&self) -> Option<Writing> {
        Some(self.watched.read(self.inbox.depth()))
    }

    fn views_lag(&self) -> Option<ViewsLag> {
        Some(self.feed.lag())
    }

    reads_of_the_ledger!();
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.inbox.close();
        drop(self.journal.take());
        if let Some(writer) = self.writer.take() {
            // A panic of the writer was told when it happened.
            let _told = writer.join();
        }
        self.feed.close();
        if let Some(projector) = self.projector.take() {
            let _told = projector.join();
        }
    }
}

fn tell_overfull(ledger: &Ledger) {
    let overfull = ledger.overfull_slots().count();
    if overfull > 0 {
        tracing::warn!(
            slots = overfull,
            "more is taken than the clinics give now; people are to be re-offered"
        );
    }
}

fn feed_for(views: Option<&Views>, journal: &Journal, limits: &StoreLimits) -> Feed {
    let held = views.map_or((0, 0), |views| (views.last().seq, views.last_at_ms()));
    let feed = Feed::new(held, journal.last().seq, limits.feed_bytes_max);
    if views.is_none() {
        feed.pause();
    }
    feed
}

fn start_projector(
    folder: &Path,
    country: Arc<Country>,
    feed: Arc<Feed>,
    views: Option<Views>,
    limits: &StoreLimits,
) -> Result<JoinHandle<()>, StoreError> {
    let pace = Pace { every: limits.project_every, stands_back_max: limits.stands_back_max };
    #[cfg(feature = "saboteur")]
    let views = views.map(|mut views| {
        views.skips_row = limits.skipped_row();
        views
    });
    let projector = Projector { folder: folder.to_owned(), country, feed, pace, views };
    let thread = thread::Builder::new().name("projector".to_owned()).spawn(move || projector.run());
    thread.map_err(|e| StoreError::unavailable_because("cannot start the projector", e))
}

#[cfg(not(feature = "saboteur"))]
fn check(_limits: &StoreLimits) -> Check {
    Check::Chain
}

#[cfg(feature = "saboteur")]
fn check(limits: &StoreLimits) -> Check {
    match limits.sabotage {
        crate::Sabotage::SkipTheChain => Check::Nothing,
        _ => Check::Chain,
    }
}
