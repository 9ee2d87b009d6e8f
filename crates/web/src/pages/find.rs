//! Finding a clinic by name, region, distance and free places: `/find` for everybody, `/book/find` for a booking.

use super::Chrome;
use super::parts::{Availability, ClinicCard, Errors, Link, Step};
use crate::map::Map;
use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;

/// One of several in a form.
#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// What was asked for, as the form shows it again.
#[derive(Clone, Debug, Default)]
pub struct FindForm {
    pub name: String,
    pub near: String,
    /// The code of the chosen 읍·면·동 and its whole name.
    pub centre: Option<(String, String)>,
    pub regions: Vec<Choice>,
    pub days: Vec<Choice>,
    pub parts: Vec<Choice>,
    pub free_first: bool,
}

impl FindForm {
    fn narrows_days(&self) -> bool {
        self.days.iter().any(|day| day.chosen) || self.parts.iter().skip(1).any(|part| part.chosen)
    }
}

/// One day of a clinic.
#[derive(Clone, Debug)]
pub struct DayCell {
    pub date: Date,
    pub availability: Availability,
    /// How many places; only behind the gate.
    pub free: Option<u64>,
    /// Its times, where one can be chosen.
    pub href: Option<String>,
}

#[derive(Clone, Debug)]
pub struct FoundRow {
    /// In the list and on the map.
    pub number: usize,
    pub clinic: ClinicCard,
    /// `서울특별시 강남구 역삼동`.
    pub place: String,
    /// For example `1.2 km`.
    pub distance: Option<String>,
    pub availability: Availability,
    pub days: Vec<DayCell>,
    /// Its days; only behind the gate.
    pub href: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Results {
    pub total: u64,
    pub rows: Vec<FoundRow>,
    pub map: Option<Map>,
    pub page: usize,
    pub pages: usize,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// `GET /find`, `/book/find`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/find.html", whitespace = "minimize")]
pub struct FindPage {
    pub chrome: Chrome,
    pub booking: bool,
    pub form: FindForm,
    pub errors: Errors,
    /// Places of the name that was typed, where it is not one alone.
    pub meant: Vec<Link>,
    /// None before anything was asked for.
    pub results: Option<Results>,
    /// None while nobody knows what is free.
    pub as_of: Option<Timestamp>,
}

impl FindPage {
    fn action(&self) -> String {
        self.chrome.lang.href(if self.booking { "/book/find" } else { "/find" })
    }

    /// What was asked for, in a line, where the form is folded away above what was found.
    fn folded(&self) -> Option<String> {
        let found = self.results.as_ref().filter(|found| !found.rows.is_empty());
        found.filter(|_| self.errors.is_empty())?;
        let form = &self.form;
        let chosen = |choices: &[Choice]| {
            let labels = choices.iter().filter(|choice| choice.chosen).map(|choice| choice.label.clone());
            labels.collect::<Vec<_>>().join(", ")
        };
        let part = if form.parts.first().is_some_and(|whole| whole.chosen) { &[][..] } else { &form.parts };
        let parts = [
            form.centre.as_ref().map_or_else(String::new, |(_, name)| name.clone()),
            form.name.clone(),
            chosen(&form.regions),
            chosen(&form.days),
            chosen(part),
        ];
        Some(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "))
    }

    fn order(&self) -> &str {
        let lang = self.chrome.lang;
        match (self.form.free_first && self.as_of.is_some(), self.form.centre.is_some()) {
            (true, true) => {
                lang.t("빈자리가 있는 곳부터, 가까운 순서입니다.", "Free places first, then the nearest.")
            }
            (true, false) => lang.t("빈자리가 있는 곳부터 보여 드립니다.", "Free places first."),
            (false, true) => lang.t("가까운 순서입니다.", "The nearest first."),
            (false, false) => lang.t("지역 순서입니다.", "In the order of the regions."),
        }
    }

    fn tree(&self) -> String {
        self.chrome.lang.href(if self.booking { "/book" } else { "/regions" })
    }
}
