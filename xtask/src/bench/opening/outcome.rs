//! What came of a crowd, and how it is told.
use crate::bench::histogram::Histogram;
use std::fs;
use std::time::Duration;

const MB: f64 = 1_024.0;

pub(super) struct Outcome {
    /// With what they came for.
    pub(super) answered: u64,
    /// With another status, or without an answer.
    pub(super) wrong: u64,
    /// From the first who wanted to come to the last answer.
    pub(super) lasted: Duration,
    /// From when somebody wanted to come.
    pub(super) latency: Histogram,
    pub(super) writes: u64,
}

impl Outcome {
    pub(super) fn new() -> Self {
        let (answered, wrong, writes) = (0, 0, 0);
        Self { answered, wrong, lasted: Duration::ZERO, latency: Histogram::new(), writes }
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
        self.wrong += other.wrong;
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
        let Outcome { answered, wrong, lasted, latency, .. } = self.outcome;
        let ms = |share: f64| latency.quantile_us(share) / 1_000.0;
        let each = |micros: u64| micros as f64 / (*answered).max(1) as f64;
        format!(
            "| {} | {answered} | {:.1} | {:.0} | {:.1} | {:.1} | {:.1} | {:.1} | {wrong} | {:.1} | {:.1} | {:.0} |\n",
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
    use super::peak_kb;

    #[test]
    fn the_peak_is_read_from_the_system() {
        assert_eq!(peak_kb("Name:\tx\nVmPeak:\t  9 kB\nVmHWM:\t   1234 kB\n"), Some(1_234));
        assert!(super::peak_mb(&[std::process::id()]) > 1.0);
    }
}
