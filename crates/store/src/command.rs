//! The uses of the ledger, one variant each.

use booking::{
    AppointmentId, CampaignId, HoldId, MessageId, PersonAlias, PersonId, Place, RequestKey, SessionId,
    TicketRef,
};
use jiff::Timestamp;
use jiff::civil::Date;

/// A command, and the key under which it may be sent again.
#[derive(Debug, Clone)]
pub struct Request {
    pub keyed: Option<Keyed>,
    pub command: Command,
}

/// Same key and same body: the same answer, however often and after any crash. Same key and another body: refused.
/// Only effects are kept under a key; a refusal changed nothing, so the same request may succeed later.
#[derive(Debug, Clone, Copy)]
pub struct Keyed {
    pub key: RequestKey,
    /// SHA-256 of what was asked.
    pub body: [u8; 32],
}

#[derive(Debug, Clone)]
pub enum Command {
    Open {
        campaign: CampaignId,
    },
    Close {
        campaign: CampaignId,
    },
    /// Finds the person by alias, or registers them.
    Register {
        alias: PersonAlias,
        sealed: Vec<u8>,
    },
    EndSession {
        session: SessionId,
        until: Timestamp,
    },
    Admit(Admit),
    Hold {
        campaign: CampaignId,
        booker: PersonId,
        places: Vec<Place>,
    },
    Extend {
        booker: PersonId,
        hold: HoldId,
    },
    Release {
        booker: PersonId,
        hold: HoldId,
    },
    Confirm {
        booker: PersonId,
        hold: HoldId,
    },
    Cancel {
        person: PersonId,
        appointment: AppointmentId,
    },
    /// Gives back the places of expired holds, at most so many at once, so that they never come back in a wave.
    Expire {
        holds_max: usize,
    },
    MessagesSent {
        messages: Vec<MessageId>,
    },
}

/// Exchange of a ticket for a pass. The gate has checked that it is called; the ledger checks everything else.
#[derive(Debug, Clone, Copy)]
pub struct Admit {
    pub campaign: CampaignId,
    pub person: PersonId,
    pub born_on: Date,
    pub ticket: TicketRef,
    pub queue_number: u64,
}

impl Command {
    /// For log lines and measurements.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open { .. } => "open",
            Self::Close { .. } => "close",
            Self::Register { .. } => "register",
            Self::EndSession { .. } => "end_session",
            Self::Admit(_) => "admit",
            Self::Hold { .. } => "hold",
            Self::Extend { .. } => "extend",
            Self::Release { .. } => "release",
            Self::Confirm { .. } => "confirm",
            Self::Cancel { .. } => "cancel",
            Self::Expire { .. } => "expire",
            Self::MessagesSent { .. } => "messages_sent",
        }
    }
}

impl From<Command> for Request {
    fn from(command: Command) -> Self {
        Self { keyed: None, command }
    }
}
