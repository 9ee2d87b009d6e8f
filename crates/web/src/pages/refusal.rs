//! A "no" with its reason, the next step and a code that an agent can look up. Never an error.

use super::Chrome;
use super::parts::{Alternative, Link, RefusalNote};
use askama::Template;

/// The answer to any write that a rule refused, where no form can be shown again.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/refusal.html", whitespace = "minimize")]
pub struct RefusalPage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub note: RefusalNote,
    /// The first is the primary one.
    pub actions: Vec<Link>,
    /// What may be done at once: a button, and where it is sent.
    pub button: Option<Link>,
    pub alternatives: Vec<Alternative>,
}
