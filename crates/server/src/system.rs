//! The one file that asks the system for the time and for randomness. Everything else gets them as arguments.

use jiff::Timestamp;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use std::cell::RefCell;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use store::{Clock, Randomness};

pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the file")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the file")]
    fn elapsed(&self) -> Duration {
        static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);
        let started = *STARTED;
        Instant::now().duration_since(started)
    }
}

/// A ChaCha generator per thread, seeded once from the system: a ticket must not cost a system call.
pub(crate) struct SystemRandomness;

thread_local! {
    static GENERATOR: RefCell<ChaCha12Rng> = RefCell::new(ChaCha12Rng::from_seed(seed()));
}

#[expect(clippy::disallowed_methods, reason = "this is the file")]
fn seed() -> [u8; 32] {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).expect("without the system's randomness no secret is safe: stop");
    seed
}

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        GENERATOR.with_borrow_mut(|generator| generator.fill_bytes(bytes));
    }
}
