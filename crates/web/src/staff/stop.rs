//! `/desk/stop`: all passes end, or the campaign closes, when two people say so. The page shows what it will do.

use super::book::{Accounts, StaffEvent};
use super::orders::{code_error_at, field_error};
use super::proposal::{OPEN_FOR, State};
use super::sign_in::{entry, write};
use crate::context::Context;
use crate::error::{Problem, refusal_note};
use crate::fields::{Field, Kind};
use crate::pages::desk::stop::{Proposed, Standing, StopPage};
use crate::pages::parts::Errors;
use axum::body::Body;
use booking::Refusal;
use http::{Response, StatusCode};
use hyper::http;
use waiting_room::Order;

const ASKED: [Field; 2] =
    [Field { name: "why", kind: Kind::Words }, Field { name: "code", kind: Kind::Code }];
/// Of the form of the second person, beside the other on one page.
const AGREE_CODE: Field = Field { name: "agree_code", kind: Kind::Code };
const PROPOSAL: [Field; 1] = [Field { name: "proposal", kind: Kind::Number }];

pub(super) async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.page(&page(ctx, Errors::default(), None)?))
}

pub(super) async fn propose(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let mut errors = ctx.errors(&ASKED);
    let order = match ctx.fields.typed("what") {
        "revoke" => Some(Order::RevokePasses),
        "close" => Some(Order::Close),
        _ => {
            let message = ctx.lang.t("무엇을 멈출지 골라 주십시오.", "Please choose what to stop.");
            errors.0.insert(0, field_error("what", message));
            None
        }
    };
    let (Some(order), true) = (order, errors.is_empty()) else { return invalid(ctx, errors) };
    let free = ctx.staff()?.book.look(|accounts| accounts.proposals.check_free(ctx.now))?;
    if let Err(refusal) = free {
        return refused(ctx, refusal.into());
    }
    if let Some(answer) = without_code(ctx, "code").await? {
        return Ok(answer);
    }
    let what = StaffEvent::Proposed { order: order.text(), why: ctx.fields.text("why") };
    let now = ctx.now;
    decide(ctx, move |accounts| accounts.proposals.check_free(now).map(|()| what.clone())).await
}

pub(super) async fn agree(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let number = number(ctx)?;
    let errors = ctx.errors(&[AGREE_CODE]);
    if !errors.is_empty() {
        return invalid(ctx, errors);
    }
    let (me, now) = (ctx.me()?.0, ctx.now);
    // A "no" costs no code.
    let may = ctx.staff()?.book.look(|accounts| accounts.proposals.agree(number, me, now))?;
    if let Err(refusal) = may {
        return refused(ctx, refusal.into());
    }
    if let Some(answer) = without_code(ctx, AGREE_CODE.name).await? {
        return Ok(answer);
    }
    decide(ctx, move |accounts| accounts.proposals.agree(number, me, now)).await
}

/// Anybody of them, and without a code: there is a minute.
pub(super) async fn withdraw(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let (number, now) = (number(ctx)?, ctx.now);
    decide(ctx, move |accounts| accounts.proposals.withdraw(number, now)).await
}

fn number(ctx: &Context) -> Result<u64, Problem> {
    let faults = ctx.fields.faults(&PROPOSAL);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    ctx.fields.text("proposal").parse().map_err(|_| Refusal::ProposalOver.into())
}

/// The page that says so, where the code of the moment is not good.
async fn without_code(ctx: &Context, field: &'static str) -> Result<Option<Response<Body>>, Problem> {
    match ctx.spend_code(field).await {
        Ok(true) => Ok(None),
        Ok(false) => invalid(ctx, code_error_at(field, ctx.lang)).map(Some),
        Err(problem) => refused(ctx, problem).map(Some),
    }
}

/// Decided on the book as it is when it is written.
async fn decide(
    ctx: &Context,
    step: impl Fn(&Accounts) -> Result<StaffEvent, Refusal> + Send + 'static,
) -> Result<Response<Body>, Problem> {
    let template = entry(ctx, ctx.me()?.0, StaffEvent::SignInFailed);
    let written = write(ctx, move |accounts: &Accounts| {
        let what = step(accounts)?;
        Ok(super::book::StaffEntry { what, ..template.clone() })
    });
    match written.await? {
        Ok(()) => Ok(ctx.see_other("/desk/stop")),
        Err(refusal) => refused(ctx, refusal.into()),
    }
}

fn invalid(ctx: &Context, errors: Errors) -> Result<Response<Body>, Problem> {
    Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page(ctx, errors, None)?))
}

fn refused(ctx: &Context, problem: Problem) -> Result<Response<Body>, Problem> {
    let Problem::Refused(refusal) = &problem else { return Err(problem) };
    Ok(ctx.page_with(problem.status(), &page(ctx, Errors::default(), Some(refusal))?))
}

fn page(ctx: &Context, errors: Errors, refusal: Option<&Refusal>) -> Result<StopPage, Problem> {
    let (me, now) = (ctx.me()?.0, ctx.now);
    let proposed = ctx.staff()?.book.look(|accounts| {
        let last = accounts.proposals.last()?;
        let login = |number: u64| {
            let known = accounts.all().find(|account| account.id.0 == number);
            known.map_or_else(|| number.to_string(), |account| account.login.clone())
        };
        let standing = match last.state {
            State::Open if last.is_live(now) => {
                Standing::Open { until: last.at + OPEN_FOR, is_mine: last.by == me }
            }
            State::Open => Standing::TooLate,
            State::Agreed { by, due_at } => Standing::Agreed { by: login(by), due_at },
            State::Withdrawn => Standing::Withdrawn,
            State::CarriedOut => Standing::CarriedOut,
        };
        let (number, by, at) = (last.number, login(last.by), last.at);
        let is_close = last.order == Order::Close;
        Some(Proposed { number, is_close, by, at, why: last.why.clone(), standing })
    })?;
    let published = ctx.app.gate.published();
    let document = &published.facts().document;
    Ok(StopPage {
        frame: ctx.desk_frame(),
        phase: published.phase,
        waiting: document.tickets_issued.saturating_sub(document.serving_number),
        doses_left: document.doses_left.total,
        what: ctx.fields.text("what"),
        why: ctx.fields.text("why"),
        errors,
        refusal: refusal.map(|refusal| refusal_note(ctx, refusal)),
        proposed,
    })
}
