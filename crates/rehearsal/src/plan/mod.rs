//! What an opening will be like, computed before it, in virtual time: no service, no socket, no clock.
//!
//! The line is run by the rules of `waiting-room` and the places are given by the rules of `booking`; people are
//! counted, not made: everybody of one second whose facts are the same gets one decision.
//!
//! `legacy` is something else and only stands beside it: a model of a site that lets everybody in at once.
//!
//! To add a lever or a wrong guess: a line in `levers`. To add a warning: a variant of [`Warning`] and its words in
//! `server`.

mod desk;
mod facts;
mod forecast;
pub mod legacy;
mod levers;
mod room;
mod run;

pub use facts::{GroupPlan, Plan, SidoPlan};
pub use forecast::{Forecast, Point, Quantiles, Warning};
pub use levers::{Variant, levers, wrong_guesses};
pub use run::forecast;

#[cfg(test)]
mod tests;
