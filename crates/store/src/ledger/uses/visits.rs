//! What clinics record of a visit.

use super::{Changes, Decided, known};
use crate::RecordVisit;
use crate::ledger::Ledger;
use booking::rules::{self, DoseFacts, VisitFacts};
use booking::{
    Act, Actor, Appointment, AppointmentId, AuditEntry, Change, Channel, DoseNumber, MessageKind, Origin,
    Outcome, Refusal, StaffId, WaitEnd,
};
use jiff::Timestamp;
use std::sync::Arc;

impl Ledger {
    pub(super) fn check_in(
        &mut self,
        (by, at): (StaffId, Timestamp),
        visit: &RecordVisit,
        changes: &mut Changes,
    ) -> Decided {
        let id = visit.appointment;
        let appointment = self.visited(visit, at, rules::check_in)?;
        let slot = appointment.place.slot;
        let number = self.said.arrivals((slot.clinic, slot.visit_on)).saturating_add(1);
        self.write(Change::CheckedIn { id, number, by, at }, changes);
        Ok(Outcome::CheckedIn { id, number })
    }

    /// A second dose was made for the first one's sake and goes with it; it can be booked anew with a new first, or
    /// alone once the first is recorded by correction.
    pub(super) fn no_show(
        &mut self,
        (by, at): (StaffId, Timestamp),
        visit: &RecordVisit,
        changes: &mut Changes,
    ) -> Decided {
        let id = visit.appointment;
        let appointment = self.visited(visit, at, rules::no_show)?;
        let is_first = appointment.place.dose == DoseNumber(1);
        let seconds = if is_first { self.seconds_of(id, &appointment) } else { Vec::new() };
        let dropped = seconds.first().copied();
        self.write(Change::NoShow { id, dropped, by, at }, changes);
        for second in &seconds {
            self.audit_second((by, at), &appointment, *second, changes);
        }
        // More than one: two names were merged.
        for second in seconds.into_iter().skip(1) {
            self.write(Change::Cancelled { id: second, by: appointment.place.recipient, at }, changes);
        }
        self.tell_both(&appointment, MessageKind::NoShow(id), at, changes);
        Ok(Outcome::NoShow { id, dropped })
    }

    /// The order is on record as what it was; that it took a second dose along is another event.
    fn audit_second(
        &mut self,
        (by, at): (StaffId, Timestamp),
        first: &Appointment,
        second: AppointmentId,
        changes: &mut Changes,
    ) {
        let entry = AuditEntry {
            at,
            who: Actor::Staff(by),
            from: Origin { channel: Channel::Clinic, sealed: Vec::new() },
            whose: Some(first.place.recipient),
            what: Act::Cancelled { appointment: second },
            why: Vec::new(),
            refused: None,
        };
        self.write(Change::Audited(entry), changes);
    }

    pub(super) fn fulfil(
        &mut self,
        (by, at): (StaffId, Timestamp),
        visit: &RecordVisit,
        changes: &mut Changes,
    ) -> Decided {
        let RecordVisit { appointment: id, is_correction, .. } = *visit;
        let known = self.appointments.get(id).ok_or(Refusal::AppointmentUnknown)?;
        let dose = self.dose_facts(id, &known);
        let appointment = self.visited(visit, at, |facts| rules::fulfil(facts, dose))?;
        self.write(Change::Fulfilled { id, is_correction, by, at }, changes);
        // Somebody taken for one who did not come may wait for another place meanwhile.
        let who = (appointment.campaign, appointment.place.recipient);
        self.end_wait_of(who, WaitEnd::Booked, at, changes);
        self.tell_both(&appointment, MessageKind::Fulfilled(id), at, changes);
        Ok(Outcome::Fulfilled(id))
    }

    fn visited(
        &self,
        visit: &RecordVisit,
        now: Timestamp,
        decide: impl Fn(&VisitFacts<'_>) -> Result<(), Refusal>,
    ) -> Result<Appointment, Refusal> {
        let country = Arc::clone(&self.country);
        let RecordVisit { clinic, appointment: id, is_correction } = *visit;
        let appointment = self.appointments.get(id).ok_or(Refusal::AppointmentUnknown)?;
        decide(&VisitFacts {
            campaign: known(&country, appointment.campaign)?,
            now,
            clinic,
            id,
            appointment: &appointment,
            is_correction,
        })?;
        Ok(appointment)
    }

    fn dose_facts(&self, id: AppointmentId, appointment: &Appointment) -> DoseFacts {
        let (campaign, place) = (appointment.campaign, appointment.place);
        let standing = |dose| self.live.get((campaign, place.recipient, dose));
        let given = |id: &AppointmentId| self.appointments.get(*id).is_some_and(|one| one.is_given());
        let key = (campaign, place.recipient, place.dose);
        // Of two that are at the desk since names were merged, either may be the one that is kept.
        let is_at_desk = !self.one_too_many(key).is_empty() && appointment.is_live();
        let stands_in_the_way = |other: &AppointmentId| *other != id && (!is_at_desk || given(other));
        DoseFacts {
            first_given: standing(DoseNumber(1)).as_ref().is_some_and(given),
            other: standing(place.dose).filter(stands_in_the_way),
        }
    }

    /// The recipient, and whoever booked for them and still may.
    fn tell_both(
        &mut self,
        appointment: &Appointment,
        kind: MessageKind,
        now: Timestamp,
        changes: &mut Changes,
    ) {
        let (recipient, booker) = (appointment.place.recipient, appointment.booker);
        self.tell(recipient, kind, now, changes);
        if booker != recipient && self.may_act(appointment.campaign, booker, recipient) {
            self.tell(booker, kind, now, changes);
        }
    }
}
