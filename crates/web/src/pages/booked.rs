//! The booking that was made: to keep, to print, to show at the clinic.

use super::Chrome;
use super::parts::{ClinicCard, Move, PersonPlaces, Step};
use crate::qr::QrPicture;
use askama::Template;
use jiff::civil::{Date, Time};

/// `GET /my/booked` and `GET /my/booked/{number}`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/booked.html", whitespace = "minimize")]
pub struct BookedPage {
    pub chrome: Chrome,
    /// In the picture to show; the others stand beside their people.
    pub appointment_number: String,
    /// Everybody who was booked together.
    pub people: Vec<PersonPlaces>,
    /// Where the person themselves is told; masked.
    pub phone_masked: Option<String>,
    pub clinic: ClinicCard,
    pub date: Date,
    pub time: Time,
    pub vaccine: String,
    pub dose_number: u8,
    /// What the last change moved; empty after a new booking.
    pub moves: Vec<Move>,
    pub qr: QrPicture,
    pub calendar_href: String,
    /// The last day on which it can be changed or cancelled here.
    pub cancel_until: Date,
}

impl BookedPage {
    /// Whose number the picture holds, where it could be somebody else's.
    fn name_at_picture(&self) -> Option<&str> {
        let of = |one: &&PersonPlaces| one.number.as_ref() == Some(&self.appointment_number);
        let found = self.people.iter().find(of).filter(|_| self.people.len() > 1)?;
        Some(&found.recipient.name)
    }
}
