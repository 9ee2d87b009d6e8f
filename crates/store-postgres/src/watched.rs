//! What an operator sees of the writer; counted on its thread, read from any.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::{Meter, Writing};

#[derive(Default)]
pub(crate) struct Watched {
    commands: AtomicU64,
    commits: Meter,
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

    pub(crate) fn read(&self, commands_waiting: usize) -> Writing {
        let commands = self.commands.load(Ordering::Relaxed);
        Writing { commands_waiting, commands, commits: self.commits.read() }
    }
}
