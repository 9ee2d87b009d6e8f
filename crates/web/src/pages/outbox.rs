//! Messages of the demonstration: what would have gone to a phone.

use super::Chrome;
use askama::Template;
use jiff::Timestamp;

#[derive(Clone, Debug)]
pub struct OutboxMessage {
    pub sent_at: Timestamp,
    pub to_masked: String,
    pub text: String,
    pub code: Option<String>,
}

/// `GET /outbox`, in the demonstration only. Newest first.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/outbox.html", whitespace = "minimize")]
pub struct OutboxPage {
    pub chrome: Chrome,
    pub messages: Vec<OutboxMessage>,
}
