//! What an operator sees: counters and times ([`exposition`]), how each plane stands ([`health`]), one line for each
//! request ([`access`]). None of it names a person: no path, only the template of the route; no address, ticket or number.
//!
//! It is served on a listener of its own ([`operator`]), never on the public one.

pub mod access;
mod counted;
pub mod exposition;
pub mod health;
pub mod operator;
mod process;

use crate::overload::Plane;
pub use counted::Counted;
use http::StatusCode;
use hyper::http;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::Meter;

/// Classes of status codes, by their first digit.
const CLASSES: usize = 5;

/// Counters of this process, since its start.
#[derive(Default)]
pub struct Watching {
    access_log: bool,
    planes: [PlaneCounts; Plane::ALL.len()],
    /// Answered before any handler.
    from_memory: AtomicU64,
    /// Whoever asked had gone before the answer was made.
    gone: AtomicU64,
    /// By code; the codes are a closed list.
    refusals: Mutex<BTreeMap<&'static str, u64>>,
    connections_accepted: AtomicU64,
    connections_ended: AtomicU64,
    admitted: AtomicU64,
    booked: AtomicU64,
}

#[derive(Default)]
struct PlaneCounts {
    classes: [AtomicU64; CLASSES],
    took: Meter,
}

/// Why a request was not answered as wished; carried beside the answer, never sent.
#[derive(Debug, Clone, Copy)]
pub struct RefusalCode(pub &'static str);

impl Watching {
    /// With one line in the log for each request that reaches a handler, or without.
    pub fn new(access_log: bool) -> Self {
        Self { access_log, ..Self::default() }
    }

    pub fn from_memory(&self) {
        self.from_memory.fetch_add(1, Ordering::Relaxed);
    }

    /// A connection, until it is dropped.
    pub fn connection(&self) -> impl Drop + Send + '_ {
        self.connections_accepted.fetch_add(1, Ordering::Relaxed);
        Connection(self)
    }

    /// A request that a handler, or what stands before it, has answered.
    fn answered(&self, plane: Plane, status: StatusCode, refusal: Option<&'static str>, took: Duration) {
        let counts = &self.planes[plane as usize];
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES) - 1;
        counts.classes[class].fetch_add(1, Ordering::Relaxed);
        counts.took.note(took);
        if let Some(code) = refusal {
            let mut refusals = self.refusals.lock().expect("nothing panics while counting");
            *refusals.entry(code).or_default() += 1;
        }
    }
}

struct Connection<'a>(&'a Watching);

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        self.0.connections_ended.fetch_add(1, Ordering::Relaxed);
    }
}
