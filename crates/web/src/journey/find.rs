//! `/book…`: region → clinic → day → time, with what is free now. Lists of regions and clinics have their words from the
//! index in memory; the days and times of one clinic are asked of the ledger.

use crate::availability::{DayPart, Free, Index, bookable, clinic_in_words};
use crate::context::Context;
use crate::error::{Problem, alternatives, refusal_note};
use crate::journey::cards::clinic_card;
use crate::journey::favourites::{prepared, still_free};
use crate::pages::days::{DayRow, DaysPage};
use crate::pages::parts::{Availability, Errors, Link};
use crate::pages::regions::{ClinicRow, ClinicsPage, Neighbourhood, RegionRow, RegionsPage};
use crate::pages::times::{BandRow, TimesPage};
use crate::people;
use crate::static_plane::{crumbs, region_clinics};
use crate::wording::civil_time;
use axum::body::Body;
use booking::{Clinic, ClinicId, Refusal, Region, RegionCode, RegionLevel, SlotId, side_by_side};
use http::{Response, StatusCode};
use hyper::http;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::HashMap;
use store::DayTaken;

const BASE: &str = "/book";

pub async fn regions(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let prepared = Some(prepared(ctx).await?);
    Ok(ctx.page(&RegionsPage { prepared, ..below(ctx, None) }))
}

pub async fn region(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let app = std::sync::Arc::clone(&ctx.app);
    let code = RegionCode::parse(ctx.param("code")).ok_or(Problem::NotFound)?;
    let region = app.country.region(code).ok_or(Problem::NotFound)?;
    match region.level {
        RegionLevel::Sido => Ok(ctx.page(&below(ctx, Some(region)))),
        RegionLevel::Sigungu => Ok(ctx.page(&clinics(ctx, region))),
        RegionLevel::Eupmyeondong => Err(Problem::NotFound),
    }
}

fn below(ctx: &Context, region: Option<&Region>) -> RegionsPage {
    let country = &ctx.app.country;
    let index = ctx.app.finder.index();
    let row = |child: &Region| RegionRow {
        name: child.name.clone(),
        href: ctx.lang.href(&format!("{BASE}/regions/{}", child.code)),
        clinics: region_clinics(country, child) as u64,
        availability: region_in_words(&index, child, ctx.now),
    };
    RegionsPage {
        chrome: ctx.chrome(),
        booking: true,
        crumbs: crumbs(ctx.lang, country, region, BASE),
        region: region.map(|region| region.name.clone()),
        rows: country.children(region.map(|region| region.code)).map(row).collect(),
        prepared: None,
        as_of: region.and_then(|_| index.known_as_of(ctx.now)),
    }
}

/// Of a 시·도 only that its doses are gone: what is free there is mostly far away.
fn region_in_words(index: &Index, region: &Region, now: Timestamp) -> Availability {
    match region.level {
        RegionLevel::Sido if index.known_as_of(now).is_some() && index.is_dry(region.code) => {
            Availability::None
        }
        RegionLevel::Sido => Availability::Unknown,
        RegionLevel::Sigungu | RegionLevel::Eupmyeondong => district_in_words(index, region.code, now),
    }
}

fn district_in_words(index: &Index, sigungu: RegionCode, now: Timestamp) -> Availability {
    let district = index.districts().iter().find(|district| district.code == sigungu);
    let known = index.known_as_of(now).and(district);
    let Some(district) = known else { return Availability::Unknown };
    let dates: Vec<usize> = bookable(index, now).collect();
    let free =
        |clinic: &usize| dates.iter().map(|date| index.free(*clinic, *date, DayPart::Whole)).sum::<Free>();
    district.clinics.iter().map(free).sum::<Free>().in_words()
}

fn clinics(ctx: &Context, sigungu: &Region) -> ClinicsPage {
    let country = &ctx.app.country;
    let index = ctx.app.finder.index();
    let row = |clinic: &Clinic| ClinicRow {
        clinic: clinic_card(ctx.lang, clinic),
        href: Some(ctx.lang.href(&format!("{BASE}/clinics/{}", clinic.id))),
        availability: clinic_in_words(&index, clinic, ctx.now),
    };
    ClinicsPage {
        chrome: ctx.chrome(),
        booking: true,
        crumbs: crumbs(ctx.lang, country, Some(sigungu), BASE),
        code: sigungu.code.to_string(),
        region: sigungu.name.clone(),
        neighbourhoods: neighbourhoods(country, sigungu, row),
        as_of: index.known_as_of(ctx.now),
    }
}

/// The clinics of a 시·군·구 under their 읍·면·동; those without one are left out.
pub(crate) fn neighbourhoods(
    country: &booking::Country,
    sigungu: &Region,
    row: impl Fn(&Clinic) -> ClinicRow,
) -> Vec<Neighbourhood> {
    let group = |place: &Region| Neighbourhood {
        code: place.code.to_string(),
        name: place.name.clone(),
        clinics: country
            .clinics_in(sigungu.code)
            .filter(|clinic| clinic.region == place.code)
            .map(&row)
            .collect(),
    };
    country.children(Some(sigungu.code)).map(group).filter(|group| !group.clinics.is_empty()).collect()
}

fn band_min(ctx: &Context) -> u16 {
    ctx.app.campaign().visits.band_min
}

pub(crate) fn clinic_of<'a>(ctx: &Context, country: &'a booking::Country) -> Result<&'a Clinic, Problem> {
    let id = ClinicId::parse(ctx.param("clinic")).ok_or(Problem::NotFound)?;
    country.clinic(id).filter(|clinic| clinic.listed).ok_or(Problem::NotFound)
}

pub async fn days(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let app = std::sync::Arc::clone(&ctx.app);
    let clinic = clinic_of(ctx, &app.country)?;
    let taken = app.store.days_taken(vec![clinic.id]).await?;
    let page = DaysPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        crumbs: clinic_crumbs(ctx, clinic),
        clinic: clinic_card(ctx.lang, clinic),
        is_favourite: ctx.draft().await?.favourites().contains(&clinic.id),
        days: day_rows(ctx, clinic, &taken),
        as_of: ctx.now,
    };
    Ok(ctx.page(&page))
}

/// The days of a clinic with what is free on them; `taken` may speak of other clinics, too.
pub(crate) fn day_rows(ctx: &Context, clinic: &Clinic, taken: &[DayTaken]) -> Vec<DayRow> {
    let of_clinic = taken.iter().filter(|day| day.clinic == clinic.id);
    let taken: HashMap<Date, &DayTaken> = of_clinic.map(|day| (day.visit_on, day)).collect();
    let days = ctx.days_wanted().into_iter();
    let said = |date: &Date| taken.get(date).and_then(|day| day.offered);
    let row = |date: Date| {
        let places = said(&date).map_or_else(|| clinic.capacity_on(date, band_min(ctx)), |(all, _)| all);
        // A clinic that lowered its capacity may have given more than it gives now.
        let free = places.saturating_sub(taken.get(&date).map_or(0, |day| day.places));
        let href = (free > 0).then(|| ctx.lang.href(&format!("{BASE}/clinics/{}/{date}", clinic.id)));
        DayRow { date, href, availability: Free { free, places }.in_words() }
    };
    days.filter(|day| clinic.capacity_on(*day, band_min(ctx)) > 0 || said(day).is_some()).map(row).collect()
}

fn clinic_crumbs(ctx: &Context, clinic: &Clinic) -> Vec<Link> {
    let country = &ctx.app.country;
    crumbs(ctx.lang, country, country.region(country.sigungu_of(clinic.region)), BASE)
}

pub async fn times(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let country = std::sync::Arc::clone(&ctx.app.country);
    let clinic = clinic_of(ctx, &country)?.id;
    let visit_on: Date = ctx.param("date").parse().map_err(|_| Problem::NotFound)?;
    let shown = Shown { clinic, visit_on, chosen_min: None, errors: Errors::default(), refusal: None };
    Ok(ctx.page(&times_page(ctx, shown).await?))
}

/// One day at one clinic, perhaps with what went wrong with a choice on it.
pub(crate) struct Shown {
    pub clinic: ClinicId,
    pub visit_on: Date,
    pub chosen_min: Option<u16>,
    pub errors: Errors,
    pub refusal: Option<Refusal>,
}

/// For how many people places are taken next.
async fn party_size(ctx: &Context) -> Result<usize, Problem> {
    let changes = ctx.draft().await?.changes.len();
    let people = if changes > 0 { changes } else { people::party(ctx).await?.len() };
    Ok(people.max(1))
}

pub(crate) async fn times_page(ctx: &Context, shown: Shown) -> Result<TimesPage, Problem> {
    let clinic = ctx.app.country.clinic(shown.clinic).ok_or(Problem::NotFound)?;
    let slots = ctx.app.store.slots(ctx.app.campaign().id, clinic.id, shown.visit_on).await?;
    if slots.is_empty() {
        return Err(Problem::NotFound);
    }
    let people = party_size(ctx).await?;
    let free: Vec<(u16, u32)> = slots.iter().map(|(start, counts)| (*start, counts.free())).collect();
    let band = |(starts_min, counts): (u16, booking::SlotCounts)| BandRow {
        time: civil_time(starts_min),
        free: counts.free().into(),
        fits: side_by_side(&free, starts_min, people).is_some(),
        chosen: shown.chosen_min == Some(starts_min),
    };
    let wanted =
        shown.chosen_min.map(|starts_min| SlotId { clinic: clinic.id, visit_on: shown.visit_on, starts_min });
    let offered = match &shown.refusal {
        Some(Refusal::SlotFull { nearest }) => alternatives(ctx, nearest, wanted),
        _ => Vec::new(),
    };
    let again = match &shown.refusal {
        Some(Refusal::HoldExpired { .. } | Refusal::HoldUnknown) => still_free(ctx, wanted).await?,
        _ => None,
    };
    Ok(TimesPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        crumbs: clinic_crumbs(ctx, clinic),
        clinic: clinic_card(ctx.lang, clinic),
        date: shown.visit_on,
        people,
        bands: slots.into_iter().map(band).collect(),
        again,
        errors: shown.errors,
        refusal: shown.refusal.as_ref().map(|refusal| refusal_note(ctx, refusal)),
        alternatives: offered,
        as_of: ctx.now,
    })
}

/// The page of times again, with a refusal on it: nobody is sent back to the start.
pub(crate) async fn refused_times(
    ctx: &Context,
    shown: Shown,
    status: StatusCode,
) -> Result<Response<Body>, Problem> {
    let page = times_page(ctx, shown).await?;
    Ok(ctx.page_with(status, &page))
}
