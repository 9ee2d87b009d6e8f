//! Who is of the group: judged once, and put right by staff.

use super::Decision;
use crate::{Admission, Correction, PersonId, Refusal};

/// A correction that opens the door counts at once. One that closes it does not touch what was judged before, an
/// admission or a helper's leave: whoever waited for their turn keeps it (promise B8), unless the correction says that
/// it means them too.
pub fn eligible(
    corrected: Option<Correction>,
    judged: Option<bool>,
    by_group: impl FnOnce() -> bool,
) -> bool {
    match (corrected, judged) {
        (Some(correction), judged) => {
            correction.eligible || (judged == Some(true) && !correction.also_admitted)
        }
        (None, Some(judged)) => judged,
        (None, None) => by_group(),
    }
}

/// What cannot be taken back needs a reason on record.
pub fn with_reason(why: &[u8]) -> Decision<()> {
    if why.is_empty() { Err(Refusal::ReasonNeeded) } else { Ok(()) }
}

/// The pass ends; its ticket is spent.
pub fn revoke_admission(admission: Option<Admission>) -> Decision<()> {
    admission.map(|_| ()).ok_or(Refusal::AdmissionUnknown)
}

/// Two names of one person become one. Each stands for whoever it was merged into before.
pub fn merge(survivor: PersonId, merged: PersonId, both_known: bool) -> Decision<()> {
    if !both_known {
        return Err(Refusal::PersonUnknown);
    }
    if survivor == merged { Err(Refusal::SamePerson) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;
    const IN: Option<Correction> = Some(Correction { eligible: true, also_admitted: false, at: AT });
    const OUT: Option<Correction> = Some(Correction { eligible: false, also_admitted: false, at: AT });
    const ALSO_OUT: Option<Correction> = Some(Correction { eligible: false, also_admitted: true, at: AT });

    #[test]
    fn a_correction_comes_before_the_group_and_after_what_was_judged() {
        let table = [
            // corrected, judged before, by the group: eligible
            (None, None, true, true),
            (None, None, false, false),
            (None, Some(true), false, true),
            (None, Some(false), true, false),
            (IN, None, false, true),
            (IN, Some(false), false, true),
            (OUT, None, true, false),
            (OUT, Some(false), true, false),
            // Whoever is inside stays inside, unless it is said.
            (OUT, Some(true), true, true),
            (ALSO_OUT, Some(true), true, false),
        ];
        for (correction, judged, by_group, expected) in table {
            assert_eq!(eligible(correction, judged, || by_group), expected, "{correction:?} {judged:?}");
        }
    }

    #[test]
    fn acts_that_cannot_be_taken_back_are_refused_without_reason_or_object() {
        assert_eq!(with_reason(b"roster wrong"), Ok(()));
        assert_eq!(with_reason(b""), Err(Refusal::ReasonNeeded));
        assert_eq!(revoke_admission(None), Err(Refusal::AdmissionUnknown));
        let (one, other) = (PersonId(1), PersonId(2));
        assert_eq!(merge(one, other, true), Ok(()));
        assert_eq!(merge(one, one, true), Err(Refusal::SamePerson));
        assert_eq!(merge(one, other, false), Err(Refusal::PersonUnknown));
    }
}
