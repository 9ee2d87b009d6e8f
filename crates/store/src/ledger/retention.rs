//! People who leave: the changes to the tables, and what the job that removes them asks.

use super::Ledger;
use crate::{PersonStanding, sealed};
use booking::{Change, PersonAlias, PersonId, PersonKey, Removal};
use jiff::Timestamp;
use std::sync::Arc;

impl Ledger {
    pub(super) fn apply_retention(&mut self, change: &Change) {
        match change {
            Change::PersonRemoved { person, removal } => self.remove_from_tables(*person, removal),
            Change::KeysDestroyed { keys, .. } => keys.iter().for_each(|key| self.condemned.remove(*key)),
            Change::AliasesRenewed { person, old, new } => {
                for alias in old {
                    self.aliases.remove(*alias);
                }
                for alias in new {
                    self.aliases.put(*alias, *person);
                }
            }
            other => unreachable!("{other:?} is applied elsewhere"),
        }
    }

    fn remove_from_tables(&mut self, person: PersonId, removal: &Removal) {
        self.people.remove(person);
        self.other_keys.remove(person);
        self.drafts.remove(person);
        for key in self.delegated.get(person).cloned().unwrap_or_default() {
            let (_, booker, recipient) = key;
            let other = if booker == person { recipient } else { booker };
            self.delegations.remove(key);
            self.delegated.update(other, |keys| keys.retain(|one| *one != key));
        }
        self.delegated.remove(person);
        // A pass in somebody's browser opens nothing without it.
        let country = Arc::clone(&self.country);
        country.campaigns().iter().for_each(|campaign| self.admissions.remove((campaign.id, person)));
        removal.keys.iter().for_each(|key| self.condemned.put(*key, ()));
    }

    /// Whom the first alias of somebody who is there names, as readers see it.
    pub fn who_is_named(&self, aliases: &[PersonAlias]) -> Option<PersonId> {
        let people = aliases.iter().filter_map(|alias| self.aliases.committed(*alias));
        people
            .map(|person| self.now_known_as(*person))
            .find(|person| self.people.committed(*person).is_some())
    }

    /// Of everything that is known of somebody, also from when they had another name.
    pub(super) fn keys_of(&self, person: PersonId) -> Vec<PersonKey> {
        let own = self.people.get(person).and_then(sealed::person_key);
        let other = self.other_keys.get(person).into_iter().flatten().copied();
        own.into_iter().chain(other).collect()
    }

    /// Before two names become one: what was known under the other goes with them.
    pub(super) fn carry_keys(&mut self, survivor: PersonId, merged: PersonId) {
        let keys = self.keys_of(merged);
        if !keys.is_empty() {
            self.other_keys.update(survivor, |other| other.extend(keys));
        }
        self.other_keys.remove(merged);
    }

    /// People by their number, beginning after one; at most so many numbers are looked at.
    pub fn standing_after(&self, after: PersonId, numbers_max: u64, now: Timestamp) -> Vec<PersonStanding> {
        let last = (after.0 + numbers_max).min(self.next_committed.person.saturating_sub(1));
        let standing = |person: PersonId| {
            let fields = self.people.committed(person);
            PersonStanding {
                person,
                is_known: fields.is_some(),
                key: fields.and_then(sealed::person_key),
                needed: self.needed_until(person, now),
            }
        };
        (after.0 + 1..=last).map(|number| standing(PersonId(number))).collect()
    }

    /// Of people who were removed, at most so many; they are still to be destroyed.
    pub fn condemned_keys(&self, keys_max: usize) -> Vec<PersonKey> {
        self.condemned.all_committed().map(|(key, ())| key).take(keys_max).collect()
    }
}
