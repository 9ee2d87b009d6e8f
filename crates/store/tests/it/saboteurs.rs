//! Broken stores on purpose. Each must be caught, or the suite proves nothing.

use crate::Memory;
use booking::{ClinicId, Country, Outcome, PersonAlias, PersonId, SlotId};
use jiff::civil::date;
use std::sync::{Arc, RwLockReadGuard};
use store::conformance::{Subject, invariants, simulation, world};
use store::{
    Admit, Answer, AuditEvent, Command, Ledger, MemoryStore, MockClock, Request, Store, StoreError,
    TakePlaces, Waiting, reads_of_the_ledger,
};

const SEEDS: u64 = 20;

/// The first thing that did not hold in any of the seeds.
fn caught(mut make: impl FnMut(Arc<Country>, Arc<MockClock>) -> Box<dyn Subject>) -> String {
    let found = (0..SEEDS).find_map(|seed| simulation::run(seed, &mut make).err());
    let found = found.expect("the saboteur got through");
    println!("caught: {found}");
    found
}

#[test]
fn a_store_without_the_guard_of_capacity_is_caught() {
    let found = caught(|_, clock| {
        Box::new(Memory(Arc::new(MemoryStore::new(Arc::new(world::country_without_guard()), clock))))
    });
    assert!(found.contains("places_add_up"), "{found}");
}

/// Keeps nothing across a restart.
struct Forgetful {
    country: Arc<Country>,
    clock: Arc<MockClock>,
    memory: Memory,
}

impl Subject for Forgetful {
    fn store(&self) -> &dyn Store {
        self.memory.store()
    }

    fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.memory.ledger()
    }

    fn reopen(&mut self) {
        let (country, clock) = (Arc::clone(&self.country), Arc::clone(&self.clock));
        self.memory = Memory(Arc::new(MemoryStore::new(country, clock)));
    }
}

#[test]
fn a_store_that_forgets_what_it_acknowledged_is_caught() {
    caught(|country, clock| {
        let memory = Memory(Arc::new(MemoryStore::new(Arc::clone(&country), Arc::clone(&clock) as _)));
        Box::new(Forgetful { country, clock, memory })
    });
}

/// Keeps no answers under keys.
struct Keyless(MemoryStore);

impl Keyless {
    fn read<T>(&self, look: impl FnOnce(&Ledger) -> T) -> Result<T, StoreError> {
        if self.is_well() { Ok(look(&self.0.ledger())) } else { Err(StoreError::unavailable("not well")) }
    }
}

impl Store for Keyless {
    fn execute(&self, request: Request) -> Waiting<'_, Answer> {
        self.0.execute(Request { keyed: None, ..request })
    }

    fn is_well(&self) -> bool {
        self.0.is_well()
    }

    fn audit_since(&self, seq: u64, events_max: usize) -> Waiting<'_, Result<Vec<AuditEvent>, StoreError>> {
        self.0.audit_since(seq, events_max)
    }

    reads_of_the_ledger!();
}

impl Subject for Keyless {
    fn store(&self) -> &dyn Store {
        self
    }

    fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.0.ledger()
    }

    fn reopen(&mut self) {}
}

#[test]
fn a_store_without_keys_is_caught() {
    caught(|country, clock| Box::new(Keyless(MemoryStore::new(country, clock))));
}

/// Two people decided on the same committed state, as if there were no pending layer: read, then write.
#[test]
fn deciding_two_on_stale_facts_is_caught() {
    let country = Arc::new(world::country());
    let mut ledger = Ledger::new(Arc::clone(&country));
    let now = world::opens_at();
    let mut changes = Vec::new();
    let decide = |ledger: &mut Ledger, command: Command, changes: &mut Vec<_>| {
        ledger.decide(&command.into(), now, changes).expect("nothing is in its way")
    };
    decide(&mut ledger, Command::Open { campaign: world::CAMPAIGN }, &mut changes);
    for person in [1, 2] {
        let register =
            Command::Register { aliases: vec![PersonAlias([person as u8; 32])], sealed: Vec::new() };
        decide(&mut ledger, register, &mut changes);
        decide(&mut ledger, enter(person), &mut changes);
    }
    ledger.commit();

    let mut stale = Vec::new();
    for person in [1, 2] {
        let held = decide(&mut ledger, hold_the_last_place(person), &mut stale);
        assert!(matches!(held, Outcome::Held { .. }));
        ledger.discard();
    }
    for change in &stale {
        ledger.replay(change).expect("each of them could happen");
    }
    ledger.commit();
    let found = invariants::check(&country, &ledger).expect_err("the race got through");
    println!("caught: {found}");
}

fn enter(person: u64) -> Command {
    Command::Admit(Admit {
        campaign: world::CAMPAIGN,
        person: PersonId(person),
        candidate: world::ELIGIBLE,
        ticket: booking::TicketRef([person as u8; 16]),
        queue_number: person,
    })
}

fn hold_the_last_place(person: u64) -> Command {
    let slot = SlotId { clinic: ClinicId(1), visit_on: date(2027, 7, 26), starts_min: 540 };
    Command::Hold(TakePlaces::for_oneself(world::CAMPAIGN, PersonId(person), slot))
}
