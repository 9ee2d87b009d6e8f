//! What a plan comes to.

use serde::Serialize;

/// So many people, by how long they waited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Quantiles {
    pub p50_s: u32,
    pub p90_s: u32,
    pub p99_s: u32,
    pub max_s: u32,
}

/// The state at one instant; counts are of everybody up to then, except `line` and `inside`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Point {
    /// From the first opening; negative in the lobby.
    pub at_s: i64,
    pub joined: u64,
    pub line: u64,
    pub called: u64,
    pub inside: u64,
    pub booked: u64,
    pub refused: u64,
    pub doses_left: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Forecast {
    pub admissions_per_second: u32,
    pub points: Vec<Point>,
    /// From joining, or from the draw, to being called.
    pub wait: Quantiles,
    pub line_max: u64,
    pub booked: u64,
    /// Called, and then no dose or place was left.
    pub refused: u64,
    pub no_shows: u64,
    pub dropped_out: u64,
    /// When the last dose was taken, from the first opening.
    pub supply_out_at_s: Option<i64>,
    /// Stood in line at that moment: they are told, and have waited for nothing.
    pub waited_in_vain: u64,
    /// Came when there was nothing left, and were told at the door.
    pub came_too_late: u64,
    /// Still in line at the end.
    pub never_called: u64,
    /// People who were told a range when they joined, and those of them who waited longer than its upper end.
    pub told: u64,
    pub told_too_short: u64,
    pub warnings: Vec<Warning>,
}

/// What must be said to whoever is about to do this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// More people come than there are doses.
    DosesShort { people: u64, doses: u64 },
    /// More people come than there are places.
    PlacesShort { people: u64, places: u64 },
    /// One in ten waits longer than two hours.
    WaitLong { p90_s: u32 },
    /// Doses end while people stand in line.
    WaitInVain { people: u64 },
    /// The campaign ends before everybody was called.
    NeverCalled { people: u64 },
    /// A site without a line before it would be overrun: so many at once at a site that bears so many.
    Overrun { at_once: u64, bears: u64 },
}

/// Waits in seconds, counted.
#[derive(Debug, Default)]
pub(super) struct Waits {
    by_second: std::collections::BTreeMap<u32, u64>,
    total: u64,
}

impl Waits {
    pub(super) fn add(&mut self, wait_s: u32, people: u64) {
        *self.by_second.entry(wait_s).or_default() += people;
        self.total += people;
    }

    pub(super) fn quantiles(&self) -> Quantiles {
        Quantiles {
            p50_s: self.quantile(500),
            p90_s: self.quantile(900),
            p99_s: self.quantile(990),
            max_s: self.by_second.keys().next_back().copied().unwrap_or(0),
        }
    }

    /// What so many in a thousand did not wait longer than.
    fn quantile(&self, permille: u64) -> u32 {
        let wanted = (self.total * permille).div_ceil(1_000);
        let mut passed = 0;
        let found = self.by_second.iter().find(|(_, people)| {
            passed += **people;
            passed >= wanted
        });
        found.map_or(0, |(wait_s, _)| *wait_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_what_so_many_did_not_wait_longer_than() {
        let mut waits = Waits::default();
        (1..=100).for_each(|second| waits.add(second, 10));
        let quantiles = Quantiles { p50_s: 50, p90_s: 90, p99_s: 99, max_s: 100 };
        assert_eq!(waits.quantiles(), quantiles);
        assert_eq!(Waits::default().quantiles(), Quantiles::default());
    }
}
