//! What came of a crowd, and how it is told.
use super::failure::Failure;
use crate::bench::histogram::Histogram;
use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

const MB: f64 = 1_024.0;

pub(super) struct Outcome {
    /// With what they came for.
    pub(super) answered: u64,
    /// With another status, or without an answer.
    pub(super) failures: BTreeMap<Failure, u64>,
    /// From the first who wanted to come to the last answer.
    pub(super) lasted: Duration,
    /// From when somebody wanted to come to the answer that they came for.
    pub(super) latency: Histogram,
    /// Requests that were sent, and in how many writes.
    pub(super) requests: u64,
    pub(super) writes: u64,
}

impl Outcome {
    pub(super) fn new() -> Self {
        let (answered, requests, writes) = (0, 0, 0);
        let (lasted, latency) = (Duration::ZERO, Histogram::new());
        Self { answered, failures: BTreeMap::new(), lasted, latency, requests, writes }
    }

    pub(super) fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    /// Everybody of whom it is known what became of them.
    pub(super) fn settled(&self) -> u64 {
        self.answered + self.failed()
    }

    pub(super) fn answer(&mut self, latency: Duration) {
        self.answered += 1;
        self.latency.record(latency);
    }

    pub(super) fn fail(&mut self, failure: Failure) {
        *self.failures.entry(failure).or_default() += 1;
    }

    /// `3 heard nothing, 2 status 503`.
    pub(super) fn failures_told(&self) -> String {
        let told: Vec<_> =
            self.failures.iter().map(|(failure, people)| format!("{people} {failure}")).collect();
        if told.is_empty() { "nobody".to_owned() } else { told.join(", ") }
    }

    pub(super) fn per_second(&self) -> f64 {
        self.answered as f64 / self.lasted.as_secs_f64()
    }

    /// Of a crowd that came after this one.
    pub(super) fn add(&mut self, later: &Self) {
        self.beside(later);
        self.lasted += later.lasted;
    }

    /// Of a crowd that came at the same time.
    pub(super) fn join(&mut self, other: &Self) {
        self.beside(other);
        self.lasted = self.lasted.max(other.lasted);
    }

    fn beside(&mut self, other: &Self) {
        self.answered += other.answered;
        for (failure, people) in &other.failures {
            *self.failures.entry(*failure).or_default() += people;
        }
        self.requests += other.requests;
        self.writes += other.writes;
        self.latency.add(&other.latency);
    }
}

pub(super) const HEAD: &str = "\
| what | answered | in s | a second | p50 ms | p99 ms | p99.9 ms | most ms | without | server µs each | generator µs each | server's peak MB |
|---|---|---|---|---|---|---|---|---|---|---|---|
";

pub(super) struct Row<'a> {
    pub(super) named: &'static str,
    pub(super) server_us: u64,
    pub(super) generator_us: u64,
    pub(super) server_peak_mb: f64,
    pub(super) outcome: &'a Outcome,
}

impl Row<'_> {
    pub(super) fn told(&self) -> String {
        let Outcome { answered, lasted, latency, .. } = self.outcome;
        let failed = self.outcome.failed();
        let ms = |share: f64| latency.quantile_us(share) / 1_000.0;
        let each = |micros: u64| micros as f64 / (*answered).max(1) as f64;
        format!(
            "| {} | {answered} | {:.1} | {:.0} | {:.1} | {:.1} | {:.1} | {:.1} | {failed} | {:.1} | {:.1} | {:.0} |\n",
            self.named,
            lasted.as_secs_f64(),
            self.outcome.per_second(),
            ms(0.5),
            ms(0.99),
            ms(0.999),
            ms(1.0),
            each(self.server_us),
            each(self.generator_us),
            self.server_peak_mb,
        )
    }
}

/// The most memory that these programs had at once, each, added up.
pub(super) fn peak_mb(ids: &[u32]) -> f64 {
    let peak = |id: &u32| {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        peak_kb(&status).unwrap_or(0)
    };
    ids.iter().map(peak).sum::<u64>() as f64 / MB
}

fn peak_kb(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crowds_are_added_up_with_what_became_of_everybody() {
        let mut all = Outcome::new();
        let mut one = Outcome::new();
        one.answer(Duration::from_millis(2));
        one.fail(Failure::Status(503));
        one.fail(Failure::Silent);
        one.lasted = Duration::from_secs(3);
        all.add(&one);
        all.add(&one);
        all.join(&one);
        assert_eq!((all.answered, all.failed(), all.settled()), (3, 6, 9));
        assert_eq!(all.lasted, Duration::from_secs(6));
        assert_eq!(all.failures_told(), "3 heard nothing, 3 status 503");
        assert_eq!(Outcome::new().failures_told(), "nobody");
    }

    #[test]
    fn the_peak_is_read_from_the_system() {
        assert_eq!(peak_kb("Name:\tx\nVmPeak:\t  9 kB\nVmHWM:\t   1234 kB\n"), Some(1_234));
        assert!(peak_mb(&[std::process::id()]) > 1.0);
    }
}
