//! How hard the ledger worked in the last second: the difference of what is counted since the start.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::{Load, Measured, Writing};

/// What is compared lies so far back.
const OVER: Duration = Duration::from_secs(1);
/// Of a hundred commits so many may take longer than what is told; of fewer than a hundred it is one.
const LONGER_OF_A_HUNDRED: u64 = 1;
/// Told where the last bound of the meter was passed, too: nobody waits for so long.
const BEYOND_US: u64 = 10_000_000;

/// Requests at the booking plane of this process, since the start.
#[derive(Debug, Default)]
pub(super) struct Requests {
    found_room: AtomicU64,
    found_none: AtomicU64,
}

impl Requests {
    pub(super) fn note(&self, found_room: bool) {
        let counter = if found_room { &self.found_room } else { &self.found_none };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn read(&self) -> (u64, u64) {
        (self.found_room.load(Ordering::Relaxed), self.found_none.load(Ordering::Relaxed))
    }
}

struct Seen {
    at: Duration,
    commits: Measured,
    requests: (u64, u64),
}

/// Looked at once a tick.
#[derive(Default)]
pub(super) struct LoadMeter(VecDeque<Seen>);

impl LoadMeter {
    pub(super) fn look(&mut self, writing: Option<Writing>, requests: &Requests, at: Duration) -> Load {
        let commits = writing.map_or_else(Measured::default, |writing| writing.commits);
        self.0.push_back(Seen { at, commits, requests: requests.read() });
        while self.0.get(1).is_some_and(|next| at.saturating_sub(next.at) >= OVER) {
            self.0.pop_front();
        }
        let (Some(from), Some(to)) = (self.0.front(), self.0.back()) else { return Load::default() };
        Load {
            commit_us: within(&from.commits, &to.commits),
            depth: writing.map_or(0, |writing| writing.commands_waiting as u64),
            answered: to.requests.0 - from.requests.0,
            failed: to.requests.1 - from.requests.1,
        }
    }
}

/// The bound within which all but one of a hundred commits lie; None of fewer than two.
fn within(from: &Measured, to: &Measured) -> Option<u64> {
    let count = to.count().saturating_sub(from.count());
    if count < 2 {
        return None;
    }
    let longer = (count * LONGER_OF_A_HUNDRED / 100).max(1);
    let bounds = store::BOUNDS_US.into_iter().chain([BEYOND_US]);
    let counts = to.within.iter().zip(&from.within).map(|(to, from)| to.saturating_sub(*from));
    bounds.zip(counts).find(|(_, within)| *within >= count - longer).map(|(bound, _)| bound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Meter;

    #[test]
    fn the_load_is_of_the_last_second_and_one_slow_commit_is_none() {
        let (meter, requests, mut load) = (Meter::default(), Requests::default(), LoadMeter::default());
        let mut look = |tenth: u64| {
            let writing = Writing { commands_waiting: 7, commands: 0, commits: meter.read() };
            load.look(Some(writing), &requests, Duration::from_millis(tenth * 100))
        };
        assert_eq!(look(0), Load { depth: 7, ..Load::default() });
        let commits = |times: usize, ms| (0..times).for_each(|_| meter.note(Duration::from_millis(ms)));
        commits(1, 400);
        assert_eq!(look(1).commit_us, None);
        commits(30, 4);
        requests.note(true);
        requests.note(false);
        assert_eq!(look(2), Load { commit_us: Some(5_000), depth: 7, answered: 1, failed: 1 });
        commits(1, 400);
        assert_eq!(look(3).commit_us, Some(500_000), "two of them are strain");
        commits(1, 4_000);
        assert_eq!(look(11).commit_us, Some(500_000), "of the last second: one of 400 ms and one of 4 s");
        assert_eq!(look(13), Load { depth: 7, ..Load::default() });
    }
}
