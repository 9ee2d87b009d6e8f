//! The identity check.

use super::{at, chrome, error, now};
use crate::lang::Lang;
use crate::pages::identity::{IdentityCodePage, IdentityPage};
use crate::pages::outbox::{OutboxMessage, OutboxPage};
use crate::pages::parts::Errors;

pub(super) fn identity(lang: Lang, errors: Errors) -> IdentityPage {
    IdentityPage {
        chrome: chrome(lang, "/identity"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        name: if errors.is_empty() { String::new() } else { "김순자".to_owned() },
        number: if errors.is_empty() { String::new() } else { "T-0000 0001".to_owned() },
        is_temporary: !errors.is_empty(),
        birth_date: if errors.is_empty() { String::new() } else { "640315".to_owned() },
        phone: String::new(),
        errors,
        has_ticket: true,
        takes_anybodys_word: true,
        next: Some("my"),
    }
}

pub(super) fn identity_errors(lang: Lang) -> Errors {
    let birth =
        lang.t("생년월일은 숫자 8자리로 적어 주십시오. 예: 19640315", "Give the birth date as 8 digits.");
    let phone = lang.t("휴대전화 번호를 적어 주십시오.", "Give your mobile phone number.");
    Errors(vec![error("birth_date", birth), error("phone", phone)])
}

pub(super) fn identity_code(lang: Lang, errors: Errors) -> IdentityCodePage {
    IdentityCodePage {
        chrome: chrome(lang, "/identity/code"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        name: "김순자".to_owned(),
        number_masked: "640315-2******".to_owned(),
        phone_masked: "010-****-5678".to_owned(),
        expires_at: at("2021-07-12T00:12:30+09:00"),
        tries_left: (!errors.is_empty()).then_some(4),
        errors,
        has_ticket: false,
    }
}

pub(super) fn code_errors(lang: Lang) -> Errors {
    Errors(vec![error(
        "code",
        lang.t("인증번호가 맞지 않습니다. 다시 적어 주십시오.", "The code does not match."),
    )])
}

pub(super) fn outbox(lang: Lang) -> OutboxPage {
    let message = |text: &str, code: Option<&str>| OutboxMessage {
        sent_at: now(),
        to_masked: "010-****-5678".to_owned(),
        text: text.to_owned(),
        code: code.map(str::to_owned),
    };
    let booked = "[차례] 예약되었습니다. 7월 27일(화) 오전 9:30 바른마음내과의원";
    OutboxPage {
        chrome: chrome(lang, "/outbox"),
        messages: vec![message(booked, None), message("[차례] 인증번호입니다.", Some("482913"))],
    }
}
