//! The embedded back end: SQLite as a journal, the ledger in memory.
//!
//! One writer thread decides on the pending layer of the ledger, appends what changed to `journal.db` in one
//! transaction and one fsync, merges the layer and only then answers. Readers see the committed layer, so every read
//! that follows an answer shows it, and nothing is shown that a power cut could take back. What is on the disk is told
//! in `docs/store-format.md`.
//!
//! - Disk full: the pending layer is thrown away, writes are answered with `StoreError::Full`, reads go on, and a probe
//!   finds out when there is room again.
//! - Any other failed write: nothing more is acknowledged. The kernel tells of a failed fsync once and forgets, so
//!   trying again would prove nothing. The process lives on: the line and the static pages are none of the journal's
//!   business.
//! - Damage is found at the start, by the chain over the rows and the sums over the line: it ends the start, with the
//!   row's number.
//!
//! `roster.db` is apart from all this: an import builds a new one beside the old and renames it over; the service only
//! reads it, and follows the rename.
//!
//! What this crate is not: it has no query tables yet (`views.db` waits until a page needs what memory does not hold),
//! and it is for one process: a second one is turned away by a lock.
//!
//! To add a table to `line.db`: a new `user_version` and the step that brings the old one there, in `line.rs`.

mod audit;
mod database;
mod failpoint;
mod folder;
mod head;
mod health;
mod inbox;
mod journal;
mod line;
mod options;
mod pen;
mod roster;
mod store;
mod writer;

#[cfg(feature = "saboteur")]
#[doc(hidden)]
pub use failpoint::{ALL as FAILPOINTS, VARIABLE as FAILPOINT_VARIABLE};
pub use line::SqliteLine;
#[cfg(feature = "saboteur")]
pub use options::Sabotage;
pub use options::StoreLimits;
pub use roster::{
    FollowedRoster, ROSTER_FILE, RosterDifference, RosterDraft, RosterRow, RosterSample, SqliteRoster,
};
pub use store::SqliteStore;
