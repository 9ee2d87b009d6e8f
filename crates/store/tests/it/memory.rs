use crate::Memory;
use booking::Country;
use std::sync::Arc;
use store::conformance::{Subject, cases, line_cases, simulation};
use store::{MemoryLine, MemoryStore, MockClock};

const SEEDS: u64 = 200;
const SEEDS_LONG: u64 = 10_000;

fn memory(country: Arc<Country>, clock: Arc<MockClock>) -> Box<dyn Subject> {
    Box::new(Memory(Arc::new(MemoryStore::new(country, clock))))
}

#[test]
fn the_cases_are_answered_as_told() {
    cases::run(&mut memory);
}

#[test]
fn the_invariants_hold_after_every_event() {
    let seeds = if std::env::var_os("CHARYE_LONG").is_some() { SEEDS_LONG } else { SEEDS };
    for seed in 0..seeds {
        simulation::run(seed, &mut memory).unwrap();
    }
    println!("seeds 0..{seeds}, {} events each, 0 violations", simulation::EVENTS);
}

/// A simulation that never moves an appointment says nothing about moving one.
const KINDS: &[&str] = &[
    "Ok(Held {",
    "Ok(Extended",
    "Ok(Released",
    "Ok(Expired",
    "Ok(Booked",
    "Ok(Moved",
    "Ok(Cancelled",
    "Ok(DelegationGiven",
    "Ok(DelegationEnded",
    "Ok(HelperAllowed",
    "Ok(Reminded",
    "Ok(LookedUp",
    "Ok(Waiting",
    "Ok(WaitLeft",
    "Ok(OfferDeclined",
    "Ok(EligibilityCorrected",
    "Ok(AdmissionRevoked",
    "Ok(Merged",
    "Err(AdmissionRevoked",
    "Err(AdmissionUnknown",
    "Err(OfferUnknown",
    "Err(PlacesFree",
    "Err(SamePerson",
    "Err(TwoAppointments",
    "Err(WaitUnknown",
    "Err(WaitingBefore",
    "Err(AlreadyBooked",
    "Err(AppointmentChanged",
    "Err(DelegationRevoked",
    "Err(DoseIntervalWrong",
    "Err(FirstDoseNeeded",
    "Err(HoldExpired",
    "Err(HoldTooSoon",
    "Err(PassExpired",
    "Err(RecipientUnknown",
    "Err(SlotFull",
    "Err(SupplyExhausted",
    "Ok(Blocked",
    "Ok(Unblocked",
    "Ok(CapacitySet",
    "Ok(SupplySet",
    "Err(PlacesNotFree",
    "Err(PlacesNotBlocked",
    "Err(CapacityBelowTaken",
    "Err(SupplyOverTotal",
    "Err(SupplyBelowTaken",
    "Ok(CheckedIn",
    "Ok(NoShow",
    "Ok(Fulfilled",
    "Err(AlreadyFulfilled",
    "Err(CheckedInBefore",
    "Err(CheckInNeeded",
    "Err(NoShowBefore",
    "Err(VisitElsewhere",
    "Err(VisitNotYet",
    "Err(VisitNotOver",
    "Err(VisitOver",
];

#[test]
fn the_simulation_reaches_every_kind_of_answer() {
    let mut heard = vec![0_u32; KINDS.len()];
    for seed in 0..SEEDS {
        for answer in simulation::run(seed, &mut memory).unwrap().answers {
            if let Some(kind) = KINDS.iter().position(|kind| answer.starts_with(kind)) {
                heard[kind] += 1;
            }
        }
    }
    for (kind, times) in KINDS.iter().zip(&heard) {
        println!("{kind} {times}");
    }
    let never: Vec<_> = KINDS.iter().zip(&heard).filter(|(_, times)| **times == 0).collect();
    assert!(never.is_empty(), "{never:?}");
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    for seed in 0..10 {
        let first = simulation::run(seed, &mut memory).unwrap();
        assert_eq!(first.hash(), simulation::run(seed, &mut memory).unwrap().hash(), "seed {seed}");
    }
}

#[test]
fn the_line_does_what_the_cases_say() {
    line_cases::run(&|_| Box::new(MemoryLine::default()));
}

#[test]
fn nodes_that_race_settle_every_ticket_once() {
    for seed in 0..10 {
        let line = Arc::new(MemoryLine::default());
        let faults = line_cases::race(seed, &|| Box::new(Arc::clone(&line)));
        assert_eq!(faults, [""; 0], "seed {seed}");
    }
}

#[test]
fn a_line_that_forgets_who_was_fenced_is_caught() {
    let has_faults = |seed| {
        let line = Arc::new(MemoryLine::forgetting_fences());
        !line_cases::race(seed, &|| Box::new(Arc::clone(&line))).is_empty()
    };
    // On a busy machine the racers come one after another, and nobody is fenced in the midst of anything.
    assert!((0..2_000).any(has_faults));
    let cases = || line_cases::run(&|_| Box::new(MemoryLine::forgetting_fences()));
    assert!(std::panic::catch_unwind(cases).is_err());
}
