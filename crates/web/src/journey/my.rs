//! `/my`, `/my/booked`, `/my/cancel`: one's own appointments, found through identity, never through an address.

use crate::actions;
use crate::context::Context;
use crate::error::Problem;
use crate::fields::{Field, Kind};
use crate::journey::cards::{appointment_row, clinic_card, recipient_card, vaccine_name};
use crate::pages::booked::BookedPage;
use crate::pages::cancel::CancelPage;
use crate::pages::my::MyPage;
use crate::wording::{cancelled_notice, civil_time};
use axum::body::Body;
use booking::{AppointmentState, Refusal};
use http::Response;
use hyper::http;

const APPOINTMENT: [Field; 1] = [Field { name: "appointment", kind: Kind::AppointmentNumber }];

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let page = list(ctx, None).await?;
    Ok(ctx.page(&page))
}

async fn list(ctx: &Context, done: Option<String>) -> Result<MyPage, Problem> {
    let person = ctx.booker()?.person;
    let card = actions::person_card(ctx, person).await?;
    let own = ctx.app.store.appointments_of(person).await?;
    let held = ctx.app.store.hold_of(ctx.app.campaign().id, person).await?;
    Ok(MyPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        appointments: own
            .iter()
            .rev()
            .map(|(id, appointment)| appointment_row(ctx, &card, *id, appointment))
            .collect(),
        done,
        has_hold: held.is_some_and(|(_, hold)| hold.expires_at > ctx.now),
    })
}

/// The newest live appointment, to keep and to print.
pub async fn booked(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let person = ctx.booker()?.person;
    let own = ctx.app.store.appointments_of(person).await?;
    let live = own.into_iter().rev().find(|(_, appointment)| appointment.state == AppointmentState::Booked);
    let Some((id, appointment)) = live else { return Ok(ctx.see_other("/my")) };
    let card = actions::person_card(ctx, person).await?;
    let slot = appointment.place.slot;
    let clinic = ctx.app.country.clinic(slot.clinic).expect("appointments are at clinics of the country");
    let page = BookedPage {
        chrome: ctx.chrome(),
        appointment_number: id.number(),
        recipient: recipient_card(&card),
        clinic: clinic_card(ctx.lang, clinic),
        date: slot.visit_on,
        time: civil_time(slot.starts_min),
        vaccine: vaccine_name(&ctx.app, ctx.lang),
        dose_number: appointment.place.dose.0,
        second_dose: None,
        cancel_until: ctx.app.campaign().cancel_until(slot.visit_on),
    };
    Ok(ctx.page(&page))
}

/// Asks once more before it cancels.
pub async fn cancel(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let faults = ctx.fields.faults(&APPOINTMENT);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let number = ctx.fields.text("appointment");
    if !ctx.fields.has("sure") {
        let (id, appointment) = actions::own_appointment(ctx, &number).await?;
        if let AppointmentState::Cancelled { at } = appointment.state {
            return Err(Refusal::CancelledBefore { cancelled_at: at }.into());
        }
        let card = actions::person_card(ctx, ctx.booker()?.person).await?;
        let page = CancelPage {
            chrome: ctx.chrome(),
            csrf: ctx.csrf(),
            key: ctx.fresh_key(),
            appointment: appointment_row(ctx, &card, id, &appointment),
            second_dose_too: false,
        };
        return Ok(ctx.page(&page));
    }
    actions::cancel(ctx, &number).await?;
    let page = list(ctx, Some(cancelled_notice(ctx.lang, &number))).await?;
    Ok(ctx.page(&page))
}
