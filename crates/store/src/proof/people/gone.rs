//! Who was removed, whose key is whose, and which keys may be destroyed.

use super::{Judged, People};
use crate::proof::Broken;
use crate::sealed::person_key;
use booking::{PersonAlias, PersonId, PersonKey, Removal};
use std::collections::{HashMap, HashSet};

#[derive(Default)]
pub(super) struct Gone {
    pub(super) people: HashSet<PersonId>,
    key_of: HashMap<PersonId, PersonKey>,
    /// From when they had two names.
    other_keys: HashMap<PersonId, Vec<PersonKey>>,
    owner_of: HashMap<PersonKey, PersonId>,
    /// Of people who were removed, not destroyed yet.
    condemned: HashSet<PersonKey>,
}

impl Gone {
    fn keys_of(&self, person: PersonId) -> Vec<PersonKey> {
        let other = self.other_keys.get(&person).into_iter().flatten();
        self.key_of.get(&person).into_iter().chain(other).copied().collect()
    }

    /// What was known under the other name goes with the survivor.
    pub(super) fn merge(&mut self, survivor: PersonId, merged: PersonId) {
        let keys = self.keys_of(merged);
        self.other_keys.entry(survivor).or_default().extend(keys);
    }
}

impl People {
    /// One person, one key, for good: else some of it would outlive the destruction, or somebody else lose theirs.
    pub(super) fn seal(&mut self, person: PersonId, sealed: &[u8]) -> Judged {
        let Some(key) = person_key(sealed) else { return Ok(()) };
        if self.gone.key_of.insert(person, key).is_some_and(|before| before != key) {
            return Err(Broken::KeyChanged { person });
        }
        match self.gone.owner_of.insert(key, person) {
            Some(first) if first != person => Err(Broken::KeyOfTwo { first, second: person }),
            _ => Ok(()),
        }
    }

    pub(in crate::proof) fn update(&mut self, person: PersonId, sealed: &[u8]) -> Judged {
        self.known(person)?;
        self.seal(person, sealed)
    }

    pub(in crate::proof) fn remove(&mut self, person: PersonId, removal: &Removal) -> Judged {
        self.known(person)?;
        self.known.remove(&person);
        self.gone.people.insert(person);
        self.leave.retain(|(_, booker, recipient)| *booker != person && *recipient != person);
        let own = self.gone.keys_of(person);
        if removal.keys != own {
            return Err(Broken::KeysNotTheirs { person });
        }
        self.gone.condemned.extend(own);
        Ok(())
    }

    pub(in crate::proof) fn destroy_keys(&mut self, keys: &[PersonKey]) -> Judged {
        let spared = keys.iter().find(|key| !self.gone.condemned.remove(key));
        spared.map_or(Ok(()), |key| Err(Broken::KeySpared { key: *key }))
    }

    pub(in crate::proof) fn rename(
        &mut self,
        person: PersonId,
        old: &[PersonAlias],
        new: &[PersonAlias],
    ) -> Judged {
        self.known(person)?;
        for alias in old {
            match self.aliases.remove(alias) {
                Some(owner) if owner != person => {
                    return Err(Broken::AliasOfTwo { first: owner, second: person });
                }
                _ => {}
            }
        }
        new.iter().try_for_each(|alias| self.know_as(person, *alias))
    }
}
