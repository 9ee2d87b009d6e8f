//! Who may book for whom.

use super::{Decision, eligible, not_eligible};
use crate::{
    Campaign, Candidate, ConsentVersion, Correction, Delegation, DelegationRecord, Opening, PersonId,
    Refusal, Relation,
};
use jiff::{SignedDuration, Timestamp};

/// How many people a helper may have named in all, for each one they may have at once: naming and dropping must not
/// become a way to try out people.
const NAMED_FOR_EACH: usize = 3;

#[derive(Debug, Clone, Copy)]
pub struct DelegateFacts<'a> {
    pub campaign: &'a Campaign,
    pub opening: Opening,
    pub now: Timestamp,
    pub booker: PersonId,
    pub recipient: PersonId,
    pub candidate: Candidate,
    pub corrected: Option<Correction>,
    pub relation: Relation,
    pub consent: ConsentVersion,
    /// When the code was sent that the recipient read out; None without one.
    pub code_sent_at: Option<Timestamp>,
    /// What there is between the two.
    pub earlier: Option<DelegationRecord>,
    /// Live delegations of this helper, without the one in question.
    pub live: usize,
    /// All of them, ended ones included.
    pub named: usize,
}

/// A helper names somebody to book for. Naming the same person twice changes nothing; None then.
pub fn delegate(facts: &DelegateFacts<'_>) -> Decision<Option<Delegation>> {
    if let Opening::Closed { at } = facts.opening {
        return Err(Refusal::CampaignClosed { closed_at: at });
    }
    if facts.booker == facts.recipient {
        return Err(Refusal::RecipientIsBooker);
    }
    code_is_good(facts)?;
    let revoked = facts.earlier.filter(DelegationRecord::is_revoked).and_then(|earlier| earlier.ended);
    if let Some((_, revoked_at)) = revoked {
        return Err(Refusal::DelegationRevoked { revoked_at });
    }
    if facts.earlier.is_some_and(|earlier| earlier.is_live()) {
        return Ok(None);
    }
    may_name(facts.campaign, facts.live, facts.named)?;
    if !eligible(facts.corrected, None, || facts.campaign.group.contains(facts.candidate)) {
        return Err(not_eligible(facts.campaign));
    }
    Ok(Some(Delegation {
        relation: facts.relation,
        eligible: true,
        consent: facts.consent,
        given_at: facts.now,
    }))
}

/// Whether a helper who has so many recipients, and has named so many in all, may name another.
pub fn may_name(campaign: &Campaign, live: usize, named: usize) -> Decision<()> {
    let recipients_max = campaign.limits.recipients_max;
    if live >= recipients_max || named >= recipients_max * NAMED_FOR_EACH {
        return Err(Refusal::RecipientsFull { recipients_max });
    }
    Ok(())
}

/// Where the campaign wants a code: sent not too long ago, and after the delegation before it ended, so that one code
/// never begins it twice.
fn code_is_good(facts: &DelegateFacts<'_>) -> Decision<()> {
    let limits = facts.campaign.limits;
    let ended_at = facts.earlier.and_then(|earlier| earlier.ended).map(|(_, ended_at)| ended_at);
    let is_good = |sent_at: Timestamp| {
        let age = facts.now.duration_since(sent_at);
        (SignedDuration::ZERO..limits.recipient_code_life).contains(&age)
            && ended_at.is_none_or(|ended_at| ended_at <= sent_at)
    };
    let needed = limits.recipient_code && !facts.code_sent_at.is_some_and(is_good);
    if needed { Err(Refusal::RecipientCodeNeeded) } else { Ok(()) }
}

/// Either side may end it, at any time.
pub fn end_delegation(earlier: Option<DelegationRecord>, by: PersonId) -> Decision<()> {
    let concerns = |earlier: &DelegationRecord| [earlier.booker, earlier.recipient].contains(&by);
    let live = earlier.filter(DelegationRecord::is_live).filter(concerns);
    live.map(|_| ()).ok_or(Refusal::RecipientUnknown)
}

/// Only the recipient takes back a revocation; the helper may then book again, unless they have enough to do.
pub fn allow_helper(campaign: &Campaign, earlier: Option<DelegationRecord>, live: usize) -> Decision<()> {
    let recipients_max = campaign.limits.recipients_max;
    match earlier.filter(DelegationRecord::is_revoked) {
        None => Err(Refusal::RecipientUnknown),
        Some(_) if live >= recipients_max => Err(Refusal::RecipientsFull { recipients_max }),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
#[path = "delegation_tests.rs"]
mod tests;
