//! What waits for the writer: commands, and word from the journal. One lock for both, taken once for many.

use crate::pen::Done;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;
use store::{Answer, Command, Request, StoreError};
use tokio::sync::oneshot;

/// While a batch is written, the writer is woken for so many commands; one by one would be dearer.
const WORTH_WAKING: usize = 64;

pub(crate) struct Asked {
    pub(crate) request: Request,
    pub(crate) reply: oneshot::Sender<Answer>,
}

impl Asked {
    /// A place for somebody who has gone would be held from everybody else. All other commands are carried out: whoever
    /// asked for them may rely on it without waiting for the answer.
    fn is_for_nobody(&self) -> bool {
        matches!(self.request.command, Command::Hold(_)) && self.reply.is_closed()
    }
}

pub(crate) enum Next {
    /// More commands are in the batch.
    Asked,
    Done(Done),
    /// Nobody asked for a while.
    Quiet,
    /// The store is gone, and everything that was asked is answered.
    Closed,
}

/// What the writer could do now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ready {
    /// How many commands fit in the batch.
    pub(crate) room: usize,
    /// Whether the journal is at work, and will say so when it is done.
    pub(crate) is_writing: bool,
}

pub(crate) struct Inbox {
    state: Mutex<State>,
    woken: Condvar,
    asked_max: usize,
}

#[derive(Default)]
struct State {
    asked: Vec<Asked>,
    done: Option<Done>,
    /// With so many commands the writer wants to be woken.
    wanted: usize,
    is_closed: bool,
    is_stopped: bool,
}

impl Inbox {
    pub(crate) fn new(asked_max: usize) -> Self {
        Self { state: Mutex::default(), woken: Condvar::new(), asked_max }
    }

    /// Never waits: an inbox that is full is an answer.
    pub(crate) fn ask(&self, asked: Asked) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.is_stopped {
            return Err(stopped());
        }
        if state.asked.len() >= self.asked_max {
            return Err(StoreError::unavailable("too many commands are waiting"));
        }
        state.asked.push(asked);
        if state.asked.len() == state.wanted {
            drop(state);
            self.woken.notify_one();
        }
        Ok(())
    }

    pub(crate) fn done(&self, done: Done) {
        self.state().done = Some(done);
        self.woken.notify_one();
    }

    /// Nobody will ask any more.
    pub(crate) fn close(&self) {
        self.state().is_closed = true;
        self.woken.notify_one();
    }

    /// Nobody will be answered any more.
    pub(crate) fn stop(&self) {
        let mut state = self.state();
        state.is_stopped = true;
        state.asked.clear();
    }

    /// Waits for the next thing to do; word from the journal comes first.
    pub(crate) fn next(&self, ready: Ready, quiet_after: Duration, batch: &mut Vec<Asked>) -> Next {
        let mut state = self.state();
        let wanted = if ready.is_writing { WORTH_WAKING.min(ready.room) } else { 1 };
        loop {
            if let Some(done) = state.done.take() {
                return Next::Done(done);
            }
            if ready.room > 0 && state.asked.len() >= wanted {
                state.take(ready.room, batch);
                return Next::Asked;
            }
            if state.is_closed && !ready.is_writing {
                return Next::Closed;
            }
            state.wanted = if ready.room > 0 { wanted } else { usize::MAX };
            let (waited, timeout) = self.woken.wait_timeout(state, quiet_after).expect(UNPOISONED);
            state = waited;
            if timeout.timed_out() && !ready.is_writing && state.asked.is_empty() && state.done.is_none() {
                return Next::Quiet;
            }
        }
    }

    /// Waits for word from the journal alone.
    pub(crate) fn wait_done(&self) -> Done {
        let mut state = self.state();
        loop {
            if let Some(done) = state.done.take() {
                return done;
            }
            state.wanted = usize::MAX;
            state = self.woken.wait(state).expect(UNPOISONED);
        }
    }

    /// How many commands the writer has not taken up.
    pub(crate) fn depth(&self) -> usize {
        self.state().asked.len()
    }

    /// Moves what has been asked so far into the batch, at most so much.
    pub(crate) fn take(&self, room: usize, batch: &mut Vec<Asked>) {
        self.state().take(room, batch);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }
}

const UNPOISONED: &str = "nothing panics while it holds the inbox";

impl State {
    fn take(&mut self, room: usize, batch: &mut Vec<Asked>) {
        let taken = self.asked.len().min(room);
        batch.extend(self.asked.drain(..taken).filter(|asked| !asked.is_for_nobody()));
    }
}

pub(crate) fn stopped() -> StoreError {
    StoreError::unavailable("the writer has stopped")
}

#[cfg(test)]
mod tests {
    use super::*;
    use booking::{CampaignId, ClinicId, PersonAlias, PersonId, SlotId};
    use jiff::civil::date;
    use store::TakePlaces;

    /// Somebody gave up waiting while their command stood in the inbox.
    #[test]
    fn no_place_is_held_for_somebody_who_has_gone() {
        let slot = SlotId { clinic: ClinicId(1), visit_on: date(2027, 7, 26), starts_min: 540 };
        let hold = Command::Hold(TakePlaces::for_oneself(CampaignId(1), PersonId(1), slot));
        let register = Command::Register { aliases: vec![PersonAlias([1; 32])], sealed: Vec::new() };
        let inbox = Inbox::new(10);
        let mut waiting = Vec::new();
        for (command, is_there) in [(hold.clone(), false), (register, false), (hold, true)] {
            let (reply, answer) = oneshot::channel();
            inbox.ask(Asked { request: command.into(), reply }).unwrap();
            waiting.extend(is_there.then_some(answer));
        }
        let mut batch = Vec::new();
        inbox.take(10, &mut batch);
        let names: Vec<_> = batch.iter().map(|asked| asked.request.command.name()).collect();
        assert_eq!(names, ["register", "hold"]);
    }
}
