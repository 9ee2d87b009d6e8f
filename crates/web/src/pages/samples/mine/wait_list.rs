//! Waiting for a place: the form, and what stands under one's own bookings.

use super::super::{at, chrome, error};
use crate::lang::Lang;
use crate::pages::parts::{Alternative, Errors, RefusalNote};
use crate::pages::wait_list::{Choice, OfferRow, PlaceChoice, WaitListPage, WaitRow};
use jiff::civil::{date, time};

pub(super) fn wrong(lang: Lang) -> WaitListPage {
    let late = lang.t("끝 날짜를 시작 날짜와 같거나 늦은 날로 골라 주십시오.", "The last day is too early.");
    WaitListPage { errors: Errors(vec![error("until", late)]), ..form(lang) }
}

fn choice(value: &str, label: &str, chosen: bool) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned(), chosen }
}

fn place(value: &str, name: &str, chosen: bool) -> PlaceChoice {
    PlaceChoice { value: value.to_owned(), name: name.to_owned(), is_area: !chosen, chosen }
}

fn days(lang: Lang, chosen: i8) -> Vec<Choice> {
    let day = |day: i8| {
        let on = date(2021, 7, day);
        choice(&on.to_string(), &lang.date(on), day == chosen)
    };
    let any = choice("", lang.t("첫날부터", "The first day"), chosen == 0);
    std::iter::once(any).chain((26..=31).map(day)).collect()
}

pub(super) fn form(lang: Lang) -> WaitListPage {
    WaitListPage {
        chrome: chrome(lang, "/book/waitlist"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        places: vec![
            place("C00412", "바른마음내과의원", true),
            place("1111000000", "서울특별시 종로구", false),
        ],
        people: vec![choice("a1", "김영희", true), choice("b2", "이순자", false)],
        from: days(lang, 27),
        until: days(lang, 0),
        answer_minutes: 120,
        offers_max: 3,
        errors: Errors::default(),
        refusal: None,
        alternatives: Vec::new(),
    }
}

pub(super) fn free(lang: Lang) -> WaitListPage {
    let refusal = RefusalNote {
        code: "642".to_owned(),
        sentence: lang.t("지금 예약할 수 있는 자리가 있습니다.", "There are free places now.").to_owned(),
        next_step: lang.t("기다리지 말고 바로 예약해 주십시오.", "Please book one.").to_owned(),
    };
    let place = Alternative {
        clinic_id: "C00412".to_owned(),
        clinic_name: "바른마음내과의원".to_owned(),
        nearness: lang.t("같은 의료기관", "the same clinic").to_owned(),
        date: date(2021, 7, 28),
        time: time(10, 0, 0, 0),
    };
    let people = vec![choice("a1", "김영희", true)];
    WaitListPage { refusal: Some(refusal), alternatives: vec![place], people, ..form(lang) }
}

pub(super) fn waiting() -> WaitRow {
    WaitRow {
        wait: "12".to_owned(),
        recipient_name: "이순자".to_owned(),
        place_name: "서울특별시 종로구".to_owned(),
        days: Some((date(2021, 7, 27), date(2021, 7, 30))),
        since: at("2021-07-12T11:10:00Z"),
        before: 1_204,
        offer: None,
    }
}

pub(super) fn offered() -> Vec<WaitRow> {
    let offer = OfferRow {
        date: date(2021, 7, 28),
        time: time(10, 0, 0, 0),
        clinic_name: "바른마음내과의원".to_owned(),
        clinic_address: "서울특별시 종로구 자하문로 24, 2층".to_owned(),
        second_dose: Some((date(2021, 8, 25), time(10, 0, 0, 0))),
        until: at("2021-07-20T03:00:00Z"),
    };
    let wait = WaitRow { wait: "11".to_owned(), recipient_name: "김영희".to_owned(), ..waiting() };
    vec![WaitRow { days: None, before: 0, offer: Some(offer), ..wait }, waiting()]
}
