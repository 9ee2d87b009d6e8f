//! The decisions. Facts in, decision out; one guard a line, in the order of [`Refusal`].

mod appointment;
mod clinic;
mod delegation;
mod eligibility;
mod hold;
mod retention;
mod visit;
mod waiting;

pub use appointment::{CancelFacts, ConfirmFacts, Confirmed, PlaceStanding, cancel, confirm};
pub use clinic::{CapacityFacts, SlotFacts, SupplyFacts, block, set_capacity, set_supply, unblock};
pub use delegation::{DelegateFacts, allow_helper, delegate, end_delegation, may_name};
pub use eligibility::{eligible, merge, revoke_admission, with_reason};
use hold::places;
pub use hold::{Abandoned, HoldFacts, LiveAppointment, RecipientFacts, extend, hold, live_hold};
pub use retention::{NeededUntil, RemovalFacts, remove};
pub use visit::{DoseFacts, VisitFacts, check_in, fulfil, no_show, still_booked};
pub use waiting::{AnswerFacts, WaitFacts, accept, decline, offer, offer_until, wait};

use crate::{
    Admission, AppointmentId, AppointmentState, Campaign, Candidate, Correction, Opening, PersonId, Refusal,
    SlotId, TicketRef,
};
use jiff::Timestamp;

type Decision<T> = Result<T, Refusal>;

/// Opening is one committed event: not before its time, and not twice.
pub fn open(campaign: &Campaign, opening: Opening, now: Timestamp) -> Decision<()> {
    match opening {
        Opening::Closed { at } => Err(Refusal::CampaignClosed { closed_at: at }),
        _ if now < campaign.opens_at => Err(Refusal::TooEarly { opens_at: campaign.opens_at }),
        Opening::NotYet | Opening::Open { .. } => Ok(()),
    }
}

/// Closing, too, waits for its time.
pub fn close(campaign: &Campaign, opening: Opening, now: Timestamp) -> Decision<()> {
    match opening {
        Opening::NotYet => Err(Refusal::TooEarly { opens_at: campaign.opens_at }),
        _ if now < campaign.closes_at => Err(Refusal::TooEarly { opens_at: campaign.closes_at }),
        Opening::Open { .. } | Opening::Closed { .. } => Ok(()),
    }
}

#[derive(Debug, Clone, Copy)]
pub struct AdmitFacts<'a> {
    pub campaign: &'a Campaign,
    pub opening: Opening,
    pub now: Timestamp,
    pub person: PersonId,
    pub candidate: Candidate,
    pub corrected: Option<Correction>,
    /// Whether there is an eligible recipient for whom this person may book.
    pub helps_eligible: bool,
    pub ticket: TicketRef,
    pub queue_number: u64,
    /// Who exchanged this ticket before.
    pub ticket_used_by: Option<PersonId>,
    /// When the pass was revoked that this ticket was exchanged for.
    pub revoked_at: Option<Timestamp>,
    pub earlier: Option<Admission>,
}

/// Exchange of a called ticket for a pass. Somebody admitted before comes in again on the same record, without a
/// new wait, on any device and with any ticket; also after closing, if the first admission was before it. A helper may
/// come in for others without being eligible.
pub fn admit(facts: &AdmitFacts<'_>) -> Decision<Admission> {
    still_open(facts.campaign, facts.opening, facts.earlier)?;
    let judged = facts.earlier.map(|first| first.eligible);
    let eligible = eligible(facts.corrected, judged, || facts.campaign.group.contains(facts.candidate));
    if !eligible && !facts.helps_eligible {
        return Err(not_eligible(facts.campaign));
    }
    if let Some(revoked_at) = facts.revoked_at.filter(|_| facts.earlier.is_none()) {
        return Err(Refusal::AdmissionRevoked { revoked_at });
    }
    if facts.earlier.is_none() && facts.ticket_used_by.is_some_and(|other| other != facts.person) {
        return Err(Refusal::TicketUsed);
    }
    let place =
        facts.earlier.map_or((facts.ticket, facts.queue_number), |first| (first.ticket, first.queue_number));
    Ok(Admission {
        ticket: place.0,
        queue_number: place.1,
        admitted_at: facts.earlier.map_or(facts.now, |first| first.admitted_at),
        expires_at: facts.now + facts.campaign.limits.pass_max,
        eligible,
    })
}

/// Before the opening nobody; after the closing those who came in before it.
fn still_open(campaign: &Campaign, opening: Opening, admission: Option<Admission>) -> Decision<()> {
    match opening {
        Opening::NotYet => Err(Refusal::TooEarly { opens_at: campaign.opens_at }),
        Opening::Open { .. } => Ok(()),
        Opening::Closed { at } if admission.is_some_and(|admission| admission.admitted_at < at) => Ok(()),
        Opening::Closed { at } => Err(Refusal::CampaignClosed { closed_at: at }),
    }
}

/// Why nobody is booked beside an appointment that stands.
fn already(appointment: AppointmentId, slot: SlotId, state: AppointmentState) -> Refusal {
    match state {
        AppointmentState::Fulfilled { .. } => {
            Refusal::AlreadyFulfilled { appointment, visit_on: slot.visit_on }
        }
        _ => Refusal::AlreadyBooked { appointment },
    }
}

fn not_eligible(campaign: &Campaign) -> Refusal {
    Refusal::NotEligible { born_from: campaign.group.born_from, born_to: campaign.group.born_to }
}

fn live_pass(admission: Option<Admission>, now: Timestamp) -> Decision<()> {
    match admission {
        None => Err(Refusal::PassNeeded),
        Some(admission) if admission.expires_at <= now => {
            Err(Refusal::PassExpired { expired_at: admission.expires_at })
        }
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
pub(crate) mod tests;
