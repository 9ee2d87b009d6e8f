//! The reliability card: what the tests of the promises came to.
use crate::nodes::failover;
use crate::{clock, workspace};
use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Where the figures of a run are kept; without it they are only printed. The tests of the crates write there, too
/// (`store::conformance::Figure`).
const FOLDER: &str = "CHARYE_FIGURES";
static KEPT_IN: OnceLock<PathBuf> = OnceLock::new();

/// What was promised, in the order and the words of the card. A promise without a figure in a full run fails it; those
/// that only root can break may be missing where nobody is root.
const PROMISES: [(&str, &str, Needs); 23] = [
    ("A1", "No acknowledged booking is lost when the process is killed", Needs::Nothing),
    ("A2", "Nor when the power is cut", Needs::Root),
    (
        "A3",
        "After the first failed fsync nothing more is acknowledged; a restart goes on from the disk",
        Needs::Root,
    ),
    (
        "A4",
        "On a full disk bookings are refused with 503, all else goes on, and it recovers by itself",
        Needs::Root,
    ),
    ("A5", "Damage is noticed, never served", Needs::Nothing),
    ("A6", "Nor when machines of the database fail", Needs::Machines),
    ("A7", "A backup restores to all that was acknowledged before it", Needs::Nothing),
    ("B1", "Never more bookings than places", Needs::Nothing),
    ("B2", "Nobody is refused while a place is free", Needs::Nothing),
    ("B3", "One person never has two live appointments for the same dose", Needs::Nothing),
    ("B4", "A request sent again has one effect and the same answer", Needs::Nothing),
    ("B5", "Free + held + booked + blocked = capacity", Needs::Nothing),
    ("B6", "Whoever was told that they are booked sees it from then on", Needs::Nothing),
    ("B7", "A hold never books past its end and never ends before it", Needs::Nothing),
    ("B8", "Whoever was let in stays eligible", Needs::Nothing),
    ("D2", "Whoever is refused at the door gets words, never a reset", Needs::Nothing),
    ("E1", "Slow clients are ended in time", Needs::Nothing),
    ("E2", "Bytes that mean two things are refused, and nothing is smuggled", Needs::Nothing),
    ("F1", "Whoever was removed can be read in no file, with the keys as they are then", Needs::Nothing),
    ("F2", "Nobody is found in the files by guessing, without the keys", Needs::Nothing),
    ("F4", "The audit record cannot be altered, cut or reordered unnoticed", Needs::Nothing),
    ("G2", "Jumps of the clock close nothing and drop nobody", Needs::Nothing),
    ("G3", "The same seed gives the same trace", Needs::Nothing),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    Root,
    /// Several, in namespaces of their own.
    Machines,
}

/// The card as it is kept with the sources.
const CARD: &str = "docs/reliability-card.json";
const PAGE: &str = "docs/reliability.md";
const TABLE_BEGINS: &str = "<!-- the card begins -->\n";
const TABLE_ENDS: &str = "<!-- the card ends -->\n";

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
        if let Some(folder) = folder() {
            let path = folder.join(format!("{promise} {test}.toml"));
            fs::write(&path, toml::to_string(self)?).with_context(|| path.display().to_string())?;
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

/// A figure on the card: when it was found, and of which state of the sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    #[serde(flatten)]
    figure: Figure,
    /// At 95 %, in percent of the runs; text, because it is for people.
    bound: String,
    on: String,
    commit: String,
    command: String,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Card {
    figures: Vec<Entry>,
}

/// From here on the figures of this run are kept, and none of an earlier one.
pub(crate) fn begin() -> Result<()> {
    let folder = default_folder();
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    KEPT_IN.set(folder).ok().context("a run begins once")
}

fn default_folder() -> PathBuf {
    workspace::root().join("test-output/figures")
}

fn folder() -> Option<PathBuf> {
    KEPT_IN.get().cloned().or_else(|| std::env::var_os(FOLDER).map(PathBuf::from))
}

/// Tells a program that is about to be started where figures are kept.
pub(crate) fn pass_on(command: &mut Command) {
    if let Some(folder) = folder() {
        command.env(FOLDER, folder);
    }
}

/// The figures of a whole run: every promise has one, none was broken, every saboteur was caught. The card of the run
/// is left in `test-output`.
pub(crate) fn check_run(is_long: bool, is_root: bool) -> Result<()> {
    let figures = read_figures(&default_folder())?;
    figures.iter().try_for_each(Figure::check)?;
    for (promise, statement, needs) in PROMISES {
        let is_there = figures.iter().any(|figure| figure.promise == promise);
        let may_be_missing = match needs {
            Needs::Nothing => false,
            Needs::Root => !is_root,
            Needs::Machines => failover::missing().is_some(),
        };
        ensure!(is_there || may_be_missing, "{promise} ({statement}) has no figure in this run");
        if !is_there {
            println!("SKIPPED: {promise} ({statement}) takes root, or what the summary says is missing");
        }
    }
    let card = Card { figures: entries(figures, is_long)? };
    write(&card, &workspace::root().join("test-output/reliability-card.json"))?;
    println!(
        "{} figures of {} promises, none broken, every saboteur caught",
        card.figures.len(),
        PROMISES.len()
    );
    Ok(())
}

/// Takes the figures of the last run into the card that is kept with the sources.
pub(crate) fn keep(words: &[&str]) -> Result<()> {
    let is_long = match words {
        [] => false,
        ["--long"] => true,
        _ => bail!("`card` takes --long (the last run was a long one) and nothing else"),
    };
    let root = workspace::root();
    let mut card = Card::read(&root.join(CARD))?;
    for entry in entries(read_figures(&default_folder())?, is_long)? {
        card.take(entry);
    }
    card.figures
        .sort_by(|a, b| (&a.figure.promise, &a.figure.test).cmp(&(&b.figure.promise, &b.figure.test)));
    write(&card, &root.join(CARD))?;
    let page = fs::read_to_string(root.join(PAGE))?;
    fs::write(root.join(PAGE), with_table(&page, &card)?)?;
    println!("{CARD} and the table in {PAGE} are up to date: look at the difference before it is committed");
    Ok(())
}

impl Card {
    fn read(path: &Path) -> Result<Self> {
        if path.exists() { Ok(serde_json::from_slice(&fs::read(path)?)?) } else { Ok(Self::default()) }
    }

    /// A short run does not take the place of a long one.
    fn take(&mut self, entry: Entry) {
        let is_same = |kept: &&mut Entry| {
            kept.figure.promise == entry.figure.promise && kept.figure.test == entry.figure.test
        };
        match self.figures.iter_mut().find(is_same) {
            Some(kept) if kept.figure.runs > entry.figure.runs => {}
            Some(kept) => *kept = entry,
            None => self.figures.push(entry),
        }
    }

    fn table(&self) -> String {
        let mut table = String::from(
            "| promise | test | tried | broken | bound (95 %) | saboteur | caught | date | commit |\n|---|---|---|---|---|---|---|---|---|\n",
        );
        let mut told = "";
        for Entry { figure, bound, on, commit, .. } in &self.figures {
            let Figure { promise, test, of, saboteur, runs, violations, caught, .. } = figure;
            let statement = if told == promise { String::new() } else { statement_of(promise) };
            told = promise;
            let what = format!("{statement} | {test} | {runs} {of} | {violations} | {bound}");
            writeln!(table, "| {what} | {saboteur} | {caught} | {on} | {commit} |")
                .expect("a string takes it");
        }
        table
    }
}

fn statement_of(promise: &str) -> String {
    let found = PROMISES.iter().find(|(id, ..)| *id == promise);
    format!("**{promise}** {}", found.map_or("", |(_, statement, _)| *statement))
}

fn write(card: &Card, path: &Path) -> Result<()> {
    fs::write(path, serde_json::to_string_pretty(card)? + "\n").with_context(|| path.display().to_string())
}

fn read_figures(folder: &Path) -> Result<Vec<Figure>> {
    let files = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut figures = Vec::new();
    for file in files {
        let path = file?.path();
        figures
            .push(toml::from_str(&fs::read_to_string(&path)?).with_context(|| path.display().to_string())?);
    }
    Ok(figures)
}

fn entries(figures: Vec<Figure>, is_long: bool) -> Result<Vec<Entry>> {
    let on = jiff::Timestamp::from_second(clock::unix_seconds().cast_signed())?;
    let on = on.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    let head =
        Command::new("git").args(["rev-parse", "--short", "HEAD"]).current_dir(workspace::root()).output()?;
    let commit = String::from_utf8_lossy(&head.stdout).trim().to_owned();
    let command = if is_long { "cargo xtask test --long" } else { "cargo xtask test" };
    let entry = |figure: Figure| Entry {
        bound: format!("< {:.2} %", figure.bound_percent().min(100.0)),
        on: on.clone(),
        commit: commit.clone(),
        command: command.to_owned(),
        figure,
    };
    Ok(figures.into_iter().map(entry).collect())
}

fn with_table(page: &str, card: &Card) -> Result<String> {
    let (before, rest) = page.split_once(TABLE_BEGINS).context("the page has no place for the card")?;
    let (_, after) = rest.split_once(TABLE_ENDS).context("the page has no place for the card")?;
    Ok(format!("{before}{TABLE_BEGINS}{}{TABLE_ENDS}{after}", card.table()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(runs: u64) -> Figure {
        Figure {
            promise: "A1".to_owned(),
            test: "kills".to_owned(),
            of: "kills".to_owned(),
            saboteur: "none".to_owned(),
            more: String::new(),
            runs,
            violations: 0,
            caught: 1,
        }
    }

    #[test]
    fn the_page_shows_the_card_that_is_kept() {
        let root = workspace::root();
        let page = fs::read_to_string(root.join(PAGE)).unwrap();
        let card = Card::read(&root.join(CARD)).unwrap();
        assert_eq!(with_table(&page, &card).unwrap(), page, "run `cargo xtask card`");
        for (promise, statement, _) in PROMISES {
            assert!(
                card.figures.iter().any(|entry| entry.figure.promise == promise),
                "{promise} {statement}"
            );
        }
    }

    #[test]
    fn every_figure_on_the_card_holds_and_has_caught_its_saboteur() {
        let card = Card::read(&workspace::root().join(CARD)).unwrap();
        card.figures.iter().try_for_each(|entry| entry.figure.check()).unwrap();
    }

    #[test]
    fn a_broken_promise_or_a_saboteur_that_got_through_is_an_error() {
        assert!(figure(10).check().is_ok());
        assert!(figure(0).check().is_err());
        assert!(Figure { violations: 1, ..figure(10) }.check().is_err());
        assert!(Figure { caught: 0, ..figure(10) }.check().is_err());
    }

    #[test]
    fn a_short_run_does_not_take_the_place_of_a_long_one() {
        let mut card = Card::default();
        for (runs, kept) in [(10, 10), (1_000, 1_000), (50, 1_000)] {
            let entry = entries(vec![figure(runs)], false).unwrap().remove(0);
            card.take(entry);
            assert_eq!((card.figures.len(), card.figures[0].figure.runs), (1, kept));
        }
    }
}
