//! Searches in a country made for them: three towns on a line, a hundred clinics.

use super::*;
use crate::availability::feeder::{Feeder, FeederParts};
use crate::pages::Assets;
use booking::ClinicId;
use jiff::civil::date;
use store::conformance::world;
use store::{Clock, MemoryStore, MockClock, Store};
use store::{DayTaken, DaysChanged};

const SEOUL: RegionCode = RegionCode(1_100_000_000);
const GANGNAM: RegionCode = RegionCode(1_168_000_000);
const JUNG: RegionCode = RegionCode(1_114_000_000);
const BUSAN: RegionCode = RegionCode(2_600_000_000);
const BUSAN_JUNG: RegionCode = RegionCode(2_611_000_000);
const YEOKSAM: RegionCode = RegionCode(1_168_010_100);
const EULJI: RegionCode = RegionCode(1_114_010_400);
const GWANGBOK: RegionCode = RegionCode(2_611_010_400);

fn region(code: RegionCode, level: RegionLevel, parent: Option<RegionCode>, name: &str, lat: f64) -> Region {
    Region { code, level, parent, name: name.to_owned(), point: Some((lat, 127.0)) }
}

fn country() -> Country {
    use RegionLevel::{Eupmyeondong as Town, Sido, Sigungu};
    let regions = vec![
        region(SEOUL, Sido, None, "서울특별시", 37.5),
        region(GANGNAM, Sigungu, Some(SEOUL), "강남구", 37.50),
        region(YEOKSAM, Town, Some(GANGNAM), "역삼동", 37.50),
        region(RegionCode(1_168_010_200), Town, Some(GANGNAM), "역삼", 37.50),
        region(JUNG, Sigungu, Some(SEOUL), "중구", 37.56),
        region(EULJI, Town, Some(JUNG), "을지로동", 37.56),
        region(BUSAN, Sido, None, "부산광역시", 35.1),
        region(BUSAN_JUNG, Sigungu, Some(BUSAN), "중구", 35.10),
        region(GWANGBOK, Town, Some(BUSAN_JUNG), "광복동", 35.10),
    ];
    let mut clinics = Vec::new();
    for number in 0..100u32 {
        let (town, lat, name) = match number % 4 {
            0 => (YEOKSAM, 37.50, "푸른 새마루의원"),
            1 => (EULJI, 37.56, "은빛의원"),
            _ => (GWANGBOK, 35.10, "새마을내과"),
        };
        let mut clinic = world::country().clinics()[1].clone();
        clinic.id = ClinicId(number + 1);
        clinic.region = town;
        clinic.name = format!("{name} {number}");
        (clinic.lat, clinic.lon) = (lat + f64::from(number) * 0.000_1, 127.0);
        clinics.push(clinic);
    }
    let mut campaign = world::country().campaigns()[0].clone();
    campaign.supply = [(SEOUL, 40), (BUSAN, 40)].into();
    Country::new(regions, clinics, vec![campaign]).unwrap()
}

fn feeder(country: &Arc<Country>) -> Feeder {
    let clock = Arc::new(MockClock::at(world::opens_at()));
    let ledger = MemoryStore::new(Arc::clone(country), Arc::clone(&clock) as Arc<dyn Clock>);
    let assets = Assets {
        css: "",
        icon: "",
        page_js: "",
        wait_js: "",
        find_css: "",
        find_js: "",
        desk_css: "",
        draw_js: "",
        operator_js: "",
    };
    let parts = FeederParts {
        country: Arc::clone(country),
        ledger: Arc::new(ledger) as Arc<dyn Store>,
        clock,
        assets,
        demo: true,
    };
    Feeder::begin(&country.campaigns()[0], parts)
}

fn finder() -> Finder {
    let country = Arc::new(country());
    let board = feeder(&country).board();
    Finder::new(country, board, world::opens_at())
}

fn ids(found: &Found<'_>) -> Vec<u32> {
    found.clinics.iter().map(|found| found.clinic.id.0).collect()
}

fn query(change: impl FnOnce(&mut Query)) -> Query {
    let mut query = Query { page: 1, ..Query::default() };
    change(&mut query);
    query
}

#[test]
fn a_name_is_found_in_a_region_and_in_the_country() {
    let finder = finder();
    let search = |query: &Query| finder.search(&finder.index(), query, &[0], world::opens_at()).total;
    assert_eq!(search(&query(|q| "새마".clone_into(&mut q.name))), 75);
    assert_eq!(search(&query(|q| "ㅅㅁㄹ".clone_into(&mut q.name))), 25);
    let in_seoul = |q: &mut Query| {
        "새마".clone_into(&mut q.name);
        q.region = Some(SEOUL);
    };
    assert_eq!(search(&query(in_seoul)), 25);
    assert_eq!(search(&query(|q| q.region = Some(JUNG))), 25);
    assert_eq!(search(&query(|q| "없는 이름".clone_into(&mut q.name))), 0);
}

#[test]
fn the_nearest_come_first_over_the_border_of_a_district() {
    let finder = finder();
    let found = finder.search(
        &finder.index(),
        &query(|q| {
            q.centre = Some(YEOKSAM);
            q.page = 2;
        }),
        &[0],
        world::opens_at(),
    );
    let distances: Vec<f64> = found.clinics.iter().map(|found| found.km.unwrap()).collect();
    assert!(distances.is_sorted(), "{distances:?}");
    let towns: Vec<RegionCode> = found.clinics.iter().map(|found| found.clinic.region).collect();
    assert!(towns[..5].iter().all(|town| *town == YEOKSAM) && towns[5..].iter().all(|town| *town == EULJI));
    assert!((6.0..8.0).contains(&distances[5]), "{distances:?}");
}

#[test]
fn pages_hold_twenty_and_the_last_one_is_the_end() {
    let finder = finder();
    let page = |page| finder.search(&finder.index(), &query(|q| q.page = page), &[0], world::opens_at());
    assert_eq!((ids(&page(1)).len(), page(1).pages, page(1).total), (20, 5, 100));
    assert_eq!(ids(&page(5)), (81..=100).collect::<Vec<u32>>());
    assert_eq!((page(usize::MAX).page, ids(&page(usize::MAX))), (5, ids(&page(5))));
    let all: std::collections::BTreeSet<u32> = (1..=5).flat_map(|number| ids(&page(number))).collect();
    assert_eq!(all.len(), 100, "no clinic twice, none left out");
}

#[test]
fn free_places_come_first_on_the_days_that_were_chosen() {
    let finder = finder();
    finder.board.change(|index| {
        let full = |clinic, day| DayTaken {
            clinic: ClinicId(clinic),
            visit_on: date(2027, 7, day),
            places: 6,
            before_noon: 6,
            offered: None,
        };
        index.apply(&DaysChanged { version: 1, days: vec![full(1, 26), full(2, 26), full(2, 27)] });
        index.heard(&[(SEOUL, 1), (BUSAN, 1)].into(), world::opens_at());
    });
    let first = |dates: &[usize]| {
        ids(&finder.search(&finder.index(), &query(|q| q.free_first = true), dates, world::opens_at()))[0]
    };
    assert_eq!((first(&[0]), first(&[1]), first(&[0, 1])), (3, 1, 1));
    assert_eq!(ids(&finder.search(&finder.index(), &query(|_| ()), &[0], world::opens_at()))[0], 1);
}

#[test]
fn while_nothing_is_known_nobody_is_put_behind() {
    let finder = finder();
    let found = finder.search(&finder.index(), &query(|q| q.free_first = true), &[0], world::opens_at());
    assert_eq!((found.as_of, ids(&found)[0]), (None, 1));
}

#[test]
fn a_typed_place_is_one_several_or_none() {
    let finder = finder();
    for (typed, meant) in [
        ("역삼동", Meant::One(YEOKSAM)),
        (" 역삼 동 ", Meant::None),
        ("역삼1동", Meant::One(YEOKSAM)),
        ("강남구 역삼동", Meant::One(YEOKSAM)),
        ("부산 역삼동", Meant::None),
        ("을지", Meant::One(EULJI)),
        ("중구", Meant::Several(vec![JUNG, BUSAN_JUNG])),
        ("부산 중구", Meant::One(BUSAN_JUNG)),
        ("서울", Meant::None),
        ("없는동", Meant::None),
        ("", Meant::None),
        ("🙂", Meant::None),
    ] {
        assert_eq!(finder.place_named(typed), meant, "{typed:?}");
    }
}

#[test]
fn outside_the_gate_only_so_many_search_in_a_second() {
    let finder = finder();
    let now = world::opens_at();
    let taken = (0..PUBLIC_PER_SECOND_MAX + 5).filter(|_| finder.takes_public(now)).count();
    assert_eq!(taken, PUBLIC_PER_SECOND_MAX as usize);
    assert!(finder.takes_public(now + SignedDuration::from_secs(1)));
}

/// Somebody who waits to change the index comes between the two reads, and both wait for ever. A desk stood still like
/// that with 650 agents.
#[test]
#[should_panic(expected = "whoever reads the index hands it on")]
fn whoever_reads_the_index_does_not_read_it_again() {
    let finder = finder();
    let _first = finder.index();
    drop(finder.index());
}
