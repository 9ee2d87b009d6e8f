//! A journal from elsewhere comes into an empty database, row by row as it was written, with what the database guards.

use crate::StoreLimits;
use crate::address::Address;
use crate::guards;
use crate::journal::{self, JournalRow, Position};
use crate::link::connect;
use crate::schema;
use crate::wire::Connection;
use booking::Country;
use std::sync::Arc;
use store::proof::{Link, Row};
use store::{Ledger, Randomness, StoreError, record};

/// Rows are given in their order from the first on. Those that are in the database already, from a move that was
/// interrupted, must be the same, and are not written again.
pub struct Moving {
    connection: Connection,
    limits: StoreLimits,
    ledger: Ledger,
    at: Position,
    /// Where the database ended when this began.
    there: Position,
}

impl Moving {
    /// Makes the tables.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if no primary answers.
    pub fn begin(
        address: &Address,
        country: Arc<Country>,
        randomness: &dyn Randomness,
    ) -> Result<Self, StoreError> {
        let limits = StoreLimits::default();
        let mut connection = connect(address, &limits, randomness)?;
        schema::bring_up(&mut connection)?;
        let there = journal::end(&mut connection)?;
        Ok(Self { connection, limits, ledger: Ledger::new(country), at: Position::BEGINNING, there })
    }

    /// # Errors
    /// [`StoreError::Corrupt`] if it does not follow, cannot have happened, or is another one than the database has;
    /// [`StoreError::Unavailable`] if the database refuses it or does not answer.
    pub fn row(&mut self, row: &Row<'_>) -> Result<(), StoreError> {
        let row = JournalRow { seq: row.seq, at_ms: row.at_ms, body: row.body.to_vec(), chain: row.chain };
        row.follows(self.at)?;
        for read in record::Records::of(&row.body) {
            let played = read.and_then(|(_, change)| self.ledger.replay(&change));
            played.map_err(|error| journal::name_row(error, row.seq))?;
        }
        if row.seq == self.there.seq && row.chain != self.there.chain {
            return Err(journal::damaged(row.seq, "the database has the journal of another service"));
        }
        if row.seq > self.there.seq {
            self.append(&row)?;
        }
        self.ledger.commit();
        self.at = row.position();
        Ok(())
    }

    fn append(&mut self, row: &JournalRow) -> Result<(), StoreError> {
        let locked = journal::lock(&mut self.connection, self.at, &self.limits)?;
        if locked.end != self.at {
            return Err(StoreError::unavailable("somebody else writes to the database"));
        }
        let guarded = self.ledger.guarded();
        let (audit, guards) = (self.ledger.audit_head_pending(), guards::statements(&guarded));
        journal::append(&mut self.connection, row, self.at, audit, guards).map_err(StoreError::from)
    }

    /// After the last row: where both end.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the database had more rows than were given.
    pub fn finish(self) -> Result<Link, StoreError> {
        if self.there.seq > self.at.seq {
            return Err(journal::damaged(self.at.seq + 1, "the database has more rows than what is moved"));
        }
        Ok(Link { seq: self.at.seq, chain: self.at.chain })
    }
}
