//! The keys of personal fields: the newest seals, every one opens what it sealed, and a new one can come while the
//! service runs.
//!
//! What is known of a person is sealed under a key of two: the person's own and the newest of these. Without either it
//! does not open: a stolen `people.keys` is worth nothing without `fields.key`, and destroying the person's key
//! destroys it whatever becomes of the others. Its head names both (`store::sealed`).
//!
//! Everything else is as before there were such keys. What the first key seals is nonce, ciphertext; later keys put
//! [`MARK`] and their number before it. A first nonce may begin with the mark by chance; then the seal of the numbered
//! key does not hold and the first key is tried, so nothing is ever mistaken.

use crate::cipher::{AesGcmSiv, Cipher};
use crate::person_keys::PersonKeys;
use booking::PersonKey;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use store::{Randomness, sealed};

const MARK: u8 = 0xc7;
/// The number of the key that was there before there were numbers.
pub const FIRST: u8 = 1;

pub struct FieldKeys {
    ring: RwLock<BTreeMap<u8, Arc<FieldKey>>>,
    people: Arc<PersonKeys>,
    random: Arc<dyn Randomness>,
}

struct FieldKey {
    cipher: AesGcmSiv,
    /// With the person's key it makes theirs.
    joined: Hmac<Sha256>,
}

impl FieldKeys {
    pub fn new(first: &[u8; 32], people: Arc<PersonKeys>, random: Arc<dyn Randomness>) -> Self {
        let keys = Self { ring: RwLock::default(), people, random };
        keys.add(FIRST, first);
        keys
    }

    /// From now on the highest number seals. A number that is known stays as it is.
    pub fn add(&self, number: u8, key: &[u8; 32]) {
        let cipher = AesGcmSiv::new(key, Arc::clone(&self.random));
        let mut joined = Hmac::new_from_slice(key).expect("HMAC takes a key of any length");
        joined.update(b"charye person fields\0");
        let key = Arc::new(FieldKey { cipher, joined });
        // Nothing is ever taken out, so a ring behind a panic is as good as another.
        self.ring.write().unwrap_or_else(PoisonError::into_inner).entry(number).or_insert(key);
    }

    /// Of the key that seals now.
    pub fn newest(&self) -> u8 {
        self.ring().last_key_value().map_or(FIRST, |(number, _)| *number)
    }

    fn newest_key(&self) -> (u8, Arc<FieldKey>) {
        let newest = self.ring().last_key_value().map(|(number, key)| (*number, Arc::clone(key)));
        newest.expect("the first key is always there")
    }

    fn ring(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<u8, Arc<FieldKey>>> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn key(&self, number: u8) -> Option<Arc<FieldKey>> {
        self.ring().get(&number).cloned()
    }

    /// Of one person under one of these keys; None when theirs was destroyed.
    fn of_person(&self, key: &FieldKey, person: PersonKey) -> Option<AesGcmSiv> {
        let mut joined = key.joined.clone();
        joined.update(&self.people.key(person)?);
        Some(AesGcmSiv::new(&joined.finalize().into_bytes().into(), Arc::clone(&self.random)))
    }

    fn open_of_person(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (number, person, sealed) = sealed::parts(sealed)?;
        self.of_person(&*self.key(number)?, person)?.open(place, sealed)
    }
}

impl Cipher for FieldKeys {
    fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let (number, key) = self.newest_key();
        let sealed = key.cipher.seal(place, plain);
        if number == FIRST { sealed } else { [&[MARK, number], sealed.as_slice()].concat() }
    }

    fn seal_for(&self, person: PersonKey, place: &str, plain: &[u8]) -> Option<Vec<u8>> {
        let (number, key) = self.newest_key();
        let sealed = self.of_person(&key, person)?.seal(place, plain);
        Some([&sealed::head(number, person), sealed.as_slice()].concat())
    }

    fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let numbered = || match sealed {
            [MARK, number, rest @ ..] => self.key(*number).and_then(|key| key.cipher.open(place, rest)),
            _ => None,
        };
        let first = || self.key(FIRST)?.cipher.open(place, sealed);
        self.open_of_person(place, sealed).or_else(numbered).or_else(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key_tree::KeyTree;
    use crate::person_keys::NoShelf;
    use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

    /// Every nonce begins with the mark and the number of a later key.
    struct Unlucky;

    impl Randomness for Unlucky {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(2);
            bytes[0] = MARK;
        }
    }

    fn keys_of(random: Arc<dyn Randomness>) -> FieldKeys {
        let people = PersonKeys::new(KeyTree::new([5; 32]), PersonKey(0), Box::new(NoShelf));
        FieldKeys::new(&[1; 32], Arc::new(people), random)
    }

    #[test]
    fn what_is_sealed_for_a_person_goes_with_their_key_whatever_key_of_fields_sealed_it() {
        let keys = keys_of(Arc::new(Unlucky));
        let (kim, lee) = (PersonKey(1), PersonKey(2));
        let first = keys.seal_for(kim, "place", b"first").unwrap();
        keys.add(2, &[2; 32]);
        let second = keys.seal_for(kim, "place", b"second").unwrap();
        let other = keys.seal_for(lee, "place", b"other").unwrap();
        let opened = |sealed: &[u8]| keys.open("place", sealed);
        assert_eq!(opened(&first).as_deref(), Some(b"first".as_slice()));
        assert_eq!(opened(&second).as_deref(), Some(b"second".as_slice()));
        assert_eq!(keys.open("elsewhere", &second), None);
        // Neither the keys of fields without the tree nor the tree without them are enough.
        let stolen = keys_of(Arc::new(Unlucky));
        assert_eq!(stolen.open("place", &second), None);
        let mut moved = second.clone();
        moved[sealed::HEAD_LENGTH - 1] = 2;
        assert_eq!(opened(&moved), None, "under another person's key");
        keys.people.destroy(&[kim]).unwrap();
        assert_eq!((opened(&first), opened(&second)), (None, None));
        assert_eq!(keys.seal_for(kim, "place", b"again"), None);
        assert_eq!(opened(&other).as_deref(), Some(b"other".as_slice()));
    }

    #[test]
    fn what_an_older_key_sealed_still_opens_and_the_newest_seals() {
        let keys = keys_of(Arc::new(Unlucky));
        let first = keys.seal("place", b"first");
        assert_eq!(first, AesGcmSiv::new(&[1; 32], Arc::new(Unlucky)).seal("place", b"first"));
        keys.add(2, &[2; 32]);
        let second = keys.seal("place", b"second");
        assert_eq!((keys.newest(), &second[..2]), (2, [MARK, 2].as_slice()));
        assert_eq!(keys.open("place", &first).as_deref(), Some(b"first".as_slice()));
        assert_eq!(keys.open("place", &second).as_deref(), Some(b"second".as_slice()));
        assert_eq!(keys.open("elsewhere", &second), None);
        let without = keys_of(Arc::new(Unlucky));
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
        let keys = keys_of(Arc::new(Counting(AtomicU8::new(0))));
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
