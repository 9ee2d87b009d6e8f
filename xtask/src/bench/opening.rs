//! The opening minute: everybody joins the line, in an open loop, whatever the service does. The released service on one
//! core; whoever comes, on the others.
//!
//! A person costs nothing before they come and nothing after they are answered: who is in flight is a range of numbers
//! on a connection, and when they wanted to come follows from their number.
mod answers;
mod arrivals;
mod kept;
mod outcome;
mod own;

use super::nginx::{self, Nginx};
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
/// For so long all of [`PEOPLE`] may take, and fewer as much less.
const KEPT_WITHIN: Duration = Duration::from_secs(30);
const OWN_WITHIN: Duration = Duration::from_secs(75);
const P99_MAX_US: f64 = 250_000.0;
const OWN_RATIO_MIN: f64 = 1.0;
/// The service and nginx take turns, in so many parts of the crowd each.
const PARTS: u64 = 8;

/// What the command line asks for.
struct Asked {
    people: u64,
    per_second: u64,
    depth: u64,
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
    if asked.has_own_connections { own_connections(&asked, &demo) } else { kept_connections(&asked, &demo) }
}

impl Asked {
    fn read(words: &[&str]) -> Result<Self> {
        let mut asked =
            Self { people: PEOPLE, per_second: PER_SECOND, depth: DEPTH, has_own_connections: false };
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
                _ => bail!(
                    "{word}: say `bench opening --joins` or `--own-connections`, with `--people N`, `--per-second N`, `--depth N`"
                ),
            }
        }
        Ok(asked)
    }

    fn arrivals(&self) -> Arrivals {
        Arrivals { people: self.people, per_second: self.per_second }
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
    everybody_has_a_ticket(demo.port, &outcome)?;
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

/// The crowd in parts: one at the service, one as large at nginx, and so on.
fn own_connections(asked: &Asked, demo: &Demo) -> Result<()> {
    let close = "connection: close\r\n";
    let join = join_request(demo.port, close);
    let answer = http::post(demo.port, &tickets(), &[], "").context("a ticket")?;
    let nginx = Nginx::start(&answer.body, SERVER_CORE)?;
    let file = format!("GET {} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n{close}\r\n", nginx::FILE, nginx.port);
    let part = Asked { people: asked.people / PARTS, ..*asked };
    let (ids, peers) = (demo.guard.family(), nginx.guard.family());
    let (mut ours, mut theirs) = (Outcome::new(), Outcome::new());
    let mut ratios = Vec::new();
    let (mut cpu_us, mut own_us) = ([0; 2], [0; 2]);
    for number in 1..=PARTS {
        eprintln!("part {number} of {PARTS}");
        let mut at = |which: usize, ids: &[u32], port, request: &[u8], status| -> Result<Outcome> {
            let (before, own_before) = (cpu::micros_of(ids), cpu::own_micros());
            let outcome = own::run(port, request, status, &part.arrivals())?;
            cpu_us[which] += cpu::micros_of(ids) - before;
            own_us[which] += cpu::own_micros() - own_before;
            Ok(outcome)
        };
        let our = at(0, &ids, demo.port, &join, 201)?;
        let their = at(1, &peers, nginx.port, file.as_bytes(), 200)?;
        ratios.push(our.per_second() / their.per_second());
        ours.add(&our);
        theirs.add(&their);
    }
    println!("## The opening: {} people, each on a connection of their own\n", PARTS * part.people);
    print!("{}", outcome::HEAD);
    for (which, (named, ids, outcome)) in
        [("joins, own connections", &ids, &ours), ("nginx, own connections", &peers, &theirs)]
            .into_iter()
            .enumerate()
    {
        let (server_us, generator_us) = (cpu_us[which], own_us[which]);
        let server_peak_mb = outcome::peak_mb(ids);
        print!("{}", Row { named, server_us, generator_us, server_peak_mb, outcome }.told());
    }
    println!("\nGenerator {:.0} MB at its peak.", outcome::peak_mb(&[std::process::id()]));
    ratios.sort_by(f64::total_cmp);
    let ratio = f64::midpoint(ratios[ratios.len() / 2 - 1], ratios[ratios.len() / 2]);
    let within = asked.within(OWN_WITHIN);
    ensure!(ours.wrong == 0, "{} people got no ticket", ours.wrong);
    let goals = [
        (ours.lasted <= within, format!("all answered in {:.1} s (goal {:.1})", s(ours.lasted), s(within))),
        (ratio >= OWN_RATIO_MIN, format!("{ratio:.2} × nginx (goal 1.00; parts {ratios:.2?})")),
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

/// The gate counts as many as were answered; its document is a second old at the most.
fn everybody_has_a_ticket(port: u16, outcome: &Outcome) -> Result<()> {
    ensure!(outcome.wrong == 0, "{} people got no ticket", outcome.wrong);
    let wanted = outcome.answered;
    let deadline = crate::clock::now() + Duration::from_secs(10);
    loop {
        let document = http::get(port, &format!("/gate/{CAMPAIGN}.json"))?;
        let document: serde_json::Value = serde_json::from_slice(&document.body)?;
        let issued = document["tickets_issued"].as_u64().context("tickets_issued")?;
        if issued == wanted {
            println!("The gate says that it gave {issued} tickets.");
            return Ok(());
        }
        ensure!(crate::clock::now() < deadline, "{wanted} tickets were answered, the gate says {issued}");
        std::thread::sleep(Duration::from_millis(100));
    }
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
