//! What a test of a promise came to: printed, and kept for the reliability card where the run asks for it.

use std::fmt::Write as _;
use std::path::PathBuf;

/// Where the figures of a run are kept; without it they are only printed.
const FOLDER: &str = "CHARYE_FIGURES";

/// One line of the card. The test itself asserts what it claims; a figure without a caught saboteur proves nothing.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Of `design/promises.md`: `A1`.
    pub promise: &'static str,
    /// In a few words, one to a promise: `kills at failpoints`.
    pub test: &'static str,
    pub runs: u64,
    /// What was counted: `kills`.
    pub of: &'static str,
    pub violations: u64,
    /// What was broken on purpose, and how often the same check saw it.
    pub saboteur: &'static str,
    pub caught: u64,
    /// Whatever else is worth saying: acknowledged, seeds.
    pub more: String,
}

impl Figure {
    /// # Panics
    /// If the promise was broken, nothing was tried, or the saboteur got through.
    pub fn tell(&self) {
        let Self { promise, test, runs, of, violations, saboteur, caught, more } = self;
        println!(
            "{promise} {test}: {runs} {of}, {violations} violations (bound < {:.3} % at 95 %); saboteur '{saboteur}' \
             caught {caught} times; {more}",
            300.0 / *runs as f64
        );
        assert!(*runs > 0, "{promise} {test}: nothing was tried");
        assert_eq!(*violations, 0, "{promise} {test}");
        assert!(*caught > 0, "{promise} {test}: '{saboteur}' got through, so the test proves nothing");
        if let Some(folder) = std::env::var_os(FOLDER) {
            let path = PathBuf::from(folder).join(format!("{promise} {test}.toml"));
            std::fs::write(&path, self.text()).expect("the folder of figures is there");
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (name, value) in [
            ("promise", self.promise),
            ("test", self.test),
            ("of", self.of),
            ("saboteur", self.saboteur),
            ("more", &self.more),
        ] {
            writeln!(text, "{name} = {value:?}").expect("a string takes it");
        }
        for (name, value) in [("runs", self.runs), ("violations", self.violations), ("caught", self.caught)] {
            writeln!(text, "{name} = {value}").expect("a string takes it");
        }
        text
    }
}
