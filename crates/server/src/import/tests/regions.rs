use super::{Desk, check_faults};
use crate::country::{REGIONS_FILE, SOME_DAY, load};
use crate::import::{Mode, Outcome};
use std::fs;

const HEAD: &str = "코드,단계,상위코드,이름\n";
const TREE: &str = "\
1100000000,시도,,서울특별시
1111000000,시군구,1100000000,종로구
1111010100,읍면동,1111000000,청운동
";

/// The regions of the bundled country, with whatever a test does to them.
fn bundled() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/regions.csv")).unwrap()
}

#[test]
fn the_same_regions_twice_change_nothing() {
    let desk = Desk::new();
    assert_eq!(desk.regions(Mode::DryRun, bundled()).outcome, Outcome::Checked);
    assert!(!desk.data().join("country").exists(), "a dry run makes no folder");
    assert_eq!(desk.regions(Mode::Yes, bundled()).outcome, Outcome::Imported);
    assert_eq!(desk.regions(Mode::Yes, bundled()).outcome, Outcome::Unchanged);
    let written = fs::read_to_string(desk.data().join("country").join(REGIONS_FILE)).unwrap();
    assert_eq!(written, bundled());
}

#[test]
fn the_difference_is_shown_and_the_service_uses_it() {
    let desk = Desk::new();
    let newer = bundled()
        .replace("1111010100,eupmyeondong,1111000000,청운동", "1111010100,eupmyeondong,1111000000,새청운동");
    let newer = newer + "1111099900,eupmyeondong,1111000000,새로운동,37.5,127.0,1\n";
    let said = desk.regions(Mode::Yes, newer);
    assert!(said.text.contains("added: 1\n      1111099900 새로운동"), "{}", said.text);
    assert!(said.text.contains("changed: 1\n      1111010100 새청운동"), "{}", said.text);
    let (country, _) = load(&desk.data(), SOME_DAY).unwrap();
    assert!(country.regions().iter().any(|region| region.name == "새청운동"));
}

#[test]
fn a_region_that_is_gone_stays_while_clinics_are_in_it() {
    let desk = Desk::new();
    let said = desk.regions(Mode::Yes, format!("{HEAD}{TREE}"));
    assert_eq!(said.outcome, Outcome::Imported);
    assert!(said.text.contains("kept for the clinics in them"), "{}", said.text);
    load(&desk.data(), SOME_DAY).unwrap();
}

#[test]
fn faults_name_line_and_column_and_nothing_changes() {
    let desk = Desk::new();
    let wrong = format!(
        "{HEAD}{TREE}1.111E+09,읍면동,1111000000,가\n111101020,읍면동,1111000000,나\n1111010300,동네,1111000000,다\n\
         1111010400,읍면동,9999000000,라\n1111010500,읍면동,1100000000,마\n1111010100,읍면동,1111000000,바\n1111010600,읍면동,1111000000,\n"
    );
    let said = desk.regions(Mode::Yes, wrong);
    assert_eq!(said.outcome, Outcome::Faulty);
    check_faults(
        &desk.faults(),
        &[
            ("5:code", "6.2E+12"),
            ("6:code", "ten digits"),
            ("7:level", "sido, sigungu"),
            ("8:parent", "not in this file"),
            ("9:parent", "wrong level"),
            ("10:code", "line 4"),
            ("11:name", "empty"),
        ],
    );
    assert!(!desk.data().join("country").join(REGIONS_FILE).exists());
}

#[test]
fn missing_columns_are_named() {
    let desk = Desk::new();
    desk.regions(Mode::Yes, "코드,이름\n1100000000,서울\n");
    check_faults(
        &desk.faults(),
        &[("1:level", "not in the first line"), ("1:parent", "not in the first line")],
    );
}

#[test]
fn what_was_booked_does_not_move_to_another_sido() {
    let desk = Desk::new();
    fs::write(desk.data().join("journal.db"), b"").unwrap();
    let moved = bundled().replace("4772000000,sigungu,4700000000", "4772000000,sigungu,2700000000");
    assert_ne!(moved, bundled());
    let said = desk.regions(Mode::Yes, moved);
    assert_eq!(said.outcome, Outcome::Faulty);
    assert!(desk.faults().iter().all(|fault| fault.contains("parent") && fault.contains("another sido")));
}
