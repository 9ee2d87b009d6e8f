//! 본인확인: who somebody is, behind a trait. The demo's provider sends a one-time code to the demo outbox.

mod demo;
mod next;
pub(crate) mod pacing;

pub use demo::DemoProvider;
pub use next::Next;

use crate::claim::Claim;
use booking::Refusal;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A request for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Names the request: sent twice, it is one challenge with one code.
    pub id: [u8; 16],
    /// Who asks, as far as anybody knows before the code: hashes, compared and never opened.
    pub by: Asker,
    pub next: Option<Next>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Asker {
    /// By its cookie.
    Browser([u8; 16]),
    /// A program has no cookie; it is told apart by what it claims.
    Program([u8; 16]),
}

/// A check under way: the browser keeps the token, which reveals nothing.
#[derive(Debug, Clone)]
pub struct Challenge {
    pub token: String,
    pub expires_at: Timestamp,
}

/// What is known of a check under way, for the page that asks for the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnderWay {
    pub claim: Claim,
    pub expires_at: Timestamp,
    pub next: Option<Next>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedIdentity {
    pub provider: &'static str,
    /// How the provider names this person, for ever (a CI).
    pub subject: String,
    pub claim: Claim,
    pub next: Option<Next>,
}

pub trait IdentityProvider: Send + Sync {
    /// # Errors
    /// [`Refusal::PhoneNotOwn`], and [`Refusal::TooManyTries`] after too many codes. What is refused never depends on
    /// whether the person is known.
    fn begin(&self, claim: Claim, asked: Asked, now: Timestamp) -> Result<Challenge, Refusal>;

    /// # Errors
    /// [`Refusal::ChallengeUnknown`].
    fn under_way(&self, token: &str, now: Timestamp) -> Result<UnderWay, Refusal>;

    /// # Errors
    /// [`Refusal::ChallengeUnknown`], [`Refusal::CodeWrong`], and [`Refusal::TooManyTries`] once they have run out.
    fn finish(&self, token: &str, code: &str, now: Timestamp) -> Result<VerifiedIdentity, Refusal>;

    /// Whether it believes what is typed; then the page says so.
    fn takes_anybodys_word(&self) -> bool;
}
