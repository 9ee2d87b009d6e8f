//! Openings that have a name.

use super::ArrivalPlan;

/// Times are real ones; `compressed` makes them shorter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    pub name: &'static str,
    pub people: u32,
    /// How long before the opening the first of them come.
    pub lobby_seconds: u32,
    pub arrival: ArrivalPlan,
    /// How many times faster than people they think and type.
    pub haste: u32,
}

/// By the second in which they come; what was reported of those nights is in `docs/rehearsal.md`.
const SCENARIOS: [Scenario; 5] = [
    Scenario {
        name: "kdca-2021-07-08",
        people: 380_000,
        lobby_seconds: 3_600,
        arrival: shares(30, 40, 600, 8_400),
        haste: 1,
    },
    Scenario {
        name: "kdca-2021-07-12",
        people: 3_524_000,
        lobby_seconds: 3_600,
        arrival: shares(10, 30, 600, 43_200),
        haste: 1,
    },
    Scenario {
        name: "everyone-in-a-minute",
        people: 3_524_000,
        lobby_seconds: 10,
        arrival: shares(0, 100, 60, 60),
        haste: 1,
    },
    Scenario {
        name: "short-supply",
        people: 3_524_000,
        lobby_seconds: 600,
        arrival: shares(40, 40, 60, 300),
        haste: 1,
    },
    Scenario { name: "ten-seconds", people: 600, lobby_seconds: 3, arrival: shares(50, 40, 2, 4), haste: 6 },
];

const fn shares(
    lobby_percent: u32,
    spike_percent: u32,
    spike_seconds: u32,
    tail_seconds: u32,
) -> ArrivalPlan {
    ArrivalPlan { lobby_percent, spike_percent, spike_seconds, tail_seconds }
}

impl Scenario {
    pub fn named(name: &str) -> Option<Self> {
        SCENARIOS.into_iter().find(|scenario| scenario.name == name)
    }

    pub fn names() -> impl Iterator<Item = &'static str> {
        SCENARIOS.into_iter().map(|scenario| scenario.name)
    }

    /// So many times faster.
    #[must_use]
    pub fn compressed(mut self, times: u32) -> Self {
        let times = times.max(1);
        self.lobby_seconds = self.lobby_seconds.div_ceil(times);
        self.arrival.spike_seconds = self.arrival.spike_seconds.div_ceil(times);
        self.arrival.tail_seconds = self.arrival.tail_seconds.div_ceil(times);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_found_by_its_name_and_can_be_made_faster() {
        let day = Scenario::named("kdca-2021-07-12").expect("it has a name");
        assert_eq!(day.people, 3_524_000);
        let faster = day.compressed(60);
        assert_eq!((faster.lobby_seconds, faster.arrival.tail_seconds), (60, 720));
        assert_eq!(Scenario::named("tomorrow"), None);
        assert_eq!(Scenario::names().count(), 5);
    }
}
