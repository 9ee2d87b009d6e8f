//! Phone numbers as lists have them.

use crate::import::fault::{Fault, FaultKind};
use crate::import::mangled::{in_digits, is_digits};
use crate::import::notice::{Notice, Notices};
use crate::import::table::Row;

/// Digits only, and whether a lost zero was put back.
#[derive(Debug, PartialEq, Eq)]
struct Phone {
    digits: String,
    zero_put_back: bool,
}

/// The digits; None where nothing is said.
pub(crate) fn in_column(
    row: &Row<'_>,
    column: usize,
    notices: &mut Notices,
) -> Result<Option<String>, Fault> {
    let text = row.get(column);
    if text.is_empty() {
        return Ok(None);
    }
    let phone = parse(text).map_err(|kind| row.fault(column, kind))?;
    if phone.zero_put_back {
        notices.note(Notice::PhoneZero, row.line);
    }
    Ok(Some(phone.digits))
}

/// `010-0000-0000`, `+82 10…`, `02)123-4567`, `1588-0000`. A front zero that a spreadsheet took is put back where only
/// one number can be meant (nine or ten digits), and it is said how often.
fn parse(text: &str) -> Result<Phone, FaultKind> {
    if let Some(kind) = in_digits(text) {
        return Err(kind);
    }
    let national =
        text.strip_prefix("+82").map(|rest| format!("0{}", rest.trim_start_matches(['-', ' ', '0', ')'])));
    let text = national.as_deref().unwrap_or(text);
    let digits: String = text.chars().filter(|c| !matches!(c, '-' | ' ' | '(' | ')' | '.' | '/')).collect();
    if !is_digits(&digits) {
        return Err(FaultKind::PhoneForm);
    }
    let with_zero = format!("0{digits}");
    if is_phone(&digits) {
        Ok(Phone { digits, zero_put_back: false })
    } else if (9..=10).contains(&digits.len()) && is_phone(&with_zero) {
        Ok(Phone { digits: with_zero, zero_put_back: true })
    } else {
        Err(FaultKind::PhoneForm)
    }
}

/// With an area or mobile code, or one of the numbers for the whole country (`1588-0000`).
fn is_phone(digits: &str) -> bool {
    match digits.as_bytes() {
        [b'0', b'1'..=b'9', ..] => (9..=12).contains(&digits.len()),
        [b'1', b'5' | b'6' | b'8', ..] => digits.len() == 8,
        _ => false,
    }
}

/// As it is shown: `02-000-0000`, `031-000-0000`, `010-0000-0000`, `0507-0000-0000`, `1588-0000`.
pub(crate) fn shown(digits: &str) -> String {
    let back = digits.len() - 4;
    let front = match digits.as_bytes() {
        [b'1', ..] => 0,
        [b'0', b'2', ..] => 2,
        _ if digits.len() == 12 => 4,
        _ => 3,
    };
    match front {
        0 => format!("{}-{}", &digits[..back], &digits[back..]),
        _ => format!("{}-{}-{}", &digits[..front], &digits[front..back], &digits[back..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_read_as_lists_write_them() {
        let table = [
            ("010-0000-0001", Ok(("01000000001", "010-0000-0001", false))),
            ("+82 10-0000-0001", Ok(("01000000001", "010-0000-0001", false))),
            ("1000000001", Ok(("01000000001", "010-0000-0001", true))),
            ("02-000-0000", Ok(("020000000", "02-000-0000", false))),
            ("02)0000-0000", Ok(("0200000000", "02-0000-0000", false))),
            ("310000000", Ok(("0310000000", "031-000-0000", true))),
            ("0507-0000-0000", Ok(("050700000000", "0507-0000-0000", false))),
            ("1588-0000", Ok(("15880000", "1588-0000", false))),
            ("1.0E+09", Err(FaultKind::Exponent)),
            ("1000000001.0", Err(FaultKind::TrailingDecimal)),
            ("722-0000", Err(FaultKind::PhoneForm)),
            ("전화", Err(FaultKind::PhoneForm)),
            ("0", Err(FaultKind::PhoneForm)),
            ("9223372036854775808", Err(FaultKind::PhoneForm)),
        ];
        for (text, expected) in table {
            let phone = parse(text).map(|phone| {
                let shown = shown(&phone.digits);
                (phone.digits, shown, phone.zero_put_back)
            });
            let expected = expected.map(|(digits, shown, back)| (digits.to_owned(), shown.to_owned(), back));
            assert_eq!(phone, expected, "{text}");
        }
    }
}
