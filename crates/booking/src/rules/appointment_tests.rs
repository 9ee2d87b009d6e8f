use super::*;
use crate::Place;
use crate::rules::tests::{KIM, admission, at, campaign, check, held, open_now, place, second_slot};
use jiff::civil::date;

#[test]
fn a_second_dose_is_confirmed_only_while_a_first_leads_to_it() {
    let campaign = campaign();
    let confirm_with = |places: Place, other| {
        let hold = held(vec![places]);
        let standing = PlaceStanding { may_be_booked: true, live: None, other };
        let confirmed = confirm(&ConfirmFacts {
            campaign: &campaign,
            opening: open_now(),
            now: at("12 20:31"),
            today: date(2027, 7, 12),
            booker: KIM,
            admission: Some(admission()),
            hold: Some(&hold),
            standings: &[standing],
        });
        confirmed.map(|made| made.len())
    };
    let second = Place { slot: second_slot(), dose: DoseNumber(2), ..place(KIM, 1, 26) };
    let first_on = |day| Some((Some(AppointmentId(5)), date(2027, 7, day)));
    let (earliest_on, latest_on) = campaign.dose_interval.after(date(2027, 7, 30));
    let too_near = Refusal::DoseIntervalWrong { earliest_on, latest_on };
    let second_on = |day| Some((Some(AppointmentId(6)), date(2027, 8, day)));
    check(vec![
        ("the first was cancelled meanwhile", confirm_with(second, None), Err(Refusal::FirstDoseNeeded)),
        ("the first was moved away", confirm_with(second, first_on(30)), Err(too_near)),
        ("the first leads to it", confirm_with(second, first_on(26)), Ok(1)),
        (
            "the second was moved away",
            confirm_with(place(KIM, 1, 26), second_on(2)),
            Err(Refusal::AppointmentChanged { appointment: AppointmentId(6) }),
        ),
        ("the second follows", confirm_with(place(KIM, 1, 26), second_on(16)), Ok(1)),
    ]);
}
