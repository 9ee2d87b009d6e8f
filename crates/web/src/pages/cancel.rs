//! The question before a cancellation.

use super::Chrome;
use super::my::AppointmentRow;
use super::parts::VisitPlace;
use askama::Template;

/// The answer to `POST /my/cancel` without `sure`. Its form posts `appointment`, `sure=1`, `csrf`, `key`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/cancel.html", whitespace = "minimize")]
pub struct CancelPage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub appointment: AppointmentRow,
    /// The second dose goes with it.
    pub second_dose: Option<VisitPlace>,
}
