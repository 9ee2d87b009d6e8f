//! 방문: the right to be at the site, once the line has handed somebody over. Sealed with the site's own secret.

use jiff::{SignedDuration, Timestamp};
use waiting_room::{Handover, KeyRing, Purpose};

const VERSION: u8 = 1;
const LENGTH: usize = 1 + 4 + 16 + 8 + 8;
/// A cookie is set anew when at least this much of its time has gone.
const EXTENDED_AFTER: SignedDuration = SignedDuration::from_mins(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Visit {
    pub(crate) epoch: u32,
    /// See [`Handover::visitor`].
    pub(crate) visitor: [u8; 16],
    /// Moves with activity.
    pub(crate) expires_at: Timestamp,
    /// Never moves.
    pub(crate) ends_at: Timestamp,
}

impl Visit {
    pub(crate) fn begin(handover: &Handover, now: Timestamp, idle: SignedDuration) -> Self {
        let Handover { epoch, visitor, ends_at, .. } = *handover;
        Self { epoch, visitor, expires_at: (now + idle).min(ends_at), ends_at }
    }

    pub(crate) fn is_live(&self, epoch: u32, now: Timestamp) -> bool {
        self.epoch == epoch && now < self.expires_at
    }

    /// None while it is not worth a new cookie.
    pub(crate) fn extended(&self, now: Timestamp, idle: SignedDuration) -> Option<Self> {
        let expires_at = (now + idle).min(self.ends_at);
        let gained = expires_at.duration_since(self.expires_at);
        (gained >= EXTENDED_AFTER).then_some(Self { expires_at, ..*self })
    }

    pub(crate) fn seal(&self, keys: &KeyRing) -> String {
        let mut bytes = [0; LENGTH];
        bytes[0] = VERSION;
        bytes[1..5].copy_from_slice(&self.epoch.to_be_bytes());
        bytes[5..21].copy_from_slice(&self.visitor);
        bytes[21..29].copy_from_slice(&self.expires_at.as_millisecond().to_be_bytes());
        bytes[29..37].copy_from_slice(&self.ends_at.as_millisecond().to_be_bytes());
        keys.seal(Purpose::Visit, &bytes)
    }

    pub(crate) fn open(keys: &KeyRing, token: &str) -> Option<Self> {
        fn part<const N: usize>(bytes: &[u8; LENGTH], from: usize) -> [u8; N] {
            std::array::from_fn(|position| bytes[from + position])
        }
        let bytes: [u8; LENGTH] = keys.open(Purpose::Visit, token)?.try_into().ok()?;
        (bytes[0] == VERSION).then_some(())?;
        Some(Self {
            epoch: u32::from_be_bytes(part(&bytes, 1)),
            visitor: part(&bytes, 5),
            expires_at: Timestamp::from_millisecond(i64::from_be_bytes(part(&bytes, 21))).ok()?,
            ends_at: Timestamp::from_millisecond(i64::from_be_bytes(part(&bytes, 29))).ok()?,
        })
    }

    pub(crate) fn visitor_in_hex(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.visitor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use waiting_room::KeyId;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_626_000_000 + minute * 60).unwrap()
    }

    fn visit() -> Visit {
        let handover =
            Handover { epoch: 2, visitor: [5; 16], browser: [0; 32], good_until: at(2), ends_at: at(60) };
        Visit::begin(&handover, at(0), SignedDuration::from_mins(15))
    }

    #[test]
    fn it_reads_back_and_only_with_the_secret_of_the_site() {
        let keys = KeyRing::new(KeyId(1), &[3; 32]);
        let token = visit().seal(&keys);
        assert_eq!(Visit::open(&keys, &token), Some(visit()));
        assert_eq!(Visit::open(&KeyRing::new(KeyId(1), &[4; 32]), &token), None);
    }

    #[test]
    fn activity_extends_it_to_its_end_and_a_new_epoch_ends_it() {
        let idle = SignedDuration::from_mins(15);
        assert!(visit().is_live(2, at(14)) && !visit().is_live(2, at(15)) && !visit().is_live(3, at(0)));
        assert_eq!(visit().extended(at(0), idle), None);
        assert_eq!(visit().extended(at(10), idle).unwrap().expires_at, at(25));
        assert_eq!(visit().extended(at(58), idle).unwrap().expires_at, at(60));
        let last = visit().extended(at(58), idle).unwrap();
        assert_eq!(last.extended(at(59), idle), None);
    }
}
