//! The draw of a campaign: a row, and a mark at each place that takes part.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use store::{DrawStep, KeptDraw};
use waiting_room::CampaignTag;

pub(super) fn kept(connection: &Connection, campaign: CampaignTag) -> rusqlite::Result<Option<KeptDraw>> {
    let row = "SELECT rules, secret, below, frozen_at, root, root_at, value, taken_at FROM draw
               WHERE campaign = ?1";
    connection.prepare_cached(row)?.query_row([campaign.0], read).optional()
}

pub(super) fn step(
    transaction: &Transaction<'_>,
    campaign: CampaignTag,
    step: &DrawStep,
) -> rusqlite::Result<Option<KeptDraw>> {
    match step {
        DrawStep::Announce { rules, secret } => {
            let set = "INSERT INTO draw(campaign, rules, secret) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            transaction.execute(set, params![campaign.0, rules, secret])?;
        }
        DrawStep::Freeze { below, at } => freeze(transaction, campaign, *below, *at)?,
        DrawStep::Root { root, at } => {
            let set = "UPDATE draw SET root = ?2, root_at = ?3
                       WHERE campaign = ?1 AND below IS NOT NULL AND root IS NULL";
            transaction.execute(set, params![campaign.0, root, at.to_string()])?;
        }
        DrawStep::Value { value, at } => {
            let set = "UPDATE draw SET value = ?2, taken_at = ?3
                       WHERE campaign = ?1 AND root IS NOT NULL AND value IS NULL";
            transaction.execute(set, params![campaign.0, value, at.to_string()])?;
        }
    }
    kept(transaction, campaign)
}

fn freeze(
    transaction: &Transaction<'_>,
    campaign: CampaignTag,
    below: u64,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let below = below.cast_signed();
    let set = "UPDATE draw SET below = ?2, frozen_at = ?3 WHERE campaign = ?1 AND below IS NULL";
    if transaction.execute(set, params![campaign.0, below, at.to_string()])? == 0 {
        return Ok(());
    }
    let mark = "UPDATE place SET drawn = 1 WHERE campaign = ?1 AND number IN (
                    SELECT min(number) FROM place
                    WHERE campaign = ?1 AND person IS NOT NULL AND number < ?2 GROUP BY person)";
    transaction.execute(mark, params![campaign.0, below]).map(drop)
}

pub(super) fn places(connection: &Connection, campaign: CampaignTag) -> rusqlite::Result<Vec<u64>> {
    let all = "SELECT number FROM place WHERE campaign = ?1 AND drawn = 1 ORDER BY number";
    let number = |row: &Row<'_>| Ok(row.get::<_, i64>(0)?.cast_unsigned());
    connection.prepare_cached(all)?.query_map([campaign.0], number)?.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<KeptDraw> {
    let below: Option<i64> = row.get(2)?;
    Ok(KeptDraw {
        rules: row.get(0)?,
        secret: row.get(1)?,
        frozen: below.map(i64::cast_unsigned).zip(instant(row, 3)?),
        root: row.get::<_, Option<[u8; 32]>>(4)?.zip(instant(row, 5)?),
        value: row.get::<_, Option<String>>(6)?.zip(instant(row, 7)?),
    })
}

fn instant(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let text: Option<String> = row.get(column)?;
    let read = |text: String| {
        text.parse().map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e)))
    };
    text.map(read).transpose()
}
