//! The times of one day at one clinic: choose one and hold it.

use super::Chrome;
use super::parts::{Alternative, ClinicCard, Errors, Link, RefusalNote, Step};
use askama::Template;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

#[derive(Clone, Debug)]
pub struct BandRow {
    pub time: Time,
    pub free: u64,
    /// Whether everybody finds a place here, side by side.
    pub fits: bool,
    pub chosen: bool,
}

/// `GET /book/clinics/{id}/{date}`; also the answer to a `POST /book/hold` that met a full slot.
/// The form posts `clinic`, `date` (`2021-07-26`), `time` (`09:30`), `csrf`, `key`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/times.html", whitespace = "minimize")]
pub struct TimesPage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub crumbs: Vec<Link>,
    pub clinic: ClinicCard,
    pub date: Date,
    /// For how many people.
    pub people: usize,
    pub bands: Vec<BandRow>,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
    /// The place whose hold ran out, if one tap can still take it.
    pub again: Option<Alternative>,
    pub alternatives: Vec<Alternative>,
    pub as_of: Timestamp,
}

impl TimesPage {
    fn all_full(&self) -> bool {
        self.bands.iter().all(|b| !b.fits)
    }
}
