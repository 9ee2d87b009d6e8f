//! The journal as a table: its end, what follows a row, a row more.

use crate::StoreLimits;
use crate::wire::{Connection, Failure, Row, Statement, Value};
use booking::Change;
use sha2::{Digest as _, Sha256};
use std::io;
use store::{AuditHead, StoreError, record};

pub(crate) type Chain = [u8; 32];

/// A row of the journal, by its number and its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) seq: u64,
    pub(crate) chain: Chain,
}

impl Position {
    pub(crate) const BEGINNING: Self = Self { seq: 0, chain: [0; 32] };
}

#[derive(Debug)]
pub(crate) struct JournalRow {
    pub(crate) seq: u64,
    pub(crate) at_ms: i64,
    pub(crate) body: Vec<u8>,
    pub(crate) chain: Chain,
}

impl JournalRow {
    /// The row that follows, with what was decided.
    pub(crate) fn after(last: Position, at_ms: i64, changes: &[Change]) -> Self {
        let mut row = Self { seq: last.seq + 1, at_ms, body: Vec::new(), chain: [0; 32] };
        for change in changes {
            record::append(change, &mut row.body);
        }
        row.chain = row.chain_after(last.chain);
        row
    }

    pub(crate) fn position(&self) -> Position {
        Position { seq: self.seq, chain: self.chain }
    }

    fn chain_after(&self, earlier: Chain) -> Chain {
        let hash = Sha256::new().chain_update(earlier).chain_update(self.seq.to_be_bytes());
        hash.chain_update(self.at_ms.to_be_bytes()).chain_update(&self.body).finalize().into()
    }

    /// # Errors
    /// [`StoreError::Corrupt`] if it is not the row that follows, as it was written.
    pub(crate) fn follows(&self, last: Position) -> Result<(), StoreError> {
        if self.seq != last.seq + 1 {
            return Err(damaged(last.seq + 1, "it is not there"));
        }
        if self.chain != self.chain_after(last.chain) {
            return Err(damaged(self.seq, "the chain does not hold"));
        }
        Ok(())
    }

    fn read(mut row: Row) -> io::Result<Self> {
        let (seq, at_ms, chain) = (row.number(0)?.cast_unsigned(), row.number(1)?, row.hash(2)?);
        Ok(Self { seq, at_ms, chain, body: row.take_bytes(3) })
    }
}

pub(crate) fn damaged(seq: u64, what: &str) -> StoreError {
    StoreError::Corrupt { at: format!("charye.journal, row {seq}: {what}") }
}

/// What is in the journal beyond what a node knows.
pub(crate) struct Beyond {
    pub(crate) rows: Vec<JournalRow>,
    /// Whether the last row that the node knows stands there as it knows it.
    pub(crate) knows: bool,
    /// Whether these were all that there are.
    pub(crate) is_all: bool,
    /// Whether this is a replica, of which nothing is believed.
    pub(crate) is_replica: bool,
}

/// The end of the journal, in this node's hands until the transaction ends.
pub(crate) struct Locked {
    pub(crate) beyond: Beyond,
    pub(crate) end: Position,
    /// Of the last row.
    pub(crate) end_at_ms: i64,
    /// The clock of the database, after the lock was got.
    pub(crate) now_ms: i64,
}

const ROWS: &str = "SELECT seq, at_ms, chain, body FROM charye.journal WHERE seq > $1 ORDER BY seq LIMIT $2";
const KNOWN: &str = "SELECT count(*)::bigint FROM charye.journal WHERE seq = $1 AND chain = $2";
const IS_REPLICA: &str = "SELECT pg_is_in_recovery()::int::bigint";
// The settings are the transaction's. A time limit on statements must not meet the COMMIT: one that is cancelled is
// committed here and nowhere else. The plans are for a few rows out of many, whatever the statistics say.
const SETTINGS: &str = "SELECT set_config('lock_timeout', $1, true),
    set_config('idle_in_transaction_session_timeout', $2, true), set_config('statement_timeout', '0', true),
    set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN 'on'
        ELSE current_setting('synchronous_commit') END, true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('enable_seqscan', 'off', true)";
const LOCK: &str = "SELECT id FROM charye.head WHERE id = 1 FOR UPDATE";
const END: &str = "SELECT seq, at_ms, chain, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
    FROM charye.head WHERE id = 1";
const APPENDED: &str = "INSERT INTO charye.journal(seq, at_ms, body, chain, audit_seq, audit_hash)
    VALUES ($1, $2, $3, $4, $5, $6)";
const MOVED: &str =
    "WITH done AS (UPDATE charye.head SET seq = $1, at_ms = $2, chain = $3, batches = batches + 1
    WHERE id = 1 AND seq = $4 AND chain = $5 RETURNING 1) SELECT 1 / count(*) FROM done";
const TOUCHED: &str = "WITH done AS (UPDATE charye.head SET batches = batches + 1
    WHERE id = 1 AND seq = $1 AND chain = $2 RETURNING 1) SELECT 1 / count(*) FROM done";

/// The settings of a transaction; its values are two times, in milliseconds: how long it waits for a lock, and how long
/// it may be silent.
pub(crate) fn settings() -> Statement<'static> {
    Statement::new(SETTINGS, vec![])
}

fn beyond(known: &Position, rows_max: u32) -> [Statement<'_>; 3] {
    let seq = Value::Number(known.seq.cast_signed());
    [
        Statement::new(IS_REPLICA, vec![]),
        Statement::new(KNOWN, vec![seq.clone(), Value::Bytes(&known.chain)]),
        Statement::new(ROWS, vec![seq, Value::Number(i64::from(rows_max))]),
    ]
}

fn read_beyond(answers: &mut Vec<Vec<Row>>, known: Position, rows_max: u32) -> io::Result<Beyond> {
    let rows = answers
        .pop()
        .unwrap_or_default()
        .into_iter()
        .map(JournalRow::read)
        .collect::<io::Result<Vec<_>>>()?;
    let knows = known.seq == 0 || one(answers)?.number(0)? == 1;
    if known.seq == 0 {
        answers.pop();
    }
    let is_replica = one(answers)?.number(0)? == 1;
    Ok(Beyond { is_all: rows.len() < rows_max as usize, rows, knows, is_replica })
}

/// The only row of the last answer.
fn one(answers: &mut Vec<Vec<Row>>) -> io::Result<Row> {
    let row = answers.pop().and_then(|mut rows| rows.pop());
    row.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "charye.head has no row"))
}

/// Reads what others have added, without a lock.
pub(crate) fn follow(connection: &mut Connection, known: Position, rows_max: u32) -> Result<Beyond, Failure> {
    let mut answers = connection.run(&beyond(&known, rows_max))?;
    Ok(read_beyond(&mut answers, known, rows_max)?)
}

/// Begins a transaction, takes the end of the journal, and reads what others have added.
pub(crate) fn lock(
    connection: &mut Connection,
    known: Position,
    limits: &StoreLimits,
) -> Result<Locked, Failure> {
    let (lock_ms, silent_ms) = (limits.lock_wait_ms.to_string(), limits.silent_ms_max.to_string());
    let mut statements = vec![
        Statement::new("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", vec![]),
        Statement::new(SETTINGS, vec![Value::Text(&lock_ms), Value::Text(&silent_ms)]),
        Statement::new(LOCK, vec![]),
    ];
    statements.extend(beyond(&known, limits.rows_max));
    statements.push(Statement::new(END, vec![]));
    let mut answers = connection.run(&statements)?;
    let end = one(&mut answers)?;
    let beyond = read_beyond(&mut answers, known, limits.rows_max)?;
    Ok(Locked {
        beyond,
        end: Position { seq: end.number(0)?.cast_unsigned(), chain: end.hash(2)? },
        end_at_ms: end.number(1)?,
        now_ms: end.number(3)?,
    })
}

/// Appends the row, changes what the database guards, and commits. Durable when it returns.
pub(crate) fn append(
    connection: &mut Connection,
    row: &JournalRow,
    earlier: Position,
    audit: AuditHead,
    guards: Vec<Statement<'_>>,
) -> Result<(), Failure> {
    let number = |number: u64| Value::Number(number.cast_signed());
    let mut statements = vec![
        Statement::new(
            APPENDED,
            vec![
                number(row.seq),
                Value::Number(row.at_ms),
                Value::Bytes(&row.body),
                Value::Bytes(&row.chain),
                number(audit.seq),
                Value::Bytes(&audit.hash),
            ],
        ),
        Statement::new(
            MOVED,
            vec![
                number(row.seq),
                Value::Number(row.at_ms),
                Value::Bytes(&row.chain),
                number(earlier.seq),
                Value::Bytes(&earlier.chain),
            ],
        ),
    ];
    statements.extend(guards);
    statements.push(Statement::new("COMMIT", vec![]));
    connection.run(&statements).map(drop)
}

/// Commits something that says nothing: what was read before it is on the standby when this returns.
pub(crate) fn touch(connection: &mut Connection, end: Position) -> Result<(), Failure> {
    let values = vec![Value::Number(end.seq.cast_signed()), Value::Bytes(&end.chain)];
    connection.run(&[Statement::new(TOUCHED, values), Statement::new("COMMIT", vec![])]).map(drop)
}

/// Where the journal ends.
pub(crate) fn end(connection: &mut Connection) -> Result<Position, Failure> {
    let mut answers = connection.run(&[Statement::new(END, vec![])])?;
    let end = one(&mut answers)?;
    Ok(Position { seq: end.number(0)?.cast_unsigned(), chain: end.hash(2)? })
}

/// Rows after that one, at most so many.
pub(crate) fn page(
    connection: &mut Connection,
    after: u64,
    rows_max: u32,
) -> Result<Vec<JournalRow>, Failure> {
    let values = vec![Value::Number(after.cast_signed()), Value::Number(i64::from(rows_max))];
    let rows = connection.run(&[Statement::new(ROWS, values)])?.pop().unwrap_or_default();
    Ok(rows.into_iter().map(JournalRow::read).collect::<io::Result<Vec<_>>>()?)
}

/// How many rows of events are read at once.
const AUDIT_ROWS: i64 = 64;
const AUDIT_FROM: &str = "SELECT seq, audit_seq, audit_hash, body FROM charye.journal WHERE seq >=
    coalesce((SELECT seq FROM charye.journal WHERE audit_seq <= $1 ORDER BY audit_seq DESC, seq DESC LIMIT 1), 0)
    ORDER BY seq LIMIT $2";

/// The events after that one, at most so many; none only where there is none.
pub(crate) fn events(
    connection: &mut Connection,
    since: u64,
    events_max: usize,
) -> Result<Result<Vec<store::AuditEvent>, StoreError>, Failure> {
    let values = vec![Value::Number(i64::try_from(since).unwrap_or(i64::MAX)), Value::Number(AUDIT_ROWS)];
    let rows = connection.run(&[Statement::new(AUDIT_FROM, values)])?.pop().unwrap_or_default();
    let mut head = AuditHead::begin(1);
    let mut events = Vec::new();
    for row in rows {
        let (seq, audit_seq) = (row.number(0)?.cast_unsigned(), row.number(1)?.cast_unsigned());
        if audit_seq <= since {
            head = AuditHead { seq: audit_seq, hash: row.hash(2)?, ..head };
            continue;
        }
        for record in record::Records::of(row.bytes(3)?) {
            let change = match record {
                Ok((_, change)) => change,
                Err(error) => return Ok(Err(name_row(error, seq))),
            };
            if let Some(entry) = booking::AuditEntry::of(&change) {
                let event = head.add(entry);
                if event.seq > since && events.len() < events_max {
                    events.push(event);
                }
            }
        }
        if events.len() >= events_max {
            break;
        }
    }
    Ok(Ok(events))
}

pub(crate) fn name_row(error: StoreError, seq: u64) -> StoreError {
    match error {
        StoreError::Corrupt { at } => damaged(seq, &at),
        other @ (StoreError::Unavailable { .. } | StoreError::Full) => other,
    }
}

/// Nothing is read from a replica, and nothing can be written to one.
pub(crate) fn refuse_replica(connection: &mut Connection) -> Result<(), Failure> {
    let mut answers = connection.run(&[Statement::new(IS_REPLICA, vec![])])?;
    if one(&mut answers)?.number(0)? == 1 {
        return Err(Failure::Lost(io::Error::other("this server is a replica")));
    }
    Ok(())
}
