//! The rounds as a Markdown table, and whether the goals are met.
use super::rounds::{Measure, Measured, ROUND, ROUNDS};
use std::fmt::Write;

pub(crate) struct Report {
    pub(crate) text: String,
    pub(crate) goals_met: bool,
}

pub(crate) fn report(title: &str, measured: &[Measured]) -> Report {
    let mut text = format!(
        "## {title}\n\n{ROUNDS} rounds of {} s that take turns; 64 connections; server and generator on one core \
        each.\n\n",
        ROUND.as_secs()
    );
    text.push_str("| scenario | req/s median | min–max | server µs/req | generator µs/req | p50 µs | p99 µs | errors |\n");
    text.push_str("|---|---|---|---|---|---|---|---|\n");
    for scenario in measured {
        text.push_str(&row(scenario));
    }
    text.push('\n');
    let mut goals_met = true;
    for scenario in measured {
        if let Some((line, met)) = verdict(scenario, measured) {
            text.push_str(&line);
            goals_met &= met;
        }
    }
    Report { text, goals_met }
}

fn row(scenario: &Measured) -> String {
    let median_of = |field: fn(&Measure) -> f64| median(scenario.rounds.iter().map(field));
    let per_second = || scenario.rounds.iter().map(|round| round.per_second);
    format!(
        "| {} | {:.0} | {:.0}–{:.0} | {:.1} | {:.1} | {:.0} | {:.0} | {} |\n",
        scenario.name,
        median_of(|round| round.per_second),
        per_second().fold(f64::INFINITY, f64::min),
        per_second().fold(0.0, f64::max),
        median_of(|round| round.server_us),
        median_of(|round| round.generator_us),
        median_of(|round| round.p50_us),
        median_of(|round| round.p99_us),
        errors(scenario),
    )
}

/// The ratio to the peer in each round, their median, and whether the goal is met; none without a goal.
fn verdict(scenario: &Measured, all: &[Measured]) -> Option<(String, bool)> {
    let goal = scenario.goal.as_ref()?;
    let peer = all.iter().find(|other| other.name == goal.peer).expect("a goal names a scenario of its run");
    let pairs = scenario.rounds.iter().zip(&peer.rounds);
    let ratios: Vec<f64> = pairs.map(|(ours, theirs)| ours.per_second / theirs.per_second).collect();
    let ratio = median(ratios.iter().copied());
    let met = ratio >= goal.ratio_min && errors(scenario) == 0 && errors(peer) == 0;
    let mut line =
        format!("- {} {} / {}: {ratio:.2}", if met { "PASS" } else { "FAIL" }, scenario.name, goal.peer);
    let each: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
    writeln!(line, " (goal {:.2}; rounds {})", goal.ratio_min, each.join(", "))
        .expect("a String takes every line");
    Some((line, met))
}

fn errors(scenario: &Measured) -> u64 {
    scenario.rounds.iter().map(|round| round.errors).sum()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

#[cfg(test)]
mod tests {
    use super::super::rounds::Goal;
    use super::*;

    fn measured(name: &'static str, speeds: [f64; 3], errors: u64) -> Measured {
        let round = |per_second| Measure {
            per_second,
            server_us: 5.0,
            generator_us: 4.0,
            p50_us: 300.0,
            p99_us: 500.0,
            errors,
        };
        let goal = (name == "ours").then_some(Goal { peer: "peer", ratio_min: 1.2 });
        Measured { name, goal, rounds: speeds.map(round).to_vec() }
    }

    #[test]
    fn the_median_of_the_rounds_ratios_decides() {
        let peer = [100.0, 100.0, 50.0];
        let met = report("t", &[measured("peer", peer, 0), measured("ours", [130.0, 110.0, 65.0], 0)]);
        assert!(
            met.goals_met && met.text.contains("PASS ours / peer: 1.30 (goal 1.20; rounds 1.30, 1.10, 1.30)")
        );
        let missed = report("t", &[measured("peer", peer, 0), measured("ours", [130.0, 110.0, 55.0], 0)]);
        assert!(!missed.goals_met && missed.text.contains("FAIL ours / peer: 1.10"));
    }

    #[test]
    fn errors_fail_a_fast_run() {
        assert!(!report("t", &[measured("peer", [1.0; 3], 0), measured("ours", [9.0; 3], 1)]).goals_met);
    }

    #[test]
    fn a_row_shows_median_and_range() {
        let text = report("t", &[measured("peer", [100.0, 300.0, 200.0], 1)]).text;
        assert!(text.contains("| peer | 200 | 100–300 | 5.0 | 4.0 | 300 | 500 | 3 |"), "{text}");
    }
}
