//! Who comes, when, and with what in mind. Everything follows from a seed and a person's index.

mod arrival;
mod cast;
mod curve;
mod dice;
mod named;
mod names;

pub use arrival::ArrivalPlan;
pub use cast::{Cast, Conduct, Moment, SyntheticPerson};
pub use curve::{ArrivalCurve, Arrivals};
pub(crate) use dice::Dice;
pub use named::{CallDay, Scenario};
