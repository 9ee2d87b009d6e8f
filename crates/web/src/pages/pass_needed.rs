//! Before the gate without a pass.

use super::Chrome;
use askama::Template;

/// The answer of every page behind the gate to whoever holds no pass, or one that has ended.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/pass_needed.html", whitespace = "minimize")]
pub struct PassNeededPage {
    pub chrome: Chrome,
    pub has_ticket: bool,
    /// There was a pass and its time is over.
    pub expired: bool,
}
