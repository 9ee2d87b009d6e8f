//! Finding a clinic: by name, by region, by distance from a 읍·면·동, free places first, over several days at once.
//! Everything is in memory; what a search costs is bounded by the country, never by who else is searching.

pub mod distance;
pub mod query;
pub mod text;

use crate::availability::Free;
use crate::availability::board::{Board, Reading};
use booking::{Clinic, Country, Region, RegionCode, RegionLevel};
use distance::Point;
use jiff::{SignedDuration, Timestamp};
use query::Query;
use std::sync::{Arc, Mutex};
use text::TextIndex;
use waiting_room::TokenBucket;

/// Searches a second that people outside the gate may ask of this process; who comes over it is asked to try again. The
/// line must not become slow because many look around.
pub const PUBLIC_PER_SECOND_MAX: u32 = 100;
pub const ROWS_PER_PAGE: usize = 20;
/// How many places of one name are offered.
pub const CHOICES_MAX: usize = 20;

pub struct Finder {
    country: Arc<Country>,
    board: Arc<Board>,
    clinic_names: TextIndex,
    places: Places,
    public: Mutex<TokenBucket>,
}

/// 시·군·구 and 읍·면·동 by name.
struct Places {
    regions: Vec<RegionCode>,
    /// Its own name.
    names: TextIndex,
    /// With the names of the regions above it.
    whole_names: Vec<String>,
}

/// One page of what was found.
pub struct Found<'a> {
    pub clinics: Vec<FoundClinic<'a>>,
    pub total: usize,
    /// From 1.
    pub page: usize,
    pub pages: usize,
    /// None while nobody knows what is free.
    pub as_of: Option<Timestamp>,
}

pub struct FoundClinic<'a> {
    pub clinic: &'a Clinic,
    pub km: Option<f64>,
    /// By the dates that were asked for, in order.
    pub days: Vec<Free>,
}

/// What a typed place may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    None,
    One(RegionCode),
    Several(Vec<RegionCode>),
}

/// A candidate before the page is cut.
struct Candidate {
    position: usize,
    km: Option<f64>,
    /// Free places come before the others.
    nothing_free: bool,
}

impl Finder {
    pub fn new(country: Arc<Country>, board: Arc<Board>, now: Timestamp) -> Self {
        let clinic_names = TextIndex::new(country.clinics().iter().map(|clinic| clinic.name.as_str()));
        let places = Places::of(&country);
        let rate = PUBLIC_PER_SECOND_MAX;
        let public = TokenBucket::empty(rate, rate, now - SignedDuration::from_secs(1));
        Self { country, board, clinic_names, places, public: Mutex::new(public) }
    }

    pub fn board(&self) -> &Board {
        &self.board
    }

    pub fn index(&self) -> Reading<'_> {
        self.board.index()
    }

    /// False when too many outside the gate are searching.
    pub fn takes_public(&self, now: Timestamp) -> bool {
        self.public.lock().expect("nothing panics while counting searches").take(1, now) == 1
    }

    /// The clinics a query asks for, on one page, in its order. Dates are positions in [`crate::availability::Index::dates`].
    pub fn search(&self, query: &Query, dates: &[usize], now: Timestamp) -> Found<'_> {
        let index = self.index();
        let as_of = index.known_as_of(now);
        let mut candidates = self.candidates(query);
        if query.free_first && as_of.is_some() {
            for candidate in &mut candidates {
                let days = dates.iter().map(|date| index.free(candidate.position, *date, query.part));
                candidate.nothing_free = days.sum::<Free>().free == 0;
            }
        }
        let total = candidates.len();
        let pages = total.div_ceil(ROWS_PER_PAGE).max(1);
        let page = query.page.clamp(1, pages);
        candidates.sort_by(|a, b| {
            let (a_km, b_km) = (a.km.unwrap_or(0.0), b.km.unwrap_or(0.0));
            let by_freedom = a.nothing_free.cmp(&b.nothing_free);
            by_freedom.then(a_km.total_cmp(&b_km)).then(a.position.cmp(&b.position))
        });
        let shown = candidates.into_iter().skip((page - 1) * ROWS_PER_PAGE).take(ROWS_PER_PAGE);
        let found = |candidate: Candidate| FoundClinic {
            clinic: &self.country.clinics()[candidate.position],
            km: candidate.km,
            days: dates.iter().map(|date| index.free(candidate.position, *date, query.part)).collect(),
        };
        Found { clinics: shown.map(found).collect(), total, page, pages, as_of }
    }

    fn candidates(&self, query: &Query) -> Vec<Candidate> {
        let centre = query.centre.and_then(|code| self.country.region(code)).and_then(Point::of_region);
        let candidate = |position: usize| {
            let km = centre.map(|centre| centre.km_to(Point::of_clinic(&self.country.clinics()[position])));
            Candidate { position, km, nothing_free: false }
        };
        let named = (!query.name.is_empty()).then(|| self.clinic_names.containing(&query.name));
        let in_region = |position: &usize| self.is_in(*position, query.region);
        match named {
            Some(named) => named.into_iter().filter(in_region).map(candidate).collect(),
            None => (0..self.country.clinics().len()).filter(in_region).map(candidate).collect(),
        }
    }

    fn is_in(&self, clinic: usize, region: Option<RegionCode>) -> bool {
        let Some(region) = region else { return true };
        let clinic = &self.country.clinics()[clinic];
        let sigungu = self.country.sigungu_of(clinic.region);
        region == sigungu || region == self.country.sido_of(clinic)
    }

    /// The regions that somebody who typed this may mean: `역삼동`, `강남구 역삼`, `역삼1동`. One whose name is exactly
    /// this goes before those that only begin so.
    pub fn place_named(&self, typed: &str) -> Meant {
        let words: Vec<String> =
            typed.split_whitespace().map(text::normalized).filter(|word| !word.is_empty()).collect();
        let Some((last, above)) = words.split_last() else { return Meant::None };
        let mut found = self.places.named(last, above);
        if found.is_empty() {
            found = text::legal_dong(last).map_or_else(Vec::new, |legal| self.places.named(&legal, above));
        }
        match found.as_slice() {
            [] => Meant::None,
            [one] => Meant::One(*one),
            _ => Meant::Several(found),
        }
    }
}

/// `서울특별시 강남구 역삼동`.
pub fn whole_name(country: &Country, region: &Region) -> String {
    let above = region.parent.and_then(|code| country.region(code));
    above.map_or_else(
        || region.name.clone(),
        |above| format!("{} {}", whole_name(country, above), region.name),
    )
}

impl Places {
    fn of(country: &Country) -> Self {
        let places = country.regions().iter().filter(|region| region.level != RegionLevel::Sido);
        let regions: Vec<RegionCode> = places.clone().map(|region| region.code).collect();
        let names = TextIndex::new(places.clone().map(|region| region.name.as_str()));
        let whole_name = |region: &Region| text::normalized(&whole_name(country, region));
        Self { regions, names, whole_names: places.map(whole_name).collect() }
    }

    fn named(&self, last: &str, above: &[String]) -> Vec<RegionCode> {
        let fits =
            |position: &usize| above.iter().all(|word| self.whole_names[*position].contains(word.as_str()));
        let exact: Vec<usize> = self.names.equal_to(last).into_iter().filter(fits).collect();
        let found = if exact.is_empty() {
            self.names.beginning_with(last).into_iter().filter(fits).collect()
        } else {
            exact
        };
        found.into_iter().take(CHOICES_MAX).map(|position| self.regions[position]).collect()
    }
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
