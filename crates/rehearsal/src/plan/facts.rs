//! What is known, or guessed, before an opening.

use serde::{Deserialize, Serialize};

use crate::scenario::ArrivalPlan;

/// Times are in seconds; those of groups count from the first opening.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// For the head of the report; nothing follows from it.
    pub name: String,
    pub eligible: u32,
    /// How many of them come when their doors open.
    pub come_percent: u32,
    /// Who may come from when; empty: everybody at one opening.
    pub groups: Vec<GroupPlan>,
    pub arrival: ArrivalPlan,
    /// How long before its opening a group may stand in line.
    pub lobby_seconds: u32,
    /// Numbers of the lobby are drawn at the opening, instead of given by arrival.
    pub draw: bool,
    pub no_show_percent: u32,
    pub drop_out_percent: u32,
    /// How many of those who find no dose at home take one in another 시·도.
    pub travel_percent: u32,
    /// First doses by 시·도, and where the clinics are; empty: one country with `doses`.
    pub regions: Vec<SidoPlan>,
    pub doses: u32,
    /// Places for first doses in all clinics of the country, over all days of the visits.
    pub places: u32,
    /// From being called to the appointment.
    pub journey_seconds: u32,
    pub nodes: u32,
    /// Whole journeys, as measured by a rehearsal on such a node.
    pub journeys_per_second_per_node: u32,
    pub inside_per_node_max: u32,
    /// How long the campaign takes bookings, from the first opening.
    pub open_seconds: u32,
}

/// 10부제, or any other way to let people come one group after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupPlan {
    pub opens_at_seconds: u32,
    /// Of those who are eligible.
    pub percent: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SidoPlan {
    pub code: u64,
    /// Counts people and clinics: only the ratio to those of the other 시·도 matters.
    pub weight: u32,
    pub doses: u32,
}

impl Default for Plan {
    /// 12 July 2021 as it could have been: all at midnight, the doses of two weeks, two small machines.
    fn default() -> Self {
        Plan {
            name: String::new(),
            eligible: 3_524_000,
            come_percent: 100,
            groups: Vec::new(),
            arrival: ArrivalPlan {
                lobby_percent: 40,
                spike_percent: 30,
                spike_seconds: 600,
                tail_seconds: 12 * 3600,
            },
            lobby_seconds: 3600,
            draw: false,
            no_show_percent: 12,
            drop_out_percent: 5,
            travel_percent: 30,
            regions: Vec::new(),
            doses: 1_850_000,
            places: 5_350_000,
            journey_seconds: 180,
            nodes: 2,
            journeys_per_second_per_node: 1_000,
            inside_per_node_max: 200_000,
            open_seconds: 6 * 86_400,
        }
    }
}

impl Plan {
    /// How many people are called a second: what the nodes can do, or what fits inside at once.
    pub fn admissions_per_second(&self) -> u32 {
        let by_rate = self.nodes.saturating_mul(self.journeys_per_second_per_node);
        let inside = self.nodes.saturating_mul(self.inside_per_node_max);
        by_rate.min(inside / self.journey_seconds.max(1)).max(1)
    }

    pub fn supply(&self) -> u64 {
        if self.regions.is_empty() {
            return u64::from(self.doses);
        }
        self.regions.iter().map(|sido| u64::from(sido.doses)).sum()
    }

    /// Those who come, over all groups.
    pub fn comers(&self) -> u64 {
        self.groups().iter().map(|group| u64::from(self.comers_of(group))).sum()
    }

    pub(super) fn comers_of(&self, group: &GroupPlan) -> u32 {
        let share = u64::from(group.percent) * u64::from(self.come_percent);
        u32::try_from(u64::from(self.eligible) * share / 10_000).unwrap_or(u32::MAX)
    }

    pub(super) fn groups(&self) -> Vec<GroupPlan> {
        if self.groups.is_empty() {
            return vec![GroupPlan { opens_at_seconds: 0, percent: 100 }];
        }
        self.groups.clone()
    }

    /// The same people over so many days, an equal share each day.
    #[must_use]
    pub fn spread_over(&self, days: u32) -> Self {
        let days = days.clamp(1, 100);
        let group = |day: u32| GroupPlan {
            opens_at_seconds: day * 86_400,
            percent: 100 * (day + 1) / days - 100 * day / days,
        };
        let open_seconds = self.open_seconds.max(days * 86_400);
        Plan { groups: (0..days).map(group).collect(), open_seconds, ..self.clone() }
    }

    /// The first thing that makes no sense, by the name of its field.
    pub fn fault(&self) -> Option<&'static str> {
        let shares: u32 = self.groups.iter().map(|group| group.percent).sum();
        let faults = [
            (self.eligible == 0, "eligible"),
            (self.come_percent == 0 || self.come_percent > 100, "come_percent"),
            (!self.groups.is_empty() && shares != 100, "groups"),
            (self.arrival.lobby_percent + self.arrival.spike_percent > 100, "arrival"),
            (self.no_show_percent + self.drop_out_percent > 100, "no_show_percent"),
            (self.travel_percent > 100, "travel_percent"),
            (self.regions.iter().any(|sido| sido.weight == 0), "regions"),
            (self.nodes == 0, "nodes"),
            (self.journeys_per_second_per_node == 0, "journeys_per_second_per_node"),
            (self.journey_seconds == 0 || self.journey_seconds > 3_600, "journey_seconds"),
            (self.open_seconds == 0 || self.open_seconds > 60 * 86_400, "open_seconds"),
            (self.lobby_seconds > 86_400, "lobby_seconds"),
        ];
        faults.into_iter().find_map(|(is_wrong, name)| is_wrong.then_some(name))
    }
}
