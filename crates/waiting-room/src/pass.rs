//! 입장권: the signed, short-lived right to book, of one verified booker in one campaign.

use crate::{CampaignTag, KeyRing, Purpose};
use jiff::Timestamp;

const VERSION: u8 = 1;
const LENGTH: usize = 31;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    pub campaign: CampaignTag,
    /// The verified booker, as the ledger numbers people.
    pub booker: u64,
    /// Passes of an earlier epoch are revoked, all at once.
    pub epoch: u32,
    /// Moves with activity.
    pub expires_at: Timestamp,
    /// Never moves.
    pub ends_at: Timestamp,
}

impl Pass {
    pub fn seal(&self, keys: &KeyRing) -> String {
        keys.seal(Purpose::Pass, &self.to_bytes())
    }

    /// None for anything forged, of another kind or version. Whether it is still good is [`Pass::is_live`].
    pub fn open(keys: &KeyRing, token: &str) -> Option<Self> {
        Self::from_bytes(&keys.open(Purpose::Pass, token)?)
    }

    pub fn is_live(&self, epoch: u32, now: Timestamp) -> bool {
        self.epoch == epoch && now < self.expires_at && now < self.ends_at
    }

    /// Extended by activity, up to its end.
    #[must_use]
    pub fn extended(self, until: Timestamp) -> Self {
        Self { expires_at: until.clamp(self.expires_at, self.ends_at.max(self.expires_at)), ..self }
    }

    fn to_bytes(self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[0] = VERSION;
        bytes[1..3].copy_from_slice(&self.campaign.0.to_be_bytes());
        bytes[3..11].copy_from_slice(&self.booker.to_be_bytes());
        bytes[11..15].copy_from_slice(&self.epoch.to_be_bytes());
        bytes[15..23].copy_from_slice(&self.expires_at.as_millisecond().to_be_bytes());
        bytes[23..31].copy_from_slice(&self.ends_at.as_millisecond().to_be_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; LENGTH] = bytes.try_into().ok()?;
        if bytes[0] != VERSION {
            return None;
        }
        Some(Self {
            campaign: CampaignTag(u16::from_be_bytes(part(bytes, 1))),
            booker: u64::from_be_bytes(part(bytes, 3)),
            epoch: u32::from_be_bytes(part(bytes, 11)),
            expires_at: Timestamp::from_millisecond(i64::from_be_bytes(part(bytes, 15))).ok()?,
            ends_at: Timestamp::from_millisecond(i64::from_be_bytes(part(bytes, 23))).ok()?,
        })
    }
}

fn part<const N: usize>(bytes: &[u8; LENGTH], from: usize) -> [u8; N] {
    std::array::from_fn(|position| bytes[from + position])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyId, Ticket};

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_626_000_000 + minutes * 60).unwrap()
    }

    fn pass() -> Pass {
        Pass { campaign: CampaignTag(1), booker: 9, epoch: 4, expires_at: at(15), ends_at: at(60) }
    }

    #[test]
    fn a_pass_reads_back_and_is_no_ticket() {
        let keys = KeyRing::new(KeyId(1), &[3; 32]);
        let token = pass().seal(&keys);
        assert_eq!(Pass::open(&keys, &token), Some(pass()));
        assert_eq!(Ticket::open(&keys, &token), None);
    }

    #[test]
    fn activity_extends_it_to_its_end_and_no_further() {
        assert_eq!(pass().extended(at(20)).expires_at, at(20));
        assert_eq!(pass().extended(at(90)).expires_at, at(60));
        assert_eq!(pass().extended(at(1)).expires_at, at(15));
        assert!(!pass().extended(at(90)).is_live(4, at(60)));
    }

    #[test]
    fn a_new_epoch_revokes_it() {
        assert!(pass().is_live(4, at(0)));
        assert!(!pass().is_live(5, at(0)));
        assert!(!pass().is_live(4, at(15)));
    }
}
