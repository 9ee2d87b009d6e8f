//! 다시 걸 전화: people who are to be called when their place in the line has its turn, and what agents noted of a call.
//!
//! It stands beside the places, because it is about them: the order is that of the line and nobody has a number of their
//! own here. An entry is in one agent's hand at a time, and that is decided on the disk, for all processes of a machine.

use crate::StoreError;
use booking::{PersonId, StaffId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use waiting_room::CampaignTag;

/// Calls that nobody answered; after the last one the entry is over, and says so.
pub const CALLS_MAX: u8 = 3;
/// Between two of them.
pub const CALLED_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(15);
/// An entry that somebody has in hand for longer is offered to others: they may have gone.
pub const IN_HAND_MAX: SignedDuration = SignedDuration::from_mins(20);
/// Notes of a person that are kept, the newest.
pub const NOTES_MAX: usize = 5;

/// What is wanted: a person, their place, and where to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedCall {
    pub person: PersonId,
    /// The ticket of their place, opaque.
    pub ticket: Vec<u8>,
    /// The number to call, opaque; None for whoever has none and calls again.
    pub number: Option<Vec<u8>>,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCall {
    pub asked: AskedCall,
    /// By which the place is called; None until that is settled.
    pub queue_number: Option<u64>,
    pub state: CallState,
    /// How often nobody answered.
    pub missed: u8,
    /// Not called again before that.
    pub next_at: Timestamp,
    /// Who has it in hand, and since when.
    pub in_hand: Option<(StaffId, Timestamp)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallState {
    Open = 0,
    Reached = 1,
    /// Nobody answered [`CALLS_MAX`] times.
    NotReached = 2,
    /// They no longer want it.
    Withdrawn = 3,
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEnd {
    Reached,
    Missed,
    Withdrawn,
}

/// An entry whose number in line is known now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettledCall {
    pub person: PersonId,
    pub queue_number: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallNote {
    pub staff: StaffId,
    pub at: Timestamp,
    /// Opaque.
    pub sealed: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallFigures {
    pub open: u64,
    /// Of them, those whose turn has come, and who have a number.
    pub due: u64,
    /// Of them, those in somebody's hand.
    pub in_hand: u64,
}

/// Durable memory. Calls block, and return when what they did is on disk.
pub trait Calls: Send + Sync {
    /// Whoever has an open entry keeps it as it is, also when asked again: the place does not change.
    ///
    /// # Errors
    /// [`StoreError`] of the back end; then nothing was written.
    fn ask(&self, campaign: CampaignTag, asked: AskedCall) -> Result<KeptCall, StoreError>;

    /// Open entries whose number is not known yet, in the order in which they were asked for.
    fn unsettled(&self, campaign: CampaignTag, max: usize) -> Result<Vec<AskedCall>, StoreError>;

    fn settle(&self, campaign: CampaignTag, settled: &[SettledCall]) -> Result<(), StoreError>;

    fn call_of(&self, campaign: CampaignTag, person: PersonId) -> Result<Option<KeptCall>, StoreError>;

    /// The first in line whose number is below that, who can be called now and whom nobody has in hand. Whoever has one
    /// in hand is given that again.
    fn take(
        &self,
        campaign: CampaignTag,
        below: u64,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Option<KeptCall>, StoreError>;

    /// By that member of staff. False if it is not open, or in the hand of another.
    fn end(
        &self,
        campaign: CampaignTag,
        of: (PersonId, StaffId),
        end: CallEnd,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    fn figures(&self, campaign: CampaignTag, below: u64, now: Timestamp) -> Result<CallFigures, StoreError>;

    /// The newest [`NOTES_MAX`] are kept.
    fn add_note(&self, person: PersonId, note: CallNote) -> Result<(), StoreError>;

    /// The newest first.
    fn notes(&self, person: PersonId) -> Result<Vec<CallNote>, StoreError>;
}

impl KeptCall {
    pub fn new(asked: AskedCall) -> Self {
        let next_at = asked.at;
        Self { asked, queue_number: None, state: CallState::Open, missed: 0, next_at, in_hand: None }
    }

    pub fn is_open(&self) -> bool {
        self.state == CallState::Open
    }

    /// Who has it in hand still.
    pub fn holder(&self, now: Timestamp) -> Option<StaffId> {
        self.in_hand.filter(|(_, since)| now < *since + IN_HAND_MAX).map(|(staff, _)| staff)
    }

    fn is_due(&self, below: u64) -> bool {
        self.is_open()
            && self.asked.number.is_some()
            && self.queue_number.is_some_and(|number| number < below)
    }

    /// As it stands after a call; None if that was not for this member of staff to say.
    pub fn ended(&self, staff: StaffId, end: CallEnd, now: Timestamp) -> Option<Self> {
        let is_anothers = self.holder(now).is_some_and(|holder| holder != staff);
        if !self.is_open() || is_anothers {
            return None;
        }
        let missed = self.missed + u8::from(end == CallEnd::Missed);
        let state = match end {
            CallEnd::Reached => CallState::Reached,
            CallEnd::Withdrawn => CallState::Withdrawn,
            CallEnd::Missed if missed >= CALLS_MAX => CallState::NotReached,
            CallEnd::Missed => CallState::Open,
        };
        let next_at = now + CALLED_AGAIN_AFTER;
        Some(Self { state, missed, next_at, in_hand: None, ..self.clone() })
    }
}

/// The reference: forgets when the process ends.
#[derive(Debug, Default)]
pub struct MemoryCalls {
    entries: Mutex<BTreeMap<(CampaignTag, PersonId), KeptCall>>,
    notes: Mutex<BTreeMap<PersonId, Vec<CallNote>>>,
}

impl MemoryCalls {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<(CampaignTag, PersonId), KeptCall>> {
        self.entries.lock().expect("no step panics")
    }
}

impl Calls for MemoryCalls {
    fn ask(&self, campaign: CampaignTag, asked: AskedCall) -> Result<KeptCall, StoreError> {
        let mut all = self.lock();
        let entry = all.entry((campaign, asked.person)).or_insert_with(|| KeptCall::new(asked.clone()));
        if !entry.is_open() {
            *entry = KeptCall::new(asked);
        }
        Ok(entry.clone())
    }

    fn unsettled(&self, campaign: CampaignTag, max: usize) -> Result<Vec<AskedCall>, StoreError> {
        let all = self.lock();
        let open = of_campaign(&all, campaign).filter(|call| call.is_open() && call.queue_number.is_none());
        let mut asked: Vec<AskedCall> = open.map(|call| call.asked.clone()).collect();
        asked.sort_by_key(|asked| (asked.at, asked.person));
        asked.truncate(max);
        Ok(asked)
    }

    fn settle(&self, campaign: CampaignTag, settled: &[SettledCall]) -> Result<(), StoreError> {
        let mut all = self.lock();
        for one in settled {
            if let Some(call) = all.get_mut(&(campaign, one.person)).filter(|call| call.is_open()) {
                call.queue_number = Some(one.queue_number);
            }
        }
        Ok(())
    }

    fn call_of(&self, campaign: CampaignTag, person: PersonId) -> Result<Option<KeptCall>, StoreError> {
        Ok(self.lock().get(&(campaign, person)).cloned())
    }

    fn take(
        &self,
        campaign: CampaignTag,
        below: u64,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Option<KeptCall>, StoreError> {
        let mut all = self.lock();
        let due: Vec<&KeptCall> = of_campaign(&all, campaign).filter(|call| call.is_due(below)).collect();
        let mine = due.iter().find(|call| call.holder(now) == Some(staff));
        let free = || due.iter().filter(|call| call.holder(now).is_none() && call.next_at <= now);
        let first = mine.or_else(|| free().min_by_key(|call| (call.queue_number, call.asked.person)));
        let Some(person) = first.map(|call| call.asked.person) else { return Ok(None) };
        let call = all.get_mut(&(campaign, person)).expect("it was found");
        call.in_hand = Some((staff, now));
        Ok(Some(call.clone()))
    }

    fn end(
        &self,
        campaign: CampaignTag,
        (person, staff): (PersonId, StaffId),
        end: CallEnd,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut all = self.lock();
        let Some(call) = all.get_mut(&(campaign, person)) else { return Ok(false) };
        let Some(ended) = call.ended(staff, end, now) else { return Ok(false) };
        *call = ended;
        Ok(true)
    }

    fn figures(&self, campaign: CampaignTag, below: u64, now: Timestamp) -> Result<CallFigures, StoreError> {
        let all = self.lock();
        let open = || of_campaign(&all, campaign).filter(|call| call.is_open());
        Ok(CallFigures {
            open: open().count() as u64,
            due: open().filter(|call| call.is_due(below)).count() as u64,
            in_hand: open().filter(|call| call.is_due(below) && call.holder(now).is_some()).count() as u64,
        })
    }

    fn add_note(&self, person: PersonId, note: CallNote) -> Result<(), StoreError> {
        let mut notes = self.notes.lock().expect("no step panics");
        let of_person = notes.entry(person).or_default();
        of_person.insert(0, note);
        of_person.truncate(NOTES_MAX);
        Ok(())
    }

    fn notes(&self, person: PersonId) -> Result<Vec<CallNote>, StoreError> {
        Ok(self.notes.lock().expect("no step panics").get(&person).cloned().unwrap_or_default())
    }
}

fn of_campaign(
    all: &BTreeMap<(CampaignTag, PersonId), KeptCall>,
    campaign: CampaignTag,
) -> impl Iterator<Item = &KeptCall> {
    all.iter().filter(move |((of, _), _)| *of == campaign).map(|(_, call)| call)
}
