//! The demo's provider: a code to the demo outbox, and everybody's word for the rest.

use super::pacing::Pacing;
use super::{Asked, Asker, Challenge, IdentityProvider, Next, UnderWay, VerifiedIdentity};
use crate::claim::Claim;
use crate::keys::Keys;
use crate::messages::{MessageChannel, OutgoingMessage};
use crate::published::hex;
use crate::remembered::Remembered;
use crate::wording;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use booking::{PersonAlias, Refusal};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard};
use subtle::ConstantTimeEq as _;

/// How long a code is good.
const CODE_LIFE: SignedDuration = SignedDuration::from_mins(5);
/// Wrong tries per code.
const TRIES_MAX: u32 = 5;
const SEALED_AS: &str = "identity/challenge";
/// Registered in somebody else's name, to show what happens then.
const NOT_OWN: &str = "01000000404";

/// Asks name, number and phone, and sends a six-digit code. It takes anybody's word for the rest: demo only.
pub struct DemoProvider {
    keys: Arc<Keys>,
    channel: Arc<dyn MessageChannel>,
    budgets: Mutex<Budgets>,
}

#[derive(Default)]
struct Budgets {
    pacing: Pacing,
    /// Wrong tries by challenge.
    wrong: Remembered<[u8; 16], u32>,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    id: [u8; 16],
    by: Asker,
    claim: Claim,
    code: String,
    expires_at_ms: i64,
    next: Option<Next>,
}

impl DemoProvider {
    pub fn new(keys: Arc<Keys>, channel: Arc<dyn MessageChannel>) -> Self {
        Self { keys, channel, budgets: Mutex::default() }
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
        let request = format!("{}|{}|{}|{}", hex(&asked), claim.name, claim.number, claim.phone);
        let PersonAlias(mac) = self.keys.alias("one-time code", &request);
        let drawn = u64::from_be_bytes(std::array::from_fn(|position| mac[position]));
        format!("{:06}", drawn % 1_000_000)
    }

    fn phone_key(&self, phone: &str) -> [u8; 16] {
        let PersonAlias(mac) = self.keys.alias("codes to a phone", phone);
        std::array::from_fn(|position| mac[position])
    }

    fn budgets(&self) -> MutexGuard<'_, Budgets> {
        self.budgets.lock().expect("nothing panics while counting tries")
    }
}

impl IdentityProvider for DemoProvider {
    fn begin(&self, claim: Claim, asked: Asked, now: Timestamp) -> Result<Challenge, Refusal> {
        if claim.phone == NOT_OWN {
            return Err(Refusal::PhoneNotOwn);
        }
        let phone = self.phone_key(&claim.phone);
        self.budgets().pacing.send(phone, asked.by, now)?;
        let expires_at = now + CODE_LIFE;
        let code = self.six_digits(&claim, asked.id);
        self.channel.send(OutgoingMessage {
            phone: claim.phone.clone(),
            text: wording::code_message(&code),
            code: Some(code.clone()),
            sent_at: now,
        });
        let Asked { id, by, next } = asked;
        let sealed = Sealed { id, by, claim, code, expires_at_ms: expires_at.as_millisecond(), next };
        let plain = serde_json::to_vec(&sealed).expect("plain data becomes JSON");
        let token = URL_SAFE_NO_PAD.encode(self.keys.cipher.seal(SEALED_AS, &plain));
        Ok(Challenge { token, expires_at })
    }

    fn under_way(&self, token: &str, now: Timestamp) -> Result<UnderWay, Refusal> {
        let Sealed { claim, expires_at_ms, next, .. } = self.open(token, now)?;
        let expires_at = Timestamp::from_millisecond(expires_at_ms).map_err(|_| Refusal::ChallengeUnknown)?;
        Ok(UnderWay { claim, expires_at, next })
    }

    /// No pause stands before it: whoever has the code can always finish.
    fn finish(&self, token: &str, code: &str, now: Timestamp) -> Result<VerifiedIdentity, Refusal> {
        let sealed = self.open(token, now)?;
        let mut budgets = self.budgets();
        let wrong_before = budgets.wrong.get(&sealed.id).copied().unwrap_or(0);
        if wrong_before >= TRIES_MAX {
            return Err(Refusal::TooManyTries { again_at: now });
        }
        let right: bool = sealed.code.as_bytes().ct_eq(code.as_bytes()).into();
        if !right {
            budgets.wrong.put(sealed.id, wrong_before + 1);
            budgets.pacing.note_wrong_code(sealed.by, now);
            return Err(Refusal::CodeWrong { tries_left: TRIES_MAX - wrong_before - 1 });
        }
        budgets.pacing.note_right_code(sealed.by, now);
        let Sealed { claim, next, .. } = sealed;
        let PersonAlias(number) = self.keys.number_alias(&claim.number);
        Ok(VerifiedIdentity { provider: "demo", subject: hex(&number), claim, next })
    }

    fn takes_anybodys_word(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::NumberKind;
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
        let first = provider.begin(claim(), asked(7), now()).unwrap();
        drop(provider.begin(claim(), asked(7), now()).unwrap());
        drop(provider.begin(claim(), asked(8), now()).unwrap());
        let codes: Vec<_> = outbox.newest(3).into_iter().map(|message| message.code.unwrap()).collect();
        assert_eq!(codes[1], codes[2]);
        assert_ne!(codes[0], codes[1]);
        assert!(provider.finish(&first.token, &codes[1], now()).is_ok());
    }

    fn asked(id: u8) -> Asked {
        Asked { id: [id; 16], by: Asker::Browser([1; 16]), next: Some(Next::My) }
    }

    fn claim() -> Claim {
        Claim {
            name: "시험 사람".to_owned(),
            number: "6402291000000".to_owned(),
            number_kind: NumberKind::Resident,
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
        let challenge = provider.begin(claim(), asked(7), now()).unwrap();
        let code = outbox.of_phone("01000000001")[0].code.clone().unwrap();
        let verified = provider.finish(&challenge.token, &code, now()).unwrap();
        assert_eq!(verified.claim, claim());
        assert_eq!(verified.next, Some(Next::My));
        assert!(!challenge.token.contains(&code));
    }

    #[test]
    fn wrong_codes_run_out_even_for_the_right_one() {
        let (provider, outbox) = provider();
        let challenge = provider.begin(claim(), asked(7), now()).unwrap();
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
        let challenge = provider.begin(claim(), asked(7), now()).unwrap();
        assert_eq!(provider.finish(&challenge.token, "1", now() + CODE_LIFE), Err(Refusal::ChallengeUnknown));
        assert_eq!(provider.finish("AAAA", "1", now()), Err(Refusal::ChallengeUnknown));
    }

    #[test]
    fn a_phone_in_somebody_elses_name_gets_no_code() {
        let (provider, outbox) = provider();
        let claim = Claim { phone: "01000000404".to_owned(), ..claim() };
        let refused = provider.begin(claim, asked(7), now()).map(|challenge| challenge.expires_at);
        assert_eq!(refused, Err(Refusal::PhoneNotOwn));
        assert!(outbox.newest(1).is_empty());
    }

    #[test]
    fn a_number_is_one_person_under_any_phone_and_any_spelling() {
        let (provider, outbox) = provider();
        let subject = |claim: Claim| {
            let phone = claim.phone.clone();
            let token = provider.begin(claim, asked(7), now()).unwrap().token;
            let code = outbox.of_phone(&phone)[0].code.clone().unwrap();
            provider.finish(&token, &code, now()).unwrap().subject
        };
        let one = subject(claim());
        assert_eq!(
            subject(Claim { phone: "01000000002".to_owned(), name: "Kim".to_owned(), ..claim() }),
            one
        );
        assert_ne!(subject(Claim { number: "6402291000001".to_owned(), ..claim() }), one);
        assert!(!one.contains("640229"));
    }
}
