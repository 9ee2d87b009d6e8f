//! People: who they are, and who acts for whom.

use super::{Changes, Decided, known};
use crate::ledger::{DelegationKey, Ledger};
use crate::{Delegate, sealed};
use booking::rules::{self, DelegateFacts};
use booking::{CampaignId, Change, DelegationRecord, HoldEnd, MessageKind, Outcome, PersonAlias, PersonId};
use jiff::Timestamp;
use std::sync::Arc;

impl Ledger {
    /// What was proved last is what is known from now on.
    pub(in crate::ledger) fn register(
        &mut self,
        aliases: &[PersonAlias],
        sealed: &[u8],
        changes: &mut Changes,
    ) -> Outcome {
        let known_before = self.named(aliases).is_some();
        let person = self.find_or_add(aliases, sealed, changes);
        if known_before && self.people.get(person).is_none_or(|known| may_follow(known, sealed)) {
            self.write(Change::PersonUpdated { person, sealed: sealed.to_vec() }, changes);
        }
        Outcome::Registered(person)
    }

    /// The person whom the first known alias names; the aliases that nobody has yet name them too. An alias that names
    /// somebody else stays theirs: whether the two are one person is decided by people, at a desk.
    pub(super) fn find_or_add(
        &mut self,
        aliases: &[PersonAlias],
        sealed: &[u8],
        changes: &mut Changes,
    ) -> PersonId {
        let found = self.named(aliases);
        let person = found.unwrap_or(PersonId(self.next.person));
        for alias in aliases {
            if self.named(&[*alias]).is_some() {
                continue;
            }
            let is_new = self.people.get(person).is_none();
            let change = if is_new {
                Change::PersonRegistered { person, alias: *alias, sealed: sealed.to_vec() }
            } else {
                Change::PersonKnownAs { person, alias: *alias }
            };
            self.write(change, changes);
        }
        person
    }

    /// Whom the first known alias names, under the name they have now.
    /// One of somebody who was removed names nobody, and may name another.
    pub(super) fn named(&self, aliases: &[PersonAlias]) -> Option<PersonId> {
        let people = aliases.iter().filter_map(|alias| self.aliases.get(*alias));
        people.map(|person| self.known_as(*person)).find(|person| self.people.get(*person).is_some())
    }

    pub(in crate::ledger) fn delegate(
        &mut self,
        wanted: &Delegate,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        let Delegate { campaign, booker, aliases, sealed, candidate, relation, consent, code_sent_at } =
            wanted;
        let recipient = self.named(aliases).unwrap_or(PersonId(self.next.person));
        let key = (*campaign, *booker, recipient);
        let (live, named) = self.helped_by(key);
        let delegation = rules::delegate(&DelegateFacts {
            campaign: known(&country, *campaign)?,
            opening: self.opening(*campaign),
            now,
            booker: *booker,
            recipient,
            candidate: *candidate,
            corrected: self.correction(*campaign, recipient),
            relation: *relation,
            consent: *consent,
            code_sent_at: *code_sent_at,
            earlier: self.delegations.get(key).copied(),
            live,
            named,
        })?;
        if let Some(delegation) = delegation {
            let (campaign, booker) = (*campaign, *booker);
            self.find_or_add(aliases, sealed, changes);
            self.write(Change::DelegationGiven { campaign, booker, recipient, delegation }, changes);
            if code_sent_at.is_some() {
                self.write(Change::DelegationProved { campaign, booker, recipient, at: now }, changes);
            }
            self.tell(recipient, MessageKind::DelegationGiven { booker }, now, changes);
        }
        Ok(Outcome::DelegationGiven(recipient))
    }

    /// Live delegations of the helper in the campaign but for this one; and all of them.
    fn helped_by(&self, (campaign, booker, recipient): DelegationKey) -> (usize, usize) {
        let keys = self.delegated.get(booker).into_iter().flatten();
        let named: Vec<_> = keys.filter(|(of, by, _)| (*of, *by) == (campaign, booker)).collect();
        let others = named.iter().filter(|(_, _, other)| *other != recipient);
        let live =
            others.filter(|key| self.delegations.get(***key).is_some_and(DelegationRecord::is_live)).count();
        (live, named.len())
    }

    /// What the helper holds for the recipient at that moment is given back.
    pub(in crate::ledger) fn end_delegation(
        &mut self,
        key: DelegationKey,
        by: PersonId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let (campaign, booker, recipient) = key;
        rules::end_delegation(self.delegations.get(key).copied(), by)?;
        self.write(Change::DelegationEnded { campaign, booker, recipient, by, at: now }, changes);
        self.release_hold_for(campaign, booker, recipient, changes);
        if by == recipient {
            self.tell(booker, MessageKind::DelegationEnded { recipient }, now, changes);
        }
        Ok(Outcome::DelegationEnded)
    }

    fn release_hold_for(
        &mut self,
        campaign: CampaignId,
        booker: PersonId,
        recipient: PersonId,
        changes: &mut Changes,
    ) {
        let Some(id) = self.hold_of.get((campaign, booker)).copied() else { return };
        let hold = self.holds.get(id).expect("a booker's hold is there");
        if hold.places.iter().any(|place| place.recipient == recipient) {
            self.write(Change::HoldEnded { id, end: HoldEnd::Released }, changes);
        }
    }

    pub(in crate::ledger) fn allow_helper(&mut self, key: DelegationKey, changes: &mut Changes) -> Decided {
        let country = Arc::clone(&self.country);
        let (campaign, booker, recipient) = key;
        let (live, _) = self.helped_by(key);
        rules::allow_helper(known(&country, campaign)?, self.delegations.get(key).copied(), live)?;
        self.write(Change::HelperAllowed { campaign, booker, recipient }, changes);
        Ok(Outcome::HelperAllowed)
    }
}

/// Whatever is known of somebody stands under one key, so that it goes with it. Of two who register the same person at
/// the same moment, each under a new key, the first is believed.
fn may_follow(known: &[u8], sealed: &[u8]) -> bool {
    let key = sealed::person_key(known);
    known != sealed && (key.is_none() || key == sealed::person_key(sealed))
}
