//! Time and randomness, as arguments.

use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// The server's time. The system's own is read in one file of the binary; tests pass a [`MockClock`].
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    /// A time that never goes back, from an instant that nobody names: for waiting and measuring.
    fn elapsed(&self) -> Duration {
        let since_1970 = self.now().duration_since(Timestamp::UNIX_EPOCH);
        Duration::try_from(since_1970).unwrap_or_default()
    }
}

/// A source of bytes nobody can guess. The system's own is read in one file of the binary.
pub trait Randomness: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Randomness + '_ {
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

/// A clock that stands still until it is told to move. Milliseconds since 1970.
#[derive(Debug)]
pub struct MockClock(AtomicI64);

impl MockClock {
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_millisecond()))
    }

    pub fn advance(&self, by: SignedDuration) {
        let milliseconds = i64::try_from(by.as_millis()).expect("a test does not wait for ever");
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for MockClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).expect("mock times are ordinary times")
    }
}
