//! More people than the machine can bear: what stands before a handler, in this order, the cheap before the dear.
//!
//! 1. The front ([`crate::front`]): connections, heads and their times are bounded; gate and static planes are answered
//!    from memory and are limited by nothing here.
//! 2. The body, bounded in size and time, and where it comes from ([`crate::serve`]). Before the place at the plane: a
//!    slow sender must not hold one, and whoever is refused gets back what they typed.
//! 3. How often this person, ticket or address has asked lately ([`tries`]).
//! 4. The place at the plane ([`Planes`]): booking and the desks of the clinics have limits of their own, so that neither
//!    can starve the other. So many are worked on as [`limit`] finds out; a few more wait, for at most
//!    `booking_wait_ms_max`; whoever finds no room is told so at once ([`admission`]).
//! 5. Guard, fields, handler.
//!
//! Whoever is turned away at 3 or 4 gets a prepared page, Korean or English, that asks again by itself or offers to send
//! the same form again ([`turned_away`]).
//!
//! After a start a plane lets in few and ramps up. What is asked by somebody who has gone is not done: their request is
//! dropped where it stands, its place is free, and a hold that waits for the ledger is not made
//! (`store-sqlite/inbox.rs`).

pub mod admission;
pub mod limit;
mod plane;
#[cfg(test)]
mod simulation;
pub mod tries;
pub mod turned_away;

pub use plane::{Entered, Plane, PlaneFigures, Planes, Shed};
