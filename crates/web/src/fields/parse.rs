//! How what people type becomes a value. None, or a fault, for whatever cannot be meant.

use super::Fault;
use crate::person_number::{NumberFault, PersonNumber};
use jiff::civil::{Date, Time};

/// People put spaces anywhere, and phones a longer stroke for the hyphen.
pub(super) fn parse_person_number(text: &str) -> Result<PersonNumber, NumberFault> {
    let is_stroke = |c: char| matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}');
    let bare = text.chars().filter(|c| !c.is_whitespace());
    PersonNumber::parse(&bare.map(|c| if is_stroke(c) { '-' } else { c }).collect::<String>())
}

pub(super) fn date_fault(text: &str, parse: impl Fn(&str) -> Option<Date>) -> Option<Fault> {
    match parse(text) {
        Some(_) => None,
        None if text.bytes().filter(u8::is_ascii_digit).count() == 8 => Some(Fault::Impossible),
        None => Some(Fault::Malformed),
    }
}

/// Eight digits, or year, month and day with anything but digits between them.
pub(super) fn parse_birth_date(text: &str) -> Option<Date> {
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (year, month, day) = match parts.as_slice() {
        [whole] if whole.len() == 8 => (&whole[..4], &whole[4..6], &whole[6..]),
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        _ => return None,
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        .ok()
        .filter(|date| date.year() >= 1900)
}

/// Digits only: a number that messages reach.
pub(super) fn parse_phone(text: &str) -> Option<String> {
    let national =
        text.strip_prefix("+82").map(|rest| format!("0{}", rest.trim_start_matches(['-', ' ', '0'])));
    let text = national.as_deref().unwrap_or(text);
    if !text.chars().all(|c| c.is_ascii_digit() || c == '-' || c == ' ') {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_mobile = match digits.get(..3)? {
        "010" => digits.len() == 11,
        "011" | "016" | "017" | "018" | "019" => (10..=11).contains(&digits.len()),
        _ => false,
    };
    is_mobile.then_some(digits)
}

pub(super) fn parse_code(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

pub(crate) fn parse_day(text: &str) -> Option<Date> {
    has_form(text, "0000-00-00").then(|| text.parse().ok()).flatten()
}

pub(super) fn parse_time(text: &str) -> Option<u16> {
    let time: Time = has_form(text, "00:00").then(|| text.parse().ok()).flatten()?;
    Some(u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs()))
}

pub(super) fn parse_number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

pub(super) fn is_appointment_number(text: &str) -> bool {
    has_form(text, "00000-00000")
}

/// Digits where the form has a zero, and the form's own signs elsewhere.
fn has_form(text: &str, form: &str) -> bool {
    let fits = |(byte, wanted): (u8, u8)| if wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person_name;
    use proptest::prelude::*;

    /// Text of people, of keyboards and of attackers.
    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            ".{0,60}",
            "[0-9 .+:/-]{0,30}",
            "[0-9]{6}-?[0-9]{7}",
            "[\u{1100}-\u{11ff}가-힣]{0,45}",
            "[😀-🙏a-z\u{0}-\u{1f}]{0,12}",
            Just("1964-02-29".to_owned()),
            Just("0001-01-01".to_owned()),
            Just("9999-12-31".to_owned()),
            Just(i64::MAX.to_string()),
            Just((1_u128 << 63).to_string()),
        ]
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_a_value_of_its_form_or_none(text in any_text()) {
            if let Some(phone) = parse_phone(&text) {
                prop_assert!(phone.starts_with("01") && (10..=11).contains(&phone.len()));
                prop_assert_eq!(parse_phone(&phone), Some(phone.clone()));
            }
            if let Ok(number) = parse_person_number(&text) {
                prop_assert_eq!(number.digits().len(), 13);
                prop_assert_eq!(parse_person_number(number.digits()), Ok(number.clone()));
            }
            if let Some(date) = parse_birth_date(&text) {
                prop_assert!((1900..=9999).contains(&date.year()));
                prop_assert_eq!(parse_birth_date(&date.to_string()), Some(date));
            }
            if let Some(code) = parse_code(&text) {
                prop_assert_eq!(code.len(), 6);
            }
            if let Some(time) = parse_time(&text) {
                prop_assert!(time < 24 * 60);
            }
            prop_assert!(parse_day(&text).is_none() || text.len() == 10);
            prop_assert!(parse_number(&text).is_none_or(|number| text.ends_with(&number.to_string())));
        }

        #[test]
        fn a_name_is_one_name_composed_or_not(name in "[가-힣]{1,20}") {
            let decomposed: String = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd().normalize(&name).into_owned();
            prop_assert_eq!(person_name::fault(&name), None);
            prop_assert_eq!(person_name::fault(&decomposed), None);
            prop_assert_eq!(person_name::composed(&decomposed), person_name::composed(&name));
        }

        #[test]
        fn a_name_holds_no_control_character_and_is_bounded(name in any_text()) {
            if person_name::fault(&name).is_none() {
                let kept = person_name::composed(&name);
                prop_assert!(!kept.chars().any(char::is_control) && kept.chars().count() <= 40, "{:?}", kept);
            }
        }
    }
}
