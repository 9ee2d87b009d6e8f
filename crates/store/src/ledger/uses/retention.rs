//! People leave: their data is removed, then their keys; and people are named anew when the key of names changes.

use super::{Changes, Decided};
use crate::RenewAliases;
use crate::ledger::Ledger;
use booking::rules::{self, NeededUntil, RemovalFacts};
use booking::{
    AppointmentState, Change, MessageId, Outcome, PersonAlias, PersonId, PersonKey, Refusal, Removal,
    RemovalReason, WaitEnd,
};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

impl Ledger {
    pub(in crate::ledger) fn remove_person(
        &mut self,
        person: PersonId,
        reason: RemovalReason,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        self.remove(person, (reason, SignedDuration::ZERO), now, changes)?;
        Ok(Outcome::Removed { people: 1 })
    }

    /// Those of them whose period is over, decided again here; the others stay.
    pub(in crate::ledger) fn remove_due(
        &mut self,
        people: &[PersonId],
        kept: SignedDuration,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Outcome {
        let over = (RemovalReason::PeriodOver, kept);
        let removed =
            people.iter().filter(|person| self.remove(**person, over, now, changes).is_ok()).count();
        Outcome::Removed { people: removed as u32 }
    }

    fn remove(
        &mut self,
        person: PersonId,
        (reason, kept): (RemovalReason, SignedDuration),
        now: Timestamp,
        changes: &mut Changes,
    ) -> Result<(), Refusal> {
        let needed = self.people.get(person).map(|_| self.needed_until(person, now));
        rules::remove(&RemovalFacts { now, reason, person: needed, kept })?;
        self.leave_every_wait(person, now, changes);
        let removal = Removal {
            reason,
            keys: self.keys_of(person),
            draft: self.drafts.get(person).is_some(),
            messages: self.messages_to(person),
            delegations: self.delegated.get(person).map_or(0, Vec::len) as u32,
            at: now,
        };
        self.write(Change::PersonRemoved { person, removal }, changes);
        Ok(())
    }

    /// Nothing is offered to them any more, or by their hand to others.
    fn leave_every_wait(&mut self, person: PersonId, now: Timestamp, changes: &mut Changes) {
        let country = Arc::clone(&self.country);
        for campaign in country.campaigns() {
            let helped = self.delegated.get(person).cloned().unwrap_or_default();
            let recipients = helped.into_iter().filter(|(of, by, _)| (*of, *by) == (campaign.id, person));
            for waiting in recipients.map(|(_, _, recipient)| recipient).chain([person]) {
                self.end_wait_of((campaign.id, waiting), WaitEnd::Withdrawn, now, changes);
            }
        }
    }

    /// Also those that were queued in a batch that is not durable yet.
    fn messages_to(&self, person: PersonId) -> Vec<MessageId> {
        let durable = self.messages.iter().map(|(id, message)| (id, message.to));
        let waiting = durable.chain(self.queued_lately());
        waiting.filter(|(_, to)| *to == person).map(|(id, _)| id).collect()
    }

    /// The end of the last campaign, or of the person's last visit.
    pub(in crate::ledger) fn needed_until(&self, person: PersonId, now: Timestamp) -> NeededUntil {
        let campaigns = self.country.campaigns();
        let mut at = campaigns.iter().map(|campaign| campaign.closes_at).max().unwrap_or(now);
        let mut is_expected = campaigns.iter().any(|one| self.hold_of.get((one.id, person)).is_some());
        for id in self.own.of(person) {
            let appointment = self.appointments.get(id).expect("a person's appointments are there");
            let Some(campaign) = self.country.campaign(appointment.campaign) else { continue };
            if matches!(appointment.state, AppointmentState::Cancelled { .. }) {
                continue;
            }
            let ends_at = campaign.visits.ends_at(appointment.place.slot);
            at = at.max(ends_at);
            is_expected |= now < ends_at && appointment.is_live();
        }
        NeededUntil { at, is_expected }
    }

    /// Of people who were removed, and of nobody else.
    pub(in crate::ledger) fn destroy_keys(
        &mut self,
        keys: &[PersonKey],
        now: Timestamp,
        changes: &mut Changes,
    ) -> Outcome {
        let known = |key: &&PersonKey| self.condemned.get(**key).is_some();
        let keys: Vec<PersonKey> = keys.iter().filter(known).copied().collect();
        let count = keys.len() as u32;
        if count > 0 {
            self.write(Change::KeysDestroyed { keys, at: now }, changes);
        }
        Outcome::KeysDestroyed { keys: count }
    }

    /// An alias that names somebody else stays theirs.
    pub(in crate::ledger) fn renew_aliases(
        &mut self,
        wanted: &RenewAliases,
        changes: &mut Changes,
    ) -> Decided {
        let RenewAliases { person, old, new } = wanted;
        self.registered(*person)?;
        let own = |alias: &&PersonAlias| self.named(&[**alias]) == Some(*person);
        let old: Vec<_> = old.iter().filter(own).copied().collect();
        let new: Vec<_> = new.iter().filter(|alias| self.named(&[**alias]).is_none()).copied().collect();
        if !(old.is_empty() && new.is_empty()) {
            self.write(Change::AliasesRenewed { person: *person, old, new }, changes);
        }
        Ok(Outcome::AliasesRenewed)
    }
}
