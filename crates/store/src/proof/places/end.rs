//! What stands: compared with what was answered, counted once more, and made into one digest.

use super::{Counts, Doses, Judged, Places, doses_of, sido_of};
use crate::proof::people::People;
use crate::proof::{Broken, Proved};
use crate::{Ledger, record};
use booking::{
    Appointment, AppointmentId, AppointmentState, Change, Country, DoseNumber, Hold, HoldId, Outcome,
};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

impl Places {
    /// An answer says what stands.
    pub(in crate::proof) fn bears_out(&self, outcome: &Outcome) -> Judged {
        let stands = |(id, said): &(AppointmentId, Appointment)| self.appointments.get(id) == Some(said);
        let is_true = match outcome {
            Outcome::Held { id, hold } => self.holds.get(id) == Some(hold),
            Outcome::Extended { id, expires_at } => {
                self.holds.get(id).is_some_and(|hold| hold.expires_at == *expires_at)
            }
            Outcome::Booked(made) | Outcome::Moved(made) => !made.is_empty() && made.iter().all(stands),
            Outcome::Cancelled(id) => self.appointments.get(id).is_some_and(|one| !one.is_live()),
            Outcome::Waiting { id, entry } => self.waits.entries.get(id) == Some(entry),
            Outcome::CheckedIn { id, number } => {
                let came = |one: &Appointment| matches!(one.state, AppointmentState::CheckedIn { number: n, .. } if n == *number);
                self.appointments.get(id).is_some_and(came)
            }
            Outcome::NoShow { id, .. } => {
                let missed = |one: &Appointment| matches!(one.state, AppointmentState::NoShow { .. });
                self.appointments.get(id).is_some_and(missed)
            }
            Outcome::Fulfilled(id) => self.appointments.get(id).is_some_and(Appointment::is_given),
            _ => true,
        };
        if is_true { Ok(()) } else { Err(Broken::AnswerUntrue { outcome: format!("{outcome:?}") }) }
    }

    /// Counts everything once more from what stands at the end. Returns how many slots hold more than the list gives.
    pub(in crate::proof) fn recount(&self, country: &Country) -> Result<u64, Broken> {
        let (mut slots, mut doses) = (Counts::new(), Doses::new());
        let offered: Vec<Hold> = self.waits.held().collect();
        for hold in self.holds.values().chain(&offered) {
            hold.places.iter().for_each(|place| slots.entry(place.slot).or_default().0 += 1);
            for sido in doses_of(country, hold) {
                *doses.entry((hold.campaign, sido)).or_default() += 1;
            }
        }
        for appointment in self.appointments.values().filter(|one| one.takes_a_place()) {
            slots.entry(appointment.place.slot).or_default().1 += 1;
            let sido = sido_of(country, appointment.place.slot);
            if let Some(sido) = sido.filter(|_| appointment.place.dose == DoseNumber(1)) {
                *doses.entry((appointment.campaign, sido)).or_default() += 1;
            }
        }
        for (slot, counted) in &self.slots {
            let (slot, counted) = (*slot, *counted);
            let found = slots.remove(&slot).unwrap_or_default();
            if counted != found {
                return Err(Broken::CountsDiffer { slot, counted, found });
            }
        }
        for ((campaign, sido), counted) in &self.doses {
            let (campaign, sido, counted) = (*campaign, *sido, *counted);
            let found = doses.remove(&(campaign, sido)).unwrap_or_default();
            if counted != found {
                return Err(Broken::DosesDiffer { campaign, sido, counted, found });
            }
        }
        let gives = |slot| self.said.offered_in_any(country, slot).unwrap_or(0);
        Ok(self.slots.keys().filter(|slot| self.taken(**slot) > gives(**slot)).count() as u64)
    }

    /// What the service would show is what was counted here.
    pub(in crate::proof) fn agree_with(&self, country: &Country, ledger: &Ledger) -> Judged {
        let mut left = self.slots.clone();
        for (slot, counts) in ledger.touched_slots() {
            let (counted, found) = ((counts.held, counts.booked), left.remove(&slot).unwrap_or_default());
            let blocked = self.blocked.get(&slot).copied().unwrap_or(0);
            if counted != found || counts.blocked != blocked || counts.capacity < counts.taken() {
                return Err(Broken::CountsDiffer { slot, counted, found });
            }
        }
        if let Some((slot, found)) = left.into_iter().find(|(_, found)| *found != (0, 0)) {
            return Err(Broken::CountsDiffer { slot, counted: (0, 0), found });
        }
        self.same_people(ledger)?;
        self.waits.agree_with(ledger)?;
        for campaign in country.campaigns() {
            let Some(shown) = ledger.supply(campaign.id) else { continue };
            for (sido, row) in shown.sidos {
                let found = self.doses.get(&(campaign.id, sido)).copied().unwrap_or_default();
                if row.taken != found {
                    let counted = row.taken;
                    return Err(Broken::DosesDiffer { campaign: campaign.id, sido, counted, found });
                }
            }
        }
        Ok(())
    }

    fn same_people(&self, ledger: &Ledger) -> Judged {
        let other = ledger.appointments().find(|(id, shown)| self.appointments.get(id) != Some(shown));
        let lost = self.appointments.keys().find(|id| ledger.appointment(**id).is_none());
        if let Some(appointment) = other.map(|(id, _)| id).or(lost.copied()) {
            return Err(Broken::AppointmentDiffers { appointment });
        }
        let shown: BTreeMap<HoldId, &Hold> = ledger.holds().collect();
        let both: BTreeSet<HoldId> = self.holds.keys().chain(shown.keys()).copied().collect();
        match both.into_iter().find(|id| self.holds.get(id) != shown.get(id).copied()) {
            Some(hold) => Err(Broken::HoldDiffers { hold }),
            None => Ok(()),
        }
    }

    pub(in crate::proof) fn figures(&self, proved: &mut Proved) {
        proved.holds_made = self.holds_made;
        proved.holds_live = self.holds.len() as u64;
        proved.appointments_made = self.appointments.len() as u64;
        proved.appointments_live = self.appointments.values().filter(|one| one.is_live()).count() as u64;
    }

    pub(in crate::proof) fn digest(&self, people: &People) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut bytes = Vec::new();
        let mut add = |change: Change| {
            bytes.clear();
            record::encode(&change, &mut bytes);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(&bytes);
        };
        for (campaign, opened_at, closed_at) in people.openings() {
            add(Change::Opened { campaign, at: opened_at });
            if let Some(at) = closed_at {
                add(Change::Closed { campaign, at });
            }
        }
        self.holds.iter().for_each(|(id, hold)| add(Change::Held { id: *id, hold: hold.clone() }));
        for (id, appointment) in &self.appointments {
            add(Change::Booked { id: *id, appointment: *appointment });
        }
        for (id, entry) in &self.waits.entries {
            add(Change::Waited { id: *id, entry: entry.clone() });
        }
        for (id, offer) in &self.waits.offers {
            add(Change::PlaceOffered { id: *id, offer: offer.clone() });
        }
        hash.finalize().into()
    }
}
