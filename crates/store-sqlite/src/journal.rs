//! `journal.db`: an append-only list of batches, chained.

use crate::audit::{AuditMarks, AuditPage};
use crate::database::{self, Kind};
use crate::failpoint::failpoint;
use crate::folder;
use crate::head::{Chain, HeadFile, Witness};
use booking::Change;
use jiff::Timestamp;
use rusqlite::{Connection, Row};
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
    steps: &[],
};

/// What a batch needs besides its body: the row, and a page or two of the tree.
const ROW_BYTES: u64 = 8_192;
/// A disk with less room than this is as good as full.
const PROBE_BYTES: u32 = 1 << 20;
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
}

impl Journal {
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("journal.db");
        let connection = database::open(&path, &KIND)?;
        failpoint!("start.opened");
        folder::sync(folder)?;
        failpoint!("start.before_head");
        let (head, expected) = HeadFile::open(folder, "journal.head")?;
        #[cfg(feature = "saboteur")]
        let connection = crate::failpoint::before_each_commit(connection);
        let last = Witness { seq: 0, chain: [0; 32] };
        Ok(Self { path, connection, head, expected, last, unchecked_bytes: 0 })
    }

    /// Reads everything into the ledger, and believes none of it before the chain was computed again.
    pub(crate) fn replay(
        &mut self,
        ledger: &mut Ledger,
        marks: &mut AuditMarks,
        check: Check,
    ) -> Result<(), StoreError> {
        failpoint!("replay.before");
        let mut last = self.last;
        let mut uncommitted = 0;
        let read = |error: rusqlite::Error| database::reading(&self.path, &error);
        let mut statement = self
            .connection
            .prepare("SELECT seq, at_ms, body, chain FROM journal ORDER BY seq")
            .map_err(read)?;
        let mut rows = statement.query([]).map_err(read)?;
        while let Some(row) = rows.next().map_err(read)? {
            failpoint!("replay.row");
            let entry = Entry::read(row).map_err(read)?;
            last = entry.follow(last, check)?;
            if self.expected.is_some_and(|head| head.seq == last.seq && head != last) {
                return Err(damaged(last.seq, "journal.head knows another one"));
            }
            let replayed = records(&entry.body, |change| {
                ledger.replay(change)?;
                Ok(ControlFlow::Continue(()))
            });
            uncommitted += replayed.map_err(|error| name_row(error, last.seq))?;
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

    /// One batch, one transaction, one fsync. Durable when it returns.
    pub(crate) fn append(&mut self, at: Timestamp, changes: &[Change]) -> Result<(), StoreError> {
        let mut entry = Entry {
            seq: self.last.seq + 1,
            at_ms: at.as_millisecond(),
            body: body_of(changes),
            chain: [0; 32],
        };
        entry.chain = entry.chain_after(self.last.chain);
        failpoint!("journal.before_insert");
        let inserted = self
            .connection
            .prepare_cached("INSERT INTO journal(seq, at_ms, body, chain) VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut insert| {
                insert.execute((entry.seq.cast_signed(), entry.at_ms, &entry.body, entry.chain))
            })
            .map_err(database::writing)?;
        assert_eq!(inserted, 1, "an INSERT without an error adds its row");
        failpoint!("journal.committed");
        self.unchecked_bytes += entry.body.len() as u64 + ROW_BYTES;
        self.last = Witness { seq: entry.seq, chain: entry.chain };
        failpoint!("head.before_write");
        self.head.write(self.last);
        failpoint!("head.written");
        Ok(())
    }

    pub(crate) fn last_seq(&self) -> u64 {
        self.last.seq
    }

    /// Reads the rows of a page of audit events.
    pub(crate) fn read_audit(&self, mut page: AuditPage) -> Result<Vec<AuditEvent>, StoreError> {
        let read = |error: rusqlite::Error| database::reading(&self.path, &error);
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq, at_ms, body, chain FROM journal WHERE seq >= ?1 ORDER BY seq")
            .map_err(read)?;
        let mut rows = statement.query([page.from_row.cast_signed()]).map_err(read)?;
        while let Some(row) = rows.next().map_err(read)? {
            let entry = Entry::read(row).map_err(read)?;
            let mut flow = ControlFlow::Continue(());
            let taken = records(&entry.body, |change| {
                flow = page.take(change);
                Ok(flow)
            });
            taken.map_err(|error| name_row(error, entry.seq))?;
            if flow.is_break() || page.is_enough(entry.seq) {
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

    /// Moves the write-ahead log into the database.
    pub(crate) fn checkpoint(&mut self) -> Result<(), StoreError> {
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

struct Entry {
    seq: u64,
    at_ms: i64,
    body: Vec<u8>,
    chain: Chain,
}

impl Entry {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let seq: i64 = row.get(0)?;
        Ok(Self { seq: seq.cast_unsigned(), at_ms: row.get(1)?, body: row.get(2)?, chain: row.get(3)? })
    }

    fn chain_after(&self, earlier: Chain) -> Chain {
        let hash = Sha256::new().chain_update(earlier).chain_update(self.seq.to_be_bytes());
        hash.chain_update(self.at_ms.to_be_bytes()).chain_update(&self.body).finalize().into()
    }

    /// This entry as the last one, if it is the one that follows.
    fn follow(&self, last: Witness, check: Check) -> Result<Witness, StoreError> {
        let witness = Witness { seq: self.seq, chain: self.chain };
        match check {
            #[cfg(feature = "saboteur")]
            Check::Nothing => Ok(witness),
            Check::Chain if self.seq != last.seq + 1 => Err(damaged(last.seq + 1, "it is not there")),
            Check::Chain if self.chain != self.chain_after(last.chain) => {
                Err(damaged(self.seq, "the chain does not hold"))
            }
            Check::Chain => Ok(witness),
        }
    }
}

fn body_of(changes: &[Change]) -> Vec<u8> {
    let mut body = Vec::new();
    for change in changes {
        let start = body.len();
        body.extend([0; 4]);
        record::encode(change, &mut body);
        let length = u32::try_from(body.len() - start - 4).expect("a record is smaller than 4 GiB");
        body[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }
    body
}

/// Hands over each change until told to stop; returns how many there were.
fn records(
    mut body: &[u8],
    mut take: impl FnMut(&Change) -> Result<ControlFlow<()>, StoreError>,
) -> Result<usize, StoreError> {
    let mut count = 0;
    while !body.is_empty() {
        let too_short = || StoreError::Corrupt { at: "the length of a record".to_owned() };
        let (length, rest) = body.split_first_chunk::<4>().ok_or_else(too_short)?;
        let length = u32::from_be_bytes(*length) as usize;
        let (record, rest) = rest.split_at_checked(length).ok_or_else(too_short)?;
        count += 1;
        if take(&record::decode(record)?)?.is_break() {
            break;
        }
        body = rest;
    }
    Ok(count)
}

fn damaged(seq: u64, what: &str) -> StoreError {
    StoreError::Corrupt { at: format!("journal.db, row {seq}: {what}") }
}

fn name_row(error: StoreError, seq: u64) -> StoreError {
    match error {
        StoreError::Corrupt { at } => damaged(seq, &at),
        other @ (StoreError::Unavailable { .. } | StoreError::Full) => other,
    }
}
