//! An exact rate: so many per second, never more than the burst at once.

use jiff::{SignedDuration, Timestamp};

const NANOS: i128 = 1_000_000_000;

/// Counts in billionths of a token, so that no fraction is ever lost to rounding.
#[derive(Debug, Clone)]
pub struct TokenBucket {
    per_second: u32,
    burst: u32,
    level: i128,
    as_of: Timestamp,
}

impl TokenBucket {
    /// Starts with nothing to give: after a start the rate ramps, it does not jump.
    pub fn empty(per_second: u32, burst: u32, now: Timestamp) -> Self {
        Self { per_second, burst: burst.max(1), level: 0, as_of: now }
    }

    /// Another rate from now on. What has been filled in stays, up to the new burst.
    pub fn set_rate(&mut self, per_second: u32, burst: u32, now: Timestamp) {
        self.refill(now);
        (self.per_second, self.burst) = (per_second, burst.max(1));
        self.level = self.level.min(self.full());
    }

    pub fn per_second(&self) -> u32 {
        self.per_second
    }

    /// What may be taken now.
    pub fn available(&mut self, now: Timestamp) -> u64 {
        self.refill(now);
        u64::try_from(self.level / NANOS).expect("the level never falls below zero")
    }

    /// Takes up to `wanted`, and says how many it gave.
    pub fn take(&mut self, wanted: u64, now: Timestamp) -> u64 {
        let given = wanted.min(self.available(now));
        self.level -= i128::from(given) * NANOS;
        given
    }

    /// How long until there is one, when there is none.
    pub fn wait_for_one(&mut self, now: Timestamp) -> SignedDuration {
        self.wait_for(1, now)
    }

    /// How long until so many have been filled in, if none is taken until then.
    pub fn wait_for(&mut self, count: u64, now: Timestamp) -> SignedDuration {
        self.refill(now);
        let missing = (i128::from(count) * NANOS - self.level).max(0);
        let rate = i128::from(self.per_second.max(1));
        SignedDuration::from_nanos(i64::try_from((missing + rate - 1) / rate).unwrap_or(i64::MAX))
    }

    /// A clock that went back gives nothing and takes nothing.
    fn refill(&mut self, now: Timestamp) {
        let passed = now.as_nanosecond() - self.as_of.as_nanosecond();
        if passed <= 0 {
            return;
        }
        let filled = self.level.saturating_add(passed.saturating_mul(i128::from(self.per_second)));
        self.level = self.full().min(filled);
        self.as_of = now;
    }

    /// A fraction above the burst is kept: at a low rate it is what the next token is made of.
    fn full(&self) -> i128 {
        i128::from(self.burst) * NANOS + (NANOS - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_000_000 + milliseconds).unwrap()
    }

    #[test]
    fn it_starts_empty_and_fills_to_the_burst() {
        let mut bucket = TokenBucket::empty(10, 5, at(0));
        assert_eq!(bucket.take(9, at(0)), 0);
        assert_eq!(bucket.wait_for_one(at(0)), SignedDuration::from_millis(100));
        assert_eq!(bucket.take(9, at(250)), 2);
        assert_eq!(bucket.take(9, at(60_000)), 5);
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let mut bucket = TokenBucket::empty(10, 5, at(1_000));
        assert_eq!(bucket.take(9, at(0)), 0);
        assert_eq!(bucket.take(9, at(1_100)), 1);
    }

    /// Found by the property below: a cap at the burst itself cut the fraction off, so that one a second became fewer.
    #[test]
    fn one_a_second_loses_no_fraction() {
        let mut bucket = TokenBucket::empty(1, 1, at(0));
        let given: u64 = (1..=100).map(|tick| bucket.take(u64::MAX, at(tick * 270))).sum();
        assert_eq!(given, 27);
    }

    #[test]
    fn another_rate_counts_from_now_on() {
        let mut bucket = TokenBucket::empty(10, 10, at(0));
        bucket.set_rate(100, 100, at(500));
        assert_eq!(bucket.take(u64::MAX, at(500)), 5);
        assert_eq!(bucket.take(u64::MAX, at(1_000)), 50);
        bucket.set_rate(0, 0, at(2_000));
        assert_eq!(bucket.take(u64::MAX, at(90_000)), 1, "what was filled in, up to the burst");
        assert_eq!(bucket.take(u64::MAX, at(180_000)), 0);
    }

    proptest! {
        /// Under constant demand: never above the rate, and all of it used.
        #[test]
        fn the_rate_is_exact(steps in prop::collection::vec(1_i64..400, 1..200), rate in 1_u32..5_000) {
            let mut bucket = TokenBucket::empty(rate, rate, at(0));
            let mut now = 0;
            let mut given = 0;
            for step in steps {
                now += step;
                given += bucket.take(u64::MAX, at(now));
            }
            prop_assert_eq!(given, now as u64 * u64::from(rate) / 1000);
        }
    }
}
