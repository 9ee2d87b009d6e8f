//! A month of what staff looked at and did, in figures.

use super::Frame;
use crate::looks::months::Figures;
use crate::pages::parts::Errors;
use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;

/// `GET /desk/review?month=`. Form: `POST /desk/review` with `month`, `finding`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/review.html", whitespace = "minimize")]
pub struct ReviewPage {
    pub frame: Frame,
    /// `2027-07`.
    pub month: String,
    pub first_day: Date,
    pub is_over: bool,
    /// What stands out first.
    pub rows: Vec<ReviewRow>,
    pub reviewed: Vec<Reviewed>,
    /// The latest first.
    pub months: Vec<MonthRow>,
    /// Everything before it is counted; `None` while the record is being read.
    pub until: Option<Timestamp>,
    pub finding: String,
    pub errors: Errors,
}

/// An account.
#[derive(Clone, Debug)]
pub struct ReviewRow {
    pub who: String,
    pub figures: Figures,
    pub unmasked_stands_out: bool,
    pub night_stands_out: bool,
    pub looks_stand_out: bool,
}

#[derive(Clone, Debug)]
pub struct Reviewed {
    pub by: String,
    pub at: Timestamp,
    pub finding: String,
}

#[derive(Clone, Debug)]
pub struct MonthRow {
    pub href: String,
    pub first_day: Date,
    pub is_shown: bool,
    pub is_over: bool,
    pub is_reviewed: bool,
}
