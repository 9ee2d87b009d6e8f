//! Every limit has a name.

use crate::wire::Patience;
use std::time::Duration;

#[derive(Debug, Clone, Copy)]
pub struct StoreLimits {
    /// Commands waiting for the writer. One more is answered with `StoreError::Unavailable` at once.
    pub queue_max: usize,
    /// Commands decided together and made durable with one commit.
    pub batch_max: usize,
    /// How long the database may take to accept a connection.
    pub connect_within: Duration,
    /// How long the database may be silent before a connection is given up.
    pub reply_within: Duration,
    /// How long a batch waits for the end of the journal while other nodes write; milliseconds.
    pub lock_wait_ms: u32,
    /// How long the database lets a node keep the end of the journal that says nothing; milliseconds. A node that was
    /// stopped holds up all the others for so long.
    pub silent_ms_max: u32,
    /// A command that could not be carried out within this time is answered with `StoreError::Unavailable`.
    pub answer_within: Duration,
    /// Without a command for so long, a node looks what the others have written.
    pub follow_every: Duration,
    /// Rows of the journal read at once.
    pub rows_max: u32,
    /// Whether a server is refused that does not wait for its disk.
    pub needs_durable: bool,
    /// Whether decisions go by the clock of the database; tests bring their own.
    pub database_time: bool,
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
    /// Decides on what it knew before it took the lock.
    DecideBlind,
    /// The same, and the database guards nothing.
    DecideBlindUnguarded,
    /// Believes that a commit in doubt took place.
    TrustTheDoubtful,
}

impl StoreLimits {
    pub(crate) fn patience(&self) -> Patience {
        Patience { connect: self.connect_within, reply: self.reply_within }
    }
}

#[cfg(not(feature = "saboteur"))]
pub(crate) fn decides_blind(_limits: &StoreLimits) -> bool {
    false
}

#[cfg(not(feature = "saboteur"))]
pub(crate) fn is_guarded(_limits: &StoreLimits) -> bool {
    true
}

#[cfg(feature = "saboteur")]
pub(crate) fn decides_blind(limits: &StoreLimits) -> bool {
    matches!(limits.sabotage, Sabotage::DecideBlind | Sabotage::DecideBlindUnguarded)
}

#[cfg(feature = "saboteur")]
pub(crate) fn is_guarded(limits: &StoreLimits) -> bool {
    limits.sabotage != Sabotage::DecideBlindUnguarded
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            queue_max: 8_192,
            batch_max: 1_024,
            connect_within: Duration::from_secs(2),
            reply_within: Duration::from_secs(5),
            lock_wait_ms: 2_000,
            silent_ms_max: 2_000,
            answer_within: Duration::from_secs(8),
            follow_every: Duration::from_millis(250),
            rows_max: 256,
            needs_durable: true,
            database_time: true,
            #[cfg(feature = "saboteur")]
            sabotage: Sabotage::None,
        }
    }
}
