//! Lies about who waits, and about the places that are kept for them.

use super::super::{Rows, prove, prove_beside};
use super::{Story, at, caught, tell};
use booking::{Change, OfferEnd, Outcome, PersonId, WaitEnd, WaitEntry, WaitId, WaitScope};
use jiff::SignedDuration;
use jiff::civil::date;
use std::sync::Arc;
use store::conformance::world::{self, CAMPAIGN};
use store::proof::{Broken, Claim};
use store::{Command, Ledger, TakePlaces, Wait};

const WAIT: WaitId = WaitId(1);

/// Three book the only places of a day, two wait for one, one of the three cancels, and the first who waits is offered
/// the place, does what `answer` says, and the story ends.
fn a_place_comes_back(answer: impl FnOnce(PersonId) -> Command) -> Rows {
    let mut story = Story::begin();
    let made: Vec<_> = (1..=3)
        .map(|number| {
            let person = story.comes_in(number);
            let slot = at(1, 510 + 30 * u16::from(number));
            (person, story.books(TakePlaces::for_oneself(CAMPAIGN, person, slot))[0].0)
        })
        .collect();
    let (first, second) = (story.comes_in(4), story.comes_in(5));
    for who in [first, second] {
        let day = date(2027, 7, 26);
        let scope = WaitScope::Clinic(at(1, 540).clinic);
        let wait = Wait { campaign: CAMPAIGN, booker: who, recipient: who, scope, days: Some((day, day)) };
        story.does(Command::Wait(wait));
    }
    let (person, appointment) = made[0];
    story.does(Command::Cancel { person, appointment });
    story.does(answer(first));
    story.rows()
}

fn accepted() -> Rows {
    a_place_comes_back(|person| Command::AcceptOffer { by: person, wait: WAIT })
}

fn declined() -> Rows {
    a_place_comes_back(|person| Command::DeclineOffer { by: person, wait: WAIT })
}

fn without(rows: &mut Rows, lie: impl Fn(&Change) -> bool) {
    let before: usize = rows.iter().map(|(_, changes)| changes.len()).sum();
    for (_, changes) in rows.iter_mut() {
        changes.retain(|change| !lie(change));
    }
    let after: usize = rows.iter().map(|(_, changes)| changes.len()).sum();
    assert!(after < before, "nothing to leave out");
}

/// The first change that is one stands twice.
fn twice(rows: &mut Rows, is_one: impl Fn(&Change) -> bool) {
    for (_, changes) in rows {
        if let Some(position) = changes.iter().position(&is_one) {
            changes.insert(position, changes[position].clone());
            return;
        }
    }
    unreachable!("nothing to repeat");
}

fn broken(rows: &Rows) -> Broken {
    caught(&world::country(), rows, Claim::Holds).broken
}

#[test]
fn honest_waiting_is_believed_whatever_the_answer() {
    assert_eq!(prove(&world::country(), &accepted()).unwrap().appointments_made, 4);
    assert_eq!(prove(&world::country(), &declined()).unwrap().appointments_made, 3);
}

#[test]
fn a_number_of_waiting_that_is_given_twice_is_caught() {
    let mut rows = accepted();
    twice(&mut rows, |change| matches!(change, Change::Waited { .. }));
    assert_eq!(broken(&rows), Broken::WaitMisused { wait: WAIT });
}

#[test]
fn one_who_waits_twice_is_caught() {
    let mut rows = accepted();
    let mut first = None;
    for change in rows.iter_mut().flat_map(|(_, changes)| changes) {
        let Change::Waited { entry, .. } = change else { continue };
        let WaitEntry { booker, recipient, .. } = *first.get_or_insert_with(|| entry.clone());
        (entry.booker, entry.recipient) = (booker, recipient);
    }
    without(&mut rows, |change| {
        matches!(change, Change::Answered { outcome: Outcome::Waiting { id: WaitId(2), .. }, .. })
    });
    assert_eq!(broken(&rows), Broken::WaitMisused { wait: WaitId(2) });
}

#[test]
fn somebody_who_waits_without_having_been_inside_is_caught() {
    let mut rows = accepted();
    without(
        &mut rows,
        |change| matches!(change, Change::Admitted { campaign: CAMPAIGN, person, .. } if *person == PersonId(5)),
    );
    caught(&world::country(), &rows, Claim::Leave);
}

#[test]
fn a_place_that_is_offered_though_none_came_back_is_caught() {
    let mut rows = accepted();
    without(&mut rows, |change| matches!(change, Change::PlaceAwaited { .. }));
    assert_eq!(broken(&rows), Broken::NotAwaited { slot: at(1, 540) });
}

#[test]
fn a_place_that_is_given_to_everybody_out_of_its_order_is_caught() {
    let mut rows = accepted();
    tell(&mut rows, |change| {
        let Change::PlaceOffered { .. } = change else { return false };
        *change = Change::PlacePassed { slot: at(1, 570) };
        true
    });
    assert_eq!(broken(&rows), Broken::NotAwaited { slot: at(1, 570) });
}

#[test]
fn a_second_offer_to_one_who_thinks_about_the_first_is_caught() {
    let mut rows = accepted();
    twice(&mut rows, |change| matches!(change, Change::PlaceOffered { .. }));
    assert_eq!(broken(&rows), Broken::OfferMisused { wait: WAIT });
}

#[test]
fn an_offer_under_the_name_of_somebody_else_is_caught() {
    let mut rows = accepted();
    tell(&mut rows, |change| {
        let Change::PlaceOffered { offer, .. } = change else { return false };
        offer.places[0].recipient = PersonId(5);
        true
    });
    assert_eq!(broken(&rows), Broken::OfferMisused { wait: WAIT });
}

#[test]
fn an_offer_that_is_taken_after_its_time_or_let_go_by_before_it_is_caught() {
    for end in [OfferEnd::Accepted, OfferEnd::Expired] {
        let mut rows = if end == OfferEnd::Accepted { accepted() } else { declined() };
        tell(&mut rows, |change| {
            let Change::OfferEnded { end: was, at, .. } = change else { return false };
            *was = end;
            if end == OfferEnd::Accepted {
                *at += SignedDuration::from_hours(24);
            }
            true
        });
        assert_eq!(broken(&rows), Broken::OfferMisused { wait: WAIT });
    }
}

#[test]
fn an_offer_that_is_taken_and_makes_no_appointment_is_caught() {
    let mut rows = accepted();
    for (_, changes) in &mut rows {
        if changes.iter().any(|change| matches!(change, Change::OfferEnded { .. })) {
            changes.retain(|change| !matches!(change, Change::Booked { .. } | Change::Answered { .. }));
        }
    }
    assert_eq!(broken(&rows), Broken::OfferMisused { wait: WAIT });
}

#[test]
fn waiting_that_ends_over_an_open_offer_is_caught() {
    let mut rows = accepted();
    let (at_end, changes) = rows.last_mut().unwrap();
    let offered = changes.iter().position(|change| matches!(change, Change::PlaceOffered { .. })).unwrap();
    changes.insert(offered + 1, Change::WaitEnded { id: WAIT, end: WaitEnd::Left, at: *at_end });
    assert_eq!(broken(&rows), Broken::OfferMisused { wait: WAIT });
}

#[test]
fn waiting_that_ends_and_never_began_is_caught() {
    let mut rows = accepted();
    let (at_end, changes) = rows.last_mut().unwrap();
    changes.push(Change::WaitEnded { id: WaitId(9), end: WaitEnd::Left, at: *at_end });
    assert_eq!(broken(&rows), Broken::WaitMisused { wait: WaitId(9) });
}

/// A service that believes that somebody waits of whom the journal knows nothing.
#[test]
fn a_service_that_lets_somebody_else_wait_is_caught() {
    let mut ledger = Ledger::new(Arc::new(world::country()));
    let day = world::opens_at();
    let entry = WaitEntry {
        campaign: CAMPAIGN,
        booker: PersonId(9),
        recipient: PersonId(9),
        scope: WaitScope::Clinic(at(6, 540).clinic),
        days: None,
        entered_at: day,
        passed: Vec::new(),
    };
    ledger.replay(&Change::Waited { id: WaitId(9), entry }).unwrap();
    let offence = prove_beside(&world::country(), &declined(), ledger).unwrap_err();
    assert_eq!(offence.broken, Broken::WaitMisused { wait: WaitId(9) });
}
