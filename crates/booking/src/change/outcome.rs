//! What people are told, and what a use of the ledger achieved.

use super::{Admission, Appointment, Hold};
use crate::{AppointmentId, Few, HoldId, PersonId, SlotCounts, SlotId, Supply, WaitEntry, WaitId};
use jiff::Timestamp;

/// What a person is to be told; the words are made where it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    pub to: PersonId,
    pub kind: MessageKind,
    pub queued_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    Booked(AppointmentId),
    Cancelled(AppointmentId),
    /// `from`: where it was before.
    Moved {
        id: AppointmentId,
        from: SlotId,
    },
    /// The visit is near.
    Reminder(AppointmentId),
    /// Nobody came, or nothing was given: what that means.
    NoShow(AppointmentId),
    /// The dose was given; the next one, if there is one.
    Fulfilled(AppointmentId),
    /// To the recipient: somebody may book for you.
    DelegationGiven {
        booker: PersonId,
    },
    /// To the helper: you no longer may.
    DelegationEnded {
        recipient: PersonId,
    },
    /// To one who waits: this is kept for you, or for whom you help, until then.
    PlaceOffered {
        recipient: PersonId,
        slot: SlotId,
        until: Timestamp,
    },
    /// Nobody answered in time. `waiting`: they keep their place in the order.
    OfferLapsed {
        recipient: PersonId,
        slot: SlotId,
        waiting: bool,
    },
    /// Staff put right whether the person is of the group.
    EligibilityCorrected {
        eligible: bool,
    },
    /// Staff ended the pass.
    AdmissionRevoked,
}

/// What a use of the ledger achieved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Opened,
    Closed,
    Registered(PersonId),
    Removed {
        people: u32,
    },
    KeysDestroyed {
        keys: u32,
    },
    AliasesRenewed,
    SessionEnded,
    Admitted(Admission),
    Held {
        id: HoldId,
        hold: Hold,
    },
    Extended {
        id: HoldId,
        expires_at: Timestamp,
    },
    Released,
    Expired {
        holds: u32,
    },
    Booked(Few<(AppointmentId, Appointment)>),
    /// The appointments in their new places.
    Moved(Few<(AppointmentId, Appointment)>),
    Cancelled(AppointmentId),
    MessagesSent,
    /// The recipient, known by name and number.
    DelegationGiven(PersonId),
    DelegationEnded,
    HelperAllowed,
    DraftSaved,
    Reminded {
        people: u32,
    },
    /// The look is on record; what was asked for may be shown now.
    LookedUp,
    Waiting {
        id: WaitId,
        entry: WaitEntry,
    },
    WaitLeft,
    OfferDeclined,
    EligibilityCorrected(PersonId),
    AdmissionRevoked,
    /// How many decisions wait at the desk because of it.
    Merged {
        desk_cases: u32,
    },
    /// The slot as it stands now.
    Blocked(SlotCounts),
    Unblocked(SlotCounts),
    /// How many places people have, held or booked, beyond what is offered now.
    CapacitySet {
        over: u32,
    },
    SupplySet(Supply),
    CheckedIn {
        id: AppointmentId,
        number: u16,
    },
    /// `dropped`: the second dose that went with it.
    NoShow {
        id: AppointmentId,
        dropped: Option<AppointmentId>,
    },
    Fulfilled(AppointmentId),
}
