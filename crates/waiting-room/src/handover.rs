//! 인계증: takes somebody whose turn it is from the line to another site.
//!
//! It is signed with the key of the gate document, so a connector needs nothing secret of ours, and it names everything
//! that could be exchanged: the campaign, the site, the browser. It stands in an address for a moment and therefore
//! says nothing about the person: a number that means something at that one site only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

const VERSION: u8 = 1;
const BODY: usize = 1 + 4 + 16 + 32 + 8 + 8;
const SIGNATURE: usize = 64;

/// How long one is good: the way from one site to the other, on a slow phone.
pub const HANDOVER_GOOD_FOR: SignedDuration = SignedDuration::from_mins(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handover {
    /// Of the pass.
    pub epoch: u32,
    /// The same for one person at one site; another at every other site.
    pub visitor: [u8; 16],
    /// SHA-256 of the secret that the connector gave to this browser.
    pub browser: [u8; 32],
    pub good_until: Timestamp,
    /// When the visit ends at the latest.
    pub ends_at: Timestamp,
}

impl Handover {
    /// For whom it is: a handover to one site is none to another, nor one of another campaign.
    fn signed_bytes(&self, campaign: &str, site: &str) -> Vec<u8> {
        let mut bytes = format!("charye handover\n{campaign}\n{site}\n").into_bytes();
        bytes.extend_from_slice(&self.body());
        bytes
    }

    /// `body ‖ signature` in URL-safe base64. `site`: scheme and host, as the connector knows its own.
    pub fn seal(&self, campaign: &str, site: &str, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> String {
        let signature = sign(&self.signed_bytes(campaign, site));
        let mut token = self.body().to_vec();
        token.extend_from_slice(&signature);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// None for anything that `is_genuine` (bytes, signature) does not vouch for. Whether it is still good is
    /// [`Handover::is_good`].
    pub fn open(
        token: &str,
        campaign: &str,
        site: &str,
        is_genuine: impl FnOnce(&[u8], &[u8; 64]) -> bool,
    ) -> Option<Self> {
        let token = URL_SAFE_NO_PAD.decode(token).ok().filter(|token| token.len() == BODY + SIGNATURE)?;
        let (body, signature) = token.split_at(BODY);
        let handover = Self::from_body(body.try_into().ok()?)?;
        let signed = handover.signed_bytes(campaign, site);
        is_genuine(&signed, signature.try_into().ok()?).then_some(handover)
    }

    pub fn is_good(&self, epoch: u32, browser: &[u8; 32], now: Timestamp) -> bool {
        self.epoch == epoch && self.browser == *browser && now < self.good_until && now < self.ends_at
    }

    fn body(&self) -> [u8; BODY] {
        let mut body = [0; BODY];
        body[0] = VERSION;
        body[1..5].copy_from_slice(&self.epoch.to_be_bytes());
        body[5..21].copy_from_slice(&self.visitor);
        body[21..53].copy_from_slice(&self.browser);
        body[53..61].copy_from_slice(&self.good_until.as_millisecond().to_be_bytes());
        body[61..69].copy_from_slice(&self.ends_at.as_millisecond().to_be_bytes());
        body
    }

    fn from_body(body: &[u8; BODY]) -> Option<Self> {
        fn part<const N: usize>(body: &[u8; BODY], from: usize) -> [u8; N] {
            std::array::from_fn(|position| body[from + position])
        }
        (body[0] == VERSION).then_some(())?;
        Some(Self {
            epoch: u32::from_be_bytes(part(body, 1)),
            visitor: part(body, 5),
            browser: part(body, 21),
            good_until: Timestamp::from_millisecond(i64::from_be_bytes(part(body, 53))).ok()?,
            ends_at: Timestamp::from_millisecond(i64::from_be_bytes(part(body, 61))).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest as _, Sha512};

    /// Stands in for a signature: whoever made it knew the bytes.
    fn sign(bytes: &[u8]) -> [u8; 64] {
        Sha512::digest(bytes).into()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_626_000_000 + second).unwrap()
    }

    fn handover() -> Handover {
        Handover { epoch: 3, visitor: [7; 16], browser: [9; 32], good_until: at(120), ends_at: at(3600) }
    }

    fn open(token: &str, campaign: &str, site: &str) -> Option<Handover> {
        Handover::open(token, campaign, site, |bytes, signature| sign(bytes) == *signature)
    }

    #[test]
    fn it_reads_back_at_its_site_and_in_its_campaign_only() {
        let token = handover().seal("c55", "https://shop.test", sign);
        assert_eq!(open(&token, "c55", "https://shop.test"), Some(handover()));
        assert_eq!(open(&token, "c55", "https://other.test"), None);
        assert_eq!(open(&token, "c56", "https://shop.test"), None);
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let token = handover().seal("c55", "https://shop.test", sign);
        for position in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(open(&forged, "c55", "https://shop.test"), None, "character {position}");
        }
        for garbage in ["", "A", "한글", &"A".repeat(177)] {
            assert_eq!(open(garbage, "c55", "https://shop.test"), None);
        }
    }

    #[test]
    fn it_is_good_for_its_browser_its_epoch_and_its_two_minutes() {
        let handover = handover();
        assert!(handover.is_good(3, &[9; 32], at(119)));
        assert!(!handover.is_good(4, &[9; 32], at(0)));
        assert!(!handover.is_good(3, &[8; 32], at(0)));
        assert!(!handover.is_good(3, &[9; 32], at(120)));
    }
}
