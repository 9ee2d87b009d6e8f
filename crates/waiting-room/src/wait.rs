//! The wait, from what was measured: a range, rounded up, and none where nothing was measured.

use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;

/// How long a measurement looks back.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// Samples kept: one a second, and the edges.
const SAMPLES_MAX: usize = 64;

/// How fast the serving number moved over the last minute, while people waited and were called.
///
/// The pace of a line that is empty, or that stands still by order, says nothing about the next wait: five who came in
/// a minute and entered at once are no five a minute.
#[derive(Debug, Default)]
pub struct AdmissionMeter {
    samples: VecDeque<(Timestamp, u64)>,
}

impl AdmissionMeter {
    /// At most one sample a second is kept.
    pub fn record(&mut self, serving_number: u64, now: Timestamp) {
        let recent =
            self.samples.back().is_some_and(|(at, _)| now.duration_since(*at) < SignedDuration::from_secs(1));
        if recent {
            return;
        }
        self.samples.push_back((now, serving_number));
        while self.samples.len() > SAMPLES_MAX
            || self.samples.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW)
        {
            self.samples.pop_front();
        }
    }

    /// The line is empty or stands still: what comes next is measured anew.
    pub fn forget(&mut self) {
        self.samples.clear();
    }

    /// None before there are two seconds to compare.
    pub fn per_minute(&self) -> Option<u64> {
        let (first_at, first) = self.samples.front()?;
        let (last_at, last) = self.samples.back()?;
        let milliseconds = last_at.duration_since(*first_at).as_millis();
        if milliseconds < 2_000 {
            return None;
        }
        u64::try_from(i128::from(last - first) * 60_000 / milliseconds).ok()
    }
}

/// Minutes, low to high.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitRange {
    pub low_min: u32,
    pub high_min: u32,
}

impl WaitRange {
    /// Of what the measured rate says.
    pub const LOW_PERCENT: u64 = 80;
    pub const HIGH_PERCENT: u64 = 130;

    /// Rounded up; None at a standstill.
    pub fn of(places_ahead: u64, admissions_per_minute: u64) -> Option<Self> {
        if admissions_per_minute == 0 {
            return None;
        }
        let minutes = |share_percent: u64| {
            let scaled = u128::from(places_ahead) * u128::from(share_percent);
            let whole = scaled.div_ceil(u128::from(admissions_per_minute) * 100);
            u32::try_from(whole.max(1)).unwrap_or(u32::MAX)
        };
        Some(Self { low_min: minutes(Self::LOW_PERCENT), high_min: minutes(Self::HIGH_PERCENT) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_meter_tells_the_pace_of_the_last_minute() {
        let mut meter = AdmissionMeter::default();
        assert_eq!(meter.per_minute(), None);
        for second in 0..200 {
            meter.record(second as u64 * 50, at(second));
        }
        assert_eq!(meter.per_minute(), Some(3_000));
        for second in 200..300 {
            meter.record(199 * 50, at(second));
        }
        assert_eq!(meter.per_minute(), Some(0));
    }

    #[test]
    fn what_was_before_a_standstill_says_nothing_afterwards() {
        let mut meter = AdmissionMeter::default();
        for second in 0..50 {
            meter.record(7, at(second));
        }
        meter.forget();
        assert_eq!(meter.per_minute(), None);
        for second in 50..53 {
            meter.record(7 + (second as u64 - 50) * 100, at(second));
        }
        assert_eq!(meter.per_minute(), Some(6_000));
    }

    #[test]
    fn a_range_is_rounded_up_and_unknown_at_a_standstill() {
        assert_eq!(WaitRange::of(3_000, 3_000), Some(WaitRange { low_min: 1, high_min: 2 }));
        assert_eq!(WaitRange::of(90_000, 3_000), Some(WaitRange { low_min: 24, high_min: 39 }));
        assert_eq!(WaitRange::of(5, 0), None);
    }
}
