//! Whether a journal fits the country it is replayed for. The chain of a journal tells that it was not damaged, not
//! that its clinics are still there.

use super::Ledger;
use crate::StoreError;
use booking::{AppointmentId, AppointmentState, Change, SlotCounts, SlotId, WaitId};

impl Ledger {
    pub(super) fn could_happen(&self, change: &Change) -> Result<(), String> {
        match change {
            Change::Held { hold, .. } => hold.places.iter().try_for_each(|place| self.clinic_of(place.slot)),
            Change::HoldExtended { id, .. } | Change::HoldEnded { id, .. } => {
                self.holds.get(*id).map(|_| ()).ok_or_else(|| format!("hold {}: it is not there", id.0))
            }
            Change::Booked { appointment, .. } => self.clinic_of(appointment.place.slot),
            Change::Moved { id, to, .. } => {
                self.clinic_of(*to)?;
                self.is_live(*id)
            }
            Change::Cancelled { id, .. } => self.is_live(*id),
            Change::DelegationEnded { campaign, booker, recipient, .. }
            | Change::HelperAllowed { campaign, booker, recipient } => {
                let given = self.delegations.get((*campaign, *booker, *recipient));
                given.map(|_| ()).ok_or_else(|| format!("person {}: no delegation to change", booker.0))
            }
            Change::PlaceAwaited { slot } => self.clinic_of(*slot),
            Change::PlaceOffered { id, offer } => {
                self.waits_there(*id)?;
                self.is_a_place_awaited()?;
                offer.places.iter().try_for_each(|place| self.clinic_of(place.slot))
            }
            Change::PlacePassed { .. } => self.is_a_place_awaited(),
            Change::WaitEnded { id, .. } => self.waits_there(*id),
            Change::OfferEnded { id, .. } => {
                self.waits_there(*id)?;
                self.waits.offer(*id).map(|_| ()).ok_or_else(|| format!("entry {}: nothing offered", id.0))
            }
            Change::AdmissionRevoked { campaign, person, .. } => {
                let admission = self.admissions.get((*campaign, *person));
                admission.map(|_| ()).ok_or_else(|| format!("person {}: no pass to revoke", person.0))
            }
            Change::PeopleMerged { survivor, merged, .. } if survivor == merged => {
                Err(format!("person {}: merged with themselves", merged.0))
            }
            Change::Waited { .. }
            | Change::EligibilityCorrected { .. }
            | Change::PeopleMerged { .. }
            | Change::Opened { .. }
            | Change::Closed { .. }
            | Change::PersonRegistered { .. }
            | Change::PersonKnownAs { .. }
            | Change::PersonUpdated { .. }
            | Change::DelegationGiven { .. }
            | Change::DraftSaved { .. }
            | Change::PlaceAbandoned { .. }
            | Change::SessionEnded { .. }
            | Change::Admitted { .. }
            | Change::MessageQueued { .. }
            | Change::MessageSent { .. }
            | Change::Audited(_)
            | Change::Answered { .. } => Ok(()),
        }
    }

    fn waits_there(&self, id: WaitId) -> Result<(), String> {
        self.waits.entry(id).map(|_| ()).ok_or_else(|| format!("entry {}: nobody waits there", id.0))
    }

    fn is_a_place_awaited(&self) -> Result<(), String> {
        self.waits.first_awaited().map(|_| ()).ok_or_else(|| "no place is awaited".to_owned())
    }

    fn is_live(&self, id: AppointmentId) -> Result<(), String> {
        let state = self.appointments.get(id).map(|appointment| appointment.state);
        let live = state == Some(AppointmentState::Booked);
        if live { Ok(()) } else { Err(format!("appointment {}: there is none that is live", id.0)) }
    }

    fn clinic_of(&self, slot: SlotId) -> Result<(), String> {
        let known = self.country.clinic(slot.clinic).is_some();
        if known { Ok(()) } else { Err(format!("clinic {}: the country does not know it", slot.clinic)) }
    }

    /// Slots of which more is taken than their clinic gives now, after it lowered its capacity, changed its hours or
    /// left the list: people there are to be re-offered. Each with what the clinic gives.
    pub fn overfull_slots(&self) -> impl Iterator<Item = (SlotId, SlotCounts, u32)> {
        let offered = |slot: SlotId| {
            let campaigns = self.country.campaigns().iter();
            campaigns.filter_map(|campaign| self.country.capacity(campaign, slot)).max().unwrap_or(0)
        };
        let with_offered = self.touched_slots().map(move |(slot, counts)| (slot, counts, offered(slot)));
        with_offered.filter(|(_, counts, offered)| counts.taken() > *offered)
    }

    /// After a replay: the country must still give every dose that was taken.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] names the first 시·도 that gives too little.
    pub fn check_country(&self) -> Result<(), StoreError> {
        for ((campaign, sido), taken) in self.supply.all_committed() {
            let supply =
                self.country.campaign(*campaign).and_then(|campaign| campaign.supply.get(sido).copied());
            if *taken > supply.unwrap_or(0) {
                let at = format!("campaign {}: {taken} doses taken in region {sido}", campaign.0);
                return Err(StoreError::Corrupt { at });
            }
        }
        Ok(())
    }
}
