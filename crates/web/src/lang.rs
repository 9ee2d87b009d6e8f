//! The two languages of the service, and how numbers, dates and durations are said to people.
//!
//! Sentences live in the templates, side by side: `{{ lang.t("한국어", "English") }}`. Only the words of
//! quantities and time are here, because they are built from parts.
//!
//! Templates pass their fields by reference and code by value: hence the `impl Borrow`.

use std::borrow::Borrow;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

const WEEKDAYS_KO: [&str; 7] = ["월", "화", "수", "목", "금", "토", "일"];
const WEEKDAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Longer waits are not told in minutes: a number of hours would promise a precision nobody has.
const WAIT_MINUTES_SAID_MAX: u32 = 180;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    Ko,
    En,
}

impl Lang {
    pub fn t<'a>(self, ko: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Ko => ko,
            Self::En => en,
        }
    }

    /// For sentences whose order differs too much for two halves.
    pub fn is_ko(self) -> bool {
        self == Self::Ko
    }

    /// The address of `path` in this language: Korean has no prefix.
    pub fn href(self, path: &str) -> String {
        match self {
            Self::Ko => path.to_owned(),
            Self::En => format!("/en{}", path.trim_end_matches('/')),
        }
    }

    pub fn code(self) -> &'static str {
        self.t("ko", "en")
    }

    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Ko => Self::En,
            Self::En => Self::Ko,
        }
    }

    /// `1,850,000`.
    pub fn count(self, n: impl Borrow<u64>) -> String {
        let digits = n.borrow().to_string();
        let mut out = String::with_capacity(digits.len() + digits.len() / 3);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    }

    /// `7월 26일(월)`.
    pub fn date(self, date: impl Borrow<Date>) -> String {
        let date = *date.borrow();
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        match self {
            Self::Ko => format!("{}월 {}일({})", date.month(), date.day(), WEEKDAYS_KO[weekday]),
            Self::En => format!("{} {} {}", WEEKDAYS_EN[weekday], date.day(), month_en(date)),
        }
    }

    /// For narrow columns: `7/26 월`, `Mon 26 Jul`.
    pub fn date_short(self, date: impl Borrow<Date>) -> String {
        let date = *date.borrow();
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        match self {
            Self::Ko => format!("{}/{} {}", date.month(), date.day(), WEEKDAYS_KO[weekday]),
            Self::En => format!("{} {} {}", WEEKDAYS_EN[weekday], date.day(), &month_en(date)[..3]),
        }
    }

    /// With the year, for birth dates and documents: `1962년 1월 1일`.
    pub fn date_with_year(self, date: impl Borrow<Date>) -> String {
        let date = *date.borrow();
        match self {
            Self::Ko => format!("{}년 {}월 {}일", date.year(), date.month(), date.day()),
            Self::En => format!("{} {} {}", date.day(), month_en(date), date.year()),
        }
    }

    /// With year and weekday, for visits: `2027년 7월 26일(월)`.
    pub fn date_in_full(self, date: impl Borrow<Date>) -> String {
        let date = *date.borrow();
        match self {
            Self::Ko => format!("{}년 {}", date.year(), self.date(date)),
            Self::En => format!("{} {}", self.date(date), date.year()),
        }
    }

    /// `오전 9:30`.
    pub fn time(self, time: impl Borrow<Time>) -> String {
        let time = *time.borrow();
        let (half, hour) = self.half_day(time);
        match self {
            Self::Ko => format!("{half} {hour}:{:02}", time.minute()),
            Self::En => format!("{hour}:{:02} {half}", time.minute()),
        }
    }

    /// `7월 26일(월) 오전 9:30`.
    pub fn instant(self, at: impl Borrow<Timestamp>) -> String {
        let at = in_korea(*at.borrow());
        match self {
            Self::Ko => format!("{} {}", self.date(at.date()), self.time(at.time())),
            Self::En => format!("{}, {}", self.date(at.date()), self.time(at.time())),
        }
    }

    /// The clock of the page: `23:59:42`.
    pub fn clock(self, at: impl Borrow<Timestamp>) -> String {
        let time = in_korea(*at.borrow()).time();
        format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
    }

    /// A moment to the second, for deadlines: `오전 0시 12분 30초`.
    pub fn moment(self, at: impl Borrow<Timestamp>) -> String {
        let time = in_korea(*at.borrow()).time();
        let (half, hour) = self.half_day(time);
        match self {
            Self::Ko => format!("{half} {hour}시 {}분 {}초", time.minute(), time.second()),
            Self::En => format!("{hour}:{:02}:{:02} {half}", time.minute(), time.second()),
        }
    }

    /// A range for the wait, rounded up: `약 12~18분`, `약 50분~1시간 10분`, `3시간 넘게`.
    pub fn wait(self, low_minutes: impl Borrow<u32>, high_minutes: impl Borrow<u32>) -> String {
        let (low, high) = (rounded_up(*low_minutes.borrow()), rounded_up(*high_minutes.borrow()));
        if low >= WAIT_MINUTES_SAID_MAX {
            return self.t("3시간 넘게", "over 3 hours").to_owned();
        }
        if high > WAIT_MINUTES_SAID_MAX {
            let low = self.minutes(low);
            return match self {
                Self::Ko => format!("{low} 이상"),
                Self::En => format!("{low} or more"),
            };
        }
        if high <= 1 {
            return self.t("1분 안쪽", "under a minute").to_owned();
        }
        let about = self.t("약", "about");
        match (low == high, high < 60) {
            (true, _) => format!("{about} {}", self.minutes(high)),
            (false, true) => format!("{about} {}{}{}", low.max(1), self.t("~", "–"), self.minutes(high)),
            (false, false) => {
                format!("{about} {}{}{}", self.minutes(low), self.t("~", " – "), self.minutes(high))
            }
        }
    }

    /// What remains of a short deadline, in words: `약 4분`, in the last minute `40초`.
    pub fn time_left(self, seconds: u64) -> String {
        if seconds > 60 {
            return format!("{} {}", self.t("약", "about"), self.minutes(seconds.div_ceil(60) as u32));
        }
        format!("{}{}", seconds.div_ceil(10) * 10, self.t("초", " seconds"))
    }

    /// What remains until an opening: `2일 3시간`, `3시간 12분`, `12분 30초`.
    pub fn countdown(self, seconds: u64) -> String {
        let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
        let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
        match (self, days, hours) {
            (Self::Ko, 0, 0) => format!("{minutes}분 {rest}초"),
            (Self::Ko, 0, _) => format!("{hours}시간 {minutes}분"),
            (Self::Ko, ..) => format!("{days}일 {hours}시간"),
            (Self::En, 0, 0) => format!("{minutes} min {rest} s"),
            (Self::En, 0, _) => format!("{hours} h {minutes} min"),
            (Self::En, ..) => format!("{days} d {hours} h"),
        }
    }

    fn minutes(self, minutes: u32) -> String {
        let (hours, rest) = (minutes / 60, minutes % 60);
        match (self, hours, rest) {
            (Self::Ko, 0, _) => format!("{rest}분"),
            (Self::Ko, _, 0) => format!("{hours}시간"),
            (Self::Ko, ..) => format!("{hours}시간 {rest}분"),
            (Self::En, 0, 1) => "1 minute".to_owned(),
            (Self::En, 0, _) => format!("{rest} minutes"),
            (Self::En, _, 0) => format!("{hours} h"),
            (Self::En, ..) => format!("{hours} h {rest} min"),
        }
    }

    /// Midnight is 오전 0시 in Korean and 12 am in English.
    fn half_day(self, time: Time) -> (&'static str, i8) {
        let half = if time.hour() < 12 { self.t("오전", "am") } else { self.t("오후", "pm") };
        let hour = match (self, time.hour()) {
            (Self::Ko, 0) => 0,
            (_, hour) if hour % 12 == 0 => 12,
            (_, hour) => hour % 12,
        };
        (half, hour)
    }
}

/// The date and time of day in Korea.
pub fn in_korea(at: Timestamp) -> DateTime {
    booking::KOREA.to_datetime(at)
}

fn month_en(date: Date) -> &'static str {
    MONTHS_EN[usize::from(date.month().unsigned_abs()) - 1]
}

/// The shortest and the longest wait that [`Lang::wait`] tells of a range, in minutes; None where it names no longest.
pub fn told_minutes(low_minutes: u32, high_minutes: u32) -> (u32, Option<u32>) {
    let (low, high) = (rounded_up(low_minutes), rounded_up(high_minutes));
    if low >= WAIT_MINUTES_SAID_MAX {
        return (WAIT_MINUTES_SAID_MAX, None);
    }
    let low = if high <= 1 { 0 } else { low };
    (low, (high <= WAIT_MINUTES_SAID_MAX).then_some(high))
}

/// The further away, the coarser; never below the truth. `wait.js` rounds the same way.
fn rounded_up(minutes: u32) -> u32 {
    let step = match minutes {
        0..30 => 1,
        30..60 => 5,
        _ => 10,
    };
    minutes.div_ceil(step) * step
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_wait_is_scored_by_what_was_said_of_it() {
        for (low, high, said, scored) in [
            (1, 1, "under a minute", (0, Some(1))),
            (8, 13, "about 8–13 minutes", (8, Some(13))),
            (24, 39, "about 24–40 minutes", (24, Some(40))),
            (100, 170, "about 1 h 40 min – 2 h 50 min", (100, Some(170))),
            (150, 190, "2 h 30 min or more", (150, None)),
            (180, 300, "over 3 hours", (180, None)),
        ] {
            assert_eq!((Lang::En.wait(low, high).as_str(), told_minutes(low, high)), (said, scored));
        }
    }

    #[test]
    fn korean_addresses_have_no_prefix_and_english_ones_do() {
        assert_eq!(Lang::Ko.href("/wait"), "/wait");
        assert_eq!(Lang::En.href("/wait"), "/en/wait");
        assert_eq!(Lang::En.href("/"), "/en");
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (n, said) in [(0, "0"), (999, "999"), (1_204, "1,204"), (3_524_000, "3,524,000")] {
            assert_eq!(Lang::Ko.count(n), said);
        }
    }

    #[test]
    fn days_and_times_read_as_people_say_them() {
        let day = date(2021, 7, 26);
        assert_eq!(Lang::Ko.date(day), "7월 26일(월)");
        assert_eq!(Lang::En.date(day), "Mon 26 July");
        assert_eq!(Lang::Ko.date_with_year(day), "2021년 7월 26일");
        for (hour, ko, en) in
            [(0, "오전 0:05", "12:05 am"), (9, "오전 9:05", "9:05 am"), (12, "오후 12:05", "12:05 pm")]
        {
            assert_eq!(Lang::Ko.time(time(hour, 5, 0, 0)), ko);
            assert_eq!(Lang::En.time(time(hour, 5, 0, 0)), en);
        }
    }

    #[test]
    fn instants_are_told_in_korea_time() {
        let opening = at("2021-07-11T15:12:30Z");
        assert_eq!(Lang::Ko.instant(opening), "7월 12일(월) 오전 0:12");
        assert_eq!(Lang::Ko.moment(opening), "오전 0시 12분 30초");
        assert_eq!(Lang::En.moment(opening), "12:12:30 am");
        assert_eq!(Lang::Ko.clock(opening), "00:12:30");
    }

    #[test]
    fn a_wait_is_a_range_rounded_up_and_capped() {
        for (range, ko, en) in [
            ((0, 0), "1분 안쪽", "under a minute"),
            ((0, 2), "약 1~2분", "about 1–2 minutes"),
            ((12, 18), "약 12~18분", "about 12–18 minutes"),
            ((31, 38), "약 35~40분", "about 35–40 minutes"),
            ((48, 61), "약 50분~1시간 10분", "about 50 minutes – 1 h 10 min"),
            ((60, 60), "약 1시간", "about 1 h"),
            ((150, 200), "2시간 30분 이상", "2 h 30 min or more"),
            ((180, 500), "3시간 넘게", "over 3 hours"),
        ] {
            assert_eq!(Lang::Ko.wait(range.0, range.1), ko);
            assert_eq!(Lang::En.wait(range.0, range.1), en);
        }
    }

    #[test]
    fn what_remains_is_told_in_words() {
        assert_eq!(Lang::Ko.time_left(200), "약 4분");
        assert_eq!(Lang::Ko.time_left(31), "40초");
        assert_eq!(Lang::Ko.countdown(750), "12분 30초");
        assert_eq!(Lang::Ko.countdown(11_520), "3시간 12분");
        assert_eq!(Lang::En.countdown(183_600), "2 d 3 h");
    }
}
