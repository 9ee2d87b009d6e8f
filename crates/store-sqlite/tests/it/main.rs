//! The suite on SQLite, and what only a disk can do: kills, damage, a full file system.

#![expect(clippy::unwrap_used, reason = "in a test an error is the finding")]

mod audit;
mod batches;
mod booker;
mod broken;
mod clocks;
mod conformance;
mod copy;
mod crowd;
mod damage;
mod full;
mod kill;
mod line;
mod open;
mod peers;
mod places;
mod retries;
mod roster;
mod views;

use booking::Country;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, RwLockReadGuard};
use store::conformance::Subject;
use store::{Clock, Ledger, MockClock, Store, StoreError};
use store_sqlite::{SqliteStore, StoreLimits};

fn is_long() -> bool {
    std::env::var_os("CHARYE_LONG").is_some()
}

/// A folder that goes away with its test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("store-{}-{number}", std::process::id()));
        // A killed run leaves its folders, and process ids come back.
        let _left_over = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _left_over = std::fs::remove_dir_all(&self.0);
    }
}

struct Sqlite {
    folder: Folder,
    country: Arc<Country>,
    clock: Arc<MockClock>,
    store: Option<SqliteStore>,
}

impl Sqlite {
    fn new(country: Arc<Country>, clock: Arc<MockClock>) -> Self {
        let folder = Folder::new();
        let store = open(&folder.0, &country, &clock, StoreLimits::default()).unwrap();
        Self { folder, country, clock, store: Some(store) }
    }

    fn sqlite(&self) -> &SqliteStore {
        self.store.as_ref().expect("it is open between two reopenings")
    }
}

impl Subject for Sqlite {
    fn store(&self) -> &dyn Store {
        self.sqlite()
    }

    fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.sqlite().ledger()
    }

    fn reopen(&mut self) {
        self.store = None;
        self.store = Some(open(&self.folder.0, &self.country, &self.clock, StoreLimits::default()).unwrap());
    }
}

fn open(
    folder: &Path,
    country: &Arc<Country>,
    clock: &Arc<MockClock>,
    limits: StoreLimits,
) -> Result<SqliteStore, StoreError> {
    let clock: Arc<dyn Clock> = Arc::clone(clock) as _;
    SqliteStore::open(folder, Arc::clone(country), clock, limits)
}
