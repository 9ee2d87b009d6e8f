//! `GET /help`.

use crate::context::Context;
use crate::error::Problem;
use crate::pages::Chrome;
use crate::pages::help::HelpPage;
use crate::pages::parts::LineOrder;
use axum::body::Body;
use booking::Limits;
use http::Response;
use hyper::http;
use jiff::SignedDuration;

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.page(&help_page(ctx.chrome(), ctx.app.campaign().limits, ctx.app.gate.order())))
}

pub(crate) fn help_page(chrome: Chrome, limits: Limits, order: LineOrder) -> HelpPage {
    let minutes = |duration: SignedDuration| u32::try_from(duration.as_mins()).unwrap_or(0);
    HelpPage {
        chrome,
        order,
        hold_minutes: minutes(limits.hold),
        pass_minutes: minutes(limits.pass_idle),
        cancel_days: limits.cancel_days_before,
    }
}
