//! What finding a clinic weighs for one person, over the whole bundled country: `cargo test -p charye weight -- --nocapture`
//! prints it.

use crate::country;
use crate::system::SystemClock;
use booking::{Country, Region, RegionCode, RegionLevel};
use std::collections::HashMap;
use std::sync::Arc;
use store::{Clock, MemoryStore, Store};
use web::assets::assets;
use web::availability::feeder::{Feeder, FeederParts};
use web::search::distance::Point;
use web::static_plane::StaticPlane;

/// What one person may have to fetch.
const CITIZEN_MAX: usize = 150_000;
/// As `find.js` has them.
const ROWS: usize = 20;
const FILES: usize = 6;
/// The page itself before a search.
const FIND_PAGE: Weight = Weight { raw: 7_000, packed: 7_000 };

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Weight {
    raw: usize,
    packed: usize,
}

impl std::iter::Sum for Weight {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self { raw: sum.raw + one.raw, packed: sum.packed + one.packed })
    }
}

/// Every file by its address, with nothing booked.
fn weights(country: &Arc<Country>) -> HashMap<String, Weight> {
    let (assets, mut files) = assets();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    files.extend(StaticPlane { country, assets, demo: true, made_at: clock.now() }.files());
    let ledger = Arc::new(MemoryStore::new(Arc::clone(country), Arc::clone(&clock))) as Arc<dyn Store>;
    let parts = FeederParts { country: Arc::clone(country), ledger, clock, assets, demo: true };
    let mut feeder = Feeder::begin(&country.campaigns()[0], parts);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(feeder.tick());
    let board = feeder.board();
    let made = board.sizes().map(|(path, raw, packed)| (path.to_owned(), Weight { raw, packed }));
    let kept = files
        .iter()
        .map(|(path, file)| (path.clone(), Weight { raw: file.len(), packed: file.packed_len() }));
    kept.chain(made).collect()
}

/// A 시·군·구 and the box round its clinics: none of them is nearer than the box.
struct District {
    code: RegionCode,
    south_west: Point,
    north_east: Point,
}

impl District {
    fn of(country: &Country, code: RegionCode) -> Self {
        let points: Vec<Point> = country.clinics_in(code).map(Point::of_clinic).collect();
        let corner = |start: f64, pick: fn(f64, f64) -> f64| Point {
            lat: points.iter().map(|point| point.lat).fold(start, pick),
            lon: points.iter().map(|point| point.lon).fold(start, pick),
        };
        let (south_west, north_east) = (corner(f64::INFINITY, f64::min), corner(f64::NEG_INFINITY, f64::max));
        Self { code, south_west, north_east }
    }

    fn km_from(&self, here: Point) -> f64 {
        let nearest = Point {
            lat: here.lat.clamp(self.south_west.lat, self.north_east.lat),
            lon: here.lon.clamp(self.south_west.lon, self.north_east.lon),
        };
        here.km_to(nearest)
    }
}

/// The 시·군·구 whose files are fetched by somebody who is here, and whether that was enough to be sure.
fn fetched(country: &Country, districts: &[District], here: Point) -> (Vec<RegionCode>, bool) {
    let mut boxes: Vec<(f64, RegionCode)> =
        districts.iter().map(|district| (district.km_from(here), district.code)).collect();
    boxes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut found: Vec<f64> = Vec::new();
    let mut files = Vec::new();
    for (km, code) in boxes {
        if found.get(ROWS - 1).is_some_and(|last| *last <= km) {
            return (files, true);
        }
        if files.len() == FILES {
            return (files, false);
        }
        found.extend(country.clinics_in(code).map(|clinic| here.km_to(Point::of_clinic(clinic))));
        found.sort_by(f64::total_cmp);
        files.push(code);
    }
    (files, true)
}

#[test]
fn one_person_finds_a_clinic_with_less_than_150_kilobytes() {
    let elsewhere = std::path::Path::new("no/such/folder");
    let (country, _) = country::load(elsewhere, country::SOME_DAY).unwrap();
    let country = Arc::new(country);
    let weights = weights(&country);
    print_groups(&weights);
    let level = |wanted| country.regions().iter().filter(move |region| region.level == wanted);
    let districts: Vec<District> =
        level(RegionLevel::Sigungu).map(|region| District::of(&country, region.code)).collect();
    let is_asset = |path: &str| {
        let names = ["charye", "favicon", "find", "page"];
        names.iter().any(|name| path.starts_with(&format!("/static/{name}.")))
    };
    let once: Weight = weights.iter().filter(|(path, _)| is_asset(path)).map(|(_, weight)| *weight).sum();
    let once: Weight = [once, weights["/static/districts.json"], FIND_PAGE].into_iter().sum();
    let from = |town: &Region| {
        let (files, sure) =
            fetched(&country, &districts, Point::of_region(town).expect("every bundled region has a point"));
        let both = files
            .iter()
            .flat_map(|code| [format!("/static/clinics/{code}.json"), format!("/availability/{code}.json")]);
        let weight: Weight = both.map(|path| weights[&path]).chain([once]).sum();
        (weight, files.len(), sure)
    };
    let journeys: Vec<(Weight, usize, bool)> = level(RegionLevel::Eupmyeondong).map(from).collect();
    let mut raw: Vec<usize> = journeys.iter().map(|(weight, ..)| weight.raw).collect();
    let mut packed: Vec<usize> = journeys.iter().map(|(weight, ..)| weight.packed).collect();
    raw.sort_unstable();
    packed.sort_unstable();
    let (middle, last) = (raw.len() / 2, raw.len() - 1);
    println!(
        "from here, {} towns: median {} raw, {} packed; most {} raw, {} packed; not sure of the last row in {}",
        raw.len(),
        raw[middle],
        packed[middle],
        raw[last],
        packed[last],
        journeys.iter().filter(|(.., sure)| !sure).count()
    );
    assert!(raw[last] < CITIZEN_MAX, "{}", raw[last]);
    let pages =
        weights.iter().filter(|(path, _)| path.starts_with("/regions/") || path.starts_with("/en/regions/"));
    let heaviest = pages.max_by_key(|(_, weight)| weight.raw).unwrap();
    println!("the heaviest page is {} with {:?}", heaviest.0, heaviest.1);
    assert!(heaviest.1.raw + once.raw < CITIZEN_MAX, "{heaviest:?}");
}

fn print_groups(weights: &HashMap<String, Weight>) {
    println!(
        "{:<24} {:>6} {:>12} {:>12} {:>9} {:>9}",
        "files", "count", "raw", "packed", "most raw", "packed"
    );
    for (name, begins) in [
        ("/static/regions.json", "/static/regions.json"),
        ("/static/districts.json", "/static/districts.json"),
        ("/static/clinics/*.json", "/static/clinics/"),
        ("/availability/*.json", "/availability/"),
        ("/regions/* (ko)", "/regions/"),
        ("/regions/* (en)", "/en/regions/"),
    ] {
        let group: Vec<Weight> =
            weights.iter().filter(|(path, _)| path.starts_with(begins)).map(|(_, weight)| *weight).collect();
        let sum: Weight = group.iter().copied().sum();
        let most = group.iter().max().copied().unwrap_or_default();
        println!(
            "{name:<24} {:>6} {:>12} {:>12} {:>9} {:>9}",
            group.len(),
            sum.raw,
            sum.packed,
            most.raw,
            most.packed
        );
    }
}
