//! The opening minute: everybody joins the line, in an open loop, whatever the service does. The released service on one
//! core; whoever comes, on the others.
//!
//! A person costs nothing before they come and nothing after they are answered: who is in flight is a range of numbers
//! on a connection, and when they wanted to come follows from their number.
mod answers;
mod arrivals;
mod beside;
mod failure;
mod kept;
mod outcome;
mod own;

use super::{SERVER_CORE, cpu};
use crate::demo::{Demo, Options};
use crate::http;
use crate::kills::CAMPAIGN;
use crate::process::TempDir;
use anyhow::{Context, Result, bail, ensure};
use arrivals::Arrivals;
use outcome::{Outcome, Row};
use std::net::Ipv4Addr;
use std::time::Duration;

/// Everybody who was eligible on 12 July 2021.
const PEOPLE: u64 = 3_524_000;
const PER_SECOND: u64 = 120_000;
/// Requests that wait for their answers on one connection. One would be a browser's; a proxy in front sends more.
const DEPTH: u64 = 16;
/// Connections of their own that are open at once. nginx as it is started here bears four thousand.
const AT_ONCE: u64 = 256;
const AT_ONCE_MAX: u64 = 3_500;
/// For so long all of [`PEOPLE`] may take, and fewer as much less.
const KEPT_WITHIN: Duration = Duration::from_secs(30);
const P99_MAX_US: f64 = 250_000.0;

/// What the command line asks for.
struct Asked {
    people: u64,
    per_second: u64,
    depth: u64,
    at_once: u64,
    has_own_connections: bool,
}

pub(super) fn run(words: &[&str]) -> Result<()> {
    let asked = Asked::read(words)?;
    let dir = TempDir::new()?;
    let demo = Demo::start(&Options {
        dir: &dir.path().join("data"),
        opens_in: "3600s",
        listen: Ipv4Addr::UNSPECIFIED,
        core: Some(SERVER_CORE),
        port: None,
        more: &[],
    })?;
    if asked.has_own_connections { beside::run(&asked, &demo) } else { kept_connections(&asked, &demo) }
}

impl Asked {
    fn read(words: &[&str]) -> Result<Self> {
        let (depth, at_once) = (DEPTH, AT_ONCE);
        let mut asked =
            Self { people: PEOPLE, per_second: PER_SECOND, depth, at_once, has_own_connections: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut number = || -> Result<u64> {
                let text = words.next().with_context(|| format!("{word} needs a number"))?;
                let number = text.parse().with_context(|| format!("{word} {text}"))?;
                ensure!(number > 0, "{word} must not be 0");
                Ok(number)
            };
            match *word {
                "--joins" => asked.has_own_connections = false,
                "--own-connections" => asked.has_own_connections = true,
                "--people" => asked.people = number()?,
                "--per-second" => asked.per_second = number()?,
                "--depth" => asked.depth = number()?,
                "--at-once" => asked.at_once = number()?.min(AT_ONCE_MAX),
                _ => bail!(
                    "{word}: say `bench opening --joins` or `--own-connections`, with `--people N`, `--per-second N`, `--depth N`, `--at-once N`"
                ),
            }
        }
        Ok(asked)
    }

    fn arrivals(&self) -> Arrivals {
        Arrivals::new(self.people, self.per_second)
    }

    /// What of the time for everybody is these people's.
    fn within(&self, everybody: Duration) -> Duration {
        everybody.mul_f64(self.people as f64 / PEOPLE as f64)
    }
}

fn kept_connections(asked: &Asked, demo: &Demo) -> Result<()> {
    let ids = demo.guard.family();
    let request = join_request(demo.port, "");
    let (cpu_before, own_before) = (cpu::micros_of(&ids), cpu::own_micros());
    let outcome = kept::run(demo.port, &request, &asked.arrivals(), asked.depth)?;
    let row = Row {
        named: "joins, kept connections",
        server_us: cpu::micros_of(&ids) - cpu_before,
        generator_us: cpu::own_micros() - own_before,
        server_peak_mb: outcome::peak_mb(&ids),
        outcome: &outcome,
    };
    println!("## The opening: {} people at {}/s over kept connections\n", asked.people, asked.per_second);
    print!("{}{}", outcome::HEAD, row.told());
    println!(
        "\nAt most {} requests wait on one of {} connections; {:.1} in one write on the average; generator {:.0} MB at its peak.",
        asked.depth,
        kept::CONNECTIONS,
        outcome.answered as f64 / outcome.writes.max(1) as f64,
        outcome::peak_mb(&[std::process::id()])
    );
    ensure!(outcome.failed() == 0, "without a ticket: {}", outcome.failures_told());
    everybody_has_a_ticket(demo.port, &outcome, 0)?;
    let p99_us = outcome.latency.quantile_us(0.99);
    let within = asked.within(KEPT_WITHIN);
    let goals = [
        (
            outcome.lasted <= within,
            format!("all answered in {:.1} s (goal {:.1})", s(outcome.lasted), s(within)),
        ),
        (p99_us <= P99_MAX_US, format!("p99 {:.1} ms (goal 250)", p99_us / 1_000.0)),
    ];
    told(&goals)
}

fn tickets() -> String {
    format!("/gate/{CAMPAIGN}/tickets")
}

fn join_request(port: u16, more: &str) -> Vec<u8> {
    let line = format!("POST {} HTTP/1.1\r\n", tickets());
    format!("{line}host: 127.0.0.1:{port}\r\ncontent-length: 0\r\n{more}\r\n").into_bytes()
}

/// The gate counts everybody who was answered, and nobody who did not ask; its document is a second old at the most.
/// Whoever asked and went away without an answer may have a ticket.
fn everybody_has_a_ticket(port: u16, outcome: &Outcome, before: u64) -> Result<()> {
    let (answered, asked) = (outcome.answered, outcome.requests);
    let deadline = crate::clock::now() + Duration::from_secs(10);
    loop {
        let issued = tickets_issued(port)?.saturating_sub(before);
        if (answered..=asked).contains(&issued) {
            println!("The gate says that it gave {issued} tickets; {answered} people have one.");
            return Ok(());
        }
        let is_late = crate::clock::now() >= deadline;
        ensure!(!is_late, "{answered} of {asked} asked were answered, the gate says {issued}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn tickets_issued(port: u16) -> Result<u64> {
    let document = http::get(port, &format!("/gate/{CAMPAIGN}.json"))?;
    let document: serde_json::Value = serde_json::from_slice(&document.body)?;
    document["tickets_issued"].as_u64().context("tickets_issued")
}

fn told(goals: &[(bool, String)]) -> Result<()> {
    println!();
    for (is_met, words) in goals {
        println!("- {} {words}", if *is_met { "PASS" } else { "FAIL" });
    }
    ensure!(goals.iter().all(|(is_met, _)| *is_met), "a goal is missed");
    Ok(())
}

fn s(time: Duration) -> f64 {
    time.as_secs_f64()
}
