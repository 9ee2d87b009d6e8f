//! `POST /enter`: one's turn becomes a pass.

use crate::actions;
use crate::context::Context;
use crate::error::Problem;
use crate::journey::wait;
use crate::pages::wait::{WaitPage, WaitState};
use axum::body::Body;
use booking::Refusal;
use http::Response;
use hyper::http;

pub async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    match actions::enter(ctx).await {
        // A form may lead to no other host; the page has the link.
        Ok(_) if ctx.app.settings.site.is_some() => Ok(ctx.see_other("/wait")),
        Ok(_) => Ok(ctx.see_other("/book")),
        Err(Problem::Refused(Refusal::EntranceBusy { .. })) if ctx.app.gate.is_shut() => {
            Ok(ctx.see_other("/wait"))
        }
        Err(Problem::Refused(Refusal::EntranceBusy { retry_after_s })) => {
            Ok(ctx.page(&entering(ctx, retry_after_s)))
        }
        Err(Problem::Refused(Refusal::NotYourTurn { .. } | Refusal::TicketNeeded)) => {
            Ok(ctx.see_other("/wait"))
        }
        Err(other) => Err(other),
    }
}

/// Held back by the rate for a moment: the page asks again by itself, the place is kept.
pub(super) fn entering(ctx: &Context, retry_after_s: u32) -> WaitPage {
    let published = ctx.app.gate.published();
    let waiting = wait::page(ctx, WaitState::Entering, None, published.facts());
    WaitPage { refresh_seconds: retry_after_s.max(2), identity_done: true, poll: Vec::new(), ..waiting }
}
