//! `/book…`: region → clinic → day → time, with what is free now. All of it is chosen in static lists; only the words
//! of availability come from the ledger, and where it does not answer they say so.

use crate::context::Context;
use crate::error::{Problem, alternatives, refusal_note};
use crate::journey::cards::clinic_card;
use crate::pages::days::{DayRow, DaysPage};
use crate::pages::parts::{Availability, Errors, Link};
use crate::pages::regions::{ClinicRow, ClinicsPage, Neighbourhood, RegionRow, RegionsPage};
use crate::pages::times::{BandRow, TimesPage};
use crate::static_plane::{crumbs, region_clinics};
use crate::wording::civil_time;
use axum::body::Body;
use booking::{Clinic, ClinicId, Refusal, Region, RegionCode, RegionLevel, SlotId};
use http::{Response, StatusCode};
use hyper::http;
use jiff::civil::Date;
use std::collections::HashMap;
use store::DayTaken;

const BASE: &str = "/book";

pub async fn regions(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.page(&below(ctx, None)))
}

pub async fn region(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let app = std::sync::Arc::clone(&ctx.app);
    let code = RegionCode::parse(ctx.param("code")).ok_or(Problem::NotFound)?;
    let region = app.country.region(code).ok_or(Problem::NotFound)?;
    match region.level {
        RegionLevel::Sido => Ok(ctx.page(&below(ctx, Some(region)))),
        RegionLevel::Sigungu => clinics(ctx, region).await,
        RegionLevel::Eupmyeondong => Err(Problem::NotFound),
    }
}

fn below(ctx: &Context, region: Option<&Region>) -> RegionsPage {
    let country = &ctx.app.country;
    let row = |child: &Region| RegionRow {
        name: child.name.clone(),
        href: ctx.lang.href(&format!("{BASE}/regions/{}", child.code)),
        clinics: region_clinics(country, child) as u64,
        availability: Availability::Unknown,
    };
    RegionsPage {
        chrome: ctx.chrome(),
        booking: true,
        crumbs: crumbs(ctx.lang, country, region, BASE),
        region: region.map(|region| region.name.clone()),
        rows: country.children(region.map(|region| region.code)).map(row).collect(),
        as_of: None,
    }
}

async fn clinics(ctx: &Context, sigungu: &Region) -> Result<Response<Body>, Problem> {
    let country = &ctx.app.country;
    let ids: Vec<ClinicId> = country.clinics_in(sigungu.code).map(|clinic| clinic.id).collect();
    let taken = ctx.app.store.days_taken(ids).await.ok();
    let as_of = taken.is_some().then_some(ctx.now);
    let by_clinic = taken.map(sum_by_clinic);
    let row = |clinic: &Clinic| ClinicRow {
        clinic: clinic_card(ctx.lang, clinic),
        href: Some(ctx.lang.href(&format!("{BASE}/clinics/{}", clinic.id))),
        availability: by_clinic.as_ref().map_or(Availability::Unknown, |taken| {
            let places: u32 =
                ctx.app.campaign().visits.days().map(|day| clinic.capacity_on(day, band_min(ctx))).sum();
            availability(places.saturating_sub(taken.get(&clinic.id).copied().unwrap_or(0)), places)
        }),
    };
    let page = ClinicsPage {
        chrome: ctx.chrome(),
        booking: true,
        crumbs: crumbs(ctx.lang, country, Some(sigungu), BASE),
        region: sigungu.name.clone(),
        neighbourhoods: neighbourhoods(country, sigungu, row),
        as_of,
    };
    Ok(ctx.page(&page))
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

fn sum_by_clinic(taken: Vec<DayTaken>) -> HashMap<ClinicId, u32> {
    let mut sums = HashMap::new();
    for day in taken {
        *sums.entry(day.clinic).or_insert(0) += day.places;
    }
    sums
}

/// Bands, not numbers: the crowd would chase an exact figure that is old when it is read.
fn availability(free: u32, places: u32) -> Availability {
    match free {
        0 => Availability::None,
        free if free * 5 <= places => Availability::Few,
        _ => Availability::Many,
    }
}

fn band_min(ctx: &Context) -> u16 {
    ctx.app.campaign().visits.band_min
}

fn clinic_of<'a>(ctx: &Context, country: &'a booking::Country) -> Result<&'a Clinic, Problem> {
    let id = ClinicId::parse(ctx.param("clinic")).ok_or(Problem::NotFound)?;
    country.clinic(id).filter(|clinic| clinic.listed).ok_or(Problem::NotFound)
}

pub async fn days(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let app = std::sync::Arc::clone(&ctx.app);
    let clinic = clinic_of(ctx, &app.country)?;
    let taken = app.store.days_taken(vec![clinic.id]).await?;
    let taken: HashMap<Date, u32> = taken.into_iter().map(|day| (day.visit_on, day.places)).collect();
    let open_days = app.campaign().visits.days().filter(|day| clinic.capacity_on(*day, band_min(ctx)) > 0);
    let row = |date: Date| {
        let places = clinic.capacity_on(date, band_min(ctx));
        // A clinic that lowered its capacity may have given more than it gives now.
        let free = places.saturating_sub(taken.get(&date).copied().unwrap_or(0));
        let href = (free > 0).then(|| ctx.lang.href(&format!("{BASE}/clinics/{}/{date}", clinic.id)));
        DayRow { date, href, availability: availability(free, places) }
    };
    let page = DaysPage {
        chrome: ctx.chrome(),
        crumbs: clinic_crumbs(ctx, clinic),
        clinic: clinic_card(ctx.lang, clinic),
        days: open_days.map(row).collect(),
        as_of: ctx.now,
    };
    Ok(ctx.page(&page))
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

pub(crate) async fn times_page(ctx: &Context, shown: Shown) -> Result<TimesPage, Problem> {
    let clinic = ctx.app.country.clinic(shown.clinic).ok_or(Problem::NotFound)?;
    let slots = ctx.app.store.slots(ctx.app.campaign().id, clinic.id, shown.visit_on).await?;
    if slots.is_empty() {
        return Err(Problem::NotFound);
    }
    let band = |(starts_min, counts): (u16, booking::SlotCounts)| BandRow {
        time: civil_time(starts_min),
        free: counts.free().into(),
        chosen: shown.chosen_min == Some(starts_min),
    };
    let wanted =
        shown.chosen_min.map(|starts_min| SlotId { clinic: clinic.id, visit_on: shown.visit_on, starts_min });
    let offered = match &shown.refusal {
        Some(Refusal::SlotFull { nearest }) => alternatives(ctx, nearest, wanted),
        _ => Vec::new(),
    };
    Ok(TimesPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        crumbs: clinic_crumbs(ctx, clinic),
        clinic: clinic_card(ctx.lang, clinic),
        date: shown.visit_on,
        bands: slots.into_iter().map(band).collect(),
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
