//! 안내: every "no", with the facts a person needs for the next step.

use crate::{AppointmentId, RegionCode, SlotId};
use jiff::Timestamp;
use jiff::civil::Date;

/// A closed list in the order of precedence: when several apply, the first is said.
///
/// Stable: [`Refusal::code`] is for programs, [`Refusal::number`] is what a person reads out on the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The idempotency key was used before with another body.
    KeyReused,
    CampaignUnknown,
    TooEarly {
        opens_at: Timestamp,
    },
    CampaignClosed {
        closed_at: Timestamp,
    },
    /// Decided by the gate: no ticket, or none that this line gave.
    TicketNeeded,
    /// Decided by the gate. While the ticket is being settled the places ahead are not known yet.
    NotYourTurn {
        places_ahead: Option<u64>,
    },
    /// Decided by the gate: called, but the rate of admissions is used up for this moment.
    EntranceBusy {
        retry_after_s: u32,
    },
    /// Decided by the identity provider, as the three below.
    IdentityNeeded,
    ChallengeUnknown,
    CodeWrong {
        tries_left: u32,
    },
    TooManyTries {
        again_at: Timestamp,
    },
    /// The phone is registered in somebody else's name: it cannot prove who holds it.
    PhoneNotOwn,
    /// What cannot be undone needs an identity that was proved a short while ago.
    IdentityStale,
    NotEligible {
        born_from: Date,
        born_to: Date,
    },
    /// The ticket was exchanged by somebody else.
    TicketUsed,
    /// Nobody was admitted under this name, or the pass ran out.
    PassNeeded,
    PassExpired {
        expired_at: Timestamp,
    },
    /// Decided before the ledger: no such pair of name and number. A wrong pair is answered like an unknown one.
    PairUnknown,
    /// Decided before the ledger: too many pairs that do not exist.
    TooManyPairs {
        again_at: Timestamp,
    },
    /// Nobody needs leave to book for themselves.
    RecipientIsBooker,
    /// The campaign wants the recipient to agree by a code, and none was read out that is still good.
    RecipientCodeNeeded,
    /// Decided before the ledger: nothing is known of such a code any more.
    RecipientCodeUnknown,
    /// Decided before the ledger. The code of a pair that does not exist is wrong too.
    RecipientCodeWrong {
        tries_left: u32,
    },
    /// The recipient has taken the helper's leave away.
    DelegationRevoked {
        revoked_at: Timestamp,
    },
    RecipientsFull {
        recipients_max: usize,
    },
    /// Not somebody for whom this person may act.
    RecipientUnknown,
    /// A hold for nobody, twice for the same person, or of a dose that the campaign does not give.
    PlacesInvalid,
    AlreadyBooked {
        appointment: AppointmentId,
    },
    /// The second dose follows a first.
    FirstDoseNeeded,
    /// Holds were taken and given up again and again.
    HoldTooSoon {
        again_at: Timestamp,
    },
    SlotUnknown,
    /// The day has begun, or lies behind.
    SlotPast,
    DoseIntervalWrong {
        earliest_on: Date,
        latest_on: Date,
    },
    SupplyExhausted {
        sido: RegionCode,
    },
    SlotFull {
        nearest: Vec<SlotId>,
    },
    /// There is a place for the first dose and none for the second that belongs to it.
    SecondDoseFull {
        earliest_on: Date,
        latest_on: Date,
    },
    HoldUnknown,
    HoldExpired {
        expired_at: Timestamp,
    },
    ExtendedBefore {
        expires_at: Timestamp,
    },
    AppointmentUnknown,
    CancelledBefore {
        cancelled_at: Timestamp,
    },
    CancelTooLate {
        until_on: Date,
    },
    /// Somebody else changed the appointment in the meantime.
    AppointmentChanged {
        appointment: AppointmentId,
    },
    /// Their dose was given on that day.
    AlreadyFulfilled {
        appointment: AppointmentId,
        visit_on: Date,
    },
    CheckedInBefore {
        checked_in_at: Timestamp,
        number: u16,
    },
    /// Recorded as not vaccinated.
    NoShowBefore {
        recorded_at: Timestamp,
    },
    /// A dose is recorded after the check-in.
    CheckInNeeded,
    /// The person is at the wrong clinic.
    VisitElsewhere {
        slot: SlotId,
    },
    VisitNotYet {
        visit_on: Date,
    },
    VisitOver {
        visit_on: Date,
    },
    /// They may still come.
    VisitNotOver {
        ends_at: Timestamp,
    },
    /// A clinic can block what is free, and nothing else.
    PlacesNotFree {
        free: u32,
    },
    PlacesNotBlocked {
        blocked: u32,
    },
    /// People have more places than the clinic means to offer; it may be said again, knowing that.
    CapacityBelowTaken {
        over: u32,
    },
    /// Not a 시·도.
    RegionUnknown {
        region: RegionCode,
    },
    /// The 시·도 would get more than the campaign has.
    SupplyOverTotal {
        total: u64,
        allotted: u64,
    },
    /// More is taken than the 시·도 would have; it may be said again, knowing that.
    SupplyBelowTaken {
        sido: RegionCode,
        taken: u32,
    },
    /// There is nobody of that number, or no longer.
    PersonUnknown,
    /// They hold places, or have a visit to come: whoever is expected is not removed.
    StillExpected,
    PeriodNotOver {
        kept_until: Timestamp,
    },
    /// The message about an appointment was sent again several times already.
    MessageTooSoon {
        again_at: Timestamp,
    },
}

impl Refusal {
    pub fn code(&self) -> &'static str {
        match self {
            Self::KeyReused => "KeyReused",
            Self::CampaignUnknown => "CampaignUnknown",
            Self::TooEarly { .. } => "TooEarly",
            Self::CampaignClosed { .. } => "CampaignClosed",
            Self::TicketNeeded => "TicketNeeded",
            Self::NotYourTurn { .. } => "NotYourTurn",
            Self::EntranceBusy { .. } => "EntranceBusy",
            Self::IdentityNeeded => "IdentityNeeded",
            Self::ChallengeUnknown => "ChallengeUnknown",
            Self::CodeWrong { .. } => "CodeWrong",
            Self::TooManyTries { .. } => "TooManyTries",
            Self::PhoneNotOwn => "PhoneNotOwn",
            Self::IdentityStale => "IdentityStale",
            Self::NotEligible { .. } => "NotEligible",
            Self::TicketUsed => "TicketUsed",
            Self::PassNeeded => "PassNeeded",
            Self::PassExpired { .. } => "PassExpired",
            Self::PairUnknown => "PairUnknown",
            Self::TooManyPairs { .. } => "TooManyPairs",
            Self::RecipientIsBooker => "RecipientIsBooker",
            Self::RecipientCodeNeeded => "RecipientCodeNeeded",
            Self::RecipientCodeUnknown => "RecipientCodeUnknown",
            Self::RecipientCodeWrong { .. } => "RecipientCodeWrong",
            Self::DelegationRevoked { .. } => "DelegationRevoked",
            Self::RecipientsFull { .. } => "RecipientsFull",
            Self::RecipientUnknown => "RecipientUnknown",
            Self::AlreadyBooked { .. } => "AlreadyBooked",
            Self::FirstDoseNeeded => "FirstDoseNeeded",
            Self::HoldTooSoon { .. } => "HoldTooSoon",
            Self::PlacesInvalid => "PlacesInvalid",
            Self::SlotUnknown => "SlotUnknown",
            Self::SlotPast => "SlotPast",
            Self::DoseIntervalWrong { .. } => "DoseIntervalWrong",
            Self::SupplyExhausted { .. } => "SupplyExhausted",
            Self::SlotFull { .. } => "SlotFull",
            Self::SecondDoseFull { .. } => "SecondDoseFull",
            Self::HoldUnknown => "HoldUnknown",
            Self::HoldExpired { .. } => "HoldExpired",
            Self::ExtendedBefore { .. } => "ExtendedBefore",
            Self::AppointmentUnknown => "AppointmentUnknown",
            Self::CancelledBefore { .. } => "CancelledBefore",
            Self::CancelTooLate { .. } => "CancelTooLate",
            Self::AppointmentChanged { .. } => "AppointmentChanged",
            Self::AlreadyFulfilled { .. } => "AlreadyFulfilled",
            Self::CheckedInBefore { .. } => "CheckedInBefore",
            Self::NoShowBefore { .. } => "NoShowBefore",
            Self::CheckInNeeded => "CheckInNeeded",
            Self::VisitElsewhere { .. } => "VisitElsewhere",
            Self::VisitNotYet { .. } => "VisitNotYet",
            Self::VisitOver { .. } => "VisitOver",
            Self::VisitNotOver { .. } => "VisitNotOver",
            Self::PlacesNotFree { .. } => "PlacesNotFree",
            Self::PlacesNotBlocked { .. } => "PlacesNotBlocked",
            Self::CapacityBelowTaken { .. } => "CapacityBelowTaken",
            Self::RegionUnknown { .. } => "RegionUnknown",
            Self::SupplyOverTotal { .. } => "SupplyOverTotal",
            Self::SupplyBelowTaken { .. } => "SupplyBelowTaken",
            Self::PersonUnknown => "PersonUnknown",
            Self::StillExpected => "StillExpected",
            Self::PeriodNotOver { .. } => "PeriodNotOver",
            Self::MessageTooSoon { .. } => "MessageTooSoon",
        }
    }

    /// 안내 번호: hundreds by the step of the journey.
    pub fn number(&self) -> u16 {
        match self {
            Self::KeyReused => 101,
            Self::CampaignUnknown => 201,
            Self::TooEarly { .. } => 202,
            Self::CampaignClosed { .. } => 203,
            Self::TicketNeeded => 211,
            Self::NotYourTurn { .. } => 212,
            Self::EntranceBusy { .. } => 213,
            Self::IdentityNeeded => 301,
            Self::ChallengeUnknown => 302,
            Self::CodeWrong { .. } => 303,
            Self::TooManyTries { .. } => 304,
            Self::PhoneNotOwn => 305,
            Self::IdentityStale => 306,
            Self::NotEligible { .. } => 311,
            Self::TicketUsed => 312,
            Self::PassNeeded => 321,
            Self::PassExpired { .. } => 322,
            Self::PairUnknown => 331,
            Self::TooManyPairs { .. } => 332,
            Self::RecipientIsBooker => 333,
            Self::DelegationRevoked { .. } => 334,
            Self::RecipientsFull { .. } => 335,
            Self::RecipientUnknown => 336,
            Self::RecipientCodeNeeded => 337,
            Self::RecipientCodeUnknown => 338,
            Self::RecipientCodeWrong { .. } => 339,
            Self::AlreadyBooked { .. } => 401,
            Self::FirstDoseNeeded => 407,
            Self::HoldTooSoon { .. } => 410,
            Self::PlacesInvalid => 402,
            Self::SlotUnknown => 403,
            Self::SlotPast => 404,
            Self::DoseIntervalWrong { .. } => 408,
            Self::SupplyExhausted { .. } => 405,
            Self::SlotFull { .. } => 406,
            Self::SecondDoseFull { .. } => 409,
            Self::HoldUnknown => 501,
            Self::HoldExpired { .. } => 502,
            Self::ExtendedBefore { .. } => 503,
            Self::AppointmentUnknown => 601,
            Self::CancelledBefore { .. } => 602,
            Self::CancelTooLate { .. } => 603,
            Self::AppointmentChanged { .. } => 604,
            Self::AlreadyFulfilled { .. } => 627,
            Self::CheckedInBefore { .. } => 628,
            Self::NoShowBefore { .. } => 629,
            Self::CheckInNeeded => 630,
            Self::VisitElsewhere { .. } => 631,
            Self::VisitNotYet { .. } => 632,
            Self::VisitOver { .. } => 633,
            Self::VisitNotOver { .. } => 634,
            Self::PlacesNotFree { .. } => 621,
            Self::PlacesNotBlocked { .. } => 622,
            Self::CapacityBelowTaken { .. } => 623,
            Self::RegionUnknown { .. } => 624,
            Self::SupplyOverTotal { .. } => 625,
            Self::SupplyBelowTaken { .. } => 626,
            Self::PersonUnknown => 671,
            Self::StillExpected => 672,
            Self::PeriodNotOver { .. } => 673,
            Self::MessageTooSoon { .. } => 605,
        }
    }

    /// Whether the same request may succeed later without the person changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::TooEarly { .. }
            | Self::NotYourTurn { .. }
            | Self::EntranceBusy { .. }
            | Self::TooManyTries { .. }
            | Self::TooManyPairs { .. }
            | Self::HoldTooSoon { .. }
            | Self::MessageTooSoon { .. }
            | Self::SlotFull { .. }
            | Self::SecondDoseFull { .. }
            | Self::VisitNotYet { .. }
            | Self::StillExpected
            | Self::PeriodNotOver { .. }
            | Self::VisitNotOver { .. }
            | Self::PlacesNotFree { .. }
            | Self::SupplyExhausted { .. } => true,
            Self::KeyReused
            | Self::CampaignUnknown
            | Self::CampaignClosed { .. }
            | Self::TicketNeeded
            | Self::IdentityNeeded
            | Self::ChallengeUnknown
            | Self::CodeWrong { .. }
            | Self::PhoneNotOwn
            | Self::IdentityStale
            | Self::NotEligible { .. }
            | Self::TicketUsed
            | Self::PassNeeded
            | Self::PassExpired { .. }
            | Self::PairUnknown
            | Self::RecipientIsBooker
            | Self::RecipientCodeNeeded
            | Self::RecipientCodeUnknown
            | Self::RecipientCodeWrong { .. }
            | Self::DelegationRevoked { .. }
            | Self::RecipientsFull { .. }
            | Self::RecipientUnknown
            | Self::PlacesInvalid
            | Self::AlreadyBooked { .. }
            | Self::FirstDoseNeeded
            | Self::DoseIntervalWrong { .. }
            | Self::SlotUnknown
            | Self::SlotPast
            | Self::HoldUnknown
            | Self::HoldExpired { .. }
            | Self::ExtendedBefore { .. }
            | Self::AppointmentUnknown
            | Self::CancelledBefore { .. }
            | Self::CancelTooLate { .. }
            | Self::AppointmentChanged { .. }
            | Self::AlreadyFulfilled { .. }
            | Self::CheckedInBefore { .. }
            | Self::NoShowBefore { .. }
            | Self::CheckInNeeded
            | Self::VisitElsewhere { .. }
            | Self::VisitOver { .. }
            | Self::PersonUnknown
            | Self::PlacesNotBlocked { .. }
            | Self::CapacityBelowTaken { .. }
            | Self::RegionUnknown { .. }
            | Self::SupplyOverTotal { .. }
            | Self::SupplyBelowTaken { .. } => false,
        }
    }
}
