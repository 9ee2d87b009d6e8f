//! `GET /site`, `GET /site/go`: from here to another site, where the line stands before one (`connector`).

use crate::context::Context;
use crate::error::Problem;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use booking::Refusal;
use http::header::{LOCATION, REFERRER_POLICY};
use http::{HeaderValue, Response};
use hyper::http;
use waiting_room::{HANDOVER_GOOD_FOR, Handover};

/// A connector sends people here. Whoever has no pass is shown to the line; that asks nobody.
pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let mark = mark(ctx)?;
    let path = if ctx.has_live_pass() {
        format!("/site/go?for={}", URL_SAFE_NO_PAD.encode(mark))
    } else if ctx.ticket.is_some() {
        "/wait".to_owned()
    } else {
        "/".to_owned()
    };
    Ok(ctx.see_other(&path))
}

/// Back to the connector, with a handover that only this browser can use.
pub async fn go(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let browser = mark(ctx)?;
    let person = ctx.booker()?.person;
    let pass = ctx.own_pass().ok_or(Refusal::PassNeeded)?;
    let admission = ctx.app.store.admission(ctx.app.gate.campaign.id, person).await?;
    let admission = admission.ok_or(Refusal::PassNeeded)?;
    if admission.expires_at <= ctx.now {
        return Err(Refusal::PassExpired { expired_at: admission.expires_at }.into());
    }
    let site = ctx.app.settings.site.as_ref().ok_or(Problem::NotFound)?;
    // By the key of the line's tokens' side: at another site the same person is somebody else.
    let visitor = ctx.app.keys.alias("site", &format!("{} {}", site.origin, person.0)).0;
    let handover = Handover {
        epoch: pass.epoch,
        visitor: std::array::from_fn(|position| visitor[position]),
        browser,
        good_until: ctx.now + HANDOVER_GOOD_FOR,
        ends_at: admission.expires_at.min(pass.ends_at),
    };
    let token =
        handover.seal(&ctx.app.gate.campaign.slug, &site.origin, |bytes| ctx.app.keys.sign_handover(bytes));
    let to = HeaderValue::from_str(&format!("{}/.charye/enter?turn={token}", site.origin));
    let mut response = ctx.see_other("/");
    let headers = response.headers_mut();
    headers.insert(LOCATION, to.expect("the origin was checked at the start, a token is plain ASCII"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// What the connector's browser proves itself by.
fn mark(ctx: &Context) -> Result<[u8; 32], Problem> {
    if ctx.app.settings.site.is_none() {
        return Err(Problem::NotFound);
    }
    let told = ctx.query.strip_prefix("for=").and_then(|mark| URL_SAFE_NO_PAD.decode(mark).ok());
    told.and_then(|mark| mark.try_into().ok()).ok_or(Problem::NotFound)
}
