//! `/desk`, `/desk/people…`: who is calling, what they have, and what is in the way.

use super::account::Power;
use super::session::Subject;
use crate::actions::{new_key, person_card, seal_person};
use crate::claim::{CLAIM, Claim, NumberKind, claim, claim_faults};
use crate::context::Context;
use crate::error::{Problem, refusal_note};
use crate::fields::{Field, Kind};
use crate::journey::cards::{appointment_row, masked};
use crate::pages::desk::Frame;
use crate::pages::desk::home::{FoundRow, HomePage};
use crate::pages::desk::new_person::NewPersonPage;
use crate::pages::desk::person::{HeldPlace, PersonPage, PersonRow, Shown};
use crate::pages::parts::Errors;
use crate::wording::civil_time;
use axum::body::Body;
use booking::{Appointment, AppointmentId, DoseNumber, LookUp, Outcome, PersonId, Refusal, korean_day};
use http::{Method, Response, StatusCode};
use hyper::http;
use store::Command;

const BY_NAME: [Field; 2] =
    [Field { name: "name", kind: Kind::Name }, Field { name: "birth_date", kind: Kind::BirthDate }];
const BY_APPOINTMENT: [Field; 1] = [Field { name: "appointment", kind: Kind::AppointmentNumber }];
const WHY: [Field; 1] = [Field { name: "why", kind: Kind::Words }];
const CANCEL: [Field; 1] = [Field { name: "appointment", kind: Kind::AppointmentNumber }];

impl Context {
    pub(crate) fn desk_frame(&self) -> Frame {
        let today = korean_day(self.now);
        let account = self.on_duty.as_ref().map(|duty| &duty.account);
        Frame {
            chrome: self.chrome(),
            who: account.map(|account| account.login.clone()),
            serves_people: account.is_some_and(|account| account.may(Power::People, today)),
            reads_record: account.is_some_and(|account| account.may(Power::Record, today)),
            exports: account.is_some_and(|account| account.may(Power::Export, today)),
            runs_line: account.is_some_and(|account| account.may(Power::Line, today)),
            runs_campaign: account.is_some_and(|account| account.may(Power::Campaign, today)),
            may_stop: account.is_some_and(|account| account.may(Power::Stop, today)),
            other_path: if self.method == Method::GET { self.path.clone() } else { "/desk".to_owned() },
            csrf: self.csrf(),
            key: self.fresh_key(),
        }
    }
}

pub(super) async fn home(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.page(&home_page(ctx, Errors::default())))
}

fn home_page(ctx: &Context, errors: Errors) -> HomePage {
    HomePage {
        frame: ctx.desk_frame(),
        name: ctx.fields.text("name"),
        birth_date: ctx.fields.text("birth_date"),
        appointment: ctx.fields.text("appointment"),
        errors,
        refusal: None,
        found: Vec::new(),
        is_complete: true,
    }
}

/// By appointment number where one is given, otherwise by name and birth date. A search that finds nobody is on record
/// as well.
pub(super) async fn find(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let by_appointment = ctx.fields.is_sent("appointment");
    let errors = ctx.errors(if by_appointment { &BY_APPOINTMENT } else { &BY_NAME });
    if !errors.is_empty() {
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &home_page(ctx, errors)));
    }
    let (people, is_complete) = if by_appointment {
        (by_number(ctx).await?.into_iter().collect(), true)
    } else {
        let name = ctx.fields.name("name");
        let found = ctx.staff()?.people.find(&ctx.app, &name, ctx.fields.birth_date("birth_date")).await?;
        (found.people, found.is_complete)
    };
    match people[..] {
        [] => {
            ctx.look_up(LookUp::Person, None, "").await?;
            let refusal = Some(refusal_note(ctx, &Refusal::PersonUnknown));
            let page = HomePage { refusal, is_complete, ..home_page(ctx, Errors::default()) };
            Ok(ctx.page_with(StatusCode::NOT_FOUND, &page))
        }
        // Looked at, and on record, by the page that shows them.
        [person] => Ok(ctx.see_other(&ctx.subject_path(Subject { person, changes: None })?)),
        _ => {
            let mut found = Vec::new();
            for person in people {
                ctx.look_up(LookUp::Person, Some(person), "").await?;
                let card = person_card(ctx, person).await?;
                found.push(found_row(ctx, person, &card)?);
            }
            Ok(ctx.page(&HomePage { found, is_complete, ..home_page(ctx, Errors::default()) }))
        }
    }
}

async fn by_number(ctx: &Context) -> Result<Option<PersonId>, Problem> {
    let Some(id) = AppointmentId::parse(&ctx.fields.text("appointment")) else { return Ok(None) };
    let appointment = ctx.app.store.appointment(id).await?;
    Ok(appointment.map(|appointment| appointment.place.recipient))
}

fn found_row(ctx: &Context, person: PersonId, card: &Claim) -> Result<FoundRow, Problem> {
    Ok(FoundRow {
        name: card.name.clone(),
        born_on: card.born_on,
        number_masked: card.number_masked(),
        phone_masked: phone_of(card, false),
        href: ctx.lang.href(&ctx.subject_path(Subject { person, changes: None })?),
    })
}

fn phone_of(card: &Claim, in_full: bool) -> Option<String> {
    let phone = &card.phone;
    (!phone.is_empty()).then(|| if in_full { phone.clone() } else { masked(phone) })
}

pub(super) async fn get_new(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.page(&new_page(ctx, Errors::default())))
}

fn new_page(ctx: &Context, errors: Errors) -> NewPersonPage {
    NewPersonPage {
        frame: ctx.desk_frame(),
        name: ctx.fields.text("name"),
        number: ctx.fields.text("number"),
        is_temporary: ctx.fields.says_temporary(),
        birth_date: ctx.fields.text("birth_date"),
        phone: ctx.fields.text("phone"),
        errors,
    }
}

/// Somebody who never was here, in their own name; whoever is known under name and number is found.
pub(super) async fn add(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    // Who has no phone is served, too.
    let has_phone = ctx.fields.is_sent(CLAIM[2].name);
    let today = korean_day(ctx.now);
    let faults = if has_phone {
        claim_faults(&ctx.fields, today)
    } else {
        crate::claim::who_faults(&ctx.fields, today)
    };
    if !faults.is_empty() {
        let page = new_page(ctx, ctx.errors_of(&faults));
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let who = crate::claim::who(&ctx.fields);
    let claim = if has_phone { claim(&ctx.fields) } else { Claim::of(who, String::new()) };
    crate::actions::name_anew(&ctx.app, &claim).await?;
    let aliases = vec![ctx.app.keys.pair_alias(&claim.number, &claim.name)];
    let sealed = seal_person(&ctx.app, new_key(&ctx.app)?, &claim)?;
    let Outcome::Registered(person) = ctx.for_them(Command::Register { aliases, sealed }).await? else {
        unreachable!("registering registers")
    };
    Ok(ctx.see_other(&ctx.subject_path(Subject { person, changes: None })?))
}

pub(super) async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let page = person_page(ctx, Shown::Masked, Errors::default(), None).await?;
    Ok(ctx.page(&page))
}

/// The numbers in full, once, for a reason that is on record before they are shown.
pub(super) async fn unmask(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let errors = ctx.errors(&WHY);
    if !errors.is_empty() {
        let page = person_page(ctx, Shown::Masked, errors, None).await?;
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let person = ctx.subject()?.person;
    ctx.look_up(LookUp::Numbers, Some(person), &ctx.fields.text("why")).await?;
    let me = ctx.me()?;
    if ctx.staff()?.unmasked.one_more(me, ctx.now) {
        tracing::error!(staff = me.0, "one member of staff had the numbers of many people shown in a row");
    }
    let page = person_page(ctx, Shown::InFull, Errors::default(), None).await?;
    Ok(ctx.page(&page))
}

/// Everything about the person in hand, with what went wrong with an act. Looked at, so on record.
pub(super) async fn person_page(
    ctx: &Context,
    shown: Shown,
    errors: Errors,
    refusal: Option<&Refusal>,
) -> Result<PersonPage, Problem> {
    let subject = Subject { changes: None, ..ctx.subject()? };
    let person = subject.person;
    ctx.look_up(LookUp::Person, Some(person), "").await?;
    let card = person_card(ctx, person).await?;
    let own = ctx.app.store.appointments_of(person).await?;
    let mut own: Vec<_> = own.into_iter().filter(|(_, one)| one.place.recipient == person).collect();
    own.sort_by_key(|(_, one)| (!one.is_live(), one.place.slot.visit_on, one.place.slot.starts_min));
    let appointments = own.iter().map(|(id, one)| row(ctx, subject, &card, *id, one));
    let in_full = shown == Shown::InFull;
    let may_book = !own.iter().any(|(_, one)| one.stands() && one.place.dose == DoseNumber(1));
    Ok(PersonPage {
        frame: ctx.desk_frame(),
        path: ctx.lang.href(&ctx.subject_path(subject)?),
        name: card.name.clone(),
        born_on: card.born_on,
        number: if in_full { card.number.clone() } else { card.number_masked() },
        has_temporary_number: card.number_kind == NumberKind::Temporary,
        phone: phone_of(&card, in_full),
        shown,
        appointments: appointments.collect::<Result<_, _>>()?,
        may_book,
        held: held(ctx, person).await?,
        call: super::calls::shown(ctx, person, &card).await?,
        wrap_up: super::wrap_up::shown(ctx, person).await?,
        errors,
        refusal: refusal.map(|refusal| refusal_note(ctx, refusal)),
    })
}

fn row(
    ctx: &Context,
    subject: Subject,
    card: &Claim,
    id: AppointmentId,
    appointment: &Appointment,
) -> Result<PersonRow, Problem> {
    let changing = Subject { changes: Some(id), ..subject };
    let row = appointment_row(ctx, card, id, appointment);
    let change_href = format!("{}/clinics", ctx.subject_path(changing)?);
    let may_change = row.cancel_until.is_some();
    Ok(PersonRow { row, change_href: may_change.then(|| ctx.lang.href(&change_href)) })
}

async fn held(ctx: &Context, person: PersonId) -> Result<Option<HeldPlace>, Problem> {
    let found = ctx.app.store.hold_of(ctx.app.campaign().id, person).await?;
    let Some((id, hold)) = found.filter(|(_, hold)| hold.expires_at > ctx.now) else { return Ok(None) };
    let place = |place: &booking::Place| {
        let clinic = ctx.app.country.clinic(place.slot.clinic).expect("holds are at clinics of the country");
        (place.dose.0, place.slot.visit_on, civil_time(place.slot.starts_min), clinic.name.clone())
    };
    Ok(Some(HeldPlace {
        hold: id.0.to_string(),
        places: hold.places.iter().map(place).collect(),
        until: hold.expires_at,
        is_change: !hold.replaces.is_empty(),
        can_extend: !hold.extended,
    }))
}

/// The caller says so, the agent ticks it.
pub(super) async fn cancel(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let faults = ctx.fields.faults(&CANCEL);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let person = ctx.subject()?.person;
    let own = ctx.app.store.appointments_of(person).await?;
    let number = ctx.fields.text("appointment");
    let found = own.into_iter().find(|(id, one)| id.number() == number && one.place.recipient == person);
    let (appointment, known) = found.ok_or(Refusal::AppointmentUnknown)?;
    ctx.at_my_place(known.place.slot.clinic)?;
    match ctx.for_them_once(Command::Cancel { person, appointment }).await {
        Ok(_) => back(ctx),
        Err(other) => refused(ctx, other).await,
    }
}

/// To the page of the person in hand.
pub(super) fn back(ctx: &Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.see_other(&ctx.subject_path(Subject { changes: None, ..ctx.subject()? })?))
}

/// A "no" stands on the page of the person it is about.
pub(super) async fn refused(ctx: &Context, problem: Problem) -> Result<Response<Body>, Problem> {
    let Problem::Refused(refusal) = &problem else { return Err(problem) };
    let page = person_page(ctx, Shown::Masked, Errors::default(), Some(refusal)).await?;
    Ok(ctx.page_with(problem.status(), &page))
}
