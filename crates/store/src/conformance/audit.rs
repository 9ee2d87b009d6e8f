//! What the audit of a subject says, read in small pages and proved.

use super::Stage;
use crate::{AuditEvent, AuditHead, verify_audit};
use booking::{Act, Actor, PersonId};

/// Small, so that every case turns pages.
const PAGE: usize = 3;
/// As the embedded store numbers it.
const INCARNATION: u32 = 1;

/// All of it, oldest first.
///
/// # Errors
/// What does not hold of it: the chain, its head, or that it is all there.
pub(super) fn proved(stage: &Stage) -> Result<Vec<AuditEvent>, String> {
    let store = stage.subject.store();
    let mut events: Vec<AuditEvent> = Vec::new();
    loop {
        let since = events.last().map_or(0, |event| event.seq);
        let page = stage.wait_for(store.audit_since(since, PAGE)).map_err(|error| error.to_string())?;
        if page.is_empty() {
            break;
        }
        if page.len() > PAGE {
            return Err(format!("a page of {}", page.len()));
        }
        events.extend(page);
    }
    let head = stage.wait_for(store.audit_head()).map_err(|error| error.to_string())?;
    let begin = AuditHead::begin(INCARNATION);
    let end = verify_audit(begin, &events, &[head]).map_err(|offender| offender.to_string())?;
    if end == head { Ok(events) } else { Err(format!("the events end at {end:?}, the head is {head:?}")) }
}

/// `7 citizen booked kim`, `8 staff cancel lee refused 601`.
pub(super) fn describe(event: &AuditEvent, name_of: impl Fn(PersonId) -> String) -> String {
    let who = match event.entry.who {
        Actor::Citizen(_) => "citizen",
        Actor::Helper(_) => "helper",
        Actor::Staff(_) => "staff",
    };
    let what = match &event.entry.what {
        Act::Booked { .. } => "booked".to_owned(),
        Act::Moved { .. } => "moved".to_owned(),
        Act::Cancelled { .. } => "cancelled".to_owned(),
        Act::LookedUp(what) => format!("looked-up-{what:?}"),
        Act::EligibilityCorrected { eligible, .. } => format!("eligible-{eligible}"),
        Act::AdmissionRevoked { .. } => "revoked".to_owned(),
        Act::Merged { merged } => format!("merged-{}", name_of(*merged)),
        Act::CheckedIn { .. } => "check_in".to_owned(),
        Act::NoShow { .. } => "no_show".to_owned(),
        Act::Fulfilled { .. } => "fulfil".to_owned(),
        Act::Used(name) => name.clone(),
    };
    let whose = event.entry.whose.map(|whose| format!(" {}", name_of(whose))).unwrap_or_default();
    let refused = event.entry.refused.map(|number| format!(" refused {number}")).unwrap_or_default();
    format!("{} {who} {what}{whose}{refused}", event.seq)
}
