//! The files of one 시·군·구: its page in both languages; what is free on each day, morning and afternoon as JSON.

use super::{DayPart, District, Free, Index};
use crate::journey::cards::clinic_card;
use crate::journey::find::neighbourhoods;
use crate::journey::search::form;
use crate::lang::{Lang, in_korea};
use crate::pages::find::FindPage;
use crate::pages::parts::{Availability, Errors};
use crate::pages::regions::{ClinicRow, ClinicsPage};
use crate::pages::{Assets, Chrome};
use crate::published::{Cache, Prepared};
use crate::search::query::Query;
use crate::static_plane::crumbs;
use askama::Template as _;
use booking::Clinic;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub(super) struct DistrictFiles {
    /// By [`DayPart::ALL`].
    pub(super) json: [Prepared; 3],
    pub(super) page_ko: Prepared,
    pub(super) page_en: Prepared,
}

pub(super) struct Maker {
    pub(super) assets: Assets,
    pub(super) demo: bool,
}

impl Maker {
    pub(super) fn make(&self, index: &Index, district: &District, now: Timestamp) -> DistrictFiles {
        let page = |lang| {
            let html = self.page(index, district, now, lang).render();
            let html = html.expect("templates write to memory only");
            Prepared::new(html, "text/html; charset=utf-8", Cache::Second)
        };
        DistrictFiles {
            json: DayPart::ALL.map(|part| json_file(index, district, part, now)),
            page_ko: page(Lang::Ko),
            page_en: page(Lang::En),
        }
    }

    /// The form before anything was asked for.
    pub(super) fn search_form(&self, index: &Index, now: Timestamp, lang: Lang) -> Prepared {
        let dates: Vec<_> = bookable(index, now).map(|date| index.dates()[date]).collect();
        let page = FindPage {
            chrome: self.chrome("/find".to_owned(), now, lang),
            booking: false,
            form: form(lang, &Query::default(), index.country(), &dates),
            errors: Errors::default(),
            meant: Vec::new(),
            results: None,
            as_of: None,
        };
        let html = page.render().expect("templates write to memory only");
        Prepared::new(html, "text/html; charset=utf-8", Cache::Second)
    }

    fn chrome(&self, path: String, now: Timestamp, lang: Lang) -> Chrome {
        Chrome::for_everybody(lang, path, self.demo, self.assets, now)
    }

    fn page(&self, index: &Index, district: &District, now: Timestamp, lang: Lang) -> ClinicsPage {
        let country = index.country();
        let sigungu = country.region(district.code).expect("districts are regions of the country");
        let row = |clinic: &Clinic| ClinicRow {
            clinic: clinic_card(lang, clinic),
            href: None,
            availability: clinic_in_words(index, clinic, now),
        };
        ClinicsPage {
            chrome: self.chrome(format!("/regions/{}", district.code), now, lang),
            booking: false,
            crumbs: crumbs(lang, country, Some(sigungu), "/regions"),
            code: district.code.to_string(),
            region: sigungu.name.clone(),
            neighbourhoods: neighbourhoods(country, sigungu, row),
            as_of: index.known_as_of(now),
        }
    }
}

/// All the days that can still be booked, in a word.
pub(crate) fn clinic_in_words(index: &Index, clinic: &Clinic, now: Timestamp) -> Availability {
    let known = index.known_as_of(now).and_then(|_| index.position(clinic.id));
    let Some(position) = known else { return Availability::Unknown };
    let days = bookable(index, now).map(|date| index.free(position, date, DayPart::Whole));
    days.sum::<Free>().in_words()
}

/// Positions of the dates that are still to come: nobody books for today.
pub(crate) fn bookable(index: &Index, now: Timestamp) -> impl Iterator<Item = usize> {
    let today = in_korea(now).date();
    let numbered = index.dates().iter().enumerate();
    numbered.filter(move |(_, date)| **date > today).map(|(number, _)| number)
}

/// `{"region", "part", "as_of", "days", "clinics": {id: letters}}`: one letter a day, `m` many, `f` few, `n` none, `-`
/// closed. While nothing is known `as_of` is null and there are no clinics.
fn json_file(index: &Index, district: &District, part: DayPart, now: Timestamp) -> Prepared {
    let as_of = index.known_as_of(now);
    let dates: Vec<usize> = bookable(index, now).collect();
    let clinic = |position: &usize| {
        let letter = |date: &usize| letter(index.free(*position, *date, part).in_words());
        let id = index.country().clinics()[*position].id.to_string();
        (id, Value::String(dates.iter().map(letter).collect()))
    };
    let clinics: Map<String, Value> =
        if as_of.is_some() { district.clinics.iter().map(clinic).collect() } else { Map::new() };
    let days: Vec<String> = dates.iter().map(|date| index.dates()[*date].to_string()).collect();
    let file = json!({
        "region": district.code.to_string(),
        "part": part.name(),
        "as_of": as_of.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        "days": days,
        "clinics": clinics,
    });
    Prepared::new(file.to_string(), "application/json", Cache::Second)
}

fn letter(availability: Availability) -> char {
    match availability {
        Availability::Many => 'm',
        Availability::Few => 'f',
        Availability::None => 'n',
        Availability::Closed => '-',
        Availability::Unknown => '?',
    }
}
