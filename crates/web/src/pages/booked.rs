//! The booking that was made: to keep, to print, to show at the clinic.

use super::Chrome;
use super::parts::{ClinicCard, PersonPlaces, Step};
use askama::Template;
use jiff::civil::{Date, Time};

/// `GET /my/booked`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/booked.html", whitespace = "minimize")]
pub struct BookedPage {
    pub chrome: Chrome,
    /// Everybody who was booked together.
    pub people: Vec<PersonPlaces>,
    /// Where the person themselves is told; masked.
    pub phone_masked: Option<String>,
    pub clinic: ClinicCard,
    pub date: Date,
    pub time: Time,
    pub vaccine: String,
    pub dose_number: u8,
    /// The last day on which it can be cancelled here.
    pub cancel_until: Date,
}
