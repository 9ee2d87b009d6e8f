//! `/find` and `/book/find`: the same search, outside the gate in words, behind it with numbers and links to book.
//! Answered from memory; outside the gate at a bounded rate, except for the empty form, which is a file of the board.

use crate::availability::{DayPart, Free, bookable};
use crate::context::Context;
use crate::error::Problem;
use crate::fields::FieldFault;
use crate::journey::cards::clinic_card;
use crate::lang::Lang;
use crate::map::{Map, Place};
use crate::pages::find::{Choice, DayCell, FindForm, FindPage, FoundRow, Results};
use crate::pages::parts::{Availability, Errors, FieldError, Link};
use crate::search::distance::Point;
use crate::search::query::Query;
use crate::search::{Found, FoundClinic, Meant, ROWS_PER_PAGE, whole_name};
use crate::wording::kilometres;
use axum::body::Body;
use booking::{Country, Region, RegionCode, RegionLevel};
use http::{Response, StatusCode};
use hyper::http;
use jiff::civil::Date;
use std::collections::{BTreeSet, HashSet};

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    if !ctx.app.finder.takes_public(ctx.now) {
        return Err(Problem::Busy);
    }
    Ok(answer(ctx, false))
}

pub async fn get_booking(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(answer(ctx, true))
}

fn answer(ctx: &Context, booking: bool) -> Response<Body> {
    let dates = Dates::still_to_come(ctx);
    let (mut query, faults) = Query::read(&ctx.query, &ctx.app.country, &dates.dates);
    let meant = resolve_place(ctx, &mut query);
    let errors = errors(ctx, &faults, &meant);
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let search = Search { ctx, booking, query, dates };
    let found = (search.query.asks() && errors.is_empty()).then(|| search.found());
    let page = FindPage {
        chrome: ctx.chrome(),
        booking,
        form: form(ctx.lang, &search.query, &ctx.app.country, &search.dates.dates),
        meant: search.meant(&meant),
        errors,
        as_of: found.as_ref().and_then(|found| found.as_of),
        results: found.as_ref().map(|found| search.results(found)),
    };
    ctx.page_with(status, &page)
}

/// A place that was typed takes the place of the one before it.
fn resolve_place(ctx: &Context, query: &mut Query) -> Meant {
    if query.near.is_empty() {
        return Meant::None;
    }
    let meant = ctx.app.finder.place_named(&query.near);
    query.centre = None;
    if let Meant::One(code) = meant {
        query.centre = Some(code);
        query.near.clear();
    }
    meant
}

fn errors(ctx: &Context, faults: &[FieldFault], meant: &Meant) -> Errors {
    let mut errors = ctx.errors_of(faults);
    let typed = Query::read(&ctx.query, &ctx.app.country, &[]).0.near;
    if *meant == Meant::None && !typed.is_empty() {
        let words = (
            "그런 이름의 동네를 찾지 못했습니다. ‘역삼동’처럼 읍·면·동 이름을 적어 주십시오.",
            "No neighbourhood of that name was found. Please write the name of a 읍·면·동, for example 역삼동.",
        );
        errors.0.push(FieldError { field: "near", message: ctx.lang.t(words.0, words.1).to_owned() });
    }
    errors
}

/// Days that can still be booked, with their positions in the index.
struct Dates {
    positions: Vec<usize>,
    dates: Vec<Date>,
}

impl Dates {
    fn still_to_come(ctx: &Context) -> Self {
        let index = ctx.app.finder.index();
        let positions: Vec<usize> = bookable(&index, ctx.now).collect();
        Self { dates: positions.iter().map(|position| index.dates()[*position]).collect(), positions }
    }

    /// Those that were chosen; all of them when none was.
    fn chosen(&self, query: &Query) -> (Vec<usize>, Vec<Date>) {
        let both = self.positions.iter().copied().zip(self.dates.iter().copied());
        both.filter(|(_, date)| query.days.is_empty() || query.days.contains(date)).unzip()
    }
}

struct Search<'a> {
    ctx: &'a Context,
    booking: bool,
    query: Query,
    dates: Dates,
}

impl Search<'_> {
    fn lang(&self) -> Lang {
        self.ctx.lang
    }

    fn found(&self) -> Found<'_> {
        let (positions, _) = self.dates.chosen(&self.query);
        let finder = &self.ctx.app.finder;
        finder.search(&finder.index(), &self.query, &positions, self.ctx.now)
    }

    fn address(&self, query: &Query) -> String {
        query.to_address(&self.lang().href(if self.booking { "/book/find" } else { "/find" }))
    }

    fn name_of(&self, code: RegionCode) -> String {
        let country = &self.ctx.app.country;
        country.region(code).map_or_else(String::new, |region| whole_name(country, region))
    }

    fn meant(&self, meant: &Meant) -> Vec<Link> {
        let Meant::Several(codes) = meant else { return Vec::new() };
        let link = |code: &RegionCode| {
            let query = Query { centre: Some(*code), near: String::new(), page: 1, ..self.query.clone() };
            Link::new(self.name_of(*code), self.address(&query))
        };
        codes.iter().map(link).collect()
    }

    fn results(&self, found: &Found<'_>) -> Results {
        let (_, dates) = self.dates.chosen(&self.query);
        let first = (found.page - 1) * ROWS_PER_PAGE + 1;
        let known = found.as_of.is_some();
        let numbered = found.clinics.iter().enumerate();
        let rows: Vec<FoundRow> =
            numbered.map(|(number, clinic)| self.row(first + number, clinic, &dates, known)).collect();
        let to = |page: usize| self.address(&Query { page, ..self.query.clone() });
        Results {
            total: found.total as u64,
            map: self.map(found, &rows, &self.ctx.app.country),
            rows,
            page: found.page,
            pages: found.pages,
            before: (found.page > 1).then(|| to(found.page - 1)),
            after: (found.page < found.pages).then(|| to(found.page + 1)),
        }
    }

    fn row(&self, number: usize, found: &FoundClinic<'_>, dates: &[Date], known: bool) -> FoundRow {
        let in_words = |free: Free| if known { free.in_words() } else { Availability::Unknown };
        let clinic_href = self.lang().href(&format!("/book/clinics/{}", found.clinic.id));
        let day = |(date, free): (&Date, &Free)| {
            let counted = self.booking && known && free.free > 0;
            DayCell {
                date: *date,
                availability: in_words(*free),
                free: counted.then_some(u64::from(free.free)),
                href: counted.then(|| format!("{clinic_href}/{date}")),
            }
        };
        let sum: Free = found.days.iter().copied().sum();
        FoundRow {
            number,
            clinic: clinic_card(self.lang(), found.clinic),
            place: self.name_of(found.clinic.region),
            distance: found.km.map(kilometres),
            availability: in_words(sum),
            days: dates.iter().zip(&found.days).map(day).collect(),
            href: self.booking.then_some(clinic_href),
        }
    }

    fn map(&self, found: &Found<'_>, rows: &[FoundRow], country: &Country) -> Option<Map> {
        let place = |(row, found): (&FoundRow, &FoundClinic<'_>)| Place {
            point: Point::of_clinic(found.clinic),
            number: row.number,
            row: format!("c{}", row.clinic.id),
            name: row.clinic.name.clone(),
            availability: row.availability,
        };
        let centre = self.query.centre.and_then(|code| country.region(code));
        let labels = labels(country, centre, found).into_iter();
        let labels = labels.filter_map(|region| Some((region.name.clone(), Point::of_region(region)?)));
        Map::draw(
            rows.iter().zip(&found.clinics).map(place).collect(),
            centre.and_then(Point::of_region),
            labels,
        )
    }
}

/// The form with what was asked for. `dates` are those that can still be booked.
pub(crate) fn form(lang: Lang, query: &Query, country: &Country, dates: &[Date]) -> FindForm {
    let part = |part: DayPart, ko, en| Choice {
        value: part.name().to_owned(),
        label: lang.t(ko, en).to_owned(),
        chosen: query.part == part,
    };
    let day = |date: &Date| Choice {
        value: date.to_string(),
        label: lang.date(*date),
        chosen: query.days.contains(date),
    };
    let centre = query.centre.and_then(|code| country.region(code));
    FindForm {
        name: query.name.clone(),
        near: query.near.clone(),
        centre: centre.map(|region| (region.code.to_string(), whole_name(country, region))),
        regions: regions(query, country),
        days: dates.iter().map(day).collect(),
        parts: vec![
            part(DayPart::Whole, "하루 종일", "Whole day"),
            part(DayPart::Morning, "오전", "Morning"),
            part(DayPart::Afternoon, "오후", "Afternoon"),
        ],
        free_first: query.free_first,
    }
}

/// All 시·도; under the one that is chosen its 시·군·구.
fn regions(query: &Query, country: &Country) -> Vec<Choice> {
    let chosen = query.region.and_then(|code| country.region(code));
    let open = chosen.map(|region| region.parent.unwrap_or(region.code));
    let choice = |region: &Region| Choice {
        value: region.code.to_string(),
        label: whole_name(country, region),
        chosen: query.region == Some(region.code),
    };
    let mut choices = Vec::new();
    for sido in country.children(None) {
        choices.push(choice(sido));
        if open == Some(sido.code) {
            choices.extend(country.children(Some(sido.code)).map(choice));
        }
    }
    choices
}

/// What to write on the map, the dearest first: the chosen place, the places of the clinics, their neighbours. The
/// farther apart they lie, the larger the regions that are named.
fn labels<'a>(country: &'a Country, centre: Option<&'a Region>, found: &Found<'_>) -> Vec<&'a Region> {
    let level = level_for(span_km(found));
    let at_level = |region: &'a Region| {
        let mut region = region;
        while region.level > level {
            region = country.region(region.parent?)?;
        }
        Some(region)
    };
    let own = found.clinics.iter().filter_map(|found| country.region(found.clinic.region));
    let districts: BTreeSet<_> = own.clone().filter_map(|region| region.parent).collect();
    let neighbours = districts.iter().flat_map(|code| country.children(Some(*code)));
    let mut labels: Vec<&Region> =
        centre.into_iter().chain(own).chain(neighbours).filter_map(at_level).collect();
    let mut seen = HashSet::new();
    labels.retain(|region| seen.insert(region.code));
    labels
}

/// From the first clinic to the farthest from it.
fn span_km(found: &Found<'_>) -> f64 {
    let points: Vec<Point> = found.clinics.iter().map(|found| Point::of_clinic(found.clinic)).collect();
    let Some(first) = points.first() else { return 0.0 };
    points.iter().map(|point| first.km_to(*point)).fold(0.0, f64::max)
}

fn level_for(span_km: f64) -> RegionLevel {
    match span_km {
        ..25.0 => RegionLevel::Eupmyeondong,
        25.0..100.0 => RegionLevel::Sigungu,
        _ => RegionLevel::Sido,
    }
}
