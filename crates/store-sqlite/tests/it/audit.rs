//! Audit events are read off the rows of the journal: any page, before and after a restart.

use crate::batches::{ask_all, enter, hold, register};
use crate::{Folder, open};
use booking::{HoldId, PersonId};
use std::sync::Arc;
use store::conformance::world;
use store::{AuditEvent, AuditHead, Command, MockClock, Store, verify_audit};
use store_sqlite::{SqliteStore, StoreLimits};
use tokio::runtime::Builder;

/// Enough for several marks; between the bookings are rows that tell nothing.
const BOOKINGS: u64 = 120;

fn page(store: &SqliteStore, since: u64, events_max: usize) -> Vec<AuditEvent> {
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(store.audit_since(since, events_max)).unwrap()
}

fn all(store: &SqliteStore) -> Vec<AuditEvent> {
    let mut events: Vec<AuditEvent> = Vec::new();
    loop {
        let next = page(store, events.last().map_or(0, |event| event.seq), 7);
        if next.is_empty() {
            return events;
        }
        events.extend(next);
    }
}

#[test]
fn every_page_of_the_audit_is_found_also_after_a_restart() {
    let folder = Folder::new();
    let country = Arc::new(world::roomy_country(1_000));
    let clock = Arc::new(MockClock::at(world::opens_at()));
    let open_it = || open(&folder.0, &country, &clock, StoreLimits::default()).unwrap();
    let mut store = open_it();
    ask_all(&store, [Command::Open { campaign: world::CAMPAIGN }]);
    for number in 1..=BOOKINGS {
        let person = PersonId(number);
        let confirm = Command::Confirm { booker: person, hold: HoldId(number) };
        for command in [register(number), enter(person), hold(person, 1 + number as u32 % 6), confirm] {
            assert!(ask_all(&store, [command]).iter().all(|answer| matches!(answer, Ok(Ok(_)))));
        }
        if number == BOOKINGS / 2 {
            store = {
                drop(store);
                open_it()
            };
        }
    }
    let (events, head) = (all(&store), store.ledger().audit_head());
    assert_eq!(events.len() as u64, BOOKINGS);
    assert_eq!(verify_audit(AuditHead::begin(1), &events, &[head]), Ok(head));
    drop(store);
    let store = open_it();
    assert_eq!(store.ledger().audit_head(), head);
    for since in 0..=BOOKINGS {
        let found = page(&store, since, 5);
        assert!(!found.is_empty() || since == BOOKINGS, "nothing after {since}");
        assert_eq!(found, events[since as usize..][..found.len()]);
    }
    assert!(page(&store, BOOKINGS + 1, 5).is_empty() && page(&store, u64::MAX, 5).is_empty());
}
