//! The time that rates are counted by: the wall's when the process began, and what has run since.
//!
//! A clock on the wall that is set on or back neither stops the line nor makes it jump.

use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use store::Clock;

pub(super) struct Steady {
    clock: Arc<dyn Clock>,
    began: (Timestamp, Duration),
}

impl Steady {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let began = (clock.now(), clock.elapsed());
        Self { clock, began }
    }

    /// Never less than before. Not for what people are told, and not for what is kept.
    pub(super) fn now(&self) -> Timestamp {
        let (wall, running) = self.began;
        wall + self.clock.elapsed().saturating_sub(running)
    }
}
