//! The ledger beside its references, in one run: the bare log before and after it, the same decisions on rows, and a
//! naive PostgreSQL. Each has the machine to itself while it is measured.
mod goals;
pub(crate) mod postgres;

use crate::process::TempDir;
use crate::workspace;
use anyhow::{Context, Result, ensure};
use goals::Measured;
use std::collections::BTreeMap;
use std::process::Command;

/// Of the example's figures, by name.
pub(crate) type Figures = BTreeMap<String, f64>;

/// How much is measured.
struct Extent {
    people: u64,
    pairs_seconds: u64,
    log_seconds: u64,
    rows_people: u64,
    rows_seconds: u64,
    postgres_seconds: u64,
}

const FULL: Extent = Extent {
    people: 3_524_000,
    pairs_seconds: 61,
    log_seconds: 10,
    rows_people: 3_524_000,
    rows_seconds: 40,
    postgres_seconds: 40,
};
const SHORT: Extent = Extent {
    people: 600_000,
    pairs_seconds: 12,
    log_seconds: 3,
    rows_people: 600_000,
    rows_seconds: 10,
    postgres_seconds: 10,
};

pub(crate) fn run(is_short: bool) -> Result<()> {
    let extent = if is_short { SHORT } else { FULL };
    build()?;
    let pairs = example(&["pairs"], &[extent.people, extent.pairs_seconds])?;
    let batch_bytes = goals::batch_bytes(&pairs);
    let log = || example(&["log"], &[batch_bytes, extent.log_seconds]);
    let logs = [log()?, log()?];
    let rows = example(&["rows"], &[extent.rows_people, extent.rows_seconds])?;
    let postgres = postgres::pairs_per_second(extent.postgres_seconds)?;
    let report = Measured { pairs, logs, rows, postgres }.report();
    print!("{}", report.text);
    ensure!(report.goals_met, "a goal is missed");
    Ok(())
}

fn build() -> Result<()> {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--package", "store-sqlite", "--example", "ledger"]);
    let status = build.current_dir(workspace::root()).status().context("cargo build")?;
    ensure!(status.success(), "the release build failed");
    Ok(())
}

/// Runs it in an empty folder of its own and reads what it prints: a name and a number on each line.
fn example(mode: &[&str], numbers: &[u64]) -> Result<Figures> {
    eprintln!("measuring: {}", mode.join(" "));
    let dir = TempDir::new()?;
    let mut command = Command::new(workspace::release_dir()?.join("examples/ledger"));
    command.args(mode).arg(dir.path()).args(numbers.iter().map(u64::to_string));
    let output = command.output().context("the example")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the example {} failed: {errors}", mode.join(" "));
    Ok(parse(&String::from_utf8_lossy(&output.stdout)))
}

pub(crate) fn parse(text: &str) -> Figures {
    let figure = |line: &str| {
        let (name, number) = line.split_once(' ')?;
        Some((name.to_owned(), number.parse().ok()?))
    };
    text.lines().filter_map(figure).collect()
}
