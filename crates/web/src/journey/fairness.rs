//! `GET /fairness` and its files: what was counted when the last hour ended, the same for everybody.

use crate::context::Context;
use crate::error::Problem;
use crate::fairness::Report;
use crate::pages::fairness::FairnessPage;
use axum::body::Body;
use http::Response;
use hyper::http;

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let gate = &ctx.app.gate;
    let (ko, en) = &ctx.app.names.name;
    let page = FairnessPage {
        chrome: ctx.chrome(),
        campaign_name: ctx.lang.t(ko, en).to_owned(),
        order: gate.order(),
        report: ctx.app.fairness.report(),
        score: gate.score(),
        scored_from: gate.standing().measured_from,
    };
    Ok(ctx.page(&page))
}

pub async fn hours(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    csv(ctx, "hours.csv", Report::hours_csv)
}

pub async fn together(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    csv(ctx, "together.csv", Report::together_csv)
}

/// Not there until something was counted: an empty list would say that nobody booked.
fn csv(ctx: &Context, name: &str, text: fn(&Report) -> String) -> Result<Response<Body>, Problem> {
    let report = ctx.app.fairness.report().ok_or(Problem::NotFound)?;
    Ok(ctx.file(text(&report), "text/csv; charset=utf-8", name))
}
