//! The reliability card: what the tests of the promises came to.
use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where the figures of a run are kept; without it they are only printed. The tests of the crates write there, too
/// (`store::conformance::Figure`).
pub(crate) const FOLDER: &str = "CHARYE_FIGURES";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Figure {
    /// `A1`
    pub(crate) promise: String,
    pub(crate) test: String,
    /// What was counted.
    pub(crate) of: String,
    pub(crate) saboteur: String,
    pub(crate) more: String,
    pub(crate) runs: u64,
    pub(crate) violations: u64,
    /// How often the same check saw the saboteur.
    pub(crate) caught: u64,
}

impl Figure {
    /// Prints it and keeps it; a broken promise or a saboteur that got through is an error.
    pub(crate) fn tell(&self) -> Result<()> {
        let Self { promise, test, runs, of, violations, saboteur, caught, more } = self;
        println!(
            "{promise} {test}: {runs} {of}, {violations} violations (bound < {:.3} % at 95 %); saboteur '{saboteur}' \
             caught {caught} times; {more}",
            self.bound_percent()
        );
        self.check()?;
        if let Some(folder) = std::env::var_os(FOLDER) {
            let path = PathBuf::from(folder).join(format!("{promise} {test}.toml"));
            std::fs::write(&path, toml::to_string(self)?).with_context(|| path.display().to_string())?;
        }
        Ok(())
    }

    pub(crate) fn check(&self) -> Result<()> {
        let Self { promise, test, .. } = self;
        ensure!(self.runs > 0, "{promise} {test}: nothing was tried");
        ensure!(self.violations == 0, "{promise} {test}: {} violations", self.violations);
        ensure!(self.caught > 0, "{promise} {test}: '{}' got through, so it proves nothing", self.saboteur);
        Ok(())
    }

    /// With no violation in n independent trials, at 95 %.
    pub(crate) fn bound_percent(&self) -> f64 {
        300.0 / self.runs as f64
    }
}
