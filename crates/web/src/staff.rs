//! The staff's side: who they are, what each may do, and their desks.
//!
//! - [`account`]: one account per person, with roles that each hold at a place and for a time.
//! - [`book`]: the accounts, folded from a file that only grows.
//! - [`sign_in`], [`session`]: password and code, and for how long they are good.
//! - [`routes`]: the whole table; each line names the power that it needs. It is a table of its own, reached by a
//!   listener of its own: nothing of it is on the public one.
//! - [`desk`]: in whose name the ledger is asked. Whatever is done or looked at goes to it in an envelope with who, from
//!   where and why, and is on record in the same step.
//! - [`people`], [`booking`], [`codes`]: the agent; [`calls`]: whom to call back; [`wrap_up`], [`telling`]: what is noted
//!   of a call. [`record`], [`review`]: the auditor. [`export`]: the audit record as a list.
//! - [`campaign`], [`correction`]: the campaign manager. [`console`], [`operator`], [`orders`]: the operator; fresh codes for what is big: [`step_up`], two
//!   people for what is biggest: [`proposal`], [`stop`].
//!
//! To add a screen: its handler, a page under `pages/desk`, its samples, one line in [`routes`] with its power.

pub mod account;
pub mod addresses;
mod alarm;
mod alarms;
pub mod book;
mod booking;
mod calls;
mod campaign;
mod codes;
pub mod console;
mod correction;
mod desk;
mod export;
pub mod finder;
mod live;
mod operator;
mod orders;
mod pacing;
mod password;
mod people;
pub mod proposal;
mod record;
mod review;
pub mod routes;
pub mod session;
mod setup;
mod sha1;
mod sign_in;
mod step_up;
mod stop;
mod telling;
pub mod totp;
pub(crate) mod trouble;
mod wrap_up;

use addresses::Addresses;
use book::StaffBook;
use console::Console;
use finder::PeopleIndex;
use std::sync::Arc;

pub use alarms::Alarm;
pub use desk::OnDuty;
pub(crate) use desk::{check_door, check_duty, reason_of};
pub use setup::setup_digest;
#[cfg(test)]
pub(crate) use wrap_up::REASONS;

/// Everything of the staff's that a process has.
pub struct Staff {
    pub book: Arc<StaffBook>,
    /// Who may ask at all.
    pub addresses: Addresses,
    pub people: PeopleIndex,
    /// What an operator sees, and through which they order.
    pub console: Console,
    pacing: pacing::Pacing,
    hashing: password::Hashing,
    unmasked: alarm::Unmasked,
    exports: export::Exports,
}

impl Staff {
    pub fn new(book: StaffBook, addresses: Addresses, console: Console) -> Self {
        Self {
            book: Arc::new(book),
            addresses,
            people: PeopleIndex::default(),
            console,
            pacing: pacing::Pacing::default(),
            hashing: password::Hashing::default(),
            unmasked: alarm::Unmasked::default(),
            exports: export::Exports::default(),
        }
    }
}
