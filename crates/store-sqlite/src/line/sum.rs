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
use waiting_room::{CampaignTag, NodeId};

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
    let kept = match kept(connection, campaign).map_err(read)? {
        Kept::Nothing if head.is_some_and(|head| head.seq > 0) => return Err(damaged("its sums are gone")),
        Kept::Nothing | Kept::Former => return Ok(()),
        Kept::Sum(kept) => kept,
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

/// After a step: the sums as they are now. `closed` are the buckets that the step has closed.
pub(crate) fn follow(
    connection: &Connection,
    campaign: CampaignTag,
    closed: &[(u32, NodeId)],
) -> rusqlite::Result<Witness> {
    let Kept::Sum(before) = kept(connection, campaign)? else {
        return begin(connection, campaign);
    };
    let mut buckets = before.buckets;
    for (number, node) in closed {
        let one = "SELECT number, node, incarnation, count FROM bucket
                   WHERE campaign = ?1 AND number = ?2 AND node = ?3 AND incarnation = ?4";
        let key = params![campaign.0, number, node.node, node.incarnation];
        add(&mut buckets, connection.prepare_cached(one)?.query_row(key, bucket)?);
    }
    let steps = before.steps + 1;
    let state = state_of(connection, campaign, steps, buckets)?;
    keep(connection, campaign, Sum { steps, buckets, state })
}

/// The sums of all there is.
pub(crate) fn begin(connection: &Connection, campaign: CampaignTag) -> rusqlite::Result<Witness> {
    let steps = steps(connection, campaign)?.map_or(1, |before| before + 1);
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

enum Kept {
    Nothing,
    /// Over the tables of an earlier version, which are believed once.
    Former,
    Sum(Sum),
}

fn kept(connection: &Connection, campaign: CampaignTag) -> rusqlite::Result<Kept> {
    let all = "SELECT steps, buckets, state, length(state) FROM sum WHERE campaign = ?1";
    let read = |row: &Row<'_>| {
        if row.get::<_, i64>(3)? == 0 {
            return Ok(Kept::Former);
        }
        let steps: i64 = row.get(0)?;
        Ok(Kept::Sum(Sum { steps: steps.cast_unsigned(), buckets: row.get(1)?, state: row.get(2)? }))
    };
    let found = connection.prepare_cached(all)?.query_row([campaign.0], read).optional()?;
    Ok(found.unwrap_or(Kept::Nothing))
}

/// How many steps there were, of whatever version.
fn steps(connection: &Connection, campaign: CampaignTag) -> rusqlite::Result<Option<u64>> {
    let all = "SELECT steps FROM sum WHERE campaign = ?1";
    connection.query_row(all, [campaign.0], |row| Ok(row.get::<_, i64>(0)?.cast_unsigned())).optional()
}

fn compute(connection: &Connection, campaign: CampaignTag, steps: u64) -> rusqlite::Result<Sum> {
    let mut buckets = [0; 32];
    let mut all =
        connection.prepare("SELECT number, node, incarnation, count FROM bucket WHERE campaign = ?1")?;
    for row in all.query_map([campaign.0], bucket)? {
        add(&mut buckets, row?);
    }
    Ok(Sum { steps, buckets, state: state_of(connection, campaign, steps, buckets)? })
}

fn bucket(row: &Row<'_>) -> rusqlite::Result<[i64; 4]> {
    Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
}

/// The order does not matter: buckets may be closed in another one than they are numbered.
fn add(buckets: &mut [u8; 32], bucket: [i64; 4]) {
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
    let line = "SELECT format('%d|%d|%d|%d|%d|%d|%s|%s|%s|%s', lives, open_bucket, term, ifnull(leader, 0),
                              serving_number, gate_sequence, opened_at, closed_at, steered, hex(document))
                FROM line WHERE campaign = ?1";
    let nodes =
        "SELECT format('|%d|%d|%d|%d|%d|%d', incarnation, node, beat, given, arrived, waiting) FROM node
                 WHERE campaign = ?1 ORDER BY incarnation";
    let open = "SELECT format('|%d|%d|%d', number, incarnation, reserved) FROM reservation
                WHERE campaign = ?1 ORDER BY number, incarnation";
    let orders = "SELECT format('|%d|%s|%s|%s|%s', number, hex(given_at), hex(by_whom), hex(why), hex(what))
                  FROM given_order WHERE campaign = ?1 ORDER BY number";
    for all in [line, nodes, open, orders] {
        for text in connection.prepare_cached(all)?.query_map([campaign.0], |row| row.get::<_, String>(0))? {
            hash.update(text?);
        }
    }
    Ok(hash.finalize().into())
}

fn damaged(what: &str) -> StoreError {
    StoreError::Corrupt { at: format!("line.db: {what}") }
}
