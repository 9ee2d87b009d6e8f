//! What is written when people leave.

use booking::{
    Change, MessageId, Outcome, PersonAlias, PersonId, PersonKey, Removal, RemovalReason, RequestKey,
};
use jiff::Timestamp;

/// As in the other fixture: a line is added, never changed.
pub(super) const FIXTURE: &str = include_str!("../record/fixture-retention.txt");

pub(super) fn samples(at: Timestamp) -> Vec<Change> {
    let (person, keys) = (PersonId(7), vec![PersonKey(9), PersonKey(u32::MAX)]);
    let removal = |reason| Removal {
        reason,
        keys: keys.clone(),
        draft: true,
        messages: vec![MessageId(3)],
        delegations: 2,
        at,
    };
    let reasons = [RemovalReason::PeriodOver, RemovalReason::Asked, RemovalReason::KeyGone];
    let mut samples: Vec<Change> =
        reasons.map(|reason| Change::PersonRemoved { person, removal: removal(reason) }).into();
    samples.push(Change::KeysDestroyed { keys: keys.clone(), at });
    let (old, new) = (vec![PersonAlias([0x11; 32])], vec![PersonAlias([0x12; 32]), PersonAlias([0x13; 32])]);
    samples.push(Change::AliasesRenewed { person, old, new });
    let outcomes =
        [Outcome::Removed { people: 3 }, Outcome::KeysDestroyed { keys: 2 }, Outcome::AliasesRenewed];
    let (key, body) = (RequestKey([0x33; 32]), [0x44; 32]);
    samples.extend(outcomes.map(|outcome| Change::Answered { key, body, outcome, at }));
    samples
}
