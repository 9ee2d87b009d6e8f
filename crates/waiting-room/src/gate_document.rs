//! The gate document: one small public file per campaign, the same bytes for everyone.

use crate::{Phase, PollBands, RateInForce};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How long a copy may be believed.
const VALID_FOR: SignedDuration = SignedDuration::from_secs(10);

#[derive(Debug, Clone)]
pub struct GateDocument {
    pub campaign: String,
    /// Grows by one with every document.
    pub sequence: u64,
    pub as_of: Timestamp,
    pub opens_at: Timestamp,
    pub closes_at: Timestamp,
    pub phase: Phase,
    pub serving_number: u64,
    pub tickets_issued: u64,
    /// As measured of late.
    pub admissions_per_minute: Option<u64>,
    /// What may be let in, and why not more.
    pub rate: RateInForce,
    pub doses_left: DosesLeft,
    /// Korean, English. Empty when there is nothing to say.
    pub message: (String, String),
    pub poll: PollBands,
    pub pass_epoch: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DosesLeft {
    pub total: u64,
    /// By 시·도 code.
    pub regions: BTreeMap<u64, u32>,
}

impl GateDocument {
    pub fn valid_until(&self) -> Timestamp {
        self.as_of + VALID_FOR
    }

    /// The document without its signature and closing brace. The signature is over exactly these bytes; a reader
    /// cuts the file at the last `,"signature":` to get them back.
    pub fn signed_part(&self) -> String {
        let mut json = String::with_capacity(1024);
        let measured = self.admissions_per_minute.map_or_else(|| "null".to_owned(), |rate| rate.to_string());
        write!(
            json,
            r#"{{"campaign":{campaign},"sequence":{sequence},"as_of":"{as_of:.3}","valid_until":"{valid_until:.3}","opens_at":"{opens_at}","closes_at":"{closes_at}","phase":"{phase}","serving_number":{serving},"tickets_issued":{issued},"admissions_per_minute":{measured},"rate":{{"per_second":{whole}.{milli:03},"why":"{why}"}},"doses_left":{{"total":{total},"regions":{{"#,
            campaign = quoted(&self.campaign),
            sequence = self.sequence,
            as_of = self.as_of,
            valid_until = self.valid_until(),
            opens_at = self.opens_at,
            closes_at = self.closes_at,
            phase = self.phase.code(),
            serving = self.serving_number,
            issued = self.tickets_issued,
            whole = self.rate.milli / 1_000,
            milli = self.rate.milli % 1_000,
            why = self.rate.why.code(),
            total = self.doses_left.total,
        )
        .expect("writing to a String cannot fail");
        let regions = self.doses_left.regions.iter().map(|(code, doses)| format!(r#""{code:010}":{doses}"#));
        json.push_str(&regions.collect::<Vec<_>>().join(","));
        write!(
            json,
            r#"}}}},"message":{{"ko":{},"en":{}}},"poll":["#,
            quoted(&self.message.0),
            quoted(&self.message.1)
        )
        .expect("writing to a String cannot fail");
        let bands = self.poll.bands().map(|(below, seconds)| match below {
            Some(below) => format!("[{below},{seconds}]"),
            None => format!("[null,{seconds}]"),
        });
        json.push_str(&bands.collect::<Vec<_>>().join(","));
        write!(json, r#"],"pass_epoch":{}"#, self.pass_epoch).expect("writing to a String cannot fail");
        json
    }

    /// The file: the signed part, the signature in hexadecimal, the brace.
    pub fn file(signed_part: &str, signature: &[u8]) -> String {
        let mut file = String::with_capacity(signed_part.len() + signature.len() * 2 + 32);
        file.push_str(signed_part);
        file.push_str(r#","signature":""#);
        for byte in signature {
            write!(file, "{byte:02x}").expect("writing to a String cannot fail");
        }
        file.push_str("\"}");
        file
    }
}

/// A JSON string (RFC 8259, section 7).
fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            control if control < ' ' => {
                write!(json, "\\u{:04x}", u32::from(control)).expect("writing to a String cannot fail");
            }
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RateReason;

    #[test]
    fn the_document_is_json_and_its_signed_part_can_be_cut_out_again() {
        let at = Timestamp::from_second(1_626_015_600).unwrap();
        let document = GateDocument {
            campaign: "c55".to_owned(),
            sequence: 7,
            as_of: at,
            opens_at: at,
            closes_at: at,
            phase: Phase::Open,
            serving_number: 120,
            tickets_issued: 500,
            admissions_per_minute: None,
            rate: RateInForce { milli: 12_045, why: RateReason::Rising },
            doses_left: DosesLeft { total: 3, regions: BTreeMap::from([(1_100_000_000, 3)]) },
            message: ("줄 \"서기\"\n".to_owned(), String::new()),
            poll: PollBands::default(),
            pass_epoch: 1,
        };
        let signed = document.signed_part();
        let file = GateDocument::file(&signed, &[0xab; 64]);
        assert_eq!(file.rsplit_once(r#","signature":"#).unwrap().0, signed);
        assert!(file.contains(r#""rate":{"per_second":12.045,"why":"rising"}"#), "{file}");
        assert!(file.contains(r#""as_of":"2021-07-11T15:00:00.000Z""#), "{file}");
        assert!(file.contains(r#""message":{"ko":"줄 \"서기\"\u000a","en":""}"#), "{file}");
        assert!(file.ends_with("abab\"}"));
    }
}
