//! Who comes, when, and with what in mind. Everything follows from a seed and a person's index.

mod arrival;
mod cast;
mod dice;
mod names;

pub use arrival::ArrivalPlan;
pub use cast::{Cast, Conduct, Moment, SyntheticPerson};
pub(crate) use dice::Dice;
