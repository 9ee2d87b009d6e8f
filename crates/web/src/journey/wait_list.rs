//! `/book/waitlist`, `/my/waitlist/…`: waiting for a place that may come back.

use crate::actions::person_card;
use crate::context::Context;
use crate::error::{Problem, alternatives, refusal_note};
use crate::fields::{Fault, FieldFault, Fields, Kind};
use crate::journey::my::list;
use crate::pages::parts::Errors;
use crate::pages::wait_list::{Choice, OfferRow, PlaceChoice, WaitListPage, WaitRow};
use crate::people::reference;
use crate::wait_list::{self, PLACE, WAIT_OPTIONAL, name_of, scope_of};
use crate::wording::{civil_time, left_waiting_notice, offer_declined_notice};
use axum::body::Body;
use booking::{Offer, Refusal, WaitScope};
use http::Response;
use hyper::http;
use jiff::civil::Date;
use store::WaitRecord;

/// What is filled in; from the address at first, from the form afterwards.
struct Asked {
    scope: WaitScope,
    /// What is chosen of the two, where both are offered.
    chosen: WaitScope,
    fields: Fields,
}

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let mut fields = Fields::from_form(ctx.query.as_bytes());
    let scope = scope_of(fields.typed("place")).ok_or(Problem::NotFound)?;
    if fields.is_sent("date") {
        let day = fields.text("date");
        fields = Fields::from_form(format!("from={day}&until={day}").as_bytes());
    }
    let page = page(ctx, Asked { scope, chosen: scope, fields }, Errors::default(), None).await?;
    Ok(ctx.page(&page))
}

pub async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let mut faults = ctx.fields.faults(PLACE);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    faults = ctx.fields.faults_of_sent(WAIT_OPTIONAL);
    let day = |name| ctx.fields.day(name);
    let both = faults.is_empty() && ctx.fields.is_sent("from") && ctx.fields.is_sent("until");
    if both && day("until") < day("from") {
        faults.push(FieldFault { field: "until", kind: Kind::Day, fault: Fault::Impossible });
    }
    if !faults.is_empty() {
        return again(ctx, ctx.errors_of(&faults), None).await;
    }
    match wait_list::join(ctx).await {
        Ok(_) => Ok(ctx.see_other("/my#waits")),
        Err(Problem::Refused(refusal @ (Refusal::PlacesFree { .. } | Refusal::WaitScopeUnknown))) => {
            again(ctx, Errors::default(), Some(refusal)).await
        }
        Err(other) => Err(other),
    }
}

async fn again(ctx: &Context, errors: Errors, refusal: Option<Refusal>) -> Result<Response<Body>, Problem> {
    let chosen = scope_of(ctx.fields.typed("place")).ok_or(Problem::NotFound)?;
    let scope = scope_of(ctx.fields.typed("asked")).unwrap_or(chosen);
    let status = match &refusal {
        Some(refusal) => Problem::Refused(refusal.clone()).status(),
        None => http::StatusCode::UNPROCESSABLE_ENTITY,
    };
    let asked = Asked { scope, chosen, fields: ctx.fields.clone() };
    let page = page(ctx, asked, errors, refusal).await?;
    Ok(ctx.page_with(status, &page))
}

async fn page(
    ctx: &Context,
    asked: Asked,
    errors: Errors,
    refusal: Option<Refusal>,
) -> Result<WaitListPage, Problem> {
    let booker = ctx.booker()?.person;
    let open = wait_list::may_wait(ctx).await?;
    let wanted = asked.fields.text("recipient");
    let person = |(position, one): (usize, &crate::people::Recipient)| {
        let value = reference(&ctx.app, booker, one.person);
        let chosen = if wanted.is_empty() { position == 0 } else { value == wanted };
        Choice { chosen, value, label: one.card.name.clone() }
    };
    let free = match &refusal {
        Some(Refusal::PlacesFree { nearest }) => alternatives(ctx, nearest, None),
        _ => Vec::new(),
    };
    let limits = ctx.app.campaign().limits;
    Ok(WaitListPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        places: places(ctx, &asked)?,
        people: open.iter().enumerate().map(person).collect(),
        from: day_choices(ctx, ("첫날부터", "The first day"), &asked.fields.text("from")),
        until: day_choices(ctx, ("마지막 날까지", "The last day"), &asked.fields.text("until")),
        answer_minutes: limits.offer.as_mins().unsigned_abs(),
        offers_max: limits.offers_max,
        errors,
        refusal: refusal.as_ref().map(|refusal| refusal_note(ctx, refusal)),
        alternatives: free,
    })
}

/// Somebody who came from a clinic may wait for all clinics around it.
fn places(ctx: &Context, asked: &Asked) -> Result<Vec<PlaceChoice>, Problem> {
    let country = &ctx.app.country;
    let scopes = match asked.scope {
        WaitScope::Clinic(id) => {
            let clinic = country.clinic(id).filter(|clinic| clinic.listed).ok_or(Problem::NotFound)?;
            vec![asked.scope, WaitScope::Sigungu(country.sigungu_of(clinic.region))]
        }
        WaitScope::Sigungu(_) => vec![asked.scope],
    };
    let choice = |scope: WaitScope| {
        let name = place_name(ctx, scope).ok_or(Problem::NotFound)?;
        let is_area = matches!(scope, WaitScope::Sigungu(_));
        Ok(PlaceChoice { value: name_of(scope), name, is_area, chosen: scope == asked.chosen })
    };
    scopes.into_iter().map(choice).collect()
}

fn place_name(ctx: &Context, scope: WaitScope) -> Option<String> {
    let country = &ctx.app.country;
    match scope {
        WaitScope::Clinic(id) => country.clinic(id).map(|clinic| clinic.name.clone()),
        WaitScope::Sigungu(code) => {
            let region = country.region(code)?;
            let above = region.parent.and_then(|parent| country.region(parent));
            Some(above.map_or_else(|| region.name.clone(), |above| format!("{} {}", above.name, region.name)))
        }
    }
}

fn day_choices(ctx: &Context, any: (&str, &str), chosen: &str) -> Vec<Choice> {
    let any = Choice {
        value: String::new(),
        label: ctx.lang.t(any.0, any.1).to_owned(),
        chosen: chosen.is_empty(),
    };
    let day = |day: Date| {
        let value = day.to_string();
        Choice { label: ctx.lang.date(day), chosen: value == chosen, value }
    };
    std::iter::once(any).chain(wait_list::days(ctx).into_iter().map(day)).collect()
}

/// Those who wait, as the page of one's own bookings shows them; what is offered first.
pub(super) async fn rows(ctx: &Context) -> Result<Vec<WaitRow>, Problem> {
    let mut own = wait_list::own(ctx).await?;
    own.sort_by_key(|record| (record.offer.is_none(), record.id));
    let mut rows = Vec::new();
    for WaitRecord { id, entry, offer, before } in own {
        rows.push(WaitRow {
            wait: id.0.to_string(),
            recipient_name: person_card(ctx, entry.recipient).await?.name,
            place_name: place_name(ctx, entry.scope).unwrap_or_default(),
            days: entry.days,
            since: entry.entered_at,
            before,
            offer: offer.filter(|offer| offer.expires_at > ctx.now).and_then(|offer| offer_row(ctx, &offer)),
        });
    }
    Ok(rows)
}

fn offer_row(ctx: &Context, offer: &Offer) -> Option<OfferRow> {
    let slot = offer.slot();
    let clinic = ctx.app.country.clinic(slot.clinic)?;
    let second = offer.places.get(1).map(|place| place.slot);
    Some(OfferRow {
        date: slot.visit_on,
        time: civil_time(slot.starts_min),
        clinic_name: clinic.name.clone(),
        clinic_address: clinic.address.clone(),
        second_dose: second.map(|slot| (slot.visit_on, civil_time(slot.starts_min))),
        until: offer.expires_at,
    })
}

pub async fn accept(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let made = wait_list::accept(ctx).await?;
    let (first, _) = made.first().expect("an offer is of a place");
    Ok(ctx.see_other(&format!("/my/booked/{}", first.number())))
}

pub async fn decline(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    wait_list::decline(ctx).await?;
    let page = list(ctx, Some(offer_declined_notice(ctx.lang))).await?;
    Ok(ctx.page(&page))
}

pub async fn leave(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    wait_list::leave(ctx).await?;
    let page = list(ctx, Some(left_waiting_notice(ctx.lang))).await?;
    Ok(ctx.page(&page))
}
