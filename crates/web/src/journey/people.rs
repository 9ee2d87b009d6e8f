//! `/people…`, `/my/helper/…`: for whom one books, and who books for oneself.

use super::recipient_code;
use crate::actions::person_card;
use crate::claim::{Claim, WHO, WHO_OPTIONAL, who, who_faults};
use crate::context::Context;
use crate::draft::Draft;
use crate::error::{Problem, refusal_note};
use crate::fields::{Field, FieldFault, Kind, RELATIONS};
use crate::lang::Lang;
use crate::messages::masked_name;
use crate::pages::parts::Errors;
use crate::pages::people::{
    AddRecipientPage, HelperRow, PartPage, Parting, PartyRow, PartyState, PeoplePage, RelationChoice, onward,
};
use crate::people::{self, Helper, Named, Recipient, reference};
use crate::wording;
use crate::wording::consent;
use axum::body::Body;
use booking::{PersonId, Refusal, korean_day};
use http::{Response, StatusCode};
use hyper::http;

const PARTY: [Field; 1] = [Field { name: "party", kind: Kind::References }];
const RECIPIENT: [Field; 1] = [Field { name: "recipient", kind: Kind::Reference }];
const HELPER: [Field; 1] = [Field { name: "helper", kind: Kind::Reference }];
const RELATION: Field = Field { name: "relation", kind: Kind::Relation };
const CONSENT: Field = Field { name: "consent", kind: Kind::Consent };
const PHONE: [Field; 1] = [Field { name: "phone", kind: Kind::Phone }];
pub(crate) const NAMED: &[Field] = &[WHO[0], WHO[1], RELATION, CONSENT];
pub(crate) const NAMED_BY: &[Field] = &[WHO_OPTIONAL[0], WHO_OPTIONAL[1], PHONE[0]];
/// As the form asks for them.
const ORDER: [&str; 7] = ["name", "number_kind", "number", "birth_date", "phone", "relation", "consent"];

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let page = people_page(ctx, Errors::default(), None).await?;
    Ok(ctx.page(&page))
}

pub async fn party(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let errors = ctx.errors(&PARTY);
    if !errors.is_empty() {
        let page = people_page(ctx, errors, None).await?;
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    match people::choose_party(ctx, &ctx.fields.several("party")).await {
        Ok(()) => Ok(ctx.see_other(if ctx.has_live_pass() { "/book" } else { "/wait" })),
        Err(Problem::Refused(refusal)) => {
            let page = people_page(ctx, Errors::default(), Some(&refusal)).await?;
            Ok(ctx.page_with(Problem::Refused(refusal).status(), &page))
        }
        Err(other) => Err(other),
    }
}

/// The name under which an unfinished form is kept.
const ADD_FORM: &str = "people";

pub async fn get_add(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let kept = ctx.draft().await.unwrap_or_default();
    Ok(ctx.page(&add_page(ctx, &kept, Errors::default(), None)))
}

pub async fn post_add(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let named = match named(ctx) {
        Ok(named) => named,
        Err(faults) => {
            keep_unfinished(ctx).await;
            let page = add_page(ctx, &Draft::default(), ctx.errors_of(&faults), None);
            return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    if ctx.app.campaign().limits.recipient_code {
        return recipient_code::ask(ctx, named).await;
    }
    match people::add(ctx, named).await {
        Ok(_) => {
            put_away(ctx).await;
            Ok(ctx.see_other("/people"))
        }
        Err(Problem::Refused(refusal)) => {
            keep_unfinished(ctx).await;
            let page = add_page(ctx, &Draft::default(), Errors::default(), Some(&refusal));
            Ok(ctx.page_with(Problem::Refused(refusal).status(), &page))
        }
        Err(other) => Err(other),
    }
}

/// The person is named; what was kept of the form would only stand in the way of the next one.
pub(super) async fn put_away(ctx: &Context) {
    if ctx.forget_typed(ADD_FORM).await.is_err() {
        tracing::warn!("the fields of a finished form were not put away");
    }
}

/// For another try, on any device. The number is not kept, and nothing is lost by not keeping.
pub(super) async fn keep_unfinished(ctx: &Context) {
    if ctx.keep_typed(ADD_FORM, &["name", "birth_date", "phone", "relation"]).await.is_err() {
        tracing::warn!("the fields of an unfinished form were not kept");
    }
}

/// What was sent of a recipient, or everything that is wrong with it.
pub(crate) fn named(ctx: &Context) -> Result<Named, Vec<FieldFault>> {
    let fields = &ctx.fields;
    let mut faults = who_faults(fields, korean_day(ctx.now));
    faults.extend(fields.faults_of_sent(&PHONE));
    faults.extend(fields.faults(&[RELATION, CONSENT]));
    if !faults.is_empty() {
        faults.sort_by_key(|fault| ORDER.iter().position(|name| *name == fault.field));
        return Err(faults);
    }
    let phone = if fields.is_sent("phone") { fields.phone("phone") } else { String::new() };
    Ok(Named {
        claim: Claim::of(who(fields), phone),
        relation: fields.relation("relation"),
        consent: fields.consent("consent"),
    })
}

/// Asks once more before it ends.
pub async fn stop(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let reference = named_person(ctx, &RECIPIENT)?;
    if ctx.fields.has("sure") {
        people::stop(ctx, &reference).await?;
        return Ok(ctx.see_other("/people"));
    }
    let name = people::find_recipient(ctx, &reference).await?.card.name;
    Ok(ctx.page(&part_page(ctx, Parting::Stop, reference, name)))
}

pub async fn revoke(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let reference = named_person(ctx, &HELPER)?;
    if ctx.fields.has("sure") {
        people::revoke(ctx, &reference).await?;
        return Ok(ctx.see_other("/my"));
    }
    let name = masked_name(&people::find_helper(ctx, &reference).await?.card.name);
    Ok(ctx.page(&part_page(ctx, Parting::Revoke, reference, name)))
}

pub async fn allow(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let reference = named_person(ctx, &HELPER)?;
    people::allow(ctx, &reference).await?;
    Ok(ctx.see_other("/my"))
}

fn named_person(ctx: &Context, field: &[Field; 1]) -> Result<String, Problem> {
    let faults = ctx.fields.faults(field);
    if faults.is_empty() { Ok(ctx.fields.text(field[0].name)) } else { Err(Problem::Invalid(faults)) }
}

fn part_page(ctx: &Context, parting: Parting, reference: String, name: String) -> PartPage {
    PartPage { chrome: ctx.chrome(), csrf: ctx.csrf(), key: ctx.fresh_key(), parting, reference, name }
}

async fn people_page(
    ctx: &Context,
    errors: Errors,
    refusal: Option<&Refusal>,
) -> Result<PeoplePage, Problem> {
    let booker = ctx.booker()?.person;
    let all = people::recipients(ctx).await?;
    let chosen = people::party(ctx).await?;
    Ok(PeoplePage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        rows: all.iter().map(|one| party_row(ctx, booker, one, &chosen)).collect(),
        recipients_max: ctx.app.campaign().limits.recipients_max,
        errors,
        refusal: refusal.map(|refusal| refusal_note(ctx, refusal)),
        onward: onward(ctx.lang, ctx.has_live_pass()),
    })
}

fn party_row(ctx: &Context, booker: PersonId, one: &Recipient, chosen: &[PersonId]) -> PartyRow {
    PartyRow {
        reference: reference(&ctx.app, booker, one.person),
        name: one.card.name.clone(),
        birth_year: one.card.born_on.year(),
        relation: one.delegation.map(|given| wording::relation(ctx.lang, given.relation)),
        added_at: one.delegation.map(|given| given.given_at),
        state: match (one.booked, one.eligible) {
            (Some((_, given)), _) if given.is_given() => PartyState::Vaccinated,
            (Some(_), _) => PartyState::Booked,
            (None, false) => PartyState::NotEligible,
            (None, true) => PartyState::Open,
        },
        chosen: chosen.contains(&one.person),
    }
}

pub(super) fn add_page(
    ctx: &Context,
    kept: &Draft,
    errors: Errors,
    refusal: Option<&Refusal>,
) -> AddRecipientPage {
    let typed = |name: &str| {
        let sent = ctx.fields.has(name).then(|| ctx.fields.typed(name).to_owned());
        sent.unwrap_or_else(|| kept.typed(ADD_FORM, name).to_owned())
    };
    let chosen_relation = typed("relation");
    let relations = RELATIONS.iter().map(|(code, relation)| RelationChoice {
        code,
        label: wording::relation(ctx.lang, *relation),
        chosen: chosen_relation == *code,
    });
    AddRecipientPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        name: typed("name"),
        number: typed("number"),
        temporary: ctx.fields.says_temporary(),
        birth_date: typed("birth_date"),
        phone: typed("phone"),
        relations: relations.collect(),
        consent_version: consent::CURRENT.version.0,
        consent_text: consent::CURRENT.text(ctx.lang),
        consented: ctx.fields.has("consent"),
        code_needed: ctx.app.campaign().limits.recipient_code,
        errors,
        refusal: refusal.map(|refusal| refusal_note(ctx, refusal)),
    }
}

pub(crate) fn helper_row(ctx: &Context, person: PersonId, helper: &Helper) -> HelperRow {
    HelperRow {
        reference: reference(&ctx.app, person, helper.person),
        name_masked: masked_name(&helper.card.name),
        relation: wording::relation(ctx.lang, helper.delegation.relation),
        since: helper.delegation.given_at,
        proved_at: helper.proved_at,
        revoked_at: helper.revoked_at,
    }
}

/// For whom the booking is, as its pages say it: the first name is masked.
pub(crate) async fn party_line(ctx: &Context) -> Result<String, Problem> {
    let party = people::party(ctx).await?;
    let Some(first) = party.first() else {
        return Ok(ctx.lang.t("아직 고르지 않음", "nobody yet").to_owned());
    };
    let first = masked_name(&person_card(ctx, *first).await?.name);
    Ok(match (ctx.lang, party.len() - 1) {
        (_, 0) => first,
        (Lang::Ko, others) => format!("{first} 외 {others}명"),
        (Lang::En, others) => format!("{first} and {others} more"),
    })
}
