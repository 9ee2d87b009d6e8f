//! `/desk/codes`: what the number means that a caller reads out, and what to say.

use crate::context::Context;
use crate::error::Problem;
use crate::lang::Lang;
use crate::pages::desk::codes::{CodeScript, CodesPage};
use crate::wording::examples::every_refusal;
use crate::wording::refusal;
use axum::body::Body;
use booking::Refusal;
use http::Response;
use hyper::http;

/// Longer than any number that is read out, hyphen included.
const TYPED_MAX: usize = 20;

/// The number stands in the address: it is nobody's.
pub(super) async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let mut pairs = form_urlencoded::parse(ctx.query.as_bytes());
    let typed = pairs.find(|(name, _)| name == "number").map(|(_, text)| text.trim().to_owned());
    let typed: String = typed.unwrap_or_default().chars().take(TYPED_MAX).collect();
    let found = script(ctx, &typed);
    let is_trouble = found.is_none() && is_support_code(&typed);
    Ok(ctx.page(&CodesPage { frame: ctx.desk_frame(), typed, found, is_trouble }))
}

fn script(ctx: &Context, typed: &str) -> Option<CodeScript> {
    let number: u16 = typed.parse().ok()?;
    let known = with_our_facts(ctx, every_refusal().find(|refusal| refusal.number() == number)?);
    let (ko, en) = (refusal(Lang::Ko, &known, &ctx.app), refusal(Lang::En, &known, &ctx.app));
    Some(CodeScript { number, ko: (ko.sentence, ko.next_step), en: (en.sentence, en.next_step) })
}

/// What is the same for everybody is no example.
fn with_our_facts(ctx: &Context, known: Refusal) -> Refusal {
    let campaign = ctx.app.campaign();
    match known {
        Refusal::TooEarly { .. } => Refusal::TooEarly { opens_at: campaign.opens_at },
        Refusal::NotEligible { .. } => {
            Refusal::NotEligible { born_from: campaign.group.born_from, born_to: campaign.group.born_to }
        }
        other => other,
    }
}

/// `903-482113`: of a broken machine, for whoever reads the log.
fn is_support_code(typed: &str) -> bool {
    typed.split_once('-').is_some_and(|(kind, rest)| {
        kind.starts_with('9')
            && kind.len() == 3
            && rest.len() == 6
            && rest.bytes().all(|byte| byte.is_ascii_digit())
    })
}
