//! `/desk/calls`: whom to call back, in the order of the line. Whoever is on the phone before their turn gets a place in
//! the same line as everybody else, by the time at which they asked; the agent takes it for them, and it is theirs: the
//! same place goes on in a browser of theirs, and the place they have from there is the one that is kept here.

use super::people::{back, refused};
use super::session::Subject;
use crate::actions::{key_of_person, person_card};
use crate::claim::Claim;
use crate::context::Context;
use crate::error::Problem;
use crate::gate::{Gate, NoTicket};
use crate::in_line::place_ref;
use crate::journey::cards::masked;
use crate::pages::desk::calls::{CallBox, CallStage, CallsPage};
use crate::pages::desk::person::Shown;
use crate::pages::parts::{Errors, FieldError};
use axum::body::Body;
use booking::{LookUp, PersonId, Refusal, TicketRef};
use http::{Response, StatusCode};
use hyper::http;
use std::sync::Arc;
use store::{AskedCall, CallEnd, CallState, KeptCall, SettledCall, StoreError};
use waiting_room::{Ticket, WaitRange};

/// Entries whose number is looked up in one step.
const STEP: usize = 256;
/// Digits of a number that can be called: a mobile one or a landline, with its area.
const DIGITS: std::ops::RangeInclusive<usize> = 9..=11;
/// Where the sealed ticket of an entry stands.
const TICKET: &str = "call/ticket";

pub(super) async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.page(&calls_page(ctx, false).await?))
}

async fn calls_page(ctx: &Context, found_nobody: bool) -> Result<CallsPage, Problem> {
    let gate = Arc::clone(&ctx.app.gate);
    settle(ctx, &gate).await?;
    ctx.look_up(LookUp::CallBack, None, "").await?;
    let (tag, below, now) = (gate.tag, gate.serving_number(), ctx.now);
    let figures = gate.calls(move |calls| calls.figures(tag, below, now)).await?;
    Ok(CallsPage { frame: ctx.desk_frame(), figures, found_nobody, is_paused: gate.is_paused() })
}

/// The next one is in this agent's hand, and on record as that, before anything of them is shown.
pub(super) async fn take(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let gate = Arc::clone(&ctx.app.gate);
    settle(ctx, &gate).await?;
    let (tag, below, me, now) = (gate.tag, gate.serving_number(), ctx.me()?, ctx.now);
    let taken =
        if gate.is_shut() { None } else { gate.calls(move |calls| calls.take(tag, below, me, now)).await? };
    let Some(call) = taken else {
        return Ok(ctx.page(&calls_page(ctx, true).await?));
    };
    let person = call.asked.person;
    ctx.look_up(LookUp::CallBack, Some(person), "차례가 되어 전화를 맡음").await?;
    Ok(ctx.see_other(&ctx.subject_path(Subject { person, changes: None })?))
}

/// Which number is to be called, as the form says.
enum Wanted {
    Number(String),
    /// They call again.
    None,
}

pub(super) async fn ask(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let person = ctx.subject()?.person;
    let card = person_card(ctx, person).await?;
    let wanted = match wanted(ctx, &card) {
        Ok(wanted) => wanted,
        Err(errors) => {
            let page = super::people::person_page(ctx, Shown::Masked, errors, None).await?;
            return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    let gate = Arc::clone(&ctx.app.gate);
    let ticket = match place_of(ctx, &gate, person).await {
        Ok(ticket) => ticket,
        Err(problem) => return refused(ctx, problem).await,
    };
    ctx.look_up(LookUp::CallBack, Some(person), "전화 대기를 접수").await?;
    let number = match wanted {
        Wanted::Number(digits) => Some(seal_number(ctx, person, &digits).await?),
        Wanted::None => None,
    };
    let ticket = ctx.app.keys.cipher.seal(TICKET, gate.seal(&ticket).as_bytes());
    let (tag, asked) = (gate.tag, AskedCall { person, ticket, number, at: ctx.now });
    gate.calls(move |calls| calls.ask(tag, asked)).await?;
    back(ctx)
}

fn wanted(ctx: &Context, card: &Claim) -> Result<Wanted, Errors> {
    match ctx.fields.typed("call_to") {
        "none" => Ok(Wanted::None),
        "own" if !card.phone.is_empty() => Ok(Wanted::Number(card.phone.clone())),
        _ => callable(ctx.fields.typed("call_number")).map(Wanted::Number).ok_or_else(|| {
            let message = ctx.lang.t(
                "전화드릴 번호를 0으로 시작하는 숫자로 적어 주십시오. 예: 02-000-0000",
                "Enter the number to call, beginning with 0, for example 02-000-0000.",
            );
            Errors(vec![FieldError { field: "call_number", message: message.to_owned() }])
        }),
    }
}

/// Digits only, of a number that a desk can call: a neighbour's or a village hall's landline, too.
fn callable(typed: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | ' ' | '.' | '(' | ')');
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    (typed.chars().all(is_part) && digits.starts_with('0') && DIGITS.contains(&digits.len()))
        .then_some(digits)
}

/// The place they have already, wherever they took it; otherwise a new one at the end, as everybody's.
async fn place_of(ctx: &Context, gate: &Gate, person: PersonId) -> Result<Ticket, Problem> {
    if let Some(place) = gate.own_place(person, None).await? {
        return Ok(Ticket::moved(gate.tag, place.place_number, place.generation));
    }
    let random = Arc::clone(&ctx.app.random);
    match gate.issue(|| random.bytes()).await {
        Ok(ticket) => Ok(ticket),
        Err(NoTicket::Refused(not_now)) => Err(Refusal::from(not_now).into()),
        Err(NoTicket::Busy) => Err(Problem::Busy),
    }
}

/// Entries get the number of their place once it is known; from then on the place is the person's.
async fn settle(ctx: &Context, gate: &Gate) -> Result<(), Problem> {
    let tag = gate.tag;
    loop {
        let unsettled = gate.calls(move |calls| calls.unsettled(tag, STEP)).await?;
        let mut settled = Vec::new();
        for asked in &unsettled {
            if let Some(queue_number) = number_of(ctx, gate, asked).await? {
                settled.push(SettledCall { person: asked.person, queue_number });
            }
        }
        if settled.is_empty() {
            return Ok(());
        }
        gate.calls(move |calls| calls.settle(tag, &settled)).await?;
    }
}

async fn number_of(ctx: &Context, gate: &Gate, asked: &AskedCall) -> Result<Option<u64>, StoreError> {
    let Some(place_number) = place_number(ctx, gate, asked).await? else { return Ok(None) };
    Ok(gate.queue_number(place_number))
}

async fn place_number(ctx: &Context, gate: &Gate, asked: &AskedCall) -> Result<Option<u64>, StoreError> {
    let token =
        ctx.app.keys.cipher.open(TICKET, &asked.ticket).and_then(|plain| String::from_utf8(plain).ok());
    let Some(ticket) = token.and_then(|token| gate.open_ticket(&token)) else {
        return Err(StoreError::Corrupt { at: format!("the call of person {}", asked.person.0) });
    };
    let Some(own) = gate.settle(ticket).place_number else { return Ok(None) };
    let kept = gate.own_place(asked.person, Some(ticket)).await?;
    Ok(Some(kept.map_or(own, |place| place.place_number)))
}

/// What came of the call.
pub(super) async fn end(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let (end, said) = match ctx.fields.typed("result") {
        "reached" => (CallEnd::Reached, "통화됨"),
        "missed" => (CallEnd::Missed, "받지 않음"),
        "withdrawn" => (CallEnd::Withdrawn, "전화 대기를 그만둠"),
        _ => return Err(Problem::Unreadable),
    };
    let person = ctx.subject()?.person;
    ctx.look_up(LookUp::CallBack, Some(person), said).await?;
    finish(ctx, person, end).await?;
    if end == CallEnd::Missed { Ok(ctx.see_other("/desk/calls")) } else { back(ctx) }
}

async fn finish(ctx: &Context, person: PersonId, end: CallEnd) -> Result<bool, Problem> {
    let gate = Arc::clone(&ctx.app.gate);
    let (tag, me, now) = (gate.tag, ctx.me()?, ctx.now);
    Ok(gate.calls(move |calls| calls.end(tag, (person, me), end, now)).await?)
}

/// Whoever was booked needs no call any more. That it could not be noted takes no booking away.
pub(super) async fn booked(ctx: &Context, person: PersonId) {
    if let Err(problem) = finish(ctx, person, CallEnd::Reached).await {
        tracing::warn!(code = problem.code(), "a call of somebody who is booked stays on the list");
    }
}

/// The place with which somebody is let in who waits for a call: theirs in the line, and not before its turn. None for
/// whoever does not wait for one: they are on the phone, and the lane of the desks is theirs.
pub(super) async fn place_called(
    ctx: &Context,
    person: PersonId,
) -> Result<Option<(TicketRef, u64)>, Problem> {
    let gate = Arc::clone(&ctx.app.gate);
    let Some(call) = call_of(&gate, person).await?.filter(|call| call.state != CallState::Withdrawn) else {
        return Ok(None);
    };
    if ctx.app.store.admission(gate.campaign.id, person).await?.is_some() {
        return Ok(None);
    }
    let place_number = place_number(ctx, &gate, &call.asked).await?;
    let queue_number = place_number.and_then(|number| gate.queue_number(number));
    let (Some(place_number), Some(queue_number)) = (place_number, queue_number) else {
        return Err(Refusal::NotYourTurn { places_ahead: None }.into());
    };
    match queue_number.checked_sub(gate.serving_number()) {
        Some(ahead) => Err(Refusal::NotYourTurn { places_ahead: Some(ahead) }.into()),
        None => Ok(Some((place_ref(place_number), queue_number))),
    }
}

async fn call_of(gate: &Gate, person: PersonId) -> Result<Option<KeptCall>, StoreError> {
    let tag = gate.tag;
    gate.calls(move |calls| calls.call_of(tag, person)).await
}

/// On the page of the person: where they stand, as their own page would say it, and what to tell them.
pub(super) async fn shown(ctx: &Context, person: PersonId, card: &Claim) -> Result<CallBox, Problem> {
    let gate = Arc::clone(&ctx.app.gate);
    let published = gate.published();
    let facts = published.facts();
    let nothing = CallBox {
        stage: CallStage::NotAsked,
        phase: facts.document.phase,
        order: facts.order,
        queue_number: None,
        ahead: 0,
        wait: None,
        number: None,
        has_number: false,
        own_number: (!card.phone.is_empty()).then(|| masked(&card.phone)),
        missed: 0,
        again_at: None,
        call_to: ctx.fields.typed("call_to").to_owned(),
        typed: ctx.fields.typed("call_number").to_owned(),
    };
    let Some(call) = call_of(&gate, person).await? else { return Ok(nothing) };
    let queue_number = number_of(ctx, &gate, &call.asked).await?;
    let ahead = queue_number.and_then(|number| number.checked_sub(gate.serving_number()));
    let is_called = queue_number.is_some() && ahead.is_none();
    let holder = call.holder(ctx.now);
    let stage = match call.state {
        CallState::Reached => CallStage::Reached,
        CallState::NotReached => CallStage::NotReached,
        CallState::Withdrawn => CallStage::Withdrawn,
        CallState::Open if holder == Some(ctx.me()?) => CallStage::InMyHand,
        CallState::Open if holder.is_some() => CallStage::InAnothersHand,
        CallState::Open if is_called => CallStage::Due,
        CallState::Open => CallStage::Waiting,
    };
    let number = match (&call.asked.number, stage) {
        (Some(sealed), CallStage::InMyHand) => open_number(ctx, person, sealed),
        (Some(sealed), _) => open_number(ctx, person, sealed).map(|digits| masked(&digits)),
        (None, _) => None,
    };
    let per_minute = facts.document.admissions_per_minute.unwrap_or(0);
    let range = ahead.and_then(|ahead| WaitRange::of(ahead, per_minute));
    Ok(CallBox {
        stage,
        queue_number,
        ahead: ahead.unwrap_or(0),
        wait: range.map(|range| (range.low_min, range.high_min)),
        number,
        has_number: call.asked.number.is_some(),
        missed: call.missed,
        again_at: (call.missed > 0 && call.next_at > ctx.now).then_some(call.next_at),
        ..nothing
    })
}

fn sealed_at(person: PersonId) -> String {
    format!("call/number/{}", person.0)
}

/// Under the person's own key, so that it goes with them.
async fn seal_number(ctx: &Context, person: PersonId, digits: &str) -> Result<Vec<u8>, Problem> {
    let (cipher, at) = (&ctx.app.keys.cipher, sealed_at(person));
    let sealed = match key_of_person(&ctx.app, person).await? {
        Some(key) => cipher.seal_for(key, &at, digits.as_bytes()),
        None => Some(cipher.seal(&at, digits.as_bytes())),
    };
    Ok(sealed.ok_or(Refusal::IdentityNeeded)?)
}

fn open_number(ctx: &Context, person: PersonId, sealed: &[u8]) -> Option<String> {
    String::from_utf8(ctx.app.keys.cipher.open(&sealed_at(person), sealed)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_landline_can_be_called_and_half_a_number_cannot() {
        for (typed, digits) in [
            ("02-000-0000", Some("020000000")),
            ("(031) 000 0000", Some("0310000000")),
            ("010.0000.0001", Some("01000000001")),
            ("000-0000", None),
            ("1339", None),
            ("82-10-0000-0001", None),
            ("이웃집", None),
            ("", None),
        ] {
            assert_eq!(callable(typed).as_deref(), digits, "{typed}");
        }
    }
}
