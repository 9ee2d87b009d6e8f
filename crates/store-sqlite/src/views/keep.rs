//! The records that the ledger is loaded from, as they are put away.

use super::{Names, Position};
use crate::database;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Transaction};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use store::kept::{Keeping, Under};
use store::{StoreError, record};

/// A block is added to until it has so many bytes.
const BLOCK_BYTES_MIN: usize = 64 << 10;
/// Past so many a new one is begun, whatever else is to come.
const BLOCK_BYTES_MAX: usize = 1 << 20;

/// What one transaction of the projector puts away.
pub(super) struct Shelf<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    pub(super) position: &'a mut Position,
    names: &'a mut Names,
    block: Vec<u8>,
    /// Whether the block is in the table already, under the last number.
    block_is_there: bool,
    block_is_put: bool,
    answers: Vec<u8>,
    answered_last: Timestamp,
    /// What began in this transaction; most of it also ends in it, and never comes to the table.
    begun: HashMap<Under, Vec<u8>>,
}

impl<'a> Shelf<'a> {
    pub(super) fn new(
        transaction: &'a Transaction<'a>,
        position: &'a mut Position,
        names: &'a mut Names,
        open_block: Vec<u8>,
    ) -> Self {
        let block_is_there = !open_block.is_empty();
        Self {
            transaction,
            position,
            names,
            block: open_block,
            block_is_there,
            block_is_put: true,
            answers: Vec::new(),
            answered_last: Timestamp::MIN,
            begun: HashMap::new(),
        }
    }

    /// Everything into its table; what is left is the block that can be added to.
    pub(super) fn put_away(mut self, answers_kept: SignedDuration) -> Result<Vec<u8>, StoreError> {
        self.put_block().map_err(database::writing)?;
        self.put_answers(answers_kept).map_err(database::writing)?;
        for (under, body) in std::mem::take(&mut self.begun) {
            self.put_standing(under, &body).map_err(database::writing)?;
        }
        Ok(if self.block.len() < BLOCK_BYTES_MIN { self.block } else { Vec::new() })
    }

    fn put_block(&mut self) -> rusqlite::Result<()> {
        if self.block_is_put {
            return Ok(());
        }
        if !self.block_is_there {
            self.position.blocks += 1;
            self.position.block_chain_before = self.position.block_chain;
        }
        self.position.block_chain = chain_after(self.position.block_chain_before, &self.block);
        (self.block_is_there, self.block_is_put) = (true, true);
        let put = "INSERT OR REPLACE INTO block(number, body, chain) VALUES (?1, ?2, ?3)";
        let row = (self.position.blocks.cast_signed(), &self.block, self.position.block_chain);
        self.transaction.prepare_cached(put)?.execute(row).map(drop)
    }

    /// A key may be asked for again for a day; rows that hold only older answers go.
    fn put_answers(&mut self, answers_kept: SignedDuration) -> rusqlite::Result<()> {
        if self.answers.is_empty() {
            return Ok(());
        }
        let (number, last_at_ms) = (self.position.answers.1, self.answered_last.as_millisecond());
        let put = "INSERT INTO answers(number, last_at_ms, body, mark) VALUES (?1, ?2, ?3, ?4)";
        let mark = answers_mark(number, last_at_ms, &self.answers).cast_signed();
        self.transaction.prepare_cached(put)?.execute((
            number.cast_signed(),
            last_at_ms,
            &self.answers,
            mark,
        ))?;
        self.position.answers.1 += 1;
        let kept_ms = i64::try_from(answers_kept.as_millis()).unwrap_or(i64::MAX);
        self.forget_answers(last_at_ms.saturating_sub(kept_ms).saturating_sub(1))
    }

    /// Those of which all were given before; a row is only forgotten when every row before it is.
    fn forget_answers(&mut self, before_ms: i64) -> rusqlite::Result<()> {
        let oldest = "SELECT last_at_ms FROM answers WHERE number = ?1";
        let mut oldest = self.transaction.prepare_cached(oldest)?;
        let mut forget = self.transaction.prepare_cached("DELETE FROM answers WHERE number = ?1")?;
        loop {
            let number = self.position.answers.0.cast_signed();
            let last_at_ms: Option<i64> = oldest.query_row([number], |row| row.get(0)).optional()?;
            if last_at_ms.is_none_or(|last_at_ms| last_at_ms >= before_ms) {
                return Ok(());
            }
            forget.execute([number])?;
            self.position.answers.0 += 1;
        }
    }

    fn put_standing(&mut self, under: Under, body: &[u8]) -> rusqlite::Result<()> {
        self.names.began(under);
        let (kind, key, more) = under.parts();
        let put = "INSERT INTO standing(kind, key, more, body) VALUES (?1, ?2, ?3, ?4)";
        self.transaction.prepare_cached(put)?.execute((kind, key.cast_signed(), more.cast_signed(), body))?;
        let (count, sum) = self.position.standing;
        self.position.standing =
            (count.wrapping_add(1), sum.wrapping_add(standing_mark((kind, key, more), body)));
        Ok(())
    }

    fn take_standing(&mut self, under: Under) -> rusqlite::Result<Option<Vec<u8>>> {
        let (kind, key, more) = under.parts();
        let take = "DELETE FROM standing WHERE kind = ?1 AND key = ?2 AND more = ?3 RETURNING body";
        let body: Option<Vec<u8>> = self
            .transaction
            .prepare_cached(take)?
            .query_row((kind, key.cast_signed(), more.cast_signed()), |row| row.get(0))
            .optional()?;
        if let Some(body) = &body {
            let (count, sum) = self.position.standing;
            self.position.standing =
                (count.wrapping_sub(1), sum.wrapping_sub(standing_mark((kind, key, more), body)));
        }
        Ok(body)
    }
}

impl Keeping for Shelf<'_> {
    fn for_ever(&mut self, record: &[u8]) -> Result<(), StoreError> {
        record::frame(record, &mut self.block);
        self.block_is_put = false;
        if self.block.len() >= BLOCK_BYTES_MAX {
            self.put_block().map_err(database::writing)?;
            self.block.clear();
            self.block_is_there = false;
        }
        Ok(())
    }

    fn answer(&mut self, record: &[u8], at: Timestamp) {
        record::frame(record, &mut self.answers);
        self.answered_last = self.answered_last.max(at);
    }

    fn begin(&mut self, under: Under, body: Vec<u8>) {
        self.begun.insert(under, body);
    }

    fn end(&mut self, under: Under) -> Result<Option<Vec<u8>>, StoreError> {
        match self.begun.remove(&under) {
            Some(body) => Ok(Some(body)),
            None if self.names.end(under) => self.take_standing(under).map_err(database::writing),
            None => Ok(None),
        }
    }
}

/// The last block, if it can be added to.
pub(super) fn last_block(
    connection: &Connection,
    position: &Position,
) -> rusqlite::Result<Result<Vec<u8>, StoreError>> {
    if position.blocks == 0 {
        return Ok(Ok(Vec::new()));
    }
    let read = "SELECT body FROM block WHERE number = ?1";
    let body: Option<Vec<u8>> =
        connection.query_row(read, [position.blocks.cast_signed()], |row| row.get(0)).optional()?;
    let body = body.unwrap_or_default();
    if chain_after(position.block_chain_before, &body) != position.block_chain {
        let at = format!("views.db: block {} is not as it was written", position.blocks);
        return Ok(Err(StoreError::Corrupt { at }));
    }
    Ok(Ok(if body.len() < BLOCK_BYTES_MIN { body } else { Vec::new() }))
}

pub(super) fn chain_after(earlier: [u8; 32], body: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(earlier).chain_update(body).finalize().into()
}

pub(super) fn answers_mark(number: u64, last_at_ms: i64, body: &[u8]) -> u64 {
    let hash = Sha256::new().chain_update(number.to_be_bytes()).chain_update(last_at_ms.to_be_bytes());
    first_eight(&hash.chain_update(body).finalize().into())
}

pub(super) fn standing_mark((kind, key, more): (u8, u64, u64), body: &[u8]) -> u64 {
    let hash = Sha256::new().chain_update([kind]).chain_update(key.to_be_bytes());
    first_eight(&hash.chain_update(more.to_be_bytes()).chain_update(body).finalize().into())
}

fn first_eight(hash: &[u8; 32]) -> u64 {
    u64::from_be_bytes(*hash.first_chunk().expect("a hash is longer"))
}
