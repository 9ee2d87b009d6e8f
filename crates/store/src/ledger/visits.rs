//! Who comes to a clinic, day by day: for its day sheet, and for the list of those to be re-offered.

use super::Ledger;
use super::said::Layer;
use crate::rows::Map;
use crate::{ClinicDay, Visit};
use booking::{Appointment, AppointmentId, AppointmentState, CampaignId, ClinicId, SlotId};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Committed appointments that were not cancelled, by clinic and day.
#[derive(Default)]
pub(super) struct Visits {
    on: Map<(ClinicId, Date), Vec<AppointmentId>>,
    /// On which anybody comes anywhere.
    days: BTreeSet<Date>,
}

impl Visits {
    /// Once for each: it was not there.
    pub(super) fn insert(&mut self, slot: SlotId, id: AppointmentId) {
        self.days.insert(slot.visit_on);
        self.on.entry((slot.clinic, slot.visit_on)).or_default().push(id);
    }

    pub(super) fn remove(&mut self, slot: SlotId, id: AppointmentId) {
        if let Some(day) = self.on.get_mut(&(slot.clinic, slot.visit_on)) {
            day.retain(|other| *other != id);
        }
    }

    /// The last one of the day.
    pub(super) fn look(&self, slot: SlotId) -> u64 {
        self.on.get(&(slot.clinic, slot.visit_on)).and_then(|day| day.last()).map_or(0, |id| id.0)
    }

    #[cfg(feature = "conformance")]
    pub(super) fn all(&self) -> impl Iterator<Item = (ClinicId, Date, AppointmentId)> {
        self.on.iter().flat_map(|((clinic, day), ids)| ids.iter().map(move |id| (*clinic, *day, *id)))
    }

    fn of(&self, clinic: ClinicId) -> impl Iterator<Item = &AppointmentId> {
        self.days.iter().flat_map(move |visit_on| self.on(clinic, *visit_on))
    }

    fn on(&self, clinic: ClinicId, visit_on: Date) -> impl Iterator<Item = &AppointmentId> {
        self.on.get(&(clinic, visit_on)).into_iter().flatten()
    }
}

impl Ledger {
    fn appointments_among<'a>(
        &'a self,
        ids: impl Iterator<Item = &'a AppointmentId> + 'a,
    ) -> impl Iterator<Item = Visit> + 'a {
        ids.filter_map(|id| Some((*id, self.appointments.committed(*id)?)))
    }

    /// 다시 안내할 분: who is booked at a clinic beyond what it offers, slot by slot, in each the latest booked first.
    /// Whoever is moved or cancelled leaves it, and raising the capacity shortens it.
    pub fn reoffer_list(&self, clinic: ClinicId) -> Vec<Visit> {
        let mut by_slot: BTreeMap<SlotId, Vec<Visit>> = BTreeMap::new();
        for (id, appointment) in self.appointments_among(self.visits.of(clinic)) {
            by_slot.entry(appointment.place.slot).or_default().push((id, appointment));
        }
        by_slot.into_iter().flat_map(|(slot, visits)| self.over(slot, visits)).collect()
    }

    /// Of the appointments of a slot, those beyond what it offers whose people are not there yet.
    fn over(&self, slot: SlotId, mut visits: Vec<Visit>) -> Vec<Visit> {
        let over = visits.len().saturating_sub(self.offered_in_any(slot, Layer::Committed) as usize);
        visits.retain(|(_, appointment)| appointment.state == AppointmentState::Booked);
        visits.sort_by_key(|(id, appointment)| std::cmp::Reverse((appointment.booked_at, *id)));
        visits.truncate(over);
        visits
    }

    /// The day sheet of a clinic; None where the campaign or the clinic is not known.
    pub fn clinic_day(&self, campaign: CampaignId, clinic: ClinicId, visit_on: Date) -> Option<ClinicDay> {
        let known = self.country.clinic(clinic)?;
        self.country.campaign(campaign)?;
        let of_campaign = |(_, appointment): &(AppointmentId, Appointment)| appointment.campaign == campaign;
        let mut visits: Vec<Visit> =
            self.appointments_among(self.visits.on(clinic, visit_on)).filter(of_campaign).collect();
        visits.sort_by_key(|(id, appointment)| (appointment.place.slot, *id));
        let doses = visits.iter().filter(|(_, appointment)| appointment.needs_a_dose()).count() as u32;
        Some(ClinicDay { bands: self.slots(campaign, clinic, visit_on), vials: known.vials(doses), visits })
    }
}
