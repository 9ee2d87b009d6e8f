//! How the order is drawn, told step by step as it happens, with everything to compute it again.

use super::Chrome;
use crate::draw::{RootFile, Rules, ValueFile};
use askama::Template;

/// `GET /draw`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/draw.html", whitespace = "minimize")]
pub struct DrawPage {
    pub chrome: Chrome,
    /// None where the first to come is the first to be served.
    pub rules: Option<Rules>,
    pub root: Option<RootFile>,
    pub value: Option<ValueFile>,
    /// Of whoever carries a ticket that takes part.
    pub own: Option<OwnPart>,
}

/// What a participant can show.
#[derive(Clone, Debug)]
pub struct OwnPart {
    pub receipt: String,
    /// Position in the list, and the hashes beside the way to the root; none before the list is closed.
    pub proof: Option<(u64, Vec<String>)>,
    /// From 0; none until it is drawn.
    pub queue_number: Option<u64>,
}

impl DrawPage {
    /// Seconds after the opening, and that the root must be public before.
    fn seconds(&self) -> (u32, u32) {
        self.rules.as_ref().map_or((0, 0), |rules| (rules.after_opening_s, rules.root_before_s))
    }
}
