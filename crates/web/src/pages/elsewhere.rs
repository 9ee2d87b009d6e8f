//! Where the code of a place is typed, to go on with it in this browser.

use super::Chrome;
use super::parts::Errors;
use crate::qr::QrPicture;
use askama::Template;

/// `GET`, `POST /wait/code`. Field: `code`; a picture that was scanned brings it behind the `#`, which no server sees.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/elsewhere.html", whitespace = "minimize")]
pub struct ElsewherePage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub code: String,
    /// This browser holds a ticket, which the one of the code would replace.
    pub has_ticket: bool,
    /// Of that ticket, to take it elsewhere.
    pub own: Option<TicketCode>,
    pub errors: Errors,
}

/// The sixteen characters, and a picture that brings them to another device.
#[derive(Clone, Debug)]
pub struct TicketCode {
    pub code: String,
    pub picture: QrPicture,
}
