//! The words of the language: what stands behind a verb, and how people write places and times.

use super::language::sido_named;
use booking::{ClinicId, RegionCode, SlotId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// The words behind the verb.
#[derive(Default)]
pub(super) struct Words {
    pub(super) slot: Option<SlotId>,
    /// Empty for the actor alone.
    pub(super) recipients: Vec<String>,
    pub(super) dose: u8,
    pub(super) is_change: bool,
    pub(super) second: bool,
    /// `whole`, `anyway`, `elsewhere`, `fixed`: what staff add.
    pub(super) added: Vec<String>,
    pub(super) total: Option<u64>,
    pub(super) shares: Vec<(RegionCode, u32)>,
    pub(super) of: Option<String>,
    pub(super) with: Option<String>,
    pub(super) born: Option<i16>,
    pub(super) campaign: Option<u16>,
    /// Somebody else.
    pub(super) name: Option<String>,
    /// Where somebody waits.
    pub(super) scope: Option<String>,
    pub(super) days: Option<(String, String)>,
    pub(super) count: Option<usize>,
    /// How long ago the code was sent that the recipient read out.
    pub(super) code: Option<SignedDuration>,
    pub(super) key: Option<String>,
}

impl Words {
    pub(super) fn adds(&self, word: &str) -> bool {
        self.added.iter().any(|added| added == word)
    }

    pub(super) fn other(&self) -> &str {
        self.name.as_deref().expect("the verb takes a name")
    }
}

pub(super) fn parse(words: &str) -> Words {
    let mut parsed = Words { dose: 1, ..Words::default() };
    let mut words = words.split_whitespace();
    while let Some(word) = words.next() {
        let mut next = || words.next().expect("a word takes its value").to_owned();
        match word {
            "for" => parsed.recipients = next().split(',').map(str::to_owned).collect(),
            "dose" => parsed.dose = next().parse().expect("a dose is a number"),
            "change" => parsed.is_change = true,
            "second" => parsed.second = true,
            "whole" | "anyway" | "elsewhere" | "fixed" | "lost" => parsed.added.push(word.to_owned()),
            "total" => parsed.total = Some(next().parse().expect("a number")),
            "east" | "west" | "nowhere" => {
                let sido = sido_named(word).expect("one of the three");
                parsed.shares.push((sido, next().parse().expect("a number")));
            }
            "of" => parsed.of = Some(next()),
            "with" => parsed.with = Some(next()),
            "born" => parsed.born = Some(next().parse().expect("a year")),
            "campaign" => parsed.campaign = Some(next().parse().expect("a number")),
            "in" => parsed.scope = Some(next()),
            "days" => parsed.days = Some((next(), next())),
            "code" => parsed.code = Some(duration(&next())),
            "key" => parsed.key = Some(next()),
            clinic if clinic.starts_with('C') => {
                parsed.slot = Some(slot(clinic, &next(), &next()));
            }
            other if other.starts_with(char::is_alphabetic) => parsed.name = Some(other.to_owned()),
            count => parsed.count = Some(count.parse().expect("a word of the language")),
        }
    }
    parsed
}

pub(super) fn slot(clinic: &str, day: &str, time: &str) -> SlotId {
    let number = clinic.strip_prefix('C').and_then(|number| number.parse().ok()).expect("a clinic is C1");
    let (hour, minute) = time.split_once(':').expect("a time is 09:00");
    let minutes = |text: &str| text.parse::<u16>().expect("a time is 09:00");
    SlotId {
        clinic: ClinicId(number),
        visit_on: visit_day(day),
        starts_min: minutes(hour) * 60 + minutes(minute),
    }
}

/// `26` of July, or `8-16`.
pub(super) fn visit_day(text: &str) -> Date {
    let (month, day) = text.split_once('-').unwrap_or(("7", text));
    let number = |text: &str| text.parse::<i8>().expect("a day is 26 or 8-16");
    Date::new(2027, number(month), number(day)).expect("a day is 26 or 8-16")
}

/// `+5m`, `+30s`, `+2h`.
pub(super) fn duration(text: &str) -> SignedDuration {
    let (number, unit) = text[1..].split_at(text.len() - 2);
    let number: i64 = number.parse().expect("a duration is +5m");
    match unit {
        "s" => SignedDuration::from_secs(number),
        "m" => SignedDuration::from_mins(number),
        "h" => SignedDuration::from_hours(number),
        other => panic!("no unit `{other}`"),
    }
}

pub(super) fn korean_time(text: &str) -> Timestamp {
    let (day, time) = text.split_once(' ').expect("a time is 07-12 20:00");
    format!("2027-{day}T{time}:00+09:00").parse().expect("a time is 07-12 20:00")
}
