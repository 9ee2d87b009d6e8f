//! The one place in xtask that reads the clock: a tool measures real time.
use std::time::Instant;

#[expect(clippy::disallowed_methods, reason = "a developer's tool measures the real clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
