//! Rounds of scenarios that take turns, and what each of them measured.
use super::cpu;
use super::load::{Connections, Load, Outcome};
use anyhow::{Context, Result};
use std::time::Duration;

const WARM_UP: Duration = Duration::from_millis(500);
pub(crate) const ROUNDS: usize = 7;
pub(crate) const ROUND: Duration = Duration::from_secs(2);

pub(crate) enum Generator {
    Ours(Load),
    /// The well-known one, to check ours by: a path on that port.
    Wrk {
        port: u16,
        path: &'static str,
        connections: Connections,
    },
}

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) generator: Generator,
    /// The server's processes, whose CPU time is counted.
    pub(crate) server_ids: Vec<u32>,
    pub(crate) goal: Option<Goal>,
}

/// To be at least `ratio_min` times as fast as another scenario.
pub(crate) struct Goal {
    pub(crate) peer: &'static str,
    pub(crate) ratio_min: f64,
}

#[derive(Clone, Debug)]
pub(crate) struct Measure {
    pub(crate) per_second: f64,
    pub(crate) server_us: f64,
    pub(crate) generator_us: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) errors: u64,
}

pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) goal: Option<Goal>,
    pub(crate) rounds: Vec<Measure>,
}

pub(crate) fn run(scenarios: Vec<Scenario>) -> Result<Vec<Measured>> {
    for scenario in &scenarios {
        measure(scenario, WARM_UP).with_context(|| format!("warming up {}", scenario.name))?;
    }
    let mut rounds: Vec<Vec<Measure>> = vec![Vec::new(); scenarios.len()];
    for round in 1..=ROUNDS {
        eprintln!("round {round} of {ROUNDS}");
        for (scenario, measures) in scenarios.iter().zip(&mut rounds) {
            measures.push(measure(scenario, ROUND).with_context(|| scenario.name)?);
        }
    }
    let with_rounds = scenarios.into_iter().zip(rounds);
    Ok(with_rounds
        .map(|(scenario, rounds)| Measured { name: scenario.name, goal: scenario.goal, rounds })
        .collect())
}

fn measure(scenario: &Scenario, duration: Duration) -> Result<Measure> {
    let (server_before, own_before) = (cpu::micros_of(&scenario.server_ids), cpu::own_micros());
    let outcome: Outcome = match &scenario.generator {
        Generator::Ours(load) => load.run(duration)?,
        Generator::Wrk { port, path, connections } => {
            super::generator::wrk(*port, path, *connections, duration)?
        }
    };
    let server_us = cpu::micros_of(&scenario.server_ids) - server_before;
    let own_us = cpu::own_micros() - own_before;
    let requests = outcome.requests.max(1) as f64;
    Ok(Measure {
        per_second: outcome.per_second(),
        server_us: server_us as f64 / requests,
        generator_us: own_us as f64 / requests,
        p50_us: outcome.latency.quantile_us(0.5),
        p99_us: outcome.latency.quantile_us(0.99),
        errors: outcome.errors,
    })
}
