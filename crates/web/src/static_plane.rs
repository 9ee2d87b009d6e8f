//! The static plane: regions as pages, regions and clinics as files, made once at start. It needs no store and goes on
//! when there is none. The pages that say what is free are next door ([`crate::availability`]).

use crate::lang::Lang;
use crate::pages::parts::{Availability, Link};
use crate::pages::regions::{RegionRow, RegionsPage};
use crate::pages::{Assets, Chrome};
use crate::published::{Cache, Prepared};
use booking::{Clinic, Country, Region, RegionLevel};
use jiff::Timestamp;
use serde_json::json;
use std::collections::HashMap;

const BASE: &str = "/regions";

pub struct StaticPlane<'a> {
    pub country: &'a Country,
    pub assets: Assets,
    pub demo: bool,
    pub made_at: Timestamp,
}

impl StaticPlane<'_> {
    /// Every file by its address.
    pub fn files(&self) -> HashMap<String, Prepared> {
        let mut files = HashMap::new();
        files.insert("/static/regions.json".to_owned(), self.regions_json());
        files.insert("/static/districts.json".to_owned(), self.districts_json());
        files.insert(
            "/robots.txt".to_owned(),
            Prepared::new(
                "User-agent: *\nDisallow: /wait\nDisallow: /book\nDisallow: /my\n",
                "text/plain; charset=utf-8",
                Cache::Minutes,
            ),
        );
        for lang in [Lang::Ko, Lang::En] {
            files.insert(lang.href(BASE), page(&self.regions_page(lang, None)));
        }
        for region in self.country.regions() {
            match region.level {
                RegionLevel::Sido => {
                    add_pages(&mut files, region, |lang| page(&self.regions_page(lang, Some(region))));
                }
                RegionLevel::Sigungu => {
                    files.insert(format!("/static/clinics/{}.json", region.code), self.clinics_json(region));
                }
                RegionLevel::Eupmyeondong => {}
            }
        }
        files
    }

    fn chrome(&self, lang: Lang, region: Option<&Region>) -> Chrome {
        let path = region.map_or_else(|| BASE.to_owned(), |region| format!("{BASE}/{}", region.code));
        Chrome::for_everybody(lang, path, self.demo, self.assets, self.made_at).without_clock()
    }

    fn regions_page(&self, lang: Lang, region: Option<&Region>) -> RegionsPage {
        let row = |child: &Region| RegionRow {
            name: child.name.clone(),
            href: lang.href(&format!("{BASE}/{}", child.code)),
            clinics: region_clinics(self.country, child) as u64,
            availability: Availability::Unknown,
        };
        RegionsPage {
            chrome: self.chrome(lang, region),
            booking: false,
            crumbs: crumbs(lang, self.country, region, BASE),
            region: region.map(|region| region.name.clone()),
            rows: self.country.children(region.map(|region| region.code)).map(row).collect(),
            prepared: None,
            as_of: None,
        }
    }

    fn regions_json(&self) -> Prepared {
        let level = |region: &Region| match region.level {
            RegionLevel::Sido => "sido",
            RegionLevel::Sigungu => "sigungu",
            RegionLevel::Eupmyeondong => "eupmyeondong",
        };
        let regions = self.country.regions().iter().map(|region| {
            let parent = region.parent.map(|code| code.to_string()).unwrap_or_default();
            json!({"code": region.code.to_string(), "level": level(region), "parent": parent, "name": region.name})
        });
        let file = json!({"regions": regions.collect::<Vec<_>>()});
        Prepared::new(file.to_string(), "application/json", Cache::Minutes)
    }

    /// `[code, south, west, north, east]` of each 시·군·구: the box round its clinics. Nothing in it can be nearer than
    /// the box, so that a browser knows which of the other files to fetch.
    fn districts_json(&self) -> Prepared {
        let sigungu = self.country.regions().iter().filter(|region| region.level == RegionLevel::Sigungu);
        let boxes = sigungu.filter_map(|region| {
            let around = Bounds::around(self.country.clinics_in(region.code))?;
            let corners = (around.south, around.west, around.north, around.east);
            Some(json!([region.code.to_string(), corners.0, corners.1, corners.2, corners.3]))
        });
        let file = json!({"districts": boxes.collect::<Vec<_>>()});
        Prepared::new(file.to_string(), "application/json", Cache::Minutes)
    }

    fn clinics_json(&self, sigungu: &Region) -> Prepared {
        let clinics = self.country.clinics_in(sigungu.code).map(|clinic| {
            json!({
                "id": clinic.id.to_string(),
                "name": clinic.name,
                "region": clinic.region.to_string(),
                "address": clinic.address,
                "lat": clinic.lat,
                "lon": clinic.lon,
            })
        });
        let file = json!({"region": sigungu.code.to_string(), "clinics": clinics.collect::<Vec<_>>()});
        Prepared::new(file.to_string(), "application/json", Cache::Minutes)
    }
}

/// Degrees.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    south: f64,
    west: f64,
    north: f64,
    east: f64,
}

impl Bounds {
    fn around<'a>(clinics: impl Iterator<Item = &'a Clinic>) -> Option<Self> {
        let point = |clinic: &Clinic| Self {
            south: clinic.lat,
            west: clinic.lon,
            north: clinic.lat,
            east: clinic.lon,
        };
        clinics.map(point).reduce(|a, b| Self {
            south: a.south.min(b.south),
            west: a.west.min(b.west),
            north: a.north.max(b.north),
            east: a.east.max(b.east),
        })
    }
}

fn add_pages(files: &mut HashMap<String, Prepared>, region: &Region, page: impl Fn(Lang) -> Prepared) {
    for lang in [Lang::Ko, Lang::En] {
        files.insert(lang.href(&format!("{BASE}/{}", region.code)), page(lang));
    }
}

fn page(page: &impl askama::Template) -> Prepared {
    let html = page.render().expect("templates write to memory only");
    Prepared::new(html, "text/html; charset=utf-8", Cache::Minutes)
}

/// How many clinics a 시·도 or 시·군·구 has.
pub(crate) fn region_clinics(country: &Country, region: &Region) -> usize {
    match region.level {
        RegionLevel::Sido => {
            country.children(Some(region.code)).map(|below| country.clinics_in(below.code).count()).sum()
        }
        RegionLevel::Sigungu => country.clinics_in(region.code).count(),
        RegionLevel::Eupmyeondong => 0,
    }
}

/// From the whole country down to a region.
pub(crate) fn crumbs(lang: Lang, country: &Country, region: Option<&Region>, base: &str) -> Vec<Link> {
    let Some(region) = region else { return Vec::new() };
    let address = |region: &Region| {
        let path = if base == BASE {
            format!("{BASE}/{}", region.code)
        } else {
            format!("{base}/regions/{}", region.code)
        };
        Link::new(region.name.clone(), lang.href(&path))
    };
    let mut links = vec![Link::new(lang.t("전국", "All regions"), lang.href(base))];
    links.extend(region.parent.and_then(|code| country.region(code)).map(address));
    links.push(address(region));
    links
}
