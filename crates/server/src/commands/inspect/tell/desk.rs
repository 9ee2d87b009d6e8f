//! Waiting, what staff put right, and what the audit says.

use crate::verify::slot_name;
use booking::{Actor, Change};

pub(super) fn tell(change: &Change) -> String {
    match change {
        Change::Audited(entry) => {
            let who = match entry.who {
                Actor::Citizen(person) | Actor::Helper(person) => format!("person {}", person.0),
                Actor::Staff(staff) => format!("staff {}", staff.0),
            };
            let whose = entry.whose.map(|whose| format!(", of person {}", whose.0)).unwrap_or_default();
            let refused = entry.refused.map(|number| format!(", refused {number}")).unwrap_or_default();
            format!("감사 / audit: {:?} by {who}{whose}{refused}", entry.what)
        }
        Change::Waited { id, entry } => {
            let (recipient, booker) = (entry.recipient.0, entry.booker.0);
            format!("대기 / waits {}: person {recipient}, by person {booker}", id.0)
        }
        Change::WaitEnded { id, end, .. } => format!("대기 끝 / wait {} ended: {end:?}", id.0),
        Change::PlaceAwaited { slot } => format!("돌아온 자리 / came back: {}", slot_name(*slot)),
        Change::PlacePassed { slot } => format!("대기자 없음 / nobody wants {}", slot_name(*slot)),
        Change::PlaceOffered { id, offer } => {
            format!("자리 제안 / offered to wait {}: {}", id.0, slot_name(offer.slot()))
        }
        Change::OfferEnded { id, end, .. } => format!("제안 끝 / offer to wait {} ended: {end:?}", id.0),
        Change::EligibilityCorrected { campaign, person, correction } => {
            let (campaign, person, eligible) = (campaign.0, person.0, correction.eligible);
            format!("대상 정정 / corrected: person {person}, campaign {campaign}, eligible {eligible}")
        }
        Change::AdmissionRevoked { campaign, person, .. } => {
            format!("입장 취소 / revoked: person {}, campaign {}", person.0, campaign.0)
        }
        Change::PeopleMerged { survivor, merged, .. } => {
            format!("사람 합침 / merged: person {} is person {} now", merged.0, survivor.0)
        }
        other => unreachable!("{other:?} is told elsewhere"),
    }
}
