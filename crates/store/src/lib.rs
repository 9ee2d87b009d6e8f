//! The storage boundary: what must happen atomically, not how it is kept.
//!
//! - [`Store`] is the ledger of bookings: one write method taking a [`Command`], and the reads that pages need.
//! - [`LineStore`] keeps what the waiting room must remember; it is a trait of its own, in a file of its own, because
//!   the line lives on when the ledger is gone.
//! - [`StaffFile`] keeps the accounts of staff, in a file of their own.
//! - [`Roster`] finds people on the imported list; it is read only.
//! - [`MemoryStore`] and [`MemoryLine`] are the references; `conformance` is the suite every back end must pass with
//!   equal answers.
//!
//! To add an operation: a variant of [`Command`] (and of `booking::Outcome`), its arm in `Ledger::decide`, a case in
//! `conformance/cases.rs`. An invariant gets a named function in `conformance/invariants.rs`.
//!
//! - [`record`] writes a change down, for every back end that keeps a journal; [`kept`] tells what of a journal must be
//!   kept to come to the same ledger; [`proof`] proves one from its rows, without the ledger.
//!
//! What this crate is not: it knows no rule of its own (`booking` decides) and no file.

mod as_staff;
mod audit;
mod bundled;
mod calls;
mod clock;
mod command;
mod error;
pub mod guarded;
pub mod kept;
mod ledger;
mod line;
mod memory;
mod memory_line;
mod meter;
mod packed;
mod places;
pub mod proof;
mod reads;
pub mod record;
mod roster;
mod rows;
mod same_person;
pub mod sealed;
mod staff;
mod staff_file;
mod store;
mod table;
mod undo;

#[cfg(feature = "conformance")]
pub mod conformance;

pub use as_staff::{AsStaff, CorrectEligibility, StaffAct};
pub use audit::{AuditEvent, AuditHead, AuditProof, Offence, Offender, verify_audit};
pub use calls::{
    AskedCall, CALLED_AGAIN_AFTER, CALLS_MAX, CallEnd, CallFigures, CallNote, CallState, Calls, IN_HAND_MAX,
    KeptCall, MemoryCalls, NOTES_MAX, SettledCall,
};
pub use clock::{Clock, MockClock, Randomness};
pub use command::{Admit, Command, Delegate, Keyed, RenewAliases, Request, TakePlaces, Wait};
pub use error::StoreError;
pub use ledger::{KeptAnswers, LOOKED_AHEAD, Ledger};
pub use line::{
    AtTheDoor, GivenOrder, LeadStep, Led, LedgerNews, LineState, LineStore, Load, NodeState, NodeStep, Seen,
    Stepped,
};
pub use memory::MemoryStore;
pub use memory_line::MemoryLine;
pub use meter::{BOUNDS_US, Measured, Meter};
pub use places::{Bound, CarriedPlace, DrawStep, KeptDraw, KeptPlace, MemoryPlaces, Places, Word};
pub use reads::Read;
pub use roster::{MemoryRoster, Roster, RosterEntry};
pub use staff::{RecordVisit, SetCapacity, SetSupply, StaffUse};
pub use staff_file::{MemoryStaff, StaffFile, StaffRow, staff_link};
pub use store::{
    Answer, CampaignFigures, ClinicDay, DayTaken, DaysChanged, DeskCase, PersonRecord, PersonStanding, Store,
    SupplyRow, ViewsLag, Visit, WaitRecord, Waiting, WithinSupply, Writing,
};
