//! What a refusal is in HTTP: its status, and its facts for programs.

use crate::wording;
use booking::{Refusal, SlotId};
use http::StatusCode;
use hyper::http;
use serde_json::{Value, json};

pub(super) fn refusal_status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::CampaignUnknown
        | Refusal::HoldUnknown
        | Refusal::AppointmentUnknown
        | Refusal::WaitUnknown
        | Refusal::OfferUnknown
        | Refusal::WaitScopeUnknown
        | Refusal::AdmissionUnknown
        | Refusal::RegionUnknown { .. }
        | Refusal::PersonUnknown
        | Refusal::RecipientUnknown => StatusCode::NOT_FOUND,
        Refusal::KeyReused
        | Refusal::PlacesInvalid
        | Refusal::CodeWrong { .. }
        | Refusal::PlaceCodeUnknown
        | Refusal::RecipientCodeWrong { .. }
        | Refusal::PhoneNotOwn
        | Refusal::PairUnknown
        | Refusal::ReasonNeeded
        | Refusal::SamePerson
        | Refusal::SignInWrong
        | Refusal::SetupCodeWrong
        | Refusal::RecipientIsBooker => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::TicketNeeded | Refusal::IdentityNeeded | Refusal::IdentityStale | Refusal::SignInNeeded => {
            StatusCode::UNAUTHORIZED
        }
        Refusal::EntranceBusy { .. }
        | Refusal::TooManyTries { .. }
        | Refusal::TooManyPairs { .. }
        | Refusal::HoldTooSoon { .. }
        | Refusal::SignInTooSoon { .. }
        | Refusal::MessageTooSoon { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::NotEligible { .. }
        | Refusal::NotFromHere
        | Refusal::NotYourDuty
        | Refusal::NotYourPlace
        | Refusal::SecondPersonNeeded
        | Refusal::RecipientCodeNeeded
        | Refusal::DelegationRevoked { .. }
        | Refusal::AdmissionRevoked { .. }
        | Refusal::PassNeeded
        | Refusal::PassExpired { .. } => StatusCode::FORBIDDEN,
        // The rest is a "no" of the state of things: another time, another place, or after another step.
        _ => StatusCode::CONFLICT,
    }
}

pub(super) fn add_facts(document: &mut Value, refusal: &Refusal) {
    match refusal {
        Refusal::TooEarly { opens_at } => document["opens_at"] = opens_at.to_string().into(),
        Refusal::NotYourTurn { places_ahead } => document["places_ahead"] = (*places_ahead).into(),
        Refusal::CodeWrong { tries_left } | Refusal::RecipientCodeWrong { tries_left } => {
            document["tries_left"] = (*tries_left).into();
        }
        Refusal::SlotFull { nearest } | Refusal::PlacesFree { nearest } => {
            document["nearest"] = nearest.iter().map(slot_json).collect();
        }
        Refusal::TooManyTries { again_at }
        | Refusal::TooManyPairs { again_at }
        | Refusal::HoldTooSoon { again_at }
        | Refusal::SignInTooSoon { again_at }
        | Refusal::MessageTooSoon { again_at } => document["again_at"] = again_at.to_string().into(),
        Refusal::DoseIntervalWrong { earliest_on, latest_on }
        | Refusal::SecondDoseFull { earliest_on, latest_on } => {
            document["earliest_on"] = earliest_on.to_string().into();
            document["latest_on"] = latest_on.to_string().into();
        }
        Refusal::SupplyExhausted { sido } => document["region"] = sido.to_string().into(),
        Refusal::RecipientsFull { recipients_max } => document["recipients_max"] = (*recipients_max).into(),
        Refusal::AlreadyBooked { appointment }
        | Refusal::TwoAppointments { appointment }
        | Refusal::AppointmentChanged { appointment } => {
            document["appointment"] = appointment.number().into();
        }
        Refusal::HoldExpired { expired_at }
        | Refusal::OfferExpired { expired_at }
        | Refusal::PassExpired { expired_at } => {
            document["expired_at"] = expired_at.to_string().into();
        }
        Refusal::ExtendedBefore { expires_at } => document["expires_at"] = expires_at.to_string().into(),
        Refusal::AlreadyFulfilled { appointment, visit_on } => {
            document["appointment"] = appointment.number().into();
            document["visit_on"] = visit_on.to_string().into();
        }
        Refusal::CheckedInBefore { checked_in_at, number } => {
            document["checked_in_at"] = checked_in_at.to_string().into();
            document["arrival_number"] = (*number).into();
        }
        Refusal::NoShowBefore { recorded_at } => document["recorded_at"] = recorded_at.to_string().into(),
        Refusal::VisitElsewhere { slot } => document["slot"] = slot_json(slot),
        Refusal::VisitNotYet { visit_on } | Refusal::VisitOver { visit_on } => {
            document["visit_on"] = visit_on.to_string().into();
        }
        Refusal::PeriodNotOver { kept_until } => document["kept_until"] = kept_until.to_string().into(),
        Refusal::VisitNotOver { ends_at } => document["ends_at"] = ends_at.to_string().into(),
        Refusal::PlacesNotFree { free } => document["free"] = (*free).into(),
        Refusal::PlacesNotBlocked { blocked } => document["blocked"] = (*blocked).into(),
        Refusal::CapacityBelowTaken { over } => document["over"] = (*over).into(),
        Refusal::SupplyOverTotal { total, allotted } => {
            document["total"] = (*total).into();
            document["allotted"] = (*allotted).into();
        }
        Refusal::SupplyBelowTaken { taken, .. } => document["taken"] = (*taken).into(),
        Refusal::CancelTooLate { until_on } => document["until_on"] = until_on.to_string().into(),
        Refusal::NotEligible { born_from, born_to } => {
            document["born_from"] = born_from.to_string().into();
            document["born_to"] = born_to.to_string().into();
        }
        _ => {}
    }
}

fn slot_json(slot: &SlotId) -> Value {
    json!({"clinic": slot.clinic.to_string(), "date": slot.visit_on.to_string(), "time": wording::clock_time(slot.starts_min)})
}
