//! The thread that answers: waking everybody of a batch takes as long as deciding for many of them.

use crate::failpoint::failpoint;
use crate::writer::Batch;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use store::StoreError;

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
    for mut batch in durable {
        for (asked, answer) in batch.asked.drain(..).zip(batch.answers.drain(..)) {
            let _nobody_waits = asked.reply.send(Ok(answer));
            failpoint!("writer.between_answers");
        }
        failpoint!("writer.answered");
        batch.changes.clear();
        let _nobody_decides_any_more = back.send(batch);
    }
}
