//! A place that is kept for some minutes, waiting for its confirmation.

use super::Chrome;
use super::parts::{ClinicCard, Move, PersonPlaces, RefusalNote, Step};
use askama::Template;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

/// `GET /book/hold`. Forms: `POST /book/confirm`, `/book/extend`, `/book/release`, each with `hold`, `csrf`, `key`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/hold.html", whitespace = "minimize")]
pub struct HoldPage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub hold_id: String,
    pub clinic: ClinicCard,
    pub date: Date,
    pub time: Time,
    pub vaccine: String,
    pub dose_number: u8,
    /// Everybody for whom places are held.
    pub people: Vec<PersonPlaces>,
    /// For a change: what moves, and from where. Empty for a new booking.
    pub moves: Vec<Move>,
    pub until: Timestamp,
    /// How long a hold lasts in all: the full length of the bar.
    pub hold_seconds: u32,
    pub can_extend: bool,
    pub refusal: Option<RefusalNote>,
}

impl HoldPage {
    fn is_change(&self) -> bool {
        !self.moves.is_empty()
    }

    fn seconds_left(&self) -> u64 {
        self.until.duration_since(self.chrome.now).as_secs().max(0).unsigned_abs()
    }
}
