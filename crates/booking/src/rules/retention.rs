//! When a person's data may be removed, and when it must.

use super::Decision;
use crate::{Refusal, RemovalReason};
use jiff::{SignedDuration, Timestamp};

/// What the ledger knows of somebody who is to be removed.
#[derive(Debug, Clone, Copy)]
pub struct RemovalFacts {
    pub now: Timestamp,
    pub reason: RemovalReason,
    /// None: nobody of that number, or they were removed before.
    pub person: Option<NeededUntil>,
    /// How long data is kept after it was needed last.
    pub kept: SignedDuration,
}

/// Until when somebody's data is needed for what it was given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeededUntil {
    /// The end of the last campaign, or of the last visit if that is later.
    pub at: Timestamp,
    /// They hold places, or have a visit to come.
    pub is_expected: bool,
}

/// A period that is not over, or a visit to come, stands before; where the key is gone there is nothing left to keep.
pub fn remove(facts: &RemovalFacts) -> Decision<()> {
    let needed = facts.person.ok_or(Refusal::PersonUnknown)?;
    if facts.reason == RemovalReason::KeyGone {
        return Ok(());
    }
    if needed.is_expected {
        return Err(Refusal::StillExpected);
    }
    let kept_until = needed.at + facts.kept;
    if facts.reason == RemovalReason::PeriodOver && facts.now < kept_until {
        return Err(Refusal::PeriodNotOver { kept_until });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use RemovalReason::{Asked, KeyGone, PeriodOver};

    #[test]
    fn nobody_is_removed_too_early_and_nobody_who_is_expected() {
        let at = Timestamp::from_second(1_900_000_000).unwrap();
        let kept = SignedDuration::from_hours(24 * 30);
        let over = Some(NeededUntil { at, is_expected: false });
        let expected = Some(NeededUntil { at, is_expected: true });
        let (early, late) = (at + kept - SignedDuration::from_nanos(1), at + kept);
        let too_early = Err(Refusal::PeriodNotOver { kept_until: late });
        let table = [
            (PeriodOver, late, over, Ok(())),
            (PeriodOver, early, over, too_early),
            (PeriodOver, late, expected, Err(Refusal::StillExpected)),
            (PeriodOver, late, None, Err(Refusal::PersonUnknown)),
            (Asked, early, over, Ok(())),
            (Asked, late, expected, Err(Refusal::StillExpected)),
            (Asked, late, None, Err(Refusal::PersonUnknown)),
            (KeyGone, early, expected, Ok(())),
            (KeyGone, late, None, Err(Refusal::PersonUnknown)),
        ];
        for (reason, now, person, decision) in table {
            assert_eq!(
                remove(&RemovalFacts { now, reason, person, kept }),
                decision,
                "{reason:?} {person:?}"
            );
        }
    }
}
