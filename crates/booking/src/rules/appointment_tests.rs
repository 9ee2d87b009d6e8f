//! Changes confirmed, doses that must still fit each other, appointments cancelled. One row a case.

use super::*;
use crate::rules::tests::*;
use crate::{AppointmentState, Place, Replaced};
use jiff::civil::date;

#[test]
fn a_change_is_confirmed_only_while_the_old_place_stands() {
    let campaign = campaign();
    let replaced = Replaced { appointment: AppointmentId(5), slot: slot(27) };
    let own = Hold { replaces: vec![replaced], ..held(vec![place(KIM, 1, 26)]) };
    let confirm_when = |live, day| {
        let standing = PlaceStanding { may_be_booked: true, live, other_dose: None };
        confirm(&ConfirmFacts {
            campaign: &campaign,
            opening: open_now(),
            now: at("12 20:31"),
            today: date(2027, 7, day),
            booker: KIM,
            admission: Some(admission()),
            hold: Some(&own),
            standings: &[standing],
        })
    };
    let stands = |id, day| Some((AppointmentId(id), slot(day), AppointmentState::Booked));
    let here = AppointmentState::CheckedIn { at: at("12 09:00"), number: 1 };
    let changed = || Err(Refusal::AppointmentChanged { appointment: AppointmentId(5) });
    let until_on = date(2027, 7, 25);
    check(vec![
        (
            "it stands",
            confirm_when(stands(5, 27), 12),
            Ok(Few::one(Confirmed::Moved { id: AppointmentId(5), to: slot(26) })),
        ),
        ("it was cancelled", confirm_when(None, 12), changed()),
        ("its person is there", confirm_when(Some((AppointmentId(5), slot(27), here)), 12), changed()),
        ("it was moved", confirm_when(stands(5, 28), 12), changed()),
        ("another one stands", confirm_when(stands(6, 27), 12), changed()),
        ("its day is too near", confirm_when(stands(5, 27), 26), Err(Refusal::CancelTooLate { until_on })),
    ]);
}

#[test]
fn cancelling() {
    let campaign = campaign();
    let booked = Appointment {
        campaign: campaign.id,
        place: place(LEE, 1, 28),
        booker: KIM,
        booked_at: at("12 20:31"),
        state: AppointmentState::Booked,
    };
    let cancelled = Appointment { state: AppointmentState::Cancelled { at: at("13 09:00") }, ..booked };
    let here = Appointment { state: AppointmentState::CheckedIn { at: at("28 08:50"), number: 3 }, ..booked };
    let given = Appointment { state: AppointmentState::Fulfilled { at: at("28 09:10") }, ..booked };
    let missed = Appointment { state: AppointmentState::NoShow { at: at("28 18:00") }, ..booked };
    let cancel = |appointment, may_act, day| {
        cancel(&CancelFacts {
            id: AppointmentId(5),
            campaign: &campaign,
            today: date(2027, 7, day),
            appointment,
            may_act,
        })
    };
    check(vec![
        ("none", cancel(None, true, 20), Err(Refusal::AppointmentUnknown)),
        ("a stranger's", cancel(Some(&cancelled), false, 27), Err(Refusal::AppointmentUnknown)),
        (
            "cancelled before, and too late",
            cancel(Some(&cancelled), true, 27),
            Err(Refusal::CancelledBefore { cancelled_at: at("13 09:00") }),
        ),
        (
            "the person is there, and too late",
            cancel(Some(&here), true, 28),
            Err(Refusal::CheckedInBefore { checked_in_at: at("28 08:50"), number: 3 }),
        ),
        (
            "given, and too late",
            cancel(Some(&given), true, 28),
            Err(Refusal::AlreadyFulfilled { appointment: AppointmentId(5), visit_on: slot(28).visit_on }),
        ),
        (
            "missed, and too late",
            cancel(Some(&missed), true, 29),
            Err(Refusal::NoShowBefore { recorded_at: at("28 18:00") }),
        ),
        ("on the last day", cancel(Some(&booked), true, 26), Ok(())),
        (
            "a day later",
            cancel(Some(&booked), true, 27),
            Err(Refusal::CancelTooLate { until_on: date(2027, 7, 26) }),
        ),
    ]);
}

#[test]
fn a_dose_is_confirmed_only_while_it_fits_the_other_one() {
    let campaign = campaign();
    let second_on =
        |day| Place { slot: SlotId { visit_on: date(2027, 8, day), ..slot(26) }, ..place(KIM, 2, 26) };
    let confirm_with = |places: Vec<Place>, other: Option<SlotId>| {
        let own = held(places);
        let other_dose = other.map(|slot| (AppointmentId(7), slot));
        let standings = vec![PlaceStanding { may_be_booked: true, live: None, other_dose }; own.places.len()];
        let facts = ConfirmFacts {
            campaign: &campaign,
            opening: open_now(),
            now: at("12 20:31"),
            today: date(2027, 7, 12),
            booker: KIM,
            admission: Some(admission()),
            hold: Some(&own),
            standings: &standings,
        };
        confirm(&facts).map(|made| made.len())
    };
    let wrong = || {
        let (earliest_on, latest_on) = (date(2027, 8, 18), date(2027, 9, 1));
        Err(Refusal::DoseIntervalWrong { earliest_on, latest_on })
    };
    let first = place(KIM, 1, 28);
    check(vec![
        (
            "a second, the first cancelled meanwhile",
            confirm_with(vec![second_on(16)], None),
            Err(Refusal::FirstDoseNeeded),
        ),
        ("a second, the first moved meanwhile", confirm_with(vec![second_on(16)], Some(slot(28))), wrong()),
        ("a second that fits", confirm_with(vec![second_on(18)], Some(slot(28))), Ok(1)),
        ("both together, whatever stands", confirm_with(vec![first, second_on(18)], Some(slot(26))), Ok(2)),
        (
            "a first, the second moved meanwhile",
            confirm_with(vec![first], Some(second_on(16).slot)),
            Err(Refusal::AppointmentChanged { appointment: AppointmentId(7) }),
        ),
        ("a first, the second where it fits", confirm_with(vec![first], Some(second_on(18).slot)), Ok(1)),
    ]);
}
