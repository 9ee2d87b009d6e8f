//! Message authentication of what people carry. HMAC-SHA-256 (RFC 2104), cut to 128 bits, purpose mixed in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt;
use subtle::ConstantTimeEq as _;

const MAC_LENGTH: usize = 16;
/// Bytes of a body; the longest token is a form's.
const BODY_MAX: usize = 128;

/// What a token is for. Tokens of different purposes can never stand for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Ticket = 1,
    Pass = 2,
    Session = 3,
    Form = 4,
    Challenge = 5,
    /// A visit at another site, of its connector.
    Visit = 7,
    /// Sessions of staff, and what their pages name.
    Staff = 20,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyId(pub u8);

/// The signing key and, during a rotation, the one before it.
#[derive(Clone)]
pub struct KeyRing {
    signing: Key,
    retiring: Option<Key>,
}

#[derive(Clone)]
struct Key {
    id: KeyId,
    /// Key schedule done once: halves the cost of a MAC.
    mac: Hmac<Sha256>,
}

impl KeyRing {
    pub fn new(id: KeyId, secret: &[u8; 32]) -> Self {
        Self { signing: Key::new(id, secret), retiring: None }
    }

    /// A new signing key; what the old one signed stays good until the next rotation.
    #[must_use]
    pub fn rotated(self, id: KeyId, secret: &[u8; 32]) -> Self {
        Self { signing: Key::new(id, secret), retiring: Some(self.signing) }
    }

    /// `key id ‖ body ‖ MAC`, in URL-safe base64.
    pub fn seal(&self, purpose: Purpose, body: &[u8]) -> String {
        let mut sealed = [0; 1 + BODY_MAX + MAC_LENGTH];
        let (body_end, end) = (1 + body.len(), 1 + body.len() + MAC_LENGTH);
        sealed[0] = self.signing.id.0;
        sealed[1..body_end].copy_from_slice(body);
        sealed[body_end..end].copy_from_slice(&self.signing.mac_of(purpose, body));
        URL_SAFE_NO_PAD.encode(&sealed[..end])
    }

    /// The body, if one of the live keys signed it for this purpose. Compared in constant time.
    pub fn open(&self, purpose: Purpose, token: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (key_id, rest) = sealed.split_first()?;
        let (body, mac) = rest.split_at_checked(rest.len().checked_sub(MAC_LENGTH)?)?;
        let key = self.keys().find(|key| key.id.0 == *key_id)?;
        let genuine: bool = key.mac_of(purpose, body).ct_eq(mac).into();
        genuine.then(|| body.to_vec())
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.signing).chain(&self.retiring)
    }
}

impl Key {
    fn new(id: KeyId, secret: &[u8; 32]) -> Self {
        Self { id, mac: Hmac::new_from_slice(secret).expect("HMAC takes a key of any length") }
    }

    fn mac_of(&self, purpose: Purpose, body: &[u8]) -> [u8; MAC_LENGTH] {
        let mut mac = self.mac.clone();
        mac.update(&[purpose as u8, self.id.0]);
        mac.update(body);
        let whole = mac.finalize().into_bytes();
        std::array::from_fn(|position| whole[position])
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({:?})", self.signing.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> KeyRing {
        KeyRing::new(KeyId(1), &[7; 32])
    }

    #[test]
    fn what_was_sealed_opens_for_its_purpose_only() {
        let token = ring().seal(Purpose::Ticket, b"body");
        assert_eq!(ring().open(Purpose::Ticket, &token).as_deref(), Some(b"body".as_slice()));
        for other in [Purpose::Pass, Purpose::Session, Purpose::Form, Purpose::Challenge, Purpose::Visit] {
            assert_eq!(ring().open(other, &token), None);
        }
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let token = ring().seal(Purpose::Pass, &[9; 24]);
        for position in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(ring().open(Purpose::Pass, &forged), None, "character {position}");
        }
    }

    #[test]
    fn a_rotation_keeps_the_key_before_and_forgets_older_ones() {
        let first = ring().seal(Purpose::Ticket, b"t");
        let second = ring().rotated(KeyId(2), &[8; 32]);
        assert!(second.open(Purpose::Ticket, &first).is_some());
        let third = second.rotated(KeyId(3), &[9; 32]);
        assert_eq!(third.open(Purpose::Ticket, &first), None);
    }

    #[test]
    fn garbage_of_any_length_is_refused() {
        for length in 0..64 {
            assert_eq!(ring().open(Purpose::Ticket, &"A".repeat(length)), None);
        }
        assert_eq!(ring().open(Purpose::Ticket, "한글 ticket"), None);
    }
}
