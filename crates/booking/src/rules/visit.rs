//! What becomes of a visit: the person came, did not come, was vaccinated. Each once.

use super::Decision;
use crate::{
    Appointment, AppointmentId, AppointmentState, Campaign, ClinicId, DoseNumber, Refusal, korean_day,
};
use jiff::Timestamp;

/// What a clinic knows of a visit that it is about to record.
#[derive(Debug, Clone, Copy)]
pub struct VisitFacts<'a> {
    pub campaign: &'a Campaign,
    pub now: Timestamp,
    /// Where whoever acts is.
    pub clinic: ClinicId,
    pub id: AppointmentId,
    pub appointment: &'a Appointment,
    /// Something was recorded wrongly, or not when it happened.
    pub is_correction: bool,
}

/// 접수: on the day of the visit, and there.
pub fn check_in(facts: &VisitFacts<'_>) -> Decision<()> {
    is_here(facts)?;
    still_booked(facts.id, facts.appointment)?;
    on_the_day(facts, false)
}

/// 접종하지 않음: nobody came until the time was over. By correction also of somebody who was checked in and sent home
/// without a dose: they may book again.
pub fn no_show(facts: &VisitFacts<'_>) -> Decision<()> {
    is_here(facts)?;
    match facts.appointment.state {
        AppointmentState::CheckedIn { .. } if facts.is_correction => {}
        _ => still_booked(facts.id, facts.appointment)?,
    }
    let ends_at = facts.campaign.visits.ends_at(facts.appointment.place.slot);
    if facts.now < ends_at { Err(Refusal::VisitNotOver { ends_at }) } else { Ok(()) }
}

/// What else is known of the person whose dose is recorded.
#[derive(Debug, Clone, Copy)]
pub struct DoseFacts {
    /// Whether their first dose was given; of no matter for a first dose.
    pub first_given: bool,
    /// Another appointment that stands for the same dose, made after this one was missed.
    pub other: Option<AppointmentId>,
}

/// 접종 완료: after the check-in, on the same day; by correction also where the check-in was forgotten or the person was
/// taken for one who did not come, on that day or later.
pub fn fulfil(facts: &VisitFacts<'_>, dose: DoseFacts) -> Decision<()> {
    is_here(facts)?;
    match facts.appointment.state {
        AppointmentState::CheckedIn { .. } => {}
        AppointmentState::Booked | AppointmentState::NoShow { .. } if facts.is_correction => {}
        AppointmentState::Booked => return Err(Refusal::CheckInNeeded),
        AppointmentState::NoShow { .. }
        | AppointmentState::Cancelled { .. }
        | AppointmentState::Fulfilled { .. } => still_booked(facts.id, facts.appointment)?,
    }
    if let Some(appointment) = dose.other {
        return Err(Refusal::AlreadyBooked { appointment });
    }
    if facts.appointment.place.dose != DoseNumber(1) && !dose.first_given {
        return Err(Refusal::FirstDoseNeeded);
    }
    on_the_day(facts, facts.is_correction)
}

/// Why an appointment is no longer to be changed, cancelled or checked in: what has become of it.
pub fn still_booked(id: AppointmentId, appointment: &Appointment) -> Decision<()> {
    match appointment.state {
        AppointmentState::Booked => Ok(()),
        AppointmentState::Cancelled { at } => Err(Refusal::CancelledBefore { cancelled_at: at }),
        AppointmentState::Fulfilled { .. } => Err(already_fulfilled(id, appointment)),
        AppointmentState::CheckedIn { at, number } => {
            Err(Refusal::CheckedInBefore { checked_in_at: at, number })
        }
        AppointmentState::NoShow { at } => Err(Refusal::NoShowBefore { recorded_at: at }),
    }
}

fn already_fulfilled(appointment: AppointmentId, given: &Appointment) -> Refusal {
    Refusal::AlreadyFulfilled { appointment, visit_on: given.place.slot.visit_on }
}

fn is_here(facts: &VisitFacts<'_>) -> Decision<()> {
    let slot = facts.appointment.place.slot;
    if slot.clinic == facts.clinic { Ok(()) } else { Err(Refusal::VisitElsewhere { slot }) }
}

fn on_the_day(facts: &VisitFacts<'_>, or_later: bool) -> Decision<()> {
    let (visit_on, today) = (facts.appointment.place.slot.visit_on, korean_day(facts.now));
    if today < visit_on {
        return Err(Refusal::VisitNotYet { visit_on });
    }
    if today > visit_on && !or_later { Err(Refusal::VisitOver { visit_on }) } else { Ok(()) }
}

#[cfg(test)]
#[path = "visit_tests.rs"]
mod tests;
