//! `journal.db`: an append-only list of batches, chained.

use crate::audit::{AuditMarks, AuditPage};
use crate::copy::CopyLock;
use crate::database::{self, Holds, Kind};
use crate::failpoint::failpoint;
use crate::feed::Row;
use crate::folder;
use crate::head::{self, Chain, HeadFile, Witness};
use booking::Change;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};
use sha2::{Digest as _, Sha256};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use store::{AuditEvent, Ledger, StoreError, record};

const KIND: Kind = Kind {
    application_id: 0x4348_5259,
    user_version: 1,
    schema: "CREATE TABLE journal(
                 seq INTEGER PRIMARY KEY,
                 at_ms INTEGER NOT NULL,
                 body BLOB NOT NULL,
                 chain BLOB NOT NULL
             ) STRICT;
             CREATE TABLE probe(id INTEGER PRIMARY KEY, filler BLOB NOT NULL) STRICT;",
    holds: Holds::Truth,
    // A large batch is a few dozen pages, each of them two system calls; the smallest batch writes one or two.
    page_bytes: 16_384,
    steps: &[],
};

/// What a batch needs besides its body: the row, and a page or two of the tree.
const ROW_BYTES: u64 = 8_192;
/// A disk with less room than this is as good as full.
const PROBE_BYTES: u32 = 1 << 20;
/// A write-ahead log past this waits for no copy.
const COPIED_BYTES_MAX: u64 = 1 << 30;
/// How many changes are replayed before the layers of the ledger are merged.
const REPLAYED_TOGETHER: usize = 4_096;

#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    connection: Connection,
    head: HeadFile,
    expected: Option<Witness>,
    last: Witness,
    /// Bytes in the write-ahead log since the last checkpoint, about.
    unchecked_bytes: u64,
    /// Of the last row that was written.
    body_bytes: usize,
}

impl Journal {
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("journal.db");
        let connection = database::open(&path, &KIND)?;
        failpoint!("start.opened");
        folder::sync(folder)?;
        failpoint!("start.before_head");
        let (head, expected) = HeadFile::open(folder, head::FILE)?;
        #[cfg(feature = "saboteur")]
        let connection = crate::failpoint::before_each_commit(connection);
        Ok(Self {
            path,
            connection,
            head,
            expected,
            last: Witness::BEGINNING,
            unchecked_bytes: 0,
            body_bytes: 0,
        })
    }

    /// The row of this number as it stands there, believed or not.
    pub(crate) fn witness(&self, seq: u64) -> Result<Option<Witness>, StoreError> {
        if seq == 0 {
            return Ok(Some(Witness::BEGINNING));
        }
        let query = "SELECT chain FROM journal WHERE seq = ?1";
        let chain = self.connection.query_row(query, [seq.cast_signed()], |row| row.get(0)).optional();
        let chain: Option<Chain> = chain.map_err(|error| database::reading(&self.path, &error))?;
        Ok(chain.map(|chain| Witness { seq, chain }))
    }

    /// Reads what follows a row into the ledger, and believes none of it before the chain was computed again.
    pub(crate) fn replay(
        &mut self,
        after: Witness,
        ledger: &mut Ledger,
        marks: &mut AuditMarks,
        check: Check,
    ) -> Result<(), StoreError> {
        failpoint!("replay.before");
        let mut last = after;
        let mut uncommitted = 0;
        let read = |error: rusqlite::Error| database::reading(&self.path, &error);
        let mut statement = self.connection.prepare(ROWS_FROM).map_err(read)?;
        let mut rows = statement.query([after.seq.cast_signed() + 1]).map_err(read)?;
        while let Some(row) = rows.next().map_err(read)? {
            failpoint!("replay.row");
            let row = read_row(row).map_err(read)?;
            last = follow(&row, last, check)?;
            uncommitted += replay_body(&row.body, ledger).map_err(|error| name_row(error, last.seq))?;
            marks.note(last.seq, ledger.audit_head_pending());
            if uncommitted > REPLAYED_TOGETHER {
                ledger.commit();
                uncommitted = 0;
            }
        }
        ledger.commit();
        if self.expected.is_some_and(|head| head.seq > last.seq) {
            return Err(damaged(last.seq + 1, "journal.head knows it, the journal ends before it"));
        }
        failpoint!("replay.done");
        drop(rows);
        drop(statement);
        self.last = last;
        Ok(())
    }

    pub(crate) fn last(&self) -> Witness {
        self.last
    }

    /// What the head said when the journal was opened.
    pub(crate) fn expected(&self) -> Option<Witness> {
        self.expected
    }

    /// Rows from this one on, until they have so many bytes.
    pub(crate) fn rows_from(&self, seq: u64, bytes_max: usize) -> Result<Vec<Row>, StoreError> {
        let read = |error: rusqlite::Error| database::reading(&self.path, &error);
        let mut statement = self.connection.prepare_cached(ROWS_FROM).map_err(read)?;
        let mut rows = statement.query([seq.cast_signed()]).map_err(read)?;
        let (mut found, mut bytes) = (Vec::new(), 0);
        while bytes < bytes_max
            && let Some(row) = rows.next().map_err(read)?
        {
            let row = read_row(row).map_err(read)?;
            bytes += row.body.len();
            found.push(row);
        }
        Ok(found)
    }

    /// One batch, one transaction, one fsync. Durable when it returns.
    pub(crate) fn append(&mut self, at: Timestamp, changes: &[Change]) -> Result<Row, StoreError> {
        let mut row = Row {
            seq: self.last.seq + 1,
            at_ms: at.as_millisecond(),
            body: body_of(changes, self.body_bytes),
            chain: [0; 32],
        };
        self.body_bytes = row.body.len();
        row.chain = chain_after(&row, self.last.chain);
        failpoint!("journal.before_insert");
        let inserted = self
            .connection
            .prepare_cached("INSERT INTO journal(seq, at_ms, body, chain) VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut insert| insert.execute((row.seq.cast_signed(), row.at_ms, &row.body, row.chain)))
            .map_err(database::writing)?;
        assert_eq!(inserted, 1, "an INSERT without an error adds its row");
        failpoint!("journal.committed");
        self.unchecked_bytes += row.body.len() as u64 + ROW_BYTES;
        self.last = Witness { seq: row.seq, chain: row.chain };
        failpoint!("head.before_write");
        self.head.write(self.last);
        failpoint!("head.written");
        Ok(row)
    }

    /// Reads the rows of a page of audit events.
    pub(crate) fn read_audit(&self, mut page: AuditPage) -> Result<Vec<AuditEvent>, StoreError> {
        let read = |error: rusqlite::Error| database::reading(&self.path, &error);
        let mut statement = self.connection.prepare_cached(ROWS_FROM).map_err(read)?;
        let mut rows = statement.query([page.from_row.cast_signed()]).map_err(read)?;
        while let Some(row) = rows.next().map_err(read)? {
            let row = read_row(row).map_err(read)?;
            let flow = take_body(&row.body, &mut page).map_err(|error| name_row(error, row.seq))?;
            if flow.is_break() || page.is_enough(row.seq) {
                break;
            }
        }
        Ok(page.events())
    }

    #[cfg(feature = "saboteur")]
    pub(crate) fn without_fsync(&self) -> Result<(), StoreError> {
        self.connection.pragma_update(None, "synchronous", "NORMAL").map_err(database::writing)
    }

    pub(crate) fn unchecked_bytes(&self) -> u64 {
        self.unchecked_bytes
    }

    /// Moves the write-ahead log into the database, unless somebody copies the files.
    pub(crate) fn checkpoint(&mut self) -> Result<(), StoreError> {
        let lock = CopyLock::exclusive(self.path.parent().expect("a journal is in a folder"));
        if lock.is_err() && self.unchecked_bytes <= COPIED_BYTES_MAX {
            return Ok(());
        }
        failpoint!("checkpoint.before");
        self.connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
            .map_err(database::writing)?;
        failpoint!("checkpoint.done");
        self.unchecked_bytes = 0;
        Ok(())
    }

    /// Whether there is room again: a write of some size that leaves nothing behind.
    pub(crate) fn probe(&mut self) -> Result<(), StoreError> {
        let filler = "INSERT OR REPLACE INTO probe(id, filler) VALUES (1, randomblob(?1))";
        self.connection
            .execute(filler, [PROBE_BYTES])
            .and_then(|_| self.connection.execute("DELETE FROM probe", []))
            .map_err(database::writing)?;
        self.unchecked_bytes += u64::from(PROBE_BYTES);
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    Chain,
    #[cfg(feature = "saboteur")]
    Nothing,
}

const ROWS_FROM: &str = "SELECT seq, at_ms, body, chain FROM journal WHERE seq >= ?1 ORDER BY seq";

fn read_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let seq: i64 = row.get(0)?;
    Ok(Row { seq: seq.cast_unsigned(), at_ms: row.get(1)?, body: row.get(2)?, chain: row.get(3)? })
}

fn chain_after(row: &Row, earlier: Chain) -> Chain {
    let hash = Sha256::new().chain_update(earlier).chain_update(row.seq.to_be_bytes());
    hash.chain_update(row.at_ms.to_be_bytes()).chain_update(&row.body).finalize().into()
}

/// This row as the last one, if it is the one that follows.
pub(crate) fn follow(row: &Row, last: Witness, check: Check) -> Result<Witness, StoreError> {
    let witness = Witness { seq: row.seq, chain: row.chain };
    match check {
        #[cfg(feature = "saboteur")]
        Check::Nothing => Ok(witness),
        Check::Chain if row.seq != last.seq + 1 => Err(damaged(last.seq + 1, "it is not there")),
        Check::Chain if row.chain != chain_after(row, last.chain) => {
            Err(damaged(row.seq, "the chain does not hold"))
        }
        Check::Chain => Ok(witness),
    }
}

/// As long as the one before, about.
fn body_of(changes: &[Change], expected: usize) -> Vec<u8> {
    let mut body = Vec::with_capacity(expected + expected / 8);
    for change in changes {
        record::append(change, &mut body);
    }
    body
}

/// Returns how many changes there were.
fn replay_body(body: &[u8], ledger: &mut Ledger) -> Result<usize, StoreError> {
    let mut count = 0;
    for read in record::Records::of(body) {
        let (_, change) = read?;
        ledger.replay(&change)?;
        count += 1;
    }
    Ok(count)
}

fn take_body(body: &[u8], page: &mut AuditPage) -> Result<ControlFlow<()>, StoreError> {
    for read in record::Records::of(body) {
        let (_, change) = read?;
        if page.take(&change).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

pub(crate) fn damaged(seq: u64, what: &str) -> StoreError {
    StoreError::Corrupt { at: format!("journal.db, row {seq}: {what}") }
}

pub(crate) fn name_row(error: StoreError, seq: u64) -> StoreError {
    match error {
        StoreError::Corrupt { at } => damaged(seq, &at),
        other @ (StoreError::Unavailable { .. } | StoreError::Full) => other,
    }
}
