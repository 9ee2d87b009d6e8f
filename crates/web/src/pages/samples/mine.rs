//! Pages of a held place and of one's own appointments.

mod wait_list;

use super::{card, chrome, household, now, people, recipient};
use crate::lang::Lang;
use crate::pages::booked::BookedPage;
use crate::pages::cancel::CancelPage;
use crate::pages::change::ChangeWaitPage;
use crate::pages::hold::HoldPage;
use crate::pages::my::{AppointmentRow, AppointmentState, MyPage};
use crate::pages::parts::{Move, RefusalNote, VisitPlace};
use crate::pages::too_late::{TooLatePage, Wanted};
use crate::pages::wait_list::WaitListPage;
use crate::pages::{ChangingBanner, Chrome};
use crate::qr;
use askama::DynTemplate;
use jiff::SignedDuration;
use jiff::civil::{date, time};

pub(super) fn samples(lang: Lang) -> Vec<(&'static str, Box<dyn DynTemplate>)> {
    let both = vec![appointment(1), second(), cancelled()];
    let changing = |path| changing_chrome(lang, path);
    vec![
        ("hold", Box::new(hold(lang))),
        ("hold-change", Box::new(HoldPage { moves: moves(), chrome: changing("/book/hold"), ..hold(lang) })),
        ("booked", Box::new(booked(lang))),
        ("booked-change", Box::new(changed(lang))),
        ("my", Box::new(my(lang, both.clone()))),
        ("my-changing", Box::new(MyPage { chrome: changing("/my"), ..my(lang, both) })),
        ("my-visited", Box::new(my(lang, visited()))),
        ("my-empty", Box::new(my(lang, Vec::new()))),
        ("my-waiting", Box::new(MyPage { waits: vec![wait_list::waiting()], ..my(lang, Vec::new()) })),
        ("my-offered", Box::new(MyPage { waits: wait_list::offered(), ..my(lang, Vec::new()) })),
        ("wait-list", Box::new(wait_list::form(lang))),
        ("wait-list-errors", Box::new(wait_list::wrong(lang))),
        ("wait-list-free", Box::new(wait_list::free(lang))),
        ("wait-list-nobody", Box::new(WaitListPage { people: Vec::new(), ..wait_list::form(lang) })),
        ("cancel", Box::new(cancel(lang))),
        ("change-wait", Box::new(ChangeWaitPage { chrome: changing("/my/change"), has_ticket: false })),
        ("too-late-cancel", Box::new(too_late(lang, Wanted::Cancel))),
        ("too-late-change", Box::new(too_late(lang, Wanted::Change))),
    ]
}

/// As an agent sees them.
pub(super) fn desk_rows() -> Vec<AppointmentRow> {
    vec![appointment(1), second(), cancelled()]
}

const NUMBER: &str = "21074-82109";

fn changing_chrome(lang: Lang, path: &str) -> Chrome {
    let places = vec![place(1, 27)];
    let banner =
        ChangingBanner { csrf: "c5f1".to_owned(), key: "k2".to_owned(), places, can_go_on: path == "/my" };
    Chrome { changing: Some(banner), ..chrome(lang, path) }
}

fn place(dose_number: u8, day: i8) -> VisitPlace {
    let month = if dose_number == 1 { 7 } else { 8 };
    VisitPlace {
        dose_number,
        date: date(2021, month, day),
        time: time(9, 30, 0, 0),
        clinic_name: "바른마음내과의원".to_owned(),
    }
}

fn moves() -> Vec<Move> {
    let one = |number: &str, from, to| Move {
        number: number.to_owned(),
        recipient_name: "김순자".to_owned(),
        from,
        to,
    };
    vec![one(NUMBER, place(1, 27), place(1, 29)), one("98412-00417", place(2, 24), place(2, 26))]
}

fn hold(lang: Lang) -> HoldPage {
    HoldPage {
        chrome: chrome(lang, "/book/hold"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        hold_id: "h-88".to_owned(),
        clinic: card(lang),
        date: date(2021, 7, 27),
        time: time(9, 30, 0, 0),
        vaccine: lang.t("모더나", "Moderna").to_owned(),
        dose_number: 1,
        people: household(false),
        moves: Vec::new(),
        until: now() + SignedDuration::from_secs(222),
        hold_seconds: 300,
        can_extend: true,
        refusal: None,
    }
}

fn booked(lang: Lang) -> BookedPage {
    BookedPage {
        chrome: chrome(lang, "/my/booked"),
        appointment_number: NUMBER.to_owned(),
        phone_masked: recipient().phone_masked,
        people: household(true),
        clinic: card(lang),
        date: date(2021, 7, 27),
        time: time(9, 30, 0, 0),
        vaccine: lang.t("모더나", "Moderna").to_owned(),
        dose_number: 1,
        moves: Vec::new(),
        qr: qr::picture(&qr::appointment_code(NUMBER)),
        calendar_href: lang.href("/my/calendar/21074-82109"),
        cancel_until: date(2021, 7, 25),
    }
}

fn changed(lang: Lang) -> BookedPage {
    BookedPage { moves: moves(), date: date(2021, 7, 29), ..booked(lang) }
}

fn appointment(dose_number: u8) -> AppointmentRow {
    AppointmentRow {
        number: NUMBER.to_owned(),
        state: AppointmentState::Booked,
        recipient_name: "김순자".to_owned(),
        heading: Some("김순자".to_owned()),
        clinic_name: "바른마음내과의원".to_owned(),
        clinic_address: "서울특별시 종로구 자하문로 24, 2층".to_owned(),
        clinic_phone: Some("02-000-0412".to_owned()),
        date: date(2021, 7, 27),
        time: time(9, 30, 0, 0),
        vaccine: "Moderna".to_owned(),
        dose_number,
        cancel_until: Some(date(2021, 7, 25)),
        href: Some("/my/booked/21074-82109".to_owned()),
        calendar_href: Some("/my/calendar/21074-82109".to_owned()),
    }
}

fn second() -> AppointmentRow {
    AppointmentRow { number: "98412-00417".to_owned(), date: date(2021, 8, 24), ..appointment(2) }
}

fn cancelled() -> AppointmentRow {
    AppointmentRow {
        state: AppointmentState::Cancelled,
        heading: None,
        cancel_until: None,
        href: None,
        calendar_href: None,
        ..appointment(1)
    }
}

/// As they stand when both doses are over: one missed, one given, one still at the clinic.
fn visited() -> Vec<AppointmentRow> {
    let over = |state, dose_number| AppointmentRow {
        state,
        heading: None,
        cancel_until: None,
        href: None,
        calendar_href: None,
        ..appointment(dose_number)
    };
    let here = AppointmentState::CheckedIn { number: 12 };
    vec![
        AppointmentRow { state: here, heading: None, cancel_until: None, ..second() },
        over(AppointmentState::Fulfilled, 1),
        over(AppointmentState::NoShow, 1),
        over(AppointmentState::NoShow, 2),
    ]
}

fn my(lang: Lang, appointments: Vec<AppointmentRow>) -> MyPage {
    MyPage {
        chrome: chrome(lang, "/my"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        has_hold: !appointments.is_empty(),
        appointments,
        done: None,
        helpers: people::helpers(lang),
        waits: Vec::new(),
    }
}

fn cancel(lang: Lang) -> CancelPage {
    CancelPage {
        chrome: chrome(lang, "/my"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        appointment: appointment(1),
        second_dose: Some(place(2, 24)),
    }
}

fn too_late(lang: Lang, wanted: Wanted) -> TooLatePage {
    let sentence = lang.t(
        "인터넷으로 바꾸거나 취소하는 것은 7월 25일(일)까지였습니다.",
        "Changing or cancelling here was possible until Sun 25 July.",
    );
    TooLatePage {
        chrome: chrome(lang, "/my/cancel"),
        wanted,
        note: RefusalNote {
            code: "603".to_owned(),
            sentence: sentence.to_owned(),
            next_step: lang.t("의료기관에 전화해 주십시오.", "Please call the clinic.").to_owned(),
        },
        appointment: AppointmentRow { cancel_until: None, ..appointment(1) },
    }
}
