//! The days of a clinic on which something is free.

use super::Frame;
use crate::pages::parts::Availability;
use askama::Template;
use jiff::civil::Date;

#[derive(Clone, Debug)]
pub struct DayRow {
    pub date: Date,
    pub href: Option<String>,
    pub free: u64,
    pub availability: Availability,
}

/// `GET /desk/people/{person}/clinics/{clinic}`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/days.html", whitespace = "minimize")]
pub struct DaysPage {
    pub frame: Frame,
    pub path: String,
    pub clinic: String,
    pub days: Vec<DayRow>,
}
