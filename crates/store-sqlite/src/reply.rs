//! How an answer comes back to whoever asked.
//!
//! To wake a task from another thread costs a system call. A batch has a thousand answers for tasks that mostly run on
//! one thread: one of them is woken from here, and wakes the others from there. Nobody depends on it: those whom it
//! left asleep are woken a little later ([`Round::wake_left`]).

use crate::inbox::stopped;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::thread::{self, ThreadId};
use store::Answer;

/// Whoever has it owes the answer; dropping it answers that the store has stopped.
pub(crate) struct Reply(Arc<Slot>);

/// Waits for the answer.
pub(crate) struct Awaited(Arc<Slot>);

struct Slot {
    state: Mutex<State>,
    /// The thread that asked.
    asked_by: ThreadId,
}

#[derive(Default)]
struct State {
    answer: Option<Answer>,
    waker: Option<Waker>,
    /// Those whom this one wakes when it runs.
    others: Vec<Waker>,
    /// The answer was taken, or nobody wants it.
    is_over: bool,
}

pub(crate) fn reply() -> (Reply, Awaited) {
    let slot = Arc::new(Slot { state: Mutex::default(), asked_by: thread::current().id() });
    (Reply(Arc::clone(&slot)), Awaited(slot))
}

impl Slot {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with an answer in hand")
    }

    /// Whom to wake, if somebody waits.
    fn put(&self, answer: Answer) -> Option<Waker> {
        let mut state = self.state();
        if state.answer.is_none() && !state.is_over {
            state.answer = Some(answer);
        }
        state.waker.take()
    }

    fn wake_others(&self) {
        let others = std::mem::take(&mut self.state().others);
        others.into_iter().for_each(Waker::wake);
    }
}

impl Reply {
    /// Whether somebody still waits for it.
    pub(crate) fn is_awaited(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    pub(crate) fn send(self, answer: Answer) {
        if let Some(waker) = self.0.put(answer) {
            waker.wake();
        }
    }
}

impl Drop for Reply {
    /// After an answer this one changes nothing.
    fn drop(&mut self) {
        if let Some(waker) = self.0.put(Err(stopped())) {
            waker.wake();
        }
    }
}

impl Future for Awaited {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        let mut state = self.0.state();
        let Some(answer) = state.answer.take() else {
            state.waker = Some(context.waker().clone());
            return Poll::Pending;
        };
        state.is_over = true;
        drop(state);
        self.0.wake_others();
        Poll::Ready(answer)
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        self.0.state().is_over = true;
        self.0.wake_others();
    }
}

/// Answers that are given together.
#[derive(Default)]
pub(crate) struct Round {
    groups: Vec<Group>,
    /// Those who were woken to wake others: in this batch, and before it.
    woken: Vec<Arc<Slot>>,
    woken_before: Vec<Arc<Slot>>,
}

/// Of one thread: one to be woken from here, and those whom that one wakes.
struct Group {
    first: (Arc<Slot>, Waker),
    others: Vec<Waker>,
}

impl Round {
    pub(crate) fn add(&mut self, reply: &Reply, answer: Answer) {
        let Some(waker) = reply.0.put(answer) else { return };
        let thread = reply.0.asked_by;
        match self.groups.iter_mut().find(|group| group.first.0.asked_by == thread) {
            Some(group) => group.others.push(waker),
            None => {
                self.groups.push(Group { first: (Arc::clone(&reply.0), waker), others: Vec::new() });
            }
        }
    }

    /// Everybody who was added runs soon.
    pub(crate) fn wake(&mut self) {
        for Group { first: (slot, waker), others } in self.groups.drain(..) {
            if !others.is_empty() {
                let mut state = slot.state();
                if state.is_over {
                    drop(state);
                    others.into_iter().for_each(Waker::wake);
                } else {
                    state.others = others;
                    drop(state);
                    self.woken.push(slot);
                }
            }
            waker.wake();
        }
    }

    /// Whether somebody may have been left asleep by a task that did not run.
    pub(crate) fn has_left(&self) -> bool {
        !self.woken.is_empty() || !self.woken_before.is_empty()
    }

    /// Between two batches, or after a while: whom the tasks of the batch before the last did not wake.
    pub(crate) fn wake_left(&mut self) {
        for slot in self.woken_before.drain(..) {
            slot.wake_others();
        }
        std::mem::swap(&mut self.woken, &mut self.woken_before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use booking::Outcome;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    impl Woken {
        fn times(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    fn poll(awaited: &mut Awaited, woken: &Arc<Woken>) -> Poll<Answer> {
        let waker = Waker::from(Arc::clone(woken));
        Pin::new(awaited).poll(&mut Context::from_waker(&waker))
    }

    /// Three who wait, and what wakes each.
    fn three() -> Vec<(Option<Reply>, Awaited, Arc<Woken>)> {
        let one = |_| {
            let ((reply, mut awaited), woken) = (reply(), Arc::<Woken>::default());
            assert!(poll(&mut awaited, &woken).is_pending());
            (Some(reply), awaited, woken)
        };
        (0..3).map(one).collect()
    }

    fn woken(all: &[(Option<Reply>, Awaited, Arc<Woken>)]) -> Vec<usize> {
        all.iter().map(|(_, _, woken)| woken.times()).collect()
    }

    fn answer_all(all: &mut [(Option<Reply>, Awaited, Arc<Woken>)]) -> Round {
        let mut round = Round::default();
        for (reply, _, _) in all.iter_mut() {
            round.add(&reply.take().unwrap(), Ok(Ok(Outcome::Released)));
        }
        round.wake();
        round
    }

    #[test]
    fn the_first_wakes_the_others_when_it_runs() {
        let mut all = three();
        let round = answer_all(&mut all);
        assert_eq!(woken(&all), [1, 0, 0]);
        let (_, first, by) = &mut all[0];
        assert!(matches!(poll(first, by), Poll::Ready(Ok(Ok(_)))));
        assert_eq!(woken(&all), [1, 1, 1]);
        assert!(round.has_left());
    }

    #[test]
    fn a_first_that_is_gone_wakes_the_others() {
        let mut all = three();
        let _round = answer_all(&mut all);
        let (reply, awaited, by) = all.remove(0);
        drop((reply, awaited));
        assert_eq!((by.times(), woken(&all)), (1, vec![1, 1]));
    }

    #[test]
    fn a_first_that_runs_before_it_is_woken_leaves_nobody_asleep() {
        let mut all = three();
        let mut round = Round::default();
        for (reply, _, _) in &mut all {
            round.add(&reply.take().unwrap(), Ok(Ok(Outcome::Released)));
        }
        let (_, first, by) = &mut all[0];
        assert!(poll(first, by).is_ready());
        round.wake();
        assert_eq!(woken(&all), [1, 1, 1]);
    }

    #[test]
    fn a_first_that_never_runs_leaves_nobody_asleep() {
        let mut all = three();
        let mut round = answer_all(&mut all);
        round.wake_left();
        assert_eq!(woken(&all), [1, 0, 0]);
        round.wake_left();
        assert_eq!(woken(&all), [1, 1, 1]);
        assert!(!round.has_left());
    }

    #[test]
    fn whoever_owes_an_answer_and_goes_says_that_the_store_has_stopped() {
        let (reply, mut awaited) = reply();
        let woken = Arc::<Woken>::default();
        assert!(poll(&mut awaited, &woken).is_pending());
        drop(reply);
        assert_eq!(woken.times(), 1);
        assert!(matches!(poll(&mut awaited, &woken), Poll::Ready(Err(_))));
    }
}
