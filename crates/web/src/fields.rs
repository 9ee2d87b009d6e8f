//! What people and programs send: named fields, read the same way from a form and from JSON, and checked by the same
//! list that `/openapi.json` is made from.

use jiff::civil::{Date, Time};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How a field is read. Each kind says what is wrong in words ([`crate::wording::field_fault`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person's name, 1 to 40 characters.
    Name,
    /// `1964-03-05`, `19640305`, `1964.3.5`.
    BirthDate,
    /// A Korean phone number, with or without hyphens and spaces, `+82` allowed.
    Phone,
    /// Six digits.
    Code,
    /// `C00001`.
    Clinic,
    /// `2027-07-26`.
    Day,
    /// `09:30`.
    TimeOfDay,
    /// A number that the service gave: a hold.
    Number,
    /// `12345-67890`.
    AppointmentNumber,
    /// Something opaque that the service gave.
    Opaque,
}

/// One field of a request.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Missing,
    Malformed,
    /// A date that no calendar has, or a birth date in the future.
    Impossible,
    TooLong,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    pub field: &'static str,
    pub kind: Kind,
    pub fault: Fault,
}

/// All fields as they came, by name.
#[derive(Debug, Default, Clone)]
pub struct Fields(BTreeMap<String, Sent>);

/// What JSON tells apart and a form does not.
#[derive(Debug, Clone)]
enum Sent {
    Text(String),
    /// As written; read only where digits are meant.
    Number(String),
    /// True, false, a list, an object: no field of ours.
    Other,
}

const LONGEST: usize = 2_000;

impl Fields {
    /// `application/x-www-form-urlencoded`. The last of several equal names counts.
    pub fn from_form(body: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(body).into_owned();
        Self(pairs.map(|(name, text)| (name, Sent::Text(text))).collect())
    }

    /// A JSON object, whose values are judged field by field; None for anything else.
    pub fn from_json(body: &[u8]) -> Option<Self> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Some(Self::default());
        }
        let object: Map<String, Value> = serde_json::from_slice(body).ok()?;
        let sent = |value: Value| match value {
            Value::String(text) => Sent::Text(text),
            Value::Number(number) => Sent::Number(number.to_string()),
            Value::Null => Sent::Text(String::new()),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => Sent::Other,
        };
        Some(Self(object.into_iter().map(|(name, value)| (name, sent(value))).collect()))
    }

    /// As typed, to be shown again.
    pub fn typed(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(Sent::Text(text) | Sent::Number(text)) => text,
            Some(Sent::Other) | None => "",
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Every fault at once, so that a person corrects a form once.
    pub fn faults(&self, expected: &[Field]) -> Vec<FieldFault> {
        let fault = |field: &Field| {
            let fault = self.fault_of(field)?;
            Some(FieldFault { field: field.name, kind: field.kind, fault })
        };
        expected.iter().filter_map(fault).collect()
    }

    fn fault_of(&self, field: &Field) -> Option<Fault> {
        match self.0.get(field.name) {
            Some(Sent::Other) => return Some(Fault::Malformed),
            Some(Sent::Number(_)) if !matches!(field.kind, Kind::Number | Kind::Code) => {
                return Some(Fault::Malformed);
            }
            Some(Sent::Text(_) | Sent::Number(_)) | None => {}
        }
        let text = self.typed(field.name).trim();
        if text.is_empty() {
            return Some(Fault::Missing);
        }
        if text.len() > LONGEST || (field.kind == Kind::Name && text.chars().count() > 40) {
            return Some(Fault::TooLong);
        }
        match field.kind {
            Kind::Name => text.chars().any(char::is_control).then_some(Fault::Malformed),
            Kind::BirthDate => date_fault(text, parse_birth_date),
            Kind::Day => date_fault(text, parse_day),
            Kind::Phone => parse_phone(text).is_none().then_some(Fault::Malformed),
            Kind::Code => (parse_code(text).is_none()).then_some(Fault::Malformed),
            Kind::Clinic => booking::ClinicId::parse(text).is_none().then_some(Fault::Malformed),
            Kind::TimeOfDay => parse_time(text).is_none().then_some(Fault::Malformed),
            Kind::Number => parse_number(text).is_none().then_some(Fault::Malformed),
            Kind::AppointmentNumber => (!is_appointment_number(text)).then_some(Fault::Malformed),
            Kind::Opaque => text.bytes().any(|byte| !byte.is_ascii_graphic()).then_some(Fault::Malformed),
        }
    }

    pub fn text(&self, name: &str) -> String {
        self.typed(name).trim().to_owned()
    }

    pub fn birth_date(&self, name: &str) -> Date {
        parse_birth_date(self.typed(name).trim()).expect("checked against its list")
    }

    pub fn phone(&self, name: &str) -> String {
        parse_phone(self.typed(name).trim()).expect("checked against its list")
    }

    pub fn code(&self, name: &str) -> String {
        parse_code(self.typed(name).trim()).expect("checked against its list")
    }

    pub fn clinic(&self, name: &str) -> booking::ClinicId {
        booking::ClinicId::parse(self.typed(name).trim()).expect("checked against its list")
    }

    pub fn day(&self, name: &str) -> Date {
        parse_day(self.typed(name).trim()).expect("checked against its list")
    }

    /// Minutes from midnight.
    pub fn time_min(&self, name: &str) -> u16 {
        parse_time(self.typed(name).trim()).expect("checked against its list")
    }

    pub fn number(&self, name: &str) -> u64 {
        parse_number(self.typed(name).trim()).expect("checked against its list")
    }
}

impl Kind {
    /// JSON Schema of a field, for the API description.
    pub fn schema(self) -> Value {
        match self {
            Self::Name => json!({"type": "string", "minLength": 1, "maxLength": 40, "example": "김시험"}),
            Self::BirthDate => json!({"type": "string", "format": "date", "example": "1964-03-05"}),
            Self::Phone => {
                json!({"type": "string", "pattern": "^[0-9+ -]{9,20}$", "example": "010-0000-0001"})
            }
            Self::Code => json!({"type": "string", "pattern": "^[0-9]{6}$", "example": "123456"}),
            Self::Clinic => json!({"type": "string", "pattern": "^C[0-9]{5}$", "example": "C00001"}),
            Self::Day => json!({"type": "string", "format": "date", "example": "2027-07-26"}),
            Self::TimeOfDay => {
                json!({"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$", "example": "09:30"})
            }
            Self::Number => json!({"type": "string", "pattern": "^[0-9]{1,20}$", "example": "1"}),
            Self::AppointmentNumber => {
                json!({"type": "string", "pattern": "^[0-9]{5}-[0-9]{5}$", "example": "14730-13900"})
            }
            Self::Opaque => json!({"type": "string", "minLength": 1, "maxLength": 2000, "example": "AbC-_1"}),
        }
    }
}

fn date_fault(text: &str, parse: impl Fn(&str) -> Option<Date>) -> Option<Fault> {
    match parse(text) {
        Some(_) => None,
        None if text.bytes().filter(u8::is_ascii_digit).count() == 8 => Some(Fault::Impossible),
        None => Some(Fault::Malformed),
    }
}

/// Eight digits, or year, month and day with anything but digits between them.
fn parse_birth_date(text: &str) -> Option<Date> {
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

/// Digits only, starting with 0.
fn parse_phone(text: &str) -> Option<String> {
    let national =
        text.strip_prefix("+82").map(|rest| format!("0{}", rest.trim_start_matches(['-', ' ', '0'])));
    let text = national.as_deref().unwrap_or(text);
    if !text.chars().all(|c| c.is_ascii_digit() || c == '-' || c == ' ') {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (digits.starts_with('0') && (9..=11).contains(&digits.len())).then_some(digits)
}

fn parse_code(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

pub(crate) fn parse_day(text: &str) -> Option<Date> {
    has_form(text, "0000-00-00").then(|| text.parse().ok()).flatten()
}

fn parse_time(text: &str) -> Option<u16> {
    let time: Time = has_form(text, "00:00").then(|| text.parse().ok()).flatten()?;
    Some(u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs()))
}

fn parse_number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn is_appointment_number(text: &str) -> bool {
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

    fn fault(kind: Kind, text: &str) -> Option<Fault> {
        let fields = Fields(BTreeMap::from([("x".to_owned(), Sent::Text(text.to_owned()))]));
        fields.fault_of(&Field { name: "x", kind })
    }

    #[test]
    fn people_write_dates_and_phones_in_many_ways() {
        for text in ["1964-03-05", "19640305", "1964.3.5", "1964년 3월 5일", "1964/03/05"] {
            assert_eq!(parse_birth_date(text), Some(jiff::civil::date(1964, 3, 5)), "{text}");
        }
        for text in ["010-1234-5678", "01012345678", "010 1234 5678", "+82 10-1234-5678", "+8201012345678"] {
            assert_eq!(parse_phone(text).as_deref(), Some("01012345678"), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let table = [
            (Kind::BirthDate, "1963-02-29", Some(Fault::Impossible)),
            (Kind::BirthDate, "64-3-5", Some(Fault::Malformed)),
            (Kind::BirthDate, "0001-01-01", Some(Fault::Impossible)),
            (Kind::BirthDate, "99999999999999999999", Some(Fault::Malformed)),
            (Kind::Phone, "12345", Some(Fault::Malformed)),
            (Kind::Phone, "전화번호", Some(Fault::Malformed)),
            (Kind::Name, "", Some(Fault::Missing)),
            (Kind::Name, "이름\u{0}", Some(Fault::Malformed)),
            (Kind::Name, &"가".repeat(41), Some(Fault::TooLong)),
            (Kind::Name, "홍길동", None),
            (Kind::TimeOfDay, "25:00", Some(Fault::Malformed)),
            (Kind::Number, "9223372036854775808", None),
            (Kind::Number, "99999999999999999999", Some(Fault::Malformed)),
            (Kind::AppointmentNumber, "12345-6789", Some(Fault::Malformed)),
            (Kind::Clinic, "c00001", Some(Fault::Malformed)),
        ];
        for (kind, text, expected) in table {
            assert_eq!(fault(kind, text), expected, "{kind:?} {text:?}");
        }
    }

    #[test]
    fn json_is_read_like_a_form_and_other_types_are_faults_of_their_field() {
        let json = Fields::from_json(br#"{"name":"a","n":3,"list":["a"],"yes":true,"none":null}"#).unwrap();
        assert_eq!((json.typed("name"), json.typed("n"), json.typed("list")), ("a", "3", ""));
        let fault = |name, kind| json.fault_of(&Field { name, kind });
        assert_eq!(fault("n", Kind::Number), None);
        for (name, kind) in
            [("n", Kind::Name), ("list", Kind::Name), ("yes", Kind::Name), ("yes", Kind::Opaque)]
        {
            assert_eq!(fault(name, kind), Some(Fault::Malformed), "{name}");
        }
        assert_eq!(fault("none", Kind::Name), Some(Fault::Missing));
        assert!(Fields::from_json(b"[1]").is_none());
        assert!(Fields::from_json("{".as_bytes()).is_none());
        assert_eq!(Fields::from_form(b"name=%EA%B9%80+a&x=").typed("name"), "김 a");
    }
}
