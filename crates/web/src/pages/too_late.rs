//! The visit is too near to be moved or cancelled here: whom to phone.

use super::Chrome;
use super::my::AppointmentRow;
use super::parts::RefusalNote;
use askama::Template;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Cancel,
    Change,
}

/// An answer to `POST /my/cancel` and `POST /my/change`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/too_late.html", whitespace = "minimize")]
pub struct TooLatePage {
    pub chrome: Chrome,
    pub wanted: Wanted,
    pub note: RefusalNote,
    pub appointment: AppointmentRow,
}
