//! 본인확인: who somebody is, behind a trait. The demo's provider sends a one-time code to the demo outbox.

use crate::keys::Keys;
use crate::messages::{MessageChannel, OutgoingMessage};
use crate::published::hex;
use crate::wording;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use booking::{PersonAlias, Refusal};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use subtle::ConstantTimeEq as _;

/// How long a code is good.
const CODE_LIFE: SignedDuration = SignedDuration::from_mins(5);
/// Wrong tries per code.
const TRIES_MAX: u32 = 5;
/// Codes whose wrong tries are remembered; the oldest are forgotten first.
const WATCHED_MAX: usize = 100_000;
const SEALED_AS: &str = "identity/challenge";

/// What a person says of themselves. Parsed, never judged: eligibility is the ledger's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub name: String,
    pub born_on: Date,
    /// Digits only.
    pub phone: String,
}

/// A check under way: the browser keeps the token, which reveals nothing.
#[derive(Debug, Clone)]
pub struct Challenge {
    pub token: String,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedIdentity {
    pub provider: &'static str,
    /// How the provider names this person, for ever (a CI).
    pub subject: String,
    pub claim: Claim,
}

pub trait IdentityProvider: Send + Sync {
    /// `asked` names the request: sent twice, it is one challenge with one code.
    fn begin(&self, claim: Claim, asked: [u8; 16], now: Timestamp) -> Challenge;
    /// What was claimed, for the page that asks for the code again.
    fn claim(&self, token: &str, now: Timestamp) -> Result<(Claim, Timestamp), Refusal>;
    fn finish(&self, token: &str, code: &str, now: Timestamp) -> Result<VerifiedIdentity, Refusal>;
}

/// Asks name, birth date and phone, and sends a six-digit code. It takes anybody's word for the rest: demo only.
pub struct DemoProvider {
    keys: Arc<Keys>,
    channel: Arc<dyn MessageChannel>,
    tries: Mutex<Tries>,
}

#[derive(Default)]
struct Tries {
    wrong: HashMap<[u8; 16], u32>,
    order: VecDeque<[u8; 16]>,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    id: [u8; 16],
    claim: Claim,
    code: String,
    expires_at_ms: i64,
}

impl DemoProvider {
    pub fn new(keys: Arc<Keys>, channel: Arc<dyn MessageChannel>) -> Self {
        Self { keys, channel, tries: Mutex::default() }
    }

    fn open(&self, token: &str, now: Timestamp) -> Result<Sealed, Refusal> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok();
        let plain = bytes.and_then(|bytes| self.keys.cipher.open(SEALED_AS, &bytes));
        let sealed: Option<Sealed> = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        sealed.filter(|sealed| now.as_millisecond() < sealed.expires_at_ms).ok_or(Refusal::ChallengeUnknown)
    }

    /// Derived from the request, so that one that is sent twice does not outdate its own code; unguessable without the
    /// key, for whoever chose the request's name too.
    fn six_digits(&self, claim: &Claim, asked: [u8; 16]) -> String {
        let request = format!("{}|{}|{}|{}", hex(&asked), claim.name, claim.born_on, claim.phone);
        let PersonAlias(mac) = self.keys.alias("one-time code", &request);
        let drawn = u64::from_be_bytes(std::array::from_fn(|position| mac[position]));
        format!("{:06}", drawn % 1_000_000)
    }
}

impl IdentityProvider for DemoProvider {
    fn begin(&self, claim: Claim, asked: [u8; 16], now: Timestamp) -> Challenge {
        let expires_at = now + CODE_LIFE;
        let code = self.six_digits(&claim, asked);
        self.channel.send(OutgoingMessage {
            phone: claim.phone.clone(),
            text: wording::code_message(&code),
            code: Some(code.clone()),
            sent_at: now,
        });
        let sealed = Sealed { id: asked, claim, code, expires_at_ms: expires_at.as_millisecond() };
        let plain = serde_json::to_vec(&sealed).expect("plain data becomes JSON");
        Challenge { token: URL_SAFE_NO_PAD.encode(self.keys.cipher.seal(SEALED_AS, &plain)), expires_at }
    }

    fn claim(&self, token: &str, now: Timestamp) -> Result<(Claim, Timestamp), Refusal> {
        let sealed = self.open(token, now)?;
        let expires_at =
            Timestamp::from_millisecond(sealed.expires_at_ms).map_err(|_| Refusal::ChallengeUnknown)?;
        Ok((sealed.claim, expires_at))
    }

    fn finish(&self, token: &str, code: &str, now: Timestamp) -> Result<VerifiedIdentity, Refusal> {
        let sealed = self.open(token, now)?;
        let mut tries = self.tries.lock().expect("nothing panics while counting tries");
        let wrong_before = tries.wrong.get(&sealed.id).copied().unwrap_or(0);
        if wrong_before >= TRIES_MAX {
            let again_at = Timestamp::from_millisecond(sealed.expires_at_ms).unwrap_or(now);
            return Err(Refusal::TooManyTries { again_at });
        }
        let right: bool = sealed.code.as_bytes().ct_eq(code.as_bytes()).into();
        if !right {
            tries.note_wrong(sealed.id);
            return Err(Refusal::CodeWrong { tries_left: TRIES_MAX - wrong_before - 1 });
        }
        let subject = format!("{}|{}", sealed.claim.born_on, sealed.claim.phone);
        Ok(VerifiedIdentity { provider: "demo", subject, claim: sealed.claim })
    }
}

impl Tries {
    fn note_wrong(&mut self, id: [u8; 16]) {
        let wrong = self.wrong.entry(id).or_insert(0);
        *wrong += 1;
        if *wrong == 1 {
            self.order.push_back(id);
        }
        while self.order.len() > WATCHED_MAX {
            let forgotten = self.order.pop_front().expect("it is longer than its limit");
            self.wrong.remove(&forgotten);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeyMaterial;
    use crate::messages::DemoOutbox;
    use store::Randomness;

    struct Sevens;

    impl Randomness for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn provider() -> (DemoProvider, Arc<DemoOutbox>) {
        let material = KeyMaterial {
            tokens: (1, [1; 32]),
            tokens_before: None,
            aliases: [2; 32],
            fields: [3; 32],
            gate: [4; 32],
        };
        let outbox = Arc::new(DemoOutbox::default());
        let keys = Arc::new(Keys::new(&material, Arc::new(Sevens)));
        (DemoProvider::new(keys, Arc::clone(&outbox) as Arc<dyn MessageChannel>), outbox)
    }

    #[test]
    fn a_request_sent_twice_does_not_outdate_its_own_code() {
        let (provider, outbox) = provider();
        let first = provider.begin(claim(), [7; 16], now());
        provider.begin(claim(), [7; 16], now());
        provider.begin(claim(), [8; 16], now());
        let codes: Vec<_> = outbox.newest(3).into_iter().map(|message| message.code.unwrap()).collect();
        assert_eq!(codes[1], codes[2]);
        assert_ne!(codes[0], codes[1]);
        assert!(provider.finish(&first.token, &codes[1], now()).is_ok());
    }

    fn claim() -> Claim {
        Claim {
            name: "시험 사람".to_owned(),
            born_on: jiff::civil::date(1964, 2, 29),
            phone: "01000000001".to_owned(),
        }
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_626_000_000).unwrap()
    }

    #[test]
    fn the_code_from_the_outbox_proves_the_claim() {
        let (provider, outbox) = provider();
        let challenge = provider.begin(claim(), [7; 16], now());
        let code = outbox.of_phone("01000000001")[0].code.clone().unwrap();
        let verified = provider.finish(&challenge.token, &code, now()).unwrap();
        assert_eq!(verified.claim, claim());
        assert!(!challenge.token.contains(&code));
    }

    #[test]
    fn wrong_codes_run_out_even_for_the_right_one() {
        let (provider, outbox) = provider();
        let challenge = provider.begin(claim(), [7; 16], now());
        let code = outbox.newest(1)[0].code.clone().unwrap();
        for left in (0..TRIES_MAX).rev() {
            assert_eq!(
                provider.finish(&challenge.token, "x", now()),
                Err(Refusal::CodeWrong { tries_left: left })
            );
        }
        assert!(matches!(provider.finish(&challenge.token, &code, now()), Err(Refusal::TooManyTries { .. })));
    }

    #[test]
    fn an_old_or_altered_challenge_is_unknown() {
        let (provider, _) = provider();
        let challenge = provider.begin(claim(), [7; 16], now());
        assert_eq!(provider.finish(&challenge.token, "1", now() + CODE_LIFE), Err(Refusal::ChallengeUnknown));
        assert_eq!(provider.finish("AAAA", "1", now()), Err(Refusal::ChallengeUnknown));
    }
}
