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
    /// Decided by the gate: the place goes on with a newer ticket, on another device.
    PlaceElsewhere,
    /// Decided by the gate: this line never told such a code of a place.
    PlaceCodeUnknown,
    /// Decided by the gate: somebody else proved who they are on this place.
    PlaceOfAnother,
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
    /// Staff ended the pass that this ticket was exchanged for.
    AdmissionRevoked {
        revoked_at: Timestamp,
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
    /// Waits already, in one place or another.
    WaitingBefore {
        since: Timestamp,
    },
    /// Not a clinic or 시·군·구 of the country, or no day of the campaign.
    WaitScopeUnknown,
    /// Nobody need wait where there are places.
    PlacesFree {
        nearest: Vec<SlotId>,
    },
    WaitUnknown,
    /// Nothing is offered to who waits there.
    OfferUnknown,
    OfferExpired {
        expired_at: Timestamp,
    },
    /// Two appointments were found to be one person's: one of them is given up before the other is moved.
    TwoAppointments {
        appointment: AppointmentId,
    },
    /// To staff: an act of this kind is not done without saying why.
    ReasonNeeded,
    /// To staff: nobody is known under that.
    PersonUnknown,
    /// To staff: the two are one person already.
    SamePerson,
    /// To staff: the person was not let in.
    AdmissionUnknown,
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
    /// They hold places, or have a visit to come: whoever is expected is not removed.
    StillExpected,
    PeriodNotOver {
        kept_until: Timestamp,
    },
    /// The message about an appointment was sent again several times already.
    MessageTooSoon {
        again_at: Timestamp,
    },
    /// To staff: their desk is not asked from there.
    NotFromHere,
    /// To staff: nobody has proved who they are, or not lately.
    SignInNeeded,
    /// To staff: name, password and code do not belong together; which of them is not said.
    SignInWrong,
    /// To staff: it was wrong again and again.
    SignInTooSoon {
        again_at: Timestamp,
    },
    /// To staff: the code of a new account is another one, was used, or ran out.
    SetupCodeWrong,
    /// To staff: none of their roles does this.
    NotYourDuty,
    /// To staff: the clinic is not in the place of their role.
    NotYourPlace,
    /// To staff: whoever proposed it cannot also agree to it.
    SecondPersonNeeded,
    /// To staff: it was carried out, withdrawn or left alone for too long, or never proposed.
    ProposalOver,
    /// To staff: something else is proposed and not decided.
    ProposedBefore,
}

/// Code and 안내 번호 of each: the hundreds of the number by the step of the journey.
macro_rules! known_as {
    ($($refusal:ident $number:literal,)*) => {
        impl Refusal {
            /// Every code, in the order of precedence.
            pub const CODES: &[&str] = &[$(stringify!($refusal)),*];

            pub fn code(&self) -> &'static str {
                match self {
                    $(Self::$refusal { .. } => stringify!($refusal),)*
                }
            }

            pub fn number(&self) -> u16 {
                match self {
                    $(Self::$refusal { .. } => $number,)*
                }
            }
        }
    };
}

known_as! {
    KeyReused 101,
    CampaignUnknown 201,
    TooEarly 202,
    CampaignClosed 203,
    TicketNeeded 211,
    NotYourTurn 212,
    PlaceElsewhere 700,
    PlaceCodeUnknown 701,
    PlaceOfAnother 702,
    EntranceBusy 213,
    IdentityNeeded 301,
    ChallengeUnknown 302,
    CodeWrong 303,
    TooManyTries 304,
    PhoneNotOwn 305,
    IdentityStale 306,
    NotEligible 311,
    AdmissionRevoked 652,
    TicketUsed 312,
    PassNeeded 321,
    PassExpired 322,
    PairUnknown 331,
    TooManyPairs 332,
    RecipientIsBooker 333,
    RecipientCodeNeeded 337,
    RecipientCodeUnknown 338,
    RecipientCodeWrong 339,
    DelegationRevoked 334,
    RecipientsFull 335,
    RecipientUnknown 336,
    AlreadyBooked 401,
    FirstDoseNeeded 407,
    HoldTooSoon 410,
    PlacesInvalid 402,
    SlotUnknown 403,
    SlotPast 404,
    DoseIntervalWrong 408,
    SupplyExhausted 405,
    SlotFull 406,
    SecondDoseFull 409,
    HoldUnknown 501,
    HoldExpired 502,
    ExtendedBefore 503,
    WaitingBefore 641,
    WaitScopeUnknown 646,
    PlacesFree 642,
    WaitUnknown 643,
    OfferUnknown 644,
    OfferExpired 645,
    TwoAppointments 647,
    ReasonNeeded 648,
    PersonUnknown 649,
    SamePerson 650,
    AdmissionUnknown 651,
    AppointmentUnknown 601,
    CancelledBefore 602,
    CancelTooLate 603,
    AppointmentChanged 604,
    AlreadyFulfilled 627,
    CheckedInBefore 628,
    NoShowBefore 629,
    CheckInNeeded 630,
    VisitElsewhere 631,
    VisitNotYet 632,
    VisitOver 633,
    VisitNotOver 634,
    PlacesNotFree 621,
    PlacesNotBlocked 622,
    CapacityBelowTaken 623,
    RegionUnknown 624,
    SupplyOverTotal 625,
    SupplyBelowTaken 626,
    StillExpected 671,
    PeriodNotOver 672,
    MessageTooSoon 605,
    NotFromHere 760,
    SignInNeeded 761,
    SignInWrong 762,
    SignInTooSoon 763,
    SetupCodeWrong 764,
    NotYourDuty 765,
    NotYourPlace 766,
    SecondPersonNeeded 767,
    ProposalOver 768,
    ProposedBefore 769,
}
