//! `/my`, `/my/booked`, `/my/cancel`: one's own appointments, found through identity, never through an address.

use crate::actions;
use crate::context::Context;
use crate::error::Problem;
use crate::fields::{Field, Kind};
use crate::journey::cards::{appointment_row, clinic_card, recipient_card, vaccine_name};
use crate::journey::people::helper_row;
use crate::pages::booked::BookedPage;
use crate::pages::cancel::CancelPage;
use crate::pages::my::{AppointmentRow, MyPage};
use crate::pages::parts::PersonPlaces;
use crate::people;
use crate::wording::{cancelled_notice, civil_time};
use axum::body::Body;
use booking::{Appointment, AppointmentId, AppointmentState, DoseNumber, PersonId, Refusal, SlotId};
use http::Response;
use hyper::http;

const APPOINTMENT: [Field; 1] = [Field { name: "appointment", kind: Kind::AppointmentNumber }];

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let page = list(ctx, None).await?;
    Ok(ctx.page(&page))
}

async fn list(ctx: &Context, done: Option<String>) -> Result<MyPage, Problem> {
    let person = ctx.booker()?.person;
    let own = ctx.app.store.appointments_of(person).await?;
    let held = ctx.app.store.hold_of(ctx.app.campaign().id, person).await?;
    let helpers = people::helpers(ctx).await?;
    Ok(MyPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        appointments: rows(ctx, person, &own).await?,
        done,
        helpers: helpers.iter().map(|helper| helper_row(ctx, person, helper)).collect(),
        has_hold: held.is_some_and(|(_, hold)| hold.expires_at > ctx.now),
    })
}

/// One's own first, then person by person.
async fn rows(
    ctx: &Context,
    viewer: PersonId,
    own: &[(AppointmentId, Appointment)],
) -> Result<Vec<AppointmentRow>, Problem> {
    let mut sorted = soonest_first(own);
    sorted.sort_by_key(|(_, one)| (one.place.recipient != viewer, one.place.recipient));
    let several = sorted.windows(2).any(|two| two[0].1.place.recipient != two[1].1.place.recipient);
    let mut rows: Vec<AppointmentRow> = Vec::new();
    let mut last = None;
    for (id, appointment) in sorted {
        let recipient = appointment.place.recipient;
        let card = actions::person_card(ctx, recipient).await?;
        let row = appointment_row(ctx, &card, *id, appointment);
        let begins = several && last.replace(recipient) != Some(recipient);
        rows.push(AppointmentRow { heading: begins.then_some(card.name), ..row });
    }
    Ok(rows)
}

/// What is to come, the soonest first, then what was cancelled.
fn soonest_first(own: &[(AppointmentId, Appointment)]) -> Vec<&(AppointmentId, Appointment)> {
    let mut sorted: Vec<_> = own.iter().collect();
    sorted.sort_by_key(|(_, one)| {
        (one.state != AppointmentState::Booked, one.place.slot.visit_on, one.place.slot.starts_min)
    });
    sorted
}

/// The newest live appointment, to keep and to print.
pub async fn booked(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let person = ctx.booker()?.person;
    let own = ctx.app.store.appointments_of(person).await?;
    let live = own.iter().rev().filter(|(_, appointment)| appointment.state == AppointmentState::Booked);
    let first = live.clone().find(|(_, appointment)| appointment.place.dose == DoseNumber(1));
    let Some((_, appointment)) = first.or_else(|| live.clone().next()).copied() else {
        return Ok(ctx.see_other("/my"));
    };
    let slot = appointment.place.slot;
    let clinic = ctx.app.country.clinic(slot.clinic).expect("appointments are at clinics of the country");
    let people = booked_together(ctx, person, &own, &appointment).await?;
    let page = BookedPage {
        chrome: ctx.chrome(),
        phone_masked: people.iter().find_map(|one| one.recipient.phone_masked.clone()),
        people,
        clinic: clinic_card(ctx.lang, clinic),
        date: slot.visit_on,
        time: civil_time(slot.starts_min),
        vaccine: vaccine_name(&ctx.app, ctx.lang),
        dose_number: appointment.place.dose.0,
        cancel_until: ctx.app.campaign().cancel_until(slot.visit_on),
    };
    Ok(ctx.page(&page))
}

/// Everybody whose appointment was made in the same step as this one, in its order.
async fn booked_together(
    ctx: &Context,
    viewer: PersonId,
    own: &[(AppointmentId, Appointment)],
    newest: &Appointment,
) -> Result<Vec<PersonPlaces>, Problem> {
    let same_step = |one: &Appointment| {
        one.state == AppointmentState::Booked
            && (one.booker, one.booked_at) == (newest.booker, newest.booked_at)
            && (one.place.dose, one.place.slot.clinic) == (newest.place.dose, newest.place.slot.clinic)
    };
    let mut people = Vec::new();
    for (id, one) in own.iter().filter(|(_, one)| same_step(one)) {
        let card = actions::person_card(ctx, one.place.recipient).await?;
        let second = second_of(own, one);
        let when = |slot: SlotId| (slot.visit_on, civil_time(slot.starts_min));
        people.push(PersonPlaces {
            recipient: recipient_card(&card, one.place.recipient == viewer),
            number: Some(id.number()),
            date: one.place.slot.visit_on,
            time: civil_time(one.place.slot.starts_min),
            second_dose: second.map(|(_, slot)| when(slot)),
            second_number: second.map(|(id, _)| id.number()),
        });
    }
    Ok(people)
}

/// The live second dose that belongs to a first.
fn second_of(own: &[(AppointmentId, Appointment)], first: &Appointment) -> Option<(AppointmentId, SlotId)> {
    let belongs = |one: &&(AppointmentId, Appointment)| {
        let place = one.1.place;
        first.place.dose == DoseNumber(1)
            && (place.recipient, place.dose) == (first.place.recipient, DoseNumber(2))
            && one.1.state == AppointmentState::Booked
    };
    own.iter().find(belongs).map(|(id, second)| (*id, second.place.slot))
}

/// Asks once more before it cancels; and before that for the identity, if it was proved long ago.
pub async fn cancel(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let faults = ctx.fields.faults(&APPOINTMENT);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    ctx.fresh_booker()?;
    let number = ctx.fields.text("appointment");
    if !ctx.fields.has("sure") {
        let (id, appointment) = actions::own_appointment(ctx, &number).await?;
        let own = ctx.app.store.appointments_of(ctx.booker()?.person).await?;
        if let AppointmentState::Cancelled { at } = appointment.state {
            return Err(Refusal::CancelledBefore { cancelled_at: at }.into());
        }
        let card = actions::person_card(ctx, appointment.place.recipient).await?;
        let page = CancelPage {
            chrome: ctx.chrome(),
            csrf: ctx.csrf(),
            key: ctx.fresh_key(),
            appointment: appointment_row(ctx, &card, id, &appointment),
            second_dose_too: second_of(&own, &appointment).is_some(),
        };
        return Ok(ctx.page(&page));
    }
    actions::cancel(ctx, &number).await?;
    let page = list(ctx, Some(cancelled_notice(ctx.lang, &number))).await?;
    Ok(ctx.page(&page))
}
