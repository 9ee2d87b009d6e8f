//! The thread that writes the journal, so that the next batch is decided while one is being written. One job at a
//! time.

use crate::StoreLimits;
use crate::audit::{AuditAsked, AuditMarks};
use crate::health::{HealthCell, Tripwire};
use crate::inbox::Inbox;
use crate::journal::Journal;
use booking::Change;
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use store::{AuditHead, StoreError};

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
}

/// Dropping it waits for the job at hand and closes the journal.
pub(crate) struct Pen {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Pen {
    pub(crate) fn start(
        journal: (Journal, AuditMarks),
        inbox: Arc<Inbox>,
        health: Arc<HealthCell>,
        limits: StoreLimits,
    ) -> Result<Self, StoreError> {
        let (jobs, waiting) = channel();
        let thread = thread::Builder::new().name("journal".to_owned());
        let thread = thread.spawn(move || work(journal, &waiting, &inbox, &health, limits));
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

fn work(
    (mut journal, mut marks): (Journal, AuditMarks),
    jobs: &Receiver<Job>,
    inbox: &Inbox,
    health: &HealthCell,
    limits: StoreLimits,
) {
    let _tripwire = Tripwire(health);
    let _last_word = LastWord(inbox);
    for job in jobs {
        let result = match job {
            Job::Append { at, changes, head } => {
                let kept = append(&mut journal, &limits, at, &changes);
                if kept.is_ok() {
                    marks.note(journal.last_seq(), head);
                }
                kept
            }
            Job::Audit(asked) => {
                let page = marks.page(asked.since, asked.events_max);
                let events = page.map_or_else(|| Ok(Vec::new()), |page| journal.read_audit(page));
                let _nobody_waits = asked.reply.send(events);
                continue;
            }
            Job::Checkpoint => journal.checkpoint(),
            Job::Probe => journal.probe(),
        };
        inbox.done(Done { result, unchecked_bytes: journal.unchecked_bytes() });
    }
}

#[cfg(not(feature = "saboteur"))]
fn append(
    journal: &mut Journal,
    _limits: &StoreLimits,
    at: Timestamp,
    changes: &[Change],
) -> Result<(), StoreError> {
    journal.append(at, changes)
}

#[cfg(feature = "saboteur")]
fn append(
    journal: &mut Journal,
    limits: &StoreLimits,
    at: Timestamp,
    changes: &[Change],
) -> Result<(), StoreError> {
    let mut kept = journal.append(at, changes);
    while limits.sabotage == crate::Sabotage::TryAgain && kept.is_err() {
        kept = journal.append(at, changes);
    }
    kept
}

/// Whoever waits for a thread that panics is told.
struct LastWord<'a>(&'a Inbox);

impl Drop for LastWord<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let result = Err(StoreError::unavailable("the journal panicked"));
            self.0.done(Done { result, unchecked_bytes: 0 });
        }
    }
}
