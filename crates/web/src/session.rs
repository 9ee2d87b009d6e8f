//! A verified session, and the token that ties a form to a browser.

use booking::{PersonId, SessionId};
use jiff::{SignedDuration, Timestamp};
use waiting_room::{KeyRing, Purpose};

/// A wait may take hours, and identity is checked before it.
const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(12);
/// For so long a proved identity is enough to cancel, to change and to revoke.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(30);
const SESSION_LENGTH: usize = 32;
/// A form left open over a long wait must still work.
const FORM_LIFE: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub person: PersonId,
    pub expires_at: Timestamp,
}

impl Session {
    /// When the identity was proved.
    pub fn begun_at(&self) -> Timestamp {
        self.expires_at - SESSION_LIFE
    }

    /// Whether it was proved so short a while ago that what cannot be undone may be done.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now < self.begun_at() + FRESH_FOR
    }

    pub fn begin(id: [u8; 16], person: PersonId, now: Timestamp) -> Self {
        Self { id: SessionId(id), person, expires_at: now + SESSION_LIFE }
    }

    pub fn seal(&self, keys: &KeyRing) -> String {
        let mut body = [0; SESSION_LENGTH];
        body[..16].copy_from_slice(&self.id.0);
        body[16..24].copy_from_slice(&self.person.0.to_be_bytes());
        body[24..].copy_from_slice(&self.expires_at.as_millisecond().to_be_bytes());
        keys.seal(Purpose::Session, &body)
    }

    /// None when forged or over. Whether it was ended is asked of the ledger.
    pub fn open(keys: &KeyRing, token: &str, now: Timestamp) -> Option<Self> {
        let body: [u8; SESSION_LENGTH] = keys.open(Purpose::Session, token)?.try_into().ok()?;
        let part = |from: usize| std::array::from_fn(|position| body[from + position]);
        let session = Self {
            id: SessionId(std::array::from_fn(|position| body[position])),
            person: PersonId(u64::from_be_bytes(part(16))),
            expires_at: Timestamp::from_millisecond(i64::from_be_bytes(part(24))).ok()?,
        };
        (now < session.expires_at).then_some(session)
    }
}

/// The hidden field of a form: good only with the browser cookie it was made for.
pub fn form_token(keys: &KeyRing, browser: &str, now: Timestamp) -> String {
    let expires_at = (now + FORM_LIFE).as_millisecond();
    keys.seal(Purpose::Form, &[&expires_at.to_be_bytes(), browser.as_bytes()].concat())
}

pub fn form_token_is_good(keys: &KeyRing, token: &str, browser: &str, now: Timestamp) -> bool {
    let Some(body) = keys.open(Purpose::Form, token) else { return false };
    let Some((expires_at, bound_to)) = body.split_first_chunk::<8>() else { return false };
    bound_to == browser.as_bytes() && now.as_millisecond() < i64::from_be_bytes(*expires_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use waiting_room::KeyId;

    fn now() -> Timestamp {
        Timestamp::from_second(1_626_000_000).unwrap()
    }

    #[test]
    fn a_session_ends_by_itself() {
        let keys = KeyRing::new(KeyId(1), &[1; 32]);
        let session = Session::begin([4; 16], PersonId(9), now());
        let token = session.seal(&keys);
        assert_eq!(Session::open(&keys, &token, now()), Some(session));
        assert_eq!(Session::open(&keys, &token, now() + SESSION_LIFE), None);
        assert!(session.is_fresh(now()) && !session.is_fresh(now() + FRESH_FOR));
    }

    #[test]
    fn a_form_token_of_another_browser_is_no_good() {
        let keys = KeyRing::new(KeyId(1), &[1; 32]);
        let token = form_token(&keys, "browser-a", now());
        assert!(form_token_is_good(&keys, &token, "browser-a", now()));
        assert!(!form_token_is_good(&keys, &token, "browser-b", now()));
        assert!(!form_token_is_good(&keys, &token, "browser-a", now() + FORM_LIFE));
    }
}
