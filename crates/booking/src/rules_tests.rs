//! Each rule as a table: the facts that differ from those of an ordinary day, and the decision. In the order of
//! precedence: of two things that are wrong, the row above is said.

use super::*;
use crate::{CampaignId, ClinicId, EligibilityGroup, Limits, SlotId, Visits};
use jiff::SignedDuration;
use jiff::civil::date;
use std::collections::BTreeMap;
use std::fmt::Debug;

const KIM: PersonId = PersonId(1);
const LEE: PersonId = PersonId(2);
const EAST: RegionCode = RegionCode(1_100_000_000);
const WEST: RegionCode = RegionCode(2_600_000_000);
const NOT_YET: Opening = Opening::NotYet;

fn at(text: &str) -> Timestamp {
    format!("2027-07-{}:00+09:00", text.replace(' ', "T")).parse().expect("a time is `12 20:00`")
}

fn open_now() -> Opening {
    Opening::Open { at: at("12 20:00") }
}

fn closed() -> Opening {
    Opening::Closed { at: at("24 18:00") }
}

fn campaign() -> Campaign {
    Campaign {
        id: CampaignId(1),
        slug: "c55".to_owned(),
        group: EligibilityGroup { born_from: date(1963, 1, 1), born_to: date(1972, 12, 31) },
        opens_at: at("12 20:00"),
        closes_at: at("24 18:00"),
        visits: Visits { first_on: date(2027, 7, 26), last_on: date(2027, 7, 30), band_min: 30 },
        doses: 2,
        dose_interval_days: 21,
        supply: BTreeMap::new(),
        people: 10,
        limits: Limits::default(),
    }
}

fn check<T: Debug + PartialEq>(table: Vec<(&str, Decision<T>, Decision<T>)>) {
    for (row, decided, expected) in table {
        assert_eq!(decided, expected, "{row}");
    }
}

fn too_early(opens_at: &str) -> Refusal {
    Refusal::TooEarly { opens_at: at(opens_at) }
}

fn campaign_closed() -> Refusal {
    Refusal::CampaignClosed { closed_at: at("24 18:00") }
}

#[test]
fn opening() {
    let campaign = campaign();
    check(vec![
        ("a second before", open(&campaign, NOT_YET, at("12 19:59")), Err(too_early("12 20:00"))),
        ("on time", open(&campaign, NOT_YET, at("12 20:00")), Ok(())),
        ("twice", open(&campaign, open_now(), at("12 21:00")), Ok(())),
        ("a clock that went back", open(&campaign, open_now(), at("12 19:00")), Err(too_early("12 20:00"))),
        ("after the closing", open(&campaign, closed(), at("24 19:00")), Err(campaign_closed())),
        ("closed, and too early", open(&campaign, closed(), at("12 19:00")), Err(campaign_closed())),
    ]);
}

#[test]
fn closing() {
    let campaign = campaign();
    check(vec![
        ("never opened", close(&campaign, NOT_YET, at("24 18:00")), Err(too_early("12 20:00"))),
        ("a minute before", close(&campaign, open_now(), at("24 17:59")), Err(too_early("24 18:00"))),
        ("on time", close(&campaign, open_now(), at("24 18:00")), Ok(())),
        ("twice", close(&campaign, closed(), at("24 19:00")), Ok(())),
    ]);
}

fn ticket(number: u8) -> TicketRef {
    TicketRef([number; 16])
}

fn admission() -> Admission {
    Admission {
        ticket: ticket(1),
        queue_number: 7,
        admitted_at: at("12 20:00"),
        expires_at: at("12 21:00"),
        eligible: true,
    }
}

fn admit_facts(campaign: &Campaign) -> AdmitFacts<'_> {
    AdmitFacts {
        campaign,
        opening: open_now(),
        now: at("12 20:30"),
        person: KIM,
        born_on: date(1965, 5, 1),
        ticket: ticket(1),
        queue_number: 7,
        ticket_used_by: None,
        earlier: None,
    }
}

#[test]
fn admitting() {
    let campaign = campaign();
    let facts = admit_facts(&campaign);
    let group = campaign.group;
    let fresh = Admission { admitted_at: at("12 20:30"), expires_at: at("12 21:30"), ..admission() };
    let renewed = Admission { expires_at: at("12 21:30"), ..admission() };
    let not_eligible = Refusal::NotEligible { born_from: group.born_from, born_to: group.born_to };
    let born = |born_on| admit(&AdmitFacts { born_on, ..facts });
    let used = AdmitFacts { ticket_used_by: Some(LEE), ..facts };
    let again = AdmitFacts { earlier: Some(admission()), ticket: ticket(9), queue_number: 99, ..facts };
    let shut_out = Admission { eligible: false, ..admission() };
    let late = Admission { admitted_at: at("24 18:00"), ..admission() };
    check(vec![
        ("not open", admit(&AdmitFacts { opening: NOT_YET, ..used }), Err(too_early("12 20:00"))),
        ("closed", admit(&AdmitFacts { opening: closed(), ..used }), Err(campaign_closed())),
        ("closed, in before", admit(&AdmitFacts { opening: closed(), ..again }), Ok(renewed)),
        (
            "closed, in at that very instant",
            admit(&AdmitFacts { opening: closed(), earlier: Some(late), ..facts }),
            Err(campaign_closed()),
        ),
        ("a day too old", born(date(1962, 12, 31)), Err(not_eligible.clone())),
        ("the oldest", born(date(1963, 1, 1)), Ok(fresh)),
        ("the youngest", born(date(1972, 12, 31)), Ok(fresh)),
        ("a day too young", born(date(1973, 1, 1)), Err(not_eligible.clone())),
        (
            "too young, with a used ticket",
            admit(&AdmitFacts { born_on: date(1973, 1, 1), ..used }),
            Err(not_eligible.clone()),
        ),
        ("eligible then, not now", admit(&AdmitFacts { born_on: date(1990, 1, 1), ..again }), Ok(renewed)),
        ("not eligible then", admit(&AdmitFacts { earlier: Some(shut_out), ..facts }), Err(not_eligible)),
        ("somebody else's ticket", admit(&used), Err(Refusal::TicketUsed)),
        ("one's own used ticket", admit(&AdmitFacts { ticket_used_by: Some(KIM), ..facts }), Ok(fresh)),
        ("again, with any ticket", admit(&AdmitFacts { ticket_used_by: Some(LEE), ..again }), Ok(renewed)),
    ]);
}

fn slot(visit_day: i8) -> SlotId {
    SlotId { clinic: ClinicId(1), visit_on: date(2027, 7, visit_day), starts_min: 540 }
}

fn place(recipient: PersonId, dose: u8, visit_day: i8) -> Place {
    Place { recipient, dose: DoseNumber(dose), slot: slot(visit_day) }
}

/// A free place: one of one, with one dose left.
fn wanted() -> PlaceFacts {
    PlaceFacts {
        place: place(KIM, 1, 26),
        live_appointment: None,
        slot: Some(SlotCounts { capacity: 1, ..SlotCounts::default() }),
        sido: EAST,
        doses_left: 1,
    }
}

fn hold_facts<'a>(campaign: &'a Campaign, places: &'a [PlaceFacts]) -> HoldFacts<'a> {
    HoldFacts {
        campaign,
        opening: open_now(),
        now: at("12 20:30"),
        today: date(2027, 7, 12),
        admission: Some(admission()),
        booker: KIM,
        places,
    }
}

fn held(places: &[PlaceFacts]) -> Hold {
    Hold {
        campaign: CampaignId(1),
        booker: KIM,
        places: places.iter().map(|wanted| wanted.place).collect(),
        held_at: at("12 20:30"),
        expires_at: at("12 20:35"),
        extended: false,
    }
}

const FULL: Option<SlotCounts> = Some(SlotCounts { capacity: 3, held: 1, booked: 1, blocked: 1 });

/// Everything is wrong with it that can be.
fn hopeless() -> PlaceFacts {
    let live_appointment = Some(AppointmentId(5));
    PlaceFacts { live_appointment, slot: None, doses_left: 0, place: place(KIM, 9, 1), ..wanted() }
}

#[test]
fn who_may_hold() {
    let campaign = campaign();
    let (hopeless, free) = ([hopeless()], [wanted()]);
    let bad = hold_facts(&campaign, &hopeless);
    let good = hold_facts(&campaign, &free);
    let pass = |expires_at| Some(Admission { expires_at: at(expires_at), ..admission() });
    let expired = Refusal::PassExpired { expired_at: at("12 20:30") };
    check(vec![
        (
            "not open",
            hold(&HoldFacts { opening: NOT_YET, admission: None, ..bad.clone() }),
            Err(too_early("12 20:00")),
        ),
        (
            "closed, never admitted",
            hold(&HoldFacts { opening: closed(), admission: None, ..bad.clone() }),
            Err(campaign_closed()),
        ),
        ("closed, in before", hold(&HoldFacts { opening: closed(), ..good.clone() }), Ok(held(&free))),
        ("no pass", hold(&HoldFacts { admission: None, ..bad.clone() }), Err(Refusal::PassNeeded)),
        (
            "a pass to this very instant",
            hold(&HoldFacts { admission: pass("12 20:30"), ..bad }),
            Err(expired),
        ),
        (
            "a pass a minute longer",
            hold(&HoldFacts { admission: pass("12 20:31"), ..good.clone() }),
            Ok(held(&free)),
        ),
        ("nothing in the way", hold(&good), Ok(held(&free))),
    ]);
}

#[test]
fn what_can_be_held() {
    let campaign = campaign();
    let on = |visit_day| PlaceFacts { place: place(KIM, 1, visit_day), ..wanted() };
    let dose = |dose| PlaceFacts { place: place(KIM, dose, 26), ..wanted() };
    let exhausted = Refusal::SupplyExhausted { sido: EAST };
    let full = Refusal::SlotFull { nearest: vec![] };
    let booked = Refusal::AlreadyBooked { appointment: AppointmentId(5) };
    let table: Vec<(&str, Vec<PlaceFacts>, Option<Refusal>)> = vec![
        ("booked before all else", vec![hopeless()], Some(booked.clone())),
        ("the second is booked", vec![PlaceFacts { slot: None, ..wanted() }, hopeless()], Some(booked)),
        ("nothing", vec![], Some(Refusal::PlacesInvalid)),
        ("twins", vec![PlaceFacts { slot: None, ..wanted() }, on(27)], Some(Refusal::PlacesInvalid)),
        ("no dose", vec![PlaceFacts { slot: None, ..dose(0) }], Some(Refusal::PlacesInvalid)),
        ("a third dose of two", vec![PlaceFacts { slot: None, ..dose(3) }], Some(Refusal::PlacesInvalid)),
        ("no such slot", vec![PlaceFacts { slot: None, doses_left: 0, ..on(1) }], Some(Refusal::SlotUnknown)),
        ("yesterday", vec![PlaceFacts { doses_left: 0, ..on(11) }], Some(Refusal::SlotPast)),
        ("today", vec![PlaceFacts { slot: FULL, doses_left: 0, ..on(12) }], Some(Refusal::SlotPast)),
        ("tomorrow", vec![on(13)], None),
        ("no dose left", vec![PlaceFacts { slot: FULL, doses_left: 0, ..wanted() }], Some(exhausted)),
        ("no place left", vec![PlaceFacts { slot: FULL, ..wanted() }], Some(full)),
        ("the last dose for the last place", vec![wanted()], None),
    ];
    check_places(&campaign, table);
}

/// What the first place of a hold takes is not there for the second.
#[test]
fn several_at_once() {
    let campaign = campaign();
    let room = |places, doses_left| PlaceFacts {
        slot: Some(SlotCounts { capacity: places, ..SlotCounts::default() }),
        doses_left,
        ..wanted()
    };
    let second = |first: PlaceFacts| PlaceFacts { place: Place { recipient: LEE, ..first.place }, ..first };
    let pair = |first: PlaceFacts| vec![first, second(first)];
    let elsewhere = PlaceFacts { place: place(LEE, 1, 27), sido: WEST, ..wanted() };
    let both_doses = vec![room(2, 2), PlaceFacts { place: place(KIM, 2, 26), ..room(2, 2) }];
    let table: Vec<(&str, Vec<PlaceFacts>, Option<Refusal>)> = vec![
        ("two places, two doses", pair(room(2, 2)), None),
        ("two places, one dose", pair(room(2, 1)), Some(Refusal::SupplyExhausted { sido: EAST })),
        ("one place, two doses", pair(room(1, 2)), Some(Refusal::SlotFull { nearest: vec![] })),
        ("one each in two regions", vec![wanted(), elsewhere], None),
        ("both doses of one person", both_doses, None),
    ];
    check_places(&campaign, table);
}

fn check_places(campaign: &Campaign, table: Vec<(&str, Vec<PlaceFacts>, Option<Refusal>)>) {
    for (row, places, refusal) in table {
        let expected = refusal.map_or_else(|| Ok(held(&places)), Err);
        assert_eq!(hold(&hold_facts(campaign, &places)), expected, "{row}");
    }
}

#[test]
fn a_hold_lives_for_its_booker_until_its_end() {
    let campaign = campaign();
    let own = held(&[wanted()]);
    let over = Refusal::HoldExpired { expired_at: at("12 20:35") };
    let just_before = at("12 20:35") - SignedDuration::from_nanos(1);
    check(vec![
        ("no such hold", live_hold(None, KIM, at("12 20:30")), Err(Refusal::HoldUnknown)),
        ("somebody else's", live_hold(Some(&own), LEE, at("12 20:40")), Err(Refusal::HoldUnknown)),
        ("just before its end", live_hold(Some(&own), KIM, just_before), Ok(&own)),
        ("at its end", live_hold(Some(&own), KIM, at("12 20:35")), Err(over.clone())),
    ]);
    let extended = Hold { extended: true, ..own.clone() };
    let before = Refusal::ExtendedBefore { expires_at: at("12 20:35") };
    let extend = |hold, booker, now| extend(&campaign, hold, booker, at(now));
    check(vec![
        ("no such hold", extend(None, KIM, "12 20:31"), Err(Refusal::HoldUnknown)),
        ("somebody else's", extend(Some(&own), LEE, "12 20:31"), Err(Refusal::HoldUnknown)),
        ("at its end, extended before", extend(Some(&extended), KIM, "12 20:35"), Err(over)),
        ("extended before", extend(Some(&extended), KIM, "12 20:31"), Err(before)),
        ("added to the end", extend(Some(&own), KIM, "12 20:31"), Ok(at("12 20:40"))),
        ("early as late", extend(Some(&own), KIM, "12 20:29"), Ok(at("12 20:40"))),
    ]);
}

#[test]
fn confirming() {
    let campaign = campaign();
    let own = held(&[wanted()]);
    let facts = ConfirmFacts {
        campaign: &campaign,
        opening: open_now(),
        now: at("12 20:31"),
        booker: KIM,
        admission: Some(admission()),
        hold: Some(&own),
        live_appointment: None,
    };
    let appointment = Appointment {
        campaign: campaign.id,
        place: wanted().place,
        booker: KIM,
        booked_at: at("12 20:31"),
        state: AppointmentState::Booked,
    };
    let taken = ConfirmFacts { live_appointment: Some(AppointmentId(5)), booker: LEE, ..facts };
    let out = ConfirmFacts { now: at("12 21:00"), ..taken };
    let (pass_over, hold_over) = (at("12 21:00"), at("12 20:35"));
    check(vec![
        ("not open", confirm(&ConfirmFacts { opening: NOT_YET, ..out }), Err(too_early("12 20:00"))),
        (
            "closed, never admitted",
            confirm(&ConfirmFacts { opening: closed(), admission: None, ..out }),
            Err(campaign_closed()),
        ),
        ("closed, in before", confirm(&ConfirmFacts { opening: closed(), ..facts }), Ok(vec![appointment])),
        ("no pass", confirm(&ConfirmFacts { admission: None, ..out }), Err(Refusal::PassNeeded)),
        ("pass over", confirm(&out), Err(Refusal::PassExpired { expired_at: pass_over })),
        ("booked meanwhile", confirm(&taken), Err(Refusal::AlreadyBooked { appointment: AppointmentId(5) })),
        ("no hold", confirm(&ConfirmFacts { hold: None, ..facts }), Err(Refusal::HoldUnknown)),
        ("somebody else's", confirm(&ConfirmFacts { booker: LEE, ..facts }), Err(Refusal::HoldUnknown)),
        (
            "hold over",
            confirm(&ConfirmFacts { now: hold_over, ..facts }),
            Err(Refusal::HoldExpired { expired_at: hold_over }),
        ),
        ("nothing in the way", confirm(&facts), Ok(vec![appointment])),
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
    let cancel = |appointment, person, day| cancel(&campaign, appointment, person, date(2027, 7, day));
    check(vec![
        ("none", cancel(None, KIM, 20), Err(Refusal::AppointmentUnknown)),
        ("a stranger's", cancel(Some(&cancelled), PersonId(3), 27), Err(Refusal::AppointmentUnknown)),
        (
            "cancelled before, and too late",
            cancel(Some(&cancelled), KIM, 27),
            Err(Refusal::CancelledBefore { cancelled_at: at("13 09:00") }),
        ),
        ("by the booker", cancel(Some(&booked), KIM, 20), Ok(())),
        ("by the recipient", cancel(Some(&booked), LEE, 20), Ok(())),
        ("on the last day", cancel(Some(&booked), KIM, 26), Ok(())),
        (
            "a day later",
            cancel(Some(&booked), KIM, 27),
            Err(Refusal::CancelTooLate { until_on: date(2027, 7, 26) }),
        ),
    ]);
}

#[test]
fn the_codes_of_refusals_stand_in_the_order_of_the_journey() {
    let numbers = [
        Refusal::KeyReused.number(),
        Refusal::CampaignUnknown.number(),
        campaign_closed().number(),
        Refusal::TicketUsed.number(),
        Refusal::PassNeeded.number(),
        Refusal::PlacesInvalid.number(),
        Refusal::SlotUnknown.number(),
        Refusal::SlotPast.number(),
        Refusal::HoldUnknown.number(),
        Refusal::AppointmentUnknown.number(),
    ];
    assert!(numbers.is_sorted());
}
