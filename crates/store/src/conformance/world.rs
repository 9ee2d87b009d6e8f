//! A country small enough to hold in the head: two 시·도, three 시·군·구, six clinics, three days, three bands.

use booking::{
    Campaign, CampaignId, Candidate, Clinic, ClinicId, Country, DoseInterval, EligibilityGroup, Limits,
    OpeningHours, Region, RegionCode, RegionLevel, Visits, WeekdaySet,
};
use jiff::Timestamp;
use jiff::civil::{Weekday, date};
use std::collections::BTreeMap;

/// One dose.
pub const CAMPAIGN: CampaignId = CampaignId(1);
/// Two doses, three to five weeks apart, at the same clinics.
pub const PAIRS: CampaignId = CampaignId(2);
/// As [`CAMPAIGN`], where a recipient agrees by a code.
pub const CODED: CampaignId = CampaignId(3);
pub const EAST: RegionCode = RegionCode(1_100_000_000);
pub const WEST: RegionCode = RegionCode(2_600_000_000);
const SIGUNGU: [(RegionCode, RegionCode); 3] =
    [(RegionCode(1_111_000_000), EAST), (RegionCode(1_114_000_000), EAST), (RegionCode(2_611_000_000), WEST)];
/// Where scarce supply is fought over.
const DOSES_WEST: u32 = 5;
const DOSES_WEST_OF_PAIRS: u32 = 2;
const DOSES_EAST: u32 = 40;

/// Somebody of the group.
pub const ELIGIBLE: Candidate = Candidate { born_on: date(1965, 5, 1), on_roster: false };

/// Clinics C1 to C4 in the east, C5 and C6 in the west; odd ones have one place a band, even ones two.
pub fn country() -> Country {
    with_capacity(|clinic| if clinic.0 % 2 == 1 { 1 } else { 2 }, DOSES_EAST, DOSES_WEST)
}

/// The same country with so many places in every band, for those who measure and kill.
pub fn roomy_country(capacity: u32) -> Country {
    with_capacity(|_| capacity, u32::MAX, u32::MAX)
}

/// What a back end without the guard of capacity would believe.
pub fn country_without_guard() -> Country {
    with_capacity(|_| 1_000, DOSES_EAST, DOSES_WEST)
}

/// 2027-07-12 20:00 in Korea.
pub fn opens_at() -> Timestamp {
    "2027-07-12T11:00:00Z".parse().expect("a literal instant")
}

fn with_capacity(capacity: impl Fn(ClinicId) -> u32, doses_east: u32, doses_west: u32) -> Country {
    let clinics = (1..=6).map(|number| clinic(ClinicId(number), capacity(ClinicId(number)))).collect();
    let supply = BTreeMap::from([(EAST, doses_east), (WEST, doses_west)]);
    let one = campaign(supply);
    let supply = BTreeMap::from([(EAST, doses_east), (WEST, doses_west.min(DOSES_WEST_OF_PAIRS))]);
    let pairs = Campaign { id: PAIRS, slug: "pairs".to_owned(), doses: 2, supply, ..one.clone() };
    let limits = Limits { recipient_code: true, ..one.limits };
    let coded = Campaign { id: CODED, slug: "coded".to_owned(), limits, ..one.clone() };
    Country::new(regions(), clinics, vec![one, pairs, coded]).expect("every parent is there")
}

fn regions() -> Vec<Region> {
    let region = |code, level, parent, name: &str| Region {
        code,
        level,
        parent,
        name: name.to_owned(),
        point: Some((37.0, 127.0)),
    };
    let mut regions =
        vec![region(EAST, RegionLevel::Sido, None, "east"), region(WEST, RegionLevel::Sido, None, "west")];
    for (sigungu, sido) in SIGUNGU {
        regions.push(region(sigungu, RegionLevel::Sigungu, Some(sido), "county"));
        regions.push(region(town(sigungu), RegionLevel::Eupmyeondong, Some(sigungu), "town"));
    }
    regions
}

fn town(sigungu: RegionCode) -> RegionCode {
    RegionCode(sigungu.0 + 10_100)
}

fn clinic(id: ClinicId, capacity: u32) -> Clinic {
    let (sigungu, _) = SIGUNGU[(id.0 as usize - 1) / 2];
    Clinic {
        id,
        name: format!("clinic {id}"),
        region: town(sigungu),
        zip: String::new(),
        address: String::new(),
        phone: None,
        lat: 37.0 + f64::from(id.0) / 100.0,
        lon: 127.0,
        hours: OpeningHours {
            opens_min: 9 * 60,
            closes_min: 10 * 60 + 30,
            lunch: None,
            saturday_closes_min: None,
            closed: WeekdaySet::default().with(Weekday::Sunday),
        },
        capacity,
        doses_per_vial: 10,
        listed: true,
    }
}

fn campaign(supply: BTreeMap<RegionCode, u32>) -> Campaign {
    Campaign {
        id: CAMPAIGN,
        slug: "c55".to_owned(),
        group: EligibilityGroup::born(date(1963, 1, 1), date(1972, 12, 31)),
        opens_at: opens_at(),
        closes_at: "2027-07-24T09:00:00Z".parse().expect("a literal instant"),
        visits: Visits { first_on: date(2027, 7, 26), last_on: date(2027, 7, 28), band_min: 30 },
        doses: 1,
        dose_interval: DoseInterval { min_days: 21, planned_days: 21, max_days: 35 },
        supply,
        people: 30,
        limits: Limits::default(),
    }
}
