//! What staff put right about people: who is of the group, whose pass ended, which two names are one person's.

#[cfg(feature = "conformance")]
use super::tables::tell;
use super::{DelegationKey, Ledger};
use crate::DeskCase;
use crate::table::Table;
use booking::{
    Admission, AppointmentId, CampaignId, Change, Correction, DelegationRecord, DoseNumber, Message,
    MessageKind, PersonId, TicketRef,
};
use jiff::Timestamp;

type DoseOf = (CampaignId, PersonId, DoseNumber);

#[derive(Default)]
pub(super) struct Desk {
    corrections: Table<(CampaignId, PersonId), Correction>,
    /// Tickets whose pass was revoked, and when.
    revoked: Table<(CampaignId, TicketRef), Timestamp>,
    /// Who somebody is known as since two names were merged.
    merged: Table<PersonId, PersonId>,
    /// Live appointments beyond the one that a person may have, since two names were merged.
    too_many: Table<DoseOf, Vec<AppointmentId>>,
    merges: u64,
    merges_sealed: u64,
    merges_committed: u64,
}

impl Desk {
    pub(super) fn seal(&mut self) {
        self.corrections.seal();
        self.revoked.seal();
        self.merged.seal();
        self.too_many.seal();
        self.merges_sealed = self.merges;
    }

    pub(super) fn commit(&mut self) {
        self.corrections.commit();
        self.revoked.commit();
        self.merged.commit();
        self.too_many.commit();
        self.merges_committed = self.merges_sealed;
    }

    pub(super) fn discard(&mut self) {
        self.corrections.discard();
        self.revoked.discard();
        self.merged.discard();
        self.too_many.discard();
        self.merges_sealed = self.merges_committed;
        self.merges = self.merges_committed;
    }
}

#[cfg(feature = "conformance")]
impl Desk {
    /// Every table, as [`Ledger::every_table`] wants it.
    pub(super) fn tell(&self, text: &mut String) {
        use std::fmt::Write as _;
        tell(text, "correction", &self.corrections, |_| true);
        tell(text, "revoked", &self.revoked, |_| true);
        tell(text, "merged", &self.merged, |_| true);
        tell(text, "too many", &self.too_many, |_| true);
        writeln!(text, "merges {}", self.merges_committed).expect("a String takes everything");
    }
}

impl Ledger {
    pub(super) fn apply_desk(&mut self, change: &Change) {
        match change {
            Change::EligibilityCorrected { campaign, person, correction } => {
                self.desk.corrections.put((*campaign, *person), *correction);
            }
            Change::AdmissionRevoked { campaign, person, at } => {
                let admission = self.admissions.get((*campaign, *person)).expect("a pass is revoked once");
                self.desk.revoked.put((*campaign, admission.ticket), *at);
                self.admissions.remove((*campaign, *person));
            }
            Change::PeopleMerged { survivor, merged, .. } => self.merge(*survivor, *merged),
            other => unreachable!("{other:?} is applied elsewhere"),
        }
    }

    pub(super) fn correction(&self, campaign: CampaignId, person: PersonId) -> Option<Correction> {
        self.desk.corrections.get((campaign, person)).copied()
    }

    pub(super) fn ticket_revoked_at(&self, campaign: CampaignId, ticket: TicketRef) -> Option<Timestamp> {
        self.desk.revoked.get((campaign, ticket)).copied()
    }

    pub(super) fn one_too_many(&self, key: DoseOf) -> &[AppointmentId] {
        self.desk.too_many.get(key).map_or(&[], Vec::as_slice)
    }

    /// Whether any two names were ever merged.
    pub(super) fn has_merges(&self) -> bool {
        self.desk.merges > 0
    }

    /// Whom a name stands for, as the current batch sees it.
    pub(super) fn known_as(&self, mut person: PersonId) -> PersonId {
        while let Some(survivor) = self.desk.merged.get(person) {
            person = *survivor;
        }
        person
    }

    /// Whom a name stands for.
    pub fn now_known_as(&self, mut person: PersonId) -> PersonId {
        if self.desk.merges_committed == 0 {
            return person;
        }
        while let Some(survivor) = self.desk.merged.committed(person) {
            person = *survivor;
        }
        person
    }

    /// What a desk has to decide, in the order of people.
    pub fn desk_cases(&self) -> Vec<DeskCase> {
        let case = |((campaign, person, dose), extra): (DoseOf, &Vec<AppointmentId>)| {
            let live = self.live.committed((campaign, person, dose));
            let appointments: Vec<_> = live.into_iter().chain(extra.iter().copied()).collect();
            DeskCase { campaign, person, dose, appointments }
        };
        let open = self.desk.too_many.all_committed().filter(|(_, extra)| !extra.is_empty());
        let mut cases: Vec<DeskCase> = open.map(case).collect();
        cases.sort_by_key(|case| (case.campaign, case.person, case.dose));
        cases
    }

    pub(super) fn message_now(&self, message: Message) -> Message {
        let now = |person| self.now_known_as(person);
        let kind = match message.kind {
            MessageKind::DelegationGiven { booker } => MessageKind::DelegationGiven { booker: now(booker) },
            MessageKind::DelegationEnded { recipient } => {
                MessageKind::DelegationEnded { recipient: now(recipient) }
            }
            MessageKind::PlaceOffered { recipient, slot, until } => {
                MessageKind::PlaceOffered { recipient: now(recipient), slot, until }
            }
            MessageKind::OfferLapsed { recipient, slot, waiting } => {
                MessageKind::OfferLapsed { recipient: now(recipient), slot, waiting }
            }
            other => other,
        };
        Message { to: now(message.to), kind, ..message }
    }

    /// A dose that was given counts before one that is still to come.
    pub(super) fn counts_first(&mut self, key: DoseOf, id: AppointmentId) {
        let before = self.live.get(key);
        self.live.put(key, id);
        if let Some(other) = before.filter(|other| *other != id) {
            self.desk.too_many.update(key, |extra| {
                extra.retain(|one| *one != id);
                extra.push(other);
            });
        }
    }

    /// An appointment that is no longer live makes room for the other one.
    pub(super) fn end_live(&mut self, key: DoseOf, id: AppointmentId) {
        let mut extra = self.one_too_many(key).to_vec();
        if self.live.get(key) == Some(id) {
            self.live.remove(key);
            if extra.is_empty() {
                return;
            }
            self.live.put(key, extra.remove(0));
        } else {
            extra.retain(|other| *other != id);
        }
        self.desk.too_many.put(key, extra);
    }

    /// Everything that was found under one name is found under the other; what is hers of both, she has twice.
    fn merge(&mut self, survivor: PersonId, merged: PersonId) {
        let country = std::sync::Arc::clone(&self.country);
        self.desk.merged.put(merged, survivor);
        self.desk.merges += 1;
        self.carry_keys(survivor, merged);
        self.people.remove(merged);
        self.move_appointments(survivor, merged);
        self.move_delegations(survivor, merged);
        for campaign in country.campaigns() {
            self.move_admission(campaign.id, survivor, merged);
            self.waits.renamed(campaign.id, merged, survivor);
            let corrections = &mut self.desk.corrections;
            if let Some(correction) = corrections.get((campaign.id, merged)).copied() {
                let own = corrections.get((campaign.id, survivor)).copied();
                let later = own.filter(|own| own.at >= correction.at).unwrap_or(correction);
                corrections.put((campaign.id, survivor), later);
            }
        }
    }

    fn move_appointments(&mut self, survivor: PersonId, merged: PersonId) {
        for id in self.own.take(merged) {
            let mut appointment = self.appointments.get(id).expect("a person's appointment is there");
            let (campaign, dose) = (appointment.campaign, appointment.place.dose);
            appointment.place.recipient = survivor;
            self.appointments.put(id, appointment);
            self.own.add(survivor, id);
            self.live.remove((campaign, merged, dose));
            self.desk.too_many.remove((campaign, merged, dose));
            let key = (campaign, survivor, dose);
            match self.live.get(key) {
                _ if !appointment.stands() => {}
                None => self.live.put(key, id),
                Some(_) => self.desk.too_many.update(key, |extra| extra.push(id)),
            }
        }
    }

    /// The earlier pass stays, with the better of the two judgements.
    fn move_admission(&mut self, campaign: CampaignId, survivor: PersonId, merged: PersonId) {
        let Some(other) = self.admissions.get((campaign, merged)) else { return };
        self.admissions.remove((campaign, merged));
        let kept = match self.admissions.get((campaign, survivor)) {
            None => other,
            Some(own) => {
                let earlier = if own.admitted_at <= other.admitted_at { own } else { other };
                Admission {
                    eligible: own.eligible || other.eligible,
                    expires_at: own.expires_at.max(other.expires_at),
                    ..earlier
                }
            }
        };
        self.admissions.put((campaign, survivor), kept);
    }

    /// Leave between the two is leave for oneself, which nobody needs; of two between the same people the live one
    /// stays.
    fn move_delegations(&mut self, survivor: PersonId, merged: PersonId) {
        let keys = self.delegated.get(merged).cloned().unwrap_or_default();
        self.delegated.remove(merged);
        let now = |person: PersonId| if person == merged { survivor } else { person };
        for key in keys {
            let (campaign, booker, recipient) = key;
            let record = *self.delegations.get(key).expect("a person's delegation is there");
            self.delegations.remove(key);
            let new = (campaign, now(booker), now(recipient));
            for person in [booker, recipient].map(now) {
                self.delegated.update(person, |keys| keys.retain(|other| *other != key));
            }
            if new.1 != new.2 {
                self.put_delegation(new, DelegationRecord { booker: new.1, recipient: new.2, ..record });
            }
        }
    }

    fn put_delegation(&mut self, key: DelegationKey, record: DelegationRecord) {
        match self.delegations.get(key).copied() {
            Some(own) if own.is_live() || !record.is_live() => {}
            Some(_) => self.delegations.put(key, record),
            None => {
                self.delegations.put(key, record);
                for person in [key.1, key.2] {
                    self.delegated.update(person, |keys| keys.push(key));
                }
            }
        }
    }
}
