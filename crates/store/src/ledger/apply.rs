//! Changes to the tables: the same code when deciding and when the journal is replayed.

use super::appointments::counted_doses;
use super::{DelegationKey, ExpiredHold, Ledger, Taken};
use crate::StoreError;
use booking::{
    AppointmentId, CampaignId, Change, Country, Delegation, DelegationRecord, Hold, HoldEnd, HoldId,
    MessageKind, Opening, PersonAlias, PersonId, Place, RegionCode, Replaced, SlotId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::mem;
use std::sync::Arc;

impl Ledger {
    /// Applies a change to the pending layer and notes it for the journal.
    /// A place that comes back where people wait is theirs first.
    pub(super) fn write(&mut self, change: Change, changes: &mut Vec<Change>) {
        let freed = self.freed_by(&change);
        self.apply(&change);
        changes.push(change);
        for slot in freed {
            if self.is_awaited(slot) {
                self.write(Change::PlaceAwaited { slot }, changes);
            }
        }
    }

    /// Replays a change from the journal. Call [`Ledger::commit`] now and then, and [`Ledger::check_country`] at
    /// the end.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the change can not have happened here: to a hold that is not there, at a clinic
    /// that the country does not know.
    pub fn replay(&mut self, change: &Change) -> Result<(), StoreError> {
        self.could_happen(change).map_err(|at| StoreError::Corrupt { at })?;
        self.apply(change);
        Ok(())
    }

    fn apply(&mut self, change: &Change) {
        self.audit.note(change);
        match change {
            Change::Opened { campaign, at } => self.openings.put(*campaign, Opening::Open { at: *at }),
            Change::Closed { campaign, at } => self.openings.put(*campaign, Opening::Closed { at: *at }),
            Change::PersonRegistered { person, alias, sealed } => self.add_person(*person, *alias, sealed),
            Change::PersonKnownAs { person, alias } => self.aliases.put(*alias, *person),
            Change::PersonUpdated { person, sealed } => self.people.put(*person, sealed.clone()),
            Change::PersonRemoved { .. } | Change::KeysDestroyed { .. } | Change::AliasesRenewed { .. } => {
                self.apply_retention(change);
            }
            Change::DelegationGiven { .. }
            | Change::DelegationProved { .. }
            | Change::DelegationEnded { .. }
            | Change::HelperAllowed { .. } => self.apply_leave(change),
            Change::DraftSaved { person, sealed } => self.save_draft(*person, sealed),
            Change::SessionEnded { session, until } => self.ended_sessions.put(*session, *until),
            Change::Admitted { campaign, person, admission } => {
                let key = (*campaign, *person);
                let before = self.admissions.get(key);
                self.tickets.came_in(key, before.as_ref(), admission.ticket);
                self.admissions.put(key, *admission);
            }
            Change::Held { id, hold } => {
                self.next.hold = self.next.hold.max(id.0 + 1);
                self.hold_of.put((hold.campaign, hold.booker), *id);
                self.holds.put(*id, hold.clone());
                self.follow_hold(*id, None, Some(hold.expires_at));
                let country = Arc::clone(&self.country);
                for (place, doses) in with_doses(&country, hold) {
                    self.take(hold.campaign, place.slot, doses, |taken| taken.held += 1);
                }
            }
            Change::HoldExtended { id, expires_at } => self.extend_hold(*id, *expires_at),
            Change::HoldEnded { id, end } => self.end_hold(*id, *end),
            Change::PlaceAbandoned { campaign, booker, at } => self.abandon((*campaign, *booker), *at),
            Change::Booked { id, appointment } => self.book(*id, appointment),
            Change::Moved { id, to, .. } => self.move_appointment(*id, *to),
            Change::Cancelled { id, at, .. } => self.cancel_appointment(*id, *at),
            Change::MessageQueued { id, message } => {
                self.next.message = self.next.message.max(id.0 + 1);
                if let MessageKind::Reminder(appointment) = message.kind
                    && let Some(visit_on) = self.visit_on(appointment)
                {
                    let was = self.indexed(appointment);
                    self.reminded.put(appointment, visit_on);
                    self.follow_appointment(appointment, was);
                }
            }
            Change::Blocked { .. }
            | Change::Unblocked { .. }
            | Change::CapacitySet { .. }
            | Change::SupplySet { .. }
            | Change::CheckedIn { .. }
            | Change::NoShow { .. }
            | Change::Fulfilled { .. } => self.apply_said(change),
            Change::MessageSent { .. } | Change::Audited(_) => {}
            Change::Waited { .. }
            | Change::WaitEnded { .. }
            | Change::PlaceAwaited { .. }
            | Change::PlaceOffered { .. }
            | Change::PlacePassed { .. }
            | Change::OfferEnded { .. } => self.apply_waiting(change),
            Change::EligibilityCorrected { .. }
            | Change::AdmissionRevoked { .. }
            | Change::PeopleMerged { .. } => self.apply_desk(change),
            Change::Answered { key, body, outcome, at } => self.answers.put(*key, body, outcome, *at),
        }
        self.follow(change);
    }

    fn add_person(&mut self, person: PersonId, alias: PersonAlias, sealed: &[u8]) {
        self.aliases.put(alias, person);
        self.people.put(person, sealed.to_vec());
        self.next.person = self.next.person.max(person.0 + 1);
    }

    fn abandon(&mut self, owner: (CampaignId, PersonId), at: Timestamp) {
        self.abandoned.update(owner, |abandoned| {
            abandoned.times = abandoned.times.saturating_add(1);
            abandoned.last_at = Some(at);
        });
    }

    fn save_draft(&mut self, person: PersonId, sealed: &[u8]) {
        if sealed.is_empty() {
            self.drafts.remove(person);
        } else {
            self.drafts.put(person, sealed.to_vec());
        }
    }

    /// Who may act for whom.
    fn apply_leave(&mut self, change: &Change) {
        match change {
            Change::DelegationGiven { campaign, booker, recipient, delegation } => {
                self.give_delegation((*campaign, *booker, *recipient), *delegation);
            }
            Change::DelegationProved { campaign, booker, recipient, at } => {
                self.prove_delegation((*campaign, *booker, *recipient), *at);
            }
            Change::DelegationEnded { campaign, booker, recipient, by, at } => {
                self.change_delegation((*campaign, *booker, *recipient), Some((*by, *at)));
            }
            Change::HelperAllowed { campaign, booker, recipient } => {
                self.change_delegation((*campaign, *booker, *recipient), None);
            }
            other => unreachable!("{other:?} is applied elsewhere"),
        }
    }

    fn extend_hold(&mut self, id: HoldId, expires_at: Timestamp) {
        let mut hold = self.holds.get(id).expect("only a hold that exists is extended").clone();
        let was = mem::replace(&mut hold.expires_at, expires_at);
        hold.extended = true;
        self.holds.put(id, hold);
        self.follow_hold(id, Some(was), Some(expires_at));
    }

    /// A hold takes its places back with it; what was confirmed is taken anew by [`Ledger::book`] and
    /// [`Ledger::move_appointment`], in the same decision.
    fn end_hold(&mut self, id: HoldId, end: HoldEnd) {
        let hold = self.holds.get(id).expect("a hold ends once").clone();
        self.holds.remove(id);
        self.follow_hold(id, Some(hold.expires_at), None);
        self.hold_of.remove((hold.campaign, hold.booker));
        match end {
            HoldEnd::Confirmed => {
                self.abandoned.remove((hold.campaign, hold.booker));
                self.expired.remove(hold.booker);
            }
            HoldEnd::Released => self.expired.remove(hold.booker),
            HoldEnd::Expired => {
                let Hold { campaign, booker, expires_at: at, .. } = hold;
                let slot = hold.places[0].slot;
                self.expired.put(booker, ExpiredHold { id, campaign, slot, at });
            }
        }
        let country = Arc::clone(&self.country);
        for (place, doses) in with_doses(&country, &hold) {
            self.give_back(hold.campaign, place.slot, doses, |taken| taken.held -= 1);
        }
    }

    fn give_delegation(&mut self, key: DelegationKey, delegation: Delegation) {
        let (campaign, booker, recipient) = key;
        if self.delegations.get(key).is_none() {
            self.delegated.update(booker, |keys| keys.push(key));
            self.delegated.update(recipient, |keys| keys.push(key));
        }
        let record =
            DelegationRecord { campaign, booker, recipient, delegation, proved_at: None, ended: None };
        self.delegations.put(key, record);
    }

    fn prove_delegation(&mut self, key: DelegationKey, at: Timestamp) {
        let record = *self.delegations.get(key).expect("only a delegation that was given is proved");
        self.delegations.put(key, DelegationRecord { proved_at: Some(at), ..record });
    }

    fn change_delegation(&mut self, key: DelegationKey, ended: Option<(PersonId, Timestamp)>) {
        let record = *self.delegations.get(key).expect("only a delegation that was given ends");
        self.delegations.put(key, DelegationRecord { ended, ..record });
    }

    pub(super) fn visit_on(&self, appointment: AppointmentId) -> Option<Date> {
        self.appointments.get(appointment).map(|appointment| appointment.place.slot.visit_on)
    }

    pub(super) fn take(
        &mut self,
        campaign: CampaignId,
        slot: SlotId,
        doses: u32,
        change: impl FnOnce(&mut Taken),
    ) {
        let sido = sido_of_place(&self.country, slot);
        self.slots.update(slot, change);
        let day = (slot.clinic, slot.visit_on);
        self.day_changes.note(day);
        self.supply.update((campaign, sido), |taken| *taken += doses);
    }

    pub(super) fn give_back(
        &mut self,
        campaign: CampaignId,
        slot: SlotId,
        doses: u32,
        change: impl FnOnce(&mut Taken),
    ) {
        let sido = sido_of_place(&self.country, slot);
        self.slots.update(slot, change);
        let day = (slot.clinic, slot.visit_on);
        self.day_changes.note(day);
        self.supply.update((campaign, sido), |taken| *taken -= doses);
    }
}

/// The places of a hold, each with the doses it takes: only first doses are counted, and a change within a 시·도 takes
/// none, because the old place has one.
pub(super) fn with_doses(country: &Country, hold: &Hold) -> impl Iterator<Item = (Place, u32)> {
    hold.places.iter().enumerate().map(|(position, place)| {
        let replaced = hold.replaces.get(position);
        let same_sido =
            |old: &Replaced| sido_of_place(country, old.slot) == sido_of_place(country, place.slot);
        (*place, if replaced.is_some_and(same_sido) { 0 } else { counted_doses(*place) })
    })
}

fn sido_of_place(country: &Country, slot: SlotId) -> RegionCode {
    country.sido_at(slot.clinic).expect("a place that was taken is at a clinic of the country")
}
