//! `/my/looks`: who of the staff looked at one's data or did something with it.

use crate::context::Context;
use crate::error::Problem;
use crate::looks::{Look, place_words};
use crate::pages::looks::{LookRow, LooksPage};
use crate::staff::reason_of;
use axum::body::Body;
use http::Response;
use hyper::http;

const ON_A_PAGE: usize = 30;
/// Further back than anybody turns by hand.
const PAGES_MAX: usize = 10_000;

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let person = ctx.app.store.now_known_as(ctx.booker()?.person).await?;
    let mut asked = form_urlencoded::parse(ctx.query.as_bytes());
    let page = asked.find(|(name, _)| name == "page").and_then(|(_, text)| text.parse().ok());
    let page: usize = page.unwrap_or(1).clamp(1, PAGES_MAX);
    let skipped = (page - 1) * ON_A_PAGE;
    let found = ctx.app.looks.of(person, skipped, ON_A_PAGE);
    let turned = |page: usize| ctx.lang.href(&format!("/my/looks?page={page}"));
    Ok(ctx.page(&LooksPage {
        chrome: ctx.chrome(),
        rows: found.looks.iter().map(|look| row(ctx, look)).collect(),
        all: found.all,
        until: found.until,
        newer: (page > 1).then(|| turned(page - 1)),
        older: (skipped + ON_A_PAGE < found.all).then(|| turned(page + 1)),
    }))
}

fn row(ctx: &Context, look: &Look) -> LookRow {
    LookRow {
        at: look.at,
        place: place_words(look.over, ctx.lang),
        what: look.deed.words(ctx.lang),
        was_refused: look.was_refused,
        why: look.why.as_deref().map(|why| reason_of(&ctx.app, why)).unwrap_or_default(),
    }
}
