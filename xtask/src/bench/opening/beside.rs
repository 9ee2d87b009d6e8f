//! Everybody on a connection of their own, at the service and at nginx in turns: one part of the crowd at one of them, as
//! large a one at the other, and so on, in one run.
use super::outcome::{self, Outcome, Row};
use super::own::Own;
use super::{Asked, everybody_has_a_ticket, join_request, s, tickets, tickets_issued, told};
use crate::bench::nginx::{self, Nginx};
use crate::bench::{SERVER_CORE, cpu};
use crate::demo::Demo;
use crate::http;
use crate::process::Guard;
use anyhow::{Context, Result, ensure};
use std::time::Duration;

/// For so long all of `PEOPLE` may take, and fewer as much less.
const WITHIN: Duration = Duration::from_secs(75);
const RATIO_MIN: f64 = 1.0;
/// The service and nginx take turns, in so many parts of the crowd each.
const PARTS: u64 = 8;
/// Browsers wait longer; somebody who has waited so long has been failed.
const PATIENCE: Duration = Duration::from_secs(30);
/// Whoever answers so much of what comes has kept up with it, and how much more it could bear is not known.
const KEPT_UP: f64 = 0.98;

/// One of the two.
struct Side {
    named: &'static str,
    ids: Vec<u32>,
    port: u16,
    request: Vec<u8>,
    /// The status of what people come for.
    expected: u16,
    all: Outcome,
    /// Answered in a second, part by part.
    rates: Vec<f64>,
    server_us: u64,
    generator_us: u64,
}

impl Side {
    fn new(named: &'static str, guard: &Guard, port: u16, request: Vec<u8>, expected: u16) -> Self {
        let (ids, all, rates) = (guard.family(), Outcome::new(), Vec::new());
        Self { named, ids, port, request, expected, all, rates, server_us: 0, generator_us: 0 }
    }

    fn come(&mut self, own: &Own<'_>) -> Result<()> {
        let (before, own_before) = (cpu::micros_of(&self.ids), cpu::own_micros());
        let outcome = own.come()?;
        self.server_us += cpu::micros_of(&self.ids) - before;
        self.generator_us += cpu::own_micros() - own_before;
        let people = own.arrivals.people;
        ensure!(outcome.settled() == people, "{} of {people} are accounted for", outcome.settled());
        self.rates.push(outcome.per_second());
        self.all.add(&outcome);
        Ok(())
    }

    fn row(&self) -> String {
        let Self { named, server_us, generator_us, all, .. } = self;
        let (named, server_us, generator_us) = (*named, *server_us, *generator_us);
        let server_peak_mb = outcome::peak_mb(&self.ids);
        Row { named, server_us, generator_us, server_peak_mb, outcome: all }.told()
    }

    fn told_of_failures(&self) {
        println!("- {}, without an answer: {}", self.named, self.all.failures_told());
    }
}

pub(super) fn run(asked: &Asked, demo: &Demo) -> Result<()> {
    let close = "connection: close\r\n";
    let answer = http::post(demo.port, &tickets(), &[], "").context("a ticket")?;
    let nginx = Nginx::start(&answer.body, SERVER_CORE)?;
    let file = format!("GET {} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n{close}\r\n", nginx::FILE, nginx.port);
    let join = join_request(demo.port, close);
    let mut ours = Side::new("joins, own connections", &demo.guard, demo.port, join, 201);
    let mut theirs = Side::new("nginx, own connections", &nginx.guard, nginx.port, file.into_bytes(), 200);
    let before = tickets_issued_settled(demo.port)?;
    take_turns(asked, &mut ours, &mut theirs)?;
    println!("## The opening: {} people, each on a connection of their own\n", asked.people);
    print!("{}{}{}", outcome::HEAD, ours.row(), theirs.row());
    println!("\n- {}", requests_told(&ours.all, asked.people));
    println!(
        "- at most {} connections at once; generator {:.0} MB at its peak",
        asked.at_once,
        outcome::peak_mb(&[std::process::id()])
    );
    ours.told_of_failures();
    theirs.told_of_failures();
    everybody_has_a_ticket(demo.port, &ours.all, before)?;
    judge(asked, &ours, &theirs)
}

/// Each begins as often as the other.
fn take_turns(asked: &Asked, ours: &mut Side, theirs: &mut Side) -> Result<()> {
    for (number, arrivals) in asked.arrivals().parts(PARTS).enumerate() {
        eprintln!("part {} of {PARTS}", number + 1);
        let turns = if number % 2 == 0 { [&mut *ours, &mut *theirs] } else { [&mut *theirs, &mut *ours] };
        for side in turns {
            let (port, expected, request) = (side.port, side.expected, side.request.clone());
            let at_once = usize::try_from(asked.at_once)?;
            let (request, patience) = (request.as_slice(), PATIENCE);
            side.come(&Own { port, request, expected, arrivals, at_once, patience })?;
        }
    }
    Ok(())
}

/// What one person's join costs in requests.
fn requests_told(outcome: &Outcome, people: u64) -> String {
    let each = outcome.requests as f64 / people as f64;
    format!("{each:.2} requests a journey, over one connection: `POST {}`", tickets())
}

fn judge(asked: &Asked, ours: &Side, theirs: &Side) -> Result<()> {
    let mut ratios: Vec<_> = ours.rates.iter().zip(&theirs.rates).map(|(our, their)| our / their).collect();
    ratios.sort_by(f64::total_cmp);
    let ratio = median(&ratios);
    if median(&theirs.rates) >= asked.per_second as f64 * KEPT_UP {
        println!("- nginx kept up with everybody who came: of what it bears the ratio says nothing");
    }
    let within = asked.within(WITHIN);
    let (lasted, failed) = (ours.all.lasted, ours.all.failed());
    told(&[
        (failed == 0, format!("{failed} people got no ticket (goal 0)")),
        (lasted <= within, format!("all answered in {:.1} s (goal {:.1})", s(lasted), s(within))),
        (ratio >= RATIO_MIN, format!("{ratio:.2} × nginx (goal {RATIO_MIN:.2}; parts {ratios:.2?})")),
    ])
}

fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2])
}

/// The ticket that was asked for as a sample is in the gate's document within a second.
fn tickets_issued_settled(port: u16) -> Result<u64> {
    let deadline = crate::clock::now() + Duration::from_secs(10);
    loop {
        let issued = tickets_issued(port)?;
        if issued > 0 {
            return Ok(issued);
        }
        ensure!(crate::clock::now() < deadline, "the gate does not count the ticket that it gave");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_even_and_of_an_odd_number_of_parts() {
        assert_eq!(median(&[3.0, 1.0, 2.0]).to_bits(), 2.0_f64.to_bits());
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]).to_bits(), 2.5_f64.to_bits());
        assert_eq!(median(&[1.5]).to_bits(), 1.5_f64.to_bits());
    }

    #[test]
    fn requests_of_a_journey_are_counted_and_not_assumed() {
        let mut outcome = Outcome::new();
        outcome.requests = 3;
        assert!(requests_told(&outcome, 2).starts_with("1.50 requests a journey"));
    }
}
