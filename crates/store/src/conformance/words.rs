//! The words of the language: what stands behind a verb, and how people write places and times.

use booking::{ClinicId, DoseNumber, SlotId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// The words behind the verb.
#[derive(Default)]
pub(super) struct Words {
    pub(super) places: Vec<(SlotId, Option<String>, DoseNumber)>,
    pub(super) of: Option<String>,
    pub(super) with: Option<String>,
    pub(super) born: Option<i16>,
    pub(super) campaign: Option<u16>,
    pub(super) count: Option<usize>,
    pub(super) key: Option<String>,
}

pub(super) fn parse(words: &str) -> Words {
    let mut parsed = Words::default();
    let mut words = words.split_whitespace();
    while let Some(word) = words.next() {
        let mut next = || words.next().expect("a word takes its value").to_owned();
        match word {
            "for" => parsed.places.last_mut().expect("a place comes first").1 = Some(next()),
            "dose" => {
                let dose = next().parse().expect("a dose is a number");
                parsed.places.last_mut().expect("a place comes first").2 = DoseNumber(dose);
            }
            "of" => parsed.of = Some(next()),
            "with" => parsed.with = Some(next()),
            "born" => parsed.born = Some(next().parse().expect("a year")),
            "campaign" => parsed.campaign = Some(next().parse().expect("a number")),
            "key" => parsed.key = Some(next()),
            "and" | "nothing" => {}
            clinic if clinic.starts_with('C') => {
                parsed.places.push((slot(clinic, &next(), &next()), None, DoseNumber(1)));
            }
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
        visit_on: Date::new(2027, 7, day.parse().expect("a day of July")).expect("a day of July"),
        starts_min: minutes(hour) * 60 + minutes(minute),
    }
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
