//! After a call: what it was about, by closed reasons, and a short note that the next agent reads. Nothing personal
//! stands in it: a note that tells somebody's number, address or name is not taken, and says why.

use super::people::{back, person_page};
use super::telling::{Telling, tellings};
use crate::actions::{key_of_person, person_card};
use crate::context::Context;
use crate::error::Problem;
use crate::lang::Lang;
use crate::pages::desk::person::Shown;
use crate::pages::desk::wrap_up::{NoteRow, ReasonRow, WrapUp};
use crate::pages::parts::{Errors, FieldError};
use axum::body::Body;
use booking::{LookUp, PersonId, Refusal, StaffId, korean_day};
use http::{Response, StatusCode};
use hyper::http;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::{CallNote, StoreError};

const NOTE_CHARS_MAX: usize = 200;

/// What a call was about: code, Korean, English.
pub(crate) const REASONS: [(&str, &str, &str); 9] = [
    ("booked", "예약함", "booked"),
    ("moved", "시간·장소를 바꿈", "moved"),
    ("cancelled", "취소함", "cancelled"),
    ("asked", "문의에 답함", "answered a question"),
    ("not-eligible", "대상이 아님을 안내함", "not of the group"),
    ("no-place", "원하는 자리가 없음", "no place that suits"),
    ("call-back", "차례에 다시 걸기로 함", "to be called back"),
    ("fault", "오류·불편을 알려 주심", "reported a fault"),
    ("passed-on", "다른 곳으로 안내함", "sent elsewhere"),
];

/// As it is sealed.
#[derive(Serialize, Deserialize)]
struct Note {
    reasons: Vec<String>,
    words: String,
    /// Of the form: pressed twice, it is noted once.
    key: String,
}

pub(super) async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let person = ctx.subject()?.person;
    let card = person_card(ctx, person).await?;
    let words = ctx.fields.typed("note").trim().to_owned();
    let reasons: Vec<String> = chosen(ctx).into_iter().map(|(code, _, _)| (*code).to_owned()).collect();
    let errors = faults(ctx.lang, &reasons, &words, tellings(&words, &card));
    if !errors.is_empty() {
        let page = person_page(ctx, Shown::Masked, errors, None).await?;
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let key = ctx.sent_key().ok_or(Problem::KeyMissing)?.to_owned();
    let known = kept(ctx, person).await?;
    if !known.iter().any(|(_, note)| note.key == key) {
        let said: Vec<&str> = chosen(ctx).into_iter().map(|(_, ko, _)| *ko).collect();
        ctx.look_up(LookUp::CallNote, Some(person), format!("{} {words}", said.join(", ")).trim()).await?;
        write(ctx, person, &Note { reasons, words, key }).await?;
    }
    back(ctx)
}

fn chosen(ctx: &Context) -> Vec<&'static (&'static str, &'static str, &'static str)> {
    let sent = ctx.fields.several("reason");
    REASONS.iter().filter(|(code, _, _)| sent.contains(code)).collect()
}

fn faults(lang: Lang, reasons: &[String], words: &str, tells: Vec<Telling>) -> Errors {
    let error = |field, message: String| FieldError { field, message };
    let mut errors = Vec::new();
    if reasons.is_empty() {
        let message = lang.t("어떤 전화였는지 하나 이상 골라 주십시오.", "Choose what the call was about.");
        errors.push(error("reason", message.to_owned()));
    }
    if words.chars().count() > NOTE_CHARS_MAX {
        let message =
            lang.t("메모는 200자까지 적으실 수 있습니다.", "A note has 200 characters at the most.");
        errors.push(error("note", message.to_owned()));
    }
    if !tells.is_empty() {
        let told: Vec<&str> = tells.into_iter().map(|telling| in_words(lang, telling)).collect();
        let told = told.join(", ");
        let message = match lang {
            Lang::Ko => format!("메모에 개인정보가 있습니다: {told}. 빼고 다시 남겨 주십시오."),
            Lang::En => format!("The note has personal data in it: {told}. Please take it out."),
        };
        errors.push(error("note", message));
    }
    Errors(errors)
}

fn in_words(lang: Lang, telling: Telling) -> &'static str {
    match telling {
        Telling::PersonNumber => lang.t("주민등록번호", "a resident number"),
        Telling::Phone => lang.t("전화번호", "a phone number"),
        Telling::Email => lang.t("전자우편 주소", "an e-mail address"),
        Telling::Name => lang.t("전화하신 분의 이름", "the caller's name"),
        Telling::BirthDate => lang.t("전화하신 분의 생년월일", "the caller's birth date"),
    }
}

fn sealed_at(person: PersonId) -> String {
    format!("call/note/{}", person.0)
}

/// Under the person's own key, so that it goes with them.
async fn write(ctx: &Context, person: PersonId, note: &Note) -> Result<(), Problem> {
    let plain = serde_json::to_vec(note).expect("plain data becomes JSON");
    let (cipher, at) = (&ctx.app.keys.cipher, sealed_at(person));
    let sealed = match key_of_person(&ctx.app, person).await? {
        Some(key) => cipher.seal_for(key, &at, &plain),
        None => Some(cipher.seal(&at, &plain)),
    };
    let sealed = sealed.ok_or(Refusal::IdentityNeeded)?;
    let note = CallNote { staff: ctx.me()?, at: ctx.now, sealed };
    Ok(ctx.app.gate.calls(move |calls| calls.add_note(person, note)).await?)
}

/// One that opens no more is left out.
async fn kept(ctx: &Context, person: PersonId) -> Result<Vec<(CallNote, Note)>, StoreError> {
    let notes = ctx.app.gate.calls(move |calls| calls.notes(person)).await?;
    let open = |note: CallNote| {
        let plain = ctx.app.keys.cipher.open(&sealed_at(person), &note.sealed)?;
        Some((note, serde_json::from_slice(&plain).ok()?))
    };
    Ok(notes.into_iter().filter_map(open).collect())
}

/// On the page of the person: what others noted, and the form with what was typed.
pub(super) async fn shown(ctx: &Context, person: PersonId) -> Result<WrapUp, Problem> {
    let names: HashMap<StaffId, String> = ctx
        .staff()?
        .book
        .look(|accounts| accounts.all().map(|account| (account.id, account.login.clone())).collect())?;
    let row = |(kept, note): (CallNote, Note)| NoteRow {
        on: korean_day(kept.at),
        at: kept.at,
        who: names.get(&kept.staff).cloned().unwrap_or_else(|| kept.staff.0.to_string()),
        reasons: REASONS
            .iter()
            .filter(|(code, _, _)| note.reasons.iter().any(|one| one == code))
            .map(|(_, ko, en)| ctx.lang.t(ko, en).to_owned())
            .collect(),
        words: note.words,
    };
    let sent = ctx.fields.several("reason");
    let reason = |(code, ko, en): &(&'static str, &'static str, &'static str)| ReasonRow {
        code,
        label: ctx.lang.t(ko, en).to_owned(),
        is_chosen: sent.contains(code),
    };
    Ok(WrapUp {
        notes: kept(ctx, person).await?.into_iter().map(row).collect(),
        reasons: REASONS.iter().map(reason).collect(),
        typed: ctx.fields.typed("note").to_owned(),
    })
}
