//! What an operator sees of the writer; counted on its thread, read from any.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::{Clock, Meter, Writing};

/// What the two threads of a batch do with their time: the one that decides, and the one that writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Deciding,
    /// Making visible what is durable.
    Committing,
    /// Nobody asks anything, or not enough to be woken for.
    WaitingForCommands,
    /// The batch is full, and the one before is still being written.
    WaitingForJournal,
    /// Encoding, chaining, insert and fsync.
    Writing,
    Checkpointing,
}

const PHASES: [(Phase, &str); 6] = [
    (Phase::Deciding, "deciding"),
    (Phase::Committing, "committing"),
    (Phase::WaitingForCommands, "waiting_for_commands"),
    (Phase::WaitingForJournal, "waiting_for_journal"),
    (Phase::Writing, "writing"),
    (Phase::Checkpointing, "checkpointing"),
];

/// Since the start.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    pub times: u64,
    pub took: Duration,
    pub longest: Duration,
}

#[derive(Debug, Default)]
struct Sum {
    times: AtomicU64,
    took_ns: AtomicU64,
    longest_ns: AtomicU64,
}

#[derive(Default)]
pub(crate) struct Watched {
    commands: AtomicU64,
    commits: Meter,
    spent: [Sum; PHASES.len()],
}

impl Watched {
    /// So many commands are answered.
    pub(crate) fn answered(&self, commands: usize) {
        self.commands.fetch_add(commands as u64, Ordering::Relaxed);
    }

    /// A batch is durable.
    pub(crate) fn committed(&self, took: Duration) {
        self.commits.note(took);
    }

    /// Does it, and counts how long it took.
    pub(crate) fn timed<T>(&self, phase: Phase, clock: &dyn Clock, act: impl FnOnce() -> T) -> T {
        let start = clock.elapsed();
        let done = act();
        self.spent(phase, clock.elapsed().saturating_sub(start));
        done
    }

    pub(crate) fn spent(&self, phase: Phase, took: Duration) {
        let sum = &self.spent[phase as usize];
        let took_ns = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        sum.times.fetch_add(1, Ordering::Relaxed);
        sum.took_ns.fetch_add(took_ns, Ordering::Relaxed);
        sum.longest_ns.fetch_max(took_ns, Ordering::Relaxed);
    }

    pub(crate) fn all_spent(&self) -> impl Iterator<Item = (&'static str, Spent)> {
        let read = |(phase, name): (Phase, &'static str)| {
            let sum = &self.spent[phase as usize];
            let load = |of: &AtomicU64| of.load(Ordering::Relaxed);
            let took = Duration::from_nanos(load(&sum.took_ns));
            (
                name,
                Spent { times: load(&sum.times), took, longest: Duration::from_nanos(load(&sum.longest_ns)) },
            )
        };
        PHASES.into_iter().map(read)
    }

    pub(crate) fn read(&self, commands_waiting: usize) -> Writing {
        let commands = self.commands.load(Ordering::Relaxed);
        Writing { commands_waiting, commands, commits: self.commits.read() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_phase_is_counted_under_its_own_name() {
        let watched = Watched::default();
        for (place, (phase, _)) in PHASES.into_iter().enumerate() {
            watched.spent(phase, Duration::from_nanos(place as u64));
            watched.spent(phase, Duration::from_nanos(10));
        }
        for (place, (name, spent)) in watched.all_spent().enumerate() {
            assert_eq!(name, PHASES[place].1);
            assert_eq!((spent.times, spent.took.as_nanos()), (2, 10 + place as u128));
            assert_eq!(spent.longest.as_nanos(), 10);
        }
    }
}
