//! `/identity`, `/identity/code`: who one is. Nothing here tells whether a person is known, eligible or booked.

use crate::actions;
use crate::claim::{Claim, claim, claim_faults};
use crate::context::{Context, Wants};
use crate::cookies::Cookie;
use crate::error::Problem;
use crate::fields::{Field, Fields, Kind};
use crate::identity::{Asked, Asker, Next, UnderWay};
use crate::in_line;
use crate::journey::cards::masked;
use crate::pages::identity::{IdentityCodePage, IdentityPage};
use crate::pages::parts::{Errors, FieldError};
use crate::people;
use crate::typed::IDENTITY;
use crate::wording;
use axum::body::Body;
use booking::{Refusal, korean_day};
use http::{Response, StatusCode};
use hyper::http;
use sha2::{Digest as _, Sha256};

const CODE: [Field; 1] = [Field { name: "code", kind: Kind::Code }];

/// `?next=my`: where to go on afterwards.
pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let asked = Fields::from_form(ctx.query.as_bytes());
    let next = Next::parse(asked.typed("next"));
    Ok(ctx.page(&form(ctx, next, Errors::default())))
}

pub async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let next = Next::parse(ctx.fields.typed("next"));
    let faults = claim_faults(&ctx.fields, korean_day(ctx.now));
    ctx.keep_in_browser(&IDENTITY);
    if !faults.is_empty() {
        let page = form(ctx, next, ctx.errors_of(&faults));
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let claim = claim(&ctx.fields);
    match begin(ctx, claim, next) {
        Ok(()) => Ok(ctx.see_other("/identity/code")),
        Err(refusal @ Refusal::TooManyTries { .. }) => {
            let page = form(ctx, next, error_at(ctx, "phone", &refusal));
            Ok(ctx.page_with(StatusCode::TOO_MANY_REQUESTS, &page))
        }
        Err(other) => Err(other.into()),
    }
}

/// Has a code sent; the browser carries the challenge until it is typed.
fn begin(ctx: &mut Context, claim: Claim, next: Option<Next>) -> Result<(), Refusal> {
    let asked = asked(ctx, &claim, next);
    let challenge = ctx.app.identity.begin(claim, asked, ctx.now)?;
    ctx.set_cookie(Cookie::Challenge, &challenge.token);
    Ok(())
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
            let (claim, next) = (identity.claim.clone(), identity.next);
            actions::begin_session(ctx, identity).await?;
            ctx.clear_cookie(Cookie::Challenge);
            ctx.clear_cookie(Cookie::Typed);
            if let Ok(draft) = ctx.draft().await {
                ctx.remember_prepared(&draft);
            }
            let regained = in_line::regain(ctx).await;
            if let Some(next) = next {
                // They came for something else; whose ticket it is, the waiting page and the door tell.
                return Ok(ctx.see_other(next.path()));
            }
            regained?;
            told_now(ctx, &claim).await?;
            Ok(ctx.see_other(next_page(ctx)))
        }
        Err(refusal @ Refusal::CodeWrong { tries_left }) => {
            let errors = error_at(ctx, "code", &refusal);
            code_page(ctx, StatusCode::UNPROCESSABLE_ENTITY, errors, Some(tries_left))
        }
        Err(refusal @ Refusal::TooManyTries { .. }) => {
            let errors = error_at(ctx, "code", &refusal);
            code_page(ctx, StatusCode::TOO_MANY_REQUESTS, errors, Some(0))
        }
        Err(other) => Err(other.into()),
    }
}

/// Who stands in line for nothing is told at once, not after the wait. The ledger decides again at the door, and there a
/// roster that cannot be read is said to be so. A helper stands in line for somebody else.
async fn told_now(ctx: &Context, claim: &Claim) -> Result<(), Problem> {
    let group = ctx.app.campaign().group;
    if ctx.ticket.is_none() {
        return Ok(());
    }
    match actions::candidate(&ctx.app, claim).await {
        Ok(candidate) if !group.contains(candidate) => {
            let all = people::recipients(ctx).await?;
            let helps = all.iter().any(|one| one.delegation.is_some() && one.eligible);
            let refusal = Refusal::NotEligible { born_from: group.born_from, born_to: group.born_to };
            if helps { Ok(()) } else { Err(refusal.into()) }
        }
        Ok(_) => Ok(()),
        Err(_) => {
            tracing::warn!("the roster did not answer; the door will ask it again");
            Ok(())
        }
    }
}

/// Names a request for a code by its key and content, so that a button pressed twice asks once; and who asks.
pub(crate) fn asked(ctx: &Context, claim: &Claim, next: Option<Next>) -> Asked {
    let key = ctx.sent_key().map_or_else(|| ctx.fresh_key(), str::to_owned);
    let by = match ctx.wants {
        Wants::Page => Asker::Browser(short(&ctx.browser)),
        Wants::Json => Asker::Program(short(&format!("{claim:?}"))),
    };
    Asked { id: short(&format!("{key}|{claim:?}")), by, next }
}

fn short(text: &str) -> [u8; 16] {
    let digest = Sha256::digest(text);
    std::array::from_fn(|position| digest[position])
}

/// Somebody in line goes back to the line; somebody else came to look at an appointment.
fn next_page(ctx: &Context) -> &'static str {
    if ctx.ticket.is_some() { "/wait" } else { "/my" }
}

pub async fn resend(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let known = challenge_token(ctx).and_then(|token| ctx.app.identity.under_way(&token, ctx.now).ok());
    let Some(UnderWay { claim, next, .. }) = known else { return Ok(ctx.see_other("/identity")) };
    match begin(ctx, claim, next) {
        Ok(()) => Ok(ctx.see_other("/identity/code")),
        // The code that came before is still good.
        Err(refusal @ Refusal::TooManyTries { .. }) => {
            let errors = error_at(ctx, "code", &refusal);
            code_page(ctx, StatusCode::TOO_MANY_REQUESTS, errors, None)
        }
        Err(other) => Err(other.into()),
    }
}

pub async fn leave(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    actions::end_session(ctx).await?;
    Ok(ctx.see_other("/"))
}

fn form(ctx: &Context, next: Option<Next>, errors: Errors) -> IdentityPage {
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
        number: ctx.fields.typed("number").to_owned(),
        is_temporary: ctx.fields.says_temporary(),
        birth_date: typed("birth_date"),
        phone: typed("phone"),
        errors,
        has_ticket: ctx.ticket.is_some(),
        takes_anybodys_word: ctx.app.identity.takes_anybodys_word(),
        next: next.map(Next::code),
    }
}

fn code_page(
    ctx: &Context,
    status: StatusCode,
    errors: Errors,
    tries_left: Option<u32>,
) -> Result<Response<Body>, Problem> {
    let Some(token) = challenge_token(ctx) else { return Ok(ctx.see_other("/identity")) };
    let UnderWay { claim, expires_at, .. } = ctx.app.identity.under_way(&token, ctx.now)?;
    let page = IdentityCodePage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        number_masked: claim.number_masked(),
        name: claim.name,
        phone_masked: masked(&claim.phone),
        expires_at,
        tries_left,
        errors,
        has_ticket: ctx.ticket.is_some(),
    };
    Ok(ctx.page_with(status, &page))
}

fn error_at(ctx: &Context, field: &'static str, refusal: &Refusal) -> Errors {
    let said = wording::refusal(ctx.lang, refusal, &ctx.app);
    Errors(vec![FieldError { field, message: format!("{} {}", said.sentence, said.next_step) }])
}

fn challenge_token(ctx: &Context) -> Option<String> {
    Cookie::Challenge.read(&ctx.headers, ctx.app.settings.secure_cookies).map(str::to_owned)
}
