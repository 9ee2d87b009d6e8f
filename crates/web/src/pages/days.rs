//! One clinic and its days.

use super::Chrome;
use super::parts::{Availability, ClinicCard, Link, Step};
use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;

#[derive(Clone, Debug)]
pub struct DayRow {
    pub date: Date,
    /// `None` when nothing can be chosen there.
    pub href: Option<String>,
    pub availability: Availability,
}

/// `GET /book/clinics/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/days.html", whitespace = "minimize")]
pub struct DaysPage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub crumbs: Vec<Link>,
    pub clinic: ClinicCard,
    pub is_favourite: bool,
    pub days: Vec<DayRow>,
    pub as_of: Timestamp,
}

impl DaysPage {
    fn nothing_free(&self) -> bool {
        self.days.iter().all(|d| d.href.is_none())
    }
}
