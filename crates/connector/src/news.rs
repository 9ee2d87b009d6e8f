//! What is known of the line: the last gate document that was believed.

use ed25519_dalek::{Signature, VerifyingKey};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::{PoisonError, RwLock};

/// The part of the gate document that a connector acts on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct News {
    pub campaign: String,
    pub sequence: u64,
    pub valid_until: Timestamp,
    pub pass_epoch: u32,
}

/// Why a copy is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewsFault {
    /// No document, or one without a signature.
    Garbled,
    Forged,
    /// Genuine, of another campaign.
    Foreign,
    /// Genuine, but not after the one before: somebody shows an old one again.
    Older,
}

/// A signature is over everything before the last `,"signature":`.
fn read(file: &str, key: &VerifyingKey) -> Result<News, NewsFault> {
    let (signed, rest) = file.rsplit_once(r#","signature":""#).ok_or(NewsFault::Garbled)?;
    let signature = rest.strip_suffix("\"}").and_then(bytes_of).ok_or(NewsFault::Garbled)?;
    let signature = Signature::from_bytes(&signature);
    key.verify_strict(signed.as_bytes(), &signature).map_err(|_| NewsFault::Forged)?;
    serde_json::from_str(&format!("{signed}}}")).map_err(|_| NewsFault::Garbled)
}

fn bytes_of(hex: &str) -> Option<[u8; 64]> {
    let digits = hex.as_bytes();
    (digits.len() == 128).then_some(())?;
    let mut bytes = [0; 64];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// The newest of what was believed.
pub(crate) struct Followed {
    campaign: String,
    key: VerifyingKey,
    newest: RwLock<Option<News>>,
}

impl Followed {
    /// None where the bytes are no key.
    pub(crate) fn new(campaign: &str, key: &[u8; 32]) -> Option<Self> {
        let key = VerifyingKey::from_bytes(key).ok()?;
        Some(Self { campaign: campaign.to_owned(), key, newest: RwLock::new(None) })
    }

    pub(crate) fn is_genuine(&self, bytes: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(bytes, &Signature::from_bytes(signature)).is_ok()
    }

    /// The same document again is nothing new and no fault.
    pub(crate) fn take(&self, file: &str) -> Result<(), NewsFault> {
        let news = read(file, &self.key)?;
        if news.campaign != self.campaign {
            return Err(NewsFault::Foreign);
        }
        let mut newest = self.newest.write().unwrap_or_else(PoisonError::into_inner);
        if newest.as_ref().is_some_and(|before| news.sequence < before.sequence) {
            return Err(NewsFault::Older);
        }
        *newest = Some(news);
        Ok(())
    }

    /// The epoch of passes, while it is known.
    pub(crate) fn epoch(&self, now: Timestamp) -> Option<u32> {
        let newest = self.newest.read().unwrap_or_else(PoisonError::into_inner);
        newest.as_ref().filter(|news| now < news.valid_until).map(|news| news.pass_epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer as _, SigningKey};

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[6; 32])
    }

    fn signed(campaign: &str, sequence: u64, valid_until: &str, epoch: u32) -> String {
        let part = format!(
            r#"{{"campaign":"{campaign}","sequence":{sequence},"valid_until":"{valid_until}","pass_epoch":{epoch}"#
        );
        let signature = key().sign(part.as_bytes()).to_bytes();
        let hex = signature.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        format!("{part},\"signature\":\"{hex}\"}}")
    }

    fn followed() -> Followed {
        Followed::new("c55", &key().verifying_key().to_bytes()).unwrap()
    }

    const AT: &str = "2021-07-12T00:00:10Z";

    #[test]
    fn what_is_genuine_and_newer_is_believed_until_it_ends() {
        let followed = followed();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(followed.epoch(at("2021-07-12T00:00:00Z")), None);
        followed.take(&signed("c55", 4, AT, 1)).unwrap();
        followed.take(&signed("c55", 4, AT, 1)).unwrap();
        followed.take(&signed("c55", 5, AT, 2)).unwrap();
        assert_eq!(followed.epoch(at("2021-07-12T00:00:09Z")), Some(2));
        assert_eq!(followed.epoch(at(AT)), None, "after its end nothing is known");
    }

    #[test]
    fn forged_foreign_and_older_copies_change_nothing() {
        let followed = followed();
        followed.take(&signed("c55", 5, AT, 2)).unwrap();
        assert_eq!(followed.take(&signed("c55", 4, AT, 1)), Err(NewsFault::Older));
        assert_eq!(followed.take(&signed("c56", 9, AT, 1)), Err(NewsFault::Foreign));
        let forged = signed("c55", 9, AT, 1).replace("\"pass_epoch\":1", "\"pass_epoch\":7");
        assert_eq!(followed.take(&forged), Err(NewsFault::Forged));
        for garbled in ["", "{}", "<html>", &signed("c55", 9, AT, 1)[..90]] {
            assert_eq!(followed.take(garbled), Err(NewsFault::Garbled), "{garbled}");
        }
        assert_eq!(followed.epoch("2021-07-12T00:00:09Z".parse().unwrap()), Some(2));
    }
}
