//! `line.db`: what the waiting room must remember, apart from the ledger; shared by the processes of one machine.

mod alive;
mod news;
mod orders;
mod steps;
mod sum;

use crate::database::{self, Holds, Kind};
use crate::folder::{self, FolderLock};
use crate::head::HeadFile;
use alive::Alive;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use store::{GivenOrder, LedgerNews, LineState, LineStore, NodeState, NodeStep, Seen, Stepped, StoreError};
use waiting_room::{CampaignTag, NodeId};

const KIND: Kind = Kind {
    application_id: 0x4348_524c,
    user_version: 5,
    schema: "CREATE TABLE line(
                 campaign INTEGER PRIMARY KEY,
                 lives INTEGER NOT NULL,
                 open_bucket INTEGER NOT NULL DEFAULT 0,
                 term INTEGER NOT NULL DEFAULT 0,
                 leader INTEGER,
                 serving_number INTEGER NOT NULL DEFAULT 0,
                 gate_sequence INTEGER NOT NULL DEFAULT 0,
                 document BLOB NOT NULL DEFAULT x'',
                 opened_at TEXT,
                 closed_at TEXT,
                 steered TEXT NOT NULL DEFAULT ''
             ) STRICT;
             CREATE TABLE node(
                 campaign INTEGER NOT NULL,
                 incarnation INTEGER NOT NULL,
                 node INTEGER NOT NULL,
                 beat INTEGER NOT NULL DEFAULT 0,
                 given INTEGER NOT NULL DEFAULT 0,
                 arrived INTEGER NOT NULL DEFAULT 0,
                 waiting INTEGER NOT NULL DEFAULT 0,
                 PRIMARY KEY (campaign, incarnation)
             ) STRICT, WITHOUT ROWID;
             CREATE TABLE reservation(
                 campaign INTEGER NOT NULL,
                 number INTEGER NOT NULL,
                 incarnation INTEGER NOT NULL,
                 reserved INTEGER NOT NULL,
                 PRIMARY KEY (campaign, number, incarnation)
             ) STRICT, WITHOUT ROWID;
             CREATE TABLE bucket(
                 campaign INTEGER NOT NULL,
                 number INTEGER NOT NULL,
                 node INTEGER NOT NULL,
                 incarnation INTEGER NOT NULL,
                 count INTEGER NOT NULL,
                 PRIMARY KEY (campaign, number, node, incarnation)
             ) STRICT, WITHOUT ROWID;
             CREATE TABLE given_order(
                 campaign INTEGER NOT NULL,
                 number INTEGER NOT NULL,
                 given_at TEXT NOT NULL,
                 by_whom TEXT NOT NULL,
                 why TEXT NOT NULL,
                 what TEXT NOT NULL,
                 PRIMARY KEY (campaign, number)
             ) STRICT, WITHOUT ROWID;
             CREATE TABLE sum(
                 campaign INTEGER PRIMARY KEY,
                 steps INTEGER NOT NULL,
                 buckets BLOB NOT NULL,
                 state BLOB NOT NULL
             ) STRICT;",
    holds: Holds::SharedTruth,
    page_bytes: 4_096,
    steps: &[sum::SCHEMA, steps::MANY_NODES, orders::SCHEMA, steps::STEERED],
};

/// The pages of the log that are gathered before they are moved into the database; a step writes two or three.
const CHECKPOINT_STEPS: u32 = 1_000;
/// How long a step waits for those of other processes. One takes about as long as the disk.
const TURN: Duration = Duration::from_millis(800);

pub struct SqliteLine {
    folder: PathBuf,
    path: PathBuf,
    state: Mutex<State>,
    _lock: FolderLock,
}

struct State {
    connection: Connection,
    heads: HashMap<CampaignTag, HeadFile>,
    /// The nodes of this process.
    alive: HashMap<NodeId, Alive>,
    steps: u32,
}

impl SqliteLine {
    /// # Errors
    /// [`StoreError::Unavailable`] if a process of an earlier release owns the file, [`StoreError::Corrupt`] if it is
    /// none of ours.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let lock = FolderLock::share(folder, "line.lock")?;
        let path = folder.join("line.db");
        let _one_makes_the_tables = FolderLock::wait_for(folder, "line.opening")?;
        let connection = database::open(&path, &KIND)?;
        connection.busy_timeout(TURN).map_err(database::writing)?;
        folder::sync(folder)?;
        let state = State { connection, heads: HashMap::new(), alive: HashMap::new(), steps: 0 };
        Ok(Self { folder: folder.to_path_buf(), path, state: Mutex::new(state), _lock: lock })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no step panics")
    }

    /// One transaction, alone with the file from its beginning, with its sums. `work` says which buckets it closed, or
    /// that nothing is to be done.
    fn write<T>(
        &self,
        campaign: CampaignTag,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<Result<steps::Closed, T>>,
    ) -> Result<Result<(), T>, StoreError> {
        let mut state = self.state();
        let transaction = state
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(database::writing)?;
        let closed = match work(&transaction).map_err(database::writing)? {
            Ok(closed) => closed,
            Err(not_done) => return Ok(Err(not_done)),
        };
        let witness = sum::follow(&transaction, campaign, &closed).map_err(database::writing)?;
        transaction.commit().map_err(database::writing)?;
        if let Some(head) = state.heads.get(&campaign) {
            head.write(witness);
        }
        state.checkpoint()?;
        Ok(Ok(()))
    }
}

impl State {
    fn checkpoint(&mut self) -> Result<(), StoreError> {
        self.steps += 1;
        if self.steps >= CHECKPOINT_STEPS {
            self.steps = 0;
            let checkpoint = "PRAGMA wal_checkpoint(PASSIVE)";
            self.connection.query_row(checkpoint, [], |_| Ok(())).map_err(database::writing)?;
        }
        Ok(())
    }
}

impl LineStore for SqliteLine {
    fn join(&self, campaign: CampaignTag) -> Result<NodeId, StoreError> {
        let mut state = self.state();
        let (head, expected) = HeadFile::open(&self.folder, &format!("line-{}.head", campaign.0))?;
        let transaction = state
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(database::writing)?;
        sum::check(&transaction, &self.path, campaign, expected)?;
        let node = steps::join(&transaction, campaign).map_err(database::writing)?;
        // Before anybody can see the node.
        let alive = Alive::take(&self.folder, campaign, node)?;
        let witness = sum::begin(&transaction, campaign).map_err(database::writing)?;
        transaction.commit().map_err(database::writing)?;
        head.write(witness);
        state.heads.insert(campaign, head);
        state.alive.insert(node, alive);
        Ok(node)
    }

    fn look(&self, campaign: CampaignTag, settled_from: u32) -> Result<LineState, StoreError> {
        let mut state = self.state();
        let transaction = state.connection.transaction().map_err(database::writing)?;
        let mut found = steps::look(&transaction, campaign, settled_from)
            .map_err(|error| database::looking(&self.path, error))?;
        drop(transaction);
        for node in &mut found.nodes {
            let is_ours = state.alive.contains_key(&node.id);
            *node =
                NodeState { is_gone: !is_ours && alive::is_gone(&self.folder, campaign, node.id), ..*node };
        }
        found.news = news::read(&self.folder, campaign);
        Ok(found)
    }

    fn step(&self, campaign: CampaignTag, node: NodeId, step: &NodeStep) -> Result<Stepped, StoreError> {
        let done = self.write(campaign, |transaction| steps::step(transaction, campaign, node, step))?;
        for (fenced, _) in step.lead.iter().flat_map(|lead| &lead.fence) {
            // One that is only silent needs its file for when it wakes.
            if alive::is_gone(&self.folder, campaign, *fenced) {
                alive::forget(&self.folder, campaign, *fenced);
            }
        }
        if step.leaves || done == Err(Stepped::Fenced) {
            self.state().alive.remove(&node);
            alive::forget(&self.folder, campaign, node);
        }
        Ok(done.err().unwrap_or(Stepped::Done))
    }

    fn claim(&self, campaign: CampaignTag, node: NodeId, seen: &Seen) -> Result<bool, StoreError> {
        let claimed = self.write(campaign, |transaction| steps::claim(transaction, campaign, node, seen))?;
        Ok(claimed.is_ok())
    }

    fn order(&self, campaign: CampaignTag, order: &GivenOrder) -> Result<u64, StoreError> {
        let mut number = 0;
        let given = self.write(campaign, |transaction| {
            number = orders::give(transaction, campaign, order)?;
            Ok(Ok::<_, std::convert::Infallible>(steps::Closed::new()))
        })?;
        given.map(|()| number).map_err(|never| match never {})
    }

    fn orders(&self, campaign: CampaignTag, after: u64) -> Result<Vec<(u64, GivenOrder)>, StoreError> {
        let found = orders::read(&self.state().connection, campaign, after);
        let found = found.map_err(|error| database::looking(&self.path, error))?;
        found.into_iter().map(|(number, texts)| Ok((number, GivenOrder::of_texts(texts)?))).collect()
    }

    fn tell(&self, campaign: CampaignTag, news: &LedgerNews) -> Result<(), StoreError> {
        news::write(&self.folder, campaign, news)
    }
}
