//! What the steps came to. The last line is the plain closing line that counts in any language.
use super::seconds;
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

pub(crate) enum Outcome {
    Passed(Duration),
    Failed(Duration, String),
    Skipped(String),
    /// A step before it failed.
    NotReached,
}

#[derive(Default)]
pub(crate) struct Summary {
    steps: Vec<(&'static str, Outcome)>,
    notes: Vec<String>,
}

impl Summary {
    pub(crate) fn add(&mut self, name: &'static str, outcome: Outcome) {
        self.steps.push((name, outcome));
    }

    /// What besides the steps cannot run here.
    pub(crate) fn note(&mut self, note: &str) {
        self.notes.push(note.to_owned());
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.steps.iter().any(|(_, outcome)| matches!(outcome, Outcome::Failed(..)))
    }

    fn count(&self, is_counted: fn(&Outcome) -> bool) -> usize {
        self.steps.iter().filter(|(_, outcome)| is_counted(outcome)).count()
    }
}

impl Display for Summary {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        writeln!(out, "\n=== summary ===")?;
        for (name, outcome) in &self.steps {
            match outcome {
                Outcome::Passed(took) => writeln!(out, "passed   {:>9}  {name}", seconds(*took))?,
                Outcome::Failed(took, why) => writeln!(out, "FAILED   {:>9}  {name}: {why}", seconds(*took))?,
                Outcome::Skipped(_) | Outcome::NotReached => writeln!(out, "skipped          -  {name}")?,
            }
        }
        for (name, outcome) in &self.steps {
            match outcome {
                Outcome::Skipped(why) => writeln!(out, "SKIPPED: {name}: {why}")?,
                Outcome::NotReached => writeln!(out, "SKIPPED: {name}: a step before it failed")?,
                Outcome::Passed(_) | Outcome::Failed(..) => {}
            }
        }
        for note in &self.notes {
            writeln!(out, "SKIPPED: {note}")?;
        }
        let passed = self.count(|outcome| matches!(outcome, Outcome::Passed(_)));
        let failed = self.count(|outcome| matches!(outcome, Outcome::Failed(..)));
        let skipped = self.steps.len() - passed - failed;
        writeln!(out, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts_the_steps() {
        let mut summary = Summary::default();
        summary.add("format", Outcome::Passed(Duration::from_secs(2)));
        summary.add("browser", Outcome::Skipped("no chromium".to_owned()));
        assert!(!summary.has_failed());
        summary.add("tests", Outcome::Failed(Duration::from_secs(3), "`cargo test` failed".to_owned()));
        summary.add("tidy", Outcome::NotReached);
        summary.note("bench gate: no nginx");
        assert!(summary.has_failed());
        let text = summary.to_string();
        assert_eq!(text.lines().next_back(), Some("1 passed, 1 failed, 2 skipped"));
        for line in [
            "passed       2.0 s  format",
            "FAILED       3.0 s  tests: `cargo test` failed",
            "SKIPPED: browser: no chromium",
            "SKIPPED: tidy: a step before it failed",
            "SKIPPED: bench gate: no nginx",
        ] {
            assert!(text.lines().any(|seen| seen == line), "{line} is not in:\n{text}");
        }
    }
}
