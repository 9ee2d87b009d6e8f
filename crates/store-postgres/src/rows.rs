//! The rows of a journal in a database, in order: for its proof. Nobody is held up by it.

use crate::StoreLimits;
use crate::address::Address;
use crate::journal::{self, Position};
use crate::link::connect;
use crate::wire::Connection;
use std::ops::ControlFlow;
use store::proof::{Link, Row};
use store::{Randomness, StoreError};

/// As the journal stands when each page of it is read; what is appended meanwhile is read, too.
pub struct PostgresRows {
    connection: Connection,
    rows_max: u32,
}

impl PostgresRows {
    /// # Errors
    /// [`StoreError::Unavailable`] if no primary answers.
    pub fn open(address: &Address, randomness: &dyn Randomness) -> Result<Self, StoreError> {
        let limits = StoreLimits::default();
        let connection = connect(address, &limits, randomness)?;
        Ok(Self { connection, rows_max: limits.rows_max })
    }

    /// Where the journal ends.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database does not answer, or has no journal.
    pub fn end(&mut self) -> Result<Link, StoreError> {
        let Position { seq, chain } = journal::end(&mut self.connection)?;
        Ok(Link { seq, chain })
    }

    /// Every row after that one, in order, until `look` has seen enough.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database does not answer, or has no journal.
    pub fn each_after(
        &mut self,
        seq: u64,
        mut look: impl FnMut(&Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut last = seq;
        loop {
            let rows = journal::page(&mut self.connection, last, self.rows_max)?;
            let is_all = rows.len() < self.rows_max as usize;
            for row in &rows {
                last = row.seq;
                let row = Row { seq: row.seq, at_ms: row.at_ms, body: &row.body, chain: row.chain };
                if look(&row).is_break() {
                    return Ok(());
                }
            }
            if is_all {
                return Ok(());
            }
        }
    }
}
