//! The code that somebody to be booked for reads out to the helper.

use super::Chrome;
use super::parts::Errors;
use askama::Template;
use jiff::Timestamp;

/// `GET`, `POST /people/code`. Field: `code`. A second form, `POST /people/code/resend`, sends the message again. The
/// page is the same whether there is such a person or not, and knows no phone.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/people_code.html", whitespace = "minimize")]
pub struct RecipientCodePage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    /// As the helper typed it.
    pub name: String,
    pub expires_at: Timestamp,
    pub tries_left: Option<u32>,
    pub errors: Errors,
}
