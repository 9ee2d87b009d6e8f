//! What waits for the writer: commands, and readers who want to know that nothing newer is in the journal.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;
use store::{Answer, AuditEvent, Command, Request, StoreError};
use tokio::sync::oneshot;

pub(crate) struct Asked {
    pub(crate) request: Request,
    pub(crate) reply: oneshot::Sender<Answer>,
    /// By [`store::Clock::elapsed`].
    pub(crate) since: Duration,
}

impl Asked {
    /// A place for somebody who has gone would be held from everybody else. All other commands are carried out: whoever
    /// asked for them may rely on it without waiting for the answer.
    fn is_for_nobody(&self) -> bool {
        matches!(self.request.command, Command::Hold(_)) && self.reply.is_closed()
    }
}

/// Whoever asks for events of the audit record.
pub(crate) struct AuditAsked {
    pub(crate) since: u64,
    pub(crate) events_max: usize,
    pub(crate) reply: oneshot::Sender<Result<Vec<AuditEvent>, StoreError>>,
}

/// Told when everything that was in the journal before they asked is visible.
pub(crate) type Reader = oneshot::Sender<Result<(), StoreError>>;

/// What the writer does next.
#[derive(Default)]
pub(crate) struct Work {
    pub(crate) asked: Vec<Asked>,
    pub(crate) readers: Vec<Reader>,
    pub(crate) audits: Vec<AuditAsked>,
    /// The store is gone, and this is the last of it.
    pub(crate) is_last: bool,
}

pub(crate) struct Inbox {
    state: Mutex<State>,
    woken: Condvar,
    asked_max: usize,
}

#[derive(Default)]
struct State {
    asked: VecDeque<Asked>,
    readers: Vec<Reader>,
    audits: Vec<AuditAsked>,
    is_closed: bool,
    is_stopped: bool,
}

impl State {
    fn is_quiet(&self) -> bool {
        self.asked.is_empty() && self.readers.is_empty() && self.audits.is_empty() && !self.is_closed
    }
}

impl Inbox {
    pub(crate) fn new(asked_max: usize) -> Self {
        Self { state: Mutex::default(), woken: Condvar::new(), asked_max }
    }

    /// Never waits: an inbox that is full is an answer.
    pub(crate) fn ask(
        &self,
        request: Request,
        since: Duration,
    ) -> Result<oneshot::Receiver<Answer>, StoreError> {
        let mut state = self.open()?;
        if state.asked.len() >= self.asked_max {
            return Err(StoreError::unavailable("too many commands are waiting"));
        }
        let (reply, answer) = oneshot::channel();
        let was_quiet = state.is_quiet();
        state.asked.push_back(Asked { request, reply, since });
        self.wake(state, was_quiet);
        Ok(answer)
    }

    pub(crate) fn read(&self) -> Result<oneshot::Receiver<Result<(), StoreError>>, StoreError> {
        let mut state = self.open()?;
        let (reader, told) = oneshot::channel();
        let was_quiet = state.is_quiet();
        state.readers.push(reader);
        self.wake(state, was_quiet);
        Ok(told)
    }

    pub(crate) fn audit(&self, asked: AuditAsked) -> Result<(), StoreError> {
        let mut state = self.open()?;
        let was_quiet = state.is_quiet();
        state.audits.push(asked);
        self.wake(state, was_quiet);
        Ok(())
    }

    /// The writer sleeps only where nothing waits.
    fn wake(&self, state: MutexGuard<'_, State>, was_quiet: bool) {
        drop(state);
        if was_quiet {
            self.woken.notify_one();
        }
    }

    pub(crate) fn depth(&self) -> usize {
        self.state().asked.len()
    }

    /// Nobody will ask any more.
    pub(crate) fn close(&self) {
        self.state().is_closed = true;
        self.woken.notify_one();
    }

    /// Nobody will be answered any more.
    pub(crate) fn stop(&self) {
        let mut state = self.state();
        *state = State { is_closed: true, is_stopped: true, ..State::default() };
    }

    /// Waits until there is something to do, or for so long.
    pub(crate) fn next(&self, asked_max: usize, at_most: Duration) -> Work {
        let state = self.state();
        let waited = self.woken.wait_timeout_while(state, at_most, |state| state.is_quiet());
        let (mut state, _) = waited.expect(UNPOISONED);
        let count = state.asked.len().min(asked_max);
        let mut asked: Vec<Asked> = state.asked.drain(..count).collect();
        asked.retain(|one| !one.is_for_nobody());
        let is_last = state.is_closed && state.asked.is_empty();
        Work { asked, is_last, ..state.take_readers() }
    }

    /// Whoever waits for a look at the journal, while it cannot be looked at.
    pub(crate) fn readers(&self) -> Work {
        self.state().take_readers()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state().is_closed
    }

    fn open(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.state();
        if state.is_stopped { Err(stopped()) } else { Ok(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }
}

impl State {
    fn take_readers(&mut self) -> Work {
        Work {
            readers: std::mem::take(&mut self.readers),
            audits: std::mem::take(&mut self.audits),
            ..Work::default()
        }
    }
}

const UNPOISONED: &str = "nobody panics with the inbox in hand";

pub(crate) fn stopped() -> StoreError {
    StoreError::unavailable("the store has stopped")
}
