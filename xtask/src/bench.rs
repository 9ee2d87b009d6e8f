//! Measurements beside a peer, in one run on one machine: the server on one core, the generator on another,
//! rounds that take turns, so that a bad moment of the machine meets every scenario.
mod connections;
mod cpu;
mod floor;
mod gate;
mod generator;
mod histogram;
mod kept_alive;
pub(crate) mod ledger;
pub(crate) mod load;
mod memory;
mod new_each;
mod nginx;
mod nodes;
mod opening;
mod redis;
mod refusal;
mod report;
mod response;
mod rounds;
mod sweep;

use crate::demo::on_core;
use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::process::Command;
use std::thread;

const SERVER_CORE: &str = "0";
const GENERATOR_CORE: &str = "1";
/// Said to the optimised copy of this program, which measures.
const PINNED: &str = "pinned";

pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        [PINNED, "gate"] => gate::run(),
        [PINNED, "connections"] => connections::run(true),
        [PINNED, "connections", "--long"] => connections::run(false),
        [PINNED, connections::CLIENT, port, number, count, over_s] => {
            connections::run_client([port, number, count, over_s])
        }
        [PINNED, "generator"] => generator::run(),
        [PINNED, floor::FLOOR, port, document] => floor::run(port, document),
        [PINNED, redis::PEER, socket, port, document] => redis::run_peer(socket, port, document),
        [PINNED, "polling"] => sweep::run_polling(),
        [PINNED, "refusal"] => refusal::run(),
        [PINNED, "sweep"] => sweep::run(false),
        [PINNED, "sweep", "--short"] => sweep::run(true),
        [PINNED, "opening", asked @ ..] => opening::run(asked),
        ["gate" | "generator" | "refusal" | "sweep" | "connections" | "polling"]
        | ["sweep", "--short"]
        | ["connections", "--long"]
        | ["opening", ..] => run_pinned(words),
        ["ledger"] => ledger::run(false),
        ["ledger", "--short"] => ledger::run(true),
        ["nodes"] => nodes::run(),
        _ => anyhow::bail!(
            "say `bench gate`, `bench connections` (`--long` for 72,000 of them), `bench refusal`, `bench polling`, `bench sweep` (`--short` for three minutes), `bench ledger` (`--short` for five minutes), `bench nodes`, `bench opening --joins` (or `--own-connections`; `--people N`), or `bench generator` for the generator itself beside wrk"
        ),
    }
}

/// Builds with optimisation and starts again on the generator's core.
fn run_pinned(words: &[&str]) -> Result<()> {
    let what = words.join(" ");
    let cores = thread::available_parallelism().context("counting cores")?.get();
    ensure!(cores >= 2, "a measurement needs two cores, one for the server and one for the generator");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--package", "xtask"]).current_dir(workspace::root());
    if what != "generator" {
        build.args(["--package", "charye"]);
    }
    ensure!(build.status().context("cargo build")?.success(), "the release build failed");
    let program = workspace::release_dir()?.join("xtask");
    // An opening takes every core that the server leaves.
    let others = format!("{GENERATOR_CORE}-{}", cores - 1);
    let core = if words.first() == Some(&"opening") { &others } else { GENERATOR_CORE };
    let mut pinned = on_core(core, &program);
    let status =
        pinned.args(["bench", PINNED]).args(words).status().context("taskset (Debian package util-linux)")?;
    ensure!(status.success(), "bench {what}: see above");
    Ok(())
}
