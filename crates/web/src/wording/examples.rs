//! One of every refusal, with facts that are examples: for the script that agents read, and for the tests of the words.

use booking::{AppointmentId, ClinicId, Refusal, RegionCode, SlotId};
use jiff::Timestamp;
use jiff::civil::{Date, date};

/// 12 July 2027, 00:10 in Korea.
const AT: Timestamp = Timestamp::constant(1_815_318_600, 0);
const FROM: Date = date(2027, 7, 26);
const TO: Date = date(2027, 8, 9);
const SLOT: SlotId = SlotId { clinic: ClinicId(2), visit_on: FROM, starts_min: 540 };

/// Those of people first, then those of appointments and of the desks.
pub fn every_refusal() -> impl Iterator<Item = Refusal> {
    citizens().into_iter().chain(of_appointments())
}

/// One of each, with some facts: until a place is held.
fn citizens() -> Vec<Refusal> {
    use Refusal as No;
    vec![
        No::KeyReused,
        No::CampaignUnknown,
        No::TooEarly { opens_at: AT },
        No::CampaignClosed { closed_at: AT },
        No::TicketNeeded,
        No::NotYourTurn { places_ahead: Some(1_234) },
        No::NotYourTurn { places_ahead: None },
        No::PlaceElsewhere,
        No::PlaceCodeUnknown,
        No::PlaceOfAnother,
        No::EntranceBusy { retry_after_s: 3 },
        No::IdentityNeeded,
        No::ChallengeUnknown,
        No::CodeWrong { tries_left: 2 },
        No::TooManyTries { again_at: AT },
        No::PhoneNotOwn,
        No::IdentityStale,
        No::NotEligible { born_from: FROM, born_to: TO },
        No::TicketUsed,
        No::PassNeeded,
        No::PassExpired { expired_at: AT },
        No::PairUnknown,
        No::TooManyPairs { again_at: AT },
        No::RecipientIsBooker,
        No::RecipientCodeNeeded,
        No::RecipientCodeUnknown,
        No::RecipientCodeWrong { tries_left: 3 },
        No::DelegationRevoked { revoked_at: AT },
        No::RecipientsFull { recipients_max: 4 },
        No::RecipientUnknown,
        No::PlacesInvalid,
        No::AlreadyBooked { appointment: AppointmentId(1) },
        No::FirstDoseNeeded,
        No::HoldTooSoon { again_at: AT },
        No::SlotUnknown,
        No::SlotPast,
        No::DoseIntervalWrong { earliest_on: FROM, latest_on: TO },
        No::SupplyExhausted { sido: RegionCode(1) },
        No::SlotFull { nearest: Vec::new() },
        No::SecondDoseFull { earliest_on: FROM, latest_on: TO },
        No::HoldUnknown,
        No::HoldExpired { expired_at: AT },
        No::ExtendedBefore { expires_at: AT },
    ]
}

/// And what comes after it, at the desks too.
fn of_appointments() -> Vec<Refusal> {
    use Refusal as No;
    vec![
        No::AppointmentUnknown,
        No::CancelledBefore { cancelled_at: AT },
        No::CancelTooLate { until_on: FROM },
        No::AppointmentChanged { appointment: AppointmentId(1) },
        No::MessageTooSoon { again_at: AT },
        No::PlacesNotFree { free: 2 },
        No::PlacesNotBlocked { blocked: 2 },
        No::CapacityBelowTaken { over: 2 },
        No::RegionUnknown { region: RegionCode(1) },
        No::SupplyOverTotal { total: 44, allotted: 45 },
        No::SupplyBelowTaken { sido: RegionCode(1), taken: 2 },
        No::WaitingBefore { since: AT },
        No::WaitScopeUnknown,
        No::PlacesFree { nearest: Vec::new() },
        No::WaitUnknown,
        No::OfferUnknown,
        No::OfferExpired { expired_at: AT },
        No::TwoAppointments { appointment: AppointmentId(1) },
        No::AdmissionRevoked { revoked_at: AT },
        No::ReasonNeeded,
        No::PersonUnknown,
        No::SamePerson,
        No::AdmissionUnknown,
        No::AlreadyFulfilled { appointment: AppointmentId(1), visit_on: FROM },
        No::CheckedInBefore { checked_in_at: AT, number: 12 },
        No::NoShowBefore { recorded_at: AT },
        No::CheckInNeeded,
        No::VisitElsewhere { slot: SLOT },
        No::VisitNotYet { visit_on: FROM },
        No::VisitOver { visit_on: FROM },
        No::VisitNotOver { ends_at: AT },
        No::StillExpected,
        No::PeriodNotOver { kept_until: AT },
        No::NotFromHere,
        No::SignInNeeded,
        No::SignInWrong,
        No::SignInTooSoon { again_at: AT },
        No::SetupCodeWrong,
        No::NotYourDuty,
        No::NotYourPlace,
        No::SecondPersonNeeded,
        No::ProposalOver,
        No::ProposedBefore,
    ]
}
