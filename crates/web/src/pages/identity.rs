//! Proving who one is: name, number and phone, then the code that came to the phone.

use super::Chrome;
use super::parts::Errors;
use askama::Template;
use jiff::Timestamp;

/// `GET`, `POST /identity`. Fields: `name`, `number`, `number_kind` (`resident` or `temporary`), `birth_date`
/// (eight digits, with a temporary number only), `phone`, `next`. What was typed is kept.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/identity.html", whitespace = "minimize")]
pub struct IdentityPage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub name: String,
    pub number: String,
    /// A temporary number was chosen.
    pub is_temporary: bool,
    pub birth_date: String,
    pub phone: String,
    pub errors: Errors,
    /// A place in line exists: the page says that it is kept meanwhile.
    pub has_ticket: bool,
    /// The provider believes what is typed: the page says so.
    pub takes_anybodys_word: bool,
    /// Where to go on afterwards ([`crate::identity::Next`]).
    pub next: Option<&'static str>,
}

/// `GET`, `POST /identity/code`. Field: `code`. A second form, `POST /identity/code/resend`, sends another.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/identity_code.html", whitespace = "minimize")]
pub struct IdentityCodePage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub name: String,
    /// `620314-1******`.
    pub number_masked: String,
    pub phone_masked: String,
    pub expires_at: Timestamp,
    pub tries_left: Option<u32>,
    pub errors: Errors,
    pub has_ticket: bool,
}
