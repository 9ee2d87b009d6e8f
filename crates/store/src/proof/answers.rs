//! Every write can be sent twice: one key, one answer.

use super::Broken;
use booking::{Outcome, RequestKey};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, VecDeque};

pub(super) struct Answers {
    kept: SignedDuration,
    given: HashMap<RequestKey, (Timestamp, [u8; 32], Outcome)>,
    in_order: VecDeque<(Timestamp, RequestKey)>,
    count: u64,
}

impl Answers {
    pub(super) fn new(kept: SignedDuration) -> Self {
        Self { kept, given: HashMap::new(), in_order: VecDeque::new(), count: 0 }
    }

    /// Within the time for which answers are kept, a repeated request gets the kept answer and writes nothing.
    pub(super) fn answer(
        &mut self,
        key: RequestKey,
        body: [u8; 32],
        outcome: &Outcome,
        at: Timestamp,
    ) -> Result<(), Broken> {
        self.forget_before(at - self.kept);
        if let Some((_, first_body, first)) = self.given.get(&key) {
            let is_same = *first_body == body && first == outcome;
            return Err(Broken::AnsweredTwice { key, is_same });
        }
        self.given.insert(key, (at, body, outcome.clone()));
        self.in_order.push_back((at, key));
        self.count += 1;
        Ok(())
    }

    fn forget_before(&mut self, oldest: Timestamp) {
        while let Some((at, key)) = self.in_order.front().copied().filter(|(at, _)| *at < oldest) {
            self.in_order.pop_front();
            if self.given.get(&key).is_some_and(|(given_at, _, _)| *given_at == at) {
                self.given.remove(&key);
            }
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }
}
