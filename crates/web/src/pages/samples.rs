//! One page of every kind and state, in both languages: what the checks read and what people look at.
//!
//! The test below also writes them to `target/samples/`, beside their style sheet and scripts, for a browser.

mod calls;
mod campaign;
mod desk;
mod draw;
mod fairness;
mod finding;
mod identity;
mod in_line;
mod looks;
mod mine;
mod operator;
mod people;
mod prepared;
mod status;
mod stop;
mod trouble;

use super::help::HelpPage;
use super::home::HomePage;
use super::parts::{
    Alternative, ClinicCard, Errors, FieldError, LineOrder, Link, PersonPlaces, Phase, RecipientCard,
    RefusalNote,
};
use super::pass_needed::PassNeededPage;
use super::refusal::RefusalPage;
use super::trouble::{BadRequestPage, FormExpiredPage, NotFoundPage};
use super::{Assets, Chrome};
use crate::lang::Lang;
use identity::{code_errors, identity, identity_code, identity_errors};
use jiff::Timestamp;
use jiff::civil::{date, time};

const CSS: &str = include_str!("../../assets/charye.css");
const FIND_CSS: &str = include_str!("../../assets/find.css");
const DESK_CSS: &str = include_str!("../../assets/desk.css");
const FIND_JS: &str = include_str!("../../assets/find.js");
const OPERATOR_JS: &str = include_str!("../../assets/operator.js");
const PAGE_JS: &str = include_str!("../../assets/page.js");
const WAIT_JS: &str = include_str!("../../assets/wait.js");
const ICON: &str = include_str!("../../assets/favicon.svg");

type Sample = (&'static str, Lang, String);

fn every_sample() -> Vec<Sample> {
    let mut samples = Vec::new();
    for lang in [Lang::Ko, Lang::En] {
        let mut add = |name, page: &dyn askama::DynTemplate| {
            samples.push((name, lang, page.dyn_render().expect("writing to a string cannot fail")));
        };
        for (name, phase) in [
            ("home-before", Phase::Before),
            ("home-lobby", Phase::Lobby),
            ("home-drawing", Phase::Drawing),
            ("home-open", Phase::Open),
            ("home-paused", Phase::Paused),
            ("home-full", Phase::Full),
            ("home-closed", Phase::Closed),
            ("home-trouble", Phase::Trouble),
        ] {
            add(name, &home(lang, phase));
        }
        in_line::add_samples(lang, &mut add);
        add("identity", &identity(lang, Errors::default()));
        add("identity-errors", &identity(lang, identity_errors(lang)));
        add("identity-code", &identity_code(lang, Errors::default()));
        add("identity-code-errors", &identity_code(lang, code_errors(lang)));
        add("regions", &finding::regions(lang, false));
        add("regions-booking", &finding::regions(lang, true));
        for (name, page) in finding::clinics_pages(lang) {
            add(name, &page);
        }
        for (name, page) in finding::find_pages(lang) {
            add(name, &page);
        }
        prepared::add_samples(lang, &mut add);
        for (name, page) in mine::samples(lang) {
            add(name, page.as_ref());
        }
        people::add(lang, &mut add);
        desk::add(lang, &mut add);
        calls::add(lang, &mut add);
        operator::add(lang, &mut add);
        campaign::add(lang, &mut add);
        stop::add(lang, &mut add);
        add("refusal", &refusal(lang));
        trouble::add(lang, &mut add);
        add("not-found", &NotFoundPage { chrome: chrome(lang, "/nowhere") });
        add("bad-request", &bad_request(lang));
        add("form-expired", &FormExpiredPage { chrome: chrome(lang, "/my"), back_href: lang.href("/my") });
        add("outbox", &identity::outbox(lang));
        add(
            "pass-needed",
            &PassNeededPage { chrome: chrome(lang, "/book"), has_ticket: true, expired: false },
        );
        add("help", &help(lang));
        draw::add(lang, &mut add);
        status::add(lang, &mut add);
        fairness::add(lang, &mut add);
        looks::add(lang, &mut add);
        looks::add_review(lang, &mut add);
    }
    samples
}

fn chrome(lang: Lang, path: &str) -> Chrome {
    let assets = Assets {
        css: "charye.css",
        icon: "favicon.svg",
        page_js: "page.js",
        wait_js: "wait.js",
        find_css: "find.css",
        find_js: "find.js",
        desk_css: "desk.css",
        draw_js: "draw.js",
        operator_js: "operator.js",
    };
    Chrome::for_everybody(lang, path.to_owned(), true, assets, now())
}

fn now() -> Timestamp {
    at("2021-07-12T00:07:42+09:00")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn home(lang: Lang, phase: Phase) -> HomePage {
    let mut chrome = chrome(lang, "/");
    if matches!(phase, Phase::Before | Phase::Lobby) {
        chrome.now = at("2021-07-11T22:47:30+09:00");
    }
    HomePage {
        chrome,
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        campaign_name: lang.t("55~59세 코로나19 백신 예약", "COVID-19 vaccination, ages 55–59").to_owned(),
        born_from: date(1962, 1, 1),
        born_to: date(1966, 12, 31),
        visits_from: date(2021, 7, 26),
        visits_to: date(2021, 8, 7),
        doses_total: 1_850_000,
        eligible_total: 3_524_000,
        doses_left: (phase == Phase::Open).then_some(1_204_310),
        phase,
        order: LineOrder::FirstCome,
        lobby_opens_at: at("2021-07-11T23:00:00+09:00"),
        opens_at: at("2021-07-12T00:00:00+09:00"),
        closes_at: Some(at("2021-07-17T18:00:00+09:00")),
        has_ticket: phase == Phase::Paused,
        notice: None,
    }
}

fn error(field: &'static str, message: &str) -> FieldError {
    FieldError { field, message: message.to_owned() }
}

fn card(lang: Lang) -> ClinicCard {
    ClinicCard {
        id: "c-0412".to_owned(),
        name: "바른마음내과의원".to_owned(),
        address: "서울특별시 종로구 자하문로 24, 2층".to_owned(),
        phone: Some("02-000-0412".to_owned()),
        hours: lang.t("평일 09:00~18:00, 토 09:00~13:00", "Mon–Fri 09:00–18:00, Sat 09:00–13:00").to_owned(),
        lunch: Some("13:00~14:00".to_owned()),
        closed_days: Some(lang.t("일요일·공휴일", "Sundays, holidays").to_owned()),
    }
}

fn crumbs(lang: Lang) -> Vec<Link> {
    vec![
        Link::new(lang.t("전국", "Korea"), lang.href("/book")),
        Link::new(lang.t("서울특별시", "Seoul"), lang.href("/book/regions/1100000000")),
        Link::new(lang.t("종로구", "Jongno-gu"), lang.href("/book/regions/1111000000")),
    ]
}

fn slot_full(lang: Lang) -> RefusalNote {
    RefusalNote {
        code: "SLOT-FULL-7K2".to_owned(),
        sentence: lang.t("오전 9:30은 방금 마감되었습니다", "9:30 am has just been filled").to_owned(),
        next_step: lang
            .t("가까운 빈자리를 아래에서 고르실 수 있습니다.", "Choose a free place nearby below.")
            .to_owned(),
    }
}

fn alternatives(lang: Lang) -> Vec<Alternative> {
    let place = |clinic_name: &str, nearness: &str, hour| Alternative {
        clinic_id: "c-0413".to_owned(),
        clinic_name: clinic_name.to_owned(),
        nearness: nearness.to_owned(),
        date: date(2021, 7, 27),
        time: time(hour, 30, 0, 0),
    };
    vec![
        place("바른마음내과의원", lang.t("같은 의료기관", "same clinic"), 10),
        place("햇살가득가정의학과의원", lang.t("350m", "350 m"), 9),
    ]
}

fn recipient() -> RecipientCard {
    RecipientCard {
        name: "김순자".to_owned(),
        born_on: date(1964, 3, 15),
        phone_masked: Some("010-****-5678".to_owned()),
    }
}

fn household(is_booked: bool) -> Vec<PersonPlaces> {
    let one = |recipient: RecipientCard, hour| PersonPlaces {
        recipient,
        number: is_booked.then(|| format!("2107-4821-09{hour}")),
        date: date(2021, 7, 27),
        time: time(hour, 30, 0, 0),
        second_dose: Some((date(2021, 8, 24), time(9, 30, 0, 0))),
        second_number: is_booked.then(|| format!("2108-4821-09{hour}")),
    };
    let other = RecipientCard { name: "이<b>".to_owned(), phone_masked: None, ..recipient() };
    vec![one(recipient(), 9), one(other, 10)]
}

fn refusal(lang: Lang) -> RefusalPage {
    let sentence = lang.t("이미 예약하신 내역이 있습니다", "You already have a booking");
    let next_step =
        lang.t("바꾸시려면 먼저 예약 내용을 확인해 주십시오.", "To change it, look at your booking first.");
    RefusalPage {
        chrome: chrome(lang, "/book"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        note: RefusalNote {
            code: "ALREADY-BOOKED-3D9".to_owned(),
            sentence: sentence.to_owned(),
            next_step: next_step.to_owned(),
        },
        actions: vec![Link::new(lang.t("내 예약 보기", "My bookings"), lang.href("/my"))],
        button: None,
        alternatives: Vec::new(),
    }
}

fn bad_request(lang: Lang) -> BadRequestPage {
    BadRequestPage {
        chrome: chrome(lang, "/book/hold"),
        field: lang.t("시간", "Time").to_owned(),
        problem: lang.t("시간을 고르지 않으셨습니다.", "No time was chosen.").to_owned(),
        back_href: lang.href("/book"),
    }
}

fn help(lang: Lang) -> HelpPage {
    HelpPage {
        chrome: chrome(lang, "/help"),
        order: LineOrder::Draw,
        hold_minutes: 5,
        pass_minutes: 15,
        cancel_days: 2,
    }
}

fn count(html: &str, part: &str) -> usize {
    html.matches(part).count()
}

/// The values of `attribute` in the order of the page.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(start.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap_or("")).collect()
}

#[test]
fn every_page_has_one_heading_one_main_a_title_and_a_language() {
    for (name, lang, html) in every_sample() {
        assert_eq!(count(&html, "<h1>"), 1, "{name}");
        assert_eq!(count(&html, "<main "), 1, "{name}");
        assert!(html.contains(&format!("<html lang=\"{}\">", lang.code())), "{name}");
        assert!(!html.contains("<title> "), "{name}: the title is empty");
    }
}

#[test]
fn tags_are_balanced_and_ids_are_unique() {
    for (name, _, html) in every_sample() {
        for tag in
            ["div", "p", "ul", "ol", "li", "form", "section", "dl", "dd", "a", "span", "b", "label", "button"]
        {
            let opened = count(&html, &format!("<{tag}>")) + count(&html, &format!("<{tag} "));
            assert_eq!(opened, count(&html, &format!("</{tag}>")), "{name}: <{tag}>");
        }
        let mut ids = values(&html, "id");
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: an id twice");
    }
}

#[test]
fn every_input_has_a_label_and_every_reference_its_target() {
    for (name, _, html) in every_sample() {
        let (ids, labels) = (values(&html, "id"), values(&html, "for"));
        for input in html.split("<input ").skip(1).filter(|i| !i.starts_with("type=\"hidden\"")) {
            let id = values(&format!(" {}", input.split('>').next().unwrap_or("")), "id").concat();
            assert!(labels.contains(&id.as_str()), "{name}: no label for {id:?}");
        }
        for attribute in ["aria-labelledby", "aria-describedby", "for"] {
            for id in values(&html, attribute).iter().flat_map(|v| v.split_whitespace()) {
                assert!(ids.contains(&id), "{name}: {attribute} {id:?} leads nowhere");
            }
        }
    }
}

#[test]
fn what_was_typed_is_kept() {
    for (_, _, html) in every_sample().iter().filter(|(n, ..)| *n == "identity-errors") {
        assert!(html.contains("name=\"name\" value=\"김순자\""));
        assert!(html.contains("name=\"birth_date\" value=\"640315\""));
    }
}

#[test]
fn nothing_is_inline_that_the_policy_forbids() {
    for (name, _, html) in every_sample() {
        let forbidden = r#"<script>| style=|<style| onclick=|javascript:|src="http|stylesheet" href="http"#;
        for forbidden in forbidden.split('|') {
            assert!(!html.contains(forbidden), "{name}: {forbidden}");
        }
    }
}

#[test]
fn every_form_asks_in_the_language_of_the_page_and_whatever_writes_has_its_token_and_key() {
    for (name, lang, html) in every_sample() {
        for form in html.split("<form ").skip(1) {
            let form = form.split("</form>").next().unwrap_or("");
            assert_eq!(form.contains("action=\"/en/"), lang == Lang::En, "{name}");
            if form.contains("method=\"get\"") {
                let searches = ["find", "desk-c", "desk-r"].iter().any(|one| name.starts_with(one));
                assert!(searches && !form.contains("name=\"csrf\""), "{name}: a search only");
                continue;
            }
            assert!(form.contains("method=\"post\""), "{name}");
            assert!(form.contains("name=\"csrf\"") && form.contains("name=\"key\""), "{name}");
        }
    }
}

#[test]
fn no_korean_is_left_on_the_frame_of_an_english_page() {
    let samples = every_sample();
    let (_, _, html) = samples.iter().find(|(n, l, _)| *n == "help" && *l == Lang::En).unwrap();
    let text = html.replace("한국어", "");
    assert!(!text.chars().any(|c| ('가'..='힣').contains(&c)));
}

#[test]
fn the_waiting_page_with_all_it_needs_is_under_30_kilobytes() {
    for (name, _, html) in every_sample().iter().filter(|(n, ..)| n.starts_with("wait")) {
        let files = [CSS, PAGE_JS, WAIT_JS, ICON].map(|file| crate::assets::lean(file).len());
        let total = html.len() + files.iter().sum::<usize>();
        assert!(total < 30_000, "{name}: {total} bytes");
    }
}

#[test]
fn samples_are_written_for_looking_at() {
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().join("samples");
    std::fs::create_dir_all(&target).unwrap();
    let files = [("charye.css", CSS), ("page.js", PAGE_JS), ("wait.js", WAIT_JS), ("favicon.svg", ICON)];
    for (name, text) in files.into_iter().chain([
        ("find.css", FIND_CSS),
        ("find.js", FIND_JS),
        ("desk.css", DESK_CSS),
        ("operator.js", OPERATOR_JS),
    ]) {
        std::fs::write(target.join(name), text).unwrap();
    }
    for (name, lang, html) in every_sample() {
        std::fs::write(target.join(format!("{name}.{}.html", lang.code())), html).unwrap();
    }
}
