//! Sealing of personal fields, behind a trait so that a validated module or an HSM can replace it.

use aes_gcm_siv::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use booking::PersonKey;
use std::sync::Arc;
use store::Randomness;

const NONCE_LENGTH: usize = 12;

/// Authenticated encryption of one field. `place` names table, column and row, so that a ciphertext moved elsewhere
/// does not open.
pub trait Cipher: Send + Sync {
    fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8>;
    /// Under the key of one person, so that it can be destroyed with that key alone. None if it was.
    fn seal_for(&self, person: PersonKey, place: &str, plain: &[u8]) -> Option<Vec<u8>>;
    /// None if it was altered, moved, or sealed under another key or one that was destroyed.
    fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>>;
}

/// AES-256-GCM-SIV (RFC 8452): a repeated nonce reveals only that two plaintexts were equal.
pub struct AesGcmSiv {
    cipher: Aes256GcmSiv,
    random: Arc<dyn Randomness>,
}

impl AesGcmSiv {
    pub fn new(key: &[u8; 32], random: Arc<dyn Randomness>) -> Self {
        Self { cipher: Aes256GcmSiv::new(key.into()), random }
    }
}

impl AesGcmSiv {
    pub fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LENGTH] = self.random.bytes();
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let sealed = self
            .cipher
            .encrypt(&Nonce::from(nonce), payload)
            .expect("fields are far below the limit of the cipher");
        [nonce.as_slice(), &sealed].concat()
    }

    pub fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
        self.cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: place.as_bytes() }).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;

    impl Randomness for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn a_field_opens_only_where_it_was_sealed_and_unaltered() {
        let cipher = AesGcmSiv::new(&[7; 32], Arc::new(Zeros));
        let mut sealed = cipher.seal("person/sealed/1", b"secret");
        assert_eq!(cipher.open("person/sealed/1", &sealed).as_deref(), Some(b"secret".as_slice()));
        assert_eq!(cipher.open("person/sealed/2", &sealed), None);
        sealed[14] ^= 1;
        assert_eq!(cipher.open("person/sealed/1", &sealed), None);
        assert_eq!(cipher.open("person/sealed/1", &[1, 2, 3]), None);
    }
}
