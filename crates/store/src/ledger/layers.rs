//! The layers of the whole ledger: sealed, committed, discarded together, and the indexes that only follow what is
//! durable.

use super::Ledger;
use booking::{AppointmentId, AppointmentState, Change, HoldId, Message, MessageId, PersonId, SlotId};
use jiff::Timestamp;
use std::mem;
use std::ops::Bound;

/// What a change means for the indexes: in the order of the changes, what was comes out and what is now goes in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Followed {
    /// When a hold was, and is, to run out.
    Hold {
        id: HoldId,
        was: Option<Timestamp>,
        now: Option<Timestamp>,
    },
    Appointment {
        id: AppointmentId,
        was: Option<Indexed>,
        now: Option<Indexed>,
    },
    Queued(MessageId, Message),
    Sent(MessageId),
    /// Somebody was removed: nothing that waits for them is sent.
    Withdrawn(PersonId),
    Answered(Timestamp),
}

/// Where an appointment stands in the indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Indexed {
    pub(super) slot: SlotId,
    takes_a_place: bool,
    /// It is live, and nobody was reminded of its day.
    waits_for_reminder: bool,
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
        $ledger.own.$act();
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
        every_table!(self.commit());
        let answered = followed.iter().rev().find_map(|one| match one {
            Followed::Answered(at) => Some(*at),
            _ => None,
        });
        self.look_for_indexes(&followed);
        for one in followed.drain(..) {
            self.index(one);
        }
        if let Some(at) = answered {
            self.forget_old_answers(at);
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
    }

    pub(super) fn follow_hold(&mut self, id: HoldId, was: Option<Timestamp>, now: Option<Timestamp>) {
        self.followed.push(Followed::Hold { id, was, now });
    }

    /// `was`: before the change, of [`Ledger::indexed`].
    pub(super) fn follow_appointment(&mut self, id: AppointmentId, was: Option<Indexed>) {
        let now = self.indexed(id);
        if was != now {
            self.followed.push(Followed::Appointment { id, was, now });
        }
    }

    /// As the current batch sees it.
    pub(super) fn indexed(&self, id: AppointmentId) -> Option<Indexed> {
        let appointment = self.appointments.get(id)?;
        let slot = appointment.place.slot;
        let is_booked = appointment.state == AppointmentState::Booked;
        let waits_for_reminder = is_booked && self.reminded.get(id) != Some(&slot.visit_on);
        Some(Indexed { slot, takes_a_place: appointment.takes_a_place(), waits_for_reminder })
    }

    /// Messages of the batches that are not durable yet, and to whom.
    pub(super) fn queued_lately(&self) -> impl Iterator<Item = (MessageId, PersonId)> {
        self.followed_sealed.iter().chain(&self.followed).filter_map(|followed| match followed {
            Followed::Queued(id, message) => Some((*id, message.to)),
            _ => None,
        })
    }

    fn index(&mut self, one: Followed) {
        match one {
            Followed::Hold { id, was, now } => {
                if let Some(was) = was {
                    self.expiring.remove(&(was, id));
                }
                if let Some(now) = now {
                    self.expiring.insert((now, id));
                }
            }
            Followed::Appointment { id, was, now } => {
                self.index_reminder(id, was, now);
                self.index_visit(id, was, now);
            }
            Followed::Queued(id, message) => self.messages.insert(id, &message),
            Followed::Withdrawn(person) => self.messages.withdraw(person),
            Followed::Sent(id) => self.messages.remove(id),
            Followed::Answered(_) => {}
        }
    }

    fn index_reminder(&mut self, id: AppointmentId, was: Option<Indexed>, now: Option<Indexed>) {
        let waits =
            |one: Option<Indexed>| one.filter(|one| one.waits_for_reminder).map(|one| one.slot.visit_on);
        let (was, now) = (waits(was), waits(now));
        if was == now {
            return;
        }
        if let Some(was) = was {
            self.to_remind.remove(was, id);
        }
        if let Some(now) = now {
            self.to_remind.insert(now, id);
        }
    }

    fn index_visit(&mut self, id: AppointmentId, was: Option<Indexed>, now: Option<Indexed>) {
        let place = |one: Option<Indexed>| one.filter(|one| one.takes_a_place).map(|one| one.slot);
        let (was, now) = (place(was), place(now));
        if was == now {
            return;
        }
        if let Some(was) = was {
            self.visits.remove(was, id);
        }
        if let Some(now) = now {
            self.visits.insert(now, id);
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
        self.answers.forget(now, kept);
    }
}

/// Holds and appointments say so themselves, where they change.
fn followed(change: &Change) -> Option<Followed> {
    match change {
        Change::MessageQueued { id, message } => Some(Followed::Queued(*id, *message)),
        Change::MessageSent { id } => Some(Followed::Sent(*id)),
        Change::PersonRemoved { person, .. } => Some(Followed::Withdrawn(*person)),
        Change::Answered { at, .. } => Some(Followed::Answered(*at)),
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
        | Change::Held { .. }
        | Change::HoldExtended { .. }
        | Change::HoldEnded { .. }
        | Change::Booked { .. }
        | Change::Moved { .. }
        | Change::Cancelled { .. }
        | Change::CheckedIn { .. }
        | Change::NoShow { .. }
        | Change::Fulfilled { .. }
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
