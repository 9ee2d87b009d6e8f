//! The wait told on the phone against the wait had, and who served whom.

use std::collections::HashMap;

use serde::Serialize;

use crate::logbook::{Entry, Heard};

const SAMPLES_MAX: usize = 2_000;

/// In milliseconds of the rehearsal, whose day may go faster.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CallsTold {
    /// Calls of which something can be said: they were told a wait, and answered or not within it.
    pub calls: u64,
    /// Who held the line longer than the upper end, answered or not.
    pub too_short: u64,
    /// Who was answered sooner than the lower end.
    pub too_long: u64,
    /// Of some of them: the range and the wait that came of it.
    pub samples: Vec<(u64, u64, u64)>,
}

#[derive(Default)]
pub(super) struct CallWatch {
    told: HashMap<u32, (u64, u64)>,
    found: CallsTold,
    /// Every so-manieth is kept as a sample.
    every: u64,
}

impl CallWatch {
    pub(super) fn hear(&mut self, person: u32, entry: &Entry) {
        match entry.heard {
            Heard::Told { low_ms, high_ms } => {
                self.told.insert(person, (low_ms, high_ms));
            }
            Heard::Answered { .. } => self.score(person, entry.waited_us / 1_000, true),
            Heard::HungUp => self.score(person, entry.waited_us / 1_000, false),
            _ => {}
        }
    }

    /// Whoever gave up before the upper end never learnt whether it was true.
    fn score(&mut self, person: u32, had_ms: u64, was_answered: bool) {
        let Some((low_ms, high_ms)) = self.told.remove(&person) else { return };
        let is_too_short = had_ms > high_ms;
        if !was_answered && !is_too_short {
            return;
        }
        let found = &mut self.found;
        found.calls += 1;
        found.too_short += u64::from(is_too_short);
        found.too_long += u64::from(was_answered && had_ms < low_ms);
        if found.calls.is_multiple_of(self.every.max(1)) {
            found.samples.push((low_ms, high_ms, had_ms));
        }
        if found.samples.len() > SAMPLES_MAX {
            self.every = self.every.max(1) * 2;
            let mut place = 0;
            found.samples.retain(|_| {
                place += 1;
                place % 2 == 0
            });
        }
    }

    pub(super) fn found(self) -> CallsTold {
        self.found
    }
}
