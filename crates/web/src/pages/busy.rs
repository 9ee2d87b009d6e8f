//! More came than can be served, from everybody or from one: when to come again, and nothing typed is lost.

use super::Chrome;
use askama::Template;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// 503.
    Crowded,
    /// 429: this person, ticket or address asked too often.
    TooOften,
}

/// What the page does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Again {
    /// Asks again by itself.
    ByItself,
    /// The person wants it to keep still.
    Still,
    /// Something was sent: it is offered to be sent again, with the same key. Never by itself.
    Form,
}

/// Made once a second for everybody, so it names no address: links and the form go to where it was asked for.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/busy.html", whitespace = "minimize")]
pub struct BusyPage {
    pub chrome: Chrome,
    pub reason: Reason,
    pub again: Again,
    /// Spread by the server.
    pub retry_seconds: u32,
    /// Where [`Again::Form`] goes, and its hidden fields as HTML; marks in their place until it goes out.
    pub action: &'static str,
    pub hidden: &'static str,
}
