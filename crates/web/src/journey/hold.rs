//! `/book/hold`, `/book/extend`, `/book/release`, `/book/confirm`: a place kept for minutes, and made an appointment.

use crate::actions;
use crate::context::Context;
use crate::draft::Draft;
use crate::error::{Problem, refusal_note};
use crate::fields::{Field, Kind};
use crate::journey::cards::{clinic_card, recipient_card, vaccine_name};
use crate::journey::changing::moves_of;
use crate::journey::find::{Shown, refused_times};
use crate::pages::hold::HoldPage;
use crate::pages::parts::{Errors, PersonPlaces};
use crate::wording::civil_time;
use axum::body::Body;
use booking::{AppointmentId, DoseNumber, HoldId, PersonId, Place, Refusal, SlotId};
use http::{Response, StatusCode};
use hyper::http;
use jiff::civil::{Date, Time};

const DAY: [Field; 2] =
    [Field { name: "clinic", kind: Kind::Clinic }, Field { name: "date", kind: Kind::Day }];
const TIME: [Field; 1] = [Field { name: "time", kind: Kind::TimeOfDay }];
const HOLD: [Field; 1] = [Field { name: "hold", kind: Kind::Number }];

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    match hold_page(ctx, None).await? {
        Some(page) => Ok(ctx.page(&page)),
        None => lost(ctx, Refusal::HoldUnknown).await,
    }
}

/// The hold is over, the choice is not: the same place in one tap if it is free, and the other times of that day.
async fn lost(ctx: &Context, refusal: Refusal) -> Result<Response<Body>, Problem> {
    let Some(chosen) = last_choice(ctx, &ctx.draft().await?).await? else { return Err(refusal.into()) };
    let SlotId { clinic, visit_on, starts_min } = chosen;
    let status = Problem::from(refusal.clone()).status();
    let chosen_min = Some(starts_min);
    let shown = Shown { clinic, visit_on, chosen_min, errors: Errors::default(), refusal: Some(refusal) };
    refused_times(ctx, shown, status).await
}

/// The time that was chosen last and is not booked: offered again when its hold or the pass ran out, unless it was
/// given up on purpose.
pub(crate) async fn last_choice(ctx: &Context, draft: &Draft) -> Result<Option<SlotId>, Problem> {
    let chosen = ctx.app.store.last_choice(ctx.app.campaign().id, ctx.booker()?.person).await?;
    Ok(chosen.filter(|(hold, _)| draft.declined != Some(hold.0)).map(|(_, slot)| slot))
}

/// A slot that filled under one's finger answers with the same page and the nearest free places on it.
pub async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let faults = ctx.fields.faults(&DAY);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let (clinic, visit_on) = (ctx.fields.clinic("clinic"), ctx.fields.day("date"));
    let errors = ctx.errors(&TIME);
    if !errors.is_empty() {
        let shown = Shown { clinic, visit_on, chosen_min: None, errors, refusal: None };
        return refused_times(ctx, shown, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let slot = SlotId { clinic, visit_on, starts_min: ctx.fields.time_min("time") };
    match actions::hold(ctx, slot).await {
        Ok(_) => Ok(ctx.see_other("/book/hold")),
        Err(Problem::Refused(
            refusal @ (Refusal::SlotFull { .. }
            | Refusal::SlotUnknown
            | Refusal::SecondDoseFull { .. }
            | Refusal::DoseIntervalWrong { .. }),
        )) => {
            let chosen_min = Some(slot.starts_min);
            let shown =
                Shown { clinic, visit_on, chosen_min, errors: Errors::default(), refusal: Some(refusal) };
            refused_times(ctx, shown, StatusCode::CONFLICT).await
        }
        Err(other) => Err(other),
    }
}

pub async fn extend(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let hold = named_hold(ctx)?;
    match actions::extend(ctx, hold).await {
        Ok(_) => Ok(ctx.see_other("/book/hold")),
        Err(Problem::Refused(refusal @ Refusal::ExtendedBefore { .. })) => {
            match hold_page(ctx, Some(&refusal)).await? {
                Some(page) => Ok(ctx.page_with(StatusCode::CONFLICT, &page)),
                None => Err(refusal.into()),
            }
        }
        Err(Problem::Refused(over @ (Refusal::HoldExpired { .. } | Refusal::HoldUnknown))) => {
            lost(ctx, over).await
        }
        Err(other) => Err(other),
    }
}

pub async fn release(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let hold = named_hold(ctx)?;
    match actions::release(ctx, hold).await {
        Ok(()) => Ok(ctx.see_other("/book")),
        Err(Problem::Refused(Refusal::HoldUnknown | Refusal::HoldExpired { .. })) => {
            ctx.change_draft(|draft| draft.declined = Some(hold.0)).await?;
            Ok(ctx.see_other("/book"))
        }
        Err(other) => Err(other),
    }
}

pub async fn confirm(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let hold = named_hold(ctx)?;
    let made = match actions::confirm(ctx, hold).await {
        Err(Problem::Refused(over @ (Refusal::HoldExpired { .. } | Refusal::HoldUnknown))) => {
            return lost(ctx, over).await;
        }
        answered => answered?,
    };
    // A helper's newest booking may be another one than what was just moved.
    let moved = ctx.draft().await?.moved;
    let is_moved = |id: AppointmentId| moved.iter().any(|one| one.appointment == id.0);
    match made.iter().find(|(id, _)| is_moved(*id)) {
        Some((id, _)) => Ok(ctx.see_other(&format!("/my/booked/{}", id.number()))),
        None => Ok(ctx.see_other("/my/booked")),
    }
}

fn named_hold(ctx: &Context) -> Result<HoldId, Problem> {
    let faults = ctx.fields.faults(&HOLD);
    if faults.is_empty() { Ok(HoldId(ctx.fields.number("hold"))) } else { Err(Problem::Invalid(faults)) }
}

/// When the second dose of somebody is.
fn second_dose(places: &[Place], recipient: PersonId) -> Option<(Date, Time)> {
    let second = places.iter().find(|place| place.recipient == recipient && place.dose == DoseNumber(2))?;
    Some((second.slot.visit_on, civil_time(second.slot.starts_min)))
}

/// In the order of the hold, each with both doses.
async fn people_held(
    ctx: &Context,
    viewer: PersonId,
    places: &[Place],
    dose: DoseNumber,
) -> Result<Vec<PersonPlaces>, Problem> {
    let mut people = Vec::new();
    for place in places.iter().filter(|place| place.dose == dose) {
        let card = actions::person_card(ctx, place.recipient).await?;
        people.push(PersonPlaces {
            recipient: recipient_card(&card, place.recipient == viewer),
            number: None,
            date: place.slot.visit_on,
            time: civil_time(place.slot.starts_min),
            second_dose: second_dose(places, place.recipient).filter(|_| dose == DoseNumber(1)),
            second_number: None,
        });
    }
    Ok(people)
}

async fn hold_page(ctx: &Context, refusal: Option<&Refusal>) -> Result<Option<HoldPage>, Problem> {
    let person = ctx.booker()?.person;
    let campaign = ctx.app.campaign();
    let found = ctx.app.store.hold_of(campaign.id, person).await?;
    let Some((id, hold)) = found.filter(|(_, hold)| hold.expires_at > ctx.now) else { return Ok(None) };
    let place = hold.places[0];
    let clinic = ctx.app.country.clinic(place.slot.clinic).expect("holds are at clinics of the country");
    let length = hold.expires_at.duration_since(hold.held_at).as_secs();
    Ok(Some(HoldPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        hold_id: id.0.to_string(),
        clinic: clinic_card(ctx.lang, clinic),
        date: place.slot.visit_on,
        time: civil_time(place.slot.starts_min),
        vaccine: vaccine_name(&ctx.app, ctx.lang),
        dose_number: place.dose.0,
        people: people_held(ctx, person, &hold.places, place.dose).await?,
        moves: moves_of(ctx, &hold).await?,
        until: hold.expires_at,
        hold_seconds: u32::try_from(length).unwrap_or(0),
        can_extend: !hold.extended,
        refusal: refusal.map(|refusal| refusal_note(ctx, refusal)),
    }))
}
