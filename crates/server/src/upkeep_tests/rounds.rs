//! Backups of a service that books, one after the other: each restores to what was acknowledged before it was begun.

use super::{Site, is_long, while_booking};
use crate::commands::restore;
use crate::country::SOME_DAY;
use crate::system::SystemClock;
use crate::verify::Found;
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use store::conformance::Figure;
use store::{Clock as _, MockClock};
use store_sqlite::{SqliteStore, StoreLimits};

const ROUNDS: u64 = 3;
const ROUNDS_LONG: u64 = 100;
/// Then the folder is begun anew: each books at a clinic of their own.
const PEOPLE_A_SITE: u64 = 600;

/// Until a service on the restored folder would answer; the rows of the backup.
struct Back {
    took: SignedDuration,
    rows: u64,
}

/// None if it does not hold what was acknowledged before, or is not the ledger of its cut.
fn back(site: &Site, backup: &Path, folder: &Path, before: u64) -> Option<Back> {
    let started = SystemClock.now();
    let restored = restore::into_empty(backup, folder, &site.config).ok()?;
    let Found::Proved(proved) = &restored.found else { return None };
    let clock = Arc::new(MockClock::at(Timestamp::from_second(SOME_DAY.opens_at_s + 600).unwrap()));
    let open = SqliteStore::open(folder, Arc::clone(&site.country), clock, StoreLimits::default());
    drop(open.ok()?);
    let took = SystemClock.now().duration_since(started);
    let rows = restored.manifest.row;
    let is_the_cut = site.digest(folder, u64::MAX) == site.digest(&site.config.data, rows);
    (proved.appointments_made >= before && is_the_cut).then_some(Back { took, rows })
}

/// What an operator does who copies the database and knows nothing of its log.
fn copied(site: &Site, folder: &Path, before: u64) -> bool {
    fs::create_dir_all(folder).unwrap();
    for name in ["journal.db", "journal.head"] {
        fs::copy(site.config.data.join(name), folder.join(name)).unwrap();
    }
    let source = crate::verify::Source::open(&crate::verify::Named {
        what: folder,
        scratch: None,
        config: &site.config,
    });
    let found = source.and_then(|source| crate::verify::prove(&source));
    matches!(found, Ok(Found::Proved(proved)) if proved.appointments_made >= before)
}

#[test]
fn every_backup_of_a_service_in_use_restores_to_all_that_was_acknowledged_before_it() {
    let mut site = Site::open();
    let rounds = if is_long() { ROUNDS_LONG } else { ROUNDS };
    let (mut broken, mut copies_broken, mut longest, mut rows) = (0, 0, SignedDuration::ZERO, 0);
    let mut next = 0;
    for round in 0..rounds {
        if next > PEOPLE_A_SITE {
            (site, next) = (Site::open(), 0);
        }
        let name = |what: &str| format!("{round}.{what}");
        let path = site.below(&name("backup"));
        let ((made, copy_is_whole), before, after) = while_booking(&site, next, |before| {
            (site.backup(&name("backup")), copied(&site, &site.below(&name("copied")), before))
        });
        assert_eq!(made.path, path);
        next = after;
        copies_broken += u64::from(!copy_is_whole);
        let folder = site.below(&name("restored"));
        match back(&site, &path, &folder, before) {
            Some(back) => (longest, rows) = (longest.max(back.took), back.rows),
            None => broken += 1,
        }
        for gone in [site.below(&name("copied")), folder] {
            fs::remove_dir_all(gone).unwrap();
        }
        fs::remove_file(path).unwrap();
    }
    Figure {
        promise: "A7",
        test: "backup, restore, prove, open",
        runs: rounds,
        of: "backups of a service in use",
        violations: broken,
        saboteur: "a copy of the database file",
        caught: copies_broken,
        more: format!(
            "nothing acknowledged before a backup was missing in it; the last had {rows} rows, the longest restore \
             with its proof took {} ms",
            longest.as_millis()
        ),
    }
    .tell();
}
