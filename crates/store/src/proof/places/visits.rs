//! What became of visits.

use super::{Judged, Places};
use crate::proof::Broken;
use booking::{Appointment, AppointmentId, AppointmentState, Country, DoseNumber};
use jiff::Timestamp;

impl Places {
    pub(in crate::proof) fn check_in(&mut self, id: AppointmentId, number: u16, at: Timestamp) -> Judged {
        let before = self.live(id)?;
        self.appointments
            .insert(id, Appointment { state: AppointmentState::CheckedIn { at, number }, ..before });
        Ok(())
    }

    /// No place comes back but that of a second dose that goes with its first.
    pub(in crate::proof) fn no_show(
        &mut self,
        country: &Country,
        id: AppointmentId,
        dropped: Option<AppointmentId>,
        at: Timestamp,
    ) -> Judged {
        let before = self.to_be_visited(id, Appointment::is_live)?;
        let Appointment { campaign, place, .. } = before;
        self.end_live((campaign, place.recipient, place.dose), id);
        self.appointments.insert(id, Appointment { state: AppointmentState::NoShow { at }, ..before });
        self.changed.push((campaign, place.recipient));
        let Some(second) = dropped else { return Ok(()) };
        let gone = self.to_be_visited(second, |one| {
            let own = (one.campaign, one.place.recipient) == (campaign, place.recipient);
            own && one.is_live() && one.place.dose != place.dose
        })?;
        self.end_live((campaign, place.recipient, gone.place.dose), second);
        self.appointments.insert(second, Appointment { state: AppointmentState::Cancelled { at }, ..gone });
        self.lift(country, campaign, gone.place);
        Ok(())
    }

    /// Also of somebody who was taken for one who did not come, unless they booked again.
    pub(in crate::proof) fn fulfil(&mut self, id: AppointmentId, at: Timestamp) -> Judged {
        let before = self.to_be_visited(id, |one| one.takes_a_place() && !one.is_given())?;
        let Appointment { campaign, place, .. } = before;
        let (person, dose) = (place.recipient, place.dose);
        if let Some(first) = self.counts_first((campaign, person, dose), id, before.is_live()) {
            return Err(Broken::TwoAppointments { person, campaign, dose, first, second: id });
        }
        self.appointments.insert(id, Appointment { state: AppointmentState::Fulfilled { at }, ..before });
        self.changed.push((campaign, person));
        let first = self.live.get(&(campaign, person, DoseNumber(1)));
        let given = first.and_then(|first| self.appointments.get(first)).is_some_and(Appointment::is_given);
        if given { Ok(()) } else { Err(Broken::FirstDoseMissing { person, second: id }) }
    }

    fn to_be_visited(
        &self,
        id: AppointmentId,
        may_be: impl Fn(&Appointment) -> bool,
    ) -> Result<Appointment, Broken> {
        let known = self.appointments.get(&id).copied().filter(may_be);
        known.ok_or(Broken::AppointmentNotLive { appointment: id })
    }
}
