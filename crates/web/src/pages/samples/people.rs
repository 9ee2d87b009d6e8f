//! The pages of who books for whom.

use super::{Lang, at, chrome, error};
use crate::fields::RELATIONS;
use crate::pages::parts::{Errors, RefusalNote};
use crate::pages::people::{
    AddRecipientPage, HelperRow, PartPage, Parting, PartyRow, PartyState, PeoplePage, RelationChoice, onward,
};
use crate::pages::recipient_code::RecipientCodePage;
use crate::wording;
use crate::wording::consent;
use booking::Relation;

pub(super) fn add(lang: Lang, add: &mut dyn FnMut(&'static str, &dyn askama::DynTemplate)) {
    let everybody = || {
        vec![
            row("김영희", None, PartyState::NotEligible),
            row("이순자", Some(wording::relation(lang, Relation::Parent)), PartyState::Open),
            row("김철수", Some(wording::relation(lang, Relation::Parent)), PartyState::Booked),
            row("박영수", Some(wording::relation(lang, Relation::Parent)), PartyState::Vaccinated),
        ]
    };
    add("people", &people(lang, everybody(), Errors::default()));
    let nobody = lang.t("예약할 분을 한 분 이상 골라 주십시오.", "Please choose at least one person.");
    add("people-errors", &people(lang, everybody(), Errors(vec![error("party", nobody)])));
    let full = (0..4)
        .map(|_| row("이순자", Some(wording::relation(lang, Relation::Sibling)), PartyState::Open))
        .collect();
    add("people-full", &people(lang, full, Errors::default()));
    add("people-add", &adding(lang, Errors::default(), None));
    let refusal = RefusalNote {
        code: "331".to_owned(),
        sentence: lang.t("찾을 수 없습니다.", "Nobody is found.").to_owned(),
        next_step: lang.t("다시 확인해 주십시오.", "Please check.").to_owned(),
    };
    add("people-add-refused", &adding(lang, Errors::default(), Some(refusal)));
    let wrong = ["name", "number_kind", "number", "birth_date", "phone", "relation", "consent"];
    let wrong = wrong.map(|field| error(field, lang.t("확인해 주십시오.", "Please check.")));
    add("people-add-errors", &adding(lang, Errors(wrong.into()), None));
    let code_needed = AddRecipientPage { code_needed: true, ..adding(lang, Errors::default(), None) };
    add("people-add-code", &code_needed);
    add("people-code", &code(lang, Errors::default()));
    let wrong = lang.t("인증번호가 다릅니다. 3번 더 적을 수 있습니다.", "The code is not right.");
    add("people-code-errors", &code(lang, Errors(vec![error("code", wrong)])));
    add("people-stop", &part(lang, Parting::Stop));
    add("people-revoke", &part(lang, Parting::Revoke));
}

fn row(name: &str, relation: Option<&'static str>, state: PartyState) -> PartyRow {
    PartyRow {
        reference: "0".repeat(32),
        name: name.to_owned(),
        birth_year: 1964,
        relation,
        added_at: relation.map(|_| at("2021-07-11T23:10:00+09:00")),
        state,
        chosen: state == PartyState::Open,
    }
}

fn people(lang: Lang, rows: Vec<PartyRow>, errors: Errors) -> PeoplePage {
    PeoplePage {
        chrome: chrome(lang, "/people"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        rows,
        recipients_max: 4,
        errors,
        refusal: None,
        onward: onward(lang, false),
    }
}

fn adding(lang: Lang, errors: Errors, refusal: Option<RefusalNote>) -> AddRecipientPage {
    let relations = RELATIONS.map(|(code, relation)| RelationChoice {
        code,
        label: wording::relation(lang, relation),
        chosen: relation == Relation::Parent,
    });
    AddRecipientPage {
        chrome: chrome(lang, "/people/add"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        name: "이순자".to_owned(),
        number: String::new(),
        temporary: false,
        birth_date: String::new(),
        phone: String::new(),
        relations: relations.into(),
        consent_version: consent::CURRENT.version.0,
        consent_text: consent::CURRENT.text(lang),
        consented: refusal.is_some(),
        code_needed: false,
        errors,
        refusal,
    }
}

fn code(lang: Lang, errors: Errors) -> RecipientCodePage {
    RecipientCodePage {
        chrome: chrome(lang, "/people/code"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        name: "이순자".to_owned(),
        expires_at: at("2021-07-11T23:20:00+09:00"),
        tries_left: (!errors.is_empty()).then_some(3),
        errors,
    }
}

fn part(lang: Lang, parting: Parting) -> PartPage {
    PartPage {
        chrome: chrome(lang, "/people"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        parting,
        reference: "0".repeat(32),
        name: "이순자".to_owned(),
    }
}

pub(super) fn helpers(lang: Lang) -> Vec<HelperRow> {
    let helper = |revoked_at: Option<jiff::Timestamp>| HelperRow {
        reference: "0".repeat(32),
        name_masked: "김○희".to_owned(),
        relation: wording::relation(lang, Relation::Parent),
        since: at("2021-07-11T23:10:00+09:00"),
        proved_at: revoked_at.is_none().then(|| at("2021-07-11T23:10:00+09:00")),
        revoked_at,
    };
    vec![helper(None), helper(Some(at("2021-07-12T00:05:00+09:00")))]
}
