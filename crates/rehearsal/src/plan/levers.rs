//! What a change of the plan would change: what halves the wait, and what a wrong guess costs.

use serde::Serialize;

use super::{Forecast, Plan, forecast};

/// A plan with one thing different.
#[derive(Clone, Debug, Serialize)]
pub struct Variant {
    /// A code; its words are in `server`.
    pub what: &'static str,
    pub plan: Plan,
    pub forecast: Forecast,
}

/// What one could do before the day.
pub fn levers(plan: &Plan) -> Vec<Variant> {
    let changes: [(&'static str, Plan); 5] = [
        ("nodes_doubled", Plan { nodes: plan.nodes * 2, ..plan.clone() }),
        ("over_two_days", plan.spread_over(2)),
        ("over_ten_days", plan.spread_over(10)),
        ("draw", Plan { draw: true, ..plan.clone() }),
        ("details_beforehand", Plan { journey_seconds: (plan.journey_seconds / 2).max(1), ..plan.clone() }),
    ];
    changes.into_iter().map(variant).collect()
}

/// What one could have been wrong about.
pub fn wrong_guesses(plan: &Plan) -> Vec<Variant> {
    let mut at_once = plan.clone();
    at_once.arrival.lobby_percent = 0;
    at_once.arrival.spike_percent = 100;
    at_once.arrival.spike_seconds = 60;
    let half_rate = (plan.journeys_per_second_per_node / 2).max(1);
    let changes: [(&'static str, Plan); 4] = [
        ("twice_the_people", Plan { eligible: plan.eligible.saturating_mul(2), ..plan.clone() }),
        ("half_the_rate", Plan { journeys_per_second_per_node: half_rate, ..plan.clone() }),
        ("half_the_doses", with_doses_halved(plan)),
        ("all_in_a_minute", at_once),
    ];
    changes.into_iter().map(variant).collect()
}

fn with_doses_halved(plan: &Plan) -> Plan {
    let mut halved = Plan { doses: plan.doses / 2, ..plan.clone() };
    for sido in &mut halved.regions {
        sido.doses /= 2;
    }
    halved
}

fn variant((what, plan): (&'static str, Plan)) -> Variant {
    let forecast = forecast(&plan);
    Variant { what, plan, forecast }
}
