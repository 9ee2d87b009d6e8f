//! The rules of the line: tickets, order, the serving number, passes.
//!
//! The rule above all: waiting costs the server nothing per person, and the page decides nothing. A ticket is
//! signed and carried by the person; the order follows from counts per second alone; everybody below the serving
//! number may enter.
//!
//! What this crate is not: it reads no clock and draws no random number (both are arguments), knows no HTTP and no
//! storage, and never asks who a person is.
//!
//! Two numbers: a place has the number in which it was given ([`Line::place_number`]), for ever; people are called by
//! their queue number, which is the same where the first to come is the first to be served, and otherwise comes out of
//! the [`draw`].
//!
//! To add to it: a new token gets its own [`Purpose`], so that none can stand for another; a new way of ordering makes
//! queue numbers of place numbers, as [`draw::DrawnOrder`] does, and nothing else.

mod calling;
mod code;
mod door;
pub mod draw;
mod gate_document;
mod handover;
mod line;
mod order;
mod pace;
mod pass;
mod phase;
mod polling;
mod ranked;
mod signer;
mod steered;
mod ticket;
mod token_bucket;
mod wait;

pub use calling::{CallFacts, Calling};
pub use code::{NoPlaceCode, place_code, read_place_code, reads_as_place_code};
pub use door::Door;
pub use gate_document::{DosesLeft, GateDocument};
pub use handover::{HANDOVER_GOOD_FOR, Handover};
pub use line::{Bucket, Line, NodeId};
pub use order::{BadOrder, Order, Orders};
pub use pace::{Pace, PlaneFacts, RateLimits, Strain, StrainLimits};
pub use pass::Pass;
pub use phase::{Phase, PhaseFacts};
pub use polling::PollBands;
pub use signer::{KeyId, KeyRing, Purpose};
pub use steered::{RateInForce, RateReason, Steered};
pub use ticket::{CampaignTag, Ticket, TicketId, TicketKind};
pub use token_bucket::TokenBucket;
pub use wait::{AdmissionMeter, WaitRange};
