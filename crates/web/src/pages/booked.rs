//! The booking that was made: to keep, to print, to show at the clinic.

use super::Chrome;
use super::parts::{ClinicCard, Move, RecipientCard, Step, VisitPlace};
use crate::qr::QrPicture;
use askama::Template;
use jiff::civil::{Date, Time};

/// `GET /my/booked` and `GET /my/booked/{number}`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/booked.html", whitespace = "minimize")]
pub struct BookedPage {
    pub chrome: Chrome,
    pub appointment_number: String,
    pub recipient: RecipientCard,
    pub clinic: ClinicCard,
    pub date: Date,
    pub time: Time,
    pub vaccine: String,
    pub dose_number: u8,
    pub second_dose: Option<VisitPlace>,
    /// What the last change moved; empty after a new booking.
    pub moves: Vec<Move>,
    pub qr: QrPicture,
    pub calendar_href: String,
    /// The last day on which it can be changed or cancelled here.
    pub cancel_until: Date,
}
