use super::*;
use crate::{
    CampaignId, ClinicId, DoseInterval, EligibilityGroup, Limits, OpeningHours, Region, RegionCode,
    RegionLevel, Visits, WeekdaySet,
};
use jiff::Timestamp;
use jiff::civil::date;
use std::collections::BTreeMap;

/// Three clinics in one 시·군·구, C2 nearer to C1 than C3; ten days; bands at 9:00, 9:30, 10:00, 10:30.
fn country() -> Country {
    let region = |code, level, parent| Region {
        code: RegionCode(code),
        level,
        parent,
        name: String::new(),
        point: None,
    };
    let regions = vec![
        region(11, RegionLevel::Sido, None),
        region(12, RegionLevel::Sigungu, Some(RegionCode(11))),
        region(13, RegionLevel::Eupmyeondong, Some(RegionCode(12))),
    ];
    let clinics = vec![clinic(1, 37.0), clinic(2, 37.1), clinic(3, 36.8)];
    Country::new(regions, clinics, vec![campaign()]).expect("every parent is there")
}

fn clinic(id: u32, lat: f64) -> Clinic {
    let hours = OpeningHours {
        opens_min: 540,
        closes_min: 660,
        lunch: None,
        saturday_closes_min: None,
        closed: WeekdaySet::default(),
    };
    Clinic {
        id: ClinicId(id),
        name: String::new(),
        region: RegionCode(13),
        zip: String::new(),
        address: String::new(),
        phone: None,
        lat,
        lon: 127.0,
        hours,
        capacity: 1,
        doses_per_vial: 10,
        listed: true,
    }
}

fn campaign() -> Campaign {
    Campaign {
        id: CampaignId(1),
        slug: String::new(),
        group: EligibilityGroup::born(date(1963, 1, 1), date(1972, 12, 31)),
        opens_at: Timestamp::UNIX_EPOCH,
        closes_at: Timestamp::UNIX_EPOCH,
        visits: Visits { first_on: date(2027, 7, 26), last_on: date(2027, 8, 4), band_min: 30 },
        doses: 1,
        dose_interval: DoseInterval { min_days: 0, planned_days: 0, max_days: 0 },
        supply: BTreeMap::new(),
        people: 0,
        limits: Limits::default(),
    }
}

fn slot(clinic: u32, visit_day: i8, starts_min: u16) -> SlotId {
    SlotId { clinic: ClinicId(clinic), visit_on: date(2027, 7, visit_day), starts_min }
}

fn check(free: &[SlotId], limit: usize, expected: &[SlotId]) {
    let free = |slot| u32::from(free.contains(&slot));
    let days: Vec<_> = campaign().days().collect();
    assert_eq!(nearest_free(&country(), &campaign(), slot(1, 28, 570), &days, free, limit), expected);
}

#[test]
fn the_same_day_comes_first_then_near_days_then_near_clinics() {
    let (later, much_later) = (slot(1, 28, 600), slot(1, 28, 630));
    let (day_before, day_after) = (slot(1, 27, 570), slot(1, 29, 570));
    let (near, far) = (slot(2, 28, 570), slot(3, 28, 570));
    let all = [far, near, day_after, day_before, much_later, later];
    check(&all, 6, &[later, much_later, day_before, day_after, near, far]);
}

#[test]
fn of_two_as_near_the_earlier_comes_first() {
    check(&[slot(1, 28, 600), slot(1, 28, 540)], 6, &[slot(1, 28, 540), slot(1, 28, 600)]);
    check(&[slot(1, 27, 600), slot(1, 27, 540)], 6, &[slot(1, 27, 540)]);
}

#[test]
fn the_limit_leaves_room_for_other_days_and_clinics() {
    let same_day = [slot(1, 28, 540), slot(1, 28, 600), slot(1, 28, 630)];
    let others = [slot(1, 27, 570), slot(2, 28, 570)];
    let all = [&same_day[..], &others[..]].concat();
    check(&all, 4, &[same_day[0], same_day[1], others[0], others[1]]);
    check(&all, 1, &[same_day[0]]);
}

#[test]
fn the_wanted_slot_is_never_offered_and_nothing_is_made_up() {
    check(&[slot(1, 28, 570)], 6, &[]);
    check(&[], 6, &[]);
}

#[test]
fn a_clinic_that_is_not_there_has_no_neighbours() {
    let unknown = slot(9, 28, 570);
    assert!(nearest_free(&country(), &campaign(), unknown, &[], |_| 1, 6).is_empty());
}
