//! A place for the person in hand: clinic, day, time, hold, appointment. The same rules and the same "no" as for everybody;
//! only the line is left out, which the lane of the desks stands for.

use super::calls;
use super::people::{back, refused};
use super::session::Subject;
use crate::actions::{candidate, person_card};
use crate::availability::{Free, clinic_in_words};
use crate::context::Context;
use crate::error::{Problem, alternatives, refusal_note};
use crate::fields::{Field, Kind};
use crate::journey::find::clinic_of;
use crate::pages::desk::clinics::{ClinicRow, ClinicsPage};
use crate::pages::desk::days::{DayRow, DaysPage};
use crate::pages::desk::times::{BandRow, TimesPage};
use crate::pages::parts::Errors;
use crate::search::query::Query;
use crate::search::{Meant, whole_name};
use crate::wording::civil_time;
use axum::body::Body;
use booking::{ClinicId, DoseNumber, HoldId, Refusal, SlotId, TicketRef};
use http::{Response, StatusCode};
use hyper::http;
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;
use store::{Admit, Command, TakePlaces};

const SLOT: [Field; 3] = [
    Field { name: "clinic", kind: Kind::Clinic },
    Field { name: "date", kind: Kind::Day },
    Field { name: "time", kind: Kind::TimeOfDay },
];
const HOLD: [Field; 1] = [Field { name: "hold", kind: Kind::Number }];

/// By the name of a clinic or of a 시·군·구 or 읍·면·동; nothing about the person stands in the address.
pub(super) async fn clinics(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let path = own_path(ctx)?;
    let typed = typed_query(&ctx.query);
    let index = ctx.app.finder.index();
    let query = query_of(ctx, &typed);
    let nearest_first = query.as_ref().is_some_and(|query| query.centre.is_some());
    let found = query.map(|query| ctx.app.finder.search(&index, &query, &[], ctx.now));
    let country = &ctx.app.country;
    let row = |found: &crate::search::FoundClinic<'_>| ClinicRow {
        name: found.clinic.name.clone(),
        address: found.clinic.address.clone(),
        region: country
            .region(found.clinic.region)
            .map_or_else(String::new, |region| whole_name(country, region)),
        availability: clinic_in_words(&index, found.clinic, ctx.now),
        href: format!("{path}/clinics/{}", found.clinic.id),
    };
    let rows = found.as_ref().map(|found| found.clinics.iter().map(row).collect());
    let total = found.as_ref().map_or(0, |found| found.total as u64);
    Ok(ctx.page(&ClinicsPage { frame: ctx.desk_frame(), path, query: typed, rows, total, nearest_first }))
}

fn typed_query(raw: &str) -> String {
    let mut pairs = form_urlencoded::parse(raw.as_bytes());
    pairs
        .find(|(name, _)| name == "q")
        .map_or_else(String::new, |(_, text)| text.trim().chars().take(60).collect())
}

fn query_of(ctx: &Context, typed: &str) -> Option<Query> {
    if typed.is_empty() {
        return None;
    }
    let first = |code| Query { centre: Some(code), page: 1, ..Query::default() };
    Some(match ctx.app.finder.place_named(typed) {
        Meant::One(code) => first(code),
        Meant::Several(codes) => first(codes[0]),
        Meant::None => Query { name: typed.to_owned(), page: 1, ..Query::default() },
    })
}

/// With the language, for links.
fn own_path(ctx: &Context) -> Result<String, Problem> {
    Ok(ctx.lang.href(&ctx.subject_path(ctx.subject()?)?))
}

/// Which dose is looked for: the one that is moved, or a first.
async fn dose_wanted(ctx: &Context) -> Result<DoseNumber, Problem> {
    let Some(id) = ctx.subject()?.changes else { return Ok(DoseNumber(1)) };
    let appointment = ctx.app.store.appointment(id).await?.ok_or(Refusal::AppointmentUnknown)?;
    Ok(appointment.place.dose)
}

pub(super) async fn days(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let app = Arc::clone(&ctx.app);
    let clinic = clinic_of(ctx, &app.country)?;
    let (path, dose) = (own_path(ctx)?, dose_wanted(ctx).await?);
    let taken = app.store.days_taken(vec![clinic.id]).await?;
    let taken: HashMap<Date, _> = taken.into_iter().map(|day| (day.visit_on, day)).collect();
    let campaign = app.campaign();
    let days: Vec<Date> = match dose {
        DoseNumber(1) => campaign.visits.days().collect(),
        later => campaign.days().filter(|day| campaign.gives_dose_on(later, *day)).collect(),
    };
    let row = |date: Date| {
        let day = taken.get(&date);
        let said = day.and_then(|day| day.offered).map(|(all, _)| all);
        let places = said.unwrap_or_else(|| clinic.capacity_on(date, campaign.visits.band_min));
        let free = places.saturating_sub(day.map_or(0, |day| day.places));
        let href = (free > 0).then(|| format!("{path}/clinics/{}/{date}", clinic.id));
        DayRow { date, href, free: free.into(), availability: Free { free, places }.in_words() }
    };
    let days = days.into_iter().map(row).filter(|row| row.free > 0).collect();
    Ok(ctx.page(&DaysPage { frame: ctx.desk_frame(), path, clinic: clinic.name.clone(), days }))
}

pub(super) async fn times(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let clinic = ClinicId::parse(ctx.param("clinic")).ok_or(Problem::NotFound)?;
    let visit_on: Date = ctx.param("date").parse().map_err(|_| Problem::NotFound)?;
    let page = times_page(ctx, (clinic, visit_on), Errors::default(), None).await?;
    Ok(ctx.page(&page))
}

async fn times_page(
    ctx: &Context,
    (clinic, visit_on): (ClinicId, Date),
    errors: Errors,
    refusal: Option<&Refusal>,
) -> Result<TimesPage, Problem> {
    let clinic = ctx.app.country.clinic(clinic).ok_or(Problem::NotFound)?;
    let slots = ctx.app.store.slots(ctx.app.campaign().id, clinic.id, visit_on).await?;
    if slots.is_empty() {
        return Err(Problem::NotFound);
    }
    let nearest = match refusal {
        Some(Refusal::SlotFull { nearest }) => alternatives(ctx, nearest, None),
        _ => Vec::new(),
    };
    let band = |(start, counts): (u16, booking::SlotCounts)| BandRow {
        time: civil_time(start),
        free: counts.free().into(),
    };
    Ok(TimesPage {
        frame: ctx.desk_frame(),
        path: own_path(ctx)?,
        clinic_id: clinic.id.to_string(),
        clinic: clinic.name.clone(),
        date: visit_on,
        bands: slots.into_iter().map(band).collect(),
        errors,
        refusal: refusal.map(|refusal| refusal_note(ctx, refusal)),
        nearest,
    })
}

/// The place is held while they talk; what stands in the way stands on the page of the times.
pub(super) async fn hold(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let faults = ctx.fields.faults(&SLOT[..2]);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let (clinic, visit_on) = (ctx.fields.clinic("clinic"), ctx.fields.day("date"));
    let errors = ctx.errors(&SLOT[2..]);
    if !errors.is_empty() {
        let page = times_page(ctx, (clinic, visit_on), errors, None).await?;
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let at = SlotId { clinic, visit_on, starts_min: ctx.fields.time_min("time") };
    match take(ctx, at).await {
        Ok(()) => back(ctx),
        Err(Problem::Refused(
            refusal @ (Refusal::SlotFull { .. }
            | Refusal::SlotUnknown
            | Refusal::NotYourPlace
            | Refusal::SecondDoseFull { .. }
            | Refusal::DoseIntervalWrong { .. }),
        )) => {
            let status = Problem::from(refusal.clone()).status();
            let page = times_page(ctx, (clinic, visit_on), Errors::default(), Some(&refusal)).await?;
            Ok(ctx.page_with(status, &page))
        }
        Err(other) => refused(ctx, other).await,
    }
}

async fn take(ctx: &Context, at: SlotId) -> Result<(), Problem> {
    ctx.at_my_place(at.clinic)?;
    let Subject { person, changes } = ctx.subject()?;
    admit(ctx).await?;
    let wanted = TakePlaces::for_oneself(ctx.app.campaign().id, person, at);
    let wanted = match changes {
        None => wanted,
        Some(_) => TakePlaces { dose: dose_wanted(ctx).await?, is_change: true, ..wanted },
    };
    ctx.for_them_once(Command::Hold(wanted)).await.map(drop)
}

/// Whoever calls does not stand in the line, but for whoever waits there for a call; what the ledger asks of everybody else it asks of them, too.
async fn admit(ctx: &Context) -> Result<(), Problem> {
    let person = ctx.subject()?.person;
    let card = person_card(ctx, person).await?;
    // Of no line: it can be nobody else's.
    let of_no_line = || (TicketRef(ctx.app.random.bytes()), 0);
    let (ticket, queue_number) = calls::place_called(ctx, person).await?.unwrap_or_else(of_no_line);
    let admit = Admit {
        campaign: ctx.app.campaign().id,
        person,
        candidate: candidate(&ctx.app, &card).await?,
        ticket,
        queue_number,
    };
    ctx.for_them(Command::Admit(admit)).await.map(drop)
}

pub(super) async fn extend(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let (booker, hold) = (ctx.subject()?.person, named_hold(ctx)?);
    done(ctx, Command::Extend { booker, hold }).await
}

pub(super) async fn release(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let (booker, hold) = (ctx.subject()?.person, named_hold(ctx)?);
    done(ctx, Command::Release { booker, hold }).await
}

pub(super) async fn confirm(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let (booker, hold) = (ctx.subject()?.person, named_hold(ctx)?);
    match ctx.for_them_once(Command::Confirm { booker, hold }).await {
        Ok(_) => {
            calls::booked(ctx, booker).await;
            back(ctx)
        }
        Err(problem) => refused(ctx, problem).await,
    }
}

async fn done(ctx: &Context, command: Command) -> Result<Response<Body>, Problem> {
    match ctx.for_them_once(command).await {
        Ok(_) => back(ctx),
        Err(problem) => refused(ctx, problem).await,
    }
}

fn named_hold(ctx: &Context) -> Result<HoldId, Problem> {
    let faults = ctx.fields.faults(&HOLD);
    if faults.is_empty() { Ok(HoldId(ctx.fields.number("hold"))) } else { Err(Problem::Invalid(faults)) }
}
