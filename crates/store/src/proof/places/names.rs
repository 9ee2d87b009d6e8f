//! Two names that turned out to be one person's.
//!
//! Not proved again: the interval between the doses of somebody who had more than one appointment for one of them, from
//! then on; the desk decided which stays.

use super::{Judged, Places};
use crate::proof::Broken;
use crate::proof::people::People;
use booking::{Appointment, AppointmentId, CampaignId, DoseNumber, Hold, HoldId, PersonId};
use std::collections::{HashMap, HashSet};

#[derive(Default)]
pub(super) struct Names {
    /// Live appointments beyond the one that a person may have.
    pub(super) beside: HashMap<(CampaignId, PersonId, DoseNumber), Vec<AppointmentId>>,
    /// Whoever had such a one.
    had_two: HashSet<(CampaignId, PersonId)>,
    /// Given up in this row under one name; it may be held again under another.
    set_aside: HashMap<HoldId, Hold>,
    /// Held again in this row: as it was, and as it is.
    carried: Vec<(HoldId, Hold, Hold)>,
}

impl Names {
    pub(super) fn set_aside(&mut self, id: HoldId, hold: &Hold) {
        self.set_aside.insert(id, hold.clone());
    }

    pub(super) fn decides_the_desk(&self, campaign: CampaignId, person: PersonId) -> bool {
        self.had_two.contains(&(campaign, person))
    }

    /// A hold that is made again is the one that was given up, in the names of now.
    pub(super) fn end_of_row(&mut self, people: &People) -> Judged {
        self.set_aside.clear();
        for (hold, before, after) in self.carried.drain(..) {
            let mut renamed = before.clone();
            renamed.booker = people.now(before.booker);
            renamed.places.iter_mut().for_each(|place| place.recipient = people.now(place.recipient));
            if renamed == before || renamed != after {
                return Err(Broken::HoldTwice { hold });
            }
        }
        Ok(())
    }
}

impl Places {
    /// The same hold once more, after it was given up in the same step.
    pub(super) fn hold_again(&mut self, id: HoldId, hold: &Hold) -> Judged {
        let before = self.names.set_aside.remove(&id).ok_or(Broken::HoldTwice { hold: id })?;
        self.names.carried.push((id, before, hold.clone()));
        Ok(())
    }

    pub(in crate::proof) fn merge(&mut self, survivor: PersonId, merged: PersonId) -> Judged {
        self.waits.rename(survivor, merged)?;
        let of_merged =
            |(campaign, person): &(CampaignId, PersonId)| (*person == merged).then_some(*campaign);
        let had_two: Vec<CampaignId> = self.names.had_two.iter().filter_map(of_merged).collect();
        self.names.had_two.extend(had_two.into_iter().map(|campaign| (campaign, survivor)));
        let theirs = self.appointments.iter().filter(|(_, one)| one.place.recipient == merged);
        let theirs: Vec<AppointmentId> = theirs.map(|(id, _)| *id).collect();
        for id in theirs {
            self.rename_appointment(id, survivor);
        }
        Ok(())
    }

    fn rename_appointment(&mut self, id: AppointmentId, survivor: PersonId) {
        let Some(appointment) = self.appointments.get_mut(&id) else { return };
        let (campaign, dose, merged) =
            (appointment.campaign, appointment.place.dose, appointment.place.recipient);
        appointment.place.recipient = survivor;
        if !appointment.stands() {
            return;
        }
        self.live.remove(&(campaign, merged, dose));
        self.names.beside.remove(&(campaign, merged, dose));
        let key = (campaign, survivor, dose);
        let first = *self.live.entry(key).or_insert(id);
        if first != id {
            self.names.beside.entry(key).or_default().push(id);
            self.names.had_two.insert((campaign, survivor));
        }
        self.changed.push((campaign, survivor));
    }

    /// The one that counts from now on; Some where another one does, and this is none of those that the desk has.
    pub(super) fn counts_first(
        &mut self,
        key: (CampaignId, PersonId, DoseNumber),
        id: AppointmentId,
        was_live: bool,
    ) -> Option<AppointmentId> {
        let other = self.live.insert(key, id).filter(|other| *other != id)?;
        let given = self.appointments.get(&other).is_some_and(Appointment::is_given);
        let Some(beside) = self.names.beside.get_mut(&key).filter(|_| was_live && !given) else {
            return Some(other);
        };
        beside.retain(|one| *one != id);
        beside.push(other);
        None
    }

    /// The next of them is the one that counts.
    pub(super) fn end_live(&mut self, key: (CampaignId, PersonId, DoseNumber), id: AppointmentId) {
        let mut beside = self.names.beside.remove(&key).unwrap_or_default();
        if self.live.get(&key) == Some(&id) {
            self.live.remove(&key);
            if !beside.is_empty() {
                self.live.insert(key, beside.remove(0));
            }
        } else {
            beside.retain(|other| *other != id);
        }
        if !beside.is_empty() {
            self.names.beside.insert(key, beside);
        }
    }

    /// Nobody holds a place with a pass that ended, or for somebody who is put right not to be of the group.
    pub(super) fn no_hold_of_the_ended(&self, people: &People) -> Judged {
        for (campaign, booker) in people.kept_out() {
            let is_for = |hold: &Hold| hold.places.iter().any(|place| place.recipient == booker);
            if self.holds.values().any(|hold| hold.campaign == campaign && is_for(hold)) {
                return Err(Broken::WithoutLeave { booker, recipient: booker });
            }
        }
        Ok(())
    }

    /// What was held with a pass is given back before it ends.
    pub(in crate::proof) fn no_hold_with_pass(&self, campaign: CampaignId, booker: PersonId) -> Judged {
        let holds = self.hold_of.contains_key(&(campaign, booker));
        if holds { Err(Broken::WithoutPass { booker, campaign }) } else { Ok(()) }
    }
}
