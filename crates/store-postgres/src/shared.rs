//! What booking nodes share beside the journal: the keys of people, and who does what only one of them may do.

mod duty;

pub use duty::Duty;

use crate::StoreLimits;
use crate::address::Address;
use crate::checked::Checked;
use crate::journal::settings;
use crate::link::connect;
use crate::schema;
use crate::wire::{Connection, Failure, Row, Statement, Value};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{Randomness, StoreError};

/// Nobody waits for these: who is told to come again does.
const TURN_MS: u32 = 800;
const REPLY_WITHIN: Duration = Duration::from_secs(3);

/// One connection of its own, made when it is asked for and made anew when it was lost.
struct Shared {
    address: Address,
    randomness: Arc<dyn Randomness>,
    limits: StoreLimits,
    connection: Mutex<Option<Connection>>,
}

impl Shared {
    fn new(address: Address, randomness: Arc<dyn Randomness>) -> Self {
        let limits = StoreLimits::default();
        let limits = StoreLimits { lock_wait_ms: TURN_MS, reply_within: REPLY_WITHIN, ..limits };
        Self { address, randomness, limits, connection: Mutex::default() }
    }

    fn with<T>(&self, act: impl Fn(&mut Connection) -> Result<T, Failure>) -> Result<T, StoreError> {
        let mut kept = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let was_kept = kept.is_some();
        let mut done = self.once(&mut kept, &act);
        // One that was idle for long may be gone without our knowing.
        if was_kept && matches!(done, Err(Failure::Lost(_))) {
            done = self.once(&mut kept, &act);
        }
        Ok(done?)
    }

    fn once<T>(
        &self,
        kept: &mut Option<Connection>,
        act: &impl Fn(&mut Connection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => connect(&self.address, &self.limits, self.randomness.as_ref())?,
        };
        let done = act(&mut connection);
        if !matches!(done, Err(Failure::Lost(_))) {
            *kept = Some(connection);
        }
        done
    }

    /// What the one statement answers, committed where the journal would be.
    fn commit(&self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let limits = [self.limits.lock_wait_ms, self.limits.silent_ms_max].map(|ms| ms.to_string());
        self.with(|connection| {
            let mut set = settings();
            set.values = vec![Value::Text(&limits[0]), Value::Text(&limits[1])];
            let mut answers = connection.run(&[
                Statement::new("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", vec![]),
                set,
                Statement::new(sql, values.to_vec()),
                Statement::new("COMMIT", vec![]),
            ])?;
            answers.truncate(3);
            Ok(answers.pop().unwrap_or_default())
        })
    }
}

/// The tree of people's keys as the nodes share it. What is in it this crate cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedTree {
    /// How many were there before it.
    pub version: u32,
    pub sealed: Vec<u8>,
}

/// The row of the keys of people.
pub struct PostgresKeys(Shared);

impl PostgresKeys {
    /// Makes the tables.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if no primary answers, or the server is not fit.
    pub fn open(address: Address, randomness: Arc<dyn Randomness>) -> Result<Self, StoreError> {
        let shared = Shared::new(address, randomness);
        let checked = shared.with(|connection| {
            let checked = Checked::ask(connection)?;
            schema::bring_up(connection)?;
            Ok(checked)
        })?;
        checked.is_fit_for(shared.limits.needs_durable)?;
        Ok(Self(shared))
    }

    /// Of the tree that is there; None: none is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub fn version(&self) -> Result<Option<u32>, StoreError> {
        const VERSION: &str = "SELECT version FROM charye.person_keys WHERE id = 1";
        let rows = self.0.with(|connection| rows(connection, VERSION))?;
        rows.first().map(version_of).transpose()
    }

    /// The tree that is there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub fn newest(&self) -> Result<Option<SealedTree>, StoreError> {
        const TREE: &str = "SELECT version, sealed FROM charye.person_keys WHERE id = 1";
        let row = self.0.with(|connection| rows(connection, TREE))?.pop();
        row.map(|mut row| Ok(SealedTree { version: version_of(&row)?, sealed: row.take_bytes(1) }))
            .transpose()
    }

    /// Puts the tree in place of the one of version `before`. Durable when it returns; false: another one is there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database does not answer: it may be there either way.
    pub fn put(&self, before: Option<u32>, tree: &SealedTree) -> Result<bool, StoreError> {
        const FIRST: &str = "INSERT INTO charye.person_keys(id, version, sealed, next) VALUES (1, $1, $2, 0)
            ON CONFLICT (id) DO NOTHING RETURNING version";
        const NEXT: &str = "UPDATE charye.person_keys SET version = $1, sealed = $2
            WHERE id = 1 AND version = $3 RETURNING version";
        let mut values = vec![Value::Number(tree.version.into()), Value::Bytes(&tree.sealed)];
        let sql = match before {
            None => FIRST,
            Some(before) => {
                values.push(Value::Number(before.into()));
                NEXT
            }
        };
        Ok(!self.0.commit(sql, &values)?.is_empty())
    }

    /// So many keys from `from` on or later, for this node alone. Durable when it returns.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database does not answer or has no tree; [`StoreError::Full`] if there are no
    /// more.
    pub fn set_aside(&self, from: u32, count: u32) -> Result<Range<u32>, StoreError> {
        const ASIDE: &str = "UPDATE charye.person_keys SET next = GREATEST(next, $1) + $2
            WHERE id = 1 RETURNING next";
        let values = [Value::Number(from.into()), Value::Number(count.into())];
        let rows = self.0.commit(ASIDE, &values)?;
        let row = rows.first().ok_or(StoreError::unavailable("the database has no keys of people"))?;
        let until = u32::try_from(row.number(0).map_err(Failure::Lost)?).map_err(|_| StoreError::Full)?;
        Ok(until - count..until)
    }
}

fn rows(connection: &mut Connection, sql: &str) -> Result<Vec<Row>, Failure> {
    Ok(connection.run(&[Statement::new(sql, vec![])])?.pop().unwrap_or_default())
}

fn version_of(row: &Row) -> Result<u32, StoreError> {
    let version = row.number(0).map_err(Failure::Lost)?;
    u32::try_from(version).map_err(|_| StoreError::Corrupt { at: "charye.person_keys: version".to_owned() })
}
