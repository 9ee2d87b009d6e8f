//! Lies about what became of visits.

use super::super::{Rows, prove};
use super::{Story, at, caught, tell};
use booking::{AppointmentId, Change, Channel, DoseNumber, SlotId, StaffId};
use jiff::SignedDuration;
use store::conformance::world::{self, CAMPAIGN, PAIRS};
use store::proof::{Broken, Claim};
use store::{AsStaff, Command, RecordVisit, StaffAct, StaffUse, TakePlaces};

const FIRST: AppointmentId = AppointmentId(1);
const SECOND: AppointmentId = AppointmentId(2);

fn staff(used: StaffUse) -> Command {
    AsStaff::over(Channel::Clinic, StaffId(7), StaffAct::Use(used)).into()
}

fn visit(slot: SlotId, appointment: AppointmentId) -> RecordVisit {
    RecordVisit { clinic: slot.clinic, appointment, is_correction: false }
}

/// From the opening to the first visits.
fn until_nine() -> SignedDuration {
    let nine: jiff::Timestamp = "2027-07-26T00:00:00Z".parse().expect("a literal instant");
    nine.duration_since(world::opens_at())
}

/// One books two doses and another one; a day of visits later the first dose of the one was given, and the other did
/// not come.
fn a_clinic_day() -> Rows {
    let mut story = Story::begin();
    let (one, other) = (story.comes_in(1), story.comes_in(2));
    let (early, late) = (at(2, 540), at(2, 570));
    story.books(TakePlaces::for_oneself(PAIRS, one, early));
    let missed = story.books(TakePlaces::for_oneself(CAMPAIGN, other, late))[0].0;
    story.recorder.clock.advance(until_nine() + SignedDuration::from_mins(5));
    story.does(staff(StaffUse::CheckIn(visit(early, FIRST))));
    story.does(staff(StaffUse::Fulfil(visit(early, FIRST))));
    story.recorder.clock.advance(SignedDuration::from_hours(3));
    story.does(staff(StaffUse::NoShow(visit(late, missed))));
    story.rows()
}

/// One books two doses and does not come to the first; the second goes with it.
fn a_missed_pair() -> Rows {
    let mut story = Story::begin();
    let one = story.comes_in(1);
    let early = at(2, 540);
    story.books(TakePlaces::for_oneself(PAIRS, one, early));
    story.recorder.clock.advance(until_nine() + SignedDuration::from_hours(3));
    story.does(staff(StaffUse::NoShow(visit(early, FIRST))));
    story.rows()
}

fn with_another(mut rows: Rows, change: impl FnOnce(jiff::Timestamp) -> Change) -> Rows {
    let at_end = rows.last().unwrap().0;
    rows.push((at_end, vec![change(at_end)]));
    rows
}

#[test]
fn an_honest_clinic_day_is_believed() {
    assert_eq!(prove(&world::country(), &a_clinic_day()).unwrap().appointments_made, 3);
    assert_eq!(prove(&world::country(), &a_missed_pair()).unwrap().appointments_live, 0);
}

#[test]
fn a_dose_that_was_given_twice_is_caught() {
    let rows = with_another(a_clinic_day(), |at| Change::Fulfilled {
        id: FIRST,
        is_correction: true,
        by: StaffId(7),
        at,
    });
    let offence = caught(&world::country(), &rows, Claim::OneAppointment);
    assert_eq!(offence.broken, Broken::AppointmentNotLive { appointment: FIRST });
}

#[test]
fn a_second_dose_before_the_first_is_caught() {
    let mut rows = a_clinic_day();
    tell(&mut rows, |change| {
        let Change::Fulfilled { id, .. } = change else { return false };
        *id = SECOND;
        true
    });
    let offence = caught(&world::country(), &rows, Claim::SecondDoses);
    assert!(matches!(offence.broken, Broken::FirstDoseMissing { second: SECOND, .. }), "{offence:?}");
}

#[test]
fn a_visit_that_is_missed_after_the_dose_was_given_is_caught() {
    let rows = with_another(a_clinic_day(), |at| Change::NoShow {
        id: FIRST,
        dropped: Some(SECOND),
        by: StaffId(7),
        at,
    });
    let offence = caught(&world::country(), &rows, Claim::OneAppointment);
    assert_eq!(offence.broken, Broken::AppointmentNotLive { appointment: FIRST });
}

#[test]
fn a_second_dose_that_outlives_its_missed_first_is_caught() {
    let mut rows = a_missed_pair();
    tell(&mut rows, |change| {
        let Change::NoShow { dropped, .. } = change else { return false };
        dropped.take().is_some()
    });
    caught(&world::country(), &rows, Claim::SecondDoses);
}

#[test]
fn a_missed_visit_that_takes_the_appointment_of_another_with_it_is_caught() {
    let mut rows = a_clinic_day();
    tell(&mut rows, |change| {
        let Change::NoShow { dropped, .. } = change else { return false };
        *dropped = Some(SECOND);
        true
    });
    let offence = caught(&world::country(), &rows, Claim::OneAppointment);
    assert_eq!(offence.broken, Broken::AppointmentNotLive { appointment: SECOND });
}

#[test]
fn somebody_who_arrives_for_an_appointment_that_was_missed_is_caught() {
    let rows =
        with_another(a_missed_pair(), |at| Change::CheckedIn { id: FIRST, number: 1, by: StaffId(7), at });
    caught(&world::country(), &rows, Claim::OneAppointment);
}

/// The one who did not come booked again; then the missed visit is called a given dose.
#[test]
fn a_correction_that_makes_two_appointments_for_one_dose_is_caught() {
    let mut story = Story::begin();
    let one = story.comes_in(1);
    let early = at(2, 540);
    let missed = story.books(TakePlaces::for_oneself(CAMPAIGN, one, early))[0].0;
    story.recorder.clock.advance(until_nine() + SignedDuration::from_hours(3));
    story.does(staff(StaffUse::NoShow(visit(early, missed))));
    story.comes_in(1);
    let later = SlotId { visit_on: early.visit_on.tomorrow().unwrap(), ..early };
    let again = story.books(TakePlaces::for_oneself(CAMPAIGN, one, later))[0].0;
    let rows = with_another(story.rows(), |at| Change::Fulfilled {
        id: missed,
        is_correction: true,
        by: StaffId(7),
        at,
    });
    let offence = caught(&world::country(), &rows, Claim::OneAppointment);
    let expected = Broken::TwoAppointments {
        person: one,
        campaign: CAMPAIGN,
        dose: DoseNumber(1),
        first: again,
        second: missed,
    };
    assert_eq!(offence.broken, expected);
}
