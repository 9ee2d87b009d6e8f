//! `line-1.news`: what the ledger said last, for the other processes. A file that is replaced whole: a process that is
//! stopped in the midst of telling holds up nobody. It is not kept through a power cut; the ledger says it again.

use booking::Opening;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use store::{LedgerNews, Load, StoreError};
use waiting_room::CampaignTag;

fn path(folder: &Path, campaign: CampaignTag) -> PathBuf {
    folder.join(format!("line-{}.news", campaign.0))
}

pub(super) fn write(folder: &Path, campaign: CampaignTag, news: &LedgerNews) -> Result<(), StoreError> {
    let path = path(folder, campaign);
    let draft = path.with_extension(format!("news-{}", std::process::id()));
    let written = fs::write(&draft, text(news)).and_then(|()| fs::rename(&draft, &path));
    written.map_err(|e| StoreError::unavailable_because("cannot tell the news of the ledger", e))
}

/// None when nobody has told any, or they cannot be read.
pub(super) fn read(folder: &Path, campaign: CampaignTag) -> Option<LedgerNews> {
    parse(&fs::read_to_string(path(folder, campaign)).ok()?)
}

fn text(news: &LedgerNews) -> String {
    let (opening, at) = match news.opening {
        Opening::NotYet => ("not-yet", String::new()),
        Opening::Open { at } => ("open", at.to_string()),
        Opening::Closed { at } => ("closed", at.to_string()),
    };
    let mut text = format!("{}\n{}\n{}\n{opening} {at}\n", news.number, news.as_of, u8::from(news.is_well));
    match &news.doses_left {
        None => text.push_str("unknown"),
        Some(regions) => {
            for (region, doses) in regions {
                write!(text, "{region}={doses} ").expect("writing to a String cannot fail");
            }
        }
    }
    write!(text, "\n{}\n", news.load.text()).expect("writing to a String cannot fail");
    let check = check(&text);
    text.push_str(&check);
    text
}

fn parse(text: &str) -> Option<LedgerNews> {
    let mut lines = text.lines();
    let mut next = || lines.next();
    let (number, as_of, is_well) = (next()?, next()?, next()?);
    let (opening, at) = next()?.split_once(' ')?;
    let (doses, load) = (next()?, next()?);
    let body = text.strip_suffix(next()?)?;
    if text[body.len()..] != check(body) {
        return None;
    }
    let opening = match opening {
        "not-yet" => Opening::NotYet,
        "open" => Opening::Open { at: at.parse().ok()? },
        "closed" => Opening::Closed { at: at.parse().ok()? },
        _ => return None,
    };
    Some(LedgerNews {
        number: number.parse().ok()?,
        as_of: as_of.parse::<Timestamp>().ok()?,
        is_well: is_well == "1",
        opening,
        doses_left: if doses == "unknown" { None } else { Some(regions(doses)?) },
        load: Load::parse(load)?,
    })
}

fn regions(doses: &str) -> Option<BTreeMap<u64, u32>> {
    let one = |pair: &str| {
        let (region, doses) = pair.split_once('=')?;
        Some((region.parse().ok()?, doses.parse().ok()?))
    };
    doses.split_whitespace().map(one).collect()
}

fn check(text: &str) -> String {
    Sha256::digest(text.as_bytes())[..8].iter().fold(String::new(), |mut check, byte| {
        write!(check, "{byte:02x}").expect("writing to a String cannot fail");
        check
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_are_read_as_they_were_told_and_damaged_ones_not_at_all() {
        let at = Timestamp::new(1_815_822_000, 123_456_789).expect("an ordinary instant");
        let openings = [Opening::NotYet, Opening::Open { at }, Opening::Closed { at }];
        let doses = [None, Some(BTreeMap::new()), Some(BTreeMap::from([(1_100_000_000, 7), (2, 0)]))];
        for (opening, doses_left) in
            openings.iter().flat_map(|opening| doses.iter().map(move |d| (opening, d)))
        {
            let (opening, doses_left) = (*opening, doses_left.clone());
            let load = Load { commit_us: doses_left.as_ref().map(|_| 500), depth: 3, answered: 2, failed: 1 };
            let news = LedgerNews { number: 9, as_of: at, is_well: true, opening, doses_left, load };
            let text = text(&news);
            assert_eq!(parse(&text), Some(news));
            for at in 0..text.len() {
                let mut altered = text.clone().into_bytes();
                altered[at] ^= 1;
                assert_eq!(String::from_utf8(altered).ok().and_then(|text| parse(&text)), None, "{at}");
            }
        }
    }
}
