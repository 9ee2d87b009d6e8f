//! The audit of a crowd at the stand-in, which is honest at first and then breaks one promise after the other.

use super::*;
use crate::crowd::{CrowdConfig, Ending, run_logged};
use crate::stand_in::{Manners, Sabotage, StandIn};

const PEOPLE: u32 = 400;

async fn findings(manners: Manners) -> Findings {
    let capacity = manners.places_per_slot;
    let service = StandIn::start(manners).await;
    let config = CrowdConfig::new(service.address, "c55".to_owned(), PEOPLE, 2021);
    let mut entries = Vec::new();
    let report = run_logged(config, |_| {}, |entry| entries.push(entry.clone())).await;
    assert_eq!(report.ending, Ending::AllHome);
    assert_eq!(report.journal.requests, entries.len() as u64, "every answer is in the logbook");
    let terms =
        Terms { doses: 1, capacity: &|_| Some(capacity), is_drawn: false, admissions_per_second: None };
    audit(entries.into_iter().map(Ok), &service.export(), &terms).unwrap()
}

/// Long waits, so that telling them wrong is seen.
fn slow() -> Manners {
    Manners { admissions_per_second: 1, ..Manners::default() }
}

fn short() -> Manners {
    Manners { places_per_slot: 10, ..Manners::default() }
}

async fn caught(manners: Manners, sabotage: Sabotage) -> Vec<Claim> {
    let found = findings(Manners { sabotage: Some(sabotage), ..manners }).await;
    assert!(!found.holds());
    found.offences.into_keys().collect()
}

#[tokio::test(start_paused = true)]
async fn an_honest_service_passes() {
    for manners in [Manners::default(), slow(), short(), Manners { busy_every: 4, ..Manners::default() }] {
        let found = findings(manners).await;
        assert!(found.holds(), "{:?} {:?}", found.offences, found.examples);
        assert_eq!(found.people, 400);
        assert_eq!(found.acknowledged, found.standing);
        assert!(found.acknowledged > 100);
        assert_eq!(found.unknown, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn what_nobody_heard_of_is_resolved_by_the_export() {
    let found = findings(Manners { forgets_every: 10, ..Manners::default() }).await;
    assert!(found.holds(), "{:?} {:?}", found.offences, found.examples);
    assert!(found.unknown > 20);
    assert_eq!(found.unknown_booked, found.unknown);
    assert_eq!(found.standing, found.acknowledged + found.unknown_booked);
}

#[tokio::test(start_paused = true)]
async fn an_oversell_by_one_is_caught() {
    assert_eq!(caught(short(), Sabotage::OversellsByOne).await, [Claim::OverCapacity]);
}

#[tokio::test(start_paused = true)]
async fn one_lost_acknowledged_booking_is_caught() {
    assert_eq!(caught(Manners::default(), Sabotage::LosesABooking).await, [Claim::Lost]);
}

#[tokio::test(start_paused = true)]
async fn an_appointment_at_another_time_than_was_acknowledged_is_caught() {
    assert_eq!(caught(Manners::default(), Sabotage::MovesABooking).await, [Claim::Elsewhere]);
}

#[tokio::test(start_paused = true)]
async fn an_appointment_that_nobody_asked_for_is_caught() {
    assert_eq!(caught(Manners::default(), Sabotage::InventsABooking).await, [Claim::Unexplained]);
}

#[tokio::test(start_paused = true)]
async fn one_appointment_number_told_to_two_people_is_caught() {
    let claims = caught(Manners::default(), Sabotage::SharesANumber).await;
    assert!(claims.contains(&Claim::NumberShared), "{claims:?}");
}

#[tokio::test(start_paused = true)]
async fn one_queue_number_of_two_people_is_caught() {
    assert_eq!(caught(Manners::default(), Sabotage::GivesANumberTwice).await, [Claim::NumberChanged]);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_turned_away_although_called_is_caught() {
    assert_eq!(caught(slow(), Sabotage::TurnsAwayTheCalled).await, [Claim::TurnedAway]);
}

#[tokio::test(start_paused = true)]
async fn one_person_with_two_appointments_is_caught() {
    let claims = caught(Manners::default(), Sabotage::BooksTwice).await;
    assert!(claims.contains(&Claim::Twice) && claims.contains(&Claim::Unexplained), "{claims:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_out_of_order_is_caught() {
    assert_eq!(caught(Manners::default(), Sabotage::CallsOutOfOrder).await, [Claim::OutOfOrder]);
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_in_before_their_turn_is_caught() {
    assert_eq!(caught(slow(), Sabotage::LetsInEarly).await, [Claim::EnteredEarly]);
}

#[tokio::test(start_paused = true)]
async fn waits_told_too_short_are_caught() {
    assert_eq!(caught(slow(), Sabotage::TellsWaitsTooShort).await, [Claim::WaitToldTooShort]);
}

#[tokio::test(start_paused = true)]
async fn honest_waits_are_scored_as_such() {
    let found = findings(slow()).await;
    assert!(found.told.people > 300, "{}", found.told.people);
    assert_eq!(found.told.too_short, 0);
    assert!(found.told.samples.iter().any(|(low_s, _, had_s)| *low_s > 100 && *had_s > 100));
}
