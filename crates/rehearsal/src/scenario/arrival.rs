//! When people come: an open plan, made before the first answer is known.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Shares of the crowd in percent; what lobby and spike leave is the tail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ArrivalPlan {
    /// Come before the opening, more of them the nearer it is.
    pub lobby_percent: u32,
    /// Come right at the opening.
    pub spike_percent: u32,
    pub spike_seconds: u32,
    /// The last person comes so long after the opening.
    pub tail_seconds: u32,
}

impl Default for ArrivalPlan {
    fn default() -> Self {
        ArrivalPlan { lobby_percent: 50, spike_percent: 30, spike_seconds: 10, tail_seconds: 120 }
    }
}

impl ArrivalPlan {
    /// When person `index` of `people` comes, from the start; never earlier than the person before.
    ///
    /// After the opening there is no lobby and no spike left: everybody is in the tail.
    pub fn arrives_at(&self, index: u32, people: u32, opening_in: Duration) -> Duration {
        let share = f64::from(index) / f64::from(people.max(1));
        if opening_in.is_zero() {
            return self.tail_from(0, share);
        }
        let lobby = f64::from(self.lobby_percent.min(100)) / 100.0;
        let spike = f64::from(self.spike_percent.min(100)) / 100.0;
        if share < lobby {
            return opening_in.mul_f64((share / lobby).sqrt());
        }
        if share < lobby + spike {
            let into = (share - lobby) / spike;
            return opening_in + Duration::from_secs(self.spike_seconds.into()).mul_f64(into);
        }
        let into = (share - lobby - spike) / (1.0 - lobby - spike);
        opening_in + self.tail_from(self.spike_seconds, into)
    }

    /// Dense at first and thinner to the end.
    fn tail_from(&self, seconds: u32, into: f64) -> Duration {
        let length = self.tail_seconds.saturating_sub(seconds);
        Duration::from_secs(seconds.into()) + Duration::from_secs(length.into()).mul_f64(into * into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENING_IN: Duration = Duration::from_mins(1);

    fn arrivals(opening_in: Duration) -> Vec<Duration> {
        let plan = ArrivalPlan::default();
        (0..1000).map(|index| plan.arrives_at(index, 1000, opening_in)).collect()
    }

    #[test]
    fn people_come_in_the_order_of_their_index() {
        for opening_in in [Duration::ZERO, OPENING_IN] {
            assert!(arrivals(opening_in).is_sorted());
        }
    }

    #[test]
    fn half_come_before_the_opening_and_a_third_within_ten_seconds_of_it() {
        let arrivals = arrivals(OPENING_IN);
        let by = |seconds| arrivals.iter().filter(|at| **at < Duration::from_secs(seconds)).count();
        assert_eq!(by(60), 500);
        assert_eq!(by(70), 800);
        assert_eq!(by(180), 1000);
        assert!(by(60) - by(45) > by(15), "the lobby fills faster towards the opening");
    }

    #[test]
    fn after_the_opening_everybody_is_in_the_tail() {
        let arrivals = arrivals(Duration::ZERO);
        assert_eq!(arrivals[0], Duration::ZERO);
        assert!(*arrivals.last().expect("a thousand") < Duration::from_mins(2));
    }
}
