//! Each rule as a table: the facts that differ from those of an ordinary day, and the decision. In the order of
//! precedence: of two things that are wrong, the row above is said.

use super::*;
use crate::{
    Appointment, AppointmentId, AppointmentState, CampaignId, ClinicId, DoseInterval, DoseNumber,
    EligibilityGroup, Few, Hold, Limits, Place, RegionCode, SlotId, Visits,
};
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::civil::date;
use std::collections::BTreeMap;
use std::fmt::Debug;

pub(crate) const KIM: PersonId = PersonId(1);
pub(crate) const LEE: PersonId = PersonId(2);
pub(crate) const EAST: RegionCode = RegionCode(1_100_000_000);
pub(crate) const WEST: RegionCode = RegionCode(2_600_000_000);
pub(crate) const NOT_YET: Opening = Opening::NotYet;

pub(crate) fn at(text: &str) -> Timestamp {
    format!("2027-07-{}:00+09:00", text.replace(' ', "T")).parse().expect("a time is `12 20:00`")
}

pub(crate) fn open_now() -> Opening {
    Opening::Open { at: at("12 20:00") }
}

pub(crate) fn closed() -> Opening {
    Opening::Closed { at: at("24 18:00") }
}

pub(crate) fn campaign() -> Campaign {
    Campaign {
        id: CampaignId(1),
        slug: "c55".to_owned(),
        group: EligibilityGroup::born(date(1963, 1, 1), date(1972, 12, 31)),
        opens_at: at("12 20:00"),
        closes_at: at("24 18:00"),
        visits: Visits { first_on: date(2027, 7, 26), last_on: date(2027, 7, 30), band_min: 30 },
        doses: 2,
        dose_interval: DoseInterval { min_days: 21, planned_days: 21, max_days: 35 },
        supply: BTreeMap::new(),
        people: 10,
        limits: Limits::default(),
    }
}

pub(crate) fn check<T: Debug + PartialEq>(table: Vec<(&str, Decision<T>, Decision<T>)>) {
    for (row, decided, expected) in table {
        assert_eq!(decided, expected, "{row}");
    }
}

pub(crate) fn too_early(opens_at: &str) -> Refusal {
    Refusal::TooEarly { opens_at: at(opens_at) }
}

pub(crate) fn campaign_closed() -> Refusal {
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

pub(crate) fn admission() -> Admission {
    Admission {
        ticket: ticket(1),
        queue_number: 7,
        admitted_at: at("12 20:00"),
        expires_at: at("12 21:00"),
        eligible: true,
    }
}

pub(crate) fn born(born_on: Date) -> Candidate {
    Candidate { born_on, on_roster: false }
}

fn admit_facts(campaign: &Campaign) -> AdmitFacts<'_> {
    AdmitFacts {
        campaign,
        opening: open_now(),
        now: at("12 20:30"),
        person: KIM,
        candidate: born(date(1965, 5, 1)),
        corrected: None,
        helps_eligible: false,
        ticket: ticket(1),
        queue_number: 7,
        ticket_used_by: None,
        revoked_at: None,
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
    let aged = |born_on| admit(&AdmitFacts { candidate: born(born_on), ..facts });
    let young = born(date(1990, 1, 1));
    let helper = Admission { eligible: false, ..fresh };
    let used = AdmitFacts { ticket_used_by: Some(LEE), ..facts };
    let again = AdmitFacts { earlier: Some(admission()), ticket: ticket(9), queue_number: 99, ..facts };
    let shut_out = Admission { eligible: false, ..admission() };
    let late = Admission { admitted_at: at("24 18:00"), ..admission() };
    let revoked = AdmitFacts { revoked_at: Some(at("12 20:10")), ..facts };
    let correction =
        |eligible, also_admitted| Some(Correction { eligible, also_admitted, at: at("12 20:10") });
    let corrected = |eligible, facts| AdmitFacts { corrected: correction(eligible, false), ..facts };
    check(vec![
        ("not open", admit(&AdmitFacts { opening: NOT_YET, ..used }), Err(too_early("12 20:00"))),
        ("closed", admit(&AdmitFacts { opening: closed(), ..used }), Err(campaign_closed())),
        (
            "with the ticket of a pass that was revoked",
            admit(&AdmitFacts { ticket_used_by: Some(LEE), ..revoked }),
            Err(Refusal::AdmissionRevoked { revoked_at: at("12 20:10") }),
        ),
        ("let in again since", admit(&AdmitFacts { earlier: Some(admission()), ..revoked }), Ok(renewed)),
        (
            "corrected in, too young",
            admit(&corrected(true, AdmitFacts { candidate: young, ..facts })),
            Ok(fresh),
        ),
        ("corrected out", admit(&corrected(false, facts)), Err(not_eligible.clone())),
        (
            "corrected out, inside before",
            admit(&corrected(false, AdmitFacts { earlier: Some(admission()), ..facts })),
            Ok(renewed),
        ),
        ("closed, in before", admit(&AdmitFacts { opening: closed(), ..again }), Ok(renewed)),
        (
            "closed, in at that very instant",
            admit(&AdmitFacts { opening: closed(), earlier: Some(late), ..facts }),
            Err(campaign_closed()),
        ),
        ("a day too old", aged(date(1962, 12, 31)), Err(not_eligible.clone())),
        ("the oldest", aged(date(1963, 1, 1)), Ok(fresh)),
        ("the youngest", aged(date(1972, 12, 31)), Ok(fresh)),
        ("a day too young", aged(date(1973, 1, 1)), Err(not_eligible.clone())),
        (
            "too young, with a used ticket",
            admit(&AdmitFacts { candidate: young, ..used }),
            Err(not_eligible.clone()),
        ),
        ("eligible then, not now", admit(&AdmitFacts { candidate: young, ..again }), Ok(renewed)),
        (
            "for others only",
            admit(&AdmitFacts { candidate: young, helps_eligible: true, ..facts }),
            Ok(helper),
        ),
        ("not eligible then", admit(&AdmitFacts { earlier: Some(shut_out), ..facts }), Err(not_eligible)),
        ("somebody else's ticket", admit(&used), Err(Refusal::TicketUsed)),
        ("one's own used ticket", admit(&AdmitFacts { ticket_used_by: Some(KIM), ..facts }), Ok(fresh)),
        ("again, with any ticket", admit(&AdmitFacts { ticket_used_by: Some(LEE), ..again }), Ok(renewed)),
    ]);
}

#[test]
fn a_roster_may_be_needed_beside_the_age() {
    let mut campaign = campaign();
    campaign.group.roster_needed = true;
    let listed = Candidate { on_roster: true, ..born(date(1965, 5, 1)) };
    assert!(campaign.group.contains(listed));
    assert!(!campaign.group.contains(born(date(1965, 5, 1))));
    assert!(!campaign.group.contains(Candidate { born_on: date(1990, 1, 1), ..listed }));
}

pub(crate) fn slot(visit_day: i8) -> SlotId {
    SlotId { clinic: ClinicId(1), visit_on: date(2027, 7, visit_day), starts_min: 540 }
}

/// Three weeks after the 26th.
pub(crate) fn second_slot() -> SlotId {
    SlotId { visit_on: date(2027, 8, 16), ..slot(26) }
}

pub(crate) fn place(recipient: PersonId, dose: u8, visit_day: i8) -> Place {
    Place { recipient, dose: DoseNumber(dose), slot: slot(visit_day) }
}

pub(crate) fn held(places: Vec<Place>) -> Hold {
    Hold {
        places: places.into(),
        campaign: CampaignId(1),
        booker: KIM,
        replaces: vec![],
        held_at: at("12 20:30"),
        expires_at: at("12 20:35"),
        extended: false,
    }
}

#[test]
fn a_hold_lives_for_its_booker_until_its_end() {
    let campaign = campaign();
    let own = held(vec![place(KIM, 1, 26)]);
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
    let own = held(vec![place(KIM, 1, 26)]);
    let free = PlaceStanding { may_be_booked: true, live: None, other_dose: None };
    let facts = ConfirmFacts {
        campaign: &campaign,
        opening: open_now(),
        now: at("12 20:31"),
        today: date(2027, 7, 12),
        booker: KIM,
        admission: Some(admission()),
        hold: Some(&own),
        standings: &[free],
    };
    let appointment = Confirmed::Booked(Appointment {
        campaign: campaign.id,
        place: place(KIM, 1, 26),
        booker: KIM,
        booked_at: at("12 20:31"),
        state: AppointmentState::Booked,
    });
    let booked =
        [PlaceStanding { live: Some((AppointmentId(5), slot(27), AppointmentState::Booked)), ..free }];
    let fulfilled = AppointmentState::Fulfilled { at: at("12 09:00") };
    let given = [PlaceStanding { live: Some((AppointmentId(5), slot(27), fulfilled)), ..free }];
    let revoked = [PlaceStanding { may_be_booked: false, ..booked[0] }];
    let taken = ConfirmFacts { standings: &booked, booker: LEE, ..facts };
    let out = ConfirmFacts { now: at("12 21:00"), ..taken };
    let (pass_over, hold_over) = (at("12 21:00"), at("12 20:35"));
    check(vec![
        ("not open", confirm(&ConfirmFacts { opening: NOT_YET, ..out }), Err(too_early("12 20:00"))),
        (
            "closed, never admitted",
            confirm(&ConfirmFacts { opening: closed(), admission: None, ..out }),
            Err(campaign_closed()),
        ),
        (
            "closed, in before",
            confirm(&ConfirmFacts { opening: closed(), ..facts }),
            Ok(Few::one(appointment)),
        ),
        ("no pass", confirm(&ConfirmFacts { admission: None, ..out }), Err(Refusal::PassNeeded)),
        ("pass over", confirm(&out), Err(Refusal::PassExpired { expired_at: pass_over })),
        (
            "the leave is gone",
            confirm(&ConfirmFacts { standings: &revoked, ..taken }),
            Err(Refusal::RecipientUnknown),
        ),
        ("booked meanwhile", confirm(&taken), Err(Refusal::AlreadyBooked { appointment: AppointmentId(5) })),
        (
            "given meanwhile",
            confirm(&ConfirmFacts { standings: &given, ..taken }),
            Err(Refusal::AlreadyFulfilled { appointment: AppointmentId(5), visit_on: slot(27).visit_on }),
        ),
        ("no hold", confirm(&ConfirmFacts { hold: None, ..facts }), Err(Refusal::HoldUnknown)),
        ("somebody else's", confirm(&ConfirmFacts { booker: LEE, ..facts }), Err(Refusal::HoldUnknown)),
        (
            "hold over",
            confirm(&ConfirmFacts { now: hold_over, ..facts }),
            Err(Refusal::HoldExpired { expired_at: hold_over }),
        ),
        ("nothing in the way", confirm(&facts), Ok(Few::one(appointment))),
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
        Refusal::PairUnknown.number(),
        Refusal::PlacesInvalid.number(),
        Refusal::SlotUnknown.number(),
        Refusal::SlotPast.number(),
        Refusal::HoldUnknown.number(),
        Refusal::AppointmentUnknown.number(),
    ];
    assert!(numbers.is_sorted());
}
