//! The ledger, loaded from what was kept: one thread reads, checks and decodes, another applies.

use super::Position;
use super::keep::{answers_mark, chain_after, standing_mark};
use booking::Change;
use rusqlite::{Connection, Row};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use store::{Ledger, StoreError, record};

/// How many changes are applied before the layers of the ledger are merged.
const APPLIED_TOGETHER: usize = 4_096;
/// How many such portions are decoded in advance.
const PORTIONS_AHEAD: usize = 8;

/// What is applied together.
enum Portion {
    Changes(Vec<Change>),
    /// A list of them as they were kept.
    Answers(Vec<u8>),
}

/// SQLite failed, or what was read is not what was written.
enum Failed {
    Read(rusqlite::Error),
    Damaged(StoreError),
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Self::Read(error)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Damaged(error)
    }
}

/// What was read is applied before all of it is proved: after an error the ledger is to be thrown away.
pub(super) fn load(
    connection: &mut Connection,
    position: &Position,
    ledger: &mut Ledger,
) -> Result<(), StoreError> {
    // What is kept skips numbers that were given.
    ledger.go_on_from(position.numbers);
    let (portions, decoded) = sync_channel(PORTIONS_AHEAD);
    thread::scope(|scope| {
        let reading = scope.spawn(move || read_all(connection, position, portions));
        let applied = apply_all(&decoded, ledger);
        // Whoever waits for a reader that waits for this end would wait for ever.
        drop(decoded);
        let read = reading.join().map_err(|_| StoreError::unavailable("reading the views panicked"))?;
        applied.and(read)
    })
}

fn apply_all(decoded: &Receiver<Portion>, ledger: &mut Ledger) -> Result<(), StoreError> {
    for portion in decoded {
        match portion {
            Portion::Changes(changes) => changes.iter().try_for_each(|change| ledger.replay(change))?,
            Portion::Answers(list) => ledger.load_answers(&list)?,
        }
        ledger.commit();
    }
    Ok(())
}

fn read_all(
    connection: &Connection,
    position: &Position,
    portions: SyncSender<Portion>,
) -> Result<(), StoreError> {
    let mut loading = Loading { connection, position, portions, decoded: Vec::new() };
    let read = loading.blocks().and_then(|()| loading.standing()).and_then(|()| loading.answers());
    loading.hand_over();
    read.map_err(|failed| match failed {
        Failed::Read(error) => StoreError::Corrupt { at: error.to_string() },
        Failed::Damaged(error) => error,
    })
}

struct Loading<'a> {
    connection: &'a Connection,
    position: &'a Position,
    portions: SyncSender<Portion>,
    decoded: Vec<Change>,
}

impl Loading<'_> {
    fn decode(&mut self, body: &[u8]) -> Result<(), Failed> {
        for read in record::Records::of(body) {
            self.decoded.push(read?.1);
            if self.decoded.len() == APPLIED_TOGETHER {
                self.hand_over();
            }
        }
        Ok(())
    }

    fn hand_over(&mut self) {
        // Nobody listens after a change that could not be applied; that is told there.
        let _told = self.portions.send(Portion::Changes(std::mem::take(&mut self.decoded)));
    }

    fn blocks(&mut self) -> Result<(), Failed> {
        let (mut number, mut chain) = (0, [0; 32]);
        self.each("SELECT number, body, chain FROM block ORDER BY number", |loading, row| {
            let body = blob(row, 1)?;
            number += 1;
            chain = chain_after(chain, body);
            let is_next =
                row.get::<_, i64>(0)?.cast_unsigned() == number && chain == row.get::<_, [u8; 32]>(2)?;
            if !is_next {
                return Err(damaged("block", number));
            }
            loading.decode(body)
        })?;
        let is_all = (number, chain) == (self.position.blocks, self.position.block_chain);
        if is_all { Ok(()) } else { Err(damaged("block", number + 1)) }
    }

    fn standing(&mut self) -> Result<(), Failed> {
        let (mut count, mut sum) = (0_u64, 0_u64);
        let read = "SELECT kind, key, more, body FROM standing ORDER BY kind, key, more";
        self.each(read, |loading, row| {
            let (key, more): (i64, i64) = (row.get(1)?, row.get(2)?);
            let name = (row.get(0)?, key.cast_unsigned(), more.cast_unsigned());
            let body = blob(row, 3)?;
            count += 1;
            sum = sum.wrapping_add(standing_mark(name, body));
            loading.decode(body)
        })?;
        if (count, sum) == self.position.standing { Ok(()) } else { Err(damaged("standing", count)) }
    }

    fn answers(&mut self) -> Result<(), Failed> {
        self.hand_over();
        let (mut number, until) = self.position.answers;
        let read = "SELECT number, last_at_ms, body, mark FROM answers ORDER BY number";
        self.each(read, |loading, row| {
            let body = blob(row, 2)?;
            let mark = answers_mark(number, row.get(1)?, body).cast_signed();
            if row.get::<_, i64>(0)?.cast_unsigned() != number || row.get::<_, i64>(3)? != mark {
                return Err(damaged("answers", number));
            }
            number += 1;
            let _told = loading.portions.send(Portion::Answers(body.to_vec()));
            Ok(())
        })?;
        if number == until { Ok(()) } else { Err(damaged("answers", number)) }
    }

    fn each(
        &mut self,
        query: &str,
        mut look: impl FnMut(&mut Self, &Row<'_>) -> Result<(), Failed>,
    ) -> Result<(), Failed> {
        let mut statement = self.connection.prepare(query)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            look(self, row)?;
        }
        Ok(())
    }
}

fn blob<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a [u8], Failed> {
    row.get_ref(column)?.as_blob().map_err(|error| Failed::Read(error.into()))
}

fn damaged(table: &str, number: u64) -> Failed {
    Failed::Damaged(StoreError::Corrupt { at: format!("{table} {number} is not as it was written") })
}
