//! Clinics that a person marked: prepared while waiting, one tap away at the turn.

use super::Chrome;
use super::days::DayRow;
use super::parts::{Alternative, ClinicCard};
use askama::Template;

/// `GET /favourites`. Forms: `POST /favourites/first`, `/favourites/remove`, each with `clinic`, `csrf`, `key`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/favourites.html", whitespace = "minimize")]
pub struct FavouritesPage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    /// In the person's order.
    pub clinics: Vec<ClinicCard>,
    pub favourites_max: usize,
    /// The clinic that was not added, because there are enough.
    pub one_too_many: Option<String>,
    pub has_ticket: bool,
    pub may_book: bool,
}

/// `GET /favourites/clinics/{clinic}`: asks first, because a link alone must change nothing.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/favourite_add.html", whitespace = "minimize")]
pub struct FavouriteAddPage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub clinic: ClinicCard,
    pub added: bool,
}

/// What stands at the head of the booking: whatever the person prepared, with what is free now.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub csrf: String,
    pub key: String,
    /// How long a pass lives without activity.
    pub pass_minutes: u32,
    /// The place chosen last, if it is not booked and still free.
    pub again: Option<Alternative>,
    pub favourites: Vec<FavouriteDays>,
}

#[derive(Clone, Debug)]
pub struct FavouriteDays {
    pub name: String,
    pub address: String,
    /// All its days.
    pub href: String,
    /// Those on which something is free; empty when it is full.
    pub days: Vec<DayRow>,
}
