//! What people and programs send: named fields, read the same way from a form and from JSON, and checked by the same
//! list that `/openapi.json` is made from.

pub(crate) mod parse;
mod people;

pub use people::{REFERENCE_LENGTH, RELATIONS, relation_code};

use crate::person_name::{self, NameFault};
use crate::person_number::{self, NumberFault, PersonNumber};
use booking::{ConsentVersion, Relation};
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
    /// Where somebody waits: a clinic (`C00001`), or the ten digits of a 시·군·구.
    WaitPlace,
    /// `2027-07-26`.
    Day,
    /// `09:30`.
    TimeOfDay,
    /// A number that the service gave: a hold.
    Number,
    /// `12345-67890`.
    AppointmentNumber,
    /// What a recipient is to a helper: a code of [`RELATIONS`].
    Relation,
    /// The number of the consent that was shown.
    Consent,
    /// How the service names somebody else to this person: 32 hexadecimal digits.
    Reference,
    /// Several of these: a list in JSON, a name that repeats in a form.
    References,
    /// Something opaque that the service gave.
    Opaque,
    /// As it was set, at most 200 characters.
    Password,
    /// At least 12 characters.
    NewPassword,
    /// A sentence for the record, at most 200 characters.
    Words,
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
    /// A list of texts in JSON.
    List(Vec<String>),
    /// A name that a form sent several times.
    Repeated(Vec<String>),
    /// True, false, another list, an object: no field of ours.
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
        let mut fields = BTreeMap::new();
        for (name, text) in form_urlencoded::parse(body).into_owned() {
            let sent = match fields.remove(&name) {
                None => Sent::Text(text),
                Some(Sent::Repeated(mut texts)) => {
                    texts.push(text);
                    Sent::Repeated(texts)
                }
                Some(Sent::Text(first)) => Sent::Repeated(vec![first, text]),
                Some(other) => other,
            };
            fields.insert(name, sent);
        }
        Self(fields)
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
            Value::Array(items) => texts(items).map_or(Sent::Other, Sent::List),
            Value::Bool(_) | Value::Object(_) => Sent::Other,
        };
        Some(Self(object.into_iter().map(|(name, value)| (name, sent(value))).collect()))
    }

    /// Everything that a form sent, by name.
    pub fn sent(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(name, sent)| {
            let texts: &[String] = match sent {
                Sent::Text(text) | Sent::Number(text) => std::slice::from_ref(text),
                Sent::List(texts) | Sent::Repeated(texts) => texts,
                Sent::Other => &[],
            };
            texts.iter().map(|text| (name.as_str(), text.as_str()))
        })
    }

    /// As typed, to be shown again.
    pub fn typed(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(Sent::Text(text) | Sent::Number(text)) => text,
            Some(Sent::Repeated(texts)) => texts.last().map_or("", String::as_str),
            Some(Sent::List(_) | Sent::Other) | None => "",
        }
    }

    /// All texts of a name that may stand several times.
    pub fn several(&self, name: &str) -> Vec<&str> {
        match self.0.get(name) {
            Some(Sent::List(texts) | Sent::Repeated(texts)) => texts.iter().map(String::as_str).collect(),
            Some(Sent::Text(text)) if !text.trim().is_empty() => vec![text],
            Some(Sent::Text(_) | Sent::Number(_) | Sent::Other) | None => Vec::new(),
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
        matches!(self.0.get(name), Some(Sent::Other | Sent::List(_))) || !self.typed(name).trim().is_empty()
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
            Some(Sent::List(texts) | Sent::Repeated(texts)) if field.kind == Kind::References => {
                let all_are = texts.iter().all(|text| people::is_reference(text));
                return (texts.is_empty() || !all_are).then_some(Fault::Malformed);
            }
            Some(Sent::List(_) | Sent::Other) => return Some(Fault::Malformed),
            Some(Sent::Number(_)) if !matches!(field.kind, Kind::Number | Kind::Code) => {
                return Some(Fault::Malformed);
            }
            Some(Sent::Text(_) | Sent::Number(_) | Sent::Repeated(_)) | None => {}
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
            Kind::WaitPlace => crate::wait_list::scope_of(text).is_none().then_some(Fault::Malformed),
            Kind::TimeOfDay => parse_time(text).is_none().then_some(Fault::Malformed),
            Kind::Number => parse_number(text).is_none().then_some(Fault::Malformed),
            Kind::AppointmentNumber => (!is_appointment_number(text)).then_some(Fault::Malformed),
            Kind::Relation => people::parse_relation(text).is_none().then_some(Fault::Malformed),
            Kind::Consent => people::parse_consent(text).is_none().then_some(Fault::Malformed),
            Kind::Reference | Kind::References => (!people::is_reference(text)).then_some(Fault::Malformed),
            Kind::Password | Kind::NewPassword | Kind::Words => {
                free_text_fault(field.kind, self.typed(field.name))
            }
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

    pub fn relation(&self, name: &str) -> Relation {
        people::parse_relation(self.typed(name).trim()).expect("checked against its list")
    }

    pub fn consent(&self, name: &str) -> ConsentVersion {
        people::parse_consent(self.typed(name).trim()).expect("checked against its list")
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
            Self::WaitPlace => {
                json!({"type": "string", "pattern": "^(C[0-9]{5}|[0-9]{10})$", "example": "C00001"})
            }
            Self::Day => json!({"type": "string", "format": "date", "example": "2027-07-26"}),
            Self::TimeOfDay => {
                json!({"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$", "example": "09:30"})
            }
            Self::Number => json!({"type": "string", "pattern": "^[0-9]{1,20}$", "example": "1"}),
            Self::AppointmentNumber => {
                json!({"type": "string", "pattern": "^[0-9]{5}-[0-9]{5}$", "example": "14730-13900"})
            }
            Self::Relation => json!({"type": "string", "enum": RELATIONS.map(|(code, _)| code)}),
            Self::Consent => json!({"type": "string", "pattern": "^[0-9]{1,5}$", "example": "1"}),
            Self::Reference => reference_schema(),
            Self::References => json!({"type": "array", "items": reference_schema(), "minItems": 1}),
            Self::Password | Self::NewPassword | Self::Words => json!({"type": "string", "maxLength": 200}),
            Self::Opaque => json!({"type": "string", "minLength": 1, "maxLength": 2000, "example": "AbC-_1"}),
        }
    }
}

const FREE_TEXT_MAX: usize = 200;
const PASSWORD_MIN: usize = 12;

fn free_text_fault(kind: Kind, text: &str) -> Option<Fault> {
    let length = text.chars().count();
    if length > FREE_TEXT_MAX {
        return Some(Fault::TooLong);
    }
    let is_short = kind == Kind::NewPassword && length < PASSWORD_MIN;
    (is_short || text.chars().any(char::is_control)).then_some(Fault::Malformed)
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

fn reference_schema() -> Value {
    json!({"type": "string", "pattern": "^[0-9a-f]{32}$", "example": "0".repeat(REFERENCE_LENGTH)})
}

/// None where something else than a text is among them.
fn texts(items: Vec<Value>) -> Option<Vec<String>> {
    items.into_iter().map(|item| if let Value::String(text) = item { Some(text) } else { None }).collect()
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
#[path = "fields_tests.rs"]
mod tests;
