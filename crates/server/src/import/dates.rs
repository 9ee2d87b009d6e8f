//! Birth dates as lists have them.

use crate::import::fault::FaultKind;
use crate::import::mangled::{self, is_digits};
use jiff::civil::Date;

const EARLIEST_YEAR: i16 = 1850;

/// `1962-03-14`, `19620314`, `1962.3.14`, `1962/3/14`, `1962년 3월 14일`.
pub(crate) fn birth_date(text: &str, today: Date) -> Result<Date, FaultKind> {
    if let Some(kind) = mangled::in_date(text) {
        return Err(kind);
    }
    let separated: Vec<&str> =
        text.split(['-', '.', '/', ' ', '년', '월', '일']).filter(|part| !part.is_empty()).collect();
    let (year, month, day) = match separated.as_slice() {
        [whole] if whole.len() == 8 && is_digits(whole) => (&whole[..4], &whole[4..6], &whole[6..]),
        [year, month, day] if year.len() == 4 && month.len() <= 2 && day.len() <= 2 => (*year, *month, *day),
        _ => return Err(FaultKind::DateForm),
    };
    if ![year, month, day].into_iter().all(is_digits) {
        return Err(FaultKind::DateForm);
    }
    let parse = |part: &str| part.parse::<i16>().expect("four digits at most");
    let (month, day) = (parse(month) as i8, parse(day) as i8);
    let date = Date::new(parse(year), month, day).map_err(|_| FaultKind::NoSuchDate)?;
    plausible(date, today)
}

/// Nobody alive was born before, and nobody on a list is born tomorrow.
pub(crate) fn plausible(born_on: Date, today: Date) -> Result<Date, FaultKind> {
    if born_on.year() < EARLIEST_YEAR || born_on > today { Err(FaultKind::DateOutside) } else { Ok(born_on) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates_are_read_as_lists_write_them() {
        let today = date(2021, 7, 12);
        for text in ["1964-02-29", "19640229", "1964.2.29", "1964/02/29", "1964년 2월 29일", "1964. 2. 29."]
        {
            assert_eq!(birth_date(text, today), Ok(date(1964, 2, 29)), "{text}");
        }
        let table = [
            ("1963-02-29", FaultKind::NoSuchDate),
            ("0000-01-01", FaultKind::DateOutside),
            ("0001-01-01", FaultKind::DateOutside),
            ("9999-12-31", FaultKind::DateOutside),
            ("2021-07-13", FaultKind::DateOutside),
            ("64-02-29", FaultKind::DateForm),
            ("9223372036854775808", FaultKind::DateForm),
            ("내일", FaultKind::DateForm),
            ("23436", FaultKind::DateSerial),
            ("1.9640229E+7", FaultKind::Exponent),
        ];
        for (text, kind) in table {
            assert_eq!(birth_date(text, today), Err(kind), "{text}");
        }
    }
}
