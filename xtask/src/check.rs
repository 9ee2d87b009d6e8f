//! The whole check, from a clean clone: installs what it needs, runs every step, stops at the first failure.
pub(crate) mod install;
mod summary;

use crate::faults::Fault;
use crate::journey::{self, Engine};
use crate::{card, clients, clock, kills, nodes, rehearse, roles, scrape, tidy, workspace};
use anyhow::{Context, Result, bail, ensure};
use install::Tools;
use std::process::{Command, Stdio};
use std::time::Duration;
use summary::{Outcome, Summary};

struct Step {
    name: &'static str,
    work: Box<dyn Fn() -> Result<()>>,
    /// Why it cannot run here.
    skip: Option<String>,
}

/// What `cargo xtask test` was asked for.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let is_green = match words {
        [] => check(false),
        ["--long"] => check(true),
        _ => bail!("`test` takes --long and nothing else"),
    };
    if !is_green {
        // The summary has said everything, and its last line stays the last one.
        std::process::exit(1);
    }
    Ok(())
}

/// Runs the steps and prints their summary. `is_long` lets the tests take their time.
fn check(is_long: bool) -> bool {
    let tools = install::install();
    let mut summary = Summary::default();
    if let Err(error) = card::begin() {
        println!("figures cannot be kept: {error:#}");
    }
    for step in steps(is_long, &tools) {
        let outcome = if summary.has_failed() { Outcome::NotReached } else { run_step(&step) };
        summary.add(step.name, outcome);
    }
    for note in &tools.notes {
        summary.note(note);
    }
    print!("{summary}");
    !summary.has_failed()
}

fn steps(is_long: bool, tools: &Tools) -> Vec<Step> {
    let test = if has_nextest() { "nextest run --workspace" } else { "test --workspace" };
    let doc = "test --doc --package booking --package waiting-room";
    let mut steps = vec![
        cargo_step("format", "fmt --all --check", false),
        cargo_step("lints", "clippy --workspace --all-targets -- -D warnings", false),
        cargo_step("tests", test, is_long),
        cargo_step("examples in the docs", doc, is_long),
        Step { name: "tidy", work: Box::new(tidy::run), skip: None },
        cargo_step("release build", "build --release", false),
        Step { name: "kill -9 while booking", work: Box::new(move || kills::run(is_long)), skip: None },
    ];
    steps.push(Step { name: "rehearsal with audit", work: Box::new(rehearse::run), skip: None });
    let clients = move || clients::check(is_long);
    steps.push(Step { name: "clients that ask twice", work: Box::new(clients), skip: None });
    let roles = move || roles::check(is_long);
    steps.push(Step { name: "several processes", work: Box::new(roles), skip: None });
    let nodes = move || nodes::check(is_long);
    steps.push(Step { name: "several nodes on PostgreSQL", work: Box::new(nodes), skip: nodes::missing() });
    let failover = move || nodes::failover::check(is_long);
    let skip = nodes::failover::missing();
    steps.push(Step { name: "the database's machines fail", work: Box::new(failover), skip });
    steps.push(Step { name: "scrape by Prometheus", work: Box::new(scrape::run), skip: scrape::missing() });
    steps.extend(Fault::ALL.map(|fault| {
        let work = Box::new(move || fault.run(is_long));
        Step { name: fault.step(), work, skip: fault.missing() }
    }));
    let is_root = install::is_root();
    let card = move || card::check_run(is_long, is_root);
    steps.push(Step { name: "reliability card", work: Box::new(card), skip: None });
    steps.extend(Engine::ALL.map(|engine| {
        let skip = tools.missing_for_browsers.clone().or_else(|| engine.missing());
        let work = move || journey::walk_in(engine, &journey::Options::check(is_long));
        Step { name: in_engine(engine), work: Box::new(work), skip }
    }));
    let look = move || journey::look_at_samples(is_long);
    let skip = tools.missing_for_browsers.clone().or_else(journey::missing_for_samples);
    steps.push(Step { name: "samples of pages, by axe", work: Box::new(look), skip });
    steps
}

fn in_engine(engine: Engine) -> &'static str {
    match engine {
        Engine::Chromium => "journey in chromium",
        Engine::Firefox => "journey in firefox",
        Engine::WebKit => "journey in webkit",
    }
}

fn cargo_step(name: &'static str, arguments: &'static str, is_long: bool) -> Step {
    Step { name, work: Box::new(move || cargo(arguments, is_long)), skip: None }
}

fn cargo(arguments: &str, is_long: bool) -> Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments.split(' ')).current_dir(workspace::root());
    if is_long {
        command.env("CHARYE_LONG", "1");
    }
    card::pass_on(&mut command);
    let status = command.status().with_context(|| format!("cargo {arguments}"))?;
    ensure!(status.success(), "`cargo {arguments}` failed");
    Ok(())
}

fn has_nextest() -> bool {
    let mut ask = Command::new(env!("CARGO"));
    ask.args(["nextest", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    ask.status().is_ok_and(|status| status.success())
}

fn run_step(step: &Step) -> Outcome {
    if let Some(reason) = &step.skip {
        println!("\nSKIPPED: {}: {reason}", step.name);
        return Outcome::Skipped(reason.clone());
    }
    println!("\n=== {} ===", step.name);
    let start = clock::now();
    let result = (step.work)();
    let took = clock::now() - start;
    match result {
        Ok(()) => {
            println!("=== {}: passed in {} ===", step.name, seconds(took));
            Outcome::Passed(took)
        }
        Err(error) => {
            println!("=== {}: FAILED after {}: {error:#} ===", step.name, seconds(took));
            Outcome::Failed(took, format!("{error:#}"))
        }
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
