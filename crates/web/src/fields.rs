//! What people and programs send: named fields, read the same way from a form and from JSON, and checked by the same
//! list that `/openapi.json` is made from.

pub(crate) mod parse;

use crate::person_name::{self, NameFault};
use crate::person_number::{self, NumberFault, PersonNumber};
use jiff::civil::Date;
use parse::{
    date_fault, is_appointment_number, parse_birth_date, parse_code, parse_day, parse_number,
    parse_person_number, parse_phone, parse_time,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How a field is read. Each kind says what is wrong in words ([`crate::wording::field_fault`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person's name, 1 to 40 characters ([`crate::person_name`]).
    Name,
    /// A resident or foreigner's number, with or without hyphen and spaces. Where `number_kind` beside it says
    /// `temporary`, it is read as [`Kind::TemporaryNumber`].
    PersonNumber,
    /// 임시관리번호: opaque, 4 to 40 letters and digits.
    TemporaryNumber,
    /// `resident` (foreigners' numbers too) or `temporary`.
    NumberKind,
    /// `1964-03-05`, `19640305`, `1964.3.5`.
    BirthDate,
    /// A Korean mobile number, with or without hyphens and spaces, `+82` allowed; 011 and 016 to 019 as well.
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

/// The field that says which kind of number stands beside it, and what it may say.
pub const NUMBER_KIND: &str = "number_kind";
pub const RESIDENT: &str = "resident";
pub const TEMPORARY: &str = "temporary";

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
            let field = self.meant(field);
            let fault = self.fault_of(&field)?;
            Some(FieldFault { field: field.name, kind: field.kind, fault })
        };
        expected.iter().filter_map(fault).collect()
    }

    /// As [`Fields::faults`], for fields that may be left out.
    pub fn faults_of_sent(&self, optional: &[Field]) -> Vec<FieldFault> {
        self.faults(&optional.iter().filter(|field| self.is_sent(field.name)).copied().collect::<Vec<_>>())
    }

    /// Whether something came that is not blank.
    pub fn is_sent(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Sent::Other)) || !self.typed(name).trim().is_empty()
    }

    /// A number is judged as the kind of number that was chosen beside it.
    fn meant(&self, field: &Field) -> Field {
        let is_temporary = field.kind == Kind::PersonNumber && self.says_temporary();
        Field { kind: if is_temporary { Kind::TemporaryNumber } else { field.kind }, ..*field }
    }

    pub fn says_temporary(&self) -> bool {
        self.typed(NUMBER_KIND).trim() == TEMPORARY
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
        if text.len() > LONGEST {
            return Some(Fault::TooLong);
        }
        match field.kind {
            Kind::Name => person_name::fault(text).map(Fault::from),
            Kind::PersonNumber => parse_person_number(text).err().map(Fault::from),
            Kind::TemporaryNumber => person_number::temporary(text).err().map(Fault::from),
            Kind::NumberKind => (text != RESIDENT && text != TEMPORARY).then_some(Fault::Malformed),
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

    /// Composed, as it is kept.
    pub fn name(&self, name: &str) -> String {
        person_name::composed(self.typed(name))
    }

    pub fn person_number(&self, name: &str) -> PersonNumber {
        parse_person_number(self.typed(name)).expect("checked against its list")
    }

    pub fn temporary_number(&self, name: &str) -> String {
        person_number::temporary(self.typed(name)).expect("checked against its list")
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
            Self::PersonNumber | Self::TemporaryNumber => {
                json!({"type": "string", "minLength": 4, "maxLength": 60, "example": "620314-1000000"})
            }
            Self::NumberKind => json!({"type": "string", "enum": [RESIDENT, TEMPORARY], "example": RESIDENT}),
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

impl From<NameFault> for Fault {
    fn from(fault: NameFault) -> Self {
        match fault {
            NameFault::Missing => Self::Missing,
            NameFault::TooLong => Self::TooLong,
            NameFault::Control | NameFault::NotAName => Self::Malformed,
        }
    }
}

impl From<NumberFault> for Fault {
    fn from(fault: NumberFault) -> Self {
        match fault {
            NumberFault::Missing => Self::Missing,
            NumberFault::NoSuchDate => Self::Impossible,
            NumberFault::NotDigits | NumberFault::Length | NumberFault::NotTemporary => Self::Malformed,
        }
    }
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
            (Kind::Phone, "02-123-4567", Some(Fault::Malformed)),
            (Kind::Phone, "011-123-4567", None),
            (Kind::Phone, "010-123-4567", Some(Fault::Malformed)),
            (Kind::PersonNumber, "620314 - 1000000", None),
            (Kind::PersonNumber, "620314\u{2013}5000000", None),
            (Kind::PersonNumber, "630229-1000000", Some(Fault::Impossible)),
            (Kind::PersonNumber, "620314", Some(Fault::Malformed)),
            (Kind::PersonNumber, " - ", Some(Fault::Malformed)),
            (Kind::TemporaryNumber, "t-2021 00ab", None),
            (Kind::TemporaryNumber, "임시", Some(Fault::Malformed)),
            (Kind::NumberKind, "temporary", None),
            (Kind::NumberKind, "Temporary", Some(Fault::Malformed)),
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
