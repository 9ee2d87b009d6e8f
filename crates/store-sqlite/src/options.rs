//! Every limit has a name.

use std::time::Duration;

#[derive(Debug, Clone, Copy)]
pub struct StoreLimits {
    /// Commands waiting for the writer. One more is answered with `StoreError::Unavailable` at once.
    pub queue_max: usize,
    /// Commands decided together and made durable with one fsync.
    pub batch_max: usize,
    /// Without a command for so long, the writer looks after the file: checkpoints, probes for room.
    pub quiet_after: Duration,
    /// What the write-ahead log gathers before a quiet moment is used for a checkpoint.
    pub checkpoint_bytes: u64,
    /// Past this the checkpoint is made without waiting for a quiet moment.
    pub checkpoint_bytes_max: u64,
    /// How often a full disk is probed for room while commands keep coming.
    pub probe_every: jiff::SignedDuration,
    /// How long the projector gathers what was committed before it writes it to the views.
    pub project_every: Duration,
    /// How long it waits at most while the writer has its hands full.
    pub stands_back_max: Duration,
    /// Committed rows that wait for the projector in memory; what is more is read back from the journal later.
    pub feed_bytes_max: usize,
    #[cfg(feature = "saboteur")]
    #[doc(hidden)]
    pub sabotage: Sabotage,
}

/// Ways to break a promise on purpose, so that its test can be seen to fail. Not in a release: behind a feature that
/// only tests switch on.
#[cfg(feature = "saboteur")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sabotage {
    #[default]
    None,
    /// Answers at once, and writes when there is enough to write.
    AcknowledgeFirst,
    /// Believes every row, whatever the chain says.
    SkipTheChain,
    /// The views never hear of this row of the journal.
    SkipARow(u64),
    /// Leaves out the fsync of each commit, as SQLite's own default for a write-ahead log does.
    SynchronousNormal,
    /// Tries a failed write again until it seems to work, and acknowledges it.
    TryAgain,
    /// Acknowledges what found no room.
    IgnoreFull,
}

/// How many changes the first saboteur thinks worth a write.
#[cfg(feature = "saboteur")]
pub(crate) const WRITTEN_TOGETHER: usize = 200;

#[cfg(feature = "saboteur")]
impl StoreLimits {
    pub(crate) fn skipped_row(&self) -> Option<u64> {
        match self.sabotage {
            Sabotage::SkipARow(seq) => Some(seq),
            _ => None,
        }
    }
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            queue_max: 8_192,
            batch_max: 1_024,
            quiet_after: Duration::from_millis(200),
            checkpoint_bytes: 256 << 10,
            checkpoint_bytes_max: 1 << 20,
            probe_every: jiff::SignedDuration::from_secs(1),
            project_every: Duration::from_millis(250),
            stands_back_max: Duration::from_secs(8),
            feed_bytes_max: 32 << 20,
            #[cfg(feature = "saboteur")]
            sabotage: Sabotage::None,
        }
    }
}
