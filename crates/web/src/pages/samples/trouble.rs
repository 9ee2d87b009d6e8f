//! A broken machine, and more than it can serve.

use super::chrome;
use crate::lang::Lang;
use crate::pages::busy::{Again, BusyPage, Reason};
use crate::pages::connector::{ConnectorPage, Hindrance};
use crate::pages::trouble::TroublePage;

const HIDDEN: &str =
    "<input type=\"hidden\" name=\"csrf\" value=\"x\"><input type=\"hidden\" name=\"key\" value=\"y\">";

pub(super) fn add(lang: Lang, add: &mut dyn FnMut(&'static str, &dyn askama::DynTemplate)) {
    add("trouble", &trouble(lang));
    for (name, hindrance) in [
        ("connector-line-silent", Hindrance::LineSilent),
        ("connector-site-silent", Hindrance::SiteSilent),
        ("connector-begin-again", Hindrance::BeginAgain),
    ] {
        let site = lang.t("시험 공연 예매", "Test Tickets").to_owned();
        add(name, &ConnectorPage::new(lang, hindrance, site, "https://line.test".to_owned()));
    }
    for (name, reason, again) in [
        ("busy", Reason::Crowded, Again::ByItself),
        ("busy-still", Reason::Crowded, Again::Still),
        ("busy-form", Reason::Crowded, Again::Form),
        ("too-often", Reason::TooOften, Again::ByItself),
        ("too-often-form", Reason::TooOften, Again::Form),
    ] {
        let (chrome, retry_seconds) = (chrome(lang, "/wait"), 7);
        let action = lang.t("/book/confirm", "/en/book/confirm");
        add(name, &BusyPage { chrome, reason, again, retry_seconds, action, hidden: HIDDEN });
    }
}

fn trouble(lang: Lang) -> TroublePage {
    TroublePage {
        chrome: chrome(lang, "/book"),
        retry_seconds: 20,
        retry_href: lang.href("/book"),
        support_code: "903-482113".to_owned(),
    }
}
