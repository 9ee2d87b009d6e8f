//! One step of a sweep: a load for so long, and what was seen on both sides.
use super::crowd::{Crowd, Load};
use super::service::Service;
use super::tally::Tally;
use crate::bench::cpu;
use anyhow::Result;
use std::time::Duration;

pub(super) struct Step {
    pub(super) named: String,
    pub(super) tally: Tally,
    /// Of one core.
    pub(super) server_share: f64,
}

pub(super) fn step(
    named: impl Into<String>,
    service: &Service,
    crowd: &mut Crowd,
    load: Load,
    lasts: Duration,
) -> Result<Step> {
    seen(named.into(), service, || crowd.run(load, lasts))
}

/// After something was over: until as many book as before, or for so long.
pub(super) fn recovery(
    service: &Service,
    crowd: &mut Crowd,
    load: Load,
    lasts: Duration,
    before: f64,
) -> Result<Recovery> {
    let is_back = |tally: &Tally| back_after(&tally.booked_by_second, before).is_some();
    let step = seen("afterwards".to_owned(), service, || crowd.run_until(load, lasts, is_back))?;
    let seconds = back_after(&step.tally.booked_by_second, before);
    Ok(Recovery { step, seconds })
}

pub(super) struct Recovery {
    pub(super) step: Step,
    /// Until as many booked as before; none where that was not seen.
    pub(super) seconds: Option<usize>,
}

/// Of what was booked before.
const RECOVERED: f64 = 0.95;
const RECOVERY_SECONDS_MAX: usize = 10;

impl Recovery {
    pub(super) fn is_in_time(&self) -> bool {
        self.seconds.is_some_and(|seconds| seconds <= RECOVERY_SECONDS_MAX)
    }

    pub(super) fn told(&self) -> String {
        self.seconds.map_or("not within the time".to_owned(), |seconds| format!("after {seconds} s"))
    }
}

/// The second from which on three whole ones book as much as before.
fn back_after(by_second: &[u32], before: f64) -> Option<usize> {
    // The last one is not over yet.
    let whole = &by_second[..by_second.len().saturating_sub(1)];
    whole.windows(3).position(|three| f64::from(three.iter().sum::<u32>()) >= 3.0 * RECOVERED * before)
}

fn seen(named: String, service: &Service, run: impl FnOnce() -> Result<Tally>) -> Result<Step> {
    let ids = service.ids();
    let before = cpu::micros_of(&ids);
    let tally = run()?;
    let server_share = (cpu::micros_of(&ids) - before) as f64 / tally.lasted.as_micros() as f64;
    let step = Step { named, tally, server_share };
    eprintln!("{}", step.row().trim_end());
    Ok(step)
}

pub(super) const HEAD: &str = "\
| step | arrivals/s | bookings/s in time | late | requests/s | useful answers/s | refused/s | gone | no answer | inside p50, p99 ms | confirm p99 ms | refused p50, p99 ms | server's core | generator late p50, p99 ms |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
";

impl Step {
    pub(super) fn bookings(&self) -> f64 {
        self.tally.bookings_per_second()
    }

    pub(super) fn row(&self) -> String {
        let Tally { lasted, inside, confirm, refused, lateness, .. } = &self.tally;
        let rate = |count: u64| count as f64 / lasted.as_secs_f64();
        let ms = |micros: f64| micros / 1_000.0;
        let pair = |one: &crate::bench::histogram::Histogram| {
            format!("{:.1}, {:.1}", ms(one.quantile_us(0.5)), ms(one.quantile_us(0.99)))
        };
        let tally = &self.tally;
        format!(
            "| {} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {} | {} | {} | {:.1} | {} | {:.2} | {} |\n",
            self.named,
            rate(tally.arrived),
            self.bookings(),
            rate(tally.booked_late),
            rate(tally.sent),
            rate(tally.useful),
            rate(tally.refusals),
            tally.gone(),
            tally.lost,
            pair(inside),
            ms(confirm.quantile_us(0.99)),
            pair(refused),
            self.server_share,
            pair(lateness),
        )
    }
}

pub(super) fn rows<'a>(steps: impl IntoIterator<Item = &'a Step>) -> String {
    steps.into_iter().map(Step::row).collect()
}

#[cfg(test)]
mod tests {
    use super::back_after;

    #[test]
    fn it_is_back_when_three_whole_seconds_book_as_much_as_before() {
        assert_eq!(back_after(&[10, 96, 95, 95, 7], 100.0), Some(1));
        assert_eq!(back_after(&[96, 95, 95], 100.0), None, "the last one is not over");
        assert_eq!(back_after(&[94, 94, 94, 94], 100.0), None);
        assert_eq!(back_after(&[], 100.0), None);
    }
}
