//! The list in use and a newer one: who keeps which number, and what is different.

use crate::country::ClinicRow;
use std::collections::{HashMap, HashSet};

#[derive(Default)]
pub(super) struct Merged {
    /// In the order of their numbers, the ones no longer listed among them.
    pub(super) rows: Vec<ClinicRow>,
    /// Names, to show.
    pub(super) added: Vec<String>,
    pub(super) unlisted: Vec<String>,
    pub(super) changed: Vec<String>,
    pub(super) lowered: Vec<String>,
    pub(super) other_hours: Vec<String>,
    pub(super) unchanged: u64,
}

/// What a clinic is known by from list to list.
pub(super) fn key(row: &ClinicRow) -> &str {
    if row.external_id.is_empty() { &row.id } else { &row.external_id }
}

impl Merged {
    pub(super) fn new(before: Vec<ClinicRow>, read: Vec<ClinicRow>) -> Self {
        let mut merged = Self::default();
        let mut next = before.iter().filter_map(|row| number(&row.id)).max().unwrap_or(0) + 1;
        let named: HashSet<String> = read.iter().map(|row| key(row).to_owned()).collect();
        let old: HashMap<String, ClinicRow> =
            before.into_iter().map(|row| (key(&row).to_owned(), row)).collect();
        for mut row in read {
            if let Some(old) = old.get(key(&row)) {
                row.id.clone_from(&old.id);
                merged.compare(old, &row);
            } else {
                row.id = format!("C{next:05}");
                next += 1;
                merged.added.push(row.name.clone());
            }
            merged.rows.push(row);
        }
        for (_, row) in old.into_iter().filter(|(key, _)| !named.contains(key)) {
            if row.listed == "yes" {
                merged.unlisted.push(row.name.clone());
            }
            merged.rows.push(ClinicRow { listed: "no".to_owned(), ..row });
        }
        merged.rows.sort_by_key(|row| number(&row.id));
        merged.unlisted.sort();
        merged
    }

    fn compare(&mut self, old: &ClinicRow, new: &ClinicRow) {
        if old == new {
            self.unchanged += 1;
            return;
        }
        self.changed.push(new.name.clone());
        if new.capacity < old.capacity {
            self.lowered.push(format!("{} {} → {}", new.name, old.capacity, new.capacity));
        }
        if hours(old) != hours(new) {
            self.other_hours.push(new.name.clone());
        }
    }
}

fn number(id: &str) -> Option<u32> {
    id.strip_prefix('C')?.parse().ok()
}

fn hours(row: &ClinicRow) -> [&str; 6] {
    let ClinicRow { opens, closes, lunch_starts, lunch_ends, saturday_closes, closed_weekdays, .. } = row;
    [opens, closes, lunch_starts, lunch_ends, saturday_closes, closed_weekdays].map(String::as_str)
}
