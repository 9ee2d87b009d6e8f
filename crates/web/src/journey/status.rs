//! `GET /status`.

use crate::context::Context;
use crate::error::Problem;
use crate::pages::status::StatusPage;
use axum::body::Body;
use http::Response;
use hyper::http;

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let (standing, opens_at) = (ctx.app.gate.standing(), ctx.app.campaign().opens_at);
    Ok(ctx.page(&StatusPage { chrome: ctx.chrome(), standing, opens_at }))
}
