//! The thread that answers: waking everybody of a batch takes as long as deciding for many of them.

use crate::failpoint::failpoint;
use crate::reply::Round;
use crate::writer::Batch;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use store::StoreError;

/// So many are woken by one of them.
const TOGETHER: usize = 128;
/// A task that was woken and did not run within this time wakes nobody.
const RUNS_WITHIN: Duration = Duration::from_millis(2);

/// Dropping it waits until everybody is answered.
pub(crate) struct Herald {
    batches: Option<Sender<Batch>>,
    answered: Receiver<Batch>,
    thread: Option<JoinHandle<()>>,
}

impl Herald {
    pub(crate) fn start() -> Result<Self, StoreError> {
        let (batches, durable) = channel();
        let (back, answered) = channel();
        let thread = thread::Builder::new().name("answers".to_owned());
        let thread = thread.spawn(move || work(&durable, &back));
        let thread = thread.map_err(|e| StoreError::unavailable_because("cannot start the answers", e))?;
        Ok(Self { batches: Some(batches), answered, thread: Some(thread) })
    }

    /// Everything in the batch is durable.
    pub(crate) fn answer(&self, batch: Batch) {
        let batches = self.batches.as_ref().expect("it is there until the drop");
        batches.send(batch).expect("the answers do not panic");
    }

    /// An empty batch, with the memory of an earlier one if there is one.
    pub(crate) fn empty_batch(&self) -> Batch {
        self.answered.try_recv().unwrap_or_default()
    }
}

impl Drop for Herald {
    fn drop(&mut self) {
        drop(self.batches.take());
        if let Some(thread) = self.thread.take() {
            let _told = thread.join();
        }
    }
}

fn work(durable: &Receiver<Batch>, back: &Sender<Batch>) {
    let mut round = Round::default();
    while let Some(batch) = next(durable, &mut round) {
        round.wake_left();
        let mut batch = batch;
        let answers = batch.asked.drain(..).zip(batch.answers.drain(..));
        for (position, (asked, answer)) in answers.enumerate() {
            round.add(&asked.reply, Ok(answer));
            // The first is woken at once: while it runs, the others are made ready.
            if position % TOGETHER == 0 {
                round.wake();
                failpoint!("writer.between_answers");
            }
        }
        round.wake();
        failpoint!("writer.answered");
        batch.changes.clear();
        let _nobody_decides_any_more = back.send(batch);
    }
}

/// The next batch; None when the writer is gone.
fn next(durable: &Receiver<Batch>, round: &mut Round) -> Option<Batch> {
    while round.has_left() {
        match durable.recv_timeout(RUNS_WITHIN) {
            Ok(batch) => return Some(batch),
            Err(RecvTimeoutError::Timeout) => round.wake_left(),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let batch = durable.recv().ok();
    if batch.is_none() {
        round.wake_left();
        round.wake_left();
    }
    batch
}
