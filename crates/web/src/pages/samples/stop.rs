//! What two people stop.

use super::at;
use super::desk::{error, frame, note};
use crate::lang::Lang;
use crate::pages::desk::Frame;
use crate::pages::desk::stop::{Proposed, Standing, StopPage};
use crate::pages::parts::{Errors, Phase};

pub(super) fn add(lang: Lang, add: &mut dyn FnMut(&'static str, &dyn askama::DynTemplate)) {
    add("desk-stop", &page(lang, None));
    let wrong = StopPage { errors: error(lang, "what"), ..page(lang, Some(Standing::TooLate)) };
    add("desk-stop-errors", &StopPage { refusal: Some(note(lang)), ..wrong });
    let until = at("2021-07-12T00:15:00+09:00");
    add("desk-stop-mine", &page(lang, Some(Standing::Open { until, is_mine: true })));
    let other = page(lang, Some(Standing::Open { until, is_mine: false }));
    add("desk-stop-agree", &other);
    add("desk-stop-agree-errors", &StopPage { errors: error(lang, "agree_code"), ..other });
    let agreed = Standing::Agreed { by: "choi.manager".to_owned(), due_at: until };
    add("desk-stop-agreed", &page(lang, Some(agreed)));
    add("desk-stop-withdrawn", &page(lang, Some(Standing::Withdrawn)));
    add("desk-stop-done", &page(lang, Some(Standing::CarriedOut)));
}

fn page(lang: Lang, standing: Option<Standing>) -> StopPage {
    let proposed = |standing| Proposed {
        number: 2,
        is_close: true,
        by: "park.operator".to_owned(),
        at: at("2021-07-12T00:00:00+09:00"),
        why: lang.t("백신을 모두 회수함", "All vaccine is recalled").to_owned(),
        standing,
    };
    StopPage {
        frame: Frame { may_stop: true, serves_people: false, ..frame(lang, "/desk/stop") },
        phase: Phase::Open,
        waiting: 120_331,
        doses_left: 1_204_310,
        what: "close".to_owned(),
        why: String::new(),
        errors: Errors::default(),
        refusal: None,
        proposed: standing.map(proposed),
    }
}
