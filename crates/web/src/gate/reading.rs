//! A gate document that another node has written, read back: its bytes are published as they are, and the pages need to
//! know what it says.

use serde::Deserialize;
use std::collections::BTreeMap;
use waiting_room::{DosesLeft, GateDocument, Phase, PollBands, RateInForce, RateReason};

#[derive(Deserialize)]
struct File {
    campaign: String,
    sequence: u64,
    as_of: String,
    opens_at: String,
    closes_at: String,
    phase: String,
    serving_number: u64,
    tickets_issued: u64,
    admissions_per_minute: Option<u64>,
    /// None of an earlier release.
    rate: Option<Rate>,
    doses_left: Doses,
    message: Message,
    poll: Vec<(Option<u64>, u32)>,
    pass_epoch: u32,
}

#[derive(Deserialize)]
struct Rate {
    per_second: f64,
    why: String,
}

#[derive(Deserialize)]
struct Doses {
    total: u64,
    regions: BTreeMap<String, u32>,
}

#[derive(Deserialize)]
struct Message {
    ko: String,
    en: String,
}

/// None for what is no gate document. What a later release has added is passed over.
pub(super) fn read(file: &[u8]) -> Option<GateDocument> {
    let file: File = serde_json::from_slice(file).ok()?;
    let regions = file.doses_left.regions.into_iter();
    Some(GateDocument {
        campaign: file.campaign,
        sequence: file.sequence,
        as_of: file.as_of.parse().ok()?,
        opens_at: file.opens_at.parse().ok()?,
        closes_at: file.closes_at.parse().ok()?,
        phase: Phase::ALL.into_iter().find(|phase| phase.code() == file.phase)?,
        serving_number: file.serving_number,
        tickets_issued: file.tickets_issued,
        admissions_per_minute: file.admissions_per_minute,
        rate: file.rate.map_or(Some(RateInForce::default()), rate)?,
        doses_left: DosesLeft {
            total: file.doses_left.total,
            regions: regions.map(|(code, doses)| Some((code.parse().ok()?, doses))).collect::<Option<_>>()?,
        },
        message: (file.message.ko, file.message.en),
        poll: PollBands::of_bands(file.poll)?,
        pass_epoch: file.pass_epoch,
    })
}

fn rate(Rate { per_second, why }: Rate) -> Option<RateInForce> {
    Some(RateInForce { milli: (per_second * 1_000.0).round() as u64, why: RateReason::of_code(&why)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn what_is_read_says_what_was_written() {
        let at = Timestamp::from_millisecond(1_626_015_600_120).unwrap();
        let written = GateDocument {
            campaign: "c55".to_owned(),
            sequence: 7,
            as_of: at,
            opens_at: at,
            closes_at: at,
            phase: Phase::Trouble,
            serving_number: 120,
            tickets_issued: 500,
            admissions_per_minute: Some(60),
            rate: RateInForce { milli: 12_045, why: RateReason::Rising },
            doses_left: DosesLeft { total: 3, regions: BTreeMap::from([(1_100_000_000, 3)]) },
            message: ("줄 \"서기\"\n".to_owned(), String::new()),
            poll: PollBands::default().stretched(2),
            pass_epoch: 1,
        };
        let file = GateDocument::file(&written.signed_part(), &[0xab; 64]);
        let found = read(file.as_bytes()).unwrap();
        assert_eq!(found.signed_part(), written.signed_part());
        assert!(read(&file.as_bytes()[1..]).is_none());
    }
}
