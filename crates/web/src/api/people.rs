//! Who books for whom, as JSON. People stand under references that mean something to this person only.

use super::{Answered, ChallengeSent, Done};
use crate::context::Context;
use crate::error::Problem;
use crate::fields::relation_code;
use crate::journey::people::named;
use crate::messages::masked_name;
use crate::people::{self, reference};
use crate::recipient_code;
use booking::{PersonId, Refusal};
use http::StatusCode;
use hyper::http;
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Debug, Serialize, JsonSchema)]
pub struct Recipients {
    /// Oneself first.
    pub recipients: Vec<RecipientSeen>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct RecipientSeen {
    /// How `POST /api/v1/holds` and `/api/v1/recipients/stop` name this person; good for this helper only.
    pub recipient: String,
    pub name: String,
    pub birth_year: i16,
    /// What the person is to the helper; null for oneself.
    pub relation: Option<&'static str>,
    /// RFC 3339.
    pub added_at: Option<String>,
    pub eligible: bool,
    /// The number of the live first dose.
    pub appointment: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct RecipientAdded {
    pub recipient: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Helpers {
    pub helpers: Vec<HelperSeen>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct HelperSeen {
    /// How `/api/v1/helpers/revoke` and `/api/v1/helpers/allow` name this person.
    pub helper: String,
    /// The middle is left out.
    pub name_masked: String,
    /// What the helper says this person is to them.
    pub relation: &'static str,
    pub since: String,
    /// When this person agreed by a code that came to their phone; null where the campaign asks for none.
    pub proved_at: Option<String>,
    /// Null while the helper may book.
    pub revoked_at: Option<String>,
}

pub async fn recipients(ctx: &mut Context) -> Answered {
    let booker = ctx.booker()?.person;
    let seen = |one: &people::Recipient| RecipientSeen {
        recipient: reference(&ctx.app, booker, one.person),
        name: one.card.name.clone(),
        birth_year: one.card.born_on.year(),
        relation: one.delegation.map(|given| relation_code(given.relation)),
        added_at: one.delegation.map(|given| given.given_at.to_string()),
        eligible: one.eligible,
        appointment: one.booked.map(|(id, _)| id.number()),
    };
    let recipients = people::recipients(ctx).await?.iter().map(seen).collect();
    Ok(ctx.json(StatusCode::OK, &Recipients { recipients }))
}

pub async fn add(ctx: &mut Context) -> Answered {
    let named = named(ctx).map_err(Problem::Invalid)?;
    if ctx.app.campaign().limits.recipient_code {
        let asked = recipient_code::ask(ctx, named).await?;
        let sent = ChallengeSent { challenge: asked.token, expires_at: asked.expires_at.to_string() };
        return Ok(ctx.json(StatusCode::ACCEPTED, &sent));
    }
    let added = people::add(ctx, named).await?;
    added_as(ctx, added)
}

pub async fn code(ctx: &mut Context) -> Answered {
    let (challenge, code) = (ctx.fields.text("challenge"), ctx.fields.code("code"));
    let added = recipient_code::prove(ctx, &challenge, &code).await?;
    added_as(ctx, added)
}

fn added_as(ctx: &Context, added: PersonId) -> Answered {
    let recipient = reference(&ctx.app, ctx.booker()?.person, added);
    Ok(ctx.json(StatusCode::CREATED, &RecipientAdded { recipient }))
}

pub async fn stop(ctx: &mut Context) -> Answered {
    people::stop(ctx, &ctx.fields.text("recipient")).await?;
    Ok(ctx.json(StatusCode::OK, &Done { done: true }))
}

pub async fn helpers(ctx: &mut Context) -> Answered {
    let person = ctx.booker()?.person;
    let seen = |one: &people::Helper| HelperSeen {
        helper: reference(&ctx.app, person, one.person),
        name_masked: masked_name(&one.card.name),
        relation: relation_code(one.delegation.relation),
        since: one.delegation.given_at.to_string(),
        proved_at: one.proved_at.map(|at| at.to_string()),
        revoked_at: one.revoked_at.map(|at| at.to_string()),
    };
    let helpers = people::helpers(ctx).await?.iter().map(seen).collect();
    Ok(ctx.json(StatusCode::OK, &Helpers { helpers }))
}

pub async fn revoke(ctx: &mut Context) -> Answered {
    people::revoke(ctx, &ctx.fields.text("helper")).await?;
    Ok(ctx.json(StatusCode::OK, &Done { done: true }))
}

pub async fn allow(ctx: &mut Context) -> Answered {
    people::allow(ctx, &ctx.fields.text("helper")).await?;
    Ok(ctx.json(StatusCode::OK, &Done { done: true }))
}

/// The people behind references, in their order; one that is nobody's is refused.
pub(super) async fn referred_to(ctx: &Context, references: &[&str]) -> Result<Vec<PersonId>, Problem> {
    let booker = ctx.booker()?.person;
    let all = people::recipients(ctx).await?;
    let find = |wanted: &&str| {
        let found = all.iter().find(|one| reference(&ctx.app, booker, one.person) == **wanted);
        found.map(|one| one.person).ok_or(Refusal::RecipientUnknown)
    };
    Ok(references.iter().map(find).collect::<Result<_, _>>()?)
}
