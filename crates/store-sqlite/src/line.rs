//! `line.db`: what the waiting room must remember, apart from the ledger.

mod sum;

use crate::database::{self, Holds, Kind};
use crate::folder::{self, FolderLock};
use crate::head::HeadFile;
use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, params};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use store::{LineRecord, LineStep, LineStore, StoreError};
use waiting_room::{Bucket, CampaignTag, NodeId};

/// The embedded back end is one process, so it is one node of the gate.
const NODE: u16 = 1;

const KIND: Kind = Kind {
    application_id: 0x4348_524c,
    user_version: 2,
    schema: "CREATE TABLE line(
                 campaign INTEGER PRIMARY KEY,
                 incarnation INTEGER NOT NULL,
                 serving_number INTEGER NOT NULL DEFAULT 0,
                 gate_sequence INTEGER NOT NULL DEFAULT 0,
                 opened_at TEXT,
                 closed_at TEXT
             ) STRICT;
             CREATE TABLE reservation(
                 campaign INTEGER NOT NULL,
                 number INTEGER NOT NULL,
                 reserved INTEGER NOT NULL,
                 PRIMARY KEY (campaign, number)
             ) STRICT, WITHOUT ROWID;
             CREATE TABLE bucket(
                 campaign INTEGER NOT NULL,
                 number INTEGER NOT NULL,
                 incarnation INTEGER NOT NULL,
                 count INTEGER NOT NULL,
                 PRIMARY KEY (campaign, number)
             ) STRICT, WITHOUT ROWID;
             CREATE TABLE sum(
                 campaign INTEGER PRIMARY KEY,
                 steps INTEGER NOT NULL,
                 buckets BLOB NOT NULL,
                 state BLOB NOT NULL
             ) STRICT;",
    holds: Holds::Truth,
    page_bytes: 4_096,
    steps: &[sum::SCHEMA],
};

/// The pages of the log that are gathered before they are moved into the database; a step writes two or three.
const CHECKPOINT_STEPS: u32 = 1_000;

pub struct SqliteLine {
    folder: PathBuf,
    path: PathBuf,
    state: Mutex<State>,
    _lock: FolderLock,
}

struct State {
    connection: Connection,
    heads: HashMap<CampaignTag, HeadFile>,
    steps: u32,
}

impl SqliteLine {
    /// # Errors
    /// [`StoreError::Unavailable`] if another process owns the file, [`StoreError::Corrupt`] if it is none of ours.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let lock = FolderLock::take(folder, "line.lock")?;
        let path = folder.join("line.db");
        let connection = database::open(&path, &KIND)?;
        folder::sync(folder)?;
        let state = State { connection, heads: HashMap::new(), steps: 0 };
        Ok(Self { folder: folder.to_path_buf(), path, state: Mutex::new(state), _lock: lock })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no step panics")
    }
}

impl LineStore for SqliteLine {
    fn begin(&self, campaign: CampaignTag) -> Result<LineRecord, StoreError> {
        let mut state = self.state();
        let (head, expected) = HeadFile::open(&self.folder, &format!("line-{}.head", campaign.0))?;
        let transaction = state.connection.transaction().map_err(database::writing)?;
        sum::check(&transaction, &self.path, campaign, expected)?;
        begin_incarnation(&transaction, campaign).map_err(database::writing)?;
        let record = read(&transaction, campaign).map_err(|error| database::reading(&self.path, &error))?;
        let witness = sum::begin(&transaction, campaign).map_err(database::writing)?;
        transaction.commit().map_err(database::writing)?;
        head.write(witness);
        state.heads.insert(campaign, head);
        Ok(record)
    }

    fn save(&self, campaign: CampaignTag, step: &LineStep) -> Result<(), StoreError> {
        let mut state = self.state();
        let transaction = state.connection.transaction().map_err(database::writing)?;
        write(&transaction, campaign, step).map_err(database::writing)?;
        let closed = step.close.map(|(number, _)| number);
        let witness = sum::follow(&transaction, campaign, closed).map_err(database::writing)?;
        transaction.commit().map_err(database::writing)?;
        if let Some(head) = state.heads.get(&campaign) {
            head.write(witness);
        }
        state.steps += 1;
        if state.steps >= CHECKPOINT_STEPS {
            state.steps = 0;
            let checkpoint = "PRAGMA wal_checkpoint(PASSIVE)";
            state.connection.query_row(checkpoint, [], |_| Ok(())).map_err(database::writing)?;
        }
        Ok(())
    }
}

/// Around a change of bucket an earlier life left two of them open.
fn begin_incarnation(transaction: &Transaction<'_>, campaign: CampaignTag) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO bucket(campaign, number, incarnation, count)
         SELECT campaign, number, incarnation, reserved FROM reservation JOIN line USING (campaign)
         WHERE campaign = ?1",
        [campaign.0],
    )?;
    transaction.execute("DELETE FROM reservation WHERE campaign = ?1", [campaign.0])?;
    transaction.execute(
        "INSERT INTO line(campaign, incarnation) VALUES (?1, 1)
         ON CONFLICT (campaign) DO UPDATE SET incarnation = incarnation + 1",
        [campaign.0],
    )?;
    Ok(())
}

fn read(transaction: &Transaction<'_>, campaign: CampaignTag) -> rusqlite::Result<LineRecord> {
    let closed = transaction
        .prepare("SELECT number, incarnation, count FROM bucket WHERE campaign = ?1 ORDER BY number")?
        .query_map([campaign.0], bucket)?
        .collect::<rusqlite::Result<Vec<Bucket>>>()?;
    transaction.query_row(
        "SELECT
             incarnation,
             serving_number,
             gate_sequence,
             opened_at,
             closed_at
         FROM line WHERE campaign = ?1",
        [campaign.0],
        |row| {
            Ok(LineRecord {
                node: NodeId { node: NODE, incarnation: row.get(0)? },
                next_bucket: closed.last().map_or(0, |bucket| bucket.number + 1),
                closed,
                serving_number: row.get::<_, i64>(1)?.cast_unsigned(),
                gate_sequence: row.get::<_, i64>(2)?.cast_unsigned(),
                opened_at: instant(row, 3)?,
                closed_at: instant(row, 4)?,
            })
        },
    )
}

fn bucket(row: &Row<'_>) -> rusqlite::Result<Bucket> {
    let node = NodeId { node: NODE, incarnation: row.get(1)? };
    Ok(Bucket { number: row.get(0)?, counts: vec![(node, row.get(2)?)] })
}

fn instant(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let text: Option<String> = row.get(column)?;
    let parse = |text: String| {
        text.parse().map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
        })
    };
    text.map(parse).transpose()
}

fn write(transaction: &Transaction<'_>, campaign: CampaignTag, step: &LineStep) -> rusqlite::Result<()> {
    if let Some((number, count)) = step.close {
        transaction.execute(
            "INSERT INTO bucket(campaign, number, incarnation, count)
             SELECT campaign, ?2, incarnation, ?3 FROM line WHERE campaign = ?1",
            params![campaign.0, number, count],
        )?;
        transaction.execute(
            "DELETE FROM reservation WHERE campaign = ?1 AND number = ?2",
            params![campaign.0, number],
        )?;
    }
    if let Some((number, reserved)) = step.reserve {
        transaction.execute(
            "INSERT OR REPLACE INTO reservation(campaign, number, reserved) VALUES (?1, ?2, ?3)",
            params![campaign.0, number, reserved],
        )?;
    }
    let updated = transaction.execute(
        "UPDATE line SET
             serving_number = ?2,
             gate_sequence = ?3,
             opened_at = ?4,
             closed_at = ?5
         WHERE campaign = ?1",
        params![
            campaign.0,
            step.serving_number.cast_signed(),
            step.gate_sequence.cast_signed(),
            step.opened_at.map(|at| at.to_string()),
            step.closed_at.map(|at| at.to_string()),
        ],
    )?;
    assert_eq!(updated, 1, "a line is begun before its first step");
    Ok(())
}
