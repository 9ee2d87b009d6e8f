//! When to ask again after an answer that led nowhere; never at once, never for ever.

use std::time::Duration;

use super::{Next, Scene, Stage, Visit};
use crate::journal::Outcome;
use crate::scenario::Dice;
use crate::wire::{Answer, Fault};

/// "Come later" so often at one stage, and a person goes home.
const BUSY_TRIES_MAX: u8 = 100;
/// No connection, no answer or a broken one so often at one stage, and a person goes home.
const FAULT_TRIES_MAX: u8 = 8;
const RETRY_MIN: Duration = Duration::from_millis(500);
const BACKOFF_BASE: Duration = Duration::from_secs(1);
const BACKOFF_DOUBLINGS_MAX: u8 = 5;
/// Those told the same time do not come back in the same moment.
const SPREAD_MIN: Duration = Duration::from_millis(250);
const SPREAD_MAX: Duration = Duration::from_secs(5);

impl Visit {
    /// 503 and 429: as long as the service asks for, and a little more.
    pub(super) fn busy(mut self, answer: &Answer, dice: &mut Dice, scene: &mut Scene) -> Next {
        scene.journal.busy += 1;
        scene.journal.hear_no(&answer.code());
        self.may_be_done |= answer.status == 503 && answer.retry_after.is_none();
        let after = match answer.retry_after {
            Some(wait) => spread(wait, dice),
            None => backoff(self.tries, dice),
        };
        self.again(after, BUSY_TRIES_MAX)
    }

    /// No answer, or none that means anything.
    pub(super) fn fault(mut self, fault: Fault, dice: &mut Dice, scene: &mut Scene) -> Next {
        scene.journal.faults += 1;
        self.may_be_done |= fault == Fault::NoAnswer;
        let after = backoff(self.tries, dice);
        self.again(after, FAULT_TRIES_MAX)
    }

    /// A "not yet" within the rules, such as a ticket that is still unsettled.
    pub(super) fn not_yet(self, after: Duration) -> Next {
        self.again(after, BUSY_TRIES_MAX)
    }

    fn again(mut self, after: Duration, tries_max: u8) -> Next {
        self.tries += 1;
        if self.tries < tries_max {
            return Next::Act { after, visit: self };
        }
        let unheard = self.may_be_done && matches!(self.stage, Stage::Confirm(..));
        Next::Leave(self.leave(if unheard { Outcome::Unknown } else { Outcome::Error }))
    }
}

/// A little more than the service asked for, and never less than a moment.
pub(super) fn spread(wait: Duration, dice: &mut Dice) -> Duration {
    let more = dice.between(Duration::ZERO, (wait / 2).clamp(SPREAD_MIN, SPREAD_MAX));
    wait.max(RETRY_MIN) + more
}

fn backoff(tries: u8, dice: &mut Dice) -> Duration {
    let longest = BACKOFF_BASE * (1 << tries.min(BACKOFF_DOUBLINGS_MAX));
    dice.between((longest / 2).max(RETRY_MIN), longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_a_lower_bound_also_when_it_is_nought() {
        let mut dice = Dice::new(1, 1);
        for seconds in [0, 1, 7, 600] {
            let wait = Duration::from_secs(seconds);
            let spread = spread(wait, &mut dice);
            assert!(spread >= wait.max(RETRY_MIN) && spread <= wait.max(RETRY_MIN) + SPREAD_MAX);
        }
    }

    #[test]
    fn without_a_word_from_the_service_each_try_waits_longer_up_to_half_a_minute() {
        let mut dice = Dice::new(1, 2);
        let waits: Vec<_> = (0..100).map(|tries| backoff(tries, &mut dice)).collect();
        assert!(waits.iter().all(|wait| *wait >= RETRY_MIN && *wait <= Duration::from_secs(32)));
        assert!(waits[5] >= Duration::from_secs(16));
    }
}
