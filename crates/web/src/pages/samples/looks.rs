//! Who looked at one's data: not read yet, nobody, an unquiet month; and the month as an auditor sees it.

use super::desk::{error, frame};
use super::{at, chrome};
use crate::lang::Lang;
use crate::looks::months::Figures;
use crate::looks::{Deed, place_words};
use crate::pages::desk::review::{MonthRow, ReviewPage, ReviewRow, Reviewed};
use crate::pages::looks::{LookRow, LooksPage};
use crate::pages::parts::Errors;
use booking::Channel;
use jiff::civil::date;

pub(super) fn add(lang: Lang, add: &mut dyn FnMut(&'static str, &dyn askama::DynTemplate)) {
    let chrome = chrome(lang, "/my/looks");
    let reading = LooksPage { chrome, rows: Vec::new(), all: 0, until: None, newer: None, older: None };
    let none = LooksPage { until: Some(at("2021-07-12T00:12:00+09:00")), ..reading.clone() };
    let row = |minute: &str, over, deed: Deed, why: &str| LookRow {
        at: at(&format!("2021-07-12T00:{minute}:00+09:00")),
        place: place_words(over, lang),
        what: deed.words(lang),
        was_refused: false,
        why: why.to_owned(),
    };
    let rows = vec![
        row("09", Channel::Clinic, Deed::CheckedIn, ""),
        row("05", Channel::Phone, Deed::Confirmed, ""),
        LookRow { was_refused: true, ..row("04", Channel::Phone, Deed::Held, "") },
        row("03", Channel::Desk, Deed::SawNumbers, "신분증과 대조 / checked against the identity card"),
        row("02", Channel::Phone, Deed::SawPerson, ""),
    ];
    let full = LooksPage {
        rows,
        all: 65,
        newer: Some(lang.href("/my/looks?page=1")),
        older: Some(lang.href("/my/looks?page=3")),
        ..none.clone()
    };
    for (name, page) in [("my-looks-reading", reading), ("my-looks-none", none), ("my-looks", full)] {
        add(name, &page);
    }
}

pub(super) fn add_review(lang: Lang, add: &mut dyn FnMut(&'static str, &dyn askama::DynTemplate)) {
    let row = |who: &str, unmasked, at_night| ReviewRow {
        who: who.to_owned(),
        figures: Figures { looks: 1_204, unmasked, exports: 0, acts: 880, refused: 41, at_night },
        unmasked_stands_out: unmasked > 100,
        night_stands_out: at_night > 100,
        looks_stand_out: false,
    };
    let month = |month: i8, is_shown, is_over, is_reviewed| MonthRow {
        href: lang.href(&format!("/desk/review?month=2021-0{month}")),
        first_day: date(2021, month, 1),
        is_shown,
        is_over,
        is_reviewed,
    };
    let due = ReviewPage {
        frame: frame(lang, "/desk/review"),
        month: "2021-07".to_owned(),
        first_day: date(2021, 7, 1),
        is_over: true,
        rows: vec![row("kang.a", 312, 4), row("lee.b", 11, 208), row("hong.c", 9, 0)],
        reviewed: Vec::new(),
        months: vec![month(8, false, false, false), month(7, true, true, false), month(6, false, true, true)],
        until: Some(at("2021-08-02T09:12:00+09:00")),
        finding: String::new(),
        errors: Errors::default(),
    };
    let found = Reviewed {
        by: "gam.d".to_owned(),
        at: at("2021-08-02T09:20:00+09:00"),
        finding: "번호를 많이 본 1명, 통화 기록과 맞음".to_owned(),
    };
    let done = ReviewPage { reviewed: vec![found], ..due.clone() };
    let now = ReviewPage { is_over: false, rows: Vec::new(), until: None, ..due.clone() };
    add("desk-review-errors", &ReviewPage { errors: error(lang, "finding"), ..due.clone() });
    for (name, page) in [("desk-review", due), ("desk-review-done", done), ("desk-review-now", now)] {
        add(name, &page);
    }
}
