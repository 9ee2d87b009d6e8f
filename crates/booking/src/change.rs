//! What the ledger writes: one [`Change`] per fact that became true. The journal is a list of them.

use crate::{
    AppointmentId, CampaignId, DoseNumber, HoldId, MessageId, PersonAlias, PersonId, RequestKey, SessionId,
    SlotId, TicketRef,
};
use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Opened {
        campaign: CampaignId,
        at: Timestamp,
    },
    Closed {
        campaign: CampaignId,
        at: Timestamp,
    },
    /// `sealed` is opaque here: the fields are encrypted before they reach the ledger.
    PersonRegistered {
        person: PersonId,
        alias: PersonAlias,
        sealed: Vec<u8>,
    },
    SessionEnded {
        session: SessionId,
        until: Timestamp,
    },
    Admitted {
        campaign: CampaignId,
        person: PersonId,
        admission: Admission,
    },
    Held {
        id: HoldId,
        hold: Hold,
    },
    HoldExtended {
        id: HoldId,
        expires_at: Timestamp,
    },
    HoldEnded {
        id: HoldId,
        end: HoldEnd,
    },
    Booked {
        id: AppointmentId,
        appointment: Appointment,
    },
    Cancelled {
        id: AppointmentId,
        by: PersonId,
        at: Timestamp,
    },
    MessageQueued {
        id: MessageId,
        message: Message,
    },
    MessageSent {
        id: MessageId,
    },
    /// The answer to a keyed request, kept so that the second answer equals the first.
    Answered {
        key: RequestKey,
        body: [u8; 32],
        outcome: Outcome,
        at: Timestamp,
    },
}

/// A pass on record: who came in, by which ticket. Being admitted again renews `expires_at` only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    pub ticket: TicketRef,
    pub queue_number: u64,
    pub admitted_at: Timestamp,
    pub expires_at: Timestamp,
    /// Eligibility, frozen when identity was bound.
    pub eligible: bool,
}

/// 임시 선점: places reserved for minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub campaign: CampaignId,
    pub booker: PersonId,
    pub places: Vec<Place>,
    pub held_at: Timestamp,
    pub expires_at: Timestamp,
    pub extended: bool,
}

/// One place of a hold: who gets which dose when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub recipient: PersonId,
    pub dose: DoseNumber,
    pub slot: SlotId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldEnd {
    Confirmed,
    Released,
    Expired,
}

/// 예약.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appointment {
    pub campaign: CampaignId,
    pub place: Place,
    pub booker: PersonId,
    pub booked_at: Timestamp,
    pub state: AppointmentState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppointmentState {
    Booked,
    Cancelled { at: Timestamp },
}

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
}

/// What a use of the ledger achieved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Opened,
    Closed,
    Registered(PersonId),
    SessionEnded,
    Admitted(Admission),
    Held { id: HoldId, hold: Hold },
    Extended { id: HoldId, expires_at: Timestamp },
    Released,
    Expired { holds: u32 },
    Booked(Vec<(AppointmentId, Appointment)>),
    Cancelled(AppointmentId),
    MessagesSent,
}
