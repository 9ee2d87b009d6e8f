//! The crowd: synthetic people who come to a campaign's opening over HTTP.
//!
//! Three parts that know little of each other, so that a larger rehearsal can change one and keep the rest:
//! * the scenario (`scenario`, `journey`, `troupe`): pure. Who arrives when, who they are, what they ask next
//!   and what they make of the answer. No socket, no clock; time is an offset from the start, given in.
//! * the driver (`driver`, `wire`, `pace`): connections and the rate of requests. It knows no one's purpose.
//! * the journal (`journal`): counters of what the answers said, and the sum that must come out even.
//!
//! Beside the crowd people may call (`calls`): agents serve them at the desk of the service, over HTTP, too.
//!
//! Afterwards an operator takes the audit record away (`office`), which the `audit` holds the logbook against.
//!
//! Beside it stands the planner (`plan`): the same opening without a service, in virtual time.
//!
//! It is not a benchmark: it is paced, bounded, and backs off when it is asked to.
//! To add a thing people do, add a `Stage` with its request and its answer in `journey`.

pub mod audit;
pub mod calls;
pub mod chart;
pub mod crowd;
pub mod gate;
pub mod journal;
pub mod logbook;
pub mod office;
pub mod plan;
pub mod scenario;
pub mod tally;

mod agenda;
mod country;
mod driver;
mod jar;
mod journey;
mod pace;
mod troupe;
mod waiting;
mod wire;

#[cfg(test)]
mod stand_in;
