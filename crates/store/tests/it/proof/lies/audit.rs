//! Lies about who did what.

use super::super::{Rows, prove, prove_anchored};
use super::{Story, at, caught, tell};
use booking::{Act, AuditEntry, Change};
use jiff::SignedDuration;
use store::conformance::world::{self, CAMPAIGN};
use store::proof::{Broken, Claim};
use store::{AuditEvent, AuditHead, Command, TakePlaces};

/// Somebody books, moves and cancels; each is on record.
fn a_cancelled_day() -> Rows {
    let mut story = Story::begin();
    let one = story.comes_in(1);
    let made = story.books(TakePlaces::for_oneself(CAMPAIGN, one, at(2, 540)));
    story.books(TakePlaces { is_change: true, ..TakePlaces::for_oneself(CAMPAIGN, one, at(4, 540)) });
    story.does(Command::Cancel { person: one, appointment: made[0].0 });
    story.rows()
}

fn audited(rows: &Rows) -> Vec<AuditEvent> {
    let mut head = AuditHead::begin(1);
    let changes = rows.iter().flat_map(|(_, changes)| changes);
    changes.filter_map(AuditEntry::of).map(|entry| head.add(entry)).collect()
}

fn head_of(event: &AuditEvent) -> AuditHead {
    AuditHead { incarnation: 1, seq: event.seq, hash: event.hash }
}

#[test]
fn a_change_of_an_appointment_that_nobody_is_on_record_for_is_caught() {
    let mut rows = a_cancelled_day();
    assert_eq!(prove(&world::country(), &rows).unwrap().audit.seq, 3);
    let cancelled = rows
        .iter_mut()
        .find(|(_, changes)| changes.iter().any(|change| matches!(change, Change::Cancelled { .. })));
    let (_, changes) = cancelled.unwrap();
    changes.retain(|change| !matches!(change, Change::Audited(_)));
    caught(&world::country(), &rows, Claim::Audit);
}

#[test]
fn a_record_that_was_made_anew_is_caught_by_a_head_from_elsewhere() {
    let mut rows = a_cancelled_day();
    let heads: Vec<AuditHead> = audited(&rows).iter().map(head_of).collect();
    let country = world::country();
    prove_anchored(&country, &rows, &heads).unwrap();
    let later = AuditHead { seq: 4, ..heads[2] };
    let cut = prove_anchored(&country, &rows, &[heads[0], later]).unwrap_err();
    assert_eq!(cut.broken.claim(), Claim::Audit, "{cut:?}");
    tell(&mut rows, |change| {
        let Change::Audited(AuditEntry { at, what: Act::Cancelled { .. }, .. }) = change else {
            return false;
        };
        *at += SignedDuration::from_hours(1);
        true
    });
    assert!(prove(&country, &rows).is_ok(), "the rows alone do not tell");
    let offence = prove_anchored(&country, &rows, &heads[2..]).unwrap_err();
    assert_eq!(offence.broken, Broken::AuditHeadKnowsAnother { event: 3 });
}
