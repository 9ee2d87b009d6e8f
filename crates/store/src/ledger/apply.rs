//! Changes to the tables: the same code when deciding and when the journal is replayed.

use super::{Answered, Ledger, Taken};
use crate::StoreError;
use booking::{
    Appointment, AppointmentId, AppointmentState, CampaignId, Change, HoldEnd, HoldId, Opening, PersonId,
    Place, SlotCounts, SlotId,
};
use jiff::Timestamp;
use std::ops::Bound;

impl Ledger {
    /// Applies a change to the pending layer and notes it for the journal.
    pub(super) fn write(&mut self, change: Change, changes: &mut Vec<Change>) {
        self.apply(&change);
        changes.push(change);
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

    /// Makes everything pending visible.
    pub fn commit(&mut self) {
        self.openings.commit();
        self.aliases.commit();
        self.people.commit();
        self.ended_sessions.commit();
        self.admissions.commit();
        self.tickets.commit();
        self.slots.commit();
        self.days.commit();
        self.supply.commit();
        let batch = std::mem::take(&mut self.batch);
        for change in &batch {
            self.unindex(change);
        }
        self.holds.commit();
        self.hold_of.commit();
        self.expired.commit();
        self.appointments.commit();
        self.live.commit();
        self.of_person.commit();
        self.answers.commit();
        for change in &batch {
            self.index(change);
        }
        self.next_committed = self.next;
        self.swept = Bound::Unbounded;
    }

    /// Forgets everything pending.
    pub fn discard(&mut self) {
        self.openings.discard();
        self.aliases.discard();
        self.people.discard();
        self.ended_sessions.discard();
        self.admissions.discard();
        self.tickets.discard();
        self.slots.discard();
        self.days.discard();
        self.supply.discard();
        self.holds.discard();
        self.hold_of.discard();
        self.expired.discard();
        self.appointments.discard();
        self.live.discard();
        self.of_person.discard();
        self.answers.discard();
        self.batch.clear();
        self.next = self.next_committed;
        self.swept = Bound::Unbounded;
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Opened { campaign, at } => self.openings.put(*campaign, Opening::Open { at: *at }),
            Change::Closed { campaign, at } => self.openings.put(*campaign, Opening::Closed { at: *at }),
            Change::PersonRegistered { person, alias, sealed } => {
                self.aliases.put(*alias, *person);
                self.people.put(*person, sealed.clone());
                self.next.person = self.next.person.max(person.0 + 1);
            }
            Change::SessionEnded { session, until } => self.ended_sessions.put(*session, *until),
            Change::Admitted { campaign, person, admission } => {
                self.tickets.put((*campaign, admission.ticket), *person);
                self.admissions.put((*campaign, *person), *admission);
            }
            Change::Held { id, hold } => {
                self.next.hold = self.next.hold.max(id.0 + 1);
                self.hold_of.put((hold.campaign, hold.booker), *id);
                self.holds.put(*id, hold.clone());
                for place in &hold.places {
                    self.take(hold.campaign, *place, |taken| taken.held += 1);
                }
            }
            Change::HoldExtended { id, expires_at } => self.extend_hold(*id, *expires_at),
            Change::HoldEnded { id, end } => self.end_hold(*id, *end),
            Change::Booked { id, appointment } => self.book(*id, appointment),
            Change::Cancelled { id, at, .. } => self.cancel_appointment(*id, *at),
            Change::MessageQueued { id, .. } => self.next.message = self.next.message.max(id.0 + 1),
            Change::MessageSent { .. } => {}
            Change::Answered { key, body, outcome, .. } => {
                self.answers.put(*key, Answered { body: *body, outcome: outcome.clone() });
            }
        }
        if follows_the_commit(change) {
            self.batch.push(change.clone());
        }
    }

    fn extend_hold(&mut self, id: HoldId, expires_at: Timestamp) {
        let mut hold = self.holds.get(id).expect("only a hold that exists is extended").clone();
        hold.expires_at = expires_at;
        hold.extended = true;
        self.holds.put(id, hold);
    }

    /// Confirmed places stay taken: [`Ledger::book`] turns them from held to booked.
    fn end_hold(&mut self, id: HoldId, end: HoldEnd) {
        let hold = self.holds.get(id).expect("a hold ends once").clone();
        self.holds.remove(id);
        self.hold_of.remove((hold.campaign, hold.booker));
        match end {
            HoldEnd::Confirmed => return,
            HoldEnd::Released => {}
            HoldEnd::Expired => self.expired.put(hold.booker, (id, hold.expires_at)),
        }
        for place in &hold.places {
            self.give_back(hold.campaign, *place, |taken| taken.held -= 1);
        }
    }

    fn book(&mut self, id: AppointmentId, appointment: &Appointment) {
        self.next.appointment = self.next.appointment.max(id.0 + 1);
        self.slots.update(appointment.place.slot, |taken| {
            taken.held -= 1;
            taken.booked += 1;
        });
        self.appointments.put(id, *appointment);
        self.live.put(live_key(appointment), id);
        self.of_person.update(appointment.place.recipient, |own| own.push(id));
        if appointment.booker != appointment.place.recipient {
            self.of_person.update(appointment.booker, |own| own.push(id));
        }
    }

    fn cancel_appointment(&mut self, id: AppointmentId, at: Timestamp) {
        let mut appointment =
            *self.appointments.get(id).expect("only an appointment that exists is cancelled");
        appointment.state = AppointmentState::Cancelled { at };
        self.appointments.put(id, appointment);
        self.live.remove(live_key(&appointment));
        self.give_back(appointment.campaign, appointment.place, |taken| taken.booked -= 1);
    }

    fn take(&mut self, campaign: CampaignId, place: Place, change: impl FnOnce(&mut Taken)) {
        let sido = self.sido_of_place(place.slot);
        self.slots.update(place.slot, change);
        self.days.update((place.slot.clinic, place.slot.visit_on), |places| *places += 1);
        self.supply.update((campaign, sido), |doses| *doses += 1);
    }

    fn give_back(&mut self, campaign: CampaignId, place: Place, change: impl FnOnce(&mut Taken)) {
        let sido = self.sido_of_place(place.slot);
        self.slots.update(place.slot, change);
        self.days.update((place.slot.clinic, place.slot.visit_on), |places| *places -= 1);
        self.supply.update((campaign, sido), |doses| *doses -= 1);
    }

    fn sido_of_place(&self, slot: SlotId) -> booking::RegionCode {
        let clinic =
            self.country.clinic(slot.clinic).expect("a place that was taken is at a clinic of the country");
        self.country.sido_of(clinic)
    }

    /// Before the tables merge: takes out of the expiry index what is about to change.
    fn unindex(&mut self, change: &Change) {
        if let Change::HoldExtended { id, .. } | Change::HoldEnded { id, .. } = change
            && let Some(hold) = self.holds.committed(*id)
        {
            self.expiring.remove(&(hold.expires_at, *id));
        }
    }

    /// After the tables merged: the indexes that only follow what is durable.
    fn index(&mut self, change: &Change) {
        match change {
            Change::Held { id, .. } | Change::HoldExtended { id, .. } => {
                if let Some(hold) = self.holds.committed(*id) {
                    self.expiring.insert((hold.expires_at, *id));
                }
            }
            Change::MessageQueued { id, message } => drop(self.messages.insert(*id, *message)),
            Change::MessageSent { id } => drop(self.messages.remove(id)),
            Change::Answered { key, at, .. } => {
                self.answered.push_back((*at, *key));
                self.forget_old_answers(*at);
            }
            _ => {}
        }
    }

    fn forget_old_answers(&mut self, now: Timestamp) {
        let kept = self
            .country
            .campaigns()
            .iter()
            .map(|campaign| campaign.limits.answers_kept)
            .max()
            .unwrap_or_default();
        while let Some((at, key)) = self.answered.front().copied() {
            if now.duration_since(at) <= kept {
                return;
            }
            self.answered.pop_front();
            self.answers.forget(key);
        }
    }
}

impl Taken {
    pub(super) fn of(self, capacity: u32) -> SlotCounts {
        SlotCounts { capacity, held: self.held, booked: self.booked, blocked: self.blocked }
    }
}

fn live_key(appointment: &Appointment) -> (CampaignId, PersonId, booking::DoseNumber) {
    (appointment.campaign, appointment.place.recipient, appointment.place.dose)
}

fn follows_the_commit(change: &Change) -> bool {
    match change {
        Change::Held { .. }
        | Change::HoldExtended { .. }
        | Change::HoldEnded { .. }
        | Change::MessageQueued { .. }
        | Change::MessageSent { .. }
        | Change::Answered { .. } => true,
        Change::Opened { .. }
        | Change::Closed { .. }
        | Change::PersonRegistered { .. }
        | Change::SessionEnded { .. }
        | Change::Admitted { .. }
        | Change::Booked { .. }
        | Change::Cancelled { .. } => false,
    }
}
