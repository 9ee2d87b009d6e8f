//! The roster: built beside, put in place in one step, followed by whoever reads it.

use crate::Folder;
use booking::PersonAlias;
use jiff::SignedDuration;
use std::fs;
use std::sync::Arc;
use store::{Clock, MockClock, Roster, RosterEntry, StoreError};
use store_sqlite::{FollowedRoster, ROSTER_FILE, RosterDraft, RosterRow, SqliteRoster};

const KEYS: PersonAlias = PersonAlias([7; 32]);

/// Somebody whose hashes follow from a number.
fn row(line: u64, number: u8, content: u8) -> RosterRow {
    let hash = |kind: u8, number: u8| {
        // Spread like hashes: the first byte differs most.
        let mut bytes = [kind; 32];
        bytes[0] = number.wrapping_mul(151);
        bytes[1] = number;
        PersonAlias(bytes)
    };
    RosterRow {
        line,
        number: hash(1, number),
        pair: hash(2, number),
        content: hash(3, content),
        sealed: vec![number, content],
    }
}

fn draft(folder: &Folder, rows: &[RosterRow]) -> RosterDraft {
    let mut draft = RosterDraft::begin(&folder.0, KEYS).unwrap();
    draft.append(rows).unwrap();
    draft.index_numbers().unwrap();
    draft
}

fn publish(folder: &Folder, rows: &[RosterRow]) -> u64 {
    let mut draft = draft(folder, rows);
    draft.index_pairs().unwrap();
    draft.publish().unwrap()
}

fn found(roster: &impl Roster, row: &RosterRow) -> Option<RosterEntry> {
    roster.find(row.pair).unwrap()
}

#[test]
fn everybody_who_was_put_on_it_is_found_and_nobody_else() {
    let folder = Folder::new();
    let rows: Vec<RosterRow> = (0..100).map(|number| row(u64::from(number) + 2, number, number)).collect();
    assert_eq!(publish(&folder, &rows), 100);
    let roster = SqliteRoster::open(&folder.0.join(ROSTER_FILE), KEYS).unwrap();
    assert!(roster.is_present());
    assert_eq!(roster.people(), 100);
    for row in &rows {
        assert_eq!(found(&roster, row).unwrap().sealed, row.sealed);
    }
    for stranger in 100..=255 {
        assert_eq!(found(&roster, &row(0, stranger, 0)), None, "{stranger}");
    }
    for edge in [[0; 32], [255; 32]] {
        assert_eq!(roster.find(PersonAlias(edge)).unwrap(), None);
    }
}

#[test]
fn an_empty_roster_has_nobody_on_it() {
    let folder = Folder::new();
    publish(&folder, &[]);
    let roster = SqliteRoster::open(&folder.0.join(ROSTER_FILE), KEYS).unwrap();
    assert_eq!(found(&roster, &row(0, 1, 1)), None);
}

#[test]
fn the_difference_is_counted_by_number_and_content() {
    let folder = Folder::new();
    let first = draft(&folder, &[row(2, 1, 1), row(3, 2, 2)]);
    let everybody = first.compare(&folder.0, KEYS).unwrap();
    assert_eq!((everybody.added, everybody.removed, everybody.changed, everybody.unchanged), (2, 0, 0, 0));
    drop(first);
    publish(&folder, &[row(2, 1, 1), row(3, 2, 2), row(4, 3, 3), row(5, 4, 4)]);
    let second = draft(&folder, &[row(2, 9, 9), row(3, 3, 3), row(4, 2, 8), row(5, 1, 1)]);
    let difference = second.compare(&folder.0, KEYS).unwrap();
    assert_eq!(
        (difference.added, difference.removed, difference.changed, difference.unchanged),
        (1, 1, 1, 2)
    );
    assert_eq!(difference.added_samples[0].line, Some(2));
    assert_eq!(difference.changed_samples[0].line, Some(4));
    assert_eq!(
        (difference.removed_samples[0].line, difference.removed_samples[0].pair),
        (None, row(0, 4, 4).pair)
    );
}

#[test]
fn twins_are_named_with_both_lines() {
    let folder = Folder::new();
    let draft = draft(&folder, &[row(2, 1, 1), row(3, 2, 2), row(4, 1, 7), row(9, 1, 1)]);
    let mut twins = Vec::new();
    draft.twins(|first, line| twins.push((first, line))).unwrap();
    twins.sort_unstable();
    assert_eq!(twins, [(2, 4), (2, 9)]);
}

#[test]
fn a_correction_changes_one_person_and_leaves_the_others() {
    let folder = Folder::new();
    publish(&folder, &[row(2, 1, 1), row(3, 2, 2)]);
    let mut draft = RosterDraft::of_current(&folder.0, KEYS).unwrap().unwrap();
    let renamed = RosterRow { pair: row(0, 77, 0).pair, ..row(2, 2, 8) };
    assert!(draft.correct(&renamed).unwrap());
    assert!(!draft.correct(&row(3, 5, 5)).unwrap());
    assert_eq!(draft.publish().unwrap(), 3);
    let roster = SqliteRoster::open(&folder.0.join(ROSTER_FILE), KEYS).unwrap();
    assert_eq!(found(&roster, &renamed).unwrap().sealed, [2, 8]);
    assert_eq!(found(&roster, &row(0, 2, 2)), None, "the old name is gone");
    assert!(found(&roster, &row(0, 1, 1)).is_some() && found(&roster, &row(0, 5, 5)).is_some());
}

#[test]
fn a_draft_that_is_given_up_or_was_killed_leaves_nothing() {
    let folder = Folder::new();
    publish(&folder, &[row(2, 1, 1)]);
    let before = fs::read(folder.0.join(ROSTER_FILE)).unwrap();
    drop(draft(&folder, &[row(2, 2, 2)]));
    let names: Vec<_> = fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name == "roster.db.new"), "{names:?}");
    fs::write(folder.0.join("roster.db.new"), b"half a draft").unwrap();
    assert_eq!(fs::read(folder.0.join(ROSTER_FILE)).unwrap(), before);
    assert_eq!(publish(&folder, &[row(2, 3, 3)]), 1);
}

#[test]
fn two_imports_at_once_are_one_too_many() {
    let folder = Folder::new();
    let first = draft(&folder, &[]);
    assert!(matches!(RosterDraft::begin(&folder.0, KEYS), Err(StoreError::Unavailable { .. })));
    drop(first);
    assert!(RosterDraft::begin(&folder.0, KEYS).is_ok());
}

#[test]
fn other_keys_or_another_file_are_damage_not_an_empty_roster() {
    let folder = Folder::new();
    publish(&folder, &[row(2, 1, 1)]);
    let path = folder.0.join(ROSTER_FILE);
    let other = SqliteRoster::open(&path, PersonAlias([8; 32]));
    assert!(other.err().unwrap().to_string().contains("other keys"));
    fs::write(&path, b"not a database at all, but long enough to be looked at as one").unwrap();
    assert!(matches!(SqliteRoster::open(&path, KEYS), Err(StoreError::Corrupt { .. })));
}

#[test]
fn a_newer_roster_is_used_within_seconds_without_a_restart() {
    let folder = Folder::new();
    let clock = Arc::new(MockClock::at("2027-07-12T00:00:00Z".parse().unwrap()));
    let follower =
        FollowedRoster::new(&folder.0, Box::new(|| vec![KEYS]), Arc::clone(&clock) as Arc<dyn Clock>);
    let (one, other) = (row(2, 1, 1), row(2, 2, 2));
    assert!(!follower.is_present());
    assert_eq!(found(&follower, &one), None);
    publish(&folder, std::slice::from_ref(&one));
    assert!(!follower.is_present(), "it does not look at the disk for every question");
    clock.advance(SignedDuration::from_secs(3));
    assert!(follower.is_present());
    assert!(found(&follower, &one).is_some());
    publish(&folder, std::slice::from_ref(&other));
    clock.advance(SignedDuration::from_secs(3));
    assert!(found(&follower, &one).is_none() && found(&follower, &other).is_some());
    fs::write(folder.0.join(ROSTER_FILE), b"spoilt").unwrap();
    clock.advance(SignedDuration::from_secs(3));
    assert!(follower.is_present() && follower.find(other.pair).is_err(), "a broken roster sends nobody away");
}
