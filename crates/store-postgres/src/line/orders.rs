//! What operators ordered, a row each.

use super::held::{campaign_value, number};
use crate::wire::{Row, Statement, Value};
use std::io;
use store::GivenOrder;
use waiting_room::CampaignTag;

const GIVE: &str = "INSERT INTO charye.line_order(campaign, number, given_at, by_whom, why, what)
    SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5 FROM charye.line_order WHERE campaign = $1
    RETURNING number";
const READ: &str = "SELECT number, given_at, by_whom, why, what FROM charye.line_order
    WHERE campaign = $1 AND number > $2 ORDER BY number";

pub(super) fn giving(campaign: CampaignTag, order: &GivenOrder) -> Statement<'static> {
    let texts = order.texts().map(Value::OwnText);
    Statement::new(GIVE, std::iter::once(campaign_value(campaign)).chain(texts).collect())
}

pub(super) fn reading(campaign: CampaignTag, after: u64) -> Statement<'static> {
    Statement::new(READ, vec![campaign_value(campaign), number(after)])
}

pub(super) fn read(row: &Row) -> io::Result<(u64, [String; 4])> {
    let texts = [row.text(1)?, row.text(2)?, row.text(3)?, row.text(4)?];
    Ok((row.number(0)?.cast_unsigned(), texts))
}
