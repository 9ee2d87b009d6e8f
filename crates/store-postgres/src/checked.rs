//! A database looked at before it is needed. Nothing is changed by it.

use crate::StoreLimits;
use crate::address::Address;
use crate::link::connect;
use crate::schema;
use crate::wire::{Connection, Failure, Statement};
use store::{Randomness, StoreError};

/// 15.0, as the server numbers itself.
const VERSION_MIN: i64 = 150_000;

/// What is to be known of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// As it says itself: `15.18`.
    pub version: String,
    /// 15.2 is 150002.
    pub version_number: i64,
    /// Whether a commit waits for the server's own disk.
    pub waits_for_disk: bool,
    /// Whether a commit waits for a standby: without one, what was acknowledged is on one machine.
    pub waits_for_standby: bool,
    /// Whether the tables are there, or the user may make them at the first start.
    pub tables: Tables,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tables {
    There,
    ToBeMade,
    /// And the user may not make them.
    Missing,
}

impl Checked {
    /// # Errors
    /// [`StoreError::Unavailable`] if no primary answers.
    pub fn of(address: &Address, randomness: &dyn Randomness) -> Result<Self, StoreError> {
        let mut connection = connect(address, &StoreLimits::default(), randomness)?;
        Self::ask(&mut connection).map_err(StoreError::from)
    }

    pub(crate) fn ask(connection: &mut Connection) -> Result<Self, Failure> {
        let sql = "SELECT current_setting('server_version_num')::bigint, current_setting('server_version'),
                          current_setting('fsync'), current_setting('full_page_writes'),
                          current_setting('synchronous_standby_names'),
                          has_database_privilege(current_database(), 'CREATE')::int::bigint";
        let rows = connection.run(&[Statement::new(sql, vec![])])?;
        let row = &rows[0][0];
        let may_make = row.number(5)? == 1;
        let tables = match (schema::has_tables(connection)?, may_make) {
            (true, _) => Tables::There,
            (false, true) => Tables::ToBeMade,
            (false, false) => Tables::Missing,
        };
        Ok(Self {
            version: row.text(1)?,
            version_number: row.number(0)?,
            waits_for_disk: row.text(2)? == "on" && row.text(3)? == "on",
            waits_for_standby: !row.text(4)?.is_empty(),
            tables,
        })
    }

    /// Whether a service may start on it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with the first thing that is not in order.
    pub fn is_fit(&self) -> Result<(), StoreError> {
        self.is_fit_for(true)
    }

    pub(crate) fn is_fit_for(&self, needs_durable: bool) -> Result<(), StoreError> {
        match self {
            Self { version_number: ..VERSION_MIN, .. } => {
                Err(StoreError::unavailable("PostgreSQL is older than 15"))
            }
            Self { waits_for_disk: false, .. } if needs_durable => {
                Err(StoreError::unavailable("the server does not wait for its disk: fsync, full_page_writes"))
            }
            Self { tables: Tables::Missing, .. } => {
                Err(StoreError::unavailable("the user may not make the tables in this database"))
            }
            _ => Ok(()),
        }
    }
}
