//! The thread that writes the journal, so that the next batch is decided while one is being written. One job at a
//! time; between the jobs it does its chores.

use crate::StoreLimits;
use crate::audit::{AuditAsked, AuditTrail};
use crate::chores::{BETWEEN_PORTIONS, Chores};
use crate::feed::Row;
use crate::health::{Health, HealthCell, Tripwire};
use crate::inbox::Inbox;
use crate::journal::Journal;
use crate::watched::{Phase, Watched};
use crate::writer::{broken, log_broken};
use booking::Change;
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use store::{AuditHead, Clock, StoreError};

pub(crate) enum Job {
    /// With the end of the audit chain after it.
    Append {
        at: Timestamp,
        changes: Vec<Change>,
        head: AuditHead,
    },
    Checkpoint,
    Probe,
    /// Read off the rows themselves, between two writes: the connection is this thread's alone.
    Audit(AuditAsked),
}

#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) result: Result<(), StoreError>,
    /// Bytes in the write-ahead log since the last checkpoint, about.
    pub(crate) unchecked_bytes: u64,
    /// Those that were written, for their memory.
    pub(crate) changes: Vec<Change>,
}

/// Dropping it waits for the job at hand and closes the journal.
pub(crate) struct Pen {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Pen {
    pub(crate) fn start(desk: Desk) -> Result<Self, StoreError> {
        let (jobs, waiting) = channel();
        let thread = thread::Builder::new().name("journal".to_owned());
        let thread = thread.spawn(move || desk.work(&waiting));
        let thread = thread.map_err(|e| StoreError::unavailable_because("cannot start the journal", e))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// For those who ask the journal something. The thread ends after the last of them is dropped.
    pub(crate) fn asker(&self) -> Sender<Job> {
        self.jobs.clone().expect("it is there until the drop")
    }

    /// The inbox hears when it is done.
    pub(crate) fn start_job(&self, job: Job) {
        let jobs = self.jobs.as_ref().expect("it is there until the drop");
        // After a panic of the journal the inbox has heard of it.
        let _told = jobs.send(job);
    }
}

impl Drop for Pen {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            let _told = thread.join();
        }
    }
}

pub(crate) struct Desk {
    pub(crate) journal: Journal,
    pub(crate) trail: AuditTrail,
    /// Who asked for events that the proof of the journal has not come to yet.
    pub(crate) audits: Vec<AuditAsked>,
    pub(crate) chores: Chores,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) health: Arc<HealthCell>,
    pub(crate) limits: StoreLimits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) watched: Arc<Watched>,
}

impl Desk {
    fn work(mut self, jobs: &Receiver<Job>) {
        let (inbox, health) = (Arc::clone(&self.inbox), Arc::clone(&self.health));
        let _tripwire = Tripwire(&health);
        let _last_word = LastWord(&inbox);
        loop {
            let has_chores = self.has_chores();
            let patience = if has_chores { BETWEEN_PORTIONS } else { self.limits.quiet_after };
            match jobs.recv_timeout(patience) {
                Ok(job) => self.take(job),
                Err(RecvTimeoutError::Timeout) if has_chores => self.do_a_chore(),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, job: Job) {
        let (result, mut changes) = match job {
            Job::Append { at, changes, head } => {
                let kept = self.append(at, &changes).map(|row| {
                    self.trail.note(row.seq, head);
                    self.chores.committed(row);
                });
                #[cfg(feature = "saboteur")]
                let kept = self.ignored(kept);
                (kept, changes)
            }
            Job::Audit(asked) => return self.show_events(asked),
            Job::Checkpoint => (self.checkpoint(), Vec::new()),
            Job::Probe => (self.journal.probe(), Vec::new()),
        };
        let changes_taken = changes.len();
        changes.clear();
        self.inbox.done(Done { result, unchecked_bytes: self.journal.unchecked_bytes(), changes });
        self.keep_the_log_short();
        if !self.chores.is_busy(changes_taken) && self.has_chores() {
            self.do_a_chore();
        }
    }

    /// While the next batch is decided. What was told as done is durable in the log already.
    fn keep_the_log_short(&mut self) {
        if self.journal.unchecked_bytes() <= self.limits.checkpoint_bytes_max
            || self.health.get() != Health::Well
        {
            return;
        }
        match self.checkpoint() {
            Ok(()) => {}
            Err(StoreError::Full) => tracing::warn!("no room for a checkpoint"),
            Err(error) => {
                self.health.note(&error);
                log_broken(&error);
            }
        }
    }

    fn checkpoint(&mut self) -> Result<(), StoreError> {
        let Self { journal, clock, watched, .. } = self;
        watched.timed(Phase::Checkpointing, &**clock, || journal.checkpoint())
    }

    fn has_chores(&self) -> bool {
        self.health.get() != Health::Broken && self.chores.are_waiting()
    }

    /// Damage in a part of the journal that the start did not read ends the writing, as it would have ended the start.
    fn do_a_chore(&mut self) {
        if let Err(error) = self.chores.do_one(&self.journal, &mut self.trail) {
            self.health.note(&error);
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the journal is damaged: nothing more is acknowledged"
            );
            self.audits.clear();
        }
        let (reached, left) = self.audits.drain(..).partition(|asked| self.trail.reaches(asked.since));
        self.audits = left;
        let reached: Vec<AuditAsked> = reached;
        for asked in reached {
            self.show_events(asked);
        }
    }

    /// What lies before the views waits until the proof of the journal has come by: it is not searched through twice.
    fn show_events(&mut self, asked: AuditAsked) {
        if !self.trail.reaches(asked.since) {
            if self.has_chores() {
                self.audits.push(asked);
            }
            return;
        }
        let page = self.trail.page(asked.since, asked.events_max);
        let events = page.map_or_else(|| Ok(Vec::new()), |page| self.journal.read_audit(page));
        let _nobody_waits = asked.reply.send(events);
    }

    /// Nothing after a write that failed, also when the batch was on its way already.
    fn append(&mut self, at: Timestamp, changes: &[Change]) -> Result<Row, StoreError> {
        if self.health.get() == Health::Broken {
            return Err(broken());
        }
        let Self { journal, clock, watched, .. } = self;
        let kept = watched.timed(Phase::Writing, &**clock, || journal.append(at, changes));
        #[cfg(feature = "saboteur")]
        let kept = self.tried_again(kept, at, changes);
        kept
    }

    #[cfg(feature = "saboteur")]
    fn tried_again(
        &mut self,
        mut kept: Result<Row, StoreError>,
        at: Timestamp,
        changes: &[Change],
    ) -> Result<Row, StoreError> {
        while self.limits.sabotage == crate::Sabotage::TryAgain && kept.is_err() {
            kept = self.journal.append(at, changes);
        }
        kept
    }

    #[cfg(feature = "saboteur")]
    fn ignored(&self, result: Result<(), StoreError>) -> Result<(), StoreError> {
        let is_ignored = self.limits.sabotage == crate::Sabotage::IgnoreFull;
        if is_ignored && matches!(result, Err(StoreError::Full)) { Ok(()) } else { result }
    }
}

/// Whoever waits for a thread that panics is told.
struct LastWord<'a>(&'a Inbox);

impl Drop for LastWord<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let result = Err(StoreError::unavailable("the journal panicked"));
            self.0.done(Done { result, unchecked_bytes: 0, changes: Vec::new() });
        }
    }
}
