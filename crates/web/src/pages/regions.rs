//! Finding a clinic by region. The same pages serve everybody (static, `/regions`) and, behind the gate, a
//! booking (`/book`).

use super::Chrome;
use super::favourites::Prepared;
use super::parts::{Availability, ClinicCard, Link, Step};
use askama::Template;
use jiff::Timestamp;

#[derive(Clone, Debug)]
pub struct RegionRow {
    pub name: String,
    pub href: String,
    pub clinics: u64,
    pub availability: Availability,
}

/// `GET /regions`, `/regions/{시·도}`, `/book`, `/book/regions/{시·도}`: the regions below one.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/regions.html", whitespace = "minimize")]
pub struct RegionsPage {
    pub chrome: Chrome,
    pub booking: bool,
    /// From the whole country down to here; empty at the top.
    pub crumbs: Vec<Link>,
    /// The name of the 시·도, or nothing at the top.
    pub region: Option<String>,
    pub rows: Vec<RegionRow>,
    /// Only at the head of a booking.
    pub prepared: Option<Prepared>,
    pub as_of: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub struct ClinicRow {
    pub clinic: ClinicCard,
    /// Its days; `None` where one can only look.
    pub href: Option<String>,
    pub availability: Availability,
}

#[derive(Clone, Debug)]
pub struct Neighbourhood {
    /// The 10-digit code, the anchor of its heading.
    pub code: String,
    pub name: String,
    pub clinics: Vec<ClinicRow>,
}

/// `GET /regions/{시·군·구}`, `/book/regions/{시·군·구}`: the clinics of one 시·군·구 by 읍·면·동.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/clinics.html", whitespace = "minimize")]
pub struct ClinicsPage {
    pub chrome: Chrome,
    pub booking: bool,
    pub crumbs: Vec<Link>,
    pub code: String,
    pub region: String,
    pub neighbourhoods: Vec<Neighbourhood>,
    /// None while nobody knows what is free.
    pub as_of: Option<Timestamp>,
}

impl RegionsPage {
    fn search_path(&self) -> &'static str {
        if self.booking { "/book/find" } else { "/find" }
    }
}

impl ClinicsPage {
    fn search_path(&self) -> &'static str {
        if self.booking { "/book/find" } else { "/find" }
    }

    fn all_full(&self) -> bool {
        let mut rows = self.neighbourhoods.iter().flat_map(|place| &place.clinics).peekable();
        rows.peek().is_some() && rows.all(|row| row.availability == Availability::None)
    }

    fn clinics_total(&self) -> usize {
        self.neighbourhoods.iter().map(|n| n.clinics.len()).sum()
    }
}
