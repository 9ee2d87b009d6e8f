//! Pieces that several pages show.

use jiff::civil::{Date, Time};

/// What the line and the booking behind it are doing; its code is the word of the gate document.
pub use waiting_room::Phase;

/// How the line is ordered; the page always says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineOrder {
    FirstCome,
    Draw,
}

/// How much is free, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    Many,
    Few,
    /// All taken.
    None,
    /// The clinic does not vaccinate then.
    Closed,
    /// The ledger has not spoken lately: not full, not free, not known.
    Unknown,
}

/// The steps of a booking, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Clinic,
    Time,
    Confirm,
    Done,
}

impl Step {
    pub const ALL: [Self; 4] = [Self::Clinic, Self::Time, Self::Confirm, Self::Done];

    /// `Step::Clinic` is 1.
    pub fn number(self) -> usize {
        self as usize + 1
    }
}

/// A link with its words; `href` is complete (`lang.href` has been applied).
#[derive(Clone, Debug)]
pub struct Link {
    pub label: String,
    pub href: String,
}

impl Link {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// One thing to correct, in the language of the page. `field` is the `name` of the input.
#[derive(Clone, Debug)]
pub struct FieldError {
    pub field: &'static str,
    pub message: String,
}

/// What is to be corrected in a form, in the order of its fields.
#[derive(Clone, Debug, Default)]
pub struct Errors(pub Vec<FieldError>);

impl Errors {
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|e| e.field == field).map(|e| e.message.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a person wants to know of a clinic.
#[derive(Clone, Debug)]
pub struct ClinicCard {
    pub id: String,
    pub name: String,
    pub address: String,
    pub phone: Option<String>,
    /// For example `평일 09:00~18:00`.
    pub hours: String,
    /// For example `13:00~14:00`.
    pub lunch: Option<String>,
    /// For example `일요일·공휴일`.
    pub closed_days: Option<String>,
}

/// Who is to be vaccinated, with as much as the page needs and no more.
#[derive(Clone, Debug)]
pub struct RecipientCard {
    pub name: String,
    pub born_on: Date,
    /// For example `010-****-5678`; only of oneself, and where one is known.
    pub phone_masked: Option<String>,
}

/// One of those for whom places are held or booked together.
#[derive(Clone, Debug)]
pub struct PersonPlaces {
    pub recipient: RecipientCard,
    /// Once it is booked.
    pub number: Option<String>,
    pub date: Date,
    pub time: Time,
    /// The second dose that is booked along.
    pub second_dose: Option<(Date, Time)>,
    pub second_number: Option<String>,
}

/// A "no" as the page says it.
#[derive(Clone, Debug)]
pub struct RefusalNote {
    /// Stable code that an agent can look up.
    pub code: String,
    pub sentence: String,
    pub next_step: String,
}

/// A free place near the one that was asked for: a form of one tap.
#[derive(Clone, Debug)]
pub struct Alternative {
    pub clinic_id: String,
    pub clinic_name: String,
    /// For example `같은 의료기관` or `걸어서 10분`.
    pub nearness: String,
    pub date: Date,
    pub time: Time,
}

/// Which dose, when and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitPlace {
    pub dose_number: u8,
    pub date: Date,
    pub time: Time,
    pub clinic_name: String,
}

/// An appointment that moves, or was moved. The number stays.
#[derive(Clone, Debug)]
pub struct Move {
    pub number: String,
    pub recipient_name: String,
    pub from: VisitPlace,
    pub to: VisitPlace,
}
