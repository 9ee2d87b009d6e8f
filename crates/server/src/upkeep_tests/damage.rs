//! Backups that were cut, changed or made with another key are refused by name, and leave nothing behind.

use super::{Site, fault_of, is_long};
use crate::backup::BackupFault;
use crate::commands::restore;
use crate::system::SystemRandomness;
use std::path::Path;
use store::conformance::Chance;

const PLACES: u32 = 40;
const PLACES_LONG: u32 = 1_000;
const SEED: u64 = 11;

fn refused(site: &Site, backup: &Path) -> Option<BackupFault> {
    let folder = site.below("target");
    std::fs::create_dir_all(&folder).unwrap();
    let error = restore::into_empty(backup, &folder, &site.config).err()?;
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    let beside = std::fs::read_dir(site.home.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let scratch: Vec<_> = beside.filter(|name| name.to_string_lossy().starts_with('.')).collect();
    assert!(scratch.is_empty(), "{scratch:?}");
    Some(fault_of(&error).unwrap_or_else(|| panic!("not named: {error:#}")))
}

#[test]
fn what_was_done_to_a_backup_is_named() {
    let site = Site::open();
    site.book(1);
    let whole = std::fs::read(site.backup("whole.backup").path).unwrap();
    let altered = site.below("altered.backup");
    let try_it = |bytes: &[u8]| {
        std::fs::write(&altered, bytes).unwrap();
        refused(&site, &altered)
    };

    let mut chance = Chance::seeded(SEED);
    let places = if is_long() { PLACES_LONG } else { PLACES };
    for _ in 0..places {
        let mut bytes = whole.clone();
        let at = chance.index(bytes.len());
        bytes[at] ^= 1 << chance.below(8);
        let fault = try_it(&bytes).unwrap_or_else(|| panic!("seed {SEED}: byte {at} was believed"));
        let in_header = at < 58;
        assert!(
            in_header || matches!(fault, BackupFault::Damaged { .. }),
            "seed {SEED}, byte {at}: {fault:?}"
        );
    }
    for _ in 0..places {
        let length = 58 + chance.index(whole.len() - 58);
        assert_eq!(try_it(&whole[..length]), Some(BackupFault::EndsTooEarly), "seed {SEED}, {length} bytes");
    }
    assert_eq!(try_it(b"CHRYBAC"), Some(BackupFault::NotABackup));
    assert_eq!(try_it(&whole[..30]), Some(BackupFault::EndsTooEarly));
    let longer = [whole.as_slice(), b"more"].concat();
    assert_eq!(try_it(&longer), Some(BackupFault::GoesOn));
    assert_eq!(try_it(&whole), None, "the whole one is believed");
}

#[test]
fn another_key_opens_nothing() {
    let mut site = Site::open();
    site.book(1);
    let made = site.backup("one.backup");
    let other = site.below("other.keys");
    crate::keys::open(&other, &SystemRandomness).unwrap();
    crate::keys::backup_or_new(&other, &SystemRandomness).unwrap();
    site.config.keys = other;
    assert_eq!(refused(&site, &made.path), Some(BackupFault::OtherKey));
}
