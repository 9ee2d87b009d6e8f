//! `POST /enter`: one's turn becomes a pass.

use crate::actions;
use crate::context::Context;
use crate::error::Problem;
use crate::pages::parts::{LineOrder, Phase};
use crate::pages::wait::{WaitPage, WaitState};
use axum::body::Body;
use booking::Refusal;
use http::Response;
use hyper::http;

pub async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    match actions::enter(ctx).await {
        Ok(_) => Ok(ctx.see_other("/book")),
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
fn entering(ctx: &Context, retry_after_s: u32) -> WaitPage {
    let published = ctx.app.gate.published();
    let document = &published.facts().document;
    let names = &ctx.app.names.name;
    WaitPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        campaign_name: ctx.lang.t(&names.0, &names.1).to_owned(),
        state: WaitState::Entering,
        phase: Phase::from(document.phase),
        order: LineOrder::FirstCome,
        opens_at: document.opens_at,
        doses_left: Some(document.doses_left.total),
        short_supply: None,
        as_of: document.as_of,
        valid_until: document.valid_until(),
        refresh_seconds: retry_after_s.max(2),
        identity_done: true,
        ticket_code: None,
        gate_url: ctx.app.gate_document_path.clone(),
        ticket_url: ctx.app.ticket_path.clone(),
        poll: Vec::new(),
        notice: None,
    }
}
