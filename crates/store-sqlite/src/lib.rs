//! The embedded back end: SQLite as a journal, the ledger in memory.
//!
//! One thread decides on the pending layer of the ledger (`writer.rs`), a second appends what changed to `journal.db`
//! in one transaction and one fsync (`pen.rs`), then the layer becomes visible, and only then a third answers
//! (`herald.rs`). While one batch is written the next is decided on it. Readers see the committed layer, so every read
//! that follows an answer shows it, and nothing is shown that a power cut could take back. What is on the disk is told
//! in `docs/store-format.md`.
//!
//! - Disk full: what was decided and is not on the disk is thrown away, writes are answered with `StoreError::Full`,
//!   reads go on, and a probe finds out when there is room again.
//! - Any other failed write: nothing more is acknowledged. The kernel tells of a failed fsync once and forgets, so
//!   trying again would prove nothing. The process lives on: the line and the static pages are none of the journal's
//!   business.
//! - The projector follows in a thread and a file of its own, `views.db`. The start loads it and replays the rest of the
//!   journal; when it is missing, damaged, of another release or of another journal, it is made again.
//! - Damage of the journal is found by the chain over its rows. In the part that the start reads it ends the start, in the
//!   part that the views stand for it ends the writing, soon after: either way with the row's number. That of the line is
//!   found by its sums, and ends the start.
//!
//! Whoever looks at a folder that may be in use copies it first ([`copy_folder`]) and reads the copy ([`JournalRows`]).
//!
//! `roster.db` is apart from all this: an import builds a new one beside the old and renames it over; the service only
//! reads it, and follows the rename.
//!
//! `staff.db` has the accounts of staff; the service and the command line write to it, one event at a time.
//!
//! What this crate is not: the ledger is for one process, a second one is turned away by a lock. Only the line is shared.
//!
//! To add a table to `line.db`: a new `user_version` and the step that brings the old one there, in `line.rs`.

mod audit;
mod chores;
mod copy;
mod database;
mod failpoint;
mod feed;
mod folder;
mod head;
mod health;
mod herald;
mod inbox;
mod journal;
mod line;
mod options;
mod pen;
mod projector;
mod reply;
mod roster;
mod rows;
mod staff;
mod start;
mod store;
mod views;
mod watched;
mod writer;

pub use copy::{Copied, JOURNAL_FILE, copy_folder};
#[cfg(feature = "saboteur")]
#[doc(hidden)]
pub use failpoint::{ALL as FAILPOINTS, VARIABLE as FAILPOINT_VARIABLE};
pub use line::SqliteLine;
#[cfg(feature = "saboteur")]
pub use options::Sabotage;
pub use options::StoreLimits;
pub use roster::{
    FollowedRoster, KeyChecks, ROSTER_FILE, RosterDifference, RosterDraft, RosterRow, RosterSample,
    SqliteRoster,
};
pub use rows::{JournalRows, check_pages};
pub use staff::{STAFF_FILE, SqliteStaff};
pub use store::SqliteStore;
pub use watched::Spent;
