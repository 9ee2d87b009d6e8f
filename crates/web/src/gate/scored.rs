//! What people were told of their wait, held against the wait that they had.
//!
//! Every ten seconds in which a pace is known, the wait of whoever stands last is noted as the waiting page says it. When
//! that number is called, or the longest time that was told is over, it is known what the words were worth. Nothing is
//! kept of anybody: a number in line and two durations. Each process scores for itself, from its start on.

use crate::lang::told_minutes;
use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use waiting_room::WaitRange;

const TOLD_EVERY: SignedDuration = SignedDuration::from_secs(10);
/// Waits that are watched at once: 11 hours of them. While there are more, no others are noted.
const WATCHED_MAX: usize = 4_096;

/// How many of the waits that were watched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Were shorter than the shortest that was told.
    pub sooner: u64,
    pub as_told: u64,
    /// Were longer than the longest, or are longer already.
    pub later: u64,
}

impl Score {
    pub fn all(&self) -> u64 {
        self.sooner + self.as_told + self.later
    }
}

/// How the line stands at an instant, by the steady time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) at: Timestamp,
    /// Places that have a number.
    pub(super) settled: u64,
    pub(super) serving_number: u64,
    /// As the pages know it; None where they tell no wait.
    pub(super) per_minute: Option<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Scored(Mutex<Noted>);

#[derive(Debug, Default)]
struct Noted {
    /// In the order of their numbers.
    watched: VecDeque<Told>,
    told_at: Option<Timestamp>,
    score: Score,
}

#[derive(Debug, Clone, Copy)]
struct Told {
    at: Timestamp,
    queue_number: u64,
    low_min: u32,
    /// None where no end was told.
    high_min: Option<u32>,
}

impl Scored {
    pub(super) fn note(&self, standing: &Standing) {
        let mut noted = self.noted();
        noted.hear(standing);
        noted.tell(standing);
    }

    pub(super) fn score(&self) -> Score {
        self.noted().score
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().expect("nothing panics while scoring")
    }
}

impl Noted {
    fn hear(&mut self, standing: &Standing) {
        let score = &mut self.score;
        self.watched.retain(|told| {
            let had = standing.at.duration_since(told.at);
            let is_called = told.queue_number < standing.serving_number;
            let is_late = told.high_min.is_some_and(|high| had > minutes(high));
            if is_late {
                score.later += 1;
            } else if is_called && had < minutes(told.low_min) {
                score.sooner += 1;
            } else if is_called {
                score.as_told += 1;
            }
            !(is_late || is_called)
        });
    }

    fn tell(&mut self, standing: &Standing) {
        let Standing { at, settled, serving_number, per_minute } = *standing;
        let is_due = self.told_at.is_none_or(|told_at| at.duration_since(told_at) >= TOLD_EVERY);
        let waiting = settled.saturating_sub(serving_number);
        if !is_due || waiting == 0 || self.watched.len() >= WATCHED_MAX {
            return;
        }
        // Of the last in line; nobody is before whoever is called next.
        let Some(range) = per_minute.and_then(|pace| WaitRange::of(waiting - 1, pace)) else { return };
        let (low_min, high_min) = told_minutes(range.low_min, range.high_min);
        self.told_at = Some(at);
        self.watched.push_back(Told { at, queue_number: settled - 1, low_min, high_min });
    }
}

fn minutes(minutes: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    /// 601 people wait and nobody comes any more; 60 a minute are said to be called, so the last is told 8 to 13 minutes.
    fn told() -> Scored {
        let scored = Scored::default();
        scored.note(&Standing { at: at(0), settled: 601, serving_number: 0, per_minute: Some(60) });
        scored
    }

    fn then(scored: &Scored, second: i64, serving_number: u64) -> Score {
        scored.note(&Standing { at: at(second), settled: 601, serving_number, per_minute: None });
        scored.score()
    }

    #[test]
    fn a_wait_is_scored_when_its_number_is_called() {
        for (second, expected) in [
            (8 * 60 - 1, Score { sooner: 1, ..Score::default() }),
            (8 * 60, Score { as_told: 1, ..Score::default() }),
            (13 * 60, Score { as_told: 1, ..Score::default() }),
            (13 * 60 + 1, Score { later: 1, ..Score::default() }),
        ] {
            let scored = told();
            assert_eq!(then(&scored, 60, 600), Score::default(), "600 is below nobody but 600");
            assert_eq!(then(&scored, second, 601), expected, "after {second} s");
            assert_eq!(then(&scored, 3_600, 601), expected, "once");
        }
    }

    /// A line that stands still would otherwise look as if nobody had been told anything wrong.
    #[test]
    fn whoever_still_waits_after_the_longest_time_they_were_told_counts_at_once() {
        let scored = told();
        assert_eq!(then(&scored, 13 * 60, 10), Score::default());
        let late = Score { later: 1, ..Score::default() };
        assert_eq!(then(&scored, 13 * 60 + 1, 10), late);
        assert_eq!(then(&scored, 20 * 60, 601), late, "and not again when they are called");
    }

    #[test]
    fn where_nothing_is_told_nothing_is_scored() {
        let scored = Scored::default();
        for (settled, serving_number, per_minute) in [(601, 0, None), (601, 0, Some(0)), (5, 5, Some(60))] {
            scored.note(&Standing { at: at(0), settled, serving_number, per_minute });
        }
        assert_eq!(then(&scored, 86_400, 601), Score::default());
    }

    #[test]
    fn so_many_are_watched_and_no_more() {
        let scored = Scored::default();
        for number in 0..WATCHED_MAX as i64 + 100 {
            let settled = 100_000_000 + number as u64;
            scored.note(&Standing { at: at(10 * number), settled, serving_number: 0, per_minute: Some(60) });
        }
        assert_eq!(scored.noted().watched.len(), WATCHED_MAX);
    }
}
