//! Whether everybody is served alike, in figures that anybody can check.

use super::Chrome;
use super::parts::LineOrder;
use crate::fairness::counted::Way;
use crate::fairness::hidden::Cell;
use crate::fairness::{Column, Report, Row};
use crate::gate::scored::Score;
use crate::lang::in_korea;
use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;

/// Of more hours the page shows the latest; the file has all of them.
const HOURS_SHOWN_MAX: usize = 48;

/// `GET /fairness`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/fairness.html", whitespace = "minimize")]
pub struct FairnessPage {
    pub chrome: Chrome,
    pub campaign_name: String,
    pub order: LineOrder,
    /// None until the record has been read.
    pub report: Option<Arc<Report>>,
    pub score: Score,
    pub scored_from: Timestamp,
}

impl FairnessPage {
    /// The latest day first, each from its first hour on.
    fn days(report: &Report) -> Vec<(Date, Vec<Row>)> {
        let shown = &report.rows[report.rows.len().saturating_sub(HOURS_SHOWN_MAX)..];
        let mut days: Vec<(Date, Vec<Row>)> = Vec::new();
        for row in shown {
            let day = in_korea(row.from).date();
            match days.last_mut() {
                Some((last, rows)) if *last == day => rows.push(*row),
                _ => days.push((day, vec![*row])),
            }
        }
        days.reverse();
        days
    }

    /// With their names.
    fn ways(&self, report: &Report) -> Vec<(&'static str, Column)> {
        let lang = self.chrome.lang;
        let name = |way| match way {
            Way::Online => lang.t("온라인", "Online"),
            Way::Desk => lang.t("전화·창구", "Phone, desk"),
            Way::Clinic => lang.t("의료기관", "Clinic"),
            Way::Server => lang.t("서버", "Server"),
        };
        Way::ALL.map(name).into_iter().zip(report.columns.clone()).collect()
    }

    fn is_cut(report: &Report) -> bool {
        report.rows.len() > HOURS_SHOWN_MAX
    }

    fn hidden_cells(report: &Report) -> u64 {
        report.columns.iter().map(|column| column.untold_cells).sum()
    }

    /// `20`: the hour begins at it.
    fn hour(row: &Row) -> i8 {
        in_korea(row.from).hour()
    }

    /// Of a hundred, rounded down: nothing is made to look better than it was.
    fn percent(&self) -> u64 {
        (self.score.sooner + self.score.as_told) * 100 / self.score.all().max(1)
    }
}
