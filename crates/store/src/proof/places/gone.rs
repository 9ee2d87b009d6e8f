//! Whether somebody may be removed.

use super::{Judged, Places};
use crate::proof::Broken;
use booking::{Appointment, Country, DoseNumber, PersonId, Removal, RemovalReason};

impl Places {
    /// Nobody who holds places or has a visit to come; where the key is gone there is nothing left to keep.
    pub(in crate::proof) fn may_go(&self, country: &Country, person: PersonId, removal: &Removal) -> Judged {
        if removal.reason == RemovalReason::KeyGone {
            return Ok(());
        }
        for campaign in country.campaigns() {
            let to_come = |dose: u8| {
                let live = self.live.get(&(campaign.id, person, DoseNumber(dose)))?;
                self.appointments.get(live).filter(|one| one.is_live())
            };
            let is_later = |one: &Appointment| removal.at < campaign.visits.ends_at(one.place.slot);
            let is_expected = (1..=campaign.doses).filter_map(to_come).any(is_later);
            if is_expected || self.hold_of.contains_key(&(campaign.id, person)) {
                return Err(Broken::RemovedWhileExpected { person });
            }
        }
        Ok(())
    }
}
