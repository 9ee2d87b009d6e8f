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
    /// Who calls instead, where there is a call centre.
    pub calls: Option<CallDay>,
}

/// As many as call and answer beside the people of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallDay {
    pub callers: u32,
    pub agents: u32,
    pub arrival: ArrivalPlan,
}

/// By the second in which they come; what was reported of those nights is in `docs/rehearsal.md`.
const SCENARIOS: [Scenario; 6] = [
    Scenario {
        name: "kdca-2021-07-08",
        people: 380_000,
        lobby_seconds: 3_600,
        arrival: shares(30, 40, 600, 8_400),
        haste: 1,
        calls: None,
    },
    Scenario {
        name: "kdca-2021-07-12",
        people: 3_524_000,
        lobby_seconds: 3_600,
        arrival: shares(10, 30, 600, 43_200),
        haste: 1,
        calls: None,
    },
    Scenario {
        name: "everyone-in-a-minute",
        people: 3_524_000,
        lobby_seconds: 10,
        arrival: shares(0, 100, 60, 60),
        haste: 1,
        calls: None,
    },
    Scenario {
        name: "short-supply",
        people: 3_524_000,
        lobby_seconds: 600,
        arrival: shares(40, 40, 60, 300),
        haste: 1,
        calls: None,
    },
    Scenario {
        name: "call-centre-day",
        people: 380_000,
        lobby_seconds: 3_600,
        arrival: shares(30, 40, 600, 8_400),
        haste: 1,
        calls: Some(CallDay { callers: 280_000, agents: 650, arrival: shares(0, 30, 600, 3_600) }),
    },
    Scenario {
        name: "ten-seconds",
        people: 600,
        lobby_seconds: 3,
        arrival: shares(50, 40, 2, 4),
        haste: 6,
        calls: None,
    },
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
        if let Some(calls) = &mut self.calls {
            calls.arrival.spike_seconds = calls.arrival.spike_seconds.div_ceil(times);
            calls.arrival.tail_seconds = calls.arrival.tail_seconds.div_ceil(times);
        }
        self
    }

    /// With so many people; whoever calls and answers becomes more or fewer alike.
    #[must_use]
    pub fn with_people(mut self, people: u32) -> Self {
        let share = |of: u32| {
            let share = u64::from(of) * u64::from(people) / u64::from(self.people);
            u32::try_from(share.max(1)).unwrap_or(u32::MAX)
        };
        if let Some(calls) = &mut self.calls {
            (calls.callers, calls.agents) = (share(calls.callers), share(calls.agents));
        }
        self.people = people;
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
        assert_eq!(Scenario::names().count(), 6);
    }

    #[test]
    fn of_a_tenth_of_the_people_a_tenth_calls_and_a_tenth_answers() {
        let day = Scenario::named("call-centre-day").expect("it has a name");
        let calls = day.with_people(38_000).compressed(60).calls.expect("a call centre");
        assert_eq!((calls.callers, calls.agents, calls.arrival.tail_seconds), (28_000, 65, 60));
    }
}
