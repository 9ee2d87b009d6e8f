//! The campaign manager's pages.

use super::at;
use super::desk::{error, frame, note};
use crate::lang::Lang;
use crate::pages::desk::Frame;
use crate::pages::desk::campaign::{CampaignPage, CorrectionPage, Judged, NoticePage, Preview, SupplyLine};
use crate::pages::parts::{Errors, Phase};
use booking::EligibilityGroup;
use jiff::civil::date;

pub(super) fn add(lang: Lang, add: &mut dyn FnMut(&'static str, &dyn askama::DynTemplate)) {
    add("desk-campaign", &campaign(lang));
    let asked = |phase, one| Some(Preview { at: at("2021-07-19T20:00:00+09:00"), phase, one });
    let open = asked(Phase::Open, Some((date(1964, 3, 15), true)));
    add("desk-campaign-preview", &CampaignPage { preview: open, ..campaign(lang) });
    let group = EligibilityGroup { roster_needed: true, ..campaign(lang).group };
    let of_roster = CampaignPage { group, supply: None, ..campaign(lang) };
    let closed = asked(Phase::Closed, Some((date(1970, 3, 15), false)));
    add("desk-campaign-roster", &CampaignPage { preview: closed, ..of_roster });
    add("desk-campaign-errors", &CampaignPage { errors: error(lang, "date"), ..campaign(lang) });
    add("desk-campaign-notice", &notice(lang));
    let silent = NoticePage { said: Default::default(), errors: error(lang, "en"), ..notice(lang) };
    add("desk-campaign-notice-errors", &NoticePage { refusal: Some(note(lang)), ..silent });
    add("desk-campaign-eligibility", &correction(lang));
    let wrong =
        CorrectionPage { errors: error(lang, "eligible"), judged: None, is_done: false, ..correction(lang) };
    add(
        "desk-campaign-eligibility-errors",
        &CorrectionPage { refusal: Some(note(lang)), is_temporary: true, ..wrong },
    );
}

fn of_the_campaign(lang: Lang, path: &str) -> Frame {
    Frame { runs_campaign: true, serves_people: false, ..frame(lang, path) }
}

fn campaign(lang: Lang) -> CampaignPage {
    let line = |sido: &str, doses, taken| SupplyLine { sido: sido.to_owned(), doses, taken };
    CampaignPage {
        frame: of_the_campaign(lang, "/desk/campaign"),
        name: lang.t("55~59세 코로나19 백신 예약", "COVID-19 vaccination, ages 55–59").to_owned(),
        phase: Phase::Lobby,
        group: EligibilityGroup::born(date(1962, 1, 1), date(1966, 12, 31)),
        opens_at: at("2021-07-12T00:00:00+09:00"),
        closes_at: at("2021-07-17T18:00:00+09:00"),
        lobby_opens_at: at("2021-07-11T23:00:00+09:00"),
        visits: (date(2021, 7, 26), date(2021, 8, 7)),
        waiting: 120_331,
        doses_left: 1_204_310,
        supply: Some(vec![line("서울특별시", 352_000, 120_440), line("제주특별자치도", 21_300, 3)]),
        date: "2021-07-19".to_owned(),
        time: "20:00".to_owned(),
        birth_date: String::new(),
        preview: None,
        errors: Errors::default(),
    }
}

fn notice(lang: Lang) -> NoticePage {
    NoticePage {
        frame: of_the_campaign(lang, "/desk/campaign/notice"),
        said: ("02시까지 점검합니다 <b>".to_owned(), "Repairs until 02:00".to_owned()),
        ko: "점검".to_owned(),
        en: String::new(),
        why: lang.t("저장이 느려짐", "The ledger is slow").to_owned(),
        errors: Errors::default(),
        refusal: None,
    }
}

fn correction(lang: Lang) -> CorrectionPage {
    CorrectionPage {
        frame: of_the_campaign(lang, "/desk/campaign/eligibility"),
        name: "김시험".to_owned(),
        number: "6203141000000".to_owned(),
        is_temporary: false,
        birth_date: String::new(),
        judged: Some(Judged::Eligible),
        also_admitted: true,
        why: lang.t("병원에서 일함", "Works at a hospital").to_owned(),
        is_done: true,
        errors: Errors::default(),
        refusal: None,
    }
}
