//! 주민등록번호 · 외국인등록번호: form and date, never the check digit (numbers since October 2020 have none).
//! 임시관리번호 are opaque.

use jiff::civil::Date;

/// Thirteen digits, `YYMMDDSNNNNNN`, with the birth date in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonNumber {
    digits: String,
    born_on: Date,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberFault {
    Missing,
    /// Something else than digits, or a hyphen in another place than the seventh.
    NotDigits,
    /// Not thirteen digits.
    Length,
    /// No such day, as the 29th of February of a common year.
    NoSuchDate,
    /// A temporary number is 4 to 40 letters and digits.
    NotTemporary,
}

const DIGITS: usize = 13;
const FRONT: usize = 6;
const TEMPORARY_CHARS: std::ops::RangeInclusive<usize> = 4..=40;

impl PersonNumber {
    /// `YYMMDD-SNNNNNN`, with or without the hyphen, spaces around it allowed.
    pub fn parse(text: &str) -> Result<Self, NumberFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NumberFault::Missing);
        }
        let digits = match text.split_once('-') {
            Some((front, back)) if front.len() == FRONT => format!("{front}{back}"),
            Some(_) => return Err(NumberFault::NotDigits),
            None => text.to_owned(),
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NumberFault::NotDigits);
        }
        if digits.len() != DIGITS {
            return Err(NumberFault::Length);
        }
        let born_on = born_on(digits.as_bytes()).ok_or(NumberFault::NoSuchDate)?;
        Ok(Self { digits, born_on })
    }

    /// As aliases are made of it: digits only.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    pub fn born_on(&self) -> Date {
        self.born_on
    }
}

/// A temporary number as aliases are made of it: capitals and digits, without spaces and hyphens.
pub fn temporary(text: &str) -> Result<String, NumberFault> {
    if text.trim().is_empty() {
        return Err(NumberFault::Missing);
    }
    let bare = text.chars().filter(|c| *c != '-' && *c != ' ');
    let number: String = bare.take(*TEMPORARY_CHARS.end() + 1).collect();
    let is_one =
        TEMPORARY_CHARS.contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_one { Ok(number.to_ascii_uppercase()) } else { Err(NumberFault::NotTemporary) }
}

/// The digit after the date tells the century: 9 and 0 of the 19th, 1, 2, 5, 6 of the 20th, 3, 4, 7, 8 of the 21st.
fn born_on(digits: &[u8]) -> Option<Date> {
    let number = |at: usize| i16::from(digits[at] - b'0') * 10 + i16::from(digits[at + 1] - b'0');
    let century = match digits[FRONT] {
        b'9' | b'0' => 1800,
        b'1' | b'2' | b'5' | b'6' => 1900,
        _ => 2000,
    };
    Date::new(century + number(0), i8::try_from(number(2)).ok()?, i8::try_from(number(4)).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_and_date_are_judged_and_the_check_digit_is_not() {
        for check in 0..10 {
            assert!(PersonNumber::parse(&format!("620314-100000{check}")).is_ok(), "{check}");
        }
        let table = [
            ("6203141000000", Ok("1962-03-14")),
            (" 620314-5000000 ", Ok("1962-03-14")),
            ("000101-3000000", Ok("2000-01-01")),
            ("000101-7000000", Ok("2000-01-01")),
            ("990101-9000000", Ok("1899-01-01")),
            ("640229-1000000", Ok("1964-02-29")),
            ("630229-1000000", Err(NumberFault::NoSuchDate)),
            ("621314-1000000", Err(NumberFault::NoSuchDate)),
            ("620300-1000000", Err(NumberFault::NoSuchDate)),
            ("", Err(NumberFault::Missing)),
            ("501011234567", Err(NumberFault::Length)),
            ("62031410000000", Err(NumberFault::Length)),
            ("62-03141000000", Err(NumberFault::NotDigits)),
            ("620314--1000000", Err(NumberFault::NotDigits)),
            ("620314-100000٣", Err(NumberFault::NotDigits)),
            ("6.2E+12", Err(NumberFault::NotDigits)),
        ];
        for (text, expected) in table {
            let parsed = PersonNumber::parse(text).map(|number| number.born_on().to_string());
            assert_eq!(parsed, expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn a_temporary_number_is_opaque() {
        assert_eq!(temporary("t-2021 00ab").as_deref(), Ok("T202100AB"));
        for wrong in ["ab", "가나다라", "12\u{0}34", &"1".repeat(41), &"1".repeat(1 << 20)] {
            assert_eq!(temporary(wrong), Err(NumberFault::NotTemporary));
        }
        assert_eq!(temporary(" "), Err(NumberFault::Missing));
    }
}
