//! `GET /outbox`: what a real service would have sent to phones. Only a demo has it.

use crate::context::Context;
use crate::error::Problem;
use crate::journey::cards::masked;
use crate::pages::outbox::{OutboxMessage, OutboxPage};
use axum::body::Body;
use http::Response;
use hyper::http;

const SHOWN: usize = 30;

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let outbox = ctx.app.demo_outbox.as_ref().ok_or(Problem::NotFound)?;
    let messages = outbox.newest(SHOWN).into_iter().map(|message| OutboxMessage {
        sent_at: message.sent_at,
        to_masked: masked(&message.phone),
        text: message.text,
        code: message.code,
    });
    let page = OutboxPage { chrome: ctx.chrome(), messages: messages.collect() };
    Ok(ctx.page(&page))
}
