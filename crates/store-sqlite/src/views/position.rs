//! How far the views are, and what must be found in them.

use crate::feed::Row;
use crate::head::Witness;
use rusqlite::{Connection, OptionalExtension as _};
use sha2::{Digest as _, Sha256};
use store::StoreError;
use store::kept::{Follower, Numbers};

const LENGTH: usize = 8 * 9 + 32 * 3 + 8;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Position {
    /// The last row of the journal that is in the views, and when it was written.
    pub(super) last: Witness,
    pub(super) at_ms: i64,
    pub(super) blocks: u64,
    /// Of the last block, and of the one before it.
    pub(super) block_chain: [u8; 32],
    pub(super) block_chain_before: [u8; 32],
    /// Answers stand in the rows from the first number to before the second.
    pub(super) answers: (u64, u64),
    /// How many rows stand under a name, and the sum of their marks.
    pub(super) standing: (u64, u64),
    pub(super) numbers: Numbers,
}

impl Position {
    fn at_the_beginning() -> Self {
        Self {
            last: Witness::BEGINNING,
            at_ms: 0,
            blocks: 0,
            block_chain: [0; 32],
            block_chain_before: [0; 32],
            answers: (1, 1),
            standing: (0, 0),
            numbers: Follower::default().numbers,
        }
    }

    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Result<Self, StoreError>> {
        let read = "SELECT position FROM held WHERE id = 1";
        let bytes: Option<Vec<u8>> = connection.query_row(read, [], |row| row.get(0)).optional()?;
        Ok(match bytes {
            None => Ok(Self::at_the_beginning()),
            Some(bytes) => Self::parse(&bytes)
                .ok_or_else(|| StoreError::Corrupt { at: "views.db: its position says nothing".to_owned() }),
        })
    }

    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let put = "INSERT OR REPLACE INTO held(id, seq, at_ms, position) VALUES (1, ?1, ?2, ?3)";
        let row = (self.last.seq.cast_signed(), self.at_ms, self.bytes());
        connection.prepare_cached(put)?.execute(row).map(drop)
    }

    /// The row that comes next, and no other.
    pub(super) fn follow(&mut self, row: &Row) -> Result<(), StoreError> {
        if row.seq != self.last.seq + 1 {
            let at = format!("views.db: row {} of the journal after row {}", row.seq, self.last.seq);
            return Err(StoreError::Corrupt { at });
        }
        self.last = Witness { seq: row.seq, chain: row.chain };
        self.at_ms = row.at_ms;
        Ok(())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LENGTH);
        let Numbers { hold, message } = self.numbers;
        let (answers, standing) = (self.answers, self.standing);
        let at_ms = self.at_ms.cast_unsigned();
        let numbers =
            [self.last.seq, at_ms, self.blocks, answers.0, answers.1, standing.0, standing.1, hold, message];
        bytes.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
        let chains = [&self.last.chain, &self.block_chain, &self.block_chain_before];
        bytes.extend(chains.into_iter().flatten());
        let check = Sha256::digest(&bytes);
        bytes.extend_from_slice(&check[..8]);
        bytes
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (numbers, rest) = bytes.split_at_checked(8 * 9)?;
        let number = |at: usize| u64::from_be_bytes(numbers[at * 8..][..8].try_into().expect("eight bytes"));
        let chain = |at: usize| rest.get(at * 32..(at + 1) * 32)?.try_into().ok();
        let read = Self {
            last: Witness { seq: number(0), chain: chain(0)? },
            at_ms: number(1).cast_signed(),
            blocks: number(2),
            block_chain: chain(1)?,
            block_chain_before: chain(2)?,
            answers: (number(3), number(4)),
            standing: (number(5), number(6)),
            numbers: Numbers { hold: number(7), message: number(8) },
        };
        Some(read).filter(|read| read.bytes() == bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_with_a_changed_bit_says_nothing() {
        let position = Position { at_ms: -7, blocks: 3, ..Position::at_the_beginning() };
        let bytes = position.bytes();
        assert_eq!(bytes.len(), LENGTH);
        assert_eq!(Position::parse(&bytes), Some(position));
        for bit in 0..LENGTH * 8 {
            let mut altered = bytes.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Position::parse(&altered), None, "bit {bit}");
        }
    }
}
