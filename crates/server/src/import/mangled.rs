//! What spreadsheets do to numbers that are names, recognised by their form. 401 people were locked out by it in 2021.

use crate::import::fault::FaultKind;

/// What every column of digits is checked for first.
pub(crate) fn in_digits(text: &str) -> Option<FaultKind> {
    if is_exponent(text) {
        return Some(FaultKind::Exponent);
    }
    if ends_in_zero_decimals(text) {
        return Some(FaultKind::TrailingDecimal);
    }
    is_grouped(text).then_some(FaultKind::Grouped)
}

/// A resident or foreigner number that is short at its front: `501011234567`, `10101-3000000`.
pub(crate) fn in_person_number(text: &str) -> Option<FaultKind> {
    let lost = match text.split_once('-') {
        Some((front, back)) => {
            back.len() == 7 && (3..6).contains(&front.len()) && is_digits(front) && is_digits(back)
        }
        None => (10..13).contains(&text.len()) && is_digits(text),
    };
    in_digits(text).or(lost.then_some(FaultKind::LostZeros))
}

/// Days since 1899-12-30, with or without the time of day: `22719`, `22719.0`.
pub(crate) fn in_date(text: &str) -> Option<FaultKind> {
    let whole =
        text.split_once('.').map_or(text, |(whole, decimals)| if is_digits(decimals) { whole } else { text });
    let is_serial = (4..=5).contains(&whole.len()) && is_digits(whole);
    is_serial.then_some(FaultKind::DateSerial).or_else(|| in_digits(text))
}

/// A part of a day: `0.375`.
pub(crate) fn in_time(text: &str) -> Option<FaultKind> {
    let is_fraction =
        text.split_once('.').is_some_and(|(whole, decimals)| whole == "0" && is_digits(decimals));
    is_fraction.then_some(FaultKind::TimeFraction)
}

/// `6.2E+12`, `6.20101e12`
fn is_exponent(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    // `62E12` alone may be a temporary number.
    (mantissa.contains('.') || text.contains('+'))
        && is_digits(whole)
        && is_digits(decimals)
        && is_digits(exponent)
}

fn ends_in_zero_decimals(text: &str) -> bool {
    let Some((whole, decimals)) = text.split_once('.') else { return false };
    is_digits(whole) && !decimals.is_empty() && decimals.bytes().all(|byte| byte == b'0')
}

fn is_grouped(text: &str) -> bool {
    let groups: Vec<&str> = text.split(',').collect();
    groups.len() > 1
        && groups.iter().all(|group| is_digits(group))
        && groups[1..].iter().all(|group| group.len() == 3)
}

pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_did_is_recognised() {
        let table = [
            ("6.2E+12", Some(FaultKind::Exponent)),
            ("6.20101E+12", Some(FaultKind::Exponent)),
            ("6.20101e12", Some(FaultKind::Exponent)),
            ("6E+12", Some(FaultKind::Exponent)),
            ("6203141000000.0", Some(FaultKind::TrailingDecimal)),
            ("6203141000000.00", Some(FaultKind::TrailingDecimal)),
            ("6,203,141,000,000", Some(FaultKind::Grouped)),
            ("501011234567", Some(FaultKind::LostZeros)),
            ("10112345678", Some(FaultKind::LostZeros)),
            ("1012345678", Some(FaultKind::LostZeros)),
            ("50101-1234567", Some(FaultKind::LostZeros)),
            ("0501011234567", None),
            ("050101-1234567", None),
            ("123456789", None),
            ("9223372036854775808", None),
        ];
        for (text, expected) in table {
            assert_eq!(in_person_number(text), expected, "{text}");
        }
    }

    #[test]
    fn serial_dates_and_fractions_of_a_day_are_recognised() {
        for text in ["22719", "22719.0", "22719.5", "9999"] {
            assert_eq!(in_date(text), Some(FaultKind::DateSerial), "{text}");
        }
        assert_eq!(in_date("1.9620314E+7"), Some(FaultKind::Exponent));
        for text in ["1962-03-14", "19620314", "1962.3.14", ""] {
            assert_eq!(in_date(text), None, "{text}");
        }
        assert_eq!(in_time("0.375"), Some(FaultKind::TimeFraction));
        assert_eq!(in_time("09:00"), None);
    }

    #[test]
    fn a_temporary_number_with_an_e_in_it_is_no_quantity() {
        assert_eq!(in_digits("62E12"), None);
        assert_eq!(in_digits("T2021E0005"), None);
    }
}
