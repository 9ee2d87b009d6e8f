//! Latencies in buckets of three per cent: recording costs a shift and an addition.
use std::time::Duration;

/// Buckets to each doubling, as a power of two.
const PRECISION_BITS: u32 = 5;
const BUCKETS: usize = (64 - PRECISION_BITS as usize + 1) << PRECISION_BITS;

#[derive(Clone)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Self { counts: vec![0; BUCKETS] }
    }

    pub(crate) fn record(&mut self, latency: Duration) {
        self.counts[bucket_of(latency.as_nanos() as u64)] += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
    }

    /// The latency that `share` of the requests (0 to 1) did not exceed, in microseconds; 0 without requests.
    pub(crate) fn quantile_us(&self, share: f64) -> f64 {
        let total: u64 = self.counts.iter().sum();
        let wanted = (total as f64 * share).ceil() as u64;
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted && seen > 0 {
                return start_of(bucket + 1) as f64 / 1_000.0;
            }
        }
        0.0
    }
}

/// Small values have a bucket each; above, a bucket is named by the doubling and the bits below its first.
fn bucket_of(nanos: u64) -> usize {
    let doubling = nanos.max(1).ilog2();
    if doubling < PRECISION_BITS {
        return nanos as usize;
    }
    let shift = doubling - PRECISION_BITS;
    ((shift as usize) << PRECISION_BITS) + (nanos >> shift) as usize
}

fn start_of(bucket: usize) -> u64 {
    let shift = (bucket >> PRECISION_BITS).saturating_sub(1);
    ((bucket - (shift << PRECISION_BITS)) as u64) << shift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_in_its_bucket_within_three_per_cent() {
        for nanos in (0..200_000).chain([1 << 40, u64::MAX >> 8]) {
            let bucket = bucket_of(nanos);
            let (start, end) = (start_of(bucket), start_of(bucket + 1));
            assert!(start <= nanos && nanos < end, "{nanos} is not in {start}..{end}");
            assert!(end - start <= (nanos / 32).max(1), "{nanos}: {start}..{end}");
        }
    }

    #[test]
    fn quantiles_are_upper_bounds() {
        let mut histogram = Histogram::new();
        assert!(histogram.quantile_us(0.5).abs() < f64::EPSILON);
        for micros in 1..=100 {
            histogram.record(Duration::from_micros(micros));
        }
        let (half, most) = (histogram.quantile_us(0.5), histogram.quantile_us(0.99));
        assert!((50.0..52.0).contains(&half) && (99.0..103.0).contains(&most), "{half} {most}");
    }
}
