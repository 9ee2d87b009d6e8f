//! What the others have written comes into the ledger, with the lock and without.

use super::trouble::{Trouble, is_useless, trouble};
use super::{ONE_WRITER, Writer};
use crate::journal::{self, Beyond, JournalRow, Locked};
use crate::link::connect;
use crate::options::decides_blind;
use crate::wire::{Connection, Failure};
use jiff::Timestamp;
use store::{StoreError, record};

impl Writer {
    /// The end of the journal, with everything before it in the ledger.
    pub(super) fn lock(&mut self) -> Result<Locked, Trouble> {
        loop {
            let (at, limits) = (self.at, self.limits);
            let locked = self.with_connection(|connection| journal::lock(connection, at, &limits))?;
            if decides_blind(&self.limits) {
                return Ok(locked);
            }
            let is_all = locked.beyond.is_all;
            let mut locked = locked;
            let applied = self.apply(&mut locked.beyond);
            if is_all && applied.is_ok() {
                return Ok(locked);
            }
            // Too much to read while everybody waits.
            self.with_connection(Connection::roll_back)?;
            applied?;
            self.catch_up()?;
        }
    }

    /// Reads what others have added, to the end.
    pub(super) fn catch_up(&mut self) -> Result<(), Trouble> {
        loop {
            let (at, rows_max) = (self.at, self.limits.rows_max);
            let mut beyond = self.with_connection(|connection| journal::follow(connection, at, rows_max))?;
            self.apply(&mut beyond)?;
            if beyond.is_all {
                return Ok(());
            }
        }
    }

    fn apply(&mut self, beyond: &mut Beyond) -> Result<(), Trouble> {
        if beyond.is_replica {
            self.connection = None;
            return Err(Trouble::Away(StoreError::unavailable("the database is a replica")));
        }
        if !beyond.knows {
            let what = "this node knows another one: the database has lost rows, or is not the one it was";
            return Err(Trouble::Broken(journal::damaged(self.at.seq, what)));
        }
        for row in beyond.rows.drain(..) {
            self.replay(&row).map_err(Trouble::Broken)?;
            if let Some(doubt) = self.doubt.as_mut().filter(|doubt| doubt.chain == row.chain) {
                doubt.took_place = true;
            }
        }
        Ok(())
    }

    fn replay(&mut self, row: &JournalRow) -> Result<(), StoreError> {
        row.follows(self.at)?;
        let mut ledger = self.ledger.write().expect(ONE_WRITER);
        for read in record::Records::of(&row.body) {
            let played = read.and_then(|(_, change)| ledger.replay(&change));
            if let Err(error) = played {
                ledger.discard();
                return Err(journal::name_row(error, row.seq));
            }
        }
        ledger.commit();
        self.at = row.position();
        Ok(())
    }

    pub(super) fn now(&self, locked: &Locked) -> Result<Timestamp, Trouble> {
        if !self.limits.database_time {
            return Ok(self.clock.now());
        }
        // A new primary may be a little behind the old one.
        let now_ms = locked.now_ms.max(locked.end_at_ms);
        Timestamp::from_millisecond(now_ms)
            .map_err(|e| Trouble::Away(StoreError::unavailable_because("the database's clock is wrong", e)))
    }

    pub(super) fn with_connection<T>(
        &mut self,
        act: impl FnOnce(&mut Connection) -> Result<T, Failure>,
    ) -> Result<T, Trouble> {
        let done = act(self.connected()?);
        done.map_err(|failure| {
            if is_useless(&failure) {
                self.connection = None;
            }
            trouble(failure)
        })
    }

    pub(super) fn connected(&mut self) -> Result<&mut Connection, Trouble> {
        if self.connection.is_none() {
            let opened = connect(&self.address, &self.limits, self.randomness.as_ref());
            self.connection = Some(opened.map_err(|failure| Trouble::Away(failure.into()))?);
        }
        Ok(self.connection.as_mut().expect("it was opened, or we have gone"))
    }
}
