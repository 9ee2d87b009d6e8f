//! Sums over the memory of a line. SQLite does not notice a changed bit in a count, and reads a log that ends early
//! without a word; a wrong count is a wrong place for everybody behind it.
//!
//! Two sums for each campaign: of the closed buckets, which grows with each of them, and of all the rest. The second is
//! also in a file beside the database (`line-1.head`), so that steps that were lost are missed.

use crate::database;
use crate::head::Witness;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use store::StoreError;
use waiting_room::CampaignTag;

/// The step from version 1 of the file to version 2.
pub(crate) const SCHEMA: &str = "CREATE TABLE sum(
                 campaign INTEGER PRIMARY KEY,
                 steps INTEGER NOT NULL,
                 buckets BLOB NOT NULL,
                 state BLOB NOT NULL
             ) STRICT;";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sum {
    steps: u64,
    /// Of all closed buckets, in any order.
    buckets: [u8; 32],
    /// Of everything, the sum of the buckets included.
    state: [u8; 32],
}

/// Whether everything is as it was written, and nothing is missing that `head` knows of. A line that never had a sum,
/// because it is new or of an earlier release, is taken as it is.
pub(crate) fn check(
    connection: &Connection,
    path: &Path,
    campaign: CampaignTag,
    head: Option<Witness>,
) -> Result<(), StoreError> {
    let read = |error: rusqlite::Error| database::reading(path, &error);
    let Some(kept) = kept(connection, campaign).map_err(read)? else {
        let is_gone = head.is_some_and(|head| head.seq > 0);
        return if is_gone { Err(damaged("its sums are gone")) } else { Ok(()) };
    };
    let found = compute(connection, campaign, kept.steps).map_err(read)?;
    if found != kept {
        return Err(damaged("its sums do not hold"));
    }
    match head {
        Some(head) if head.seq > kept.steps => Err(damaged("it ends before its head")),
        Some(head) if head.seq == kept.steps && head.chain != kept.state => {
            Err(damaged("its head knows another one"))
        }
        _ => Ok(()),
    }
}

/// After a step: the sums as they are now. `closed` is the bucket that the step has closed.
pub(crate) fn follow(
    connection: &Connection,
    campaign: CampaignTag,
    closed: Option<u32>,
) -> rusqlite::Result<Witness> {
    let Some(before) = kept(connection, campaign)? else { return begin(connection, campaign) };
    let mut buckets = before.buckets;
    if let Some(number) = closed {
        let one = "SELECT number, incarnation, count FROM bucket WHERE campaign = ?1 AND number = ?2";
        add(&mut buckets, connection.query_row(one, params![campaign.0, number], bucket)?);
    }
    let steps = before.steps + 1;
    let state = state_of(connection, campaign, steps, buckets)?;
    keep(connection, campaign, Sum { steps, buckets, state })
}

/// The sums of all there is.
pub(crate) fn begin(connection: &Connection, campaign: CampaignTag) -> rusqlite::Result<Witness> {
    let steps = kept(connection, campaign)?.map_or(1, |before| before.steps + 1);
    let sum = compute(connection, campaign, steps)?;
    keep(connection, campaign, sum)
}

fn keep(connection: &Connection, campaign: CampaignTag, sum: Sum) -> rusqlite::Result<Witness> {
    connection.execute(
        "INSERT OR REPLACE INTO sum(campaign, steps, buckets, state) VALUES (?1, ?2, ?3, ?4)",
        params![campaign.0, sum.steps.cast_signed(), sum.buckets, sum.state],
    )?;
    Ok(Witness { seq: sum.steps, chain: sum.state })
}

fn kept(connection: &Connection, campaign: CampaignTag) -> rusqlite::Result<Option<Sum>> {
    let all = "SELECT steps, buckets, state FROM sum WHERE campaign = ?1";
    let read = |row: &Row<'_>| {
        let steps: i64 = row.get(0)?;
        Ok(Sum { steps: steps.cast_unsigned(), buckets: row.get(1)?, state: row.get(2)? })
    };
    connection.query_row(all, [campaign.0], read).optional()
}

fn compute(connection: &Connection, campaign: CampaignTag, steps: u64) -> rusqlite::Result<Sum> {
    let mut buckets = [0; 32];
    let mut all = connection.prepare("SELECT number, incarnation, count FROM bucket WHERE campaign = ?1")?;
    for row in all.query_map([campaign.0], bucket)? {
        add(&mut buckets, row?);
    }
    Ok(Sum { steps, buckets, state: state_of(connection, campaign, steps, buckets)? })
}

fn bucket(row: &Row<'_>) -> rusqlite::Result<[i64; 3]> {
    Ok([row.get(0)?, row.get(1)?, row.get(2)?])
}

/// The order does not matter: buckets may be closed in another one than they are numbered.
fn add(buckets: &mut [u8; 32], bucket: [i64; 3]) {
    let mut hash = Sha256::new();
    for number in bucket {
        hash.update(number.to_be_bytes());
    }
    let hash: [u8; 32] = hash.finalize().into();
    for (sum, byte) in buckets.iter_mut().zip(hash) {
        *sum ^= byte;
    }
}

fn state_of(
    connection: &Connection,
    campaign: CampaignTag,
    steps: u64,
    buckets: [u8; 32],
) -> rusqlite::Result<[u8; 32]> {
    let mut hash = Sha256::new().chain_update(steps.to_be_bytes()).chain_update(buckets);
    let line =
        "SELECT format('%d|%d|%d|%s|%s', incarnation, serving_number, gate_sequence, opened_at, closed_at)
         FROM line WHERE campaign = ?1";
    let open =
        "SELECT format('|%d|%d', number, reserved) FROM reservation WHERE campaign = ?1 ORDER BY number";
    for all in [line, open] {
        for text in connection.prepare_cached(all)?.query_map([campaign.0], |row| row.get::<_, String>(0))? {
            hash.update(text?);
        }
    }
    Ok(hash.finalize().into())
}

fn damaged(what: &str) -> StoreError {
    StoreError::Corrupt { at: format!("line.db: {what}") }
}
