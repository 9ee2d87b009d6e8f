//! A country as large as the real one, made up: 3,524,000 people, 13,000 clinics, 2,704,000 times.

use booking::{
    Campaign, CampaignId, Clinic, ClinicId, Country, DoseInterval, EligibilityGroup, Limits, OpeningHours,
    Region, RegionCode, RegionLevel, SlotId, Visits, WeekdaySet,
};
use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date};

pub(crate) const PEOPLE: u64 = 3_524_000;
pub(crate) const SLOTS: u64 = CLINICS as u64 * DAYS * BANDS;
/// Everybody books once in each: one campaign alone would be over before a minute is.
pub(crate) const CAMPAIGNS: u16 = 5;

const CLINICS: u32 = 13_000;
/// Two weeks without their Sundays, and a Monday.
const DAYS: u64 = 13;
const BANDS: u64 = 16;
const BAND_MIN: u16 = 30;
const FIRST_ON: Date = date(2027, 7, 26);
/// Enough for everybody in every campaign.
const CAPACITY: u32 = 7;
const SIDO: u64 = 17;
const SIGUNGU_OF_SIDO: u64 = 15;
const TOWNS_OF_SIGUNGU: u64 = 20;

pub(crate) fn opens_at() -> Timestamp {
    "2027-07-12T11:00:00Z".parse().expect("a literal instant")
}

pub(crate) fn country() -> Country {
    let clinics = (1..=CLINICS).map(clinic).collect();
    let campaigns = (1..=CAMPAIGNS).map(campaign).collect();
    Country::new(regions(), clinics, campaigns).expect("every parent is there")
}

/// The times in an order in which neighbours are far apart, as people come from everywhere.
pub(crate) fn slot(number: u64) -> SlotId {
    const STRIDE: u64 = 1_618_033;
    let position = number % SLOTS * STRIDE % SLOTS;
    let (rest, band) = (position / BANDS, position % BANDS);
    let (clinic, day) = (rest / DAYS, rest % DAYS);
    let days = i32::try_from(day + day / 6).expect("two weeks");
    SlotId {
        clinic: ClinicId(1 + clinic as u32),
        visit_on: FIRST_ON.saturating_add(jiff::Span::new().days(days)),
        starts_min: 540 + BAND_MIN * band as u16,
    }
}

fn sido(number: u64) -> RegionCode {
    RegionCode((11 + number % SIDO) * 100_000_000)
}

fn sigungu(number: u64) -> RegionCode {
    RegionCode(sido(number).0 + (1 + number / SIDO) * 100_000)
}

fn town(number: u64) -> RegionCode {
    let count = SIDO * SIGUNGU_OF_SIDO;
    RegionCode(sigungu(number % count).0 + 100 * (1 + number / count % TOWNS_OF_SIGUNGU))
}

fn regions() -> Vec<Region> {
    let region = |code, level, parent| Region {
        code,
        level,
        parent,
        name: "made up".to_owned(),
        point: Some((37.0, 127.0)),
    };
    let mut regions: Vec<Region> = (0..SIDO).map(|at| region(sido(at), RegionLevel::Sido, None)).collect();
    let count = SIDO * SIGUNGU_OF_SIDO;
    regions.extend((0..count).map(|at| region(sigungu(at), RegionLevel::Sigungu, Some(sido(at)))));
    let towns = 0..count * TOWNS_OF_SIGUNGU;
    regions.extend(towns.map(|at| region(town(at), RegionLevel::Eupmyeondong, Some(sigungu(at % count)))));
    regions
}

fn clinic(number: u32) -> Clinic {
    Clinic {
        id: ClinicId(number),
        name: "made up".to_owned(),
        region: town(u64::from(number)),
        zip: String::new(),
        address: String::new(),
        phone: None,
        lat: 37.0,
        lon: 127.0,
        hours: OpeningHours {
            opens_min: 540,
            closes_min: 540 + BAND_MIN * BANDS as u16,
            lunch: None,
            saturday_closes_min: Some(540 + BAND_MIN * BANDS as u16),
            closed: WeekdaySet::default().with(Weekday::Sunday),
        },
        capacity: CAPACITY,
        doses_per_vial: 10,
        listed: true,
    }
}

fn campaign(id: u16) -> Campaign {
    Campaign {
        id: CampaignId(id),
        slug: format!("c{id}"),
        group: EligibilityGroup::born(date(1963, 1, 1), date(1972, 12, 31)),
        opens_at: opens_at(),
        closes_at: "2027-07-24T09:00:00Z".parse().expect("a literal instant"),
        visits: Visits { first_on: FIRST_ON, last_on: date(2027, 8, 9), band_min: BAND_MIN },
        doses: 1,
        dose_interval: DoseInterval { min_days: 21, planned_days: 21, max_days: 35 },
        supply: (0..SIDO).map(|at| (sido(at), PEOPLE as u32)).collect(),
        people: PEOPLE as u32,
        limits: Limits::default(),
    }
}
