//! Who looked at one's data: not read yet, nobody, an unquiet month.

use super::{at, chrome};
use crate::lang::Lang;
use crate::looks::{Deed, place_words};
use crate::pages::looks::{LookRow, LooksPage};
use booking::Channel;

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
