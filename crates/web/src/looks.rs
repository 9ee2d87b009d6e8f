//! 내 정보 열람 기록: what staff looked at and did, by whose data it was, so that everybody can see it of their own.
//!
//! Read off the audit record beside the requests, a page at a time, and kept in memory: about forty bytes for each look,
//! and nothing for the many whom no staff ever dealt with. A new process reads the record anew and says until when it
//! has come.

pub mod months;

use crate::app::App;
use crate::lang::Lang;
use booking::{Act, Actor, AuditEntry, Channel, LookUp, PersonId};
use jiff::Timestamp;
use months::Months;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use store::{AuditEvent, StoreError};

/// Events that are asked for at once; the writer of the ledger reads them between two batches.
const EVENTS_AT_ONCE: usize = 4_096;
/// Between two pages: a long record is read in minutes and holds nobody up.
const BREATH: Duration = Duration::from_millis(200);
/// When all of it is read.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// One line of the record, as the person concerned may see it: not who, but which desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub at: Timestamp,
    pub over: Channel,
    pub deed: Deed,
    pub was_refused: bool,
    /// The reason as staff gave it, sealed.
    pub why: Option<Box<[u8]>>,
}

/// What staff did, as far as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    SawPerson,
    SawNumbers,
    SawAppointments,
    SawHelpers,
    SawCase,
    Exported,
    CalledBack,
    NotedCall,
    Registered,
    LetIn,
    Held,
    Released,
    Confirmed,
    Cancelled,
    Waited,
    MadeEligible,
    MadeIneligible,
    EndedAdmission,
    Merged,
    CheckedIn,
    Missed,
    Fulfilled,
    Helpers,
    Other,
}

#[derive(Default)]
pub struct Looks(Mutex<Known>);

#[derive(Default)]
struct Known {
    of: HashMap<PersonId, Vec<Look>>,
    /// People whose name was merged into another.
    now: HashMap<PersonId, PersonId>,
    months: Months,
    seq: u64,
    /// Everything until then is known.
    until: Option<Timestamp>,
}

/// What is known of somebody: newest first, a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub looks: Vec<Look>,
    pub all: usize,
    /// None while the record is read for the first time.
    pub until: Option<Timestamp>,
}

impl Looks {
    /// `skipped`: so many of the newest.
    pub fn of(&self, person: PersonId, skipped: usize, at_most: usize) -> Found {
        let known = self.known();
        let all = known.of.get(&person).map_or(&[][..], Vec::as_slice);
        let looks = all.iter().rev().skip(skipped).take(at_most).cloned().collect();
        Found { looks, all: all.len(), until: known.until }
    }

    /// By month, and until when.
    pub fn months<T>(&self, read: impl FnOnce(&Months, Option<Timestamp>) -> T) -> T {
        let known = self.known();
        read(&known.months, known.until)
    }

    /// One page; whether there may be more.
    ///
    /// # Errors
    /// What the ledger says when it cannot be read.
    pub async fn step(&self, app: &App) -> Result<bool, StoreError> {
        if !app.store.is_well() {
            return Ok(false);
        }
        // Before the reading: whatever was done until then is in it.
        let now = app.clock.now();
        let since = self.known().seq;
        let page = app.store.audit_since(since, EVENTS_AT_ONCE).await?;
        let mut known = self.known();
        // The background and a page may have read the same.
        for event in &page {
            if event.seq > known.seq {
                known.take(event);
            }
        }
        if page.is_empty() {
            known.until = Some(now);
        }
        Ok(!page.is_empty())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().expect("nothing panics while it is held")
    }
}

/// For ever.
pub async fn run(app: Arc<App>) {
    loop {
        let pause = match app.looks.step(&app).await {
            Ok(true) => BREATH,
            Ok(false) => LOOK_EVERY,
            Err(error) => {
                tracing::debug!(error = %error, "who looked at whom waits for the ledger");
                LOOK_EVERY
            }
        };
        tokio::time::sleep(pause).await;
    }
}

impl Known {
    fn take(&mut self, event: &AuditEvent) {
        self.seq = event.seq;
        let AuditEntry { at, who, from, whose, what, why, refused } = &event.entry;
        let Actor::Staff(staff) = who else { return };
        self.months.take(*staff, &event.entry);
        let Some(whose) = whose else { return };
        let whose = self.now.get(whose).copied().unwrap_or(*whose);
        if let (Act::Merged { merged }, None) = (what, refused) {
            self.merge(*merged, whose);
        }
        let Some(deed) = Deed::of(what) else { return };
        // What was noted of a call, and how one was dealt with, is kept in codes of the desk's own.
        let is_told = !matches!(deed, Deed::CalledBack | Deed::NotedCall) && !why.is_empty();
        let why = is_told.then(|| why.clone().into_boxed_slice());
        let look = Look { at: *at, over: from.channel, deed, was_refused: refused.is_some(), why };
        self.of.entry(whose).or_default().push(look);
    }

    fn merge(&mut self, merged: PersonId, survivor: PersonId) {
        for name in self.now.values_mut().filter(|name| **name == merged) {
            *name = survivor;
        }
        self.now.insert(merged, survivor);
        let moved = self.of.remove(&merged).unwrap_or_default();
        let all = self.of.entry(survivor).or_default();
        all.extend(moved);
        all.sort_by_key(|look| look.at);
    }
}

impl Deed {
    /// None: staff stand beside it, and what they did is the entry that follows.
    fn of(act: &Act) -> Option<Self> {
        Some(match act {
            Act::Booked { .. } | Act::Moved { .. } => return None,
            Act::Cancelled { .. } => Self::Cancelled,
            Act::LookedUp(what) => match what {
                LookUp::Person => Self::SawPerson,
                LookUp::Numbers => Self::SawNumbers,
                LookUp::Appointments | LookUp::DayList | LookUp::WaitList => Self::SawAppointments,
                LookUp::Delegations => Self::SawHelpers,
                LookUp::DeskList | LookUp::Audit | LookUp::Review => Self::SawCase,
                LookUp::Export => Self::Exported,
                LookUp::CallBack => Self::CalledBack,
                LookUp::CallNote => Self::NotedCall,
            },
            Act::EligibilityCorrected { eligible: true, .. } => Self::MadeEligible,
            Act::EligibilityCorrected { eligible: false, .. } => Self::MadeIneligible,
            Act::AdmissionRevoked { .. } => Self::EndedAdmission,
            Act::Merged { .. } => Self::Merged,
            Act::CheckedIn { .. } => Self::CheckedIn,
            Act::NoShow { .. } => Self::Missed,
            Act::Fulfilled { .. } => Self::Fulfilled,
            Act::Used(name) => match name.as_str() {
                "register" => Self::Registered,
                "admit" => Self::LetIn,
                "hold" | "extend" => Self::Held,
                "release" => Self::Released,
                "confirm" => Self::Confirmed,
                "cancel" => Self::Cancelled,
                "wait" | "leave_waiting" | "accept_offer" | "decline_offer" => Self::Waited,
                "delegate" | "end_delegation" | "allow_helper" => Self::Helpers,
                _ => Self::Other,
            },
        })
    }

    pub fn words(self, lang: Lang) -> &'static str {
        let (ko, en) = match self {
            Self::SawPerson => ("성함과 생년월일을 보았습니다", "Looked at your name and birth date"),
            Self::SawNumbers => {
                ("주민등록번호나 전화번호 전체를 보았습니다", "Saw your resident or phone number in full")
            }
            Self::SawAppointments => ("예약을 보았습니다", "Looked at your bookings"),
            Self::SawHelpers => ("대신 예약하는 분을 보았습니다", "Looked at who books for you"),
            Self::SawCase => ("처리할 일을 보았습니다", "Looked at a case of yours"),
            Self::Exported => ("파일로 내려받았습니다", "Took your data away in a file"),
            Self::CalledBack => ("다시 전화드릴 일을 처리했습니다", "Dealt with a call back to you"),
            Self::NotedCall => ("통화한 용건을 적었습니다", "Noted what a call was about"),
            Self::Registered => ("인적 사항을 등록하거나 찾았습니다", "Registered or found you"),
            Self::LetIn => ("예약할 수 있게 입장시켰습니다", "Let you in to book"),
            Self::Held => ("예약할 자리를 잡았습니다", "Held a place for you"),
            Self::Released => ("잡은 자리를 돌려놓았습니다", "Gave a held place back"),
            Self::Confirmed => ("예약을 확정했습니다", "Confirmed a booking"),
            Self::Cancelled => ("예약을 취소했습니다", "Cancelled a booking"),
            Self::Waited => ("대기 신청을 처리했습니다", "Changed your place on the wait list"),
            Self::MadeEligible => ("예약 대상으로 정정했습니다", "Corrected: you may book"),
            Self::MadeIneligible => ("예약 대상이 아닌 것으로 정정했습니다", "Corrected: you may not book"),
            Self::EndedAdmission => ("입장을 취소했습니다", "Ended your admission"),
            Self::Merged => ("두 번 등록된 것을 하나로 합쳤습니다", "Merged two registrations of yours"),
            Self::CheckedIn => ("접수했습니다", "Checked you in"),
            Self::Missed => ("오시지 않은 것으로 적었습니다", "Recorded that you did not come"),
            Self::Fulfilled => ("접종을 기록했습니다", "Recorded your vaccination"),
            Self::Helpers => ("대신 예약하는 분을 바꾸었습니다", "Changed who books for you"),
            Self::Other => ("그 밖의 업무를 처리했습니다", "Did something else for you"),
        };
        lang.t(ko, en)
    }
}

pub fn place_words(over: Channel, lang: Lang) -> &'static str {
    let (ko, en) = match over {
        Channel::Phone => ("전화 상담", "Call centre"),
        Channel::Desk => ("주민센터·보건소 창구", "Community or health centre"),
        Channel::Clinic => ("의료기관", "Clinic"),
        Channel::Online => ("온라인", "Online"),
        Channel::Server => ("서비스 운영자", "The service's operators"),
    };
    lang.t(ko, en)
}

#[cfg(test)]
mod tests {
    use super::*;
    use booking::{Origin, StaffId};

    fn event(seq: u64, whose: u64, what: Act) -> AuditEvent {
        let from = Origin { channel: Channel::Phone, sealed: Vec::new() };
        let entry = AuditEntry {
            at: Timestamp::from_second(seq as i64).unwrap(),
            who: Actor::Staff(StaffId(1)),
            from,
            whose: Some(PersonId(whose)),
            what,
            why: Vec::new(),
            refused: None,
        };
        AuditEvent { seq, entry, hash: [0; 32] }
    }

    #[test]
    fn what_was_looked_at_under_another_name_goes_where_the_name_goes() {
        let looks = Looks::default();
        let look = || Act::LookedUp(LookUp::Person);
        for event in [
            event(1, 7, look()),
            event(2, 8, look()),
            event(3, 8, Act::Merged { merged: PersonId(7) }),
            event(4, 7, look()),
            event(5, 9, Act::Merged { merged: PersonId(8) }),
            event(6, 7, look()),
        ] {
            looks.known().take(&event);
        }
        let of = |person| -> Vec<i64> {
            looks.of(PersonId(person), 0, 10).looks.iter().map(|look| look.at.as_second()).collect()
        };
        assert_eq!((of(7), of(8), of(9)), (vec![], vec![], vec![6, 5, 4, 3, 2, 1]));
        assert_eq!(looks.of(PersonId(9), 4, 10).looks.len(), 2);
    }
}
