//! Whether a journal fits the country it is replayed for. The chain of a journal tells that it was not damaged, not
//! that its clinics are still there.

use super::Ledger;
use super::said::Layer;
use crate::StoreError;
use crate::kept::Numbers;
use booking::{AppointmentId, Change, ClinicId, PersonId, Place, SlotCounts, SlotId, WaitId};

impl Ledger {
    pub(super) fn could_happen(&self, change: &Change) -> Result<(), String> {
        match change {
            Change::Held { id, hold } => {
                in_turn("hold", id.0, self.next.hold)?;
                self.is_registered(hold.booker)?;
                hold.places.iter().try_for_each(|place| self.could_be_taken(place))
            }
            Change::HoldExtended { id, .. } | Change::HoldEnded { id, .. } => {
                self.holds.get(*id).map(|_| ()).ok_or_else(|| format!("hold {}: it is not there", id.0))
            }
            Change::Booked { id, appointment } => {
                in_turn("appointment", id.0, self.next.appointment)?;
                self.is_registered(appointment.booker)?;
                self.could_be_taken(&appointment.place)
            }
            Change::Moved { id, to, .. } => {
                self.clinic_of(*to)?;
                self.is_live(*id)
            }
            Change::Cancelled { id, .. } | Change::CheckedIn { id, .. } => self.is_live(*id),
            Change::NoShow { id, dropped, .. } => {
                dropped.map_or(Ok(()), |second| self.is_live(second))?;
                self.is_live(*id)
            }
            Change::Fulfilled { id, .. } => self.could_be_given(*id),
            Change::DelegationProved { campaign, booker, recipient, .. }
            | Change::DelegationEnded { campaign, booker, recipient, .. }
            | Change::HelperAllowed { campaign, booker, recipient } => {
                let given = self.delegations.get((*campaign, *booker, *recipient));
                given.map(|_| ()).ok_or_else(|| format!("person {}: no delegation to change", booker.0))
            }
            Change::Blocked { slot, .. } => self.clinic_of(*slot),
            Change::Unblocked { slot, places, .. } => {
                let blocked = self.slots.get(*slot).map_or(0, |taken| taken.blocked);
                if blocked >= *places {
                    Ok(())
                } else {
                    Err(format!("clinic {}: {blocked} places are blocked", slot.clinic))
                }
            }
            Change::PersonRegistered { person, .. } => in_turn("person", person.0, self.next.person),
            Change::PersonRemoved { .. } | Change::KeysDestroyed { .. } | Change::AliasesRenewed { .. } => {
                self.could_leave(change)
            }
            Change::PersonKnownAs { person, .. }
            | Change::PersonUpdated { person, .. }
            | Change::DraftSaved { person, .. }
            | Change::Admitted { person, .. } => self.is_registered(*person),
            Change::CapacitySet { clinic, .. } => self.is_known(*clinic),
            Change::PlaceAwaited { .. }
            | Change::PlaceOffered { .. }
            | Change::PlacePassed { .. }
            | Change::WaitEnded { .. }
            | Change::OfferEnded { .. }
            | Change::AdmissionRevoked { .. }
            | Change::PeopleMerged { .. } => self.could_happen_to_people(change),
            Change::Waited { .. }
            | Change::EligibilityCorrected { .. }
            | Change::Opened { .. }
            | Change::SupplySet { .. }
            | Change::Closed { .. }
            | Change::DelegationGiven { .. }
            | Change::PlaceAbandoned { .. }
            | Change::SessionEnded { .. }
            | Change::MessageQueued { .. }
            | Change::MessageSent { .. }
            | Change::Audited(_)
            | Change::Answered { .. } => Ok(()),
        }
    }

    fn could_be_given(&self, id: AppointmentId) -> Result<(), String> {
        let takes = self.appointments.get(id).is_some_and(|one| one.takes_a_place() && !one.is_given());
        if takes { Ok(()) } else { Err(format!("appointment {}: there is none to be given", id.0)) }
    }

    /// Waiting, and what staff put right.
    fn could_happen_to_people(&self, change: &Change) -> Result<(), String> {
        match change {
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
            Change::PeopleMerged { survivor, merged, .. } => {
                self.is_registered(*survivor)?;
                self.is_registered(*merged)
            }
            _ => Ok(()),
        }
    }

    fn waits_there(&self, id: WaitId) -> Result<(), String> {
        self.waits.entry(id).map(|_| ()).ok_or_else(|| format!("entry {}: nobody waits there", id.0))
    }

    fn is_a_place_awaited(&self) -> Result<(), String> {
        self.waits.first_awaited().map(|_| ()).ok_or_else(|| "no place is awaited".to_owned())
    }

    fn could_leave(&self, change: &Change) -> Result<(), String> {
        match change {
            Change::PersonRemoved { person, .. } | Change::AliasesRenewed { person, .. } => {
                let is_there = self.people.get(*person).is_some();
                if is_there { Ok(()) } else { Err(format!("person {}: they are not there", person.0)) }
            }
            Change::KeysDestroyed { keys, .. } => {
                let spared = keys.iter().find(|key| self.condemned.get(**key).is_none());
                spared.map_or(Ok(()), |key| Err(format!("key {}: nobody of it was removed", key.0)))
            }
            other => unreachable!("{other:?} is judged elsewhere"),
        }
    }

    fn is_live(&self, id: AppointmentId) -> Result<(), String> {
        let live = self.appointments.get(id).is_some_and(|one| one.is_live());
        if live { Ok(()) } else { Err(format!("appointment {}: there is none that is live", id.0)) }
    }

    fn could_be_taken(&self, place: &Place) -> Result<(), String> {
        self.is_registered(place.recipient)?;
        self.clinic_of(place.slot)
    }

    fn is_registered(&self, person: PersonId) -> Result<(), String> {
        if self.is_known_person(person) {
            Ok(())
        } else {
            Err(format!("person {}: they were never registered", person.0))
        }
    }

    pub(super) fn is_known_person(&self, person: PersonId) -> bool {
        (1..self.next.person).contains(&person.0)
    }

    fn clinic_of(&self, slot: SlotId) -> Result<(), String> {
        self.is_known(slot.clinic)
    }

    fn is_known(&self, clinic: ClinicId) -> Result<(), String> {
        let known = self.country.clinic(clinic).is_some();
        if known { Ok(()) } else { Err(format!("clinic {clinic}: the country does not know it")) }
    }

    /// Slots of which more is taken than their clinic gives now, after it lowered its capacity, changed its hours or
    /// left the list: people there are to be re-offered. Each with what the clinic gives.
    pub fn overfull_slots(&self) -> impl Iterator<Item = (SlotId, SlotCounts, u32)> {
        let offered = |slot| self.offered_in_any(slot, Layer::Committed);
        let with_offered = self.touched_slots().map(move |(slot, counts)| (slot, counts, offered(slot)));
        with_offered.filter(|(_, counts, offered)| counts.taken() > *offered)
    }

    /// Before what was kept of a journal is replayed: the numbers go on where they were.
    pub fn go_on_from(&mut self, numbers: Numbers) {
        self.next.hold = self.next.hold.max(numbers.hold);
        self.next.message = self.next.message.max(numbers.message);
        self.next_committed = self.next;
    }

    /// After a replay: the country must still give every dose that was taken. Where the supply was set since, less than
    /// is taken was said on purpose.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] names the first 시·도 that gives too little.
    pub fn check_country(&self) -> Result<(), StoreError> {
        for ((campaign, sido), taken) in self.supply.all_committed() {
            let supply =
                self.country.campaign(campaign).and_then(|campaign| campaign.supply.get(&sido).copied());
            if *taken > supply.unwrap_or(0) && self.said_supply(campaign).is_none() {
                let at = format!("campaign {}: {taken} doses taken in region {sido}", campaign.0);
                return Err(StoreError::Corrupt { at });
            }
        }
        Ok(())
    }
}

/// Numbers are given out one after the other: one far ahead is damage, and memory is made for none in between.
fn in_turn(what: &str, number: u64, next: u64) -> Result<(), String> {
    if number <= next { Ok(()) } else { Err(format!("{what} {number}: the next one is {next}")) }
}
