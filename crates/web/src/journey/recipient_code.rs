//! `/people/code`: the code that the recipient reads out to the helper. Nothing here tells whether there is such a
//! person.

use super::people::{add_page, keep_unfinished, put_away};
use crate::context::Context;
use crate::cookies::Cookie;
use crate::error::Problem;
use crate::fields::{Field, Kind};
use crate::pages::parts::{Errors, FieldError};
use crate::pages::recipient_code::RecipientCodePage;
use crate::people::Named;
use crate::recipient_code::{self, CodeAsked, UnderWay};
use crate::wording;
use axum::body::Body;
use booking::Refusal;
use http::{Response, StatusCode};
use hyper::http;

const CODE: [Field; 1] = [Field { name: "code", kind: Kind::Code }];

/// The form of [`super::people::post_add`] was well-formed, and the campaign wants a code.
pub(super) async fn ask(ctx: &mut Context, named: Named) -> Result<Response<Body>, Problem> {
    keep_unfinished(ctx).await;
    match recipient_code::ask(ctx, named).await {
        Ok(asked) => Ok(on_its_way(ctx, &asked)),
        Err(Problem::Refused(refusal)) => refused(ctx, &refusal).await,
        Err(other) => Err(other),
    }
}

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    code_page(ctx, StatusCode::OK, Errors::default(), None).await
}

pub async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let errors = ctx.errors(&CODE);
    if !errors.is_empty() {
        return code_page(ctx, StatusCode::UNPROCESSABLE_ENTITY, errors, None).await;
    }
    let Some(token) = token(ctx) else { return Ok(ctx.see_other("/people/add")) };
    match recipient_code::prove(ctx, &token, &ctx.fields.code("code")).await {
        Ok(_) => {
            ctx.clear_cookie(Cookie::RecipientCode);
            put_away(ctx).await;
            Ok(ctx.see_other("/people"))
        }
        Err(Problem::Refused(refusal @ Refusal::RecipientCodeWrong { tries_left })) => {
            let errors = error_at_code(ctx, &refusal);
            code_page(ctx, StatusCode::UNPROCESSABLE_ENTITY, errors, Some(tries_left)).await
        }
        Err(Problem::Refused(refusal @ Refusal::TooManyTries { .. })) => {
            let errors = error_at_code(ctx, &refusal);
            code_page(ctx, StatusCode::TOO_MANY_REQUESTS, errors, Some(0)).await
        }
        Err(Problem::Refused(refusal)) => refused(ctx, &refusal).await,
        Err(other) => Err(other),
    }
}

pub async fn resend(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let Some(token) = token(ctx) else { return Ok(ctx.see_other("/people/add")) };
    match recipient_code::ask_again(ctx, &token).await {
        Ok(asked) => Ok(on_its_way(ctx, &asked)),
        // The code that was sent before is still good.
        Err(Problem::Refused(refusal @ (Refusal::TooManyTries { .. } | Refusal::TooManyPairs { .. }))) => {
            let errors = error_at_code(ctx, &refusal);
            code_page(ctx, StatusCode::TOO_MANY_REQUESTS, errors, None).await
        }
        Err(Problem::Refused(refusal)) => refused(ctx, &refusal).await,
        Err(other) => Err(other),
    }
}

fn on_its_way(ctx: &mut Context, asked: &CodeAsked) -> Response<Body> {
    ctx.set_cookie(Cookie::RecipientCode, &asked.token);
    ctx.see_other("/people/code")
}

/// The form once more, with all that was typed but the number.
async fn refused(ctx: &Context, refusal: &Refusal) -> Result<Response<Body>, Problem> {
    let kept = ctx.draft().await.unwrap_or_default();
    let page = add_page(ctx, &kept, Errors::default(), Some(refusal));
    Ok(ctx.page_with(Problem::Refused(refusal.clone()).status(), &page))
}

async fn code_page(
    ctx: &Context,
    status: StatusCode,
    errors: Errors,
    tries_left: Option<u32>,
) -> Result<Response<Body>, Problem> {
    let Some(token) = token(ctx) else { return Ok(ctx.see_other("/people/add")) };
    let UnderWay { name, expires_at } = match recipient_code::under_way(ctx, &token) {
        Ok(under_way) => under_way,
        Err(refusal) => return refused(ctx, &refusal).await,
    };
    let page = RecipientCodePage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        name,
        expires_at,
        tries_left,
        errors,
    };
    Ok(ctx.page_with(status, &page))
}

fn error_at_code(ctx: &Context, refusal: &Refusal) -> Errors {
    let said = wording::refusal(ctx.lang, refusal, &ctx.app);
    Errors(vec![FieldError { field: "code", message: format!("{} {}", said.sentence, said.next_step) }])
}

fn token(ctx: &Context) -> Option<String> {
    Cookie::RecipientCode.read(&ctx.headers, ctx.app.settings.secure_cookies).map(str::to_owned)
}
