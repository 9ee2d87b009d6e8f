//! Randomness that is the same in every run.

use std::sync::{Arc, Mutex};
use store::Randomness;
use store::conformance::Chance;

struct SeededRandomness(Mutex<Chance>);

impl Randomness for SeededRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        let mut chance = self.0.lock().unwrap();
        for chunk in bytes.chunks_mut(8) {
            let drawn = chance.number().to_be_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}

pub(crate) fn seeded(seed: u64) -> Arc<dyn Randomness> {
    Arc::new(SeededRandomness(Mutex::new(Chance::seeded(seed))))
}
