use super::*;
use crate::rules::tests::{EAST, open_now, too_early};
use crate::rules::tests::{KIM, LEE, NOT_YET, admission, at, campaign, campaign_closed, check, closed};
use crate::rules::{Abandoned, LiveAppointment, RecipientFacts};
use crate::{CampaignId, ClinicId};
use jiff::civil::date;

fn slot(day: i8) -> SlotId {
    SlotId { clinic: ClinicId(3), visit_on: date(2027, 7, day), starts_min: 540 }
}

fn entry() -> WaitEntry {
    WaitEntry {
        campaign: CampaignId(1),
        booker: KIM,
        recipient: KIM,
        scope: WaitScope::Clinic(ClinicId(3)),
        days: None,
        entered_at: at("12 20:30"),
        passed: vec![],
    }
}

#[test]
fn waiting() {
    let campaign = campaign();
    let facts = WaitFacts {
        campaign: &campaign,
        opening: open_now(),
        now: at("12 20:30"),
        booker: KIM,
        admission: Some(admission()),
        recipient: KIM,
        may_be_booked: true,
        eligible: true,
        booked: None,
        scope: WaitScope::Clinic(ClinicId(3)),
        is_scope: true,
        days: None,
        waiting_since: None,
        free: &[],
    };
    let stranger = WaitFacts { may_be_booked: false, eligible: false, ..facts };
    let stands = |state| Some(LiveAppointment { id: AppointmentId(5), slot: slot(26), sido: EAST, state });
    let young = WaitFacts { eligible: false, booked: stands(AppointmentState::Booked), ..facts };
    let given = WaitFacts { booked: stands(AppointmentState::Fulfilled { at: at("12 09:00") }), ..facts };
    let booked = WaitFacts { waiting_since: Some(at("12 20:10")), eligible: true, ..young };
    let already_given =
        Refusal::AlreadyFulfilled { appointment: AppointmentId(5), visit_on: slot(26).visit_on };
    let twice = WaitFacts { waiting_since: Some(at("12 20:10")), is_scope: false, ..facts };
    let nowhere = WaitFacts { is_scope: false, free: &[slot(26)], ..facts };
    let days = |from, until| {
        let days = Some((date(2027, 7, from), date(2027, 7, until)));
        WaitFacts { days, ..facts }
    };
    let group = campaign.group;
    let not_eligible = Refusal::NotEligible { born_from: group.born_from, born_to: group.born_to };
    let expired = WaitFacts { now: at("12 22:30"), ..facts };
    let unknown = || Err(Refusal::WaitScopeUnknown);
    check(vec![
        ("not open", wait(&WaitFacts { opening: NOT_YET, ..stranger }), Err(too_early("12 20:00"))),
        (
            "closed, came later",
            wait(&WaitFacts { opening: closed(), admission: None, ..facts }),
            Err(campaign_closed()),
        ),
        ("never let in", wait(&WaitFacts { admission: None, ..stranger }), Err(Refusal::PassNeeded)),
        ("pass over", wait(&expired), Err(Refusal::PassExpired { expired_at: at("12 21:00") })),
        ("a stranger", wait(&stranger), Err(Refusal::RecipientUnknown)),
        ("too young", wait(&young), Err(not_eligible)),
        ("booked", wait(&booked), Err(Refusal::AlreadyBooked { appointment: AppointmentId(5) })),
        ("vaccinated", wait(&given), Err(already_given)),
        ("waits already", wait(&twice), Err(Refusal::WaitingBefore { since: at("12 20:10") })),
        ("no such clinic", wait(&nowhere), unknown()),
        ("no day of the campaign", wait(&days(1, 25)), unknown()),
        ("from later to earlier", wait(&days(28, 27)), unknown()),
        (
            "days behind",
            wait(&WaitFacts {
                now: at("26 09:00"),
                admission: Some(Admission { expires_at: at("27 09:00"), ..admission() }),
                ..days(26, 26)
            }),
            unknown(),
        ),
        (
            "a place is free",
            wait(&WaitFacts { free: &[slot(26)], ..facts }),
            Err(Refusal::PlacesFree { nearest: vec![slot(26)] }),
        ),
        ("ordinary", wait(&facts), Ok(entry())),
    ]);
}

#[test]
fn an_answer_is_due_in_hours_in_which_people_are_awake() {
    let campaign = campaign();
    let table = [
        ("20 10:00", "20 12:00"),
        ("20 18:59", "20 20:59"),
        ("20 19:00", "20 21:00"),
        ("20 20:00", "21 09:00"),
        ("20 21:00", "21 10:00"),
        ("20 23:30", "21 10:00"),
        ("21 03:00", "21 10:00"),
        ("21 08:00", "21 10:00"),
    ];
    for (now, until) in table {
        assert_eq!(offer_until(&campaign, open_now(), slot(26), at(now)), Some(at(until)), "{now}");
    }
}

#[test]
fn nothing_is_offered_too_late_to_answer() {
    let campaign = campaign();
    let offered = |opening, day, now| offer_until(&campaign, opening, slot(day), at(now)).is_some();
    assert!(offered(open_now(), 26, "25 18:00"));
    assert!(!offered(open_now(), 26, "25 20:00"), "the answer would be due on the day of the visit");
    assert!(!offered(NOT_YET, 26, "20 10:00"));
    assert!(offered(closed(), 26, "24 19:00"), "who waited before the closing still waits");
    assert!(!offered(open_now(), 25, "20 10:00"), "not a day of the campaign");
}

#[test]
fn an_offer_is_whole_or_none() {
    let campaign = campaign();
    let kim = RecipientFacts {
        person: KIM,
        may_be_booked: true,
        eligible: true,
        first: None,
        second: None,
        one_too_many: None,
    };
    let free = |_: Date| vec![(540, 1)];
    let of = |recipients: &[RecipientFacts], doses_left, bands_on: &dyn Fn(Date) -> Vec<(u16, u32)>| {
        let facts = HoldFacts {
            campaign: &campaign,
            opening: open_now(),
            now: at("20 10:00"),
            today: date(2027, 7, 20),
            admission: None,
            booker: KIM,
            recipients,
            dose: DoseNumber(1),
            at: slot(26),
            is_change: false,
            abandoned: Abandoned::default(),
            sido: Some(EAST),
            doses_left,
            bands_on,
        };
        offer(&facts, at("20 12:00")).map(|offer| offer.places.len())
    };
    assert_eq!(of(&[kim], 1, &free), Some(2), "both doses, without a pass");
    assert_eq!(of(&[kim], 0, &free), None, "no dose");
    let no_second = |day: Date| if day == date(2027, 7, 26) { vec![(540, 1)] } else { vec![] };
    assert_eq!(of(&[kim], 1, &no_second), None, "no place for the second");
    assert_eq!(of(&[RecipientFacts { eligible: false, ..kim }], 1, &free), None);
    let state = AppointmentState::Booked;
    let booked = LiveAppointment { id: AppointmentId(1), slot: slot(27), sido: EAST, state };
    assert_eq!(of(&[RecipientFacts { first: Some(booked), ..kim }], 1, &free), None);
}

#[test]
fn answering() {
    let place = Place { recipient: KIM, dose: DoseNumber(1), slot: slot(26) };
    let offer = Offer { places: vec![place], offered_at: at("20 10:00"), expires_at: at("20 12:00") };
    let entry = entry();
    let facts =
        AnswerFacts { now: at("20 11:59"), by: LEE, entry: Some(&entry), offer: Some(&offer), booked: None };
    let late = AnswerFacts { now: at("20 12:00"), ..facts };
    let booked = AnswerFacts { booked: Some(AppointmentId(5)), offer: None, ..facts };
    let expired = || Refusal::OfferExpired { expired_at: at("20 12:00") };
    let appointment = Appointment {
        campaign: CampaignId(1),
        place,
        booker: LEE,
        booked_at: at("20 11:59"),
        state: AppointmentState::Booked,
    };
    let nobody = AnswerFacts { entry: None, ..facts };
    check(vec![
        ("not theirs", accept(&nobody), Err(Refusal::WaitUnknown)),
        ("booked", accept(&booked), Err(Refusal::AlreadyBooked { appointment: AppointmentId(5) })),
        ("nothing offered", accept(&AnswerFacts { offer: None, ..facts }), Err(Refusal::OfferUnknown)),
        ("too late", accept(&late), Err(expired())),
        ("in time", accept(&facts), Ok(vec![appointment])),
    ]);
    check(vec![
        ("declined, not theirs", decline(&nobody), Err(Refusal::WaitUnknown)),
        ("nothing to decline", decline(&AnswerFacts { offer: None, ..facts }), Err(Refusal::OfferUnknown)),
        ("declined too late", decline(&late), Err(expired())),
        ("declined", decline(&facts), Ok(())),
    ]);
}

#[test]
fn a_time_that_was_let_go_by_is_not_wanted_again() {
    let entry =
        WaitEntry { days: Some((date(2027, 7, 26), date(2027, 7, 27))), passed: vec![slot(27)], ..entry() };
    assert!(entry.wants(slot(26)));
    assert!(!entry.wants(slot(27)));
    assert!(!entry.wants(slot(28)));
}
