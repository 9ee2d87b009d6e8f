//! Somebody who may write every file changes the audit record, at random places and in every way: in the exported list
//! as it lies there, and, knowing how the chain is made, by making it anew.

use super::audit::exported;
use super::{Site, is_long, wait};
use crate::audit::{check, give_away};
use booking::AppointmentId;
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::path::Path;
use store::conformance::{Chance, Figure};
use store::{AuditEvent, AuditHead, Command, Store as _, verify_audit};

const FORGERIES: u64 = 100;
const FORGERIES_LONG: u64 = 1_000;
const SEED: u64 = 17;
const PEOPLE: u64 = 24;
/// A head leaves the house after so many events.
const EVENTS_A_HEAD: u64 = 8;

/// People book, and every third cancels; heads are given away as it goes on.
fn used(site: &Site, heads: &Path) -> Vec<AuditHead> {
    let mut given = Vec::new();
    let mut give = |head: AuditHead| {
        give_away(heads, Timestamp::UNIX_EPOCH, &head).unwrap();
        given.push(head);
    };
    let mut next = EVENTS_A_HEAD;
    // Each books two doses.
    for number in 0..PEOPLE {
        let (person, _) = site.book(number);
        if number % 3 == 0 {
            site.does(Command::Cancel { person, appointment: AppointmentId(2 * number + 1) });
        }
        let head = wait(site.store.audit_head()).unwrap();
        if head.seq >= next {
            give(head);
            next = head.seq + EVENTS_A_HEAD;
        }
    }
    give(wait(site.store.audit_head()).unwrap());
    given
}

fn every_event(site: &Site) -> Vec<AuditEvent> {
    let mut events = Vec::new();
    loop {
        let page = wait(site.store.audit_since(events.len() as u64, 1_000)).unwrap();
        if page.is_empty() {
            return events;
        }
        events.extend(page);
    }
}

/// One line or letter of the list is another, and the text is a different one.
fn edited(text: &str, chance: &mut Chance) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = 1 + chance.index(lines.len() - 3);
    match chance.below(4) {
        0 => {
            let letters: Vec<usize> = lines[at]
                .char_indices()
                .filter(|(_, c)| c.is_ascii_alphanumeric())
                .map(|(at, _)| at)
                .collect();
            let letter = letters[chance.index(letters.len())];
            let other = match lines[at].as_bytes()[letter] {
                digit @ b'0'..=b'8' => char::from(digit + 1),
                b'9' => '0',
                b'z' => 'y',
                _ => 'z',
            };
            lines[at].replace_range(letter..=letter, &other.to_string());
        }
        1 => drop(lines.remove(at)),
        2 => lines.swap(at, at + 1),
        _ => lines.truncate(at),
    }
    lines.join("\n") + "\n"
}

/// Another history whose chain holds: an event less, another time, two in the other order, or an earlier end.
fn made_anew(events: &[AuditEvent], chance: &mut Chance) -> Vec<AuditEvent> {
    let mut entries: Vec<_> = events.iter().map(|event| event.entry.clone()).collect();
    let at = chance.index(entries.len() - 1);
    match chance.below(4) {
        0 => drop(entries.remove(at)),
        1 => entries[at].at += SignedDuration::from_hours(1),
        2 => {
            entries.swap(at, at + 1);
            entries[at].at += SignedDuration::from_mins(1);
        }
        _ => entries.truncate(at),
    }
    let mut head = AuditHead::begin(1);
    entries.into_iter().map(|entry| head.add(entry)).collect()
}

#[test]
fn whoever_changes_the_audit_record_is_noticed() {
    let site = Site::open();
    let heads = site.below("elsewhere.heads");
    let given = used(&site, &heads);
    let whole = exported(&site, "list.jsonl", 0);
    let text = fs::read_to_string(&whole).unwrap();
    check(&whole, Some(&heads)).unwrap();
    let events = every_event(&site);
    let begin = AuditHead::begin(1);
    verify_audit(begin, &events, &given).unwrap();

    let forgeries = if is_long() { FORGERIES_LONG } else { FORGERIES };
    let (mut unnoticed, mut without_heads) = (0, 0);
    let mut chance = Chance::seeded(SEED);
    let altered = site.below("altered.jsonl");
    for _ in 0..forgeries {
        let forged = edited(&text, &mut chance);
        fs::write(&altered, &forged).unwrap();
        if check(&altered, Some(&heads)).is_ok() {
            let first = forged.lines().zip(text.lines()).find(|(forged, real)| forged != real);
            println!("unnoticed, seed {SEED}: {first:?}");
            unnoticed += 1;
        }
        let anew = made_anew(&events, &mut chance);
        unnoticed += u64::from(verify_audit(begin, &anew, &given).is_ok());
        without_heads += u64::from(verify_audit(begin, &anew, &[]).is_ok());
    }
    Figure {
        promise: "F4",
        test: "a forger with every file",
        runs: 2 * forgeries,
        of: "forgeries of the audit record (edited, cut, reordered, made anew)",
        violations: unnoticed,
        saboteur: "no head is given away",
        caught: without_heads,
        more: format!("{} events, {} heads; seed {SEED}", events.len(), given.len()),
    }
    .tell();
}
