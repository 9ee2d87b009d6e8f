//! Whatever happens to the page or to the service, a place is kept: it is in the ticket, not in anybody's memory.

use crate::nodes::Nodes;
use std::collections::BTreeMap;
use store::MemoryLine;
use store::conformance::{Chance, Figure};
use waiting_room::Ticket;

/// To so many tickets each event happens.
const TICKETS: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// The page is loaded again, also after the tab was closed or the app left: the ticket is sent once more.
    Refresh,
    /// Nothing is heard for ten seconds; then the ticket comes to whichever node.
    NetworkLoss,
    /// The process is killed, and begins again on the same memory.
    Crash,
    /// A new process begins, and the old one leaves in good order.
    Deploy,
    /// One of two nodes never comes back.
    NodeLoss,
}

const EVENTS: [Event; 5] = [Event::Refresh, Event::NetworkLoss, Event::Crash, Event::Deploy, Event::NodeLoss];

/// Two nodes and a thousand tickets that know their numbers.
async fn waiting(chance: &mut Chance) -> (Nodes, BTreeMap<u64, Ticket>) {
    let mut nodes = Nodes::new(2, MemoryLine::default());
    nodes.ticks(3, &[0, 1]).await;
    let mut tickets = Vec::new();
    while tickets.len() < TICKETS {
        for node in [0, 1] {
            tickets.extend((0..chance.below(30)).filter_map(|_| nodes.ticket(node)));
        }
        nodes.ticks(12, &[0, 1]).await;
    }
    nodes.ticks(30, &[0, 1]).await;
    // A ticket that was signed with its number carries it; what is asked here is of one that was not.
    let numbered = |ticket: Ticket| (nodes.number(0, ticket).expect("it is settled"), ticket);
    let numbered = tickets.into_iter().take(TICKETS).map(numbered).collect();
    (nodes, numbered)
}

/// How many of them have another number afterwards, or none. `forgets`: places were in memory only.
async fn moved(event: Event, forgets: bool, seed: u64) -> u64 {
    let mut chance = Chance::seeded(seed);
    let (mut nodes, tickets) = waiting(&mut chance).await;
    let asked = match event {
        Event::Refresh => vec![0],
        Event::NetworkLoss => {
            nodes.ticks(100, &[0, 1]).await;
            vec![0, 1]
        }
        Event::Crash => {
            nodes.killed(forgets);
            nodes.join(true);
            nodes.ticks(60, &[0]).await;
            vec![0]
        }
        Event::Deploy => {
            nodes.join(false);
            nodes.ticks(5, &[0, 1, 2]).await;
            nodes.leaves(1).await;
            nodes.ticks(60, &[0, 1]).await;
            vec![0, 1]
        }
        Event::NodeLoss => {
            nodes.ticks(60, &[0]).await;
            vec![0]
        }
    };
    let is_moved = |(number, ticket): &(&u64, &Ticket)| {
        asked.iter().any(|node| nodes.number(*node, **ticket) != Some(**number))
    };
    tickets.iter().filter(is_moved).count() as u64
}

#[tokio::test]
async fn a_place_is_kept_through_whatever_happens_to_a_page_or_a_process() {
    let mut violations = 0;
    for (seed, event) in (1..).zip(EVENTS) {
        let moved = moved(event, false, seed).await;
        println!("{event:?}, seed {seed}: {moved} of {TICKETS} moved");
        violations += moved;
    }
    let caught = moved(Event::Crash, true, 3).await;
    Figure {
        promise: "C2",
        test: "pages and processes",
        runs: (TICKETS * EVENTS.len()) as u64,
        of: "tickets",
        violations,
        saboteur: "places in memory only",
        caught,
        more: "refresh, lost network, kill, deploy, a lost node; a thousand tickets each; seeds 1 to 5"
            .to_owned(),
    }
    .tell();
}
