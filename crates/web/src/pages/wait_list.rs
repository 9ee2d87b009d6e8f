//! Waiting for a place that may come back.

use super::Chrome;
use super::parts::{Alternative, Errors, RefusalNote};
use askama::Template;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

/// One of several to choose from, as its form sends it.
#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// Where one may wait; its name is Korean.
#[derive(Clone, Debug)]
pub struct PlaceChoice {
    pub value: String,
    pub name: String,
    /// Any clinic of a 시·군·구.
    pub is_area: bool,
    pub chosen: bool,
}

/// `GET /book/waitlist?place=…[&date=…]`, and `POST /book/waitlist` with what went wrong. The form posts `place` (a
/// clinic or a 시·군·구), `recipient` (a reference), `from`, `until` (days, or nothing for any day), `csrf`, `key`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/wait_list.html", whitespace = "minimize")]
pub struct WaitListPage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    /// The clinic and its 시·군·구, or the latter alone.
    pub places: Vec<PlaceChoice>,
    /// Who is to be vaccinated.
    pub people: Vec<Choice>,
    pub from: Vec<Choice>,
    pub until: Vec<Choice>,
    pub answer_minutes: u64,
    pub offers_max: usize,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
    /// Places that are free after all.
    pub alternatives: Vec<Alternative>,
}

impl WaitListPage {
    /// `2시간`, `90분`.
    fn answer_time(&self) -> String {
        let (hours, minutes) = (self.answer_minutes / 60, self.answer_minutes);
        let lang = self.chrome.lang;
        match self.answer_minutes.is_multiple_of(60) {
            true if lang.is_ko() => format!("{hours}시간"),
            true => format!("{hours} hours"),
            false if lang.is_ko() => format!("{minutes}분"),
            false => format!("{minutes} minutes"),
        }
    }
}

/// A place that is kept for somebody until they answer.
#[derive(Clone, Debug)]
pub struct OfferRow {
    pub date: Date,
    pub time: Time,
    pub clinic_name: String,
    pub clinic_address: String,
    pub second_dose: Option<(Date, Time)>,
    pub until: Timestamp,
}

/// Somebody who waits, as the page of one's own bookings shows it.
#[derive(Clone, Debug)]
pub struct WaitRow {
    pub wait: String,
    pub recipient_name: String,
    pub place_name: String,
    pub days: Option<(Date, Date)>,
    pub since: Timestamp,
    /// How many came before.
    pub before: u64,
    pub offer: Option<OfferRow>,
}
