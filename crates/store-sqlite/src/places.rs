//! `places.db`: single places in line, who took them over and whose they are; shared by the processes of one machine.
//!
//! A thread gathers what is asked at the same time into one transaction: a lobby full of people who prove who they are
//! costs a commit for many of them.

mod calls;
mod draws;

use crate::database::{self, Holds, Kind};
use crate::folder::{self, FolderLock};
use booking::PersonId;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior, params};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use store::{Bound, Calls, CarriedPlace, DrawStep, KeptDraw, KeptPlace, Places, StoreError, Word};
use waiting_room::CampaignTag;

pub const PLACES_FILE: &str = "places.db";

const KIND: Kind = Kind {
    application_id: 0x4348_5250,
    user_version: 3,
    schema: "CREATE TABLE place(
                 campaign INTEGER NOT NULL,
                 number INTEGER NOT NULL,
                 generation INTEGER NOT NULL DEFAULT 0,
                 person INTEGER,
                 word INTEGER NOT NULL DEFAULT 0,
                 moved INTEGER NOT NULL DEFAULT 0,
                 drawn INTEGER NOT NULL DEFAULT 0,
                 PRIMARY KEY (campaign, number)
             ) STRICT, WITHOUT ROWID;
             CREATE INDEX place_person ON place(campaign, person, number) WHERE person IS NOT NULL;
             CREATE INDEX place_moved ON place(campaign, moved) WHERE moved > 0;
             CREATE INDEX place_word ON place(campaign, number) WHERE word = 1;
             CREATE INDEX place_drawn ON place(campaign, number) WHERE drawn = 1;
             CREATE TABLE draw(
                 campaign INTEGER PRIMARY KEY,
                 rules TEXT NOT NULL,
                 secret BLOB NOT NULL,
                 below INTEGER,
                 frozen_at TEXT,
                 root BLOB,
                 root_at TEXT,
                 value TEXT,
                 taken_at TEXT
             ) STRICT;
             CREATE TABLE call(
                 campaign INTEGER NOT NULL,
                 person INTEGER NOT NULL,
                 ticket BLOB NOT NULL,
                 phone BLOB,
                 asked_at INTEGER NOT NULL,
                 queue INTEGER,
                 state INTEGER NOT NULL DEFAULT 0,
                 missed INTEGER NOT NULL DEFAULT 0,
                 next_at INTEGER NOT NULL,
                 staff INTEGER,
                 taken_at INTEGER NOT NULL DEFAULT 0,
                 PRIMARY KEY (campaign, person)
             ) STRICT, WITHOUT ROWID;
             CREATE INDEX call_due ON call(campaign, queue, person) WHERE state = 0;
             CREATE TABLE call_note(
                 id INTEGER PRIMARY KEY,
                 person INTEGER NOT NULL,
                 staff INTEGER NOT NULL,
                 at INTEGER NOT NULL,
                 sealed BLOB NOT NULL
             ) STRICT;
             CREATE INDEX call_note_person ON call_note(person, id);",
    holds: Holds::SharedTruth,
    page_bytes: 4_096,
    steps: &[
        "ALTER TABLE place ADD COLUMN drawn INTEGER NOT NULL DEFAULT 0;
              CREATE INDEX place_drawn ON place(campaign, number) WHERE drawn = 1;
              CREATE TABLE draw(
                  campaign INTEGER PRIMARY KEY,
                  rules TEXT NOT NULL,
                  secret BLOB NOT NULL,
                  below INTEGER,
                  frozen_at TEXT,
                  root BLOB,
                  root_at TEXT,
                  value TEXT,
                  taken_at TEXT
              ) STRICT;",
        "CREATE TABLE call(
                  campaign INTEGER NOT NULL,
                  person INTEGER NOT NULL,
                  ticket BLOB NOT NULL,
                  phone BLOB,
                  asked_at INTEGER NOT NULL,
                  queue INTEGER,
                  state INTEGER NOT NULL DEFAULT 0,
                  missed INTEGER NOT NULL DEFAULT 0,
                  next_at INTEGER NOT NULL,
                  staff INTEGER,
                  taken_at INTEGER NOT NULL DEFAULT 0,
                  PRIMARY KEY (campaign, person)
              ) STRICT, WITHOUT ROWID;
              CREATE INDEX call_due ON call(campaign, queue, person) WHERE state = 0;
              CREATE TABLE call_note(
                  id INTEGER PRIMARY KEY,
                  person INTEGER NOT NULL,
                  staff INTEGER NOT NULL,
                  at INTEGER NOT NULL,
                  sealed BLOB NOT NULL
              ) STRICT;
              CREATE INDEX call_note_person ON call_note(person, id);",
    ],
};

/// In one transaction.
const TOGETHER_MAX: usize = 256;
const CHECKPOINT_EVERY: u32 = 1_000;
/// How long a step waits for those of other processes.
const TURN: Duration = Duration::from_secs(2);

pub struct SqlitePlaces {
    path: PathBuf,
    steps: Sender<Step>,
    reader: Mutex<Connection>,
    _lock: FolderLock,
}

type Step = Box<dyn FnOnce(&Transaction<'_>) -> Reply + Send>;

/// Told to whoever asked, when the transaction is on disk or is not.
struct Reply {
    is_done: bool,
    tell: Box<dyn FnOnce(bool) + Send>,
}

impl SqlitePlaces {
    /// # Errors
    /// [`StoreError::Corrupt`] if the file is none of ours.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let lock = FolderLock::share(folder, "places.lock")?;
        let path = folder.join(PLACES_FILE);
        let _one_makes_the_tables = FolderLock::wait_for(folder, "places.opening")?;
        let [writer, reader] = [connected(&path)?, connected(&path)?];
        folder::sync(folder)?;
        let (steps, asked) = channel();
        let thread = std::thread::Builder::new().name("places".to_owned());
        let begun = thread.spawn(move || write(writer, &asked));
        begun.map_err(|e| StoreError::unavailable_because("no thread for the places", e))?;
        Ok(Self { path, steps, reader: Mutex::new(reader), _lock: lock })
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = sync_channel(1);
        let step = move |transaction: &Transaction<'_>| {
            let worked = work(transaction);
            let is_done = worked.is_ok();
            let tell = Box::new(move |is_on_disk: bool| {
                let not_written = || StoreError::unavailable("the places cannot be written");
                let answer = worked.map_err(database::writing);
                let answer = answer.and_then(|done| if is_on_disk { Ok(done) } else { Err(not_written()) });
                // Whoever asked may have gone.
                let _ = tell.send(answer);
            });
            Reply { is_done, tell }
        };
        let gone = || StoreError::unavailable("the thread of the places has ended");
        self.steps.send(Box::new(step)).map_err(|_| gone())?;
        told.recv().map_err(|_| gone())?
    }

    fn read<T>(&self, look: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let reader: MutexGuard<'_, Connection> = self.reader.lock().expect("no look panics");
        look(&reader).map_err(|error| database::looking(&self.path, error))
    }
}

fn connected(path: &Path) -> Result<Connection, StoreError> {
    let connection = database::open(path, &KIND)?;
    connection.busy_timeout(TURN).map_err(database::writing)?;
    Ok(connection)
}

/// Until nobody can ask any more.
fn write(mut connection: Connection, asked: &Receiver<Step>) {
    let mut written = 0;
    while let Ok(first) = asked.recv() {
        let together: Vec<Step> =
            std::iter::once(first).chain(asked.try_iter().take(TOGETHER_MAX - 1)).collect();
        let mut replies = Vec::with_capacity(together.len());
        let done = in_one(&mut connection, together, &mut replies);
        if let Err(error) = &done {
            tracing::error!(error = %error, "the places cannot be written");
        }
        let is_on_disk = done.unwrap_or(false);
        for reply in replies {
            (reply.tell)(is_on_disk);
        }
        written += 1;
        if written % CHECKPOINT_EVERY == 0
            && let Err(error) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
        {
            tracing::warn!(error = %error, "the log of the places cannot be moved");
        }
    }
}

/// All or nothing: a step that failed takes those beside it back, and everybody is told. Where no transaction could be
/// begun, they hear it from the channel that ends.
fn in_one(
    connection: &mut Connection,
    together: Vec<Step>,
    replies: &mut Vec<Reply>,
) -> rusqlite::Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    replies.extend(together.into_iter().map(|step| step(&transaction)));
    let all_done = replies.iter().all(|reply| reply.is_done);
    if all_done { transaction.commit() } else { transaction.rollback() }?;
    Ok(all_done)
}

const ROW: &str = "SELECT number, generation, person FROM place";

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptPlace> {
    Ok(KeptPlace {
        place_number: row.get::<_, i64>(0)?.cast_unsigned(),
        generation: row.get(1)?,
        person: row.get::<_, Option<i64>>(2)?.map(|person| PersonId(person.cast_unsigned())),
    })
}

fn kept_of(connection: &Connection, campaign: CampaignTag, number: i64) -> rusqlite::Result<KeptPlace> {
    let found = connection
        .prepare_cached(&format!("{ROW} WHERE campaign = ?1 AND number = ?2"))?
        .query_row(params![campaign.0, number], kept)
        .optional()?;
    let nothing = KeptPlace { place_number: number.cast_unsigned(), generation: 0, person: None };
    Ok(found.unwrap_or(nothing))
}

impl Places for SqlitePlaces {
    fn take_over(&self, campaign: CampaignTag, place_number: u64) -> Result<u16, StoreError> {
        let number = place_number.cast_signed();
        self.write(move |transaction| {
            let next = "INSERT INTO place(campaign, number, generation, moved)
                 SELECT ?1, ?2, 1, ifnull(max(moved), 0) + 1 FROM place WHERE campaign = ?1 AND moved > 0
                 ON CONFLICT (campaign, number) DO UPDATE
                     SET generation = min(generation + 1, 65535), moved = excluded.moved
                 RETURNING generation";
            transaction.prepare_cached(next)?.query_row(params![campaign.0, number], |row| row.get(0))
        })
    }

    fn bind(
        &self,
        campaign: CampaignTag,
        person: PersonId,
        carried: Option<CarriedPlace>,
    ) -> Result<Bound, StoreError> {
        self.write(move |transaction| bind(transaction, campaign, person, carried))
    }

    fn kept(&self, campaign: CampaignTag, place_number: u64) -> Result<KeptPlace, StoreError> {
        self.read(|connection| kept_of(connection, campaign, place_number.cast_signed()))
    }

    fn moved_since(&self, campaign: CampaignTag, after: u64) -> Result<(Vec<CarriedPlace>, u64), StoreError> {
        self.read(|connection| {
            let all = "SELECT number, generation, moved FROM place
                       WHERE campaign = ?1 AND moved > max(?2, 0) ORDER BY moved";
            let mut statement = connection.prepare_cached(all)?;
            let mut rows = statement.query(params![campaign.0, after.cast_signed()])?;
            let (mut moved, mut last) = (Vec::new(), after);
            while let Some(row) = rows.next()? {
                let place_number = row.get::<_, i64>(0)?.cast_unsigned();
                moved.push(CarriedPlace { place_number, generation: row.get(1)? });
                last = row.get::<_, i64>(2)?.cast_unsigned();
            }
            Ok((moved, last))
        })
    }

    fn wish_for_word(
        &self,
        campaign: CampaignTag,
        place_number: u64,
        wishes: bool,
    ) -> Result<(), StoreError> {
        let number = place_number.cast_signed();
        self.write(move |transaction| {
            let set = "UPDATE place SET word = ?3
                       WHERE campaign = ?1 AND number = ?2 AND person IS NOT NULL AND word <> 2";
            transaction.prepare_cached(set)?.execute(params![campaign.0, number, wishes]).map(drop)
        })
    }

    fn word_of(&self, campaign: CampaignTag, place_number: u64) -> Result<Word, StoreError> {
        let number = place_number.cast_signed();
        self.read(|connection| {
            let of = "SELECT word FROM place WHERE campaign = ?1 AND number = ?2";
            let word: Option<i64> = connection
                .prepare_cached(of)?
                .query_row(params![campaign.0, number], |row| row.get(0))
                .optional()?;
            Ok(match word {
                Some(1) => Word::Wished,
                Some(2) => Word::Given,
                _ => Word::NotWished,
            })
        })
    }

    fn words_due(
        &self,
        campaign: CampaignTag,
        places: Range<u64>,
        max: usize,
    ) -> Result<Vec<KeptPlace>, StoreError> {
        let [from, below] =
            [places.start, places.end].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        self.read(|connection| {
            let due =
                format!("{ROW} WHERE campaign = ?1 AND word = 1 AND number >= ?2 AND number < ?3 ORDER BY number LIMIT ?4");
            let mut statement = connection.prepare_cached(&due)?;
            statement
                .query_map(params![campaign.0, from, below, i64::try_from(max).unwrap_or(i64::MAX)], kept)?
                .collect()
        })
    }

    fn word_given(&self, campaign: CampaignTag, place_numbers: &[u64]) -> Result<(), StoreError> {
        let numbers = place_numbers.to_vec();
        self.write(move |transaction| {
            let mut set = transaction
                .prepare_cached("UPDATE place SET word = 2 WHERE campaign = ?1 AND number = ?2")?;
            for number in numbers {
                set.execute(params![campaign.0, number.cast_signed()])?;
            }
            Ok(())
        })
    }

    fn draw(&self, campaign: CampaignTag) -> Result<Option<KeptDraw>, StoreError> {
        self.read(|connection| draws::kept(connection, campaign))
    }

    fn step_draw(&self, campaign: CampaignTag, step: DrawStep) -> Result<Option<KeptDraw>, StoreError> {
        self.write(move |transaction| draws::step(transaction, campaign, &step))
    }

    fn drawn_places(&self, campaign: CampaignTag) -> Result<Vec<u64>, StoreError> {
        self.read(|connection| draws::places(connection, campaign))
    }

    fn calls(&self) -> &dyn Calls {
        self
    }
}

fn bind(
    transaction: &Transaction<'_>,
    campaign: CampaignTag,
    person: PersonId,
    carried: Option<CarriedPlace>,
) -> rusqlite::Result<Bound> {
    let id = person.0.cast_signed();
    if let Some(carried) = carried {
        let number = carried.place_number.cast_signed();
        let found = kept_of(transaction, campaign, number)?;
        match found.person {
            Some(other) if other != person => return Ok(Bound::OfAnother(other)),
            None if found.generation == carried.generation => {
                let set = "INSERT INTO place(campaign, number, person) VALUES (?1, ?2, ?3)
                           ON CONFLICT (campaign, number) DO UPDATE SET person = excluded.person";
                transaction.prepare_cached(set)?.execute(params![campaign.0, number, id])?;
            }
            _ => {}
        }
    }
    let earliest = format!("{ROW} WHERE campaign = ?1 AND person = ?2 ORDER BY drawn DESC, number LIMIT 1");
    let found = transaction.prepare_cached(&earliest)?.query_row(params![campaign.0, id], kept).optional()?;
    Ok(found.map_or(Bound::Nowhere, Bound::To))
}
