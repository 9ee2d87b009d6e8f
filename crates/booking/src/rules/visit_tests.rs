//! One row a case, in the order of precedence. The visit is on the 26th from 09:00 to 09:30.

use super::*;
use crate::rules::tests::{KIM, at, campaign, check, place, slot};
use crate::{AppointmentState as State, CampaignId};

const ID: AppointmentId = AppointmentId(5);

fn appointment(state: State) -> Appointment {
    Appointment {
        campaign: CampaignId(1),
        place: place(KIM, 1, 26),
        booker: KIM,
        booked_at: at("12 20:31"),
        state,
    }
}

fn cancelled() -> State {
    State::Cancelled { at: at("13 09:00") }
}

fn checked_in() -> State {
    State::CheckedIn { at: at("26 08:50"), number: 3 }
}

fn missed() -> State {
    State::NoShow { at: at("26 18:00") }
}

fn given() -> State {
    State::Fulfilled { at: at("26 09:10") }
}

fn cancelled_before() -> Decision<()> {
    Err(Refusal::CancelledBefore { cancelled_at: at("13 09:00") })
}

fn checked_in_before() -> Decision<()> {
    Err(Refusal::CheckedInBefore { checked_in_at: at("26 08:50"), number: 3 })
}

fn missed_before() -> Decision<()> {
    Err(Refusal::NoShowBefore { recorded_at: at("26 18:00") })
}

fn fulfilled_before() -> Decision<()> {
    Err(Refusal::AlreadyFulfilled { appointment: ID, visit_on: slot(26).visit_on })
}

/// Somebody at the clinic of that number, at that time of July.
fn decide<T>(
    decide: impl Fn(&VisitFacts<'_>) -> T,
    state: State,
    clinic: u32,
    now: &str,
    is_correction: bool,
) -> T {
    let (campaign, appointment) = (campaign(), appointment(state));
    let clinic = ClinicId(clinic);
    decide(&VisitFacts {
        campaign: &campaign,
        now: at(now),
        clinic,
        id: ID,
        appointment: &appointment,
        is_correction,
    })
}

#[test]
fn checking_in() {
    let check_in = |state, clinic, now| decide(check_in, state, clinic, now, false);
    let elsewhere = || Err(Refusal::VisitElsewhere { slot: slot(26) });
    let day = slot(26).visit_on;
    check(vec![
        ("at another clinic, cancelled", check_in(cancelled(), 2, "26 09:00"), elsewhere()),
        ("cancelled, too early", check_in(cancelled(), 1, "25 09:00"), cancelled_before()),
        ("given, on another day", check_in(given(), 1, "27 09:00"), fulfilled_before()),
        ("checked in before, on another day", check_in(checked_in(), 1, "27 09:00"), checked_in_before()),
        ("missed, on another day", check_in(missed(), 1, "27 09:00"), missed_before()),
        (
            "the evening before",
            check_in(State::Booked, 1, "25 23:59"),
            Err(Refusal::VisitNotYet { visit_on: day }),
        ),
        ("from midnight", check_in(State::Booked, 1, "26 00:00"), Ok(())),
        ("until midnight", check_in(State::Booked, 1, "26 23:59"), Ok(())),
        ("the day after", check_in(State::Booked, 1, "27 00:00"), Err(Refusal::VisitOver { visit_on: day })),
    ]);
}

#[test]
fn not_coming() {
    let no_show = |state, clinic, now, corrects| decide(no_show, state, clinic, now, corrects);
    let elsewhere = || Err(Refusal::VisitElsewhere { slot: slot(26) });
    let not_over = || Err(Refusal::VisitNotOver { ends_at: at("26 09:30") });
    check(vec![
        ("at another clinic, cancelled", no_show(cancelled(), 2, "26 10:00", false), elsewhere()),
        ("cancelled, too early", no_show(cancelled(), 1, "25 09:00", true), cancelled_before()),
        ("given, too early", no_show(given(), 1, "26 09:15", true), fulfilled_before()),
        ("they came, too early", no_show(checked_in(), 1, "26 09:00", false), checked_in_before()),
        ("recorded before", no_show(missed(), 1, "26 19:00", true), missed_before()),
        ("just before the time is over", no_show(State::Booked, 1, "26 09:29", false), not_over()),
        ("just before, by correction", no_show(checked_in(), 1, "26 09:29", true), not_over()),
        ("the time is over", no_show(State::Booked, 1, "26 09:30", false), Ok(())),
        ("days later", no_show(State::Booked, 1, "30 09:00", false), Ok(())),
        ("sent home without a dose", no_show(checked_in(), 1, "26 09:30", true), Ok(())),
    ]);
}

#[test]
fn vaccinating() {
    let alone = DoseFacts { first_given: false, other: None };
    let rebooked = DoseFacts { other: Some(AppointmentId(9)), ..alone };
    let fulfil_with = |dose, state, clinic, now, corrects| {
        decide(|facts| fulfil(facts, dose), state, clinic, now, corrects)
    };
    let fulfil = |state, clinic, now, corrects| fulfil_with(alone, state, clinic, now, corrects);
    let elsewhere = || Err(Refusal::VisitElsewhere { slot: slot(26) });
    let day = slot(26).visit_on;
    check(vec![
        ("at another clinic, cancelled", fulfil(cancelled(), 2, "26 09:00", true), elsewhere()),
        ("cancelled, too early", fulfil(cancelled(), 1, "25 09:00", true), cancelled_before()),
        ("given before", fulfil(given(), 1, "26 09:20", true), fulfilled_before()),
        (
            "not checked in, the day after",
            fulfil(State::Booked, 1, "27 09:00", false),
            Err(Refusal::CheckInNeeded),
        ),
        ("missed", fulfil(missed(), 1, "26 19:00", false), missed_before()),
        (
            "missed and booked again",
            fulfil_with(rebooked, missed(), 1, "26 19:00", true),
            Err(Refusal::AlreadyBooked { appointment: AppointmentId(9) }),
        ),
        ("checked in", fulfil(checked_in(), 1, "26 09:10", false), Ok(())),
        (
            "checked in, the day after",
            fulfil(checked_in(), 1, "27 09:00", false),
            Err(Refusal::VisitOver { visit_on: day }),
        ),
        ("checked in, the day after, by correction", fulfil(checked_in(), 1, "27 09:00", true), Ok(())),
        ("not checked in, by correction", fulfil(State::Booked, 1, "26 09:10", true), Ok(())),
        ("missed, by correction", fulfil(missed(), 1, "30 09:10", true), Ok(())),
        (
            "the day before, by correction",
            fulfil(State::Booked, 1, "25 09:10", true),
            Err(Refusal::VisitNotYet { visit_on: day }),
        ),
    ]);
}

#[test]
fn a_second_dose_is_given_after_a_first() {
    let campaign = campaign();
    let second = Appointment { place: place(KIM, 2, 26), ..appointment(checked_in()) };
    let facts = VisitFacts {
        campaign: &campaign,
        now: at("26 09:10"),
        clinic: ClinicId(1),
        id: ID,
        appointment: &second,
        is_correction: false,
    };
    let after = |first_given| fulfil(&facts, DoseFacts { first_given, other: None });
    check(vec![
        ("no first dose on record", after(false), Err(Refusal::FirstDoseNeeded)),
        ("with one", after(true), Ok(())),
    ]);
}
