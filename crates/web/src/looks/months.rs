//! What each member of staff looked at and did in a month, in figures, for whoever reviews it (개인정보의 안전성
//! 확보조치 기준 제8조: records of access are looked through every month).

use booking::{Act, AuditEntry, KOREA, LookUp, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt;

/// Before eight and from nine in the evening on, offices are closed.
const OFFICE_HOURS: std::ops::Range<i8> = 8..21;
/// So many times what is usual, and not by two or three.
const STANDS_OUT_TIMES: u64 = 3;
const STANDS_OUT_FROM: u64 = 10;

/// A month in Korea.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    pub fn of(at: Timestamp) -> Self {
        let day = KOREA.to_datetime(at).date();
        Self { year: day.year(), month: day.month() }
    }

    /// `2027-07`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let day = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
        let month = Self { year: day.year(), month: day.month() };
        (month.to_string() == text).then_some(month)
    }

    pub fn first_day(self) -> Date {
        Date::constant(self.year, self.month, 1)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// Of one member of staff in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    pub looks: u64,
    /// Of those, numbers shown in full.
    pub unmasked: u64,
    pub exports: u64,
    pub acts: u64,
    /// Of all, what was refused.
    pub refused: u64,
    /// Of all, outside office hours.
    pub at_night: u64,
}

/// What somebody found who looked a month through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub by: StaffId,
    pub at: Timestamp,
    /// Month and finding, sealed.
    pub sealed: Box<[u8]>,
}

#[derive(Debug, Default)]
pub struct Months {
    of: BTreeMap<Month, BTreeMap<StaffId, Figures>>,
    reviews: Vec<Review>,
}

impl Months {
    /// The next event of the record that is staff's.
    pub(super) fn take(&mut self, staff: StaffId, entry: &AuditEntry) {
        if entry.what == Act::LookedUp(LookUp::Review) {
            self.reviews.push(Review { by: staff, at: entry.at, sealed: entry.why.clone().into() });
        }
        let figures = self.of.entry(Month::of(entry.at)).or_default().entry(staff).or_default();
        match &entry.what {
            Act::LookedUp(what) => {
                figures.looks += 1;
                figures.unmasked += u64::from(*what == LookUp::Numbers);
                figures.exports += u64::from(*what == LookUp::Export);
            }
            _ => figures.acts += 1,
        }
        figures.refused += u64::from(entry.refused.is_some());
        let hour = KOREA.to_datetime(entry.at).hour();
        figures.at_night += u64::from(!OFFICE_HOURS.contains(&hour));
    }

    /// The latest first.
    pub fn all(&self) -> Vec<Month> {
        self.of.keys().rev().copied().collect()
    }

    /// What stands out first.
    pub fn figures(&self, month: Month) -> Vec<(StaffId, Figures)> {
        let figures = self.of.get(&month).into_iter().flatten();
        let mut figures: Vec<(StaffId, Figures)> = figures.map(|(staff, one)| (*staff, *one)).collect();
        figures.sort_by_key(|(staff, one)| {
            (std::cmp::Reverse((one.exports, one.unmasked, one.at_night, one.looks)), *staff)
        });
        figures
    }

    pub fn reviews(&self) -> &[Review] {
        &self.reviews
    }
}

/// Whether a figure stands out among the same of everybody: far above the middle one of those who have any.
pub fn stands_out(figure: u64, all: impl IntoIterator<Item = u64>) -> bool {
    let mut others: Vec<u64> = all.into_iter().filter(|other| *other > 0).collect();
    others.sort_unstable();
    let usual = others.get((others.len().max(1) - 1) / 2).copied().unwrap_or_default();
    figure >= STANDS_OUT_FROM && figure >= usual.saturating_mul(STANDS_OUT_TIMES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_read_as_it_is_written_and_nothing_else_is_one() {
        let july = Month::parse("2027-07").unwrap();
        assert_eq!((july.to_string(), july.first_day()), ("2027-07".to_owned(), Date::constant(2027, 7, 1)));
        for text in ["2027-7", "2027-13", "2027-00", "2027", "", "+2027-07", "2027-07-01"] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
        // In Korea it is August by then.
        assert_eq!(Month::of("2027-07-31T15:00:00Z".parse().unwrap()), Month::parse("2027-08").unwrap());
    }

    #[test]
    fn what_stands_out_is_far_above_the_middle_and_more_than_a_few() {
        assert!(stands_out(50, [50, 4, 5, 6]));
        assert!(!stands_out(9, [9, 1, 1, 1]), "a few");
        assert!(!stands_out(50, [50, 40, 45]), "everybody does it");
        assert!(!stands_out(0, [0, 0]));
    }
}
