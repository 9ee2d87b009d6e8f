//! `/desk/record`: the auditor reads what staff did and looked at, a page at a time. That they look is on record, too.

use super::desk::{FROM, WHY};
use crate::context::Context;
use crate::error::Problem;
use crate::lang::Lang;
use crate::pages::desk::record::{RecordPage, RecordRow};
use axum::body::Body;
use booking::{Act, Actor, AuditEntry, LookUp, StaffId};
use http::Response;
use hyper::http;
use std::collections::HashMap;

/// Events that one page looks through.
const EVENTS: u64 = 500;

pub(super) async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let asked: HashMap<String, String> = form_urlencoded::parse(ctx.query.as_bytes()).into_owned().collect();
    let who = asked.get("who").map_or("", |name| name.trim()).to_lowercase();
    ctx.look_up(LookUp::Audit, None, "").await?;
    let end = ctx.app.store.audit_head().await?.seq;
    let until =
        asked.get("until").and_then(|text| text.parse().ok()).map_or(end, |until: u64| until.min(end));
    let after = until.saturating_sub(EVENTS);
    let events = ctx.app.store.audit_since(after, (until - after) as usize).await?;
    let names: HashMap<StaffId, String> = ctx
        .staff()?
        .book
        .look(|accounts| accounts.all().map(|account| (account.id, account.login.clone())).collect())?;
    let row = |(seq, entry): (u64, &AuditEntry)| row(ctx, &names, seq, entry);
    let rows = events.iter().rev().map(|event| (event.seq, &event.entry)).filter_map(row);
    let rows = rows.filter(|row| who.is_empty() || row.who == who).collect();
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("who", &who)
        .append_pair("until", &after.to_string())
        .finish();
    let earlier = (after > 0).then(|| ctx.lang.href(&format!("/desk/record?{query}")));
    Ok(ctx.page(&RecordPage { frame: ctx.desk_frame(), who, rows, earlier }))
}

/// None of what people did themselves.
fn row(ctx: &Context, names: &HashMap<StaffId, String>, seq: u64, entry: &AuditEntry) -> Option<RecordRow> {
    let Actor::Staff(staff) = entry.who else { return None };
    let open = |place, sealed: &[u8]| {
        let plain = ctx.app.keys.cipher.open(place, sealed);
        plain.and_then(|plain| String::from_utf8(plain).ok()).unwrap_or_default()
    };
    Some(RecordRow {
        seq,
        at: entry.at,
        who: names.get(&staff).cloned().unwrap_or_else(|| staff.0.to_string()),
        from: open(FROM, &entry.from.sealed),
        what: act(ctx.lang, &entry.what),
        whose: entry.whose.map(|person| person.0),
        why: open(WHY, &entry.why),
        refused: entry.refused,
    })
}

fn act(lang: Lang, act: &Act) -> String {
    let (ko, en) = match act {
        Act::Used(name) => used(name),
        Act::LookedUp(what) => looked(*what),
        Act::Booked { .. } => ("예약", "booked"),
        Act::Moved { .. } => ("예약을 옮김", "moved an appointment"),
        Act::Cancelled { .. } => ("예약을 취소", "cancelled an appointment"),
        Act::EligibilityCorrected { .. } => ("대상 여부를 정정", "corrected who is of the group"),
        Act::AdmissionRevoked { .. } => ("입장을 취소", "ended an admission"),
        Act::Merged { .. } => ("두 이름을 한 사람으로 합침", "merged two names"),
        Act::CheckedIn { .. } => ("접수", "checked in"),
        Act::NoShow { .. } => ("접종하지 않음으로 기록", "recorded as missed"),
        Act::Fulfilled { .. } => ("접종을 기록", "recorded a dose"),
    };
    lang.t(ko, en).to_owned()
}

/// By the name of the command; one that has no words here keeps its name.
fn used(name: &str) -> (&str, &str) {
    match name {
        "register" => ("등록하거나 찾음", "registered or found somebody"),
        "admit" => ("줄 없이 입장시킴", "let somebody in"),
        "hold" => ("자리를 잡음", "held a place"),
        "extend" => ("잡은 시간을 늘림", "extended a hold"),
        "release" => ("자리를 돌려줌", "gave a place back"),
        "confirm" => ("예약을 확정", "confirmed an appointment"),
        "cancel" => ("예약을 취소", "cancelled an appointment"),
        other => (other, other),
    }
}

fn looked(what: LookUp) -> (&'static str, &'static str) {
    match what {
        LookUp::Person => ("사람을 봄", "looked at a person"),
        LookUp::Numbers => ("번호 전체를 봄", "saw the numbers in full"),
        LookUp::Appointments => ("예약을 봄", "looked at appointments"),
        LookUp::Delegations => ("대신 예약하는 관계를 봄", "looked at helpers"),
        LookUp::DayList => ("하루 명단을 봄", "looked at a day's list"),
        LookUp::WaitList => ("대기 명단을 봄", "looked at the wait list"),
        LookUp::DeskList => ("창구에서 정할 일을 봄", "looked at the desk's cases"),
        LookUp::Audit => ("직원 기록을 봄", "read the record of staff"),
        LookUp::CallBack => ("다시 걸 전화", "a call back"),
        LookUp::CallNote => ("통화를 정리함", "noted a call"),
        LookUp::Review => ("한 달을 점검함", "reviewed a month"),
        LookUp::Export => ("파일로 내보냄", "exported a file"),
    }
}
