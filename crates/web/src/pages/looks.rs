//! Who of the staff looked at one's data.

use super::Chrome;
use askama::Template;
use jiff::Timestamp;

/// `GET /my/looks`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/looks.html", whitespace = "minimize")]
pub struct LooksPage {
    pub chrome: Chrome,
    /// The newest first.
    pub rows: Vec<LookRow>,
    pub all: usize,
    /// Everything before it is here; `None` while the record is being read.
    pub until: Option<Timestamp>,
    pub newer: Option<String>,
    pub older: Option<String>,
}

#[derive(Clone, Debug)]
pub struct LookRow {
    pub at: Timestamp,
    pub place: &'static str,
    pub what: &'static str,
    pub was_refused: bool,
    /// As staff gave it; empty where none is asked for.
    pub why: String,
}
