//! `GET /help`.

use crate::context::Context;
use crate::error::Problem;
use crate::pages::help::HelpPage;
use crate::pages::parts::LineOrder;
use axum::body::Body;
use http::Response;
use hyper::http;
use jiff::SignedDuration;

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let limits = ctx.app.campaign().limits;
    let minutes = |duration: SignedDuration| u32::try_from(duration.as_mins()).unwrap_or(0);
    let page = HelpPage {
        chrome: ctx.chrome(),
        order: LineOrder::FirstCome,
        hold_minutes: minutes(limits.hold),
        pass_minutes: minutes(limits.pass_idle),
        cancel_days: limits.cancel_days_before,
    };
    Ok(ctx.page(&page))
}
