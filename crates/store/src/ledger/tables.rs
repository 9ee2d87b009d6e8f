//! Every table in one text, for the proof that two ledgers are the same.

use super::{Ledger, Taken};
use crate::rows::Rows;
use crate::table::Table;
use std::fmt::{Debug, Write as _};
use std::hash::Hash;

impl Ledger {
    /// The committed state, a line for each row of each table, in a fixed order. How often a day changed is left out:
    /// it is counted from the start of the process.
    pub fn every_table(&self) -> String {
        let Self {
            country: _,
            openings,
            aliases,
            people,
            delegations,
            delegated,
            drafts,
            ended_sessions,
            admissions,
            tickets,
            slots,
            days,
            day_changes: _,
            supply,
            holds,
            hold_of,
            expired,
            abandoned,
            appointments,
            live,
            of_person,
            reminded,
            answers,
            messages: _,
            expiring: _,
            to_remind: _,
            swept: _,
            answered: _,
            next: _,
            next_sealed: _,
            next_committed: _,
            followed: _,
            followed_sealed: _,
            is_sealed: _,
            said: _,
            visits: _,
            waits: _,
            desk: _,
            audit: _,
        } = self;
        let mut text = String::new();
        tell(&mut text, "opening", openings, |_| true);
        tell(&mut text, "alias", aliases, |_| true);
        tell(&mut text, "person", people, |_| true);
        tell(&mut text, "delegation", delegations, |_| true);
        tell(&mut text, "delegated", delegated, |_| true);
        tell(&mut text, "draft", drafts, |_| true);
        tell(&mut text, "ended session", ended_sessions, |_| true);
        tell(&mut text, "admission", admissions, |_| true);
        tell(&mut text, "ticket", tickets, |_| true);
        // A row of nothing says what no row says.
        tell(&mut text, "slot", slots, |taken: &Taken| taken.held + taken.booked + taken.blocked > 0);
        tell(&mut text, "day", days, |places| *places > 0);
        tell(&mut text, "supply", supply, |doses| *doses > 0);
        tell(&mut text, "hold", holds, |_| true);
        tell(&mut text, "hold of", hold_of, |_| true);
        tell(&mut text, "expired", expired, |_| true);
        tell(&mut text, "abandoned", abandoned, |_| true);
        tell(&mut text, "appointment", appointments, |_| true);
        tell(&mut text, "live", live, |_| true);
        tell(&mut text, "of person", of_person, |_| true);
        tell(&mut text, "reminded", reminded, |_| true);
        tell(&mut text, "answer", answers, |_| true);
        self.tell_people(&mut text);
        self.tell_indexes(&mut text);
        text
    }

    fn tell_people(&self, text: &mut String) {
        tell(text, "said capacity", self.said.capacities(), |_| true);
        tell(text, "said supply", self.said.supplies(), |_| true);
        self.waits.tell(text);
        self.desk.tell(text);
        writeln!(text, "audit {:?}", self.audit_head()).expect("a String takes everything");
    }

    fn tell_indexes(&self, text: &mut String) {
        let Self { visits, day_changes, days, messages, expiring, to_remind, answered, next, .. } = self;
        let mut visits: Vec<_> = visits.all().collect();
        visits.sort_unstable();
        let mut changed: Vec<_> = day_changes.since(0).map(|(_, day)| day).collect();
        changed.retain(|day| days.committed(*day).is_some_and(|places| *places > 0));
        changed.sort_unstable();
        writeln!(
            text,
            "changed {changed:?}\n{visits:?}\n{messages:?}\n{expiring:?}\n{to_remind:?}\n{answered:?}\n{next:?}"
        )
        .expect("a String takes everything");
    }
}

pub(super) fn tell<K, V, R>(text: &mut String, name: &str, table: &Table<K, V, R>, says: impl Fn(&V) -> bool)
where
    K: Eq + Hash + Copy + Debug,
    V: Clone + Debug,
    R: Rows<K, V>,
{
    let rows = table.all_committed().filter(|(_, value)| says(value));
    let mut lines: Vec<String> = rows.map(|(key, value)| format!("{name} {key:?} {value:?}\n")).collect();
    lines.sort_unstable();
    text.extend(lines);
}
