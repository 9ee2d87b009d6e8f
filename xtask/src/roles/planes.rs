//! Each plane lives on when the other is killed or stopped.
use super::{Process, Service, is_apology, wait_for_phase};
use crate::api::{call, read, text};
use crate::card::Figure;
use crate::clock;
use crate::http;
use crate::kills::{CAMPAIGN, Told, enter, look_until, lost, take_place};
use anyhow::{Result, ensure};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

const PEOPLE: u32 = 6;
const LOOKS: u32 = 100;
/// Longer than the gate waits for an answer.
const APOLOGY_WITHIN: Duration = Duration::from_secs(4);

/// Tickets and the numbers that their owners were told.
type Places = HashMap<String, Option<u64>>;

pub(super) fn run() -> Result<()> {
    let service = Service::new()?;
    let booking = service.start_booking()?;
    let gates = [service.start_gate()?, service.start_gate()?];
    wait_for_phase(service.gate_port, "open")?;
    let told = Told::default();
    for _ in 0..PEOPLE {
        let inside = enter(service.gate_port, &told)?;
        take_place(service.gate_port, &told, &inside)?;
    }
    same_document(&service)?;
    let mut places = Places::new();
    let (booking, polls, failed, caught) = without_booking(&service, booking, &mut places)?;
    ensure!(lost(service.gate_port, &told.since(0))? == 0, "acknowledged appointments are gone");
    Figure {
        promise: "C8".to_owned(),
        test: "polls without a store".to_owned(),
        runs: polls,
        of: "looks at the waiting page, the gate document and a ticket".to_owned(),
        violations: failed,
        saboteur: "polls that ask the process with the ledger".to_owned(),
        caught,
        more: format!(
            "killed, started again, stopped, woken; {} places, all as told and called afterwards",
            places.len()
        ),
    }
    .tell()?;
    without_gates(&service, gates, &told)?;
    drop(booking);
    Ok(())
}

/// Whoever answers, it is the same document.
fn same_document(service: &Service) -> Result<()> {
    let path = format!("/gate/{CAMPAIGN}.json");
    look_until("both planes say the same", || {
        let [one, other] = [service.gate_port, service.booking_port].map(|port| http::get(port, &path));
        Ok(one?.body == other?.body)
    })
}

/// Returns the process that stands for it afterwards, how often was looked, in vain, and in vain at the process that
/// was killed.
fn without_booking(
    service: &Service,
    mut booking: Process,
    places: &mut Places,
) -> Result<(Process, u64, u64, u64)> {
    let gate = service.gate_port;
    join(gate, places)?;
    booking.guard.crash()?;
    wait_for_phase(gate, "trouble")?;
    apologises(gate)?;
    let (mut polls, mut failed) = poll(gate, places)?;
    let (_, caught) = poll(service.booking_port, places)?;
    let mut booking = service.start_booking()?;
    wait_for_phase(gate, "open")?;
    all_called(gate, places)?;

    booking.signal("-STOP")?;
    wait_for_phase(gate, "trouble")?;
    apologises(gate)?;
    let (more_polls, more_failed) = poll(gate, places)?;
    polls += more_polls;
    failed += more_failed;
    booking.signal("-CONT")?;
    wait_for_phase(gate, "open")?;
    all_called(gate, places)?;
    Ok((booking, polls, failed, caught))
}

fn join(port: u16, places: &mut Places) -> Result<()> {
    let given = call(port, &format!("/gate/{CAMPAIGN}/tickets"), &[], &json!({}))?;
    places.insert(text(&given, "/ticket")?, None);
    Ok(())
}

/// In words, and not after ever.
fn apologises(port: u16) -> Result<()> {
    for path in ["/my", "/en/book", "/identity"] {
        let start = clock::now();
        let answer = http::get(port, path)?;
        let took = clock::now() - start;
        ensure!(is_apology(&answer), "{path} answered {}", answer.status);
        ensure!(took < APOLOGY_WITHIN, "{path} took {took:?}");
    }
    Ok(())
}

/// The waiting page, the gate document, a new ticket and the place of an old one. Returns how often, and how often in
/// vain.
fn poll(port: u16, places: &mut Places) -> Result<(u64, u64)> {
    let (mut polls, mut failed) = (0, 0);
    for look in 0..LOOKS {
        if look % 10 == 0 {
            polls += 1;
            failed += u64::from(join(port, places).is_err());
        }
        for path in ["/wait", "/", &format!("/gate/{CAMPAIGN}.json")] {
            polls += 1;
            failed += u64::from(!http::get(port, path).is_ok_and(|answer| answer.status == 200));
        }
        for (ticket, number) in &mut *places {
            polls += 1;
            let Ok(seen) = place(port, ticket) else {
                failed += 1;
                continue;
            };
            // The other gate may know it a tick later.
            let is_same = number.is_none() || seen.0.is_none() || seen.0 == *number;
            ensure!(is_same, "a place changed from {number:?} to {:?}", seen.0);
            *number = number.or(seen.0);
        }
    }
    Ok((polls, failed))
}

fn place(port: u16, ticket: &str) -> Result<(Option<u64>, bool)> {
    let status = http::get_with(port, &format!("/gate/{CAMPAIGN}/ticket"), &[("charye-ticket", ticket)])?;
    let status = read(&status)?;
    Ok((status["queue_number"].as_u64(), status["state"] == "called"))
}

/// Nobody is forgotten, and the order is what it was.
fn all_called(port: u16, places: &mut Places) -> Result<()> {
    let mut numbers = HashSet::new();
    for (ticket, number) in places {
        let mut now = None;
        look_until("a ticket is called", || {
            let (number, is_called) = place(port, ticket)?;
            now = number;
            Ok(is_called)
        })?;
        ensure!(number.is_none() || now == *number, "a place changed from {number:?} to {now:?}");
        ensure!(numbers.insert(now), "a number was given twice");
        *number = now;
    }
    Ok(())
}

/// Whoever is inside goes on at the port of the process that has the ledger, and the line goes on there.
fn without_gates(service: &Service, gates: [Process; 2], told: &Told) -> Result<()> {
    let inside = enter(service.gate_port, told)?;
    for mut gate in gates {
        gate.guard.crash()?;
    }
    take_place(service.booking_port, told, &inside)?;
    let another = enter(service.booking_port, told)?;
    take_place(service.booking_port, told, &another)?;
    ensure!(lost(service.booking_port, &told.since(0))? == 0, "acknowledged appointments are gone");
    println!("with every gate killed people inside book on, and others come in, at the port of the ledger");
    Ok(())
}
