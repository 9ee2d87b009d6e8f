//! What becomes of a hold, and of an appointment.

use super::{Decision, already, live_hold, live_pass, still_booked, still_open};
use crate::{
    Admission, Appointment, AppointmentId, AppointmentState, Campaign, DoseNumber, Few, Hold, Opening,
    PersonId, Refusal, SlotId,
};
use jiff::Timestamp;
use jiff::civil::Date;

#[derive(Debug, Clone, Copy)]
pub struct ConfirmFacts<'a> {
    pub campaign: &'a Campaign,
    pub opening: Opening,
    pub now: Timestamp,
    /// Today in Korea.
    pub today: Date,
    pub booker: PersonId,
    pub admission: Option<Admission>,
    pub hold: Option<&'a Hold>,
    /// One for each place of the hold, in its order.
    pub standings: &'a [PlaceStanding],
}

/// What is known of the recipient of a held place.
#[derive(Debug, Clone, Copy)]
pub struct PlaceStanding {
    pub may_be_booked: bool,
    /// The appointment that stands for the same dose.
    pub live: Option<(AppointmentId, SlotId, AppointmentState)>,
    /// The one that stands for the other dose of a pair.
    pub other_dose: Option<(AppointmentId, SlotId)>,
}

/// What becomes of one place of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    Booked(Appointment),
    Moved { id: AppointmentId, to: SlotId },
}

/// The places are taken already, by the hold: confirming can only fail on the people's side.
pub fn confirm(facts: &ConfirmFacts<'_>) -> Decision<Few<Confirmed>> {
    still_open(facts.campaign, facts.opening, facts.admission)?;
    live_pass(facts.admission, facts.now)?;
    if facts.standings.iter().any(|standing| !standing.may_be_booked) {
        return Err(Refusal::RecipientUnknown);
    }
    let is_new = facts.hold.is_some_and(|hold| hold.replaces.is_empty());
    if let Some((appointment, slot, state)) =
        facts.standings.iter().find_map(|standing| standing.live).filter(|_| is_new)
    {
        return Err(already(appointment, slot, state));
    }
    let hold = live_hold(facts.hold, facts.booker, facts.now)?;
    let confirmed = if is_new {
        hold.places.iter().map(|place| Confirmed::Booked(booked(facts, hold, *place))).collect()
    } else {
        moved(facts, hold)?
    };
    doses_fit(facts, hold)?;
    Ok(confirmed)
}

fn moved(facts: &ConfirmFacts<'_>, hold: &Hold) -> Decision<Few<Confirmed>> {
    let moves = hold.places.iter().zip(&hold.replaces).zip(facts.standings);
    moves
        .map(|((place, replaced), standing)| {
            let id = replaced.appointment;
            let until_on = facts.campaign.cancel_until(replaced.slot.visit_on);
            if facts.today > until_on {
                return Err(Refusal::CancelTooLate { until_on });
            }
            if standing.live != Some((id, replaced.slot, AppointmentState::Booked)) {
                return Err(Refusal::AppointmentChanged { appointment: id });
            }
            Ok(Confirmed::Moved { id, to: place.slot })
        })
        .collect()
}

/// Whether each dose still fits the other one, which may have been cancelled or moved since the hold was made.
fn doses_fit(facts: &ConfirmFacts<'_>, hold: &Hold) -> Decision<()> {
    let interval = facts.campaign.dose_interval;
    for (place, standing) in hold.places.iter().zip(facts.standings) {
        let pair = |one: &&crate::Place| one.recipient == place.recipient && one.dose != place.dose;
        let held = hold.places.iter().find(pair).map(|one| one.slot);
        if place.dose == DoseNumber(1) {
            let second = standing.other_dose.filter(|_| held.is_none());
            if let Some((appointment, slot)) = second
                && !interval.allows(place.slot.visit_on, slot.visit_on)
            {
                return Err(Refusal::AppointmentChanged { appointment });
            }
            continue;
        }
        let first = held.or(standing.other_dose.map(|(_, slot)| slot)).ok_or(Refusal::FirstDoseNeeded)?;
        if !interval.allows(first.visit_on, place.slot.visit_on) {
            let (earliest_on, latest_on) = interval.after(first.visit_on);
            return Err(Refusal::DoseIntervalWrong { earliest_on, latest_on });
        }
    }
    Ok(())
}

fn booked(facts: &ConfirmFacts<'_>, hold: &Hold, place: crate::Place) -> Appointment {
    Appointment {
        campaign: hold.campaign,
        place,
        booker: hold.booker,
        booked_at: facts.now,
        state: AppointmentState::Booked,
    }
}

#[derive(Debug, Clone, Copy)]
pub struct CancelFacts<'a> {
    pub campaign: &'a Campaign,
    /// Today in Korea.
    pub today: Date,
    pub id: AppointmentId,
    pub appointment: Option<&'a Appointment>,
    /// Whether the person is its recipient, or may act for them.
    pub may_act: bool,
}

/// Cancelling needs no pass: it is open to its people until some days before the visit.
pub fn cancel(facts: &CancelFacts<'_>) -> Decision<()> {
    let appointment = facts.appointment.filter(|_| facts.may_act).ok_or(Refusal::AppointmentUnknown)?;
    still_booked(facts.id, appointment)?;
    let until_on = facts.campaign.cancel_until(appointment.place.slot.visit_on);
    if facts.today > until_on {
        return Err(Refusal::CancelTooLate { until_on });
    }
    Ok(())
}

#[cfg(test)]
#[path = "appointment_tests.rs"]
mod tests;
