//! What the database guards by itself, beside the journal: a row changes from what the node believes it is, or the
//! transaction fails.

use crate::wire::{Statement, Value};
use jiff::civil::Date;
use store::guarded::{Guarded, Row, SlotRow};

/// A table whose key is a few numbers, with one number beside it.
struct Numbers {
    keys: Vec<Vec<i64>>,
    before: Vec<i64>,
    after: Vec<i64>,
    limits: Vec<i64>,
}

/// What changes are made to a table: each with its statement.
#[derive(Default)]
struct Sorted<'a, K, V> {
    added: Vec<&'a Row<K, V>>,
    changed: Vec<&'a Row<K, V>>,
    removed: Vec<&'a Row<K, V>>,
}

fn sorted<K, V: PartialEq>(rows: &[Row<K, V>]) -> Sorted<'_, K, V> {
    let mut sorted = Sorted { added: Vec::new(), changed: Vec::new(), removed: Vec::new() };
    for row in rows {
        match (&row.before, &row.after) {
            (None, Some(_)) => sorted.added.push(row),
            (Some(_), None) => sorted.removed.push(row),
            (Some(before), Some(after)) if before != after => sorted.changed.push(row),
            _ => {}
        }
    }
    sorted
}

impl Numbers {
    fn of<K, V>(
        rows: &[&Row<K, V>],
        width: usize,
        key: impl Fn(&K) -> Vec<i64>,
        number: impl Fn(&V) -> i64,
        limit: impl Fn(&V) -> i64,
    ) -> Self {
        let mut keys = vec![Vec::with_capacity(rows.len()); width];
        for row in rows {
            for (column, part) in keys.iter_mut().zip(key(&row.key)) {
                column.push(part);
            }
        }
        let numbers = |value: fn(&Row<K, V>) -> Option<&V>| {
            rows.iter().map(|row| value(row).map_or(0, &number)).collect()
        };
        Self {
            keys,
            before: numbers(|row| row.before.as_ref()),
            after: numbers(|row| row.after.as_ref()),
            limits: rows.iter().map(|row| row.after.as_ref().map_or(0, &limit)).collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.before.is_empty()
    }

    /// The columns of the key, then those that are asked for, then how many rows there are.
    fn values(self, rest: Vec<Vec<i64>>, with_count: bool) -> Vec<Value<'static>> {
        let count = self.before.len() as i64;
        let mut values: Vec<Value<'static>> = self.keys.into_iter().chain(rest).map(Value::Numbers).collect();
        if with_count {
            values.push(Value::Number(count));
        }
        values
    }
}

/// Adds the statements that make the changes. In a fixed order of tables and keys; under the lock of the journal's end
/// nobody else is at them.
pub(crate) fn statements(guarded: &Guarded) -> Vec<Statement<'_>> {
    let mut out = Vec::new();
    slots(&guarded.slots, &mut out);
    holds(guarded, &mut out);
    doses(guarded, &mut out);
    aliases(guarded, &mut out);
    out
}

fn slots(rows: &[SlotRow], out: &mut Vec<Statement<'_>>) {
    let key = |slot: &booking::SlotId| {
        vec![i64::from(slot.clinic.0), day_number(slot.visit_on), i64::from(slot.starts_min)]
    };
    let numbers = |rows: &[&SlotRow]| {
        Numbers::of(rows, 3, key, |places| i64::from(places.taken), |places| i64::from(places.offered))
    };
    let all = sorted(rows);
    let added = numbers(&all.added);
    if !added.is_empty() {
        let rest = vec![added.after.clone(), added.limits.clone()];
        out.push(Statement::new(SLOTS_ADDED, added.values(rest, false)));
    }
    let changed = numbers(&all.changed);
    if !changed.is_empty() {
        let rest = vec![changed.before.clone(), changed.after.clone(), changed.limits.clone()];
        out.push(Statement::new(SLOTS_CHANGED, changed.values(rest, true)));
    }
    let removed = numbers(&all.removed);
    if !removed.is_empty() {
        let rest = vec![removed.before.clone()];
        out.push(Statement::new(SLOTS_REMOVED, removed.values(rest, true)));
    }
}

/// The three statements of a table with one number beside its key.
struct Sql {
    added: &'static str,
    changed: &'static str,
    removed: &'static str,
}

fn three(sql: &Sql, [added, changed, removed]: [Numbers; 3], out: &mut Vec<Statement<'_>>) {
    if !removed.is_empty() {
        let rest = vec![removed.before.clone()];
        out.push(Statement::new(sql.removed, removed.values(rest, true)));
    }
    if !changed.is_empty() {
        let rest = vec![changed.before.clone(), changed.after.clone()];
        out.push(Statement::new(sql.changed, changed.values(rest, true)));
    }
    if !added.is_empty() {
        let rest = vec![added.after.clone()];
        out.push(Statement::new(sql.added, added.values(rest, false)));
    }
}

fn holds(guarded: &Guarded, out: &mut Vec<Statement<'_>>) {
    let all = sorted(&guarded.holds);
    let numbers = |rows: &[&Row<_, booking::HoldId>]| {
        let key = |key: &(booking::CampaignId, booking::PersonId)| vec![i64::from(key.0.0), key.1.0 as i64];
        Numbers::of(rows, 2, key, |hold| hold.0 as i64, |_| 0)
    };
    three(&HOLDS, [numbers(&all.added), numbers(&all.changed), numbers(&all.removed)], out);
}

fn doses(guarded: &Guarded, out: &mut Vec<Statement<'_>>) {
    let all = sorted(&guarded.doses);
    let numbers = |rows: &[&Row<_, booking::AppointmentId>]| {
        let key = |key: &(booking::CampaignId, booking::PersonId, booking::DoseNumber)| {
            vec![i64::from(key.0.0), key.1.0 as i64, i64::from(key.2.0)]
        };
        Numbers::of(rows, 3, key, |appointment| appointment.0 as i64, |_| 0)
    };
    three(&DOSES, [numbers(&all.added), numbers(&all.changed), numbers(&all.removed)], out);
}

fn aliases<'a>(guarded: &'a Guarded, out: &mut Vec<Statement<'a>>) {
    let all = sorted(&guarded.aliases);
    let names = |rows: &[&'a Row<booking::PersonAlias, booking::PersonId>]| {
        Value::ByteStrings(rows.iter().map(|row| row.key.0.as_slice()).collect())
    };
    let people = |people: Vec<Option<&booking::PersonId>>| {
        Value::Numbers(people.into_iter().map(|person| person.map_or(0, |person| person.0 as i64)).collect())
    };
    let count = |rows: &[&Row<_, _>]| Value::Number(rows.len() as i64);
    if !all.removed.is_empty() {
        let before = people(all.removed.iter().map(|row| row.before.as_ref()).collect());
        out.push(Statement::new(ALIASES_REMOVED, vec![names(&all.removed), before, count(&all.removed)]));
    }
    if !all.changed.is_empty() {
        let before = people(all.changed.iter().map(|row| row.before.as_ref()).collect());
        let after = people(all.changed.iter().map(|row| row.after.as_ref()).collect());
        let values = vec![names(&all.changed), before, after, count(&all.changed)];
        out.push(Statement::new(ALIASES_CHANGED, values));
    }
    if !all.added.is_empty() {
        let after = people(all.added.iter().map(|row| row.after.as_ref()).collect());
        out.push(Statement::new(ALIASES_ADDED, vec![names(&all.added), after]));
    }
}

/// 20270726: as a person reads it.
fn day_number(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

// `1 / (…)::int` is how a count that is not the expected one ends a transaction without a procedure in the database.
const SLOTS_ADDED: &str = "INSERT INTO charye.slot_taken(clinic, visit_on, starts_min, places, places_max)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])";
const SLOTS_CHANGED: &str = "WITH done AS (UPDATE charye.slot_taken s SET places = n.after, places_max = n.most
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
        AS n(clinic, visit_on, starts_min, before, after, most)
    WHERE s.clinic = n.clinic AND s.visit_on = n.visit_on AND s.starts_min = n.starts_min AND s.places = n.before
    RETURNING 1) SELECT 1 / (count(*) = $7)::int FROM done";
const SLOTS_REMOVED: &str = "WITH done AS (DELETE FROM charye.slot_taken s
    USING unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS n(clinic, visit_on, starts_min, before)
    WHERE s.clinic = n.clinic AND s.visit_on = n.visit_on AND s.starts_min = n.starts_min AND s.places = n.before
    RETURNING 1) SELECT 1 / (count(*) = $5)::int FROM done";
const HOLDS: Sql = Sql {
    added: "INSERT INTO charye.live_hold(campaign, booker, hold)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])",
    changed: "WITH done AS (UPDATE charye.live_hold h SET hold = n.after
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS n(campaign, booker, before, after)
        WHERE h.campaign = n.campaign AND h.booker = n.booker AND h.hold = n.before
        RETURNING 1) SELECT 1 / (count(*) = $5)::int FROM done",
    removed: "WITH done AS (DELETE FROM charye.live_hold h
        USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS n(campaign, booker, before)
        WHERE h.campaign = n.campaign AND h.booker = n.booker AND h.hold = n.before
        RETURNING 1) SELECT 1 / (count(*) = $4)::int FROM done",
};
const DOSES: Sql = Sql {
    added: "INSERT INTO charye.live_dose(campaign, person, dose, appointment)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])",
    changed: "WITH done AS (UPDATE charye.live_dose d SET appointment = n.after
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
            AS n(campaign, person, dose, before, after)
        WHERE d.campaign = n.campaign AND d.person = n.person AND d.dose = n.dose AND d.appointment = n.before
        RETURNING 1) SELECT 1 / (count(*) = $6)::int FROM done",
    removed: "WITH done AS (DELETE FROM charye.live_dose d
        USING unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS n(campaign, person, dose, before)
        WHERE d.campaign = n.campaign AND d.person = n.person AND d.dose = n.dose AND d.appointment = n.before
        RETURNING 1) SELECT 1 / (count(*) = $5)::int FROM done",
};
const ALIASES_ADDED: &str = "INSERT INTO charye.person_alias(alias, person)
    SELECT * FROM unnest($1::bytea[], $2::bigint[])";
const ALIASES_CHANGED: &str = "WITH done AS (UPDATE charye.person_alias a SET person = n.after
    FROM unnest($1::bytea[], $2::bigint[], $3::bigint[]) AS n(alias, before, after)
    WHERE a.alias = n.alias AND a.person = n.before RETURNING 1) SELECT 1 / (count(*) = $4)::int FROM done";
const ALIASES_REMOVED: &str = "WITH done AS (DELETE FROM charye.person_alias a
    USING unnest($1::bytea[], $2::bigint[]) AS n(alias, before)
    WHERE a.alias = n.alias AND a.person = n.before RETURNING 1) SELECT 1 / (count(*) = $3)::int FROM done";
