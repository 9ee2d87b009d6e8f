//! What the ledger said last.

use super::held::{campaign_value, number};
use crate::wire::{Row, Statement, Value};
use booking::Opening;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use store::{LedgerNews, Load};
use waiting_room::CampaignTag;

const UNKNOWN: &str = "unknown";
pub(super) const READ: &str =
    "SELECT number, as_of, is_well, opening, opening_at, doses, load FROM charye.line_news
    WHERE campaign = $1";
const WRITE: &str =
    "INSERT INTO charye.line_news(campaign, number, as_of, is_well, opening, opening_at, doses, load)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (campaign) DO UPDATE SET number = excluded.number,
    as_of = excluded.as_of, is_well = excluded.is_well, opening = excluded.opening,
    opening_at = excluded.opening_at, doses = excluded.doses, load = excluded.load";

pub(super) fn write<T>(campaign: CampaignTag, news: &LedgerNews, send: impl FnOnce(Statement<'_>) -> T) -> T {
    let (opening, at) = match news.opening {
        Opening::NotYet => ("not-yet", String::new()),
        Opening::Open { at } => ("open", at.to_string()),
        Opening::Closed { at } => ("closed", at.to_string()),
    };
    let mut doses = String::new();
    match &news.doses_left {
        None => doses.push_str(UNKNOWN),
        Some(regions) => {
            for (region, left) in regions {
                write!(doses, "{region}={left} ").expect("writing to a String cannot fail");
            }
        }
    }
    let values = vec![
        campaign_value(campaign),
        number(news.number),
        Value::OwnText(news.as_of.to_string()),
        number(u64::from(news.is_well)),
        Value::Text(opening),
        Value::OwnText(at),
        Value::OwnText(doses),
        Value::OwnText(news.load.text()),
    ];
    send(Statement::new(WRITE, values))
}

/// None when they cannot be read.
pub(super) fn read(row: &Row) -> Option<LedgerNews> {
    let at = || row.text(4).ok()?.parse::<Timestamp>().ok();
    let opening = match row.text(3).ok()?.as_str() {
        "not-yet" => Opening::NotYet,
        "open" => Opening::Open { at: at()? },
        "closed" => Opening::Closed { at: at()? },
        _ => return None,
    };
    let doses = row.text(5).ok()?;
    Some(LedgerNews {
        number: row.number(0).ok()?.cast_unsigned(),
        as_of: row.text(1).ok()?.parse().ok()?,
        is_well: row.number(2).ok()? == 1,
        opening,
        doses_left: if doses == UNKNOWN { None } else { Some(regions(&doses)?) },
        load: Load::parse(&row.text(6).ok()?)?,
    })
}

fn regions(doses: &str) -> Option<BTreeMap<u64, u32>> {
    let one = |pair: &str| {
        let (region, doses) = pair.split_once('=')?;
        Some((region.parse().ok()?, doses.parse().ok()?))
    };
    doses.split_whitespace().map(one).collect()
}
