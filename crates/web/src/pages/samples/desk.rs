//! The staff's pages.

use super::calls::{call_box, wrap_up};
use super::chrome;
use crate::lang::Lang;
use crate::pages::desk::Frame;
use crate::pages::desk::calls::CallStage;
use crate::pages::desk::clinics::{ClinicRow, ClinicsPage};
use crate::pages::desk::codes::{CodeScript, CodesPage};
use crate::pages::desk::days::{DayRow, DaysPage};
use crate::pages::desk::home::{FoundRow, HomePage};
use crate::pages::desk::new_person::NewPersonPage;
use crate::pages::desk::person::{HeldPlace, PersonPage, PersonRow, Shown};
use crate::pages::desk::record::{RecordPage, RecordRow};
use crate::pages::desk::setup::{SetupCodePage, SetupPage};
use crate::pages::desk::sign_in::SignInPage;
use crate::pages::desk::times::{BandRow, TimesPage};
use crate::pages::desk::trouble::DeskTroublePage;
use crate::pages::parts::{Alternative, Availability, Errors, FieldError, RefusalNote};
use crate::qr;
use jiff::SignedDuration;
use jiff::civil::{date, time};

const PERSON: &str = "/desk/people/AbCd";
const CLINIC: &str = "시험의원";

pub(super) fn add(lang: Lang, add: &mut dyn FnMut(&'static str, &dyn askama::DynTemplate)) {
    add("desk-sign-in", &sign_in(lang));
    let wrong = SignInPage { refusal: Some(note(lang)), ..sign_in(lang) };
    add("desk-sign-in-wrong", &wrong);
    add("desk-setup", &setup(lang, Errors::default()));
    add("desk-setup-errors", &setup(lang, error(lang, "new_password")));
    add("desk-setup-code", &setup_code(lang));
    add("desk-home", &home(lang));
    add("desk-home-errors", &HomePage { errors: error(lang, "birth_date"), ..home(lang) });
    add("desk-home-none", &HomePage { refusal: Some(note(lang)), is_complete: false, ..home(lang) });
    add("desk-home-several", &HomePage { found: found(lang), ..home(lang) });
    let idle = Frame { serves_people: false, ..frame(lang, "/desk") };
    add("desk-home-no-duty", &HomePage { frame: idle, ..home(lang) });
    add("desk-new-person", &new_person(lang, Errors::default()));
    add("desk-new-person-errors", &new_person(lang, error(lang, "number")));
    add("desk-person", &person(lang));
    let shown = PersonPage { shown: Shown::InFull, number: "6203141000000".to_owned(), ..person(lang) };
    add("desk-person-unmasked", &shown);
    add("desk-person-held", &PersonPage { held: Some(held()), ..person(lang) });
    let empty = PersonPage { appointments: Vec::new(), may_book: true, phone: None, ..person(lang) };
    add("desk-person-empty", &PersonPage { refusal: Some(note(lang)), errors: error(lang, "why"), ..empty });
    add("desk-clinics", &clinics(lang));
    for (name, typed, found, is_trouble) in [
        ("desk-codes", "311", Some(script()), false),
        ("desk-codes-trouble", "903-482113", None, true),
        ("desk-codes-unknown", "999", None, false),
    ] {
        let frame = frame(lang, "/desk/codes");
        add(name, &CodesPage { frame, typed: typed.to_owned(), found, is_trouble });
    }
    add("desk-record", &record(lang));
    add("desk-days", &days(lang));
    add("desk-times", &times(lang));
    let full = TimesPage { refusal: Some(note(lang)), nearest: nearest(), ..times(lang) };
    add("desk-times-full", &TimesPage { errors: error(lang, "time"), ..full });
    add("desk-trouble", &DeskTroublePage { frame: frame(lang, "/desk"), note: note(lang) });
}

pub(super) fn frame(lang: Lang, path: &str) -> Frame {
    Frame {
        chrome: chrome(lang, path),
        who: Some("hong.gd".to_owned()),
        serves_people: true,
        reads_record: false,
        exports: false,
        runs_line: false,
        runs_campaign: false,
        may_stop: false,
        other_path: path.to_owned(),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
    }
}

fn at_the_door(lang: Lang, path: &str) -> Frame {
    Frame { who: None, serves_people: false, ..frame(lang, path) }
}

pub(super) fn note(lang: Lang) -> RefusalNote {
    RefusalNote {
        code: "311".to_owned(),
        sentence: lang.t("이번 접종 대상이 아닙니다.", "Not of the group of this drive.").to_owned(),
        next_step: lang.t("생년월일을 확인해 주십시오.", "Please check the birth date.").to_owned(),
    }
}

pub(super) fn error(lang: Lang, field: &'static str) -> Errors {
    let message = lang.t("다시 확인해 주십시오.", "Please check this.").to_owned();
    Errors(vec![FieldError { field, message }])
}

fn sign_in(lang: Lang) -> SignInPage {
    SignInPage {
        frame: at_the_door(lang, "/desk/sign-in"),
        login: "hong.gd".to_owned(),
        errors: Errors::default(),
        refusal: None,
    }
}

fn setup(lang: Lang, errors: Errors) -> SetupPage {
    SetupPage {
        frame: at_the_door(lang, "/desk/setup"),
        login: "hong.gd".to_owned(),
        setup: "ABCD-EFGH".to_owned(),
        errors,
        refusal: None,
    }
}

fn setup_code(lang: Lang) -> SetupCodePage {
    SetupCodePage {
        frame: at_the_door(lang, "/desk/setup"),
        begun: "AbCd".to_owned(),
        secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned(),
        qr: qr::picture("otpauth://totp/Charye:hong.gd?secret=GEZDGNBVGY3TQOJQ&issuer=Charye"),
        errors: error(lang, "code"),
        refusal: Some(note(lang)),
    }
}

fn home(lang: Lang) -> HomePage {
    HomePage {
        frame: frame(lang, "/desk"),
        name: "김시험".to_owned(),
        birth_date: String::new(),
        appointment: String::new(),
        errors: Errors::default(),
        refusal: None,
        found: Vec::new(),
        is_complete: true,
    }
}

fn found(lang: Lang) -> Vec<FoundRow> {
    let row = |phone: Option<&str>| FoundRow {
        name: "김시험".to_owned(),
        born_on: date(1962, 3, 14),
        number_masked: "620314-1******".to_owned(),
        phone_masked: phone.map(str::to_owned),
        href: lang.href(PERSON),
    };
    vec![row(Some("010-****-0001")), row(None)]
}

fn new_person(lang: Lang, errors: Errors) -> NewPersonPage {
    NewPersonPage {
        frame: frame(lang, "/desk/people/new"),
        name: "김시험".to_owned(),
        number: String::new(),
        is_temporary: false,
        birth_date: String::new(),
        phone: String::new(),
        errors,
    }
}

pub(super) fn person(lang: Lang) -> PersonPage {
    let row = |row| PersonRow { row, change_href: Some(lang.href("/desk/people/EfGh/clinics")) };
    PersonPage {
        frame: frame(lang, PERSON),
        path: lang.href(PERSON),
        name: "김시험".to_owned(),
        born_on: date(1962, 3, 14),
        number: "620314-1******".to_owned(),
        has_temporary_number: false,
        phone: Some("010-****-0001".to_owned()),
        shown: Shown::Masked,
        appointments: super::mine::desk_rows().into_iter().map(row).collect(),
        may_book: false,
        held: None,
        call: call_box(CallStage::NotAsked),
        wrap_up: wrap_up(lang),
        errors: Errors::default(),
        refusal: None,
    }
}

fn record(lang: Lang) -> RecordPage {
    let row = |what: &str, why: &str| RecordRow {
        seq: 12,
        at: super::now(),
        who: "hong.gd".to_owned(),
        from: "10.1.0.7".to_owned(),
        what: what.to_owned(),
        whose: Some(77),
        why: why.to_owned(),
        refused: Some(311),
    };
    let frame =
        Frame { serves_people: false, reads_record: true, exports: true, ..frame(lang, "/desk/record") };
    let rows = vec![row(lang.t("사람을 봄", "looked at a person"), ""), row("hold", "본인 확인 전화")];
    RecordPage { frame, who: "hong.gd".to_owned(), rows, earlier: Some(lang.href("/desk/record?until=12")) }
}

fn script() -> CodeScript {
    let ko = ("이번 접종 대상이 아닙니다.".to_owned(), "생년월일을 확인해 주십시오.".to_owned());
    let en = ("Not of the group of this drive.".to_owned(), "Please check the birth date.".to_owned());
    CodeScript { number: 311, ko, en }
}

fn held() -> HeldPlace {
    let place = |dose, month| (dose, date(2021, month, 26), time(9, 30, 0, 0), CLINIC.to_owned());
    HeldPlace {
        hold: "7".to_owned(),
        places: vec![place(1, 7), place(2, 8)],
        until: super::now() + SignedDuration::from_mins(8),
        is_change: false,
        can_extend: true,
    }
}

fn clinics(lang: Lang) -> ClinicsPage {
    let row = |availability| ClinicRow {
        name: CLINIC.to_owned(),
        address: "시험로 12".to_owned(),
        region: "서울특별시 종로구 시험동".to_owned(),
        availability,
        href: format!("{}/clinics/C00001", lang.href(PERSON)),
    };
    ClinicsPage {
        frame: frame(lang, PERSON),
        path: lang.href(PERSON),
        query: "시험동".to_owned(),
        rows: Some([Availability::Many, Availability::None].map(row).to_vec()),
        total: 2,
        nearest_first: true,
    }
}

fn days(lang: Lang) -> DaysPage {
    let row = |day, free| DayRow {
        date: date(2021, 7, day),
        href: Some(format!("{}/clinics/C00001/2021-07-{day}", lang.href(PERSON))),
        free,
        availability: Availability::Few,
    };
    DaysPage {
        frame: frame(lang, PERSON),
        path: lang.href(PERSON),
        clinic: CLINIC.to_owned(),
        days: vec![row(26, 3), row(27, 12)],
    }
}

fn times(lang: Lang) -> TimesPage {
    let band = |hour, free| BandRow { time: time(hour, 30, 0, 0), free };
    TimesPage {
        frame: frame(lang, PERSON),
        path: lang.href(PERSON),
        clinic_id: "C00001".to_owned(),
        clinic: CLINIC.to_owned(),
        date: date(2021, 7, 26),
        bands: vec![band(9, 0), band(10, 2), band(11, 4)],
        errors: Errors::default(),
        refusal: None,
        nearest: Vec::new(),
    }
}

fn nearest() -> Vec<Alternative> {
    vec![Alternative {
        clinic_id: "C00002".to_owned(),
        clinic_name: "다른의원".to_owned(),
        nearness: String::new(),
        date: date(2021, 7, 26),
        time: time(10, 0, 0, 0),
    }]
}
