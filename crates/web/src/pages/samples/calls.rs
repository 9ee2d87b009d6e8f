//! Whom to call back, and what was noted of a call, in every stage.

use super::desk::{error, frame, person};
use super::now;
use crate::lang::Lang;
use crate::pages::desk::calls::{CallBox, CallStage, CallsPage};
use crate::pages::desk::person::PersonPage;
use crate::pages::desk::wrap_up::{NoteRow, ReasonRow, WrapUp};
use crate::pages::parts::{LineOrder, Phase};
use jiff::civil::date;
use store::CallFigures;

pub(super) fn add(lang: Lang, add: &mut dyn FnMut(&'static str, &dyn askama::DynTemplate)) {
    let figures = CallFigures { open: 1_240, due: 31, in_hand: 12 };
    let list =
        CallsPage { frame: frame(lang, "/desk/calls"), figures, found_nobody: false, is_paused: false };
    add("desk-calls", &list);
    add("desk-calls-none", &CallsPage { found_nobody: true, ..list.clone() });
    add("desk-calls-paused", &CallsPage { is_paused: true, ..list });
    let with = |call| PersonPage { call, appointments: Vec::new(), may_book: true, ..person(lang) };
    add("desk-call-ask", &with(call_box(CallStage::NotAsked)));
    let wrong =
        CallBox { call_to: "other".to_owned(), typed: "000".to_owned(), ..call_box(CallStage::NotAsked) };
    add("desk-call-ask-errors", &PersonPage { errors: error(lang, "call_number"), ..with(wrong) });
    for (name, stage) in [
        ("desk-call-due", CallStage::Due),
        ("desk-call-mine", CallStage::InMyHand),
        ("desk-call-anothers", CallStage::InAnothersHand),
        ("desk-call-reached", CallStage::Reached),
        ("desk-call-not-reached", CallStage::NotReached),
        ("desk-call-withdrawn", CallStage::Withdrawn),
        ("desk-call-waiting", CallStage::Waiting),
    ] {
        add(name, &with(call_box(stage)));
    }
    let unknown = CallBox {
        wait: None,
        phase: Phase::Lobby,
        number: None,
        has_number: false,
        ..call_box(CallStage::Waiting)
    };
    add("desk-call-waiting-no-number", &with(unknown));
    let undrawn = CallBox { queue_number: None, order: LineOrder::Draw, ..call_box(CallStage::Waiting) };
    add("desk-call-undrawn", &with(undrawn));
    let noted = WrapUp { typed: "김시험 님".to_owned(), ..wrap_up(lang) };
    add("desk-note-errors", &PersonPage { errors: error(lang, "note"), wrap_up: noted, ..person(lang) });
    add("desk-note-no-reason", &PersonPage { errors: error(lang, "reason"), ..person(lang) });
}

pub(super) fn call_box(stage: CallStage) -> CallBox {
    let number = if stage == CallStage::InMyHand { "02-000-0000" } else { "02-***-0000" };
    CallBox {
        stage,
        phase: Phase::Open,
        order: LineOrder::FirstCome,
        queue_number: Some(41_209),
        ahead: 12_300,
        wait: Some((12, 18)),
        number: Some(number.to_owned()),
        has_number: true,
        own_number: Some("010-****-0001".to_owned()),
        missed: 1,
        again_at: Some(now()),
        call_to: String::new(),
        typed: String::new(),
    }
}

pub(super) fn wrap_up(lang: Lang) -> WrapUp {
    let note = |words: &str| NoteRow {
        on: date(2027, 7, 19),
        at: now(),
        who: "kang.gd".to_owned(),
        reasons: vec![lang.t("문의에 답함", "answered a question").to_owned()],
        words: words.to_owned(),
    };
    let reason = |(code, ko, en): (&'static str, &str, &str)| ReasonRow {
        code,
        label: lang.t(ko, en).to_owned(),
        is_chosen: false,
    };
    WrapUp {
        notes: vec![note("오후 자리를 원하심"), note("")],
        reasons: crate::staff::REASONS.into_iter().map(reason).collect(),
        typed: String::new(),
    }
}
