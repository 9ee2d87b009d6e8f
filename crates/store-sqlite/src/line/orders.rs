//! What operators ordered, a row each; the sums of the line are over them, too.

use rusqlite::{Connection, params};
use store::GivenOrder;
use waiting_room::CampaignTag;

/// The step from version 3 of the file to version 4.
pub(super) const SCHEMA: &str = "
    CREATE TABLE given_order(
        campaign INTEGER NOT NULL,
        number INTEGER NOT NULL,
        given_at TEXT NOT NULL,
        by_whom TEXT NOT NULL,
        why TEXT NOT NULL,
        what TEXT NOT NULL,
        PRIMARY KEY (campaign, number)
    ) STRICT, WITHOUT ROWID;
";

pub(super) fn give(
    connection: &Connection,
    campaign: CampaignTag,
    order: &GivenOrder,
) -> rusqlite::Result<u64> {
    let [given_at, by, why, what] = order.texts();
    let next = "INSERT INTO given_order(campaign, number, given_at, by_whom, why, what)
                SELECT ?1, ifnull(max(number), 0) + 1, ?2, ?3, ?4, ?5 FROM given_order WHERE campaign = ?1
                RETURNING number";
    let number: i64 =
        connection.query_row(next, params![campaign.0, given_at, by, why, what], |row| row.get(0))?;
    Ok(number.cast_unsigned())
}

pub(super) fn read(
    connection: &Connection,
    campaign: CampaignTag,
    after: u64,
) -> rusqlite::Result<Vec<(u64, [String; 4])>> {
    let all = "SELECT number, given_at, by_whom, why, what FROM given_order
               WHERE campaign = ?1 AND number > ?2 ORDER BY number";
    let mut all = connection.prepare_cached(all)?;
    let rows = all.query_map(params![campaign.0, after.cast_signed()], |row| {
        let texts = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), texts))
    })?;
    rows.collect()
}
