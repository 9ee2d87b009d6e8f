//! The keys of personal fields: the newest seals, every one opens what it sealed, and a new one can come while the
//! service runs.
//!
//! What the first key seals is as it always was: nonce, ciphertext. Later keys put [`MARK`] and their number before it.
//! A first nonce may begin with the mark by chance; then the seal of the numbered key does not hold and the first key is
//! tried, so nothing is ever mistaken.

use crate::cipher::{AesGcmSiv, Cipher};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use store::Randomness;

const MARK: u8 = 0xc7;
/// The number of the key that was there before there were numbers.
pub const FIRST: u8 = 1;

pub struct FieldKeys {
    ring: RwLock<BTreeMap<u8, Arc<AesGcmSiv>>>,
    random: Arc<dyn Randomness>,
}

impl FieldKeys {
    pub fn new(first: &[u8; 32], random: Arc<dyn Randomness>) -> Self {
        let keys = Self { ring: RwLock::default(), random };
        keys.add(FIRST, first);
        keys
    }

    /// From now on the highest number seals. A number that is known stays as it is.
    pub fn add(&self, number: u8, key: &[u8; 32]) {
        let cipher = Arc::new(AesGcmSiv::new(key, Arc::clone(&self.random)));
        // Nothing is ever taken out, so a ring behind a panic is as good as another.
        self.ring.write().unwrap_or_else(PoisonError::into_inner).entry(number).or_insert(cipher);
    }

    /// Of the key that seals now.
    pub fn newest(&self) -> u8 {
        self.ring().last_key_value().map_or(FIRST, |(number, _)| *number)
    }

    fn ring(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<u8, Arc<AesGcmSiv>>> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn key(&self, number: u8) -> Option<Arc<AesGcmSiv>> {
        self.ring().get(&number).cloned()
    }
}

impl Cipher for FieldKeys {
    fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let newest = self.ring().last_key_value().map(|(number, cipher)| (*number, Arc::clone(cipher)));
        let (number, cipher) = newest.expect("the first key is always there");
        let sealed = cipher.seal(place, plain);
        if number == FIRST { sealed } else { [&[MARK, number], sealed.as_slice()].concat() }
    }

    fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let numbered = match sealed {
            [MARK, number, rest @ ..] => self.key(*number).and_then(|key| key.open(place, rest)),
            _ => None,
        };
        numbered.or_else(|| self.key(FIRST)?.open(place, sealed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

    /// Every nonce begins with the mark and the number of a later key.
    struct Unlucky;

    impl Randomness for Unlucky {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(2);
            bytes[0] = MARK;
        }
    }

    #[test]
    fn what_an_older_key_sealed_still_opens_and_the_newest_seals() {
        let keys = FieldKeys::new(&[1; 32], Arc::new(Unlucky));
        let first = keys.seal("place", b"first");
        assert_eq!(first, AesGcmSiv::new(&[1; 32], Arc::new(Unlucky)).seal("place", b"first"));
        keys.add(2, &[2; 32]);
        let second = keys.seal("place", b"second");
        assert_eq!((keys.newest(), &second[..2]), (2, [MARK, 2].as_slice()));
        assert_eq!(keys.open("place", &first).as_deref(), Some(b"first".as_slice()));
        assert_eq!(keys.open("place", &second).as_deref(), Some(b"second".as_slice()));
        assert_eq!(keys.open("elsewhere", &second), None);
        let without = FieldKeys::new(&[1; 32], Arc::new(Unlucky));
        assert_eq!(without.open("place", &second), None, "the second key opens it, nothing else");
        // Exchanged under a running service, a key would make people's data unreadable.
        keys.add(2, &[9; 32]);
        assert_eq!(keys.open("place", &second).as_deref(), Some(b"second".as_slice()));
    }

    #[test]
    fn rotation_fails_nobody_who_seals_or_opens_meanwhile() {
        struct Counting(AtomicU8);
        impl Randomness for Counting {
            fn fill(&self, bytes: &mut [u8]) {
                bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
            }
        }
        let keys = FieldKeys::new(&[1; 32], Arc::new(Counting(AtomicU8::new(0))));
        let early = keys.seal("place", b"early");
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Acquire) {
                        let sealed = keys.seal("place", b"now");
                        assert_eq!(keys.open("place", &sealed).as_deref(), Some(b"now".as_slice()));
                        assert_eq!(keys.open("place", &early).as_deref(), Some(b"early".as_slice()));
                    }
                });
            }
            for number in 2..=200 {
                keys.add(number, &[number; 32]);
            }
            stop.store(true, Ordering::Release);
        });
        assert_eq!(keys.newest(), 200);
    }
}
