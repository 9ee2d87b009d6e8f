//! Nodes on PostgreSQL beside the naive way, on one server, in one run: directly, two nodes at once, and through
//! pgbouncer in transaction mode. Each has the machine to itself while it is measured.
use super::ledger::postgres::{Server, as_user};
use super::ledger::{Figures, parse};
use super::report::Report;
use crate::process::{Guard, free_port};
use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

const RATIO_MIN: f64 = 5.0;
const PEOPLE: u64 = 600_000;
const SECONDS: u64 = 15;
const PGBOUNCER: &str = "/usr/sbin/pgbouncer";
const READY_SECONDS_MAX: u64 = 20;

pub(crate) fn run() -> Result<()> {
    build()?;
    let server = Server::start()?;
    let before = server.pairs_per_second(SECONDS)?;
    let mut measured = vec![("one node", measure(&server, 1, server.port())?)];
    measured.push(("two nodes", measure(&server, 2, server.port())?));
    if Path::new(PGBOUNCER).exists() {
        let (_bouncer, port) = bouncer(&server)?;
        measured.push(("one node through pgbouncer", measure(&server, 1, &port)?));
    } else {
        println!("SKIPPED: Debian's package pgbouncer is missing");
    }
    let after = server.pairs_per_second(SECONDS)?;
    let report = report(f64::midpoint(before, after), &measured);
    print!("{}", report.text);
    ensure!(report.goals_met, "a goal is missed");
    Ok(())
}

fn build() -> Result<()> {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--package", "store-postgres", "--example", "nodes"]);
    let status = build.current_dir(workspace::root()).status().context("cargo build")?;
    ensure!(status.success(), "the release build failed");
    Ok(())
}

/// In a database of its own, which is gone afterwards.
fn measure(server: &Server, nodes: u64, port: &str) -> Result<Figures> {
    eprintln!("measuring: {nodes} on port {port}");
    let database = format!("nodes_{nodes}_{port}");
    server.psql(&["-c", &format!("CREATE DATABASE {database}")])?;
    let folder = server.folder().display();
    let address = format!("postgres://postgres@/{database}?host={folder}&port={port}");
    let mut command = Command::new(workspace::release_dir()?.join("examples/nodes"));
    command.args(["pairs", &address]).args([nodes, PEOPLE, SECONDS].map(|number| number.to_string()));
    let output = command.output().context("the example")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the example failed: {errors}");
    server.psql(&["-c", &format!("DROP DATABASE {database} WITH (FORCE)")])?;
    Ok(parse(&String::from_utf8_lossy(&output.stdout)))
}

fn bouncer(server: &Server) -> Result<(Guard, String)> {
    let (folder, port) = (server.folder(), free_port()?.to_string());
    let users = folder.join("users.txt");
    fs::write(&users, "\"postgres\" \"\"\n")?;
    let settings = format!(
        "[databases]\n* = host={folder} port={}\n[pgbouncer]\nlisten_addr =\nlisten_port = {port}\n\
         unix_socket_dir = {folder}\nauth_type = trust\nauth_file = {}\npool_mode = transaction\n\
         default_pool_size = 4\nlogfile = {folder}/pgbouncer.log\n",
        server.port(),
        users.display(),
        folder = folder.display(),
    );
    let file = folder.join("pgbouncer.ini");
    fs::write(&file, settings)?;
    let mut guard = Guard::spawn_group(as_user(Path::new(PGBOUNCER)).arg("-q").arg(&file))?;
    let socket = folder.join(format!(".s.PGSQL.{port}"));
    guard.wait_until(READY_SECONDS_MAX, || socket.exists()).context("pgbouncer")?;
    Ok((guard, port))
}

fn report(naive: f64, measured: &[(&str, Figures)]) -> Report {
    let mut text =
        "## Nodes on PostgreSQL beside the naive way\n\n| what | pairs/s | × naive | answer p50 ms | \
                    answer p99 ms | commands a commit | ms a commit |\n|---|---|---|---|---|---|---|\n"
            .to_owned();
    let mut goals_met = true;
    writeln!(text, "| naive, 32 clients | {naive:.0} | 1.00 | | | | |").expect("a String takes every line");
    let mut verdicts = String::new();
    for (name, figures) in measured {
        let figure = |name: &str| figures.get(name).copied().unwrap_or(f64::NAN);
        let ours = figure("pairs_per_second_of_all_nodes");
        let ratio = ours / naive;
        writeln!(
            text,
            "| {name} | {ours:.0} | {ratio:.2} | {:.2} | {:.2} | {:.0} | {:.2} |",
            figure("answer_p50_ms"),
            figure("answer_p99_ms"),
            figure("commands_a_commit"),
            figure("milliseconds_a_commit"),
        )
        .expect("a String takes every line");
        let met = ratio >= RATIO_MIN;
        let word = if met { "PASS" } else { "FAIL" };
        writeln!(verdicts, "- {word} {name}: {ratio:.2} × naive (goal: at least {RATIO_MIN})")
            .expect("a String takes every line");
        goals_met &= met;
    }
    Report { text: format!("{text}\n{verdicts}"), goals_met }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_is_missing_or_too_small_meets_no_goal() {
        let figures = |pairs: f64| Figures::from([("pairs_per_second_of_all_nodes".to_owned(), pairs)]);
        assert!(report(4_000.0, &[("one node", figures(20_000.0))]).goals_met);
        assert!(!report(4_000.0, &[("one node", figures(19_999.0))]).goals_met);
        assert!(!report(4_000.0, &[("one node", Figures::new())]).goals_met);
    }
}
