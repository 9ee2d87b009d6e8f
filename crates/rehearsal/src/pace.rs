//! How fast requests may follow one another, and the time since the start.

use std::time::Duration;

use tokio::time::Instant;

/// So much of a second's requests may go out at once, because timers are no finer than a millisecond.
const BURST: Duration = Duration::from_millis(10);

/// At most so many requests a second, over any time; pure, on offsets from the start.
pub(crate) struct Pace {
    step: Duration,
    next_at: Duration,
}

impl Pace {
    pub(crate) fn new(requests_per_second_max: u32) -> Self {
        Pace { step: Duration::from_secs(1) / requests_per_second_max.max(1), next_at: Duration::ZERO }
    }

    /// From when the next request may go out.
    pub(crate) fn free_at(&self) -> Duration {
        self.next_at.saturating_sub(BURST)
    }

    /// Counts one request sent at `now`, which is not before `free_at`.
    pub(crate) fn take(&mut self, now: Duration) {
        self.next_at = self.next_at.max(now) + self.step;
    }
}

/// Time since the start, by the runtime's timers, so that paused time works too.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) async fn start() -> Self {
        // The first tick of an interval is its own start.
        Stopwatch(tokio::time::interval(Duration::from_secs(1)).tick().await)
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    pub(crate) async fn reaches(self, at: Duration) {
        tokio::time::sleep_until(self.0 + at).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends as fast as the pace allows, looking at the clock every millisecond.
    fn sent_within(pace: &mut Pace, from_ms: u64, to_ms: u64) -> u32 {
        let mut sent = 0;
        for now in (from_ms..to_ms).map(Duration::from_millis) {
            while pace.free_at() <= now {
                pace.take(now);
                sent += 1;
            }
        }
        sent
    }

    #[test]
    fn never_more_than_the_rate_and_a_burst_go_out_and_hardly_less() {
        for rate in [1, 50, 400, 5_000] {
            let mut pace = Pace::new(rate);
            let sent = sent_within(&mut pace, 0, 10_000);
            assert!((rate * 10..=rate * 10 + rate / 100 + 1).contains(&sent), "{sent} at {rate}/s");
        }
    }

    #[test]
    fn a_quiet_hour_does_not_save_up_requests() {
        let mut pace = Pace::new(100);
        let hour_ms = 3_600_000;
        assert!(sent_within(&mut pace, hour_ms, hour_ms + 1_000) <= 102);
    }

    #[tokio::test(start_paused = true)]
    async fn the_stopwatch_follows_paused_time() {
        let watch = Stopwatch::start().await;
        watch.reaches(Duration::from_hours(2)).await;
        assert_eq!(watch.elapsed(), Duration::from_hours(2));
    }
}
