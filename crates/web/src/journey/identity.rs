//! `/identity`, `/identity/code`: who one is. Nothing here tells whether a person is known, eligible or booked.

use crate::actions;
use crate::context::Context;
use crate::cookies::Cookie;
use crate::error::Problem;
use crate::fields::{Fault, Field, FieldFault, Kind};
use crate::identity::Claim;
use crate::journey::cards::masked;
use crate::pages::identity::{IdentityCodePage, IdentityPage};
use crate::pages::parts::{Errors, FieldError};
use crate::typed::IDENTITY;
use crate::wording;
use axum::body::Body;
use booking::{Refusal, korean_day};
use http::{Response, StatusCode};
use hyper::http;
use sha2::{Digest as _, Sha256};

const CLAIM: [Field; 3] = [
    Field { name: "name", kind: Kind::Name },
    Field { name: "birth_date", kind: Kind::BirthDate },
    Field { name: "phone", kind: Kind::Phone },
];
const CODE: [Field; 1] = [Field { name: "code", kind: Kind::Code }];

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.page(&form(ctx, Errors::default())))
}

pub async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let faults = claim_faults(ctx);
    ctx.keep_in_browser(&IDENTITY);
    if !faults.is_empty() {
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &form(ctx, ctx.errors_of(&faults))));
    }
    let claim = claim(ctx);
    let asked = asked(ctx, &claim);
    let challenge = ctx.app.identity.begin(claim, asked, ctx.now);
    ctx.set_cookie(Cookie::Challenge, &challenge.token);
    Ok(ctx.see_other("/identity/code"))
}

/// Everything that is wrong with a claim; a birth date that is still to come is no birth date.
pub(crate) fn claim_faults(ctx: &Context) -> Vec<FieldFault> {
    let mut faults = ctx.fields.faults(&CLAIM);
    let date_reads = faults.iter().all(|fault| fault.field != "birth_date");
    if date_reads && ctx.fields.birth_date("birth_date") > korean_day(ctx.now) {
        faults.push(FieldFault { field: "birth_date", kind: Kind::BirthDate, fault: Fault::Impossible });
    }
    faults
}

pub(crate) fn claim(ctx: &Context) -> Claim {
    let fields = &ctx.fields;
    Claim {
        name: fields.text("name"),
        born_on: fields.birth_date("birth_date"),
        phone: fields.phone("phone"),
    }
}

pub async fn get_code(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    code_page(ctx, StatusCode::OK, Errors::default(), None)
}

pub async fn post_code(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let errors = ctx.errors(&CODE);
    if !errors.is_empty() {
        return code_page(ctx, StatusCode::UNPROCESSABLE_ENTITY, errors, None);
    }
    let Some(token) = challenge_token(ctx) else { return Ok(ctx.see_other("/identity")) };
    match ctx.app.identity.finish(&token, &ctx.fields.code("code"), ctx.now) {
        Ok(identity) => {
            let born_on = identity.claim.born_on;
            actions::begin_session(ctx, identity).await?;
            ctx.clear_cookie(Cookie::Challenge);
            ctx.clear_cookie(Cookie::Typed);
            if let Ok(draft) = ctx.draft().await {
                ctx.remember_prepared(&draft);
            }
            told_now(ctx, born_on)?;
            Ok(ctx.see_other(next_page(ctx)))
        }
        Err(refusal @ Refusal::CodeWrong { tries_left }) => {
            let errors = code_error(ctx, &refusal);
            code_page(ctx, StatusCode::UNPROCESSABLE_ENTITY, errors, Some(tries_left))
        }
        Err(refusal @ Refusal::TooManyTries { .. }) => {
            let errors = code_error(ctx, &refusal);
            code_page(ctx, StatusCode::TOO_MANY_REQUESTS, errors, Some(0))
        }
        Err(other) => Err(other.into()),
    }
}

/// Who stands in line for nothing is told at once, not after the wait. The ledger decides again at the door.
fn told_now(ctx: &Context, born_on: jiff::civil::Date) -> Result<(), Refusal> {
    let group = ctx.app.campaign().group;
    if ctx.ticket.is_none() || group.contains(booking::Candidate { born_on, on_roster: true }) {
        return Ok(());
    }
    Err(Refusal::NotEligible { born_from: group.born_from, born_to: group.born_to })
}

/// Names a request for a code by its key and content: a button pressed twice asks once.
pub(crate) fn asked(ctx: &Context, claim: &Claim) -> [u8; 16] {
    let key = ctx.sent_key().map_or_else(|| ctx.fresh_key(), str::to_owned);
    let digest = Sha256::digest(format!("{key}|{claim:?}"));
    std::array::from_fn(|position| digest[position])
}

/// Somebody in line goes back to the line; somebody else came to look at an appointment.
fn next_page(ctx: &Context) -> &'static str {
    if ctx.ticket.is_some() { "/wait" } else { "/my" }
}

pub async fn resend(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let known = challenge_token(ctx).and_then(|token| ctx.app.identity.claim(&token, ctx.now).ok());
    let Some((claim, _)) = known else { return Ok(ctx.see_other("/identity")) };
    let asked = asked(ctx, &claim);
    let challenge = ctx.app.identity.begin(claim, asked, ctx.now);
    ctx.set_cookie(Cookie::Challenge, &challenge.token);
    Ok(ctx.see_other("/identity/code"))
}

pub async fn leave(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    actions::end_session(ctx).await?;
    Ok(ctx.see_other("/"))
}

fn form(ctx: &Context, errors: Errors) -> IdentityPage {
    let kept = ctx.kept_in_browser();
    let typed = |field: &str| {
        let sent = ctx.fields.has(field).then(|| ctx.fields.typed(field).to_owned());
        sent.or_else(|| kept.get(field).cloned()).unwrap_or_default()
    };
    IdentityPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        name: typed("name"),
        birth_date: typed("birth_date"),
        phone: typed("phone"),
        errors,
        has_ticket: ctx.ticket.is_some(),
    }
}

fn code_page(
    ctx: &Context,
    status: StatusCode,
    errors: Errors,
    tries_left: Option<u32>,
) -> Result<Response<Body>, Problem> {
    let Some(token) = challenge_token(ctx) else { return Ok(ctx.see_other("/identity")) };
    let (claim, expires_at) = ctx.app.identity.claim(&token, ctx.now)?;
    let page = IdentityCodePage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        phone_masked: masked(&claim.phone),
        expires_at,
        tries_left,
        errors,
        has_ticket: ctx.ticket.is_some(),
    };
    Ok(ctx.page_with(status, &page))
}

fn code_error(ctx: &Context, refusal: &Refusal) -> Errors {
    let said = wording::refusal(ctx.lang, refusal, &ctx.app);
    Errors(vec![FieldError { field: "code", message: format!("{} {}", said.sentence, said.next_step) }])
}

fn challenge_token(ctx: &Context) -> Option<String> {
    Cookie::Challenge.read(&ctx.headers, ctx.app.settings.secure_cookies).map(str::to_owned)
}
