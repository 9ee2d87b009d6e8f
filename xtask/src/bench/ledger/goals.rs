//! What was measured, as Markdown, and whether the goals are met.
use super::super::report::Report;
use super::Figures;
use std::fmt::Write as _;

const PAIRS_PER_SECOND_MIN: f64 = 200_000.0;
/// From handed to the journal to known to be durable: the bound of the histogram under which 99 of 100 are.
const COMMIT_P99_MS_MAX: f64 = 10.0;
const STALL_MS_MAX: f64 = 100.0;
/// That they are at all; the lag at a steady rate has a goal of its own.
const VIEWS_SECONDS_MAX: f64 = 600.0;
const RATIO_TO_ROWS_MIN: f64 = 8.0;
const RATIO_TO_POSTGRES_MIN: f64 = 40.0;
/// A hold and its confirmation.
const COMMANDS_PER_PAIR: f64 = 2.0;
const BATCH_COMMANDS: f64 = 1_024.0;

pub(crate) struct Measured {
    pub(crate) pairs: Figures,
    /// Before and after the rows.
    pub(crate) logs: [Figures; 2],
    pub(crate) rows: Figures,
    /// Pairs a second.
    pub(crate) postgres: f64,
}

impl Measured {
    pub(crate) fn report(&self) -> Report {
        let ours = figure(&self.pairs, "pairs_per_second");
        let log = f64::midpoint(
            figure(&self.logs[0], "pairs_per_second"),
            figure(&self.logs[1], "pairs_per_second"),
        );
        let rows = figure(&self.rows, "pairs_per_second");
        let mut text = self.table(&[
            ("the ledger", ours),
            ("bare log of as many bytes", log),
            ("rows in SQLite", rows),
            ("naive PostgreSQL", self.postgres),
        ]);
        let verdicts = [
            verdict("pairs/s", ours, Bound::Min(PAIRS_PER_SECOND_MIN)),
            verdict(
                "commit p99, ms",
                figure(&self.pairs, "commit_p99_ms_at_most"),
                Bound::Max(COMMIT_P99_MS_MAX),
            ),
            verdict("longest stall, ms", figure(&self.pairs, "stall_ms"), Bound::Max(STALL_MS_MAX)),
            verdict(
                "seconds until the views hold everything",
                figure(&self.pairs, "views_caught_up_seconds"),
                Bound::Max(VIEWS_SECONDS_MAX),
            ),
            verdict("ratio to rows", ours / rows, Bound::Min(RATIO_TO_ROWS_MIN)),
            verdict("ratio to PostgreSQL", ours / self.postgres, Bound::Min(RATIO_TO_POSTGRES_MIN)),
        ];
        for (line, _) in &verdicts {
            text.push_str(line);
        }
        Report { text, goals_met: verdicts.iter().all(|(_, met)| *met) }
    }

    fn table(&self, speeds: &[(&str, f64); 4]) -> String {
        let mut text =
            "## The ledger beside its references\n\n| what | pairs/s | ours is |\n|---|---|---|\n".to_owned();
        let ours = speeds[0].1;
        for (name, speed) in speeds {
            writeln!(text, "| {name} | {speed:.0} | {:.2} × |", ours / speed)
                .expect("a String takes every line");
        }
        text.push_str("\n| of the ledger | |\n|---|---|\n");
        let bytes = bytes_per_pair(&self.pairs);
        writeln!(text, "| bytes of journal a pair | {bytes:.0} |").expect("a String takes every line");
        let commands = figure(&self.pairs, "pairs") * COMMANDS_PER_PAIR / figure(&self.pairs, "journal_rows");
        writeln!(text, "| commands an fsync | {commands:.0} |").expect("a String takes every line");
        for (name, value) in &self.pairs {
            writeln!(text, "| {} | {value:.2} |", name.replace('_', " ")).expect("a String takes every line");
        }
        text.push('\n');
        text
    }
}

#[derive(Clone, Copy)]
enum Bound {
    Min(f64),
    Max(f64),
}

fn verdict(what: &str, value: f64, bound: Bound) -> (String, bool) {
    let (met, goal) = match bound {
        Bound::Min(least) => (value >= least, format!("at least {least}")),
        Bound::Max(most) => (value <= most, format!("at most {most}")),
    };
    (format!("- {} {what}: {value:.2} (goal: {goal})\n", if met { "PASS" } else { "FAIL" }), met)
}

/// Of a full batch of holds and confirmations.
pub(crate) fn batch_bytes(pairs: &Figures) -> u64 {
    (bytes_per_pair(pairs) * BATCH_COMMANDS / COMMANDS_PER_PAIR) as u64
}

fn bytes_per_pair(pairs: &Figures) -> f64 {
    figure(pairs, "journal_bytes") / figure(pairs, "pairs")
}

/// Not a number where it is missing: no goal is met by it.
fn figure(figures: &Figures, name: &str) -> f64 {
    figures.get(name).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(pairs_per_second: f64, stall_ms: f64) -> Measured {
        let figures =
            |all: &[(&str, f64)]| all.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        let log = || figures(&[("pairs_per_second", 500_000.0)]);
        Measured {
            pairs: figures(&[
                ("pairs_per_second", pairs_per_second),
                ("commit_p99_ms_at_most", 10.0),
                ("stall_ms", stall_ms),
                ("views_caught_up_seconds", 1.0),
                ("journal_bytes", 4_000.0),
                ("pairs", 10.0),
            ]),
            logs: [log(), log()],
            rows: figures(&[("pairs_per_second", 20_000.0)]),
            postgres: 4_000.0,
        }
    }

    #[test]
    fn every_goal_has_its_line_and_one_missed_goal_fails() {
        let met = measured(210_000.0, 50.0).report();
        assert!(met.goals_met && met.text.contains("PASS ratio to rows: 10.50"), "{}", met.text);
        assert!(met.text.contains("bytes of journal a pair | 400"), "{}", met.text);
        let missed = measured(210_000.0, 101.0).report();
        assert!(!missed.goals_met && missed.text.contains("FAIL longest stall"), "{}", missed.text);
    }

    #[test]
    fn a_figure_that_is_missing_meets_no_goal() {
        let mut without = measured(210_000.0, 50.0);
        without.pairs.remove("stall_ms");
        assert!(!without.report().goals_met);
    }
}
