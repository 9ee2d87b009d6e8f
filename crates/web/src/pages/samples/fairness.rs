//! Whether everybody is served alike: not counted yet, nothing booked yet, an opening and its nights.

use super::{at, chrome};
use crate::fairness::counted::Way;
use crate::fairness::hidden::{Cell, Figures};
use crate::fairness::{Column, Report, Row};
use crate::gate::scored::Score;
use crate::lang::Lang;
use crate::pages::fairness::FairnessPage;
use crate::pages::parts::LineOrder;
use jiff::ToSpan;
use std::array::from_fn;
use std::sync::Arc;

pub(super) fn add(lang: Lang, add: &mut dyn FnMut(&'static str, &dyn askama::DynTemplate)) {
    let uncounted = FairnessPage {
        chrome: chrome(lang, "/fairness"),
        campaign_name: lang.t("55~59세 코로나19 백신 예약", "COVID-19 vaccination, ages 55–59").to_owned(),
        order: LineOrder::FirstCome,
        report: None,
        score: Score::default(),
        scored_from: at("2021-07-11T21:30:00+09:00"),
    };
    let until = at("2021-07-12T00:00:00+09:00");
    let empty = Report { until, ..Report::default() };
    let empty = FairnessPage { report: Some(Arc::new(empty)), order: LineOrder::Draw, ..uncounted.clone() };
    let score = Score { sooner: 31, as_told: 1_840, later: 12 };
    let full = FairnessPage { report: Some(Arc::new(opening())), score, ..uncounted.clone() };
    for (name, page) in [("fairness-uncounted", uncounted), ("fairness-empty", empty), ("fairness", full)] {
        add(name, &page);
    }
}

/// More hours than the page shows, and among them figures as wide as they get.
fn opening() -> Report {
    let opened_at = at("2021-07-12T00:00:00+09:00");
    let mut figures: [Figures; Way::ALL.len()] = from_fn(|_| Figures::default());
    let row = |hour: u64| {
        let from = opened_at + (hour as i64).hours();
        let people = [1_204_310 / (hour + 1), 240_000 / (hour * hour + 1), hour * 7 % 11, 0];
        let cells: [Cell; Way::ALL.len()] = from_fn(|way| figures[way].add(from, people[way]));
        Row { from, cells }
    };
    let rows: Vec<Row> = (0..60).map(row).collect();
    Report { until: opened_at + 60.hours(), rows, columns: figures.each_ref().map(Column::from) }
}
