//! The rules of booking: slots, holds, appointments, and when the answer is "no".
//!
//! Every write of the ledger is *facts in, decision out*: a back end gathers the facts inside its own
//! atomic unit, calls one function of [`rules`], and writes the [`Change`]s that follow. The rule lives here
//! once; the atomicity lives where it must.
//!
//! What this crate is not: it reads no clock and draws no random number (both are arguments), knows no HTTP,
//! no SQL, no storage format and no words for people.
//!
//! To add a rule: a variant in [`Refusal`] at its place in the order of precedence, a guard in the function of
//! [`rules`] that decides the use, a row in its table test. The compiler then points at the wording.

mod audit;
mod campaign;
mod change;
mod clinic;
mod country;
mod few;
mod ids;
mod nearest;
mod plan;
mod refusal;
mod removal;
pub mod rules;
mod said;
mod slot;
mod standing;
mod waiting;

pub use audit::{Act, Actor, AuditEntry, Channel, LookUp, Origin};
pub use campaign::{
    Campaign, Candidate, DoseInterval, EligibilityGroup, KOREA, Limits, Opening, Visits, korean_day,
};
pub use change::{
    Admission, Appointment, AppointmentState, Change, Correction, Delegation, DelegationRecord, Hold,
    HoldEnd, Message, MessageKind, Outcome, Place, Relation, Replaced,
};
pub use clinic::{Clinic, OpeningHours, Vials, WeekdaySet};
pub use country::{Country, Region, RegionLevel};
pub use few::Few;
pub use ids::{
    AppointmentId, CampaignId, ClinicId, ConsentVersion, DoseNumber, HoldId, MessageId, PersonAlias,
    PersonId, PersonKey, RegionCode, RequestKey, SessionId, StaffId, TicketRef, WaitId,
};
pub use nearest::nearest_free;
pub use plan::{second_doses, side_by_side};
pub use refusal::Refusal;
pub use removal::{Removal, RemovalReason};
pub use said::{SaidCapacity, Supply};
pub use slot::{SlotCounts, SlotId};
pub use waiting::{Offer, OfferEnd, WaitEnd, WaitEntry, WaitScope};
