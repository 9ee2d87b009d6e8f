//! 감사: who did what to whom, when, from where and why, in the form that is chained and exported.
//!
//! The event of a booking is read off the booking itself ([`AuditEntry::of`]); only what cannot be read off a change is
//! written beside it, as [`Change::Audited`]. Nothing personal is in the clear: people are ids, and what staff say or
//! where they sit is opaque here, sealed before it reaches the ledger.

use crate::{AppointmentId, CampaignId, Change, PersonId, SlotId, StaffId};
use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub at: Timestamp,
    pub who: Actor,
    pub from: Origin,
    /// Whose data; None where no one person is meant.
    pub whose: Option<PersonId>,
    pub what: Act,
    /// The reason, opaque; empty where none is asked for.
    pub why: Vec<u8>,
    /// What a "no" was told with, by its number: an attempt is on record too.
    pub refused: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// For themselves.
    Citizen(PersonId),
    /// For somebody else, with their leave.
    Helper(PersonId),
    Staff(StaffId),
}

/// Where somebody acted: over which way, and for staff at which address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub channel: Channel,
    /// Opaque; empty for citizens, whose addresses are not kept.
    pub sealed: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Pages and programs, with a verified identity.
    Online,
    Phone,
    /// A community centre, a health centre.
    Desk,
    Clinic,
    /// The command line on the server.
    Server,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Booked {
        appointment: AppointmentId,
        slot: SlotId,
    },
    Moved {
        appointment: AppointmentId,
        from: SlotId,
        to: SlotId,
    },
    Cancelled {
        appointment: AppointmentId,
    },
    /// A look at somebody's data, or at a list of people.
    LookedUp(LookUp),
    EligibilityCorrected {
        campaign: CampaignId,
        eligible: bool,
        also_admitted: bool,
    },
    AdmissionRevoked {
        campaign: CampaignId,
    },
    /// The other name of the person was merged into theirs.
    Merged {
        merged: PersonId,
    },
    CheckedIn {
        appointment: AppointmentId,
    },
    NoShow {
        appointment: AppointmentId,
    },
    Fulfilled {
        appointment: AppointmentId,
    },
    /// Any other use of the ledger by staff, by its name.
    Used(String),
}

/// What staff looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookUp {
    /// Who somebody is.
    Person,
    Appointments,
    Delegations,
    /// The people of a day at a clinic.
    DayList,
    WaitList,
    /// What waits for a decision at a desk.
    DeskList,
    Audit,
    /// A file with people in it.
    Export,
    /// Somebody's numbers in full.
    Numbers,
    /// Whom to call back; for one person, what was done about it is the reason.
    CallBack,
    /// What was noted of a call; the note is the reason.
    CallNote,
    /// A month of what staff looked at and did; the month and the finding are the reason.
    Review,
}

impl AuditEntry {
    /// The event a change stands for; None for those that change no appointment and are no audit record.
    pub fn of(change: &Change) -> Option<Self> {
        match change {
            Change::Booked { id, appointment } => {
                let place = appointment.place;
                let what = Act::Booked { appointment: *id, slot: place.slot };
                Some(Self::by_citizen(appointment.booker, place.recipient, what, appointment.booked_at))
            }
            Change::Audited(entry) => Some(entry.clone()),
            _ => None,
        }
    }

    /// Somebody changes an appointment on the pages, their own or that of somebody whom they help.
    pub fn by_citizen(by: PersonId, whose: PersonId, what: Act, at: Timestamp) -> Self {
        let who = if by == whose { Actor::Citizen(by) } else { Actor::Helper(by) };
        let from = Origin { channel: Channel::Online, sealed: Vec::new() };
        Self { at, who, from, whose: Some(whose), what, why: Vec::new(), refused: None }
    }
}
