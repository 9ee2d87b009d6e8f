//! `GET /wait`, `POST /wait`: a place in line, and where it stands.

use crate::context::Context;
use crate::cookies::Cookie;
use crate::error::Problem;
use crate::gate::{NoTicket, Place};
use crate::pages::parts::{LineOrder, Link};
use crate::pages::wait::{WaitPage, WaitState};
use crate::published::Facts;
use axum::body::Body;
use booking::Refusal;
use http::Response;
use hyper::http;
use waiting_room::WaitRange;

/// Seconds after which a page without a script looks again while its number is being settled.
const SETTLING_SECONDS: u32 = 3;

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let gate = std::sync::Arc::clone(&ctx.app.gate);
    let published = gate.published();
    let facts = published.facts();
    // A settled place is signed into the ticket: from then on it is known without asking anybody.
    if let Some(ticket) = ctx.ticket
        && ticket.queue_number.is_none()
        && let settled = gate.settle(ticket)
        && settled.queue_number.is_some()
    {
        ctx.ticket = Some(settled);
        ctx.set_cookie(Cookie::Ticket, &gate.seal(&settled));
    }
    let place = ctx.ticket.map(|ticket| gate.place(&ticket));
    let state = state(ctx, place, facts);
    Ok(ctx.page(&page(ctx, state, place, facts)))
}

/// The button of the first page. A ticket that is there stays: nobody loses a place by pressing twice.
pub async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let gate = std::sync::Arc::clone(&ctx.app.gate);
    if ctx.ticket.is_none() {
        let random = std::sync::Arc::clone(&ctx.app.random);
        let ticket = match gate.issue(|| random.bytes()).await {
            Ok(ticket) => ticket,
            Err(NoTicket::Refused(not_now)) => return Err(Refusal::from(not_now).into()),
            Err(NoTicket::Busy) => return Err(Problem::Busy),
        };
        ctx.set_cookie(Cookie::Ticket, &gate.seal(&ticket));
    }
    Ok(ctx.see_other("/wait"))
}

fn state(ctx: &Context, place: Option<Place>, facts: &Facts) -> WaitState {
    if ctx.has_live_pass() {
        return WaitState::Admitted;
    }
    match place {
        None => WaitState::NoTicket,
        Some(Place::Issued) => WaitState::Issued,
        Some(Place::Settled { queue_number, places_ahead }) => {
            let per_minute = facts.document.admissions_per_minute.unwrap_or(0);
            let wait = WaitRange::of(places_ahead, per_minute).map(|range| (range.low_min, range.high_min));
            WaitState::Waiting { queue_number, ahead: places_ahead, wait }
        }
        Some(Place::Called { .. }) => {
            let needs_identity = ctx.session.is_none();
            WaitState::Called { can_enter: !needs_identity, needs_identity, identity_by: None }
        }
    }
}

pub(super) fn page(ctx: &Context, state: WaitState, place: Option<Place>, facts: &Facts) -> WaitPage {
    let document = &facts.document;
    let names = &ctx.app.names.name;
    let refresh_seconds = match place {
        Some(Place::Settled { places_ahead, .. }) => document.poll.seconds(places_ahead).max(10),
        Some(Place::Issued) => SETTLING_SECONDS,
        Some(Place::Called { .. }) | None => 60,
    };
    WaitPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        campaign_name: ctx.lang.t(&names.0, &names.1).to_owned(),
        state,
        phase: document.phase,
        order: LineOrder::FirstCome,
        opens_at: document.opens_at,
        doses_left: ctx.app.settings.site.is_none().then_some(document.doses_left.total),
        short_supply: None,
        as_of: document.as_of,
        valid_until: document.valid_until(),
        refresh_seconds,
        identity_done: ctx.session.is_some(),
        favourites: ctx.session.and_then(|_| ctx.prepared_clinics()),
        ticket_code: None,
        gate_url: ctx.app.gate_document_path.clone(),
        ticket_url: ctx.app.ticket_path.clone(),
        poll: document.poll.bands().map(|(below, seconds)| (below.unwrap_or(u64::MAX), seconds)).collect(),
        notice: None,
        site: ctx.app.settings.site.as_ref().map(|site| Link {
            href: format!("{}/", site.origin),
            label: ctx.lang.t(&site.name.0, &site.name.1).to_owned(),
        }),
    }
}
