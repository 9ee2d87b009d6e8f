//! Rows that a database can guard by itself, for a back end that keeps them beside its journal: how many places are
//! taken, who holds, which dose stands, whom a name names.

use booking::{AppointmentId, CampaignId, DoseNumber, HoldId, PersonAlias, PersonId, SlotId};

/// What a row was and what it is; None: there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<K, V> {
    pub key: K,
    pub before: Option<V>,
    pub after: Option<V>,
}

/// Places of a slot.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    /// Held, booked or blocked.
    pub taken: u32,
    /// How many may be taken: what the clinic offers; more only where more were taken before it offered fewer.
    pub offered: u32,
}

impl PartialEq for Places {
    /// What is taken is what changes; how many are offered is looked at then.
    fn eq(&self, other: &Self) -> bool {
        self.taken == other.taken
    }
}

impl Eq for Places {}

pub type SlotRow = Row<SlotId, Places>;

/// Sorted by their keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guarded {
    /// A slot of which nothing is taken has no row.
    pub slots: Vec<SlotRow>,
    pub holds: Vec<Row<(CampaignId, PersonId), HoldId>>,
    /// What stands for a dose: an appointment that is live, or was given.
    pub doses: Vec<Row<(CampaignId, PersonId, DoseNumber), AppointmentId>>,
    pub aliases: Vec<Row<PersonAlias, PersonId>>,
}
