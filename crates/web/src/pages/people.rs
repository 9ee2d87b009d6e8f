//! For whom somebody books: the party of a booking, and who was named to be booked for.

use super::Chrome;
use super::parts::{Errors, Link, RefusalNote};
use crate::lang::Lang;
use askama::Template;
use jiff::Timestamp;

/// Why somebody can or cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyState {
    Open,
    Booked,
    Vaccinated,
    NotEligible,
}

/// Oneself, or somebody one books for.
#[derive(Clone, Debug)]
pub struct PartyRow {
    /// How forms name this person.
    pub reference: String,
    pub name: String,
    pub birth_year: i16,
    /// What they are to the person; none for oneself.
    pub relation: Option<&'static str>,
    pub added_at: Option<Timestamp>,
    pub state: PartyState,
    pub chosen: bool,
}

/// `GET /people`. Forms: `POST /people/party` with `party` for each person, `POST /people/stop` with `recipient`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/people.html", whitespace = "minimize")]
pub struct PeoplePage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub rows: Vec<PartyRow>,
    pub recipients_max: usize,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
    pub onward: Link,
}

impl PeoplePage {
    fn may_add(&self) -> bool {
        self.rows.iter().filter(|row| row.relation.is_some()).count() < self.recipients_max
    }

    fn may_choose(&self) -> bool {
        self.rows.iter().any(|row| row.state == PartyState::Open)
    }
}

/// One choice of a relation.
#[derive(Clone, Debug)]
pub struct RelationChoice {
    pub code: &'static str,
    pub label: &'static str,
    pub chosen: bool,
}

/// `GET /people/add`. The form posts `name`, `number_kind`, `number`, with a temporary one `birth_date`, `phone`, `relation`,
/// `consent`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/people_add.html", whitespace = "minimize")]
pub struct AddRecipientPage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub name: String,
    pub number: String,
    /// Whether the number is a temporary one.
    pub temporary: bool,
    pub birth_date: String,
    pub phone: String,
    pub relations: Vec<RelationChoice>,
    pub consent_version: u16,
    pub consent_text: &'static str,
    pub consented: bool,
    /// A code goes to the phone on record next; no phone is asked for.
    pub code_needed: bool,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
}

/// What is asked once more before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// The helper gives somebody up.
    Stop,
    /// The recipient takes the helper's leave away.
    Revoke,
}

/// The answer to `POST /people/stop` and `POST /my/helper/revoke` without `sure`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/people_part.html", whitespace = "minimize")]
pub struct PartPage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub parting: Parting,
    pub reference: String,
    pub name: String,
}

/// Somebody who may book for the person, as `/my` shows them.
#[derive(Clone, Debug)]
pub struct HelperRow {
    pub reference: String,
    pub name_masked: String,
    /// What the helper says the person is to them.
    pub relation: &'static str,
    pub since: Timestamp,
    /// When the person agreed by a code.
    pub proved_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// Where one goes on from the list of people.
pub fn onward(lang: Lang, admitted: bool) -> Link {
    if admitted {
        Link::new(lang.t("예약 계속하기", "Continue to booking"), lang.href("/book"))
    } else {
        Link::new(lang.t("내 대기표로", "To my ticket"), lang.href("/wait"))
    }
}
