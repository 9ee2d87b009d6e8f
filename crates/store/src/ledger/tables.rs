//! Every table in one text, for the proof that two ledgers are the same.

use super::{Ledger, Taken};
use crate::rows::Rows;
use crate::table::Table;
use std::fmt::Debug;
use std::hash::Hash;

/// Tells of every row of some tables.
macro_rules! for_all {
    ($text:ident: $($name:literal $table:ident),*) => {
        $(tell(&mut $text, $name, $table, |_| true);)*
    };
}

impl Ledger {
    /// The committed state, a line for each row of each table, in a fixed order. How often a day changed is left out:
    /// it is counted from the start of the process.
    pub fn every_table(&self) -> String {
        let Self {
            country: _,
            openings,
            aliases,
            people,
            condemned,
            other_keys,
            delegations,
            delegated,
            drafts,
            ended_sessions,
            admissions,
            tickets,
            slots,
            day_changes: _,
            supply,
            holds,
            hold_of,
            expired,
            abandoned,
            appointments,
            live,
            own,
            reminded,
            answers: _,
            messages: _,
            expiring: _,
            to_remind: _,
            swept: _,
            next: _,
            next_sealed: _,
            next_committed: _,
            followed: _,
            followed_sealed: _,
            is_sealed: _,
            said,
            visits: _,
            waits,
            desk,
            audit: _,
        } = self;
        let mut text = String::new();
        for_all!(text: "opening" openings, "alias" aliases, "person" people,
            "condemned" condemned, "other keys" other_keys, "delegation" delegations,
            "delegated" delegated, "draft" drafts, "ended session" ended_sessions,
            "admission" admissions);
        tell(&mut text, "ticket", tickets.others(), |_| true);
        // A row of nothing says what no row says.
        tell(&mut text, "slot", slots, |taken: &Taken| taken.held + taken.booked + taken.blocked > 0);
        tell(&mut text, "supply", supply, |doses| *doses > 0);
        for_all!(text: "hold" holds, "hold of" hold_of, "expired" expired, "abandoned" abandoned,
            "appointment" appointments, "live" live, "reminded" reminded);
        own.tell(&mut text);
        tell(&mut text, "said capacity", said.capacities(), |_| true);
        tell(&mut text, "said supply", said.supplies(), |_| true);
        tell(&mut text, "arrivals", said.all_arrivals(), |_| true);
        waits.tell(&mut text);
        desk.tell(&mut text);
        text.push_str(&self.every_index());
        text
    }

    /// What follows from the tables, in a fixed order.
    fn every_index(&self) -> String {
        let Self { messages, expiring, to_remind, next, .. } = self;
        let audit = self.audit_head();
        let mut visits: Vec<_> = self.visits.all().collect();
        visits.sort_unstable();
        let mut changed: Vec<_> = self.day_changes.since(0).map(|(_, day)| day).collect();
        changed.retain(|(clinic, visit_on)| self.taken_on(*clinic, *visit_on).0 > 0);
        changed.sort_unstable();
        let messages: Vec<_> = messages.iter().collect();
        let answered: Vec<_> = self.answers.all_committed().map(|one| (one, one.outcome())).collect();
        format!(
            "changed {changed:?}\n{visits:?}\n{messages:?}\n{expiring:?}\n{to_remind:?}\n{answered:?}\n{next:?}\n{audit:?}\n"
        )
    }
}

pub(super) fn tell<K, V, R>(text: &mut String, name: &str, table: &Table<K, V, R>, says: impl Fn(&V) -> bool)
where
    K: Eq + Hash + Copy + Debug,
    V: Clone + Debug,
    R: Rows<K, V>,
{
    let rows =
        table.all_committed().map(|(key, value)| (key, R::own(value))).filter(|(_, value)| says(value));
    let mut lines: Vec<String> = rows.map(|(key, value)| format!("{name} {key:?} {value:?}\n")).collect();
    lines.sort_unstable();
    text.extend(lines);
}
