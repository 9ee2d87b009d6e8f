//! `/favourites…`: clinics that a person marks while waiting, so that the turn itself takes seconds.

use crate::context::Context;
use crate::cookies::Cookie;
use crate::draft::{Draft, FAVOURITES_MAX, FavouritesFull};
use crate::error::{Problem, alternatives};
use crate::fields::{Field, Kind};
use crate::journey::cards::clinic_card;
use crate::journey::find::{clinic_of, day_rows};
use crate::journey::hold::last_choice;
use crate::pages::favourites::{FavouriteAddPage, FavouriteDays, FavouritesPage, Prepared};
use crate::pages::parts::Alternative;
use axum::body::Body;
use booking::{Clinic, ClinicId, SlotId};
use http::{Response, StatusCode};
use hyper::http;
use std::sync::Arc;

const CLINIC: [Field; 1] = [Field { name: "clinic", kind: Kind::Clinic }];

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let draft = ctx.draft().await?;
    ctx.remember_prepared(&draft);
    Ok(ctx.page(&list(ctx, &draft, None)))
}

/// The question behind the links of pages that are the same for everybody.
pub async fn ask(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let app = Arc::clone(&ctx.app);
    let clinic = clinic_of(ctx, &app.country)?;
    let page = FavouriteAddPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        clinic: clinic_card(ctx.lang, clinic),
        added: ctx.draft().await?.favourites().contains(&clinic.id),
    };
    Ok(ctx.page(&page))
}

pub async fn add(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let clinic = named_clinic(ctx)?;
    let mut added = Ok(());
    let draft = ctx.change_draft(|draft| added = draft.add_favourite(clinic)).await?;
    if added == Err(FavouritesFull) {
        let name = ctx.app.country.clinic(clinic).map(|clinic| clinic.name.clone());
        return Ok(ctx.page_with(StatusCode::CONFLICT, &list(ctx, &draft, name)));
    }
    Ok(done(ctx, &draft, clinic))
}

pub async fn remove(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let clinic = named_clinic(ctx)?;
    let draft = ctx.change_draft(|draft| draft.remove_favourite(clinic)).await?;
    Ok(done(ctx, &draft, clinic))
}

pub async fn first(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let clinic = named_clinic(ctx)?;
    let draft = ctx.change_draft(|draft| draft.put_first(clinic)).await?;
    Ok(done(ctx, &draft, clinic))
}

/// One that exists and takes part.
fn named_clinic(ctx: &Context) -> Result<ClinicId, Problem> {
    let faults = ctx.fields.faults(&CLINIC);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let clinic = ctx.app.country.clinic(ctx.fields.clinic("clinic")).filter(|clinic| clinic.listed);
    clinic.map(|clinic| clinic.id).ok_or(Problem::NotFound)
}

fn done(ctx: &mut Context, draft: &Draft, clinic: ClinicId) -> Response<Body> {
    ctx.remember_prepared(draft);
    if ctx.fields.typed("back") == "days" {
        return ctx.see_other(&format!("/book/clinics/{clinic}"));
    }
    ctx.see_other("/favourites")
}

fn list(ctx: &Context, draft: &Draft, one_too_many: Option<String>) -> FavouritesPage {
    FavouritesPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        clinics: listed(ctx, draft).map(|clinic| clinic_card(ctx.lang, clinic)).collect(),
        favourites_max: FAVOURITES_MAX,
        one_too_many,
        has_ticket: ctx.ticket.is_some(),
        may_book: ctx.has_live_pass(),
    }
}

/// A clinic that no longer takes part is not shown, and comes back when it does.
fn listed<'a>(ctx: &'a Context, draft: &Draft) -> impl Iterator<Item = &'a Clinic> {
    let clinics = draft.favourites().into_iter().filter_map(|id| ctx.app.country.clinic(id));
    clinics.filter(|clinic| clinic.listed)
}

/// What the head of the booking shows: the ledger is asked once for all favourites.
pub(crate) async fn prepared(ctx: &Context) -> Result<Prepared, Problem> {
    let draft = ctx.draft().await?;
    let clinics: Vec<&Clinic> = listed(ctx, &draft).collect();
    let taken = ctx.app.store.days_taken(clinics.iter().map(|clinic| clinic.id).collect()).await?;
    let days = |clinic: &&Clinic| FavouriteDays {
        name: clinic.name.clone(),
        address: clinic.address.clone(),
        href: ctx.lang.href(&format!("/book/clinics/{}", clinic.id)),
        days: day_rows(ctx, clinic, &taken).into_iter().filter(|day| day.href.is_some()).collect(),
    };
    Ok(Prepared {
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        pass_minutes: u32::try_from(ctx.app.campaign().limits.pass_idle.as_mins()).unwrap_or(0),
        again: still_free(ctx, last_choice(ctx, &draft).await?).await?,
        favourites: clinics.iter().map(days).collect(),
    })
}

/// The place that was chosen before, if one tap can still take it.
pub(crate) async fn still_free(
    ctx: &Context,
    chosen: Option<SlotId>,
) -> Result<Option<Alternative>, Problem> {
    let Some(chosen) = chosen else { return Ok(None) };
    let slots = ctx.app.store.slots(ctx.app.campaign().id, chosen.clinic, chosen.visit_on).await?;
    let is_free = |(starts_min, counts): &(u16, booking::SlotCounts)| {
        *starts_min == chosen.starts_min && counts.free() > 0
    };
    Ok(slots.iter().any(is_free).then(|| alternatives(ctx, &[chosen], None)).and_then(|mut one| one.pop()))
}

impl Context {
    /// Told to this browser, for the waiting page, which never asks the ledger.
    pub(crate) fn remember_prepared(&mut self, draft: &Draft) {
        self.set_cookie(Cookie::Prepared, &draft.favourites.len().to_string());
    }

    /// How many favourites this browser was told of; none is nothing to tell.
    pub(crate) fn prepared_clinics(&self) -> Option<usize> {
        let told = Cookie::Prepared.read(&self.headers, self.app.settings.secure_cookies)?;
        told.parse().ok().filter(|count| (1..=FAVOURITES_MAX).contains(count))
    }
}
