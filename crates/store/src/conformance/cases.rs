//! What each use answers. Clinics C1 to C4 share 40 doses, C5 and C6 five; odd clinics have one place a band, even
//! ones two; visits are on 26, 27 and 28 July; the opening is on 12 July at 20:00, the closing on 24 July at 18:00.

mod appointments;
mod clinics;
mod doors;
mod doses;
mod holds;
mod people;
mod retention;
mod staff;
mod visits;
mod waiting;

use super::{Make, language};
use std::collections::HashSet;

/// A title, and its lines.
type Case = (&'static str, &'static str);

/// Every "no" that a ledger can give, by its code; `SecondDoseFull` alone needs more people than these clinics have
/// bands in five weeks, and has its row in the tables of the rules.
const REFUSALS: [&str; 40] = [
    "KeyReused",
    "CampaignUnknown",
    "TooEarly",
    "CampaignClosed",
    "NotEligible",
    "TicketUsed",
    "PassNeeded",
    "PassExpired",
    "RecipientIsBooker",
    "DelegationRevoked",
    "RecipientsFull",
    "RecipientUnknown",
    "AlreadyBooked",
    "FirstDoseNeeded",
    "HoldTooSoon",
    "DoseIntervalWrong",
    "PlacesInvalid",
    "SlotUnknown",
    "SlotPast",
    "SupplyExhausted",
    "SlotFull",
    "HoldUnknown",
    "HoldExpired",
    "ExtendedBefore",
    "WaitingBefore",
    "WaitScopeUnknown",
    "PlacesFree",
    "OfferExpired",
    "WaitUnknown",
    "OfferUnknown",
    "TwoAppointments",
    "ReasonNeeded",
    "PersonUnknown",
    "SamePerson",
    "AdmissionUnknown",
    "AdmissionRevoked",
    "AppointmentUnknown",
    "CancelledBefore",
    "CancelTooLate",
    "AppointmentChanged",
];

/// Plays every case, each on a fresh subject. None of the refusals stays unheard.
pub fn run(make: Make<'_>) {
    let mut heard = HashSet::new();
    let cases = [
        doors::CASES,
        people::CASES,
        holds::CASES,
        appointments::CASES,
        doses::CASES,
        clinics::CASES,
        staff::CASES,
        waiting::CASES,
        visits::CASES,
        retention::CASES,
    ];
    for (title, text) in cases.into_iter().flatten() {
        heard.extend(language::play(title, text, make));
    }
    let unheard: Vec<_> = REFUSALS
        .iter()
        .chain(&clinics::REFUSALS)
        .chain(&visits::REFUSALS)
        .chain(&retention::REFUSALS)
        .filter(|code| !heard.contains(**code))
        .collect();
    assert!(unheard.is_empty(), "no case is refused with {unheard:?}");
}
