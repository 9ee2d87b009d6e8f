//! Appointments made, moved, cancelled, visited: the changes to the tables.

use super::Ledger;
use booking::{
    Appointment, AppointmentId, AppointmentState, CampaignId, DoseNumber, PersonId, Place, SlotId,
};
use jiff::Timestamp;

impl Ledger {
    pub(super) fn book(&mut self, id: AppointmentId, appointment: &Appointment) {
        self.next.appointment = self.next.appointment.max(id.0 + 1);
        let Place { slot, recipient, .. } = appointment.place;
        let doses = counted_doses(appointment.place);
        self.take(appointment.campaign, slot, doses, |taken| taken.booked += 1);
        self.put_appointment(id, *appointment);
        self.live.put(live_key(appointment), id);
        self.own.add(recipient, id);
    }

    pub(super) fn move_appointment(&mut self, id: AppointmentId, to: SlotId) {
        let mut appointment = self.appointments.get(id).expect("only an appointment that exists is moved");
        let doses = counted_doses(appointment.place);
        self.give_back(appointment.campaign, appointment.place.slot, doses, |taken| taken.booked -= 1);
        self.take(appointment.campaign, to, doses, |taken| taken.booked += 1);
        appointment.place.slot = to;
        self.put_appointment(id, appointment);
    }

    pub(super) fn cancel_appointment(&mut self, id: AppointmentId, at: Timestamp) {
        let mut appointment =
            self.appointments.get(id).expect("only an appointment that exists is cancelled");
        appointment.state = AppointmentState::Cancelled { at };
        self.put_appointment(id, appointment);
        self.end_live(live_key(&appointment), id);
        let doses = counted_doses(appointment.place);
        self.give_back(appointment.campaign, appointment.place.slot, doses, |taken| taken.booked -= 1);
    }

    pub(super) fn record_visit(&mut self, id: AppointmentId, state: AppointmentState) -> Appointment {
        let mut appointment = self.appointments.get(id).expect("only an appointment that exists is visited");
        appointment.state = state;
        self.put_appointment(id, appointment);
        appointment
    }

    fn put_appointment(&mut self, id: AppointmentId, appointment: Appointment) {
        let was = self.indexed(id);
        self.appointments.put(id, appointment);
        self.follow_appointment(id, was);
    }
}

/// Supply counts first doses; the second is set aside with the first.
pub(super) fn counted_doses(place: Place) -> u32 {
    u32::from(place.dose == DoseNumber(1))
}

pub(super) fn live_key(appointment: &Appointment) -> (CampaignId, PersonId, DoseNumber) {
    (appointment.campaign, appointment.place.recipient, appointment.place.dose)
}
