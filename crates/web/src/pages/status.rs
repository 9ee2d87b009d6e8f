//! How the service stands and since when: measured, never a blank.

use super::Chrome;
use crate::gate::standing::{Bookings, Standing, Works};
use askama::Template;
use jiff::Timestamp;

/// `GET /status`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/status.html", whitespace = "minimize")]
pub struct StatusPage {
    pub chrome: Chrome,
    pub standing: Standing,
    pub opens_at: Timestamp,
}
