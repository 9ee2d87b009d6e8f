//! `/my…`: one's own appointments, found through identity. A number is never needed to see them, and opens nothing of
//! somebody else's.

use crate::actions;
use crate::context::Context;
use crate::error::{Problem, refusal_note};
use crate::fields::{Field, Kind};
use crate::ics::{Event, calendar};
use crate::journey::cards::{appointment_row, clinic_card, masked, recipient_card, vaccine_name};
use crate::journey::changing::{last_moves, visit_place};
use crate::journey::people::helper_row;
use crate::journey::wait_list;
use crate::messages::send_again;
use crate::pages::booked::BookedPage;
use crate::pages::cancel::CancelPage;
use crate::pages::my::{AppointmentRow, MyPage};
use crate::pages::parts::PersonPlaces;
use crate::pages::too_late::{TooLatePage, Wanted};
use crate::people;
use crate::qr;
use crate::wording::{cancelled_notice, civil_time, event_words, sent_again_notice};
use axum::body::Body;
use booking::rules::still_booked;
use booking::{Appointment, AppointmentId, DoseNumber, PersonId, Refusal, SlotId};
use http::{Response, StatusCode};
use hyper::http;
use jiff::SignedDuration;

const APPOINTMENT: [Field; 1] = [Field { name: "appointment", kind: Kind::AppointmentNumber }];

type Known = (AppointmentId, Appointment);

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let page = list(ctx, None).await?;
    Ok(ctx.page(&page))
}

pub(super) async fn list(ctx: &Context, done: Option<String>) -> Result<MyPage, Problem> {
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
        waits: wait_list::rows(ctx).await?,
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

/// What is to come, the soonest first, then what is over.
fn soonest_first(own: &[Known]) -> Vec<&Known> {
    let mut sorted: Vec<_> = own.iter().collect();
    sorted.sort_by_key(|(_, one)| (!one.is_live(), one.place.slot.visit_on, one.place.slot.starts_min));
    sorted
}

/// The newest live appointment, to keep and to print.
pub async fn booked(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let own = ctx.app.store.appointments_of(ctx.booker()?.person).await?;
    let live = own.iter().rev().filter(|(_, appointment)| appointment.is_live());
    let first = live.clone().find(|(_, appointment)| appointment.place.dose == DoseNumber(1));
    match first.or_else(|| live.clone().next()) {
        Some(known) => Ok(ctx.page(&booked_page(ctx, &own, known).await?)),
        None => Ok(ctx.see_other("/my")),
    }
}

/// One appointment, to keep and to print.
pub async fn one_booked(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let known = actions::own_appointment(ctx, ctx.param("number")).await?;
    if !known.1.is_live() {
        return Ok(ctx.see_other("/my"));
    }
    let own = ctx.app.store.appointments_of(ctx.booker()?.person).await?;
    Ok(ctx.page(&booked_page(ctx, &own, &known).await?))
}

async fn booked_page(ctx: &Context, own: &[Known], known: &Known) -> Result<BookedPage, Problem> {
    let (id, appointment) = known;
    let place = appointment.place;
    let people = booked_together(ctx, ctx.booker()?.person, own, appointment).await?;
    let clinic =
        ctx.app.country.clinic(place.slot.clinic).expect("appointments are at clinics of the country");
    Ok(BookedPage {
        chrome: ctx.chrome(),
        phone_masked: people.iter().find_map(|one| one.recipient.phone_masked.clone()),
        appointment_number: id.number(),
        people,
        clinic: clinic_card(ctx.lang, clinic),
        date: place.slot.visit_on,
        time: civil_time(place.slot.starts_min),
        vaccine: vaccine_name(&ctx.app, ctx.lang),
        dose_number: place.dose.0,
        moves: last_moves(ctx, own, appointment).await?,
        qr: qr::picture(&qr::appointment_code(&id.number())),
        calendar_href: ctx.lang.href(&format!("/my/calendar/{}", id.number())),
        cancel_until: ctx.app.campaign().cancel_until(place.slot.visit_on),
    })
}

/// Everybody whose appointment was made in the same step as this one, in its order.
async fn booked_together(
    ctx: &Context,
    viewer: PersonId,
    own: &[Known],
    newest: &Appointment,
) -> Result<Vec<PersonPlaces>, Problem> {
    let same_step = |one: &Appointment| {
        one.is_live()
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
            second_dose: second.map(|(_, second)| when(second.place.slot)),
            second_number: second.map(|(id, _)| id.number()),
        });
    }
    Ok(people)
}

/// The second dose that belongs to a first: it stands while the first does, or was cancelled with it.
pub(crate) fn second_of<'a>(own: &'a [Known], first: &Appointment) -> Option<&'a Known> {
    let belongs = |one: &&Known| {
        let place = one.1.place;
        first.place.dose == DoseNumber(1)
            && one.1.campaign == first.campaign
            && (place.recipient, place.dose) == (first.place.recipient, DoseNumber(2))
            && (one.1.state == first.state || (first.stands() && one.1.stands()))
    };
    own.iter().find(belongs)
}

/// Asks once more before it cancels; and before that for the identity, if it was proved long ago.
pub async fn cancel(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let faults = ctx.fields.faults(&APPOINTMENT);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    ctx.fresh_booker()?;
    let number = ctx.fields.text("appointment");
    let done = if ctx.fields.has("sure") {
        actions::cancel(ctx, &number).await.map(|_| None)
    } else {
        cancel_question(ctx, &number).await.map(Some)
    };
    match done {
        Ok(Some(question)) => Ok(ctx.page(&question)),
        Ok(None) => {
            let page = list(ctx, Some(cancelled_notice(ctx.lang, &number))).await?;
            Ok(ctx.page(&page))
        }
        Err(Problem::Refused(refusal @ Refusal::CancelTooLate { .. })) => {
            too_late(ctx, &number, &refusal, Wanted::Cancel).await
        }
        Err(other) => Err(other),
    }
}

async fn cancel_question(ctx: &Context, number: &str) -> Result<CancelPage, Problem> {
    let (id, appointment) = actions::own_live_appointment(ctx, number).await?;
    let own = ctx.app.store.appointments_of(ctx.booker()?.person).await?;
    let card = actions::person_card(ctx, appointment.place.recipient).await?;
    let second = second_of(&own, &appointment);
    Ok(CancelPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        appointment: appointment_row(ctx, &card, id, &appointment),
        second_dose: second.map(|(_, second)| visit_place(ctx, DoseNumber(2), second.place.slot)),
    })
}

/// The visit is near: the clinic must know by phone.
pub(super) async fn too_late(
    ctx: &Context,
    number: &str,
    refusal: &Refusal,
    wanted: Wanted,
) -> Result<Response<Body>, Problem> {
    let (id, appointment) = actions::own_appointment(ctx, number).await?;
    let card = actions::person_card(ctx, appointment.place.recipient).await?;
    let page = TooLatePage {
        chrome: ctx.chrome(),
        wanted,
        note: refusal_note(ctx, refusal),
        appointment: appointment_row(ctx, &card, id, &appointment),
    };
    Ok(ctx.page_with(StatusCode::CONFLICT, &page))
}

/// The message about an appointment once more, to the phone on record of whoever asks.
pub async fn message(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let faults = ctx.fields.faults(&APPOINTMENT);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let (id, appointment) = actions::own_appointment(ctx, &ctx.fields.text("appointment")).await?;
    still_to_come(id, &appointment)?;
    let person = ctx.booker()?.person;
    send_again(&ctx.app, person, id).await?;
    let phone = masked(&actions::person_card(ctx, person).await?.phone);
    let page = list(ctx, Some(sent_again_notice(ctx.lang, &phone))).await?;
    Ok(ctx.page(&page))
}

/// A file for one's calendar: an appointment, and with a first dose its second.
pub async fn calendar_file(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let (id, file) = calendar_of(ctx, ctx.param("number")).await?;
    Ok(ctx.file(file, "text/calendar; charset=utf-8", &format!("charye-{}.ics", id.number())))
}

pub(crate) async fn calendar_of(ctx: &Context, number: &str) -> Result<(AppointmentId, String), Problem> {
    let known = actions::own_appointment(ctx, number).await?;
    still_to_come(known.0, &known.1)?;
    let own = ctx.app.store.appointments_of(ctx.booker()?.person).await?;
    let doses = std::iter::once(&known).chain(second_of(&own, &known.1));
    let events: Vec<Event> = doses.map(|dose| event(ctx, dose)).collect();
    Ok((known.0, calendar(&events, ctx.now)))
}

/// What is over is neither told again nor put into a calendar.
fn still_to_come(id: AppointmentId, appointment: &Appointment) -> Result<(), Refusal> {
    if appointment.is_live() { Ok(()) } else { still_booked(id, appointment) }
}

fn event(ctx: &Context, (id, appointment): &Known) -> Event {
    let slot = appointment.place.slot;
    let clinic = ctx.app.country.clinic(slot.clinic).expect("appointments are at clinics of the country");
    let starts = slot.visit_on.to_datetime(civil_time(slot.starts_min));
    let starts_at = booking::KOREA.to_timestamp(starts).expect("visits are in this century");
    let length = SignedDuration::from_mins(ctx.app.campaign().visits.band_min.into());
    let age_s = ctx.now.duration_since(appointment.booked_at).as_secs();
    let (summary, description) = event_words(ctx.lang, &ctx.app, appointment, &id.number());
    Event {
        uid: format!("{}.{}@charye", id.number(), ctx.app.campaign().slug),
        sequence: u32::try_from(age_s).unwrap_or(0),
        starts_at,
        ends_at: starts_at + length,
        summary,
        location: format!("{}, {}", clinic.name, clinic.address),
        description,
    }
}
