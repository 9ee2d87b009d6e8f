//! A code to the recipient's phone on record, where the campaign wants one before somebody may book for another.
//!
//! Nothing tells whether a name and a number belong to anybody: answer, token and pace follow from what the helper
//! typed alone. The roster is asked when a code is to be sent, and once more when the code was right, never in between.
//! A pair that is nobody's has a code too; it is sent to nobody, and is wrong however it is typed. The same is true of
//! somebody without a phone on record: what the helper types is never used instead.
//!
//! Counts are kept in memory, as those of the identity check: a new process begins with a clean slate, and a code that
//! was sent by the old one is still good.

use crate::actions::{person_card, roster_person};
use crate::claim::Claim;
use crate::context::Context;
use crate::error::Problem;
use crate::fields::{RELATIONS, relation_code};
use crate::identity::Asker;
use crate::identity::pacing::Pacing;
use crate::keys::Keys;
use crate::messages::{OutgoingMessage, masked_name};
use crate::people::{self, Named};
use crate::published::hex;
use crate::remembered::Remembered;
use crate::wording;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use booking::{ConsentVersion, DelegationRecord, PersonAlias, PersonId, Refusal, Relation, rules};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::sync::{Mutex, MutexGuard};
use subtle::ConstantTimeEq as _;

/// Wrong tries for each code.
const TRIES_MAX: u32 = 5;
const SEALED_AS: &str = "recipient/code";

/// What each helper and each pair may still ask for, in bounded memory.
#[derive(Default)]
pub struct RecipientCodes(Mutex<Budgets>);

#[derive(Default)]
struct Budgets {
    /// By pair, where the identity check counts by phone: a pair that is nobody's is paced like any other.
    pacing: Pacing,
    /// Wrong tries by code.
    wrong: Remembered<[u8; 16], u32>,
    /// Until when a request for a message counts as the same one.
    asked: Remembered<[u8; 16], Timestamp>,
}

/// What the helper carries until the code is typed. Nothing in it depends on whether there is such a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Sealed {
    /// Names the code. A message that is sent again brings the same one, so that whichever arrives is good.
    id: String,
    booker: u64,
    claim: Claim,
    relation: String,
    consent: u16,
    /// Messages that were asked for until now.
    messages: u32,
    expires_at_ms: i64,
}

/// A code that was asked for.
#[derive(Debug, Clone)]
pub struct CodeAsked {
    /// Reveals nothing.
    pub token: String,
    pub expires_at: Timestamp,
}

/// What the page that asks for the code says.
#[derive(Debug, Clone)]
pub struct UnderWay {
    /// As the helper typed it.
    pub name: String,
    pub expires_at: Timestamp,
}

/// Takes down whom the helper means, and sends the code if there is such a person with a phone on record.
pub async fn ask(ctx: &Context, named: Named) -> Result<CodeAsked, Problem> {
    let booker = ctx.booker()?.person;
    people::not_oneself(ctx, &named.claim).await?;
    may_name(ctx, &named.claim).await?;
    let Named { claim, relation, consent } = named;
    // No phone that a helper types is kept: it would be one more thing to mistake for the one on record.
    let claim = Claim { phone: String::new(), ..claim };
    let sealed = Sealed {
        id: request_id(ctx, &format!("{}|{claim:?}|{relation:?}", booker.0)),
        booker: booker.0,
        claim,
        relation: relation_code(relation).to_owned(),
        consent: consent.0,
        messages: 0,
        expires_at_ms: 0,
    };
    let request = sealed.id.clone();
    send(ctx, sealed, &request).await
}

/// Sends the same code once more, which makes it good for longer; a new one when the tries have run out.
pub async fn ask_again(ctx: &Context, token: &str) -> Result<CodeAsked, Problem> {
    let mut sealed = open(ctx, token)?;
    may_name(ctx, &sealed.claim).await?;
    let request = request_id(ctx, &sealed.id);
    if wrong_tries(ctx, &sealed.id) >= TRIES_MAX {
        sealed.id.clone_from(&request);
    }
    send(ctx, sealed, &request).await
}

/// # Errors
/// [`Refusal::RecipientCodeUnknown`].
pub fn under_way(ctx: &Context, token: &str) -> Result<UnderWay, Refusal> {
    let sealed = open(ctx, token)?;
    let expires_at =
        Timestamp::from_millisecond(sealed.expires_at_ms).map_err(|_| Refusal::RecipientCodeUnknown)?;
    Ok(UnderWay { name: sealed.claim.name, expires_at })
}

/// Ends it: whoever read the code out may be booked for. The ledger decides; sent twice it answers the same.
pub async fn prove(ctx: &Context, token: &str, code: &str) -> Result<PersonId, Problem> {
    let sealed = open(ctx, token)?;
    let booker = PersonId(sealed.booker);
    let tries_left = ctx.app.recipient_codes.budgets().take_try(&sealed.id, ctx.now)?;
    let pair = ctx.app.keys.pair_alias(&sealed.claim.number, &sealed.claim.name);
    let is_right: bool = six_digits(&ctx.app.keys, &sealed.id, pair).as_bytes().ct_eq(code.as_bytes()).into();
    let listed = if is_right { roster_person(&ctx.app, &sealed.claim).await? } else { None };
    let Some((listed, phone)) =
        listed.and_then(|mut listed| listed.phone.take().map(|phone| (listed, phone)))
    else {
        ctx.app.recipient_codes.budgets().pacing.note_wrong_code(asker(booker), ctx.now);
        return Err(Refusal::RecipientCodeWrong { tries_left }.into());
    };
    ctx.app.recipient_codes.budgets().was_right(&sealed.id, asker(booker), ctx.now);
    for _ in 0..sealed.messages {
        ctx.app.pair_tries.was_right(booker, ctx.now);
    }
    let life = ctx.app.campaign().limits.recipient_code_life;
    let expires_at =
        Timestamp::from_millisecond(sealed.expires_at_ms).map_err(|_| Refusal::RecipientCodeUnknown)?;
    let relation = sealed.relation().ok_or(Refusal::RecipientCodeUnknown)?;
    let claim = Claim { name: listed.name, born_on: listed.born_on, phone, ..sealed.claim };
    let named = Named { claim, relation, consent: ConsentVersion(sealed.consent) };
    people::delegate(ctx, named, true, Some(expires_at - life)).await
}

/// What can be said before the code, because it is about the helper and those who know them only.
async fn may_name(ctx: &Context, claim: &Claim) -> Result<(), Problem> {
    let (booker, campaign) = (ctx.booker()?.person, ctx.app.campaign());
    let mut given = ctx.app.store.delegations_of(booker).await?;
    given.retain(|one| (one.booker, one.campaign) == (booker, campaign.id));
    let pair = ctx.app.keys.pair_alias(&claim.number, &claim.name);
    for one in given.iter().filter(|one| one.is_revoked()) {
        let card = person_card(ctx, one.recipient).await?;
        if let Some((_, revoked_at)) = one.ended
            && ctx.app.keys.pair_alias(&card.number, &card.name) == pair
        {
            return Err(Refusal::DelegationRevoked { revoked_at }.into());
        }
    }
    let live = given.iter().filter(|one| DelegationRecord::is_live(one)).count();
    Ok(rules::may_name(campaign, live, given.len())?)
}

/// The message, once for each request; and what the helper carries.
async fn send(ctx: &Context, mut sealed: Sealed, request: &str) -> Result<CodeAsked, Problem> {
    let codes = &ctx.app.recipient_codes;
    let request = short_of(request);
    let asked_before = codes.budgets().asked.get(&request).copied().filter(|until| ctx.now < *until);
    let expires_at = if let Some(until) = asked_before {
        until
    } else {
        let pair = ctx.app.keys.pair_alias(&sealed.claim.number, &sealed.claim.name);
        let until = ctx.now + ctx.app.campaign().limits.recipient_code_life;
        count(ctx, PersonId(sealed.booker), pair)?;
        codes.budgets().asked.put(request, until);
        if let Err(problem) = hand_over(ctx, &sealed, pair).await {
            codes.budgets().asked.put(request, Timestamp::MIN);
            return Err(problem);
        }
        until
    };
    sealed.messages = sealed.messages.saturating_add(1);
    sealed.expires_at_ms = expires_at.as_millisecond();
    let plain = serde_json::to_vec(&sealed).expect("plain data becomes JSON");
    Ok(CodeAsked { token: URL_SAFE_NO_PAD.encode(ctx.app.keys.cipher.seal(SEALED_AS, &plain)), expires_at })
}

/// Each message is a try of the helper, whoever it goes to, until a code was right; and the pair has its pace.
fn count(ctx: &Context, booker: PersonId, pair: PersonAlias) -> Result<(), Refusal> {
    let tries = &ctx.app.pair_tries;
    tries.begin(booker, ctx.now).map_err(|again_at| Refusal::TooManyPairs { again_at })?;
    let paced = ctx.app.recipient_codes.budgets().pacing.send(short(&pair.0), asker(booker), ctx.now);
    paced.inspect_err(|_| tries.was_right(booker, ctx.now))
}

async fn hand_over(ctx: &Context, sealed: &Sealed, pair: PersonAlias) -> Result<(), Problem> {
    let helper = masked_name(&person_card(ctx, PersonId(sealed.booker)).await?.name);
    let code = six_digits(&ctx.app.keys, &sealed.id, pair);
    let text = wording::recipient_code_message(&ctx.app, &helper, &code);
    let listed = roster_person(&ctx.app, &sealed.claim).await?;
    if listed.is_none() && ctx.app.pair_tries.was_wrong(ctx.now) {
        tracing::warn!("many names and numbers that do not belong together were tried");
    }
    if let Some(phone) = listed.and_then(|listed| listed.phone) {
        ctx.app.channel.send(OutgoingMessage { phone, text, code: Some(code), sent_at: ctx.now });
    }
    Ok(())
}

fn open(ctx: &Context, token: &str) -> Result<Sealed, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    let plain = bytes.and_then(|bytes| ctx.app.keys.cipher.open(SEALED_AS, &bytes));
    let sealed: Option<Sealed> = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
    let own = ctx.session.map(|session| session.person.0);
    let is_good =
        |sealed: &Sealed| own == Some(sealed.booker) && ctx.now.as_millisecond() < sealed.expires_at_ms;
    sealed.filter(is_good).ok_or(Refusal::RecipientCodeUnknown)
}

/// Derived, so that a request sent twice does not outdate its own code; unguessable without the key.
fn six_digits(keys: &Keys, id: &str, PersonAlias(pair): PersonAlias) -> String {
    let PersonAlias(mac) = keys.alias("recipient code", &format!("{id}|{}", hex(&pair)));
    let drawn = u64::from_be_bytes(std::array::from_fn(|position| mac[position]));
    format!("{:06}", drawn % 1_000_000)
}

/// Names a request by its key and content: a button pressed twice asks once.
fn request_id(ctx: &Context, content: &str) -> String {
    let key = ctx.sent_key().map_or_else(|| ctx.fresh_key(), str::to_owned);
    hex(&short_of(&format!("{key}|{content}")))
}

fn wrong_tries(ctx: &Context, id: &str) -> u32 {
    ctx.app.recipient_codes.budgets().wrong.get(&short_of(id)).copied().unwrap_or(0)
}

/// A helper waits on every browser.
fn asker(booker: PersonId) -> Asker {
    Asker::Browser(std::array::from_fn(|position| u128::from(booker.0).to_be_bytes()[position]))
}

fn short_of(text: &str) -> [u8; 16] {
    short(&Sha256::digest(text).into())
}

fn short(hash: &[u8; 32]) -> [u8; 16] {
    std::array::from_fn(|position| hash[position])
}

impl RecipientCodes {
    fn budgets(&self) -> MutexGuard<'_, Budgets> {
        self.0.lock().expect("nothing panics while counting tries")
    }
}

impl Budgets {
    /// Counts a try as a wrong one before it is judged, so that many at once are no way around it. How many are left.
    fn take_try(&mut self, id: &str, now: Timestamp) -> Result<u32, Refusal> {
        let wrong = self.wrong.get(&short_of(id)).copied().unwrap_or(0);
        let left = TRIES_MAX.checked_sub(wrong + 1).ok_or(Refusal::TooManyTries { again_at: now })?;
        self.wrong.put(short_of(id), wrong + 1);
        Ok(left)
    }

    fn was_right(&mut self, id: &str, by: Asker, now: Timestamp) {
        let wrong = self.wrong.get(&short_of(id)).copied().unwrap_or(0);
        self.wrong.put(short_of(id), wrong.saturating_sub(1));
        self.pacing.note_right_code(by, now);
    }
}

impl Sealed {
    fn relation(&self) -> Option<Relation> {
        RELATIONS.iter().find(|(code, _)| *code == self.relation).map(|(_, relation)| *relation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_counted_before_they_are_judged_and_a_right_one_is_given_back() {
        let (mut budgets, now) = (Budgets::default(), Timestamp::UNIX_EPOCH);
        let by = asker(PersonId(1));
        for _ in 0..10 {
            assert_eq!(budgets.take_try("a", now), Ok(4));
            budgets.was_right("a", by, now);
        }
        let left: Vec<_> = (0..5).map(|_| budgets.take_try("a", now).unwrap()).collect();
        assert_eq!(left, [4, 3, 2, 1, 0]);
        assert_eq!(budgets.take_try("a", now), Err(Refusal::TooManyTries { again_at: now }));
        assert_eq!(budgets.take_try("b", now), Ok(4), "each code has its own");
    }
}
