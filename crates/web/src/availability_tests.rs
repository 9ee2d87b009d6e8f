//! What the index says, on the small country: C1 and C2 in 1111, C3 and C4 in 1114, C5 and C6 in 2611; three days; bands
//! at 9:00, 9:30 and 10:00; odd clinics have one place a band, even ones two.

use super::*;
use jiff::SignedDuration;
use jiff::civil::date;
use store::conformance::world;

fn index() -> Index {
    let country = Arc::new(world::country());
    let campaign = country.campaigns()[0].clone();
    Index::new(country, &campaign)
}

fn taken(version: u64, clinic: u32, day: i8, places: u32) -> DaysChanged {
    let day = DayTaken {
        clinic: ClinicId(clinic),
        visit_on: date(2027, 7, day),
        places,
        before_noon: places,
        offered: None,
    };
    DaysChanged { version, days: vec![day] }
}

fn doses(east: u32) -> BTreeMap<RegionCode, u32> {
    BTreeMap::from([(world::EAST, east), (world::WEST, 5)])
}

#[test]
fn words_tell_full_closed_few_and_many_apart() {
    for (free, places, words) in [
        (0, 0, Availability::Closed),
        (0, 10, Availability::None),
        (1, 10, Availability::Few),
        (2, 2, Availability::Few),
        (3, 15, Availability::Few),
        (3, 14, Availability::Many),
        (14, 14, Availability::Many),
    ] {
        assert_eq!(Free { free, places }.in_words(), words, "{free} of {places}");
    }
}

#[test]
fn what_is_taken_is_no_longer_free_on_that_day_alone() {
    let mut index = index();
    let clinic = index.position(ClinicId(2)).unwrap();
    index.apply(&taken(4, 2, 27, 5));
    assert_eq!(index.version(), 4);
    let free = |date| index.free(clinic, date, DayPart::Whole);
    assert_eq!([free(0), free(1), free(2)].map(|day| day.free), [6, 1, 6]);
    assert_eq!(index.free(clinic, 1, DayPart::Morning).free, 1);
    assert_eq!(index.free(clinic, 1, DayPart::Afternoon), Free { free: 0, places: 0 });
}

#[test]
fn what_a_clinic_says_of_its_day_counts_until_it_is_taken_back() {
    let mut index = index();
    let clinic = index.position(ClinicId(2)).unwrap();
    let said = |offered| {
        let mut changed = taken(1, 2, 27, 2);
        changed.days[0].offered = offered;
        changed
    };
    let mut free_after = |offered| {
        index.apply(&said(offered));
        (index.free(clinic, 1, DayPart::Whole), index.free(clinic, 1, DayPart::Afternoon).free)
    };
    assert_eq!(free_after(Some((9, 5))), (Free { free: 7, places: 9 }, 4));
    assert_eq!(free_after(Some((2, 2))), (Free { free: 0, places: 2 }, 0));
    assert_eq!(free_after(None), (Free { free: 4, places: 6 }, 0));
}

#[test]
fn a_district_changes_when_a_word_changes_and_not_before() {
    let mut index = index();
    index.apply(&taken(1, 4, 26, 1));
    assert!(index.take_changed().is_empty(), "five of six are still many");
    index.apply(&taken(2, 4, 26, 4));
    let changed: Vec<u64> =
        index.take_changed().iter().map(|number| index.districts()[*number].code.0).collect();
    assert_eq!(changed, [1_114_000_000]);
    assert!(index.take_changed().is_empty());
}

#[test]
fn a_place_without_doses_is_not_free() {
    let mut index = index();
    let now = world::opens_at();
    index.heard(&doses(0), now);
    let (east, west) = (index.position(ClinicId(1)).unwrap(), index.position(ClinicId(5)).unwrap());
    assert_eq!(index.free(east, 0, DayPart::Whole).in_words(), Availability::None);
    assert_eq!(index.free(west, 0, DayPart::Whole).in_words(), Availability::Many);
    assert_eq!(index.take_changed().len(), 2, "both districts of the east");
    index.heard(&doses(1), now);
    assert_eq!(index.free(east, 0, DayPart::Whole).in_words(), Availability::Many);
    assert_eq!(index.take_changed().len(), 2);
}

#[test]
fn what_was_heard_long_ago_is_not_known() {
    let mut index = index();
    let now = world::opens_at();
    assert_eq!(index.known_as_of(now), None);
    index.heard(&doses(9), now);
    assert_eq!(index.known_as_of(now + feeder::SILENT_AFTER), Some(now));
    assert_eq!(index.known_as_of(now + feeder::SILENT_AFTER + SignedDuration::from_secs(1)), None);
}

#[test]
fn a_morning_ends_at_noon() {
    let mut clinic = world::country().clinics()[0].clone();
    clinic.hours.closes_min = 14 * 60;
    let day = Day::of(&clinic, date(2027, 7, 26), 30);
    assert_eq!((day.morning.places, day.afternoon.places), (6, 4));
}

#[test]
fn days_and_clinics_that_are_not_there_change_nothing() {
    let mut index = index();
    index.apply(&taken(1, 99, 26, 1));
    index.apply(&taken(2, 1, 30, 1));
    assert!(index.take_changed().is_empty());
    assert_eq!(index.version(), 2);
}
