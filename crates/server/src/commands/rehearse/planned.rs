//! The same opening foretold: whether the line went as the plan says.

use super::Played;
use rehearsal::plan::{Plan, forecast};
use rehearsal::scenario::Scenario;
use std::time::Duration;

/// From a call to an appointment, for people who are not in a hurry; only the end of the doses follows from it.
const JOURNEY_S: u32 = 20;

pub(super) struct Planned {
    /// Numbers called by the plan: (seconds from the start of the rehearsal, called).
    pub(super) called: Vec<(f64, f64)>,
    /// How far the two are apart at most, at any tenth of the people, in hundredths of the length from the opening on.
    pub(super) apart_percent: f64,
}

/// The day of the scenario as a plan.
pub(super) fn plan(scenario: &Scenario, people: u32, admissions: u32, opening_in: Duration) -> Plan {
    Plan {
        name: scenario.name.to_owned(),
        eligible: people,
        arrival: scenario.arrival.clone(),
        lobby_seconds: opening_in.as_secs() as u32,
        journey_seconds: JOURNEY_S,
        nodes: 1,
        journeys_per_second_per_node: admissions,
        inside_per_node_max: u32::MAX,
        // As long as the curve of people is; each further second makes the points of the forecast coarser.
        open_seconds: scenario.arrival.tail_seconds + people / admissions.max(1) + 2 * JOURNEY_S,
        ..Plan::default()
    }
}

impl Planned {
    pub(super) fn of(plan: &Plan, played: &Played) -> Self {
        let opening_s = played.crowd.opening_in.as_secs_f64();
        let points = forecast(plan).points;
        let called: Vec<(f64, f64)> =
            points.iter().map(|point| (point.at_s as f64 + opening_s, point.called as f64)).collect();
        let had = super::picture::called(&played.tally);
        let apart_percent = apart_percent(&called, &had, opening_s, f64::from(played.people));
        Self { called, apart_percent }
    }
}

fn apart_percent(planned: &[(f64, f64)], had: &[(f64, f64)], opening_s: f64, people: f64) -> f64 {
    let reaches = |curve: &[(f64, f64)], number: f64| {
        curve.iter().find(|(_, called)| *called >= number).map_or(f64::INFINITY, |(at_s, _)| *at_s)
    };
    let length = (reaches(planned, people * 0.9) - opening_s).max(1.0);
    let tenths = (1..=9).map(|tenth| people * f64::from(tenth) / 10.0);
    tenths
        .map(|number| 100.0 * (reaches(planned, number) - reaches(had, number)).abs() / length)
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_curves_are_as_far_apart_as_their_worst_tenth() {
        let planned: Vec<(f64, f64)> =
            (0..=110).map(|at| (f64::from(at), f64::from(at - 10) * 10.0)).collect();
        let late: Vec<(f64, f64)> = planned.iter().map(|(at, called)| (at + 9.0, *called)).collect();
        let apart = apart_percent(&planned, &late, 10.0, 1_000.0);
        assert!((9.9..10.1).contains(&apart), "{apart}");
        assert!(apart_percent(&planned, &planned, 10.0, 1_000.0) < 0.1);
        assert!(apart_percent(&planned, &planned[..50], 10.0, 1_000.0) > 1_000.0, "never reached");
    }
}
