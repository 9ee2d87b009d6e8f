//! The audit record as an operator has it: exported, held against heads, edited by somebody who should not.

use super::{Site, wait};
use crate::audit::{check, give_away, read_heads};
use crate::cli::{Audit, AuditWhat, Places};
use crate::commands::audit::run;
use crate::verify::{Found, Named, Source, prove_anchored};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::proof::Broken;
use store::{Command, Store as _};

pub(super) fn exported(site: &Site, name: &str, since: u64) -> PathBuf {
    let file = site.home.path().join(name);
    let places = Places { config: None, keys: Some(site.config.key_folder()) };
    let what = AuditWhat::Export { what: site.config.data.clone(), file: file.clone(), since, places };
    assert_eq!(run(&Audit { what }).unwrap(), ExitCode::SUCCESS);
    file
}

/// Two people booked two doses, one of them cancelled.
fn used() -> Site {
    let site = Site::open();
    let (person, _) = site.book(1);
    site.book(2);
    site.does(Command::Cancel { person, appointment: booking::AppointmentId(1) });
    site
}

fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_list_proves_itself_and_tells_people_what_its_entries_say() {
    let site = used();
    let file = exported(&site, "list.jsonl", 0);
    let listed = check(&file, None).unwrap();
    let head = wait(site.store.audit_head()).unwrap();
    assert_eq!((listed.events as u64, listed.end, listed.is_anchored), (head.seq, head, true));
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("\"cancelled\"") && text.contains("\"who\":\"citizen 1\""), "{text}");

    edit(&file, "\"who\":\"citizen 1\"", "\"who\":\"citizen 2\"");
    let error = format!("{:#}", check(&file, None).unwrap_err());
    assert!(error.contains("event 1 says something else"), "{error}");
}

#[test]
fn a_list_that_was_cut_or_begins_later_is_held_against_heads_from_elsewhere() {
    let site = used();
    let heads = site.home.path().join("elsewhere.heads");
    let at = jiff::Timestamp::from_second(1_815_822_000).unwrap();
    let head = wait(site.store.audit_head()).unwrap();
    give_away(&heads, at, &head).unwrap();
    assert_eq!(read_heads(&heads).unwrap().len(), 1);
    let whole = exported(&site, "whole.jsonl", 0);
    check(&whole, Some(&heads)).unwrap();

    let text = fs::read_to_string(&whole).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    fs::write(&whole, lines[..4].join("\n")).unwrap();
    assert!(check(&whole, None).is_err(), "a list ends with its head");

    site.book(3);
    let later = exported(&site, "later.jsonl", head.seq);
    assert!(!check(&later, None).unwrap().is_anchored, "nobody knows what was before");
    assert!(check(&later, Some(&heads)).unwrap().is_anchored);
}

#[test]
fn the_journal_is_held_against_heads_from_elsewhere() {
    let site = used();
    let head = wait(site.store.audit_head()).unwrap();
    let named = Named { what: &site.config.data, scratch: None, config: &site.config };
    let source = Source::open(&named).unwrap();
    let Found::Proved(proved) = prove_anchored(&source, &[head]).unwrap() else { panic!("it is in order") };
    assert_eq!(proved.audit, head);
    let other = store::AuditHead { hash: [7; 32], ..head };
    let Found::Offence { offence, is_readable } = prove_anchored(&source, &[other]).unwrap() else {
        panic!()
    };
    assert!(is_readable);
    assert_eq!(offence.broken, Broken::AuditHeadKnowsAnother { event: head.seq });
}
