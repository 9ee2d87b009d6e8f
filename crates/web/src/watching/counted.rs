//! The counters as numbers, for whoever compares two moments.

use super::Watching;
use crate::overload::Plane;
use booking::Outcome;
use std::sync::atomic::Ordering;
use store::BOUNDS_US;

/// Of classes of status codes: broken machines.
const FAILED: usize = 4;

/// What was counted in this process since its start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Passes that were given.
    pub admitted: u64,
    /// People whose booking was confirmed.
    pub booked: u64,
    /// Requests that were answered with a breakage, on every plane.
    pub failed: u64,
    /// Answers of the booking plane by how long they took, as [`store::Measured::within`].
    pub answers: [u64; BOUNDS_US.len() + 1],
}

impl Watching {
    /// Counts what the ledger said to a wish of the public or of an agent, and passes it on.
    pub(crate) fn achieved(&self, outcome: Outcome) -> Outcome {
        match &outcome {
            Outcome::Admitted(_) => self.admitted.fetch_add(1, Ordering::Relaxed),
            Outcome::Booked(booked) => {
                let first = booked.iter().filter(|(_, one)| one.place.dose.0 == 1).count();
                self.booked.fetch_add(first as u64, Ordering::Relaxed)
            }
            _ => 0,
        };
        outcome
    }

    pub fn counted(&self) -> Counted {
        let failed = self.planes.iter().map(|plane| plane.classes[FAILED].load(Ordering::Relaxed));
        Counted {
            admitted: self.admitted.load(Ordering::Relaxed),
            booked: self.booked.load(Ordering::Relaxed),
            failed: failed.sum(),
            answers: self.planes[Plane::Booking as usize].took.read().within,
        }
    }
}
