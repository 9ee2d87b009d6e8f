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

    /// Whom an alias names. One of somebody who was removed names nobody, and may name another.
    pub(super) fn named(&self, alias: PersonAlias) -> Option<PersonId> {
        let person = *self.aliases.get(alias)?;
        self.people.get(person).map(|_| person)
    }

    /// Whom the first known alias names, as readers see it.
    pub fn known_as(&self, aliases: &[PersonAlias]) -> Option<PersonId> {
        let found = |alias: &PersonAlias| {
            let person = *self.aliases.committed(*alias)?;
            self.people.committed(person).map(|_| person)
        };
        aliases.iter().find_map(found)
    }

    /// People by their number, beginning after one; at most so many numbers are looked at.
    pub fn standing_after(&self, after: PersonId, numbers_max: u64, now: Timestamp) -> Vec<PersonStanding> {
        let last = (after.0 + numbers_max).min(self.next_committed.person.saturating_sub(1));
        let standing = |person: PersonId| {
            let fields = self.people.committed(person);
            PersonStanding {
                person,
                is_known: fields.is_some(),
                key: fields.and_then(|fields| sealed::person_key(fields)),
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
