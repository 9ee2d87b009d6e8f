//! The layers of the whole ledger: sealed, committed, discarded together, and the indexes that only follow what is
//! durable.

use super::Ledger;
use booking::{
    AppointmentId, AppointmentState, Change, HoldId, Message, MessageId, MessageKind, PersonId, RequestKey,
};
use jiff::Timestamp;
use std::mem;
use std::ops::Bound;

/// What a change means for the indexes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Followed {
    Hold(HoldId),
    Appointment(AppointmentId),
    Queued(MessageId, Message),
    Sent(MessageId),
    /// Somebody was removed: nothing that waits for them is sent.
    Withdrawn(PersonId),
    Answered(RequestKey, Timestamp),
}

/// Does the same to every table: the one list of them.
macro_rules! every_table {
    ($ledger:ident.$act:ident()) => {
        $ledger.openings.$act();
        $ledger.aliases.$act();
        $ledger.people.$act();
        $ledger.condemned.$act();
        $ledger.other_keys.$act();
        $ledger.delegations.$act();
        $ledger.delegated.$act();
        $ledger.drafts.$act();
        $ledger.ended_sessions.$act();
        $ledger.admissions.$act();
        $ledger.tickets.$act();
        $ledger.slots.$act();
        $ledger.days.$act();
        $ledger.day_changes.$act();
        $ledger.supply.$act();
        $ledger.said.$act();
        $ledger.waits.$act();
        $ledger.desk.$act();
        $ledger.audit.$act();
        $ledger.holds.$act();
        $ledger.hold_of.$act();
        $ledger.expired.$act();
        $ledger.abandoned.$act();
        $ledger.appointments.$act();
        $ledger.live.$act();
        $ledger.of_person.$act();
        $ledger.reminded.$act();
        $ledger.answers.$act();
    };
}

impl Ledger {
    /// Ends the batch. What is decided from now on is another one, which sees this one, and is thrown away with it.
    ///
    /// # Panics
    /// If the batch before was neither committed nor discarded: one is written at a time.
    pub fn seal(&mut self) {
        assert!(!self.is_sealed, "one batch is written at a time");
        self.is_sealed = true;
        every_table!(self.seal());
        mem::swap(&mut self.followed_sealed, &mut self.followed);
        self.next_sealed = self.next;
    }

    /// Makes the sealed batch visible; the current one, if none is sealed.
    pub fn commit(&mut self) {
        if !self.is_sealed {
            self.seal();
        }
        self.is_sealed = false;
        let mut followed = mem::take(&mut self.followed_sealed);
        for one in &followed {
            self.unindex(*one);
        }
        every_table!(self.commit());
        for one in followed.drain(..) {
            self.index(one);
        }
        self.followed_sealed = followed;
        self.next_committed = self.next_sealed;
        self.swept = Bound::Unbounded;
    }

    /// Forgets everything that is not committed.
    pub fn discard(&mut self) {
        every_table!(self.discard());
        self.is_sealed = false;
        self.followed.clear();
        self.followed_sealed.clear();
        self.next = self.next_committed;
        self.swept = Bound::Unbounded;
    }

    pub(super) fn follow(&mut self, change: &Change) {
        self.followed.extend(followed(change));
        if let Change::NoShow { dropped: Some(second), .. } = change {
            self.followed.push(Followed::Appointment(*second));
        }
    }

    /// Messages of the batches that are not durable yet, and to whom.
    pub(super) fn queued_lately(&self) -> impl Iterator<Item = (MessageId, PersonId)> {
        self.followed_sealed.iter().chain(&self.followed).filter_map(|followed| match followed {
            Followed::Queued(id, message) => Some((*id, message.to)),
            _ => None,
        })
    }

    /// Before the tables merge: takes out of the indexes what is about to change.
    fn unindex(&mut self, one: Followed) {
        match one {
            Followed::Hold(id) => {
                if let Some(hold) = self.holds.committed(id) {
                    self.expiring.remove(&(hold.expires_at, id));
                }
            }
            Followed::Appointment(id) => {
                if let Some(appointment) = self.appointments.committed(id) {
                    self.to_remind.remove(&(appointment.place.slot.visit_on, id));
                    self.visits.remove(appointment.place.slot, id);
                }
            }
            Followed::Queued(..) | Followed::Sent(_) | Followed::Withdrawn(_) | Followed::Answered(..) => {}
        }
    }

    /// After the tables merged: the indexes that only follow what is durable.
    fn index(&mut self, one: Followed) {
        match one {
            Followed::Hold(id) => {
                if let Some(hold) = self.holds.committed(id) {
                    self.expiring.insert((hold.expires_at, id));
                }
            }
            Followed::Appointment(id) => {
                self.index_reminder(id);
                self.index_visit(id);
            }
            Followed::Queued(id, message) => {
                self.messages.insert(id, message);
                if let MessageKind::Reminder(appointment) = message.kind {
                    self.index_reminder(appointment);
                }
            }
            Followed::Withdrawn(person) => self.messages.retain(|_, message| message.to != person),
            Followed::Sent(id) => drop(self.messages.remove(&id)),
            Followed::Answered(key, at) => {
                self.answered.push_back((at, key));
                self.forget_old_answers(at);
            }
        }
    }

    /// An appointment waits for its reminder while it is live and nobody was reminded of its day.
    fn index_reminder(&mut self, id: AppointmentId) {
        let Some(appointment) = self.appointments.committed(id) else { return };
        let visit_on = appointment.place.slot.visit_on;
        if appointment.state == AppointmentState::Booked && self.reminded.committed(id) != Some(&visit_on) {
            self.to_remind.insert((visit_on, id));
        } else {
            self.to_remind.remove(&(visit_on, id));
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

fn followed(change: &Change) -> Option<Followed> {
    match change {
        Change::Held { id, .. } | Change::HoldExtended { id, .. } | Change::HoldEnded { id, .. } => {
            Some(Followed::Hold(*id))
        }
        Change::Booked { id, .. }
        | Change::Moved { id, .. }
        | Change::Cancelled { id, .. }
        | Change::CheckedIn { id, .. }
        | Change::NoShow { id, .. }
        | Change::Fulfilled { id, .. } => Some(Followed::Appointment(*id)),
        Change::MessageQueued { id, message } => Some(Followed::Queued(*id, *message)),
        Change::MessageSent { id } => Some(Followed::Sent(*id)),
        Change::PersonRemoved { person, .. } => Some(Followed::Withdrawn(*person)),
        Change::Answered { key, at, .. } => Some(Followed::Answered(*key, *at)),
        Change::Opened { .. }
        | Change::Closed { .. }
        | Change::PersonRegistered { .. }
        | Change::PersonKnownAs { .. }
        | Change::PersonUpdated { .. }
        | Change::KeysDestroyed { .. }
        | Change::AliasesRenewed { .. }
        | Change::DelegationGiven { .. }
        | Change::DelegationProved { .. }
        | Change::DelegationEnded { .. }
        | Change::HelperAllowed { .. }
        | Change::DraftSaved { .. }
        | Change::SessionEnded { .. }
        | Change::Admitted { .. }
        | Change::PlaceAbandoned { .. }
        | Change::Blocked { .. }
        | Change::Unblocked { .. }
        | Change::CapacitySet { .. }
        | Change::SupplySet { .. }
        | Change::Audited(_)
        | Change::Waited { .. }
        | Change::WaitEnded { .. }
        | Change::PlaceAwaited { .. }
        | Change::PlaceOffered { .. }
        | Change::PlacePassed { .. }
        | Change::OfferEnded { .. }
        | Change::EligibilityCorrected { .. }
        | Change::AdmissionRevoked { .. }
        | Change::PeopleMerged { .. } => None,
    }
}
