//! The tables, made and changed in steps that only go forward. A step must leave the release before it working: it adds,
//! it never takes away what that release reads or writes.

use crate::wire::{Connection, Failure, Statement, Value};

/// Number n brings the tables from n to n + 1.
const STEPS: [&str; 5] = [
    include_str!("schema/step_1.sql"),
    include_str!("schema/step_2.sql"),
    include_str!("schema/step_3.sql"),
    include_str!("schema/step_4.sql"),
    include_str!("schema/step_5.sql"),
];
/// Of the lock under which steps are taken: two nodes of a new release may start at once.
const LOCK: i64 = 0x4348_5259;

/// Takes the steps that are missing. A database of a later release is taken as it is.
pub(crate) fn bring_up(connection: &mut Connection) -> Result<(), Failure> {
    let done = if has_tables(connection)? { steps_done(connection)? } else { 0 };
    for step in done..STEPS.len() {
        take(connection, step)?;
    }
    Ok(())
}

pub(crate) fn has_tables(connection: &mut Connection) -> Result<bool, Failure> {
    let known = "SELECT count(*)::bigint FROM information_schema.tables
                 WHERE table_schema = 'charye' AND table_name = 'step'";
    Ok(connection.run(&[Statement::new(known, vec![])])?[0][0].number(0)? > 0)
}

fn steps_done(connection: &mut Connection) -> Result<usize, Failure> {
    let done = connection.run(&[Statement::new("SELECT count(*)::bigint FROM charye.step", vec![])])?;
    Ok(usize::try_from(done[0][0].number(0)?).unwrap_or(usize::MAX))
}

/// Whoever comes second finds the step taken.
fn take(connection: &mut Connection, step: usize) -> Result<(), Failure> {
    connection.run(&[
        Statement::new("BEGIN", vec![]),
        Statement::new("SELECT pg_advisory_xact_lock($1)", vec![Value::Number(LOCK)]),
        Statement::new("CREATE SCHEMA IF NOT EXISTS charye", vec![]),
        Statement::new(
            "CREATE TABLE IF NOT EXISTS charye.step(number bigint PRIMARY KEY, taken_at timestamptz NOT NULL)",
            vec![],
        ),
    ])?;
    if steps_done(connection)? > step {
        return connection.roll_back();
    }
    let number = step as i64 + 1;
    let mut statements: Vec<Statement<'_>> = STEPS[step]
        .split(";\n")
        .filter(|sql| !sql.trim().is_empty())
        .map(|sql| Statement::new(sql, vec![]))
        .collect();
    let note = "INSERT INTO charye.step(number, taken_at) VALUES ($1, now())";
    statements.push(Statement::new(note, vec![Value::Number(number)]));
    statements.push(Statement::new("COMMIT", vec![]));
    connection.run(&statements).map(drop)
}

/// For tests: what only an operator would do.
#[cfg(feature = "saboteur")]
pub fn run_script(address: &crate::Address, sql: &str) -> Result<Vec<Vec<String>>, String> {
    struct Zeros;
    impl store::Randomness for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(1);
        }
    }
    let patience = crate::StoreLimits::default().patience();
    let mut connection = Connection::open(address, &address.hosts[0], patience, &Zeros)
        .map_err(|failure| format!("{failure:?}"))?;
    if !sql.starts_with("SELECT") {
        return connection.script(sql).map(|()| Vec::new()).map_err(|failure| format!("{failure:?}"));
    }
    let rows = connection.run(&[Statement::new(sql, vec![])]).map_err(|failure| format!("{failure:?}"))?;
    rows[0].iter().map(|row| row.texts().map_err(|error| error.to_string())).collect()
}
