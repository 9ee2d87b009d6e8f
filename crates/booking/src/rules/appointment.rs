//! What becomes of a hold, and of an appointment.

use super::{Decision, live_hold, live_pass, still_open};
use crate::{
    Admission, Appointment, AppointmentId, AppointmentState, Campaign, DoseNumber, Hold, Opening, PersonId,
    Refusal, SlotId,
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
    /// Their live appointment for the same dose.
    pub live: Option<(AppointmentId, SlotId)>,
    /// Their other dose as it will stand beside this one, held with it or booked before; it may have changed since the
    /// hold was taken.
    pub other: Option<(Option<AppointmentId>, Date)>,
}

/// What becomes of one place of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    Booked(Appointment),
    Moved { id: AppointmentId, to: SlotId },
}

/// The places are taken already, by the hold: confirming can only fail on the people's side.
pub fn confirm(facts: &ConfirmFacts<'_>) -> Decision<Vec<Confirmed>> {
    still_open(facts.campaign, facts.opening, facts.admission)?;
    live_pass(facts.admission, facts.now)?;
    if facts.standings.iter().any(|standing| !standing.may_be_booked) {
        return Err(Refusal::RecipientUnknown);
    }
    let is_new = facts.hold.is_some_and(|hold| hold.replaces.is_empty());
    if let Some((appointment, _)) =
        facts.standings.iter().find_map(|standing| standing.live).filter(|_| is_new)
    {
        return Err(Refusal::AlreadyBooked { appointment });
    }
    let hold = live_hold(facts.hold, facts.booker, facts.now)?;
    doses_belong_together(facts, hold)?;
    if is_new {
        return Ok(hold.places.iter().map(|place| Confirmed::Booked(booked(facts, hold, *place))).collect());
    }
    let moves = hold.places.iter().zip(&hold.replaces).zip(facts.standings);
    moves
        .map(|((place, replaced), standing)| {
            let id = replaced.appointment;
            let until_on = facts.campaign.cancel_until(replaced.slot.visit_on);
            if facts.today > until_on {
                return Err(Refusal::CancelTooLate { until_on });
            }
            if standing.live != Some((id, replaced.slot)) {
                return Err(Refusal::AppointmentChanged { appointment: id });
            }
            Ok(Confirmed::Moved { id, to: place.slot })
        })
        .collect()
}

fn doses_belong_together(facts: &ConfirmFacts<'_>, hold: &Hold) -> Decision<()> {
    let interval = facts.campaign.dose_interval;
    for (place, standing) in hold.places.iter().zip(facts.standings) {
        let on = place.slot.visit_on;
        match standing.other {
            None if place.dose == DoseNumber(2) => return Err(Refusal::FirstDoseNeeded),
            Some((_, first_on)) if place.dose == DoseNumber(2) && !interval.allows(first_on, on) => {
                let (earliest_on, latest_on) = interval.after(first_on);
                return Err(Refusal::DoseIntervalWrong { earliest_on, latest_on });
            }
            Some((Some(appointment), second_on))
                if place.dose == DoseNumber(1) && !interval.allows(on, second_on) =>
            {
                return Err(Refusal::AppointmentChanged { appointment });
            }
            _ => {}
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
    pub appointment: Option<&'a Appointment>,
    /// Whether the person is its recipient, or may act for them.
    pub may_act: bool,
}

/// Cancelling needs no pass: it is open to its people until some days before the visit.
pub fn cancel(facts: &CancelFacts<'_>) -> Decision<()> {
    let appointment = facts.appointment.filter(|_| facts.may_act).ok_or(Refusal::AppointmentUnknown)?;
    if let AppointmentState::Cancelled { at } = appointment.state {
        return Err(Refusal::CancelledBefore { cancelled_at: at });
    }
    let until_on = facts.campaign.cancel_until(appointment.place.slot.visit_on);
    if facts.today > until_on {
        return Err(Refusal::CancelTooLate { until_on });
    }
    Ok(())
}

#[cfg(test)]
#[path = "appointment_tests.rs"]
mod tests;
