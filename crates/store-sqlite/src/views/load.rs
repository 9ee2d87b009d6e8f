//! The ledger, loaded from what was kept: one thread reads, checks and decodes, another applies, and a third puts the
//! answers together, on which nothing else depends.

use super::Position;
use super::keep::{answers_mark, chain_after, standing_mark};
use booking::Change;
use rusqlite::{Connection, Row};
use std::mem;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;
use store::{KeptAnswers, Ledger, StoreError, record};

/// How many changes are applied before the layers of the ledger are merged.
const APPLIED_TOGETHER: usize = 4_096;
/// How many such portions are decoded in advance.
const PORTIONS_AHEAD: usize = 8;

/// What is applied together.
type Portion = Vec<Change>;

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

impl From<Failed> for StoreError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Read(error) => Self::Corrupt { at: error.to_string() },
            Failed::Damaged(error) => error,
        }
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
    beside: Connection,
    position: &Position,
    ledger: &mut Ledger,
) -> Result<(), StoreError> {
    // What is kept skips numbers that were given.
    ledger.go_on_from(position.numbers);
    let (portions, decoded) = sync_channel(PORTIONS_AHEAD);
    let (give_back, used) = channel();
    thread::scope(|scope| {
        let answers = scope.spawn(move || read_answers(&beside, position));
        let reading = scope.spawn(move || read_all(connection, position, Portions { portions, used }));
        let applied = apply_all(&decoded, &give_back, ledger);
        // Whoever waits for a reader that waits for this end would wait for ever.
        drop(decoded);
        let panicked = |_| StoreError::unavailable("reading the views panicked");
        let (read, answers) = (reading.join().map_err(panicked)?, answers.join().map_err(panicked)?);
        applied.and(read)?;
        ledger.take_answers(answers?)?;
        ledger.commit();
        Ok(())
    })
}

fn apply_all(
    decoded: &Receiver<Portion>,
    give_back: &Sender<Portion>,
    ledger: &mut Ledger,
) -> Result<(), StoreError> {
    for changes in decoded {
        changes.iter().try_for_each(|change| ledger.replay(change))?;
        ledger.commit();
        // The last ones are wanted by nobody.
        let _wanted = give_back.send(changes);
    }
    Ok(())
}

fn read_all(connection: &Connection, position: &Position, portions: Portions) -> Result<(), StoreError> {
    let mut loading = Loading { connection, position, portions, decoded: Vec::new() };
    let read = loading.blocks().and_then(|()| loading.standing());
    loading.hand_over();
    Ok(read?)
}

/// To whoever applies them, and back: what was applied is freed where it was made, so that the two threads do not wait
/// for each other's memory.
struct Portions {
    portions: SyncSender<Portion>,
    used: Receiver<Portion>,
}

struct Loading<'a> {
    connection: &'a Connection,
    position: &'a Position,
    portions: Portions,
    decoded: Portion,
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
        let mut empty = self.portions.used.try_recv().unwrap_or_default();
        empty.clear();
        // Nobody listens after a change that could not be applied; that is told there.
        let _told = self.portions.portions.send(mem::replace(&mut self.decoded, empty));
    }

    fn blocks(&mut self) -> Result<(), Failed> {
        let (mut number, mut chain) = (0, [0; 32]);
        each(self.connection, "SELECT number, body, chain FROM block ORDER BY number", |row| {
            let body = blob(row, 1)?;
            number += 1;
            chain = chain_after(chain, body);
            let is_next =
                row.get::<_, i64>(0)?.cast_unsigned() == number && chain == row.get::<_, [u8; 32]>(2)?;
            if !is_next {
                return Err(damaged("block", number));
            }
            self.decode(body)
        })?;
        let is_all = (number, chain) == (self.position.blocks, self.position.block_chain);
        if is_all { Ok(()) } else { Err(damaged("block", number + 1)) }
    }

    fn standing(&mut self) -> Result<(), Failed> {
        let (mut count, mut sum) = (0_u64, 0_u64);
        let read = "SELECT kind, key, more, body FROM standing ORDER BY kind, key, more";
        each(self.connection, read, |row| {
            let (key, more): (i64, i64) = (row.get(1)?, row.get(2)?);
            let name = (row.get(0)?, key.cast_unsigned(), more.cast_unsigned());
            let body = blob(row, 3)?;
            count += 1;
            sum = sum.wrapping_add(standing_mark(name, body));
            self.decode(body)
        })?;
        if (count, sum) == self.position.standing { Ok(()) } else { Err(damaged("standing", count)) }
    }
}

/// Both connections see the same: nobody writes before everything is loaded.
fn read_answers(connection: &Connection, position: &Position) -> Result<KeptAnswers, StoreError> {
    let mut answers = KeptAnswers::default();
    let (mut number, until) = position.answers;
    let read = "SELECT number, last_at_ms, body, mark FROM answers ORDER BY number";
    each(connection, read, |row| {
        let body = blob(row, 2)?;
        let mark = answers_mark(number, row.get(1)?, body).cast_signed();
        if row.get::<_, i64>(0)?.cast_unsigned() != number || row.get::<_, i64>(3)? != mark {
            return Err(damaged("answers", number));
        }
        number += 1;
        Ok(answers.add(body)?)
    })?;
    if number == until { Ok(answers) } else { Err(damaged("answers", number).into()) }
}

fn each(
    connection: &Connection,
    query: &str,
    mut look: impl FnMut(&Row<'_>) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        look(row)?;
    }
    Ok(())
}

fn blob<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a [u8], Failed> {
    row.get_ref(column)?.as_blob().map_err(|error| Failed::Read(error.into()))
}

fn damaged(table: &str, number: u64) -> Failed {
    Failed::Damaged(StoreError::Corrupt { at: format!("{table} {number} is not as it was written") })
}
