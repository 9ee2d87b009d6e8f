//! Whoever has numbers shown in full again and again is noticed while they do it (research/reliability.md, T13: 1,101
//! look-ups were sold, unnoticed for two years).

use booking::StaffId;
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

/// So many in so long are no caller after caller.
pub(crate) const ALARM_FROM: usize = 50;
const WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// So long an operator is shown that it happened.
const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(1);

/// When each member of staff had numbers shown, and when that was an alarm last; as many as the accounts, each bounded.
#[derive(Default)]
pub(super) struct Unmasked(Mutex<HashMap<StaffId, Shown>>);

#[derive(Default)]
struct Shown {
    times: VecDeque<Timestamp>,
    raised_at: Option<Timestamp>,
}

impl Unmasked {
    /// Counts one more; true for the one that reaches the alarm, and for each so many after it.
    pub(super) fn one_more(&self, by: StaffId, now: Timestamp) -> bool {
        let mut all = self.0.lock().expect("nothing panics here");
        let Shown { times, raised_at } = all.entry(by).or_default();
        while times.front().is_some_and(|first| now.duration_since(*first) > WITHIN) {
            times.pop_front();
        }
        times.push_back(now);
        let is_alarm = times.len() >= ALARM_FROM;
        if is_alarm {
            times.clear();
            *raised_at = Some(now);
        }
        is_alarm
    }

    /// Of whom there was an alarm lately, and when.
    pub(super) fn raised(&self, now: Timestamp) -> Vec<(StaffId, Timestamp)> {
        let all = self.0.lock().expect("nothing panics here");
        let raised = all.iter().filter_map(|(by, shown)| Some((*by, shown.raised_at?)));
        raised.filter(|(_, at)| now.duration_since(*at) < SHOWN_FOR).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_in_a_row_raise_the_alarm_and_a_working_day_does_not() {
        let (unmasked, start) = (Unmasked::default(), Timestamp::UNIX_EPOCH);
        let at = |second: usize| start + SignedDuration::from_secs(second as i64);
        let raised: Vec<usize> = (1..=60).filter(|n| unmasked.one_more(StaffId(1), at(*n))).collect();
        assert_eq!(raised, [ALARM_FROM]);
        assert_eq!(unmasked.raised(at(3_000)), [(StaffId(1), at(ALARM_FROM))]);
        assert!(unmasked.raised(at(ALARM_FROM + 3_600)).is_empty(), "an hour later it is on record alone");
        assert!(!unmasked.one_more(StaffId(2), at(60)), "another's are not theirs");
        let calm = (0..200).any(|call| unmasked.one_more(StaffId(3), at(call * 120)));
        assert!(!calm, "one in two minutes");
    }
}
