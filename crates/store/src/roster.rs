//! 대상자 명단: who belongs to a group that needs a roster. Read-only for the service; a whole new one is put in place
//! of the old by an import.

use crate::StoreError;
use booking::PersonAlias;
use std::collections::HashMap;

/// One person of the roster, opaque to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterEntry {
    pub sealed: Vec<u8>,
}

/// People by the keyed hash of their number and name together.
pub trait Roster: Send + Sync {
    /// Whether there is a roster at all; without one nobody is on it.
    fn is_present(&self) -> bool;

    /// Takes as long for a person who is not there as for one who is.
    ///
    /// # Errors
    /// [`StoreError`] if there is a roster that cannot be read: nobody may be told they are not on it.
    fn find(&self, pair: PersonAlias) -> Result<Option<RosterEntry>, StoreError>;
}

/// The reference, for tests and for a service without a roster.
#[derive(Debug, Default)]
pub struct MemoryRoster {
    people: Option<HashMap<PersonAlias, RosterEntry>>,
}

impl MemoryRoster {
    pub fn absent() -> Self {
        Self::default()
    }

    pub fn of(people: impl IntoIterator<Item = (PersonAlias, RosterEntry)>) -> Self {
        Self { people: Some(people.into_iter().collect()) }
    }
}

impl Roster for MemoryRoster {
    fn is_present(&self) -> bool {
        self.people.is_some()
    }

    fn find(&self, pair: PersonAlias) -> Result<Option<RosterEntry>, StoreError> {
        Ok(self.people.as_ref().and_then(|people| people.get(&pair).cloned()))
    }
}
