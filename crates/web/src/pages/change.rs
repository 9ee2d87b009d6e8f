//! Somebody wants to move an appointment and has never been inside: why they wait in line first.

use super::Chrome;
use askama::Template;

/// An answer to `POST /my/change`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/change_wait.html", whitespace = "minimize")]
pub struct ChangeWaitPage {
    pub chrome: Chrome,
    pub has_ticket: bool,
}
