//! How the service works, and what its words mean.

use super::Chrome;
use super::parts::LineOrder;
use askama::Template;

/// `GET /help`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/help.html", whitespace = "minimize")]
pub struct HelpPage {
    pub chrome: Chrome,
    pub order: LineOrder,
    pub hold_minutes: u32,
    pub pass_minutes: u32,
    /// Days before a visit until which it can be changed or cancelled here.
    pub cancel_days: u16,
}
