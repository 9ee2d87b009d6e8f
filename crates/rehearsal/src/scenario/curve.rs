//! When people come, by a plan of shares or by a table.

use std::time::Duration;

use super::ArrivalPlan;

#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    Shares(ArrivalPlan),
    Curve(ArrivalCurve),
}

/// People by the second in which they come, counted from the opening; before it the seconds are negative.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrivalCurve {
    /// From this second on people come until the next row: (second, how many in all up to that second).
    steps: Vec<(i64, u64)>,
}

impl Arrivals {
    /// When person `index` of `people` comes, from the start; never earlier than the person before.
    pub fn arrives_at(&self, index: u32, people: u32, opening_in: Duration) -> Duration {
        match self {
            Arrivals::Shares(plan) => plan.arrives_at(index, people, opening_in),
            Arrivals::Curve(curve) => curve.arrives_at(index, people, opening_in),
        }
    }
}

impl From<ArrivalPlan> for Arrivals {
    fn from(plan: ArrivalPlan) -> Self {
        Arrivals::Shares(plan)
    }
}

impl ArrivalCurve {
    /// Rows of `second,people`: so many come from that second until the second of the next row, evenly. The last row
    /// says only when the one before it ends. A head and empty lines are passed over.
    ///
    /// # Errors
    /// The number of the first line that says something else, or goes back in time.
    pub fn read(text: &str) -> Result<Self, usize> {
        let (mut steps, mut total) = (Vec::new(), 0);
        for (at, line) in text.lines().enumerate() {
            let Some(row) = row(line) else {
                let is_head = at == 0 || line.trim().is_empty();
                if is_head {
                    continue;
                }
                return Err(at + 1);
            };
            if steps.last().is_some_and(|(before, _)| *before >= row.0) {
                return Err(at + 1);
            }
            steps.push((row.0, total));
            total += row.1;
        }
        if steps.len() < 2 || steps[steps.len() - 1].1 == 0 { Err(1) } else { Ok(ArrivalCurve { steps }) }
    }

    /// How many the table has.
    pub fn people(&self) -> u64 {
        self.steps.last().map_or(0, |(_, total)| *total)
    }

    fn arrives_at(&self, index: u32, people: u32, opening_in: Duration) -> Duration {
        let place = f64::from(index) * self.people() as f64 / f64::from(people.max(1));
        let after = self.steps.partition_point(|(_, total)| (*total as f64) <= place);
        let after = after.clamp(1, self.steps.len() - 1);
        let ((from_s, before), (to_s, to)) = (self.steps[after - 1], self.steps[after]);
        let into = (place - before as f64) / (to - before).max(1) as f64;
        let at_s = opening_in.as_secs_f64() + from_s as f64 + (to_s - from_s) as f64 * into.min(1.0);
        Duration::try_from_secs_f64(at_s).unwrap_or(Duration::ZERO)
    }
}

fn row(line: &str) -> Option<(i64, u64)> {
    let (second, people) = line.split_once(',')?;
    Some((second.trim().parse().ok()?, people.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "second,people\n-60,100\n0,800\n10,100\n\n20,0\n";

    #[test]
    fn a_table_is_followed_and_stretched_to_the_people_asked_for() {
        let curve = ArrivalCurve::read(TABLE).unwrap();
        assert_eq!(curve.people(), 1_000);
        for people in [1_000, 5_000] {
            let arrivals: Vec<_> =
                (0..people).map(|at| curve.arrives_at(at, people, Duration::from_mins(1))).collect();
            assert!(arrivals.is_sorted());
            let by = |second| arrivals.iter().filter(|at| **at < Duration::from_secs(second)).count() as u32;
            assert_eq!([by(60), by(70), by(80)], [people / 10, people / 10 * 9, people]);
        }
    }

    #[test]
    fn those_of_a_lobby_that_is_over_come_at_once() {
        let curve = ArrivalCurve::read(TABLE).unwrap();
        assert_eq!(curve.arrives_at(0, 1_000, Duration::ZERO), Duration::ZERO);
        assert_eq!(curve.arrives_at(500, 1_000, Duration::ZERO), Duration::from_secs(5));
    }

    #[test]
    fn a_wrong_line_is_named() {
        assert_eq!(ArrivalCurve::read("second,people\n0,5\nx,1\n"), Err(3));
        assert_eq!(ArrivalCurve::read("0,5\n0,1\n"), Err(2));
        assert_eq!(ArrivalCurve::read("0,5\n"), Err(1));
    }
}
