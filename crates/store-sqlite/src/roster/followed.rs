//! The roster of a running service: a newer one that was put in place is used without a restart.

use super::{ROSTER_FILE, SqliteRoster};
use booking::PersonAlias;
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use store::{Clock, Roster, RosterEntry, StoreError};

/// How long a newer roster may go unnoticed.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(3);

/// What the keys leave with a roster that are in use at that moment.
pub type KeyChecks = Box<dyn Fn() -> Vec<PersonAlias> + Send + Sync>;

pub struct FollowedRoster {
    path: PathBuf,
    key_checks: KeyChecks,
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen>,
}

struct Seen {
    looked_at: Timestamp,
    /// What the file was when it was opened, or could not be.
    file: Option<Identity>,
    roster: Opened,
}

#[derive(Clone)]
enum Opened {
    Absent,
    Open(Arc<SqliteRoster>),
    Unreadable(String),
}

/// A rename always brings another file.
#[derive(PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    modified: (i64, i64),
    bytes: u64,
}

impl FollowedRoster {
    pub fn new(folder: &std::path::Path, key_checks: KeyChecks, clock: Arc<dyn Clock>) -> Self {
        let seen = Seen { looked_at: Timestamp::MIN, file: None, roster: Opened::Absent };
        Self { path: folder.join(ROSTER_FILE), key_checks, clock, seen: Mutex::new(seen) }
    }

    /// How many are on it; None without one.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if there is one that cannot be read.
    pub fn people(&self) -> Result<Option<u64>, StoreError> {
        Ok(self.current()?.map(|roster| roster.people()))
    }

    /// What the key left with it that it was made with; None without one.
    ///
    /// # Errors
    /// As [`FollowedRoster::people`].
    pub fn made_with(&self) -> Result<Option<PersonAlias>, StoreError> {
        Ok(self.current()?.map(|roster| roster.made_with()))
    }

    fn current(&self) -> Result<Option<Arc<SqliteRoster>>, StoreError> {
        match self.look() {
            Opened::Absent => Ok(None),
            Opened::Open(roster) => Ok(Some(roster)),
            Opened::Unreadable(at) => Err(StoreError::Corrupt { at }),
        }
    }

    fn look(&self) -> Opened {
        let mut seen = self.seen.lock().expect("no look panics");
        let now = self.clock.now();
        if now.duration_since(seen.looked_at) >= LOOK_EVERY {
            seen.looked_at = now;
            let file = self.identity();
            if file != seen.file {
                seen.roster = self.open(file.is_some());
                seen.file = file;
            }
        }
        seen.roster.clone()
    }

    fn open(&self, is_there: bool) -> Opened {
        if !is_there {
            return Opened::Absent;
        }
        match SqliteRoster::open_of(&self.path, &(self.key_checks)()) {
            Ok(roster) => {
                tracing::info!(people = roster.people(), "a roster is in use");
                Opened::Open(Arc::new(roster))
            }
            Err(error) => {
                tracing::error!(error = %error, "the roster cannot be read");
                Opened::Unreadable(error.to_string())
            }
        }
    }

    fn identity(&self) -> Option<Identity> {
        let file = fs::metadata(&self.path).ok()?;
        Some(Identity {
            device: file.dev(),
            inode: file.ino(),
            modified: (file.mtime(), file.mtime_nsec()),
            bytes: file.len(),
        })
    }
}

impl Roster for FollowedRoster {
    fn is_present(&self) -> bool {
        !matches!(self.look(), Opened::Absent)
    }

    fn find(&self, pair: PersonAlias) -> Result<Option<RosterEntry>, StoreError> {
        self.current()?.map_or(Ok(None), |roster| roster.find(pair))
    }
}
