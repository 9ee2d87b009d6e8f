//! The one thread that decides. It decides the next batch while the journal writes the one before.

use crate::StoreLimits;
use crate::failpoint::failpoint;
use crate::health::{Health, HealthCell, Tripwire};
use crate::herald::Herald;
use crate::inbox::{Asked, Inbox, Next, Ready};
use crate::pen::{Done, Job, Pen};
use crate::watched::{Phase, Watched};
use booking::{Change, Outcome, Refusal};
use jiff::Timestamp;
use std::mem;
use std::sync::{Arc, RwLock, RwLockWriteGuard};
use std::time::Duration;
use store::{AuditHead, Clock, LOOKED_AHEAD, Ledger, StoreError};

pub(crate) struct Writer {
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) ledger: Arc<RwLock<Ledger>>,
    pub(crate) health: Arc<HealthCell>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: StoreLimits,
    pub(crate) pen: Pen,
    pub(crate) probed_at: Timestamp,
    pub(crate) unchecked_bytes: u64,
    pub(crate) deciding: Batch,
    pub(crate) writing: Option<Batch>,
    pub(crate) herald: Herald,
    pub(crate) watched: Arc<Watched>,
    /// When the journal was given what it writes.
    pub(crate) writing_since: Duration,
    /// What a saboteur has acknowledged and not written.
    #[cfg(feature = "saboteur")]
    pub(crate) unwritten: Vec<Change>,
}

/// What was decided together, in its order. Nobody hears of it before it is durable.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) asked: Vec<Asked>,
    /// Of the first of them; the others are still to be decided.
    pub(crate) answers: Vec<Result<Outcome, Refusal>>,
    pub(crate) changes: Vec<Change>,
}

impl Writer {
    /// Until the last store handle is gone and everything it asked is answered.
    pub(crate) fn run(mut self) {
        let health = Arc::clone(&self.health);
        let _tripwire = Tripwire(&health);
        loop {
            let ready = Ready { room: self.room(), is_writing: self.writing.is_some() };
            let phase = if ready.room == 0 { Phase::WaitingForJournal } else { Phase::WaitingForCommands };
            let Self { inbox, limits, deciding, clock, watched, .. } = &mut self;
            let next = || inbox.next(ready, limits.quiet_after, &mut deciding.asked);
            match watched.timed(phase, &**clock, next) {
                Next::Asked => self.asked(),
                Next::Done(done) => self.written(done),
                Next::Quiet => self.quiet_moment(),
                Next::Closed => break,
            }
        }
        failpoint!("stop.before_checkpoint");
        if self.health.get() != Health::Broken {
            self.checkpoint();
        }
    }

    /// How many commands still fit in the batch.
    fn room(&self) -> usize {
        self.limits.batch_max - self.deciding.asked.len()
    }

    fn asked(&mut self) {
        let now = self.clock.now();
        if self.health.get() == Health::Full && now.duration_since(self.probed_at) >= self.limits.probe_every
        {
            self.probe(now);
        }
        match self.health.get() {
            Health::Well => {
                self.decide();
                if self.writing.is_none() {
                    self.write();
                }
            }
            Health::Full => self.deciding.refuse(|| StoreError::Full),
            Health::Broken => self.deciding.refuse(broken),
        }
    }

    fn decide(&mut self) {
        let Batch { asked, answers, changes } = &mut self.deciding;
        if asked.len() == answers.len() {
            return;
        }
        let mut ledger = self.ledger.write().expect(ONE_WRITER);
        self.watched.timed(Phase::Deciding, &*self.clock, || {
            // All of them were asked before now.
            let now = self.clock.now();
            for some in asked[answers.len()..].chunks(LOOKED_AHEAD) {
                ledger.look_ahead(some.iter().map(|one| &one.request));
                for one in some {
                    answers.push(ledger.decide(&one.request, now, changes));
                }
            }
        });
    }

    /// Hands what was decided to the journal. The lock is free during the write: readers go on with what is committed.
    fn write(&mut self) {
        let mut batch = mem::replace(&mut self.deciding, self.herald.empty_batch());
        failpoint!("writer.decided");
        #[cfg(feature = "saboteur")]
        let changes = self.sabotaged(mem::take(&mut batch.changes));
        #[cfg(not(feature = "saboteur"))]
        let changes = mem::take(&mut batch.changes);
        let head = self.ledger_mut().audit_head_pending();
        self.ledger_mut().seal();
        if changes.is_empty() {
            self.ledger_mut().commit();
            batch.changes = changes;
            self.watched.answered(batch.asked.len());
            return self.herald.answer(batch);
        }
        self.start_writing(changes, head);
        self.writing = Some(batch);
    }

    /// An answer leaves after the commit of its batch, refusals and repeated answers too: they may rest on what the
    /// batch, or the one before it, wrote. Where most of the next batch is decided, it is on its way before the
    /// answers are.
    fn written(&mut self, done: Done) {
        let mut batch = self.writing.take().expect("the journal answers what it was given");
        self.unchecked_bytes = done.unchecked_bytes;
        batch.changes = done.changes;
        if let Err(error) = done.result {
            return self.give_up(batch, &error);
        }
        self.watched.committed(self.clock.elapsed().saturating_sub(self.writing_since));
        self.watched.answered(batch.asked.len());
        if self.is_mostly_decided() {
            self.write_before_commit();
            return self.herald.answer(batch);
        }
        self.commit();
        self.herald.answer(batch);
        self.go_on();
    }

    fn commit(&mut self) {
        self.watched.timed(Phase::Committing, &*self.clock, || self.ledger_mut().commit());
        failpoint!("writer.merged");
    }

    fn is_mostly_decided(&self) -> bool {
        #[cfg(feature = "saboteur")]
        if self.limits.sabotage != crate::Sabotage::None {
            return false;
        }
        let is_worth_it = self.deciding.answers.len() > self.limits.batch_max / 2;
        is_worth_it && !self.deciding.changes.is_empty() && self.health.get() == Health::Well
    }

    /// The journal writes the next batch while what it wrote last becomes visible.
    fn write_before_commit(&mut self) {
        let mut batch = mem::replace(&mut self.deciding, self.herald.empty_batch());
        debug_assert_eq!(batch.asked.len(), batch.answers.len(), "what was taken up was decided");
        failpoint!("writer.decided");
        let changes = mem::take(&mut batch.changes);
        let head = self.ledger_mut().audit_head_pending();
        self.start_writing(changes, head);
        self.commit();
        self.ledger_mut().seal();
        self.writing = Some(batch);
    }

    fn start_writing(&mut self, changes: Vec<Change>, head: AuditHead) {
        self.writing_since = self.clock.elapsed();
        self.pen.start_job(Job::Append { at: self.clock.now(), changes, head });
    }

    /// With what was decided meanwhile, and what else has been asked.
    fn go_on(&mut self) {
        if self.health.get() != Health::Well {
            self.ledger_mut().discard();
            return self.deciding.refuse(broken);
        }
        self.inbox.take(self.room(), &mut self.deciding.asked);
        self.decide();
        if !self.deciding.asked.is_empty() {
            self.write();
        }
    }

    /// The batch after it was decided on what is thrown away, and goes with it.
    fn give_up(&mut self, mut batch: Batch, error: &StoreError) {
        self.ledger_mut().discard();
        self.health.note(error);
        match error {
            StoreError::Full => {
                tracing::warn!("no room to write; nothing of the batch was kept");
                batch.refuse(|| StoreError::Full);
                self.deciding.refuse(|| StoreError::Full);
            }
            StoreError::Unavailable { .. } | StoreError::Corrupt { .. } => {
                log_broken(error);
                batch.refuse(broken);
                self.deciding.refuse(broken);
            }
        }
    }

    fn quiet_moment(&mut self) {
        match self.health.get() {
            Health::Well if self.unchecked_bytes >= self.limits.checkpoint_bytes => self.checkpoint(),
            Health::Full => self.probe(self.clock.now()),
            Health::Well | Health::Broken => {}
        }
    }

    fn probe(&mut self, now: Timestamp) {
        self.probed_at = now;
        match self.do_now(Job::Probe) {
            Ok(()) => {
                tracing::info!("there is room to write again");
                self.health.set(Health::Well);
            }
            Err(StoreError::Full) => {}
            Err(error) => {
                self.health.note(&error);
                log_broken(&error);
            }
        }
    }

    /// Without room the log stays as it is, which loses nothing.
    fn checkpoint(&mut self) {
        match self.do_now(Job::Checkpoint) {
            Ok(()) => {}
            Err(StoreError::Full) => tracing::warn!("no room for a checkpoint"),
            Err(error) => {
                self.health.note(&error);
                log_broken(&error);
            }
        }
    }

    fn do_now(&mut self, job: Job) -> Result<(), StoreError> {
        debug_assert!(self.writing.is_none(), "one job at a time");
        self.pen.start_job(job);
        let done = self.inbox.wait_done();
        self.unchecked_bytes = done.unchecked_bytes;
        done.result
    }

    fn ledger_mut(&self) -> RwLockWriteGuard<'_, Ledger> {
        self.ledger.write().expect(ONE_WRITER)
    }

    #[cfg(feature = "saboteur")]
    fn sabotaged(&mut self, changes: Vec<Change>) -> Vec<Change> {
        match self.limits.sabotage {
            crate::Sabotage::AcknowledgeFirst => {
                self.unwritten.extend(changes);
                let is_due = self.unwritten.len() >= crate::options::WRITTEN_TOGETHER;
                if is_due { mem::take(&mut self.unwritten) } else { Vec::new() }
            }
            _ => changes,
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.inbox.stop();
    }
}

impl Batch {
    fn refuse(&mut self, error: impl Fn() -> StoreError) {
        for asked in self.asked.drain(..) {
            asked.reply.send(Err(error()));
        }
        self.answers.clear();
        self.changes.clear();
    }
}

const ONE_WRITER: &str = "only this thread writes, and a panic ends it";

pub(crate) fn broken() -> StoreError {
    StoreError::unavailable("an earlier write failed; restart the service to go on from the disk")
}

pub(crate) fn log_broken(error: &StoreError) {
    tracing::error!(error = error as &dyn std::error::Error, "a write failed: nothing more is acknowledged");
}
