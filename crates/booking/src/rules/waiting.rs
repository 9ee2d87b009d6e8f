//! Waiting for a place, and what becomes of an offer.

use super::{Decision, HoldFacts, LiveAppointment, already, live_pass, not_eligible, places, still_open};
use crate::{
    Admission, AppointmentId, AppointmentState, Campaign, DoseNumber, KOREA, Offer, Opening, PersonId,
    Refusal, SlotId, WaitEntry, WaitScope, korean_day,
};
use crate::{Appointment, Place};
use jiff::civil::{Date, Time, time};
use jiff::{SignedDuration, Timestamp};

/// Nobody is asked to answer between these.
const EVENING: Time = time(21, 0, 0, 0);
const MORNING: Time = time(8, 0, 0, 0);

#[derive(Debug, Clone, Copy)]
pub struct WaitFacts<'a> {
    pub campaign: &'a Campaign,
    pub opening: Opening,
    pub now: Timestamp,
    pub booker: PersonId,
    pub admission: Option<Admission>,
    pub recipient: PersonId,
    /// The booker, or somebody for whom the booker may act.
    pub may_be_booked: bool,
    pub eligible: bool,
    /// What stands for the first dose.
    pub booked: Option<LiveAppointment>,
    pub scope: WaitScope,
    /// Whether there is such a clinic or 시·군·구.
    pub is_scope: bool,
    pub days: Option<(Date, Date)>,
    /// Since when the recipient waits already.
    pub waiting_since: Option<Timestamp>,
    /// Places that could be booked at once.
    pub free: &'a [SlotId],
}

/// Waiting is for those who could book if there were a place, and where there is none.
pub fn wait(facts: &WaitFacts<'_>) -> Decision<WaitEntry> {
    still_open(facts.campaign, facts.opening, facts.admission)?;
    live_pass(facts.admission, facts.now)?;
    if !facts.may_be_booked {
        return Err(Refusal::RecipientUnknown);
    }
    if !facts.eligible {
        return Err(not_eligible(facts.campaign));
    }
    if let Some(booked) = facts.booked {
        return Err(already(booked.id, booked.slot, booked.state));
    }
    if let Some(since) = facts.waiting_since {
        return Err(Refusal::WaitingBefore { since });
    }
    if !facts.is_scope || !facts.days.is_none_or(|days| has_a_day(facts.campaign, days, facts.now)) {
        return Err(Refusal::WaitScopeUnknown);
    }
    if !facts.free.is_empty() {
        return Err(Refusal::PlacesFree { nearest: facts.free.to_vec() });
    }
    Ok(WaitEntry {
        campaign: facts.campaign.id,
        booker: facts.booker,
        recipient: facts.recipient,
        scope: facts.scope,
        days: facts.days,
        entered_at: facts.now,
        passed: Vec::new(),
    })
}

fn has_a_day(campaign: &Campaign, (from, until): (Date, Date), now: Timestamp) -> bool {
    let days = campaign.visits.days();
    days.filter(|day| *day > korean_day(now)).any(|day| (from..=until).contains(&day))
}

/// Whether places of that time can be offered now at all, and until when: the answer is due before the day of the visit.
pub fn offer_until(campaign: &Campaign, opening: Opening, slot: SlotId, now: Timestamp) -> Option<Timestamp> {
    let until = answer_until(campaign.limits.offer, now);
    let is_due = opening != Opening::NotYet
        && campaign.gives_dose_on(DoseNumber(1), slot.visit_on)
        && slot.visit_on > korean_day(until);
    is_due.then_some(until)
}

/// So long after now, of the hours in which people are awake.
fn answer_until(mut left: SignedDuration, now: Timestamp) -> Timestamp {
    let mut at = KOREA.to_datetime(now);
    loop {
        if at.time() >= EVENING {
            at = at.date().tomorrow().expect("campaigns end before time does").to_datetime(MORNING);
        } else if at.time() < MORNING {
            at = at.date().to_datetime(MORNING);
        }
        let room = at.date().to_datetime(EVENING).duration_since(at);
        if left <= room {
            return KOREA.to_timestamp(at + left).expect("campaigns end before time does");
        }
        left -= room;
        at = at.date().to_datetime(EVENING);
    }
}

/// The places of an offer: the time that came back, the second dose with it. The facts are those of a hold for the
/// recipient alone; None where it cannot be had whole.
pub fn offer(facts: &HoldFacts<'_>, until: Timestamp) -> Option<Offer> {
    let [recipient] = facts.recipients else { return None };
    if !recipient.eligible || recipient.first.is_some() {
        return None;
    }
    let places = places(facts).ok()?.into_iter().map(|(place, _)| place).collect();
    Some(Offer { places, offered_at: facts.now, expires_at: until })
}

#[derive(Debug, Clone, Copy)]
pub struct AnswerFacts<'a> {
    pub now: Timestamp,
    pub by: PersonId,
    /// The entry that is named, if it is live and theirs to answer for.
    pub entry: Option<&'a WaitEntry>,
    pub offer: Option<&'a Offer>,
    /// The recipient's live appointment.
    pub booked: Option<AppointmentId>,
}

/// No pass and no line: who waited has waited enough. The places are taken already, by the offer.
pub fn accept(facts: &AnswerFacts<'_>) -> Decision<Vec<Appointment>> {
    let entry = facts.entry.ok_or(Refusal::WaitUnknown)?;
    if let Some(appointment) = facts.booked {
        return Err(Refusal::AlreadyBooked { appointment });
    }
    let offer = live_offer(facts)?;
    let booked = |place: &Place| Appointment {
        campaign: entry.campaign,
        place: *place,
        booker: facts.by,
        booked_at: facts.now,
        state: AppointmentState::Booked,
    };
    Ok(offer.places.iter().map(booked).collect())
}

/// The place goes to the next; whoever declines keeps theirs in the order.
pub fn decline(facts: &AnswerFacts<'_>) -> Decision<()> {
    facts.entry.ok_or(Refusal::WaitUnknown)?;
    live_offer(facts).map(|_| ())
}

fn live_offer<'a>(facts: &AnswerFacts<'a>) -> Decision<&'a Offer> {
    let offer = facts.offer.ok_or(Refusal::OfferUnknown)?;
    if offer.expires_at <= facts.now {
        return Err(Refusal::OfferExpired { expired_at: offer.expires_at });
    }
    Ok(offer)
}

#[cfg(test)]
#[path = "waiting_tests.rs"]
mod tests;
