//! The seed, and the place of each position in the list: computed, never kept.

use super::{Root, named};
use sha2::{Digest as _, Sha256};

/// A Feistel network of so many rounds.
const ROUNDS: u8 = 12;
/// Bits of half a number at the least. On fewer the network mixes badly; a short list is walked in a longer cycle.
const HALF_BITS_MIN: u32 = 3;

/// Nobody can know it before the list is frozen, and the operator has no share in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub [u8; 32]);

impl Seed {
    /// SHA-256 of a purpose, the campaign, the root, the count, and what the source gave out, letter by letter.
    pub fn of(campaign: &str, root: Root, count: u64, value: &str) -> Self {
        let hash = Sha256::new().chain_update(b"charye draw seed 1\n").chain_update(named(campaign));
        let hash = hash.chain_update(root.0).chain_update(count.to_be_bytes());
        Self(hash.chain_update(named(value)).finalize().into())
    }
}

/// The places of a list, as a permutation keyed with the seed: a Feistel network over the next power of four, gone
/// through again until the number is below the count (cycle-walking).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    seed: Seed,
    count: u64,
    half_bits: u32,
}

impl Places {
    /// # Panics
    /// If there are more than 2^60, which nobody counts.
    pub fn new(seed: Seed, count: u64) -> Self {
        assert!(count <= 1 << 60, "{count} people");
        let bits = u64::BITS - count.saturating_sub(1).leading_zeros();
        Self { seed, count, half_bits: bits.div_ceil(2).max(HALF_BITS_MIN) }
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// The place in line, from 0, of a position in the list, from 0.
    ///
    /// # Panics
    /// If the list has no such position.
    pub fn place(&self, position: u64) -> u64 {
        self.walk(position, |number| (0..ROUNDS).fold(number, |number, round| self.forth(number, round)))
    }

    /// Who stands at a place: the other way round.
    ///
    /// # Panics
    /// If the draw gave no such place.
    pub fn position(&self, place: u64) -> u64 {
        self.walk(place, |number| (0..ROUNDS).rev().fold(number, |number, round| self.back(number, round)))
    }

    fn walk(&self, from: u64, step: impl Fn(u64) -> u64) -> u64 {
        assert!(from < self.count, "{from} of {}", self.count);
        let mut number = step(from);
        while number >= self.count {
            number = step(number);
        }
        number
    }

    fn forth(&self, number: u64, round: u8) -> u64 {
        let (left, right) = self.halves(number);
        right << self.half_bits | (left ^ self.mixed(round, right))
    }

    fn back(&self, number: u64, round: u8) -> u64 {
        let (left, right) = self.halves(number);
        (right ^ self.mixed(round, left)) << self.half_bits | left
    }

    fn halves(&self, number: u64) -> (u64, u64) {
        (number >> self.half_bits, number & self.mask())
    }

    fn mask(&self) -> u64 {
        (1 << self.half_bits) - 1
    }

    /// The first four bytes of SHA-256 of the seed, the round and the half, as a number.
    fn mixed(&self, round: u8, half: u64) -> u64 {
        let hash = Sha256::new().chain_update(self.seed.0).chain_update([round]);
        let hash = hash.chain_update((half as u32).to_be_bytes()).finalize();
        u64::from(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])) & self.mask()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(number: u64) -> Seed {
        Seed::of("c55", Root([7; 32]), 3, &number.to_string())
    }

    #[test]
    fn everybody_has_one_place_and_every_place_somebody() {
        for count in [1, 2, 3, 100, 1_023, 1_024, 1_025, 5_000] {
            let places = Places::new(seed(count), count);
            let mut found: Vec<u64> = (0..count).map(|position| places.place(position)).collect();
            assert!(found.iter().zip(0..).all(|(place, position)| places.position(*place) == position));
            found.sort_unstable();
            assert!(found.into_iter().eq(0..count), "{count}");
        }
    }

    #[test]
    fn the_seed_follows_from_everything_that_is_published() {
        let all = [
            Seed::of("c55", Root([7; 32]), 3, "ab"),
            Seed::of("c56", Root([7; 32]), 3, "ab"),
            Seed::of("c55", Root([8; 32]), 3, "ab"),
            Seed::of("c55", Root([7; 32]), 4, "ab"),
            Seed::of("c55", Root([7; 32]), 3, "ac"),
            Seed::of("c5", Root([7; 32]), 3, "5ab"),
        ];
        for (n, one) in all.iter().enumerate() {
            assert!(all[..n].iter().all(|other| other != one), "{n}");
        }
    }

    /// 24 orders of four people, 6,000 draws: chi-squared with 23 degrees of freedom is above 60 once in 30,000 times.
    #[test]
    fn all_orders_of_a_small_lobby_are_equally_likely() {
        let mut found = std::collections::BTreeMap::<Vec<u64>, f64>::new();
        for draw in 0..6_000 {
            let places = Places::new(seed(draw), 4);
            *found.entry((0..4).map(|position| places.place(position)).collect()).or_default() += 1.0;
        }
        assert_eq!(found.len(), 24);
        let chi_squared: f64 = found.values().map(|n| (n - 250.0).powi(2) / 250.0).sum();
        println!("chi-squared {chi_squared:.1} of 23 degrees of freedom");
        assert!(chi_squared < 60.0, "{chi_squared}");
    }

    /// Written down once: whoever checks a draw years later must find the same.
    #[test]
    fn what_was_computed_once_stays() {
        let places = Places::new(Seed::of("c55", Root([7; 32]), 1_000_000, "0123"), 1_000_000);
        assert_eq!([0, 1, 999_999].map(|position| places.place(position)), [846_383, 645_562, 581_558]);
    }
}
