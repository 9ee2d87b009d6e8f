//! The times of a day; one is held while they talk.

use super::Frame;
use crate::pages::parts::{Alternative, Errors, RefusalNote};
use askama::Template;
use jiff::civil::{Date, Time};

#[derive(Clone, Debug)]
pub struct BandRow {
    pub time: Time,
    pub free: u64,
}

/// `GET /desk/people/{person}/clinics/{clinic}/{date}`; the form posts `clinic`, `date`, `time` to `hold` below `path`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/times.html", whitespace = "minimize")]
pub struct TimesPage {
    pub frame: Frame,
    pub path: String,
    pub clinic_id: String,
    pub clinic: String,
    pub date: Date,
    pub bands: Vec<BandRow>,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
    pub nearest: Vec<Alternative>,
}
