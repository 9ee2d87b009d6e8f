//! Appointments made, moved, cancelled.

use super::{Judged, Places, sido_of};
use crate::proof::Broken;
use crate::proof::people::People;
use booking::{
    Appointment, AppointmentId, AppointmentState, CampaignId, Country, DoseNumber, Hold, HoldId, PersonId,
    Place, SlotId,
};
use jiff::Timestamp;

impl Places {
    pub(in crate::proof) fn book(
        &mut self,
        country: &Country,
        people: &People,
        id: AppointmentId,
        appointment: &Appointment,
    ) -> Judged {
        if id.0 <= self.last_appointment {
            return Err(Broken::AppointmentTwice { appointment: id });
        }
        self.last_appointment = id.0;
        let Appointment { campaign, place, booker, booked_at, .. } = *appointment;
        people.known(place.recipient)?;
        let key = (campaign, place.recipient, place.dose);
        if let Some(first) = self.live.insert(key, id) {
            let (person, dose) = (place.recipient, place.dose);
            return Err(Broken::TwoAppointments { person, campaign, dose, first, second: id });
        }
        people.may_act(campaign, booker, place.recipient)?;
        if !self.waits.use_offer(campaign, place) {
            self.use_hold(id, booker, place, booked_at)?;
        }
        self.appointments.insert(id, *appointment);
        self.changed.push((campaign, place.recipient));
        self.put(country, campaign, place);
        Ok(())
    }

    /// The place comes out of a hold of the same booker that was confirmed in this step, before its end.
    fn use_hold(&mut self, id: AppointmentId, booker: PersonId, place: Place, at: Timestamp) -> Judged {
        let confirmed = self.confirmed.iter_mut().find_map(|(hold, terms, left)| {
            let position = left.iter().position(|one| terms.booker == booker && *one == place)?;
            left.remove(position);
            Some((*hold, terms.expires_at))
        });
        let (hold, expires_at) = confirmed.ok_or(Broken::WithoutHold { appointment: id })?;
        if at < expires_at { Ok(()) } else { Err(Broken::HoldOver { hold }) }
    }

    /// The hold was judged; what is said since takes nothing away.
    fn put(&mut self, country: &Country, campaign: CampaignId, place: Place) {
        self.slots.entry(place.slot).or_default().1 += 1;
        if let Some(sido) = sido_of(country, place.slot).filter(|_| place.dose == DoseNumber(1)) {
            self.take_dose(campaign, sido);
        }
    }

    pub(super) fn lift(&mut self, country: &Country, campaign: CampaignId, place: Place) {
        let booked = &mut self.slots.entry(place.slot).or_default().1;
        *booked = booked.saturating_sub(1);
        if let Some(sido) = sido_of(country, place.slot).filter(|_| place.dose == DoseNumber(1)) {
            self.give_dose_back(campaign, sido);
        }
    }

    pub(super) fn live(&self, id: AppointmentId) -> Result<Appointment, Broken> {
        let live = self.appointments.get(&id).filter(|one| one.state == AppointmentState::Booked);
        live.copied().ok_or(Broken::AppointmentNotLive { appointment: id })
    }

    pub(in crate::proof) fn move_to(
        &mut self,
        country: &Country,
        id: AppointmentId,
        to: SlotId,
        by: PersonId,
        at: Timestamp,
    ) -> Judged {
        let before = self.live(id)?;
        let place = Place { slot: to, ..before.place };
        let replaces = |(_, terms, _): &(HoldId, Hold, Vec<Place>)| {
            terms.replaces.iter().any(|old| (old.appointment, old.slot) == (id, before.place.slot))
        };
        if !self.confirmed.iter().any(replaces) {
            return Err(Broken::WithoutHold { appointment: id });
        }
        self.use_hold(id, by, place, at)?;
        self.lift(country, before.campaign, before.place);
        self.appointments.insert(id, Appointment { place, ..before });
        self.changed.push((before.campaign, place.recipient));
        self.put(country, before.campaign, place);
        Ok(())
    }

    pub(in crate::proof) fn cancel(
        &mut self,
        country: &Country,
        people: &People,
        id: AppointmentId,
        by: PersonId,
        at: Timestamp,
    ) -> Judged {
        let before = self.live(id)?;
        let Appointment { campaign, place, .. } = before;
        people.may_act(campaign, by, place.recipient)?;
        self.end_live((campaign, place.recipient, place.dose), id);
        self.appointments.insert(id, Appointment { state: AppointmentState::Cancelled { at }, ..before });
        self.lift(country, campaign, place);
        self.changed.push((campaign, place.recipient));
        Ok(())
    }
}
