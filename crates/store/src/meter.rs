//! How long things take, counted in few buckets, from any thread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds, microseconds: from an answer out of memory to what nobody waits for.
pub const BOUNDS_US: [u64; 9] = [500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_500_000];

#[derive(Debug, Default)]
pub struct Meter {
    /// By bound; the last is for whatever took longer.
    counts: [AtomicU64; BOUNDS_US.len() + 1],
    total_us: AtomicU64,
}

/// What a [`Meter`] has counted since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    /// How many took at most as long as each of [`BOUNDS_US`]; the last counts all.
    pub within: [u64; BOUNDS_US.len() + 1],
    pub total_us: u64,
}

impl Measured {
    pub fn count(&self) -> u64 {
        self.within[BOUNDS_US.len()]
    }
}

impl Meter {
    pub fn note(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_US.iter().position(|bound| us <= *bound).unwrap_or(BOUNDS_US.len());
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        self.total_us.fetch_add(us, Ordering::Relaxed);
    }

    pub fn read(&self) -> Measured {
        let mut sum = 0;
        let within = std::array::from_fn(|bucket| {
            sum += self.counts[bucket].load(Ordering::Relaxed);
            sum
        });
        Measured { within, total_us: self.total_us.load(Ordering::Relaxed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bucket_counts_those_below_it_too() {
        let meter = Meter::default();
        for us in [1, 500, 501, 3_000_000] {
            meter.note(Duration::from_micros(us));
        }
        let measured = meter.read();
        assert_eq!((measured.within[0], measured.within[1], measured.within[8]), (2, 3, 3));
        assert_eq!((measured.count(), measured.total_us), (4, 3_001_002));
    }
}
