//! What of a journal must be kept so that replaying it comes to the same ledger.
//!
//! Most changes are kept for ever, in their order; that is always right. A few are over when something else has
//! happened: a hold that ended, a draft that was saved again, a message that was sent, an answer that nobody may ask for
//! again. They stand under a name until then, and are replayed after all that is kept for ever, in the order of
//! [`Under`]; the answers are replayed last.
//!
//! To add a change: the compiler asks for its arm in [`Follower::follow`]. Keep it, unless it ends something that stands
//! under a name. The simulation compares every table with a full replay.

use crate::{StoreError, record};
use booking::{CampaignId, Change, Hold, HoldEnd, HoldId, MessageId, MessageKind, PersonId, Removal};
use jiff::Timestamp;

/// The name under which changes stand until they are over, in the order in which they are replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Under {
    /// The last hold of a booker that ran out: its whole life.
    Expired(PersonId),
    /// What a booker gave up since the last confirmed booking.
    Abandoned(CampaignId, PersonId),
    /// A hold that lives.
    Hold(HoldId),
    Draft(PersonId),
    /// A message that waits.
    Message(MessageId),
}

impl Under {
    /// For a table: the kind, and its key in two parts.
    pub fn parts(self) -> (u8, u64, u64) {
        match self {
            Self::Expired(booker) => (1, booker.0, 0),
            Self::Abandoned(campaign, booker) => (2, booker.0, campaign.0.into()),
            Self::Hold(id) => (3, id.0, 0),
            Self::Draft(person) => (4, person.0, 0),
            Self::Message(id) => (5, id.0, 0),
        }
    }
}

/// Where the records are kept. Bodies are lists of records, as in the journal.
pub trait Keeping {
    fn for_ever(&mut self, record: &[u8]) -> Result<(), StoreError>;
    /// For as long as a key may be asked for again.
    fn answer(&mut self, record: &[u8], at: Timestamp);
    /// Nothing stands under this name.
    fn begin(&mut self, under: Under, body: Vec<u8>);
    /// Ends what stands under this name, if anything does.
    fn end(&mut self, under: Under) -> Result<Option<Vec<u8>>, StoreError>;
}

/// What ids the ledger gives next, where nothing that is kept tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    pub hold: u64,
    pub message: u64,
}

/// Follows a journal, change by change.
#[derive(Debug, Clone, Copy)]
pub struct Follower {
    pub numbers: Numbers,
}

impl Default for Follower {
    fn default() -> Self {
        Self { numbers: Numbers { hold: 1, message: 1 } }
    }
}

impl Follower {
    /// `record` is the change as it stands in the journal.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the change ends what never began; whatever `to` fails with.
    pub fn follow(
        &mut self,
        change: &Change,
        record: &[u8],
        to: &mut impl Keeping,
    ) -> Result<(), StoreError> {
        match change {
            Change::Opened { .. }
            | Change::Closed { .. }
            | Change::PersonRegistered { .. }
            | Change::PersonKnownAs { .. }
            | Change::PersonUpdated { .. }
            | Change::KeysDestroyed { .. }
            | Change::AliasesRenewed { .. }
            | Change::DelegationGiven { .. }
            | Change::DelegationProved { .. }
            | Change::DelegationEnded { .. }
            | Change::HelperAllowed { .. }
            | Change::SessionEnded { .. }
            | Change::Admitted { .. }
            | Change::Booked { .. }
            | Change::Moved { .. }
            | Change::Cancelled { .. }
            | Change::Blocked { .. }
            | Change::Unblocked { .. }
            | Change::CapacitySet { .. }
            | Change::SupplySet { .. }
            | Change::CheckedIn { .. }
            | Change::NoShow { .. }
            | Change::Fulfilled { .. }
            | Change::Audited(_)
            | Change::Waited { .. }
            | Change::WaitEnded { .. }
            | Change::PlaceAwaited { .. }
            | Change::PlaceOffered { .. }
            | Change::PlacePassed { .. }
            | Change::OfferEnded { .. }
            | Change::EligibilityCorrected { .. }
            | Change::AdmissionRevoked { .. }
            | Change::PeopleMerged { .. } => to.for_ever(record)?,
            Change::PersonRemoved { person, removal } => removed(*person, removal, record, to)?,
            Change::DraftSaved { person, sealed } => {
                to.end(Under::Draft(*person))?;
                if !sealed.is_empty() {
                    to.begin(Under::Draft(*person), framed(record));
                }
            }
            Change::Held { id, .. } => {
                self.numbers.hold = self.numbers.hold.max(id.0 + 1);
                to.begin(Under::Hold(*id), framed(record));
            }
            Change::HoldExtended { id, .. } => go_on(Under::Hold(*id), of_hold(*id, to)?, record, to),
            Change::HoldEnded { id, end } => end_hold(*id, *end, record, to)?,
            Change::PlaceAbandoned { campaign, booker, .. } => {
                let under = Under::Abandoned(*campaign, *booker);
                let before = to.end(under)?.unwrap_or_default();
                go_on(under, before, record, to);
            }
            Change::MessageQueued { id, message } => {
                self.numbers.message = self.numbers.message.max(id.0 + 1);
                queue(*id, message.kind, record, to)?;
            }
            Change::MessageSent { id } => sent(*id, record, to)?,
            Change::Answered { at, .. } => to.answer(record, *at),
        }
        Ok(())
    }
}

/// Their draft and what waits for them go with a person.
fn removed(
    person: PersonId,
    removal: &Removal,
    record: &[u8],
    to: &mut impl Keeping,
) -> Result<(), StoreError> {
    to.end(Under::Draft(person))?;
    for id in &removal.messages {
        to.end(Under::Message(*id))?;
    }
    to.for_ever(record)
}

/// Nobody is reminded twice of a day: that outlives the message.
fn queue(id: MessageId, kind: MessageKind, record: &[u8], to: &mut impl Keeping) -> Result<(), StoreError> {
    match kind {
        MessageKind::Reminder(_) => to.for_ever(record)?,
        MessageKind::Booked(_)
        | MessageKind::Cancelled(_)
        | MessageKind::Moved { .. }
        | MessageKind::NoShow(_)
        | MessageKind::Fulfilled(_)
        | MessageKind::DelegationGiven { .. }
        | MessageKind::DelegationEnded { .. }
        | MessageKind::PlaceOffered { .. }
        | MessageKind::OfferLapsed { .. }
        | MessageKind::EligibilityCorrected { .. }
        | MessageKind::AdmissionRevoked => to.begin(Under::Message(id), framed(record)),
    }
    Ok(())
}

fn sent(id: MessageId, record: &[u8], to: &mut impl Keeping) -> Result<(), StoreError> {
    let is_reminder = to.end(Under::Message(id))?.is_none();
    if is_reminder { to.for_ever(record) } else { Ok(()) }
}

/// A confirmed hold is all in its appointments, and a released one in nothing; one that ran out is remembered.
fn end_hold(id: HoldId, end: HoldEnd, record: &[u8], to: &mut impl Keeping) -> Result<(), StoreError> {
    let life = of_hold(id, to)?;
    let Hold { campaign, booker, .. } = began(&life)?;
    to.end(Under::Expired(booker))?;
    match end {
        HoldEnd::Confirmed => drop(to.end(Under::Abandoned(campaign, booker))?),
        HoldEnd::Released => {}
        HoldEnd::Expired => go_on(Under::Expired(booker), life, record, to),
    }
    Ok(())
}

fn of_hold(id: HoldId, to: &mut impl Keeping) -> Result<Vec<u8>, StoreError> {
    let missing = || StoreError::Corrupt { at: format!("hold {}: it is not there", id.0) };
    to.end(Under::Hold(id))?.ok_or_else(missing)
}

fn began(life: &[u8]) -> Result<Hold, StoreError> {
    match record::Records::of(life).next() {
        Some(Ok((_, Change::Held { hold, .. }))) => Ok(hold),
        _ => Err(StoreError::Corrupt { at: "a hold that does not begin".to_owned() }),
    }
}

fn go_on(under: Under, mut body: Vec<u8>, record: &[u8], to: &mut impl Keeping) {
    record::frame(record, &mut body);
    to.begin(under, body);
}

fn framed(record: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(record.len() + 4);
    record::frame(record, &mut body);
    body
}
