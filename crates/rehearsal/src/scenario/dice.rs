//! Seeded choice: the same seed and stream always roll the same numbers.

use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Dice(generator)
    }

    /// A number in `0..end`; the bias of the multiplication is below 2⁻³² and nobody bets on it.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(end)) >> 32) as u32
    }

    pub(crate) fn between(&mut self, shortest: Duration, longest: Duration) -> Duration {
        let spread_ms = longest.saturating_sub(shortest).as_millis() as u32;
        shortest + Duration::from_millis(u64::from(self.below(spread_ms.saturating_add(1))))
    }

    /// Between nought and one, and neither of them.
    pub(crate) fn share(&mut self) -> f64 {
        (f64::from(self.0.next_u32()) + 0.5) / 4_294_967_296.0
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len() as u32) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roll_stays_below_its_end_and_an_empty_list_gives_nothing() {
        let mut dice = Dice::new(7, 1);
        assert!((0..1000).all(|_| dice.below(6) < 6));
        assert_eq!(dice.pick::<u8>(&[]), None);
    }

    #[test]
    fn a_duration_between_stays_between() {
        let (low, high) = (Duration::from_millis(500), Duration::from_secs(3));
        let mut dice = Dice::new(7, 2);
        assert!((0..1000).map(|_| dice.between(low, high)).all(|d| low <= d && d <= high));
        assert_eq!(dice.between(high, low), high);
    }
}
