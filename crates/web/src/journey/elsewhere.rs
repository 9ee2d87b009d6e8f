//! `/wait/code`, `/wait/back`, `/wait/anew`: a place goes on in another browser, comes back, or is left to somebody else.

use crate::context::Context;
use crate::cookies::Cookie;
use crate::error::Problem;
use crate::fields::{Field, Kind};
use crate::in_line;
use crate::journey::wait::ticket_code;
use crate::pages::elsewhere::{ElsewherePage, TicketCode};
use crate::pages::parts::{Errors, FieldError};
use crate::wording;
use axum::body::Body;
use booking::Refusal;
use http::header::HOST;
use http::{Response, StatusCode};
use hyper::http;

/// The longest name of a host; what is longer fits into no picture.
const HOST_MAX: usize = 255;
const CODE: [Field; 1] = [Field { name: "place_code", kind: Kind::PlaceCode }];

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.page(&form(ctx, Errors::default())))
}

pub async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let errors = ctx.errors(&CODE);
    if !errors.is_empty() {
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &form(ctx, errors)));
    }
    let typed = ctx.fields.typed("place_code").to_owned();
    match in_line::take_over_by_code(ctx, &typed).await {
        Ok(_) => Ok(ctx.see_other("/wait")),
        Err(Problem::Refused(refusal @ Refusal::PlaceCodeUnknown)) => {
            let said = wording::refusal(ctx.lang, &refusal, &ctx.app);
            let message = format!("{} {}", said.sentence, said.next_step);
            let errors = Errors(vec![FieldError { field: "place_code", message }]);
            Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &form(ctx, errors)))
        }
        Err(other) => Err(other),
    }
}

pub async fn back(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    in_line::take_back(ctx).await?;
    Ok(ctx.see_other("/wait"))
}

/// A new ticket for somebody whose browser holds one that is not theirs. The place of that one is not touched.
pub async fn anew(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    ctx.ticket = None;
    ctx.clear_cookie(Cookie::Ticket);
    super::wait::post(ctx).await
}

fn form(ctx: &Context, errors: Errors) -> ElsewherePage {
    ElsewherePage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        code: ctx.fields.typed("place_code").to_owned(),
        has_ticket: ctx.ticket.is_some(),
        own: own_code(ctx),
        errors,
    }
}

fn own_code(ctx: &Context) -> Option<TicketCode> {
    let place = ctx.ticket.map(|ticket| ctx.app.gate.place(&ticket));
    let code = ticket_code(ctx, place)?;
    // Behind the `#`: no server on the way sees it, and no log.
    let address = format!("{}{}#{code}", origin(ctx), ctx.lang.href("/wait/code"));
    Some(TicketCode { picture: crate::qr::picture(&address), code })
}

/// Where a scanned picture leads: as the service is known outside, or as this browser reached it.
fn origin(ctx: &Context) -> String {
    if let Some(public) = ctx.app.settings.public_origins.first() {
        return public.clone();
    }
    let host = ctx.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = if ctx.app.settings.secure_cookies { "https" } else { "http" };
    format!("{scheme}://{}", host.get(..HOST_MAX).unwrap_or(host))
}
