//! Whoever changes a published file is found out, and nothing stands in for a value that is late.

use super::*;
use crate::cli::DrawAnnounce;
use crate::scratch::Scratch;
use crate::system::SystemRandomness;
use jiff::Timestamp;
use std::fs;
use std::path::PathBuf;
use web::draw::{LIST, PLACES, ROOT, RULES, VALUE};

const VALUE_TEXT: &str = "0badcafe";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn public(home: &Scratch) -> PathBuf {
    home.path().join("public")
}

/// 41 lines of 40 people.
fn announced() -> Scratch {
    let home = Scratch::inside(&std::env::temp_dir()).unwrap();
    let asked = DrawAnnounce {
        folder: public(&home),
        campaign: "spring".to_owned(),
        opens_at: at(10_000),
        source: "beacon".to_owned(),
        address: "https://beacon.invalid/{round}".to_owned(),
        first_at: at(0),
        every_s: 30,
        demo_source: true,
    };
    announce(&asked, at(9_000)).unwrap();
    let people: Vec<_> = (0..40).chain([7]).map(|n| format!("applicant {n}")).collect();
    fs::write(home.path().join("applicants"), people.join("\n")).unwrap();
    home
}

fn frozen() -> Scratch {
    let home = announced();
    let [applicants, receipts] = ["applicants", "receipts"].map(|name| home.path().join(name));
    let frozen = freeze(&public(&home), (&applicants, &receipts), at(10_000), &SystemRandomness).unwrap();
    assert_eq!((frozen.root.count, frozen.again), (40, 1));
    home
}

fn drawn() -> Scratch {
    let home = frozen();
    finish(&public(&home), VALUE_TEXT, at(10_080)).unwrap();
    home
}

fn found(home: &Scratch) -> Result<Standing, Difference> {
    check(&public(home), None).unwrap().map(|checked| checked.standing)
}

#[test]
fn a_draw_goes_from_step_to_step_and_each_is_in_order() {
    assert_eq!(found(&announced()), Ok(Standing::Announced));
    assert!(matches!(found(&frozen()), Ok(Standing::Drawing { round: 337, .. })));
    assert!(matches!(found(&drawn()), Ok(Standing::Drawn { round: 337, .. })));
}

#[test]
fn while_the_value_is_late_the_draw_waits_and_nothing_stands_in_for_it() {
    let home = frozen();
    assert!(finish(&public(&home), VALUE_TEXT, at(10_079)).is_err());
    assert!(finish(&public(&home), "  ", at(99_999)).is_err());
    assert!(matches!(found(&home), Ok(Standing::Drawing { .. })));
    finish(&public(&home), VALUE_TEXT, at(99_999)).unwrap();
    assert!(matches!(found(&home), Ok(Standing::Drawn { round: 337, .. })));
}

#[test]
fn no_step_is_made_twice() {
    let home = drawn();
    let [applicants, receipts] = ["applicants", "more"].map(|name| home.path().join(name));
    assert!(freeze(&public(&home), (&applicants, &receipts), at(10_000), &SystemRandomness).is_err());
    assert!(finish(&public(&home), "another", at(10_080)).is_err());
    assert!(found(&home).is_ok());
}

#[test]
fn everybody_finds_their_own_place_and_the_places_are_those_of_the_list() {
    let home = drawn();
    let receipts = fs::read_to_string(home.path().join("receipts")).unwrap();
    let mut places: Vec<u64> = Vec::new();
    for line in receipts.lines().skip(1) {
        let ticket = receipt(line.split_once(',').unwrap().1).unwrap();
        let own = check(&public(&home), Some(ticket)).unwrap().unwrap().own.unwrap();
        places.extend(own.place);
    }
    places.sort_unstable();
    assert!(places.into_iter().eq(0..40));
    let stranger = Some(TicketId([9; 16]));
    assert_eq!(check(&public(&home), stranger).unwrap().unwrap_err(), Difference::NotOnTheList);
}

#[test]
fn nothing_published_names_anybody() {
    let home = drawn();
    let receipts = fs::read_to_string(home.path().join("receipts")).unwrap();
    for name in [RULES, LIST, ROOT, VALUE, PLACES] {
        let text = fs::read_to_string(public(&home).join(name)).unwrap();
        assert!(!text.contains("applicant"), "{name}");
        let secret = |line: &str| text.contains(line.split_once(',').unwrap().1);
        assert!(!receipts.lines().skip(1).any(secret), "{name}");
    }
}

#[test]
fn receipts_are_not_written_among_the_published_files() {
    let home = announced();
    let (applicants, receipts) = (home.path().join("applicants"), public(&home).join("receipts"));
    assert!(freeze(&public(&home), (&applicants, &receipts), at(10_000), &SystemRandomness).is_err());
    assert!(!receipts.exists() && found(&home) == Ok(Standing::Announced));
}

/// A copy in which one file was changed.
fn tampered(name: &str, change: impl FnOnce(String) -> String) -> Difference {
    let home = drawn();
    let path = public(&home).join(name);
    let before = fs::read_to_string(&path).unwrap();
    let after = change(before.clone());
    assert_ne!(before, after, "nothing was changed");
    fs::write(path, after).unwrap();
    found(&home).unwrap_err()
}

fn swapped(text: &str, one: usize, other: usize) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.swap(one, other);
    lines.join("\n") + "\n"
}

fn without_last(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[..lines.len() - 1].join("\n") + "\n"
}

/// The first hexadecimal digit after that word is another one.
fn other_digit(text: &str, after: &str) -> String {
    let at = text.find(after).unwrap() + after.len();
    let digit = if text.as_bytes()[at] == b'0' { "1" } else { "0" };
    format!("{}{digit}{}", &text[..at], &text[at + 1..])
}

#[test]
fn a_changed_list_count_seed_value_or_place_is_named() {
    assert_eq!(tampered(LIST, |text| swapped(&text, 3, 4)), Difference::ListLine(4));
    let last = |text: String| {
        let at = text.rfind(',').unwrap() + 40;
        let digit = if text.as_bytes()[at] == b'0' { "1" } else { "0" };
        format!("{}{digit}{}", &text[..at], &text[at + 1..])
    };
    assert!(matches!(tampered(LIST, last), Difference::Root { .. }));
    let short = tampered(LIST, |text| without_last(&text));
    assert_eq!(short, Difference::Count { published: 40, computed: 39 });
    let count = tampered(ROOT, |text| text.replace("\"count\": 40", "\"count\": 41"));
    assert_eq!(count, Difference::Count { published: 41, computed: 40 });
    assert!(matches!(tampered(ROOT, |text| other_digit(&text, "\"root\": \"")), Difference::Root { .. }));
    assert!(matches!(tampered(VALUE, |text| other_digit(&text, "\"seed\": \"")), Difference::Seed { .. }));
    let value = tampered(VALUE, |text| text.replace(VALUE_TEXT, "0badcaff"));
    assert!(matches!(value, Difference::Seed { .. }));
    assert_eq!(tampered(PLACES, |text| swapped(&text, 5, 9)), Difference::PlaceLine(6));
    assert_eq!(tampered(PLACES, |text| without_last(&text)), Difference::PlaceLine(41));
    assert_eq!(tampered(PLACES, |text| text + "40,40,00\n"), Difference::PlaceLine(42));
}

#[test]
fn a_changed_rule_or_time_is_named() {
    let round = tampered(ROOT, |text| text.replace("337", "338"));
    assert_eq!(round, Difference::Round { published: 338, computed: 337 });
    let campaign = tampered(RULES, |text| text.replace("spring", "autumn"));
    assert!(matches!(campaign, Difference::Seed { .. }));
    let every = tampered(RULES, |text| text.replace("\"every_s\": 30", "\"every_s\": 60"));
    assert!(matches!(every, Difference::Round { .. }));
    assert_eq!(
        tampered(RULES, |text| text.replace("\"version\": 1", "\"version\": 2")),
        Difference::Version(2)
    );
    let early = tampered(VALUE, |text| text.replace("1970-01-01T02:48:00Z", "1970-01-01T02:47:59Z"));
    assert!(matches!(early, Difference::TooEarly { .. }));
}

#[test]
fn places_without_the_value_are_out_of_step() {
    let home = drawn();
    fs::remove_file(public(&home).join(VALUE)).unwrap();
    assert_eq!(found(&home), Err(Difference::OutOfStep { there: PLACES, missing: VALUE }));
    finish(&public(&home), VALUE_TEXT, at(10_080)).unwrap();
    assert!(found(&home).is_ok());
}
