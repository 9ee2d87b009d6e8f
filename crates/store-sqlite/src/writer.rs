//! The one thread that decides and writes.

use crate::StoreLimits;
use crate::audit::{AuditAsked, AuditMarks};
use crate::failpoint::failpoint;
use crate::health::{Health, HealthCell, Tripwire};
use crate::journal::Journal;
use booking::{Change, Outcome, Refusal};
use jiff::Timestamp;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, RwLock, RwLockWriteGuard};
use store::{Answer, AuditEvent, Clock, Ledger, Request, StoreError};
use tokio::sync::oneshot;

pub(crate) struct Asked {
    pub(crate) request: Request,
    pub(crate) reply: oneshot::Sender<Answer>,
}

/// What stands in the queue.
pub(crate) enum Wanted {
    Write(Asked),
    Audit(AuditAsked),
}

pub(crate) struct Writer {
    pub(crate) queue: Receiver<Wanted>,
    pub(crate) ledger: Arc<RwLock<Ledger>>,
    pub(crate) health: Arc<HealthCell>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: StoreLimits,
    pub(crate) journal: Journal,
    pub(crate) audit_marks: AuditMarks,
    pub(crate) probed_at: Timestamp,
    /// What a saboteur has acknowledged and not written.
    #[cfg(feature = "saboteur")]
    pub(crate) unwritten: Vec<Change>,
}

/// What was decided of a batch, in its order.
struct Decided {
    answers: Vec<Result<Outcome, Refusal>>,
    changes: Vec<Change>,
}

impl Writer {
    /// Until the last store handle is gone and its queue is empty.
    pub(crate) fn run(mut self) {
        let health = Arc::clone(&self.health);
        let _tripwire = Tripwire(&health);
        loop {
            match self.queue.recv_timeout(self.limits.quiet_after) {
                Ok(first) => self.serve(first),
                Err(RecvTimeoutError::Timeout) => self.quiet_moment(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        failpoint!("stop.before_checkpoint");
        if self.health.get() != Health::Broken {
            self.checkpoint();
        }
    }

    fn serve(&mut self, first: Wanted) {
        let (mut batch, mut audits) = (Vec::new(), Vec::new());
        for wanted in std::iter::once(first).chain(self.queue.try_iter()).take(self.limits.batch_max) {
            match wanted {
                Wanted::Write(asked) => batch.push(asked),
                Wanted::Audit(asked) => audits.push(asked),
            }
        }
        if !batch.is_empty() {
            self.serve_batch(batch);
        }
        for asked in audits {
            let _nobody_waits = asked.reply.send(self.audit_since(asked.since, asked.events_max));
        }
    }

    /// Read off the rows themselves: the connection is this thread's alone.
    fn audit_since(&self, since: u64, events_max: usize) -> Result<Vec<AuditEvent>, StoreError> {
        let head = self.ledger.read().map_err(|_| broken())?.audit_head();
        let page = self.audit_marks.page(since, events_max, head);
        page.map_or_else(|| Ok(Vec::new()), |page| self.journal.read_audit(page))
    }

    fn serve_batch(&mut self, batch: Vec<Asked>) {
        let now = self.clock.now();
        if self.health.get() == Health::Full && now.duration_since(self.probed_at) >= self.limits.probe_every
        {
            self.probe(now);
        }
        match self.health.get() {
            Health::Well => self.decide_and_keep(batch, now),
            Health::Full => refuse(batch, || StoreError::Full),
            Health::Broken => refuse(batch, broken),
        }
        if self.journal.unchecked_bytes() > self.limits.checkpoint_bytes_max {
            self.checkpoint();
        }
    }

    /// The lock is free during the write: readers go on with what is committed. An answer leaves after the commit of
    /// its batch, refusals and repeated answers too: they may rest on what the batch wrote.
    fn decide_and_keep(&mut self, batch: Vec<Asked>, now: Timestamp) {
        let Decided { answers, changes } = self.decide(&batch);
        failpoint!("writer.decided");
        #[cfg(feature = "saboteur")]
        let changes = self.sabotaged(changes);
        let kept = if changes.is_empty() { Ok(()) } else { self.journal.append(now, &changes) };
        #[cfg(feature = "saboteur")]
        let kept = self.tried_again(kept, now, &changes);
        if let Err(error) = kept {
            self.ledger_mut().discard();
            return self.give_up(batch, &error);
        }
        self.commit();
        failpoint!("writer.merged");
        for (asked, answer) in batch.into_iter().zip(answers) {
            let _nobody_waits = asked.reply.send(Ok(answer));
            failpoint!("writer.between_answers");
        }
        failpoint!("writer.answered");
    }

    fn commit(&mut self) {
        let mut ledger = self.ledger.write().expect("only this thread writes, and a panic ends it");
        let before = ledger.audit_head();
        ledger.commit();
        self.audit_marks.note(self.journal.last_seq(), before, ledger.audit_head());
    }

    fn decide(&self, batch: &[Asked]) -> Decided {
        let mut ledger = self.ledger_mut();
        let mut changes = Vec::new();
        let mut decide = |asked: &Asked| ledger.decide(&asked.request, self.clock.now(), &mut changes);
        let answers = batch.iter().map(&mut decide).collect();
        Decided { answers, changes }
    }

    fn give_up(&self, batch: Vec<Asked>, error: &StoreError) {
        self.health.note(error);
        match error {
            StoreError::Full => {
                tracing::warn!(commands = batch.len(), "no room to write; nothing of the batch was kept");
                refuse(batch, || StoreError::Full);
            }
            StoreError::Unavailable { .. } | StoreError::Corrupt { .. } => {
                log_broken(error);
                refuse(batch, broken);
            }
        }
    }

    fn quiet_moment(&mut self) {
        match self.health.get() {
            Health::Well if self.journal.unchecked_bytes() >= self.limits.checkpoint_bytes => {
                self.checkpoint();
            }
            Health::Full => self.probe(self.clock.now()),
            Health::Well | Health::Broken => {}
        }
    }

    fn probe(&mut self, now: Timestamp) {
        self.probed_at = now;
        match self.journal.probe() {
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
        match self.journal.checkpoint() {
            Ok(()) => {}
            Err(StoreError::Full) => tracing::warn!("no room for a checkpoint"),
            Err(error) => {
                self.health.note(&error);
                log_broken(&error);
            }
        }
    }

    fn ledger_mut(&self) -> RwLockWriteGuard<'_, Ledger> {
        self.ledger.write().expect("only this thread writes, and a panic ends it")
    }

    #[cfg(feature = "saboteur")]
    fn sabotaged(&mut self, changes: Vec<Change>) -> Vec<Change> {
        match self.limits.sabotage {
            crate::Sabotage::AcknowledgeFirst => {
                self.unwritten.extend(changes);
                let is_due = self.unwritten.len() >= crate::options::WRITTEN_TOGETHER;
                if is_due { std::mem::take(&mut self.unwritten) } else { Vec::new() }
            }
            _ => changes,
        }
    }

    #[cfg(feature = "saboteur")]
    fn tried_again(
        &mut self,
        mut kept: Result<(), StoreError>,
        now: Timestamp,
        changes: &[Change],
    ) -> Result<(), StoreError> {
        while self.limits.sabotage == crate::Sabotage::TryAgain && kept.is_err() {
            kept = self.journal.append(now, changes);
        }
        kept
    }
}

fn refuse(batch: Vec<Asked>, error: impl Fn() -> StoreError) {
    for asked in batch {
        let _nobody_waits = asked.reply.send(Err(error()));
    }
}

fn broken() -> StoreError {
    StoreError::unavailable("an earlier write failed; restart the service to go on from the disk")
}

fn log_broken(error: &StoreError) {
    tracing::error!(error = error as &dyn std::error::Error, "a write failed: nothing more is acknowledged");
}
