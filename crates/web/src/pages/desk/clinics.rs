//! Where the caller wants to go.

use super::Frame;
use crate::pages::parts::Availability;
use askama::Template;

#[derive(Clone, Debug)]
pub struct ClinicRow {
    pub name: String,
    pub address: String,
    pub region: String,
    pub availability: Availability,
    pub href: String,
}

/// `GET /desk/people/{person}/clinics?q=`: the name of a clinic or of a region.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/clinics.html", whitespace = "minimize")]
pub struct ClinicsPage {
    pub frame: Frame,
    pub path: String,
    pub query: String,
    /// None before a search.
    pub rows: Option<Vec<ClinicRow>>,
    pub total: u64,
    /// Counted from a place; otherwise those of a name.
    pub nearest_first: bool,
}
