//! The logbook by seconds: what a report draws.

use std::collections::BTreeMap;

use booking::ClinicId;
use serde::Serialize;

use crate::calls::CallTally;
use crate::logbook::{Entry, Heard, Step};

/// Parts of each doubling: a quantile is at most so much too high.
const PARTS: u32 = 8;
const BUCKETS: usize = (64 * PARTS) as usize;

#[derive(Debug, Default)]
pub struct Tally {
    seconds: Vec<Second>,
    by_step: BTreeMap<Step, Latencies>,
    pub noes: BTreeMap<String, u64>,
    pub busy: u64,
    pub no_answers: u64,
    /// Acknowledged appointments by clinic.
    pub booked_at: BTreeMap<ClinicId, u64>,
    pub calls: CallTally,
}

/// What was heard in one second.
#[derive(Clone, Debug, Default)]
pub struct Second {
    /// Wanted to join, by the time they wanted to.
    pub arrived: u64,
    pub answers: u64,
    pub joined: u64,
    /// Numbers called so far.
    pub serving_number: u64,
    pub placed: u64,
    pub admitted: u64,
    pub booked: u64,
    pub refused: u64,
    latencies: Latencies,
}

/// Waits in microseconds, counted in steps of an eighth of a doubling.
#[derive(Clone, Debug, Default)]
pub struct Latencies {
    counts: BTreeMap<u16, u64>,
    total: u64,
    max_us: u64,
}

/// In microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LatencyQuantiles {
    pub count: u64,
    pub p50_us: u64,
    pub p99_us: u64,
    pub p999_us: u64,
    pub max_us: u64,
}

impl Tally {
    pub fn add(&mut self, entry: &Entry) {
        self.calls.add(entry);
        if entry.step.is_of_the_phone() {
            return;
        }
        let asked_us = entry.heard_us.saturating_sub(entry.waited_us);
        if entry.step == Step::Join {
            self.second(asked_us).arrived += 1;
        }
        self.by_step.entry(entry.step).or_default().add(entry.waited_us);
        let second = self.second(entry.heard_us);
        second.answers += 1;
        second.latencies.add(entry.waited_us);
        match (&entry.heard, entry.step) {
            (Heard::Fine, Step::Join) => second.joined += 1,
            (Heard::Fine, Step::Enter) => second.admitted += 1,
            (Heard::Placed { .. }, _) => second.placed += 1,
            (Heard::Gate { serving_number, .. }, _) => {
                second.serving_number = second.serving_number.max(*serving_number);
            }
            (Heard::Booked(places), _) => {
                second.booked += 1;
                for (_, slot) in places {
                    *self.booked_at.entry(slot.clinic).or_default() += 1;
                }
            }
            (Heard::No(code), _) => {
                second.refused += 1;
                *self.noes.entry(code.clone()).or_default() += 1;
            }
            (Heard::Busy(code), _) => {
                self.busy += 1;
                *self.noes.entry(code.clone()).or_default() += 1;
            }
            (Heard::NotSent | Heard::NoAnswer, _) => self.no_answers += 1,
            _ => {}
        }
    }

    pub fn seconds(&self) -> &[Second] {
        &self.seconds
    }

    pub fn latencies(&self) -> impl Iterator<Item = (Step, LatencyQuantiles)> {
        self.by_step.iter().map(|(step, latencies)| (*step, latencies.quantiles()))
    }

    /// Sums over time of what `of` counts: (second, sum).
    pub fn sums(&self, of: impl Fn(&Second) -> u64) -> Vec<(f64, f64)> {
        let mut sum = 0;
        let add = |(at, second): (usize, &Second)| {
            sum += of(second);
            (at as f64, sum as f64)
        };
        self.seconds.iter().enumerate().map(add).collect()
    }

    /// What `of` counts, a second.
    pub fn rates(&self, of: impl Fn(&Second) -> u64) -> Vec<(f64, f64)> {
        self.seconds.iter().enumerate().map(|(at, second)| (at as f64, of(second) as f64)).collect()
    }

    /// People with a number who were not called yet; called numbers are known once a second.
    pub fn line(&self) -> Vec<(f64, f64)> {
        let (mut joined, mut called) = (0, 0);
        let at = |(at, second): (usize, &Second)| {
            joined += second.joined;
            called = called.max(second.serving_number);
            (at as f64, joined.saturating_sub(called) as f64)
        };
        self.seconds.iter().enumerate().map(at).collect()
    }

    fn second(&mut self, at_us: u64) -> &mut Second {
        let at = (at_us / 1_000_000) as usize;
        if self.seconds.len() <= at {
            self.seconds.resize(at + 1, Second::default());
        }
        &mut self.seconds[at]
    }
}

impl Second {
    pub fn quantiles(&self) -> LatencyQuantiles {
        self.latencies.quantiles()
    }
}

impl Latencies {
    pub(crate) fn add(&mut self, waited_us: u64) {
        *self.counts.entry(bucket(waited_us)).or_default() += 1;
        self.total += 1;
        self.max_us = self.max_us.max(waited_us);
    }

    pub(crate) fn quantiles(&self) -> LatencyQuantiles {
        LatencyQuantiles {
            count: self.total,
            p50_us: self.quantile(500),
            p99_us: self.quantile(990),
            p999_us: self.quantile(999),
            max_us: self.max_us,
        }
    }

    fn quantile(&self, permille: u64) -> u64 {
        let wanted = (self.total * permille).div_ceil(1_000);
        let mut passed = 0;
        let found = self.counts.iter().find(|(_, count)| {
            passed += **count;
            passed >= wanted
        });
        found.map_or(0, |(bucket, _)| top(*bucket).min(self.max_us))
    }
}

fn bucket(value: u64) -> u16 {
    if value < u64::from(PARTS) {
        return value as u16;
    }
    let doubling = value.ilog2() - PARTS.ilog2();
    let part = (value >> doubling) as u32 - PARTS;
    (((doubling + 1) * PARTS + part) as usize).min(BUCKETS) as u16
}

/// The largest value of a bucket.
fn top(bucket: u16) -> u64 {
    let (doubling, part) = (u32::from(bucket) / PARTS, u64::from(u32::from(bucket) % PARTS));
    match doubling {
        0 => part,
        _ => ((part + u64::from(PARTS) + 1) << (doubling - 1)) - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wait_is_in_a_bucket_that_is_at_most_an_eighth_too_high() {
        for value in (0..2_000).chain([10_000, 1_000_000, 123_456_789, u64::from(u32::MAX)]) {
            let top = top(bucket(value));
            assert!(top >= value && top <= value + value / 8 + 1, "{value} in {top}");
        }
    }

    #[test]
    fn waits_count_from_when_the_request_was_wanted() {
        let mut tally = Tally::default();
        for number in 0..100_u64 {
            let waited_us = if number == 99 { 5_000_000 } else { 1_000 };
            let heard_us = 10_000_000 + waited_us;
            let step = Step::Join;
            tally.add(&Entry { heard_us, waited_us, person: Some(number as u32), step, heard: Heard::Fine });
        }
        let (_, waits) = tally.latencies().next().unwrap();
        assert_eq!((waits.count, waits.max_us), (100, 5_000_000));
        assert!(waits.p50_us < 1_200 && waits.p999_us == 5_000_000, "{waits:?}");
        assert_eq!(tally.seconds()[10].arrived, 100);
        assert_eq!((tally.seconds()[10].joined, tally.seconds()[15].joined), (99, 1));
        assert_eq!(tally.line().last(), Some(&(15.0, 100.0)));
    }
}
