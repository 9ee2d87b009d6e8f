//! `GET /wait`, `POST /wait`: a place in line, and where it stands.

use crate::context::Context;
use crate::cookies::Cookie;
use crate::error::Problem;
use crate::gate::drawing::Part;
use crate::gate::{NoTicket, Place};
use crate::in_line;
use crate::pages::parts::{Link, Phase};
use crate::pages::wait::{ShortSupply, WaitPage, WaitState};
use crate::published::Facts;
use crate::turn_words::called_soon_below;
use axum::body::Body;
use booking::{Refusal, RegionCode};
use http::Response;
use http::header::USER_AGENT;
use hyper::http;
use store::Word;
use waiting_room::{GateDocument, WaitRange};

/// Seconds after which a page without a script looks again while its number is being settled.
const SETTLING_SECONDS: u32 = 3;

/// And while the draw is being made.
const DRAWING_SECONDS: u32 = 15;

/// Between two loads of the whole page, while the turn is further away than that.
const RENEWED_SECONDS_MIN: u32 = 10;

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let gate = std::sync::Arc::clone(&ctx.app.gate);
    let published = gate.published();
    let facts = published.facts();
    // A settled place is signed into the ticket: from then on it is known without asking anybody.
    if let Some(ticket) = ctx.ticket
        && ticket.place_number.is_none()
        && let settled = gate.settle(ticket)
        && settled.place_number.is_some()
    {
        ctx.ticket = Some(settled);
        ctx.set_cookie(Cookie::Ticket, &gate.seal(&settled));
        in_line::regain(ctx).await?;
    }
    let mut place = ctx.ticket.map(|ticket| gate.place(&ticket));
    let mut part = Part::NotYet;
    if place == Some(Place::Undrawn) {
        part = in_line::take_part(ctx).await?;
        place = ctx.ticket.map(|ticket| gate.place(&ticket));
    }
    let state = state(ctx, (place, part), facts);
    let word = word(ctx, place).await;
    Ok(ctx.page(&WaitPage { word, ..page(ctx, state, place, facts) }))
}

/// A message when one's turn is near, wished for or no longer.
pub async fn post_word(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let gate = std::sync::Arc::clone(&ctx.app.gate);
    let ticket = gate.settle(ctx.ticket.ok_or(Refusal::TicketNeeded)?);
    if let Some(place_number) = ticket.place_number {
        in_line::still_ones_own(ctx, &gate, &ticket, place_number).await?;
        gate.wish_for_word(place_number, ctx.fields.text("wish") == "yes").await?;
    }
    Ok(ctx.see_other("/wait"))
}

/// None where nobody would be told: without a phone that was proved, and when the turn is near already. A memory of
/// places that does not answer keeps nobody from the page.
async fn word(ctx: &Context, place: Option<Place>) -> Option<Word> {
    let soon = || called_soon_below(&ctx.app).unwrap_or(0);
    match place {
        Some(Place::Undrawn) => {}
        Some(Place::Settled { queue_number, .. }) if queue_number >= soon() => {}
        _ => return None,
    }
    ctx.session?;
    let place_number = ctx.app.gate.settle(ctx.ticket?).place_number?;
    ctx.app.gate.word_of(place_number).await.ok()
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

fn state(ctx: &Context, (place, part): (Option<Place>, Part), facts: &Facts) -> WaitState {
    if ctx.has_live_pass() {
        return WaitState::Admitted;
    }
    match place {
        None => WaitState::NoTicket,
        Some(Place::Issued) => WaitState::Issued,
        Some(Place::Undrawn) => WaitState::Undrawn { part, identity_done: ctx.session.is_some() },
        Some(Place::Settled { queue_number, places_ahead }) => {
            let per_minute = facts.document.admissions_per_minute.unwrap_or(0);
            let wait = WaitRange::of(places_ahead, per_minute).map(|range| (range.low_min, range.high_min));
            WaitState::Waiting { queue_number, ahead: places_ahead, wait }
        }
        Some(Place::Elsewhere) => WaitState::Elsewhere,
        Some(Place::Called { .. }) => {
            let needs_identity = ctx.session.is_none();
            let can_enter = !needs_identity && !ctx.app.gate.is_paused();
            WaitState::Called { can_enter, needs_identity, identity_by: None }
        }
    }
}

pub(super) fn page(ctx: &Context, state: WaitState, place: Option<Place>, facts: &Facts) -> WaitPage {
    let document = &facts.document;
    let names = &ctx.app.names.name;
    let refresh_seconds = match place {
        Some(Place::Settled { places_ahead, .. }) => renewed_after(document, places_ahead),
        Some(Place::Issued) => SETTLING_SECONDS,
        Some(Place::Undrawn) if document.phase == Phase::Drawing => DRAWING_SECONDS,
        Some(Place::Undrawn) => until_opening(ctx, document),
        Some(Place::Called { .. } | Place::Elsewhere) | None => 60,
    };
    WaitPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        campaign_name: ctx.lang.t(&names.0, &names.1).to_owned(),
        state,
        phase: document.phase,
        order: facts.order,
        opens_at: document.opens_at,
        doses_left: ctx.app.settings.site.is_none().then_some(document.doses_left.total),
        short_supply: short_supply(ctx, place, facts),
        as_of: document.as_of,
        valid_until: document.valid_until(),
        refresh_seconds,
        identity_done: ctx.session.is_some(),
        favourites: ctx.session.and_then(|_| ctx.prepared_clinics()),
        word: None,
        ticket_code: ticket_code(ctx, place),
        browser_in: browser_in(ctx),
        gate_url: ctx.app.gate_document_path.clone(),
        ticket_url: ctx.app.ticket_path.clone(),
        poll: document.poll.bands().map(|(below, seconds)| (below.unwrap_or(u64::MAX), seconds)).collect(),
        notice: ctx.notice(),
        site: ctx.app.settings.site.as_ref().map(|site| Link {
            href: format!("{}/", site.origin),
            label: ctx.lang.t(&site.name.0, &site.name.1).to_owned(),
        }),
    }
}

/// Seldom, but not past the opening.
fn until_opening(ctx: &Context, document: &GateDocument) -> u32 {
    let left = document.opens_at.duration_since(ctx.now).as_secs().clamp(0, 60);
    u32::try_from(left).unwrap_or(60).max(SETTLING_SECONDS)
}

/// A page is more than a number, so not as often as a script looks; but never past somebody's turn.
fn renewed_after(document: &GateDocument, places_ahead: u64) -> u32 {
    let seconds = document.poll.seconds(places_ahead);
    let Some(pace @ 1..) = document.admissions_per_minute else { return seconds.max(RENEWED_SECONDS_MIN) };
    let turn_in = u32::try_from(places_ahead.saturating_mul(60) / pace).unwrap_or(u32::MAX);
    seconds.max(turn_in.min(RENEWED_SECONDS_MIN))
}

/// More stand ahead than doses are left: who waits should know it at once, and where there still are some.
fn short_supply(ctx: &Context, place: Option<Place>, facts: &Facts) -> Option<ShortSupply> {
    let left = &facts.document.doses_left;
    let Some(Place::Settled { places_ahead, .. }) = place else { return None };
    if places_ahead < left.total {
        return None;
    }
    let region = |(code, doses): (&u64, &u32)| {
        let region = ctx.app.country.region(RegionCode(*code))?;
        let href = ctx.lang.href(&format!("/regions/{}", region.code));
        (*doses > 0).then(|| (Link::new(region.name.clone(), href), u64::from(*doses)))
    };
    let mut regions: Vec<_> = left.regions.iter().filter_map(region).collect();
    regions.sort_by_key(|(_, doses)| std::cmp::Reverse(*doses));
    Some(ShortSupply { regions })
}

pub(super) fn ticket_code(ctx: &Context, place: Option<Place>) -> Option<String> {
    match place {
        Some(Place::Undrawn | Place::Settled { .. } | Place::Called { .. }) => {
            ctx.app.gate.code_of(&ctx.ticket?)
        }
        Some(Place::Issued | Place::Elsewhere) | None => None,
    }
}

/// Browsers inside other programs, by a word in their name: each has its own cookies, and forgets them with its window.
const IN_APPS: [(&str, (&str, &str)); 7] = [
    ("KAKAOTALK", ("카카오톡", "KakaoTalk")),
    ("NAVER(inapp", ("네이버 앱", "the Naver app")),
    ("Line/", ("라인", "LINE")),
    ("DaumApps", ("다음 앱", "the Daum app")),
    ("Instagram", ("인스타그램", "Instagram")),
    ("FBAN", ("페이스북", "Facebook")),
    ("FBAV", ("페이스북", "Facebook")),
];

fn browser_in(ctx: &Context) -> Option<&'static str> {
    let agent = ctx.headers.get(USER_AGENT)?.to_str().ok()?;
    let (_, (ko, en)) = IN_APPS.iter().find(|(word, _)| agent.contains(word))?;
    Some(ctx.lang.t(ko, en))
}
