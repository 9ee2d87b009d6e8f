//! What a batch changes of the rows that a database guards.

use super::said::Layer;
use super::{Ledger, Taken};
use crate::guarded::{Guarded, Places, Row, SlotRow};
use crate::rows::Rows;
use crate::table::Table;
use booking::SlotId;
use std::hash::Hash;

impl Ledger {
    /// Of the current batch, as it stands before [`Ledger::seal`] or [`Ledger::commit`].
    pub fn guarded(&self) -> Guarded {
        let mut slots: Vec<SlotRow> = self.slots.changed().map(|row| self.slot_row(row)).collect();
        slots.sort_unstable_by_key(|row| row.key);
        let mut aliases = rows(&self.aliases);
        aliases.sort_unstable_by_key(|row| row.key.0);
        let (mut holds, mut doses) = (rows(&self.hold_of), rows(&self.live));
        holds.sort_unstable_by_key(|row| row.key);
        doses.sort_unstable_by_key(|row| row.key);
        Guarded { slots, holds, doses, aliases }
    }

    /// Whoever takes a place takes one that was offered during the batch; whoever gives one back may leave more taken
    /// than a clinic offers now.
    fn slot_row(&self, (slot, before, after): (SlotId, Option<&Taken>, Option<&Taken>)) -> SlotRow {
        let taken = |taken: Option<&Taken>| taken.map_or(0, |taken| taken.places());
        let (was, is) = (taken(before), taken(after));
        let offered =
            self.offered_in_any(slot, Layer::Pending).max(self.offered_in_any(slot, Layer::Committed));
        let most = if is > was { offered } else { offered.max(is) };
        let places = |taken: u32| (taken > 0).then_some(Places { taken, offered: most });
        Row { key: slot, before: places(was), after: places(is) }
    }
}

fn rows<K: Eq + Hash + Copy, V: Clone, R: Rows<K, V>>(table: &Table<K, V, R>) -> Vec<Row<K, V>> {
    let row = |(key, before, after): (K, Option<R::Row<'_>>, Option<R::Row<'_>>)| Row {
        key,
        before: before.map(R::own),
        after: after.map(R::own),
    };
    table.changed().map(row).collect()
}
