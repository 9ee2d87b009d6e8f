//! How often somebody may be wrong about who they are. By account name and address together, so that nobody at another
//! desk can keep a colleague out; in memory, bounded.

use crate::remembered::Remembered;
use booking::Refusal;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use std::net::IpAddr;
use std::sync::Mutex;

/// Wrong tries without a pause.
const FREE: u32 = 5;
const PAUSE_S: i64 = 5;
const PAUSE_S_MAX: i64 = 300;

#[derive(Default)]
pub(super) struct Pacing(Mutex<Remembered<[u8; 32], Count>>);

#[derive(Clone, Copy)]
struct Count {
    wrong: u32,
    again_at: Timestamp,
}

impl Pacing {
    pub(super) fn begin(&self, login: &str, address: Option<IpAddr>, now: Timestamp) -> Result<(), Refusal> {
        let counts = self.0.lock().expect("nothing panics here");
        match counts.get(&key(login, address)) {
            Some(count) if now < count.again_at => Err(Refusal::SignInTooSoon { again_at: count.again_at }),
            _ => Ok(()),
        }
    }

    pub(super) fn was_wrong(&self, login: &str, address: Option<IpAddr>, now: Timestamp) {
        let mut counts = self.0.lock().expect("nothing panics here");
        let key = key(login, address);
        let wrong = counts.get(&key).map_or(0, |count| count.wrong) + 1;
        let doublings = wrong.saturating_sub(FREE);
        let pause = if doublings == 0 { 0 } else { (PAUSE_S << (doublings - 1).min(10)).min(PAUSE_S_MAX) };
        counts.put(key, Count { wrong, again_at: now + SignedDuration::from_secs(pause) });
    }

    pub(super) fn was_right(&self, login: &str, address: Option<IpAddr>, now: Timestamp) {
        self.0
            .lock()
            .expect("nothing panics here")
            .put(key(login, address), Count { wrong: 0, again_at: now });
    }
}

fn key(login: &str, address: Option<IpAddr>) -> [u8; 32] {
    let address = address.map(|address| address.to_string()).unwrap_or_default();
    Sha256::new().chain_update(login).chain_update([0]).chain_update(address).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_wrong_again_and_again_waits_and_nobody_else() {
        let (pacing, now) = (Pacing::default(), Timestamp::UNIX_EPOCH);
        let (here, there) = ("10.0.0.1".parse().ok(), "10.0.0.2".parse().ok());
        for _ in 0..FREE {
            assert!(pacing.begin("kim", here, now).is_ok());
            pacing.was_wrong("kim", here, now);
        }
        assert!(pacing.begin("kim", here, now).is_ok());
        pacing.was_wrong("kim", here, now);
        assert!(pacing.begin("kim", here, now).is_err());
        assert!(pacing.begin("kim", there, now).is_ok() && pacing.begin("lee", here, now).is_ok());
        assert!(pacing.begin("kim", here, now + SignedDuration::from_secs(PAUSE_S)).is_ok());
        pacing.was_right("kim", here, now);
        assert!(pacing.begin("kim", here, now).is_ok());
    }
}
