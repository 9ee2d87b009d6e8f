//! Synthetic clinics on real roads, shared out by road addresses as a stand-in for people.

use anyhow::Result;

use super::apportion::apportion;
use super::clinic_names::{ClinicNames, Practice};
use super::country::{Country, Eupmyeondong, Kind, Point, Sido, Sigungu};
use super::draw::Draw;
use super::opening_hours::OpeningHours;
use super::roads::{Road, Roads};

const CLINICS: u64 = 13_000;
const DOSES_PER_VIAL: u64 = 10;

/// At most 400 m: a hundred-thousandth of a degree is 1.11 m of latitude, and less of longitude.
const JITTER_MAX: i64 = 360;

pub(super) fn to_csv(country: &Country, roads: &Roads, seed: u64) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns())?;
    let weights: Vec<u64> = country.sigungus().map(|(_, sigungu)| sigungu.road_addresses()).collect();
    let mut written = 0;
    for ((sido, sigungu), count) in country.sigungus().zip(apportion(CLINICS, &weights)) {
        let stream = sigungu.code.parse().expect("a region code is all digits");
        let mut draw = Draw::new(seed, stream);
        for clinic in draw_clinics(&mut draw, Place { sido, sigungu }, roads, count) {
            written += 1;
            writer.write_record(clinic.to_record(&format!("C{written:05}")))?;
        }
    }
    Ok(writer.into_inner()?)
}

fn columns() -> Vec<&'static str> {
    let mut columns = vec!["id", "name", "region", "zip", "address", "lat", "lon"];
    columns.extend(OpeningHours::COLUMNS);
    columns.extend(["capacity", "doses_per_vial"]);
    columns
}

#[derive(Clone, Copy)]
struct Place<'a> {
    sido: &'a Sido,
    sigungu: &'a Sigungu,
}

struct Clinic {
    name: String,
    region: String,
    zip: String,
    address: String,
    point: Point,
    hours: OpeningHours,
    capacity: u64,
}

fn draw_clinics(draw: &mut Draw, place: Place<'_>, roads: &Roads, count: u64) -> Vec<Clinic> {
    let eupmyeondongs = &place.sigungu.eupmyeondongs;
    let weights: Vec<u64> = eupmyeondongs.iter().map(|one| one.road_addresses).collect();
    let mut names = ClinicNames::default();
    let mut clinics = Vec::new();
    for (eupmyeondong, share) in eupmyeondongs.iter().zip(apportion(count, &weights)) {
        let roads = roads.of([&place.sido.name, &place.sigungu.name, &eupmyeondong.name]);
        for _ in 0..share {
            let road = draw.pick(roads);
            let practice = Practice::draw(draw, eupmyeondong.kind);
            clinics.push(Clinic {
                name: names.draw(draw, practice),
                region: eupmyeondong.code.clone(),
                zip: road.zip.clone(),
                address: address(place, eupmyeondong, road, clinics.len() + 1),
                point: jitter(draw, eupmyeondong.point),
                hours: OpeningHours::draw(draw),
                capacity: draw_capacity(draw, eupmyeondong.kind, practice),
            });
        }
    }
    clinics
}

impl Clinic {
    fn to_record(&self, id: &str) -> Vec<String> {
        let mut record = [id, &self.name, &self.region, &self.zip, &self.address].map(str::to_owned).to_vec();
        record.extend(self.point.to_text());
        record.extend(self.hours.to_columns());
        record.extend([self.capacity, DOSES_PER_VIAL].map(|number| number.to_string()));
        record
    }
}

/// House numbers begin at 1: `가상 0-17` is nobody's door, for a reader and for a map alike.
fn address(place: Place<'_>, eupmyeondong: &Eupmyeondong, road: &Road, number: usize) -> String {
    let sido = &place.sido.name;
    // 세종 has no 시·군·구, and its addresses name none.
    let sigungu = if place.sigungu.name == "세종시" { "" } else { &format!("{} ", place.sigungu.name) };
    let (road, name) = (&road.name, &eupmyeondong.name);
    match eupmyeondong.kind {
        Kind::Eup | Kind::Myeon => format!("{sido} {sigungu}{name} {road} 가상 0-{number}"),
        Kind::Dong => format!("{sido} {sigungu}{road} 가상 0-{number} ({name})"),
    }
}

fn jitter(draw: &mut Draw, centre: Point) -> Point {
    loop {
        let (north, east) = (draw.within(JITTER_MAX), draw.within(JITTER_MAX));
        if north * north + east * east <= JITTER_MAX * JITTER_MAX {
            return Point { lat: centre.lat + north, lon: centre.lon + east };
        }
    }
}

/// Places in a 30-minute band.
fn draw_capacity(draw: &mut Draw, kind: Kind, practice: Practice) -> u64 {
    match (practice, kind) {
        (Practice::Hospital, _) => draw.pick_weighted(&[(4, 30), (5, 40), (6, 30)]),
        (_, Kind::Dong) => draw.pick_weighted(&[(1, 5), (2, 30), (3, 37), (4, 23), (5, 5)]),
        (_, Kind::Eup) => draw.pick_weighted(&[(1, 15), (2, 50), (3, 25), (4, 10)]),
        (_, Kind::Myeon) => draw.pick_weighted(&[(1, 55), (2, 40), (3, 5)]),
    }
}
