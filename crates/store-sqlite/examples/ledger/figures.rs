//! What a run measured.

use crate::say;
use std::time::{Duration, Instant};

/// A hundredth of a millisecond.
const BUCKET_US: u128 = 10;
const BUCKETS: usize = 100_000;

pub(crate) struct Figures {
    started_at: Option<Instant>,
    last_at: Option<Instant>,
    answer_times: Vec<u32>,
    answers: u64,
    pub(crate) pairs: u64,
    /// The longest time in which nobody was answered.
    stall: Duration,
    pub(crate) took: Duration,
    by_second: Vec<u32>,
}

impl Figures {
    pub(crate) fn new() -> Self {
        Self {
            started_at: None,
            last_at: None,
            answer_times: vec![0; BUCKETS],
            answers: 0,
            pairs: 0,
            stall: Duration::ZERO,
            took: Duration::ZERO,
            by_second: Vec::new(),
        }
    }

    pub(crate) fn begin(&mut self, at: Instant) {
        (self.started_at, self.last_at) = (Some(at), Some(at));
    }

    pub(crate) fn answered(&mut self, asked_at: Instant, at: Instant) {
        let bucket = (at - asked_at).as_micros() / BUCKET_US;
        self.answer_times[(bucket as usize).min(BUCKETS - 1)] += 1;
        if let Some(last_at) = self.last_at.replace(at) {
            self.stall = self.stall.max(at - last_at);
        }
        self.answers += 1;
    }

    pub(crate) fn paired(&mut self, at: Instant) {
        self.pairs += 1;
        let since = self.started_at.map(|start| at - start).unwrap_or_default() + self.took;
        let second = since.as_secs() as usize;
        self.by_second.resize(self.by_second.len().max(second + 1), 0);
        self.by_second[second] += 1;
    }

    pub(crate) fn end(&mut self, at: Instant) {
        self.took += self.started_at.take().map(|start| at - start).unwrap_or_default();
        self.last_at = None;
    }

    /// The time that this share of the answers did not exceed, in milliseconds.
    fn quantile_ms(&self, share: f64) -> f64 {
        let wanted = (self.answers as f64 * share).ceil() as u64;
        let mut seen = 0;
        let reached = self.answer_times.iter().position(|count| {
            seen += u64::from(*count);
            seen >= wanted
        });
        (reached.unwrap_or(BUCKETS) + 1) as f64 * BUCKET_US as f64 / 1_000.0
    }

    pub(crate) fn say(&self) {
        let mut seconds = self.by_second.clone();
        seconds.sort_unstable();
        say("seconds", self.took.as_secs_f64());
        say("pairs", self.pairs as f64);
        say("pairs_per_second", self.pairs as f64 / self.took.as_secs_f64());
        say("pairs_in_median_second", f64::from(seconds.get(seconds.len() / 2).copied().unwrap_or(0)));
        say("answer_p50_ms", self.quantile_ms(0.5));
        say("answer_p99_ms", self.quantile_ms(0.99));
        say("stall_ms", self.stall.as_secs_f64() * 1_000.0);
    }
}
