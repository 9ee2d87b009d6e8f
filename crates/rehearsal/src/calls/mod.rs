//! A call centre: people who call, hold the line and give up, and agents who serve them, one at a time, at the desk of a
//! running service. The phone is made up here; the desk is the service's own, over HTTP, as its staff have it.
//!
//! * `line`: the phone line, and what callers are told of their wait.
//! * `caller`: what callers are like, and what of it is known.
//! * `agent`, `page`: an agent at the pages of the desk.
//! * `centre`: all of them together. Pure; time is given in.
//! * `tally`: the logbook of the phone by seconds.

mod agent;
mod caller;
mod centre;
mod journal;
mod line;
mod page;
#[cfg(test)]
mod stand_in;
mod tally;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use crate::scenario::ArrivalPlan;

pub(crate) use centre::Centre;
pub use journal::CallJournal;
pub use tally::{CallSecond, CallTally};

/// Who calls, and who answers.
pub struct CallPlan {
    /// The staff's listener.
    pub desk: SocketAddr,
    pub callers: u32,
    /// From the opening on; nobody calls before.
    pub arrival: ArrivalPlan,
    /// How many times faster than that day people talk, hold the line and call again.
    pub pace: u32,
    /// Accounts that are ready to sign in.
    pub agents: Vec<AgentKey>,
    /// The code of the moment of one of them, each good once.
    pub code: Box<dyn Fn(usize) -> String + Send + Sync>,
}

pub struct AgentKey {
    pub login: String,
    pub password: String,
}

/// Told with the progress of the crowd.
#[derive(Clone, Debug)]
pub struct CallProgress {
    pub holding: usize,
    pub talking: usize,
    pub journal: CallJournal,
}
