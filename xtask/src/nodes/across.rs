//! One person, each step at another node; then every node is killed and started again, and everybody still knows them.
use super::site::Site;
use crate::api::{call, read, text};
use crate::card::Figure;
use crate::http;
use crate::kills::{CAMPAIGN, Person, free_slot, let_in, look_until, outbox_code};
use anyhow::{Result, ensure};
use serde_json::json;

const NODES: usize = 3;
const PEOPLE: u32 = 12;
/// Of the demonstration's campaign.
const DOSES: u64 = 2;

pub(super) fn run() -> Result<()> {
    let mut site = Site::start(NODES)?;
    let mut booked = Vec::new();
    for person in 0..PEOPLE {
        booked.push(book_across(&site.ports(), person)?);
    }
    let mut violations = unknown_anywhere(&site, &booked)?;
    for node in 0..NODES {
        site.nodes[node].kill()?;
        site.nodes[node].start()?;
        booked.push(book_across(&site.ports(), PEOPLE + node as u32)?);
    }
    violations += unknown_anywhere(&site, &booked)?;
    let report = site.verified()?;
    let live = report["figures"]["appointments_live"].as_u64();
    ensure!(live == Some(booked.len() as u64 * DOSES), "{} booked, the journal has {live:?}", booked.len());
    let stranger = site.on_another_database()?;
    let caught = booked.iter().filter(|one| !is_known(stranger.port, one).unwrap_or(false)).count();
    Figure {
        promise: "B6".to_owned(),
        test: "every step at another node".to_owned(),
        runs: (booked.len() * NODES * 2) as u64,
        of: "looks at a booking".to_owned(),
        violations: violations as u64,
        saboteur: "a node on another database".to_owned(),
        caught: caught as u64,
        more: format!("{} people over {NODES} nodes, each node killed once and started again", booked.len()),
    }
    .tell()
}

/// Who was told a number, and may ask for it.
struct Booked {
    session: String,
    number: String,
    /// As the profile page shows it: sealed by one node, opened by the others.
    name: String,
}

/// The steps go round: each is asked of the node after the one before.
fn book_across(ports: &[u16], index: u32) -> Result<Booked> {
    let mut turn = index as usize;
    let mut next = || {
        turn += 1;
        ports[turn % ports.len()]
    };
    let ticket = text(&call(next(), &format!("/gate/{CAMPAIGN}/tickets"), &[], &json!({}))?, "/ticket")?;
    look_until("a ticket is called, whatever node is asked", || {
        let path = format!("/gate/{CAMPAIGN}/ticket");
        let status = read(&http::get_with(next(), &path, &[("charye-ticket", &ticket)])?)?;
        Ok(status["state"] == "called")
    })?;
    let person = Person::numbered(index);
    let asked_at = next();
    let challenge = call(asked_at, "/api/v1/identity", &[], &person.claim())?;
    let code = json!({"challenge": text(&challenge, "/challenge")?, "code": outbox_code(asked_at, &person)?});
    let session = text(&call(next(), "/api/v1/identity/verify", &[], &code)?, "/session")?;
    let who = [("charye-session", session.as_str()), ("charye-ticket", ticket.as_str())];
    let pass = let_in(&mut next, &who)?;
    let headers =
        [("charye-session", session.as_str()), ("charye-pass", pass.as_str()), ("idempotency-key", "1")];
    let wanted = free_slot(next(), index, &headers[..2])?;
    let hold = text(&call(next(), "/api/v1/holds", &headers, &wanted)?, "/hold")?;
    let booked = call(next(), "/api/v1/appointments", &headers, &json!({ "hold": hold }))?;
    let again = call(next(), "/api/v1/appointments", &headers, &json!({ "hold": hold }))?;
    ensure!(booked == again, "the same request at another node was answered otherwise: {booked} {again}");
    let number = text(&booked, "/appointment/number")?;
    Ok(Booked { session, number, name: person.name() })
}

/// Of every booking at every node.
fn unknown_anywhere(site: &Site, booked: &[Booked]) -> Result<usize> {
    let mut unknown = 0;
    for port in site.ports() {
        for one in booked {
            unknown += usize::from(!is_known(port, one)?);
        }
    }
    Ok(unknown)
}

fn is_known(port: u16, booked: &Booked) -> Result<bool> {
    let page = http::get_with(port, "/my", &[("charye-session", &booked.session)])?;
    let page = String::from_utf8_lossy(&page.body);
    Ok(page.contains(&booked.number) && page.contains(&booked.name))
}
