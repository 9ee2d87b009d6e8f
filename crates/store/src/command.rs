//! The uses of the ledger, one variant each.

use crate::AsStaff;
use booking::{
    AppointmentId, CampaignId, Candidate, ConsentVersion, DoseNumber, HoldId, MessageId, PersonAlias,
    PersonId, PersonKey, Relation, RemovalReason, RequestKey, SessionId, SlotId, TicketRef, WaitId,
    WaitScope,
};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

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
    /// Somebody proved who they are: finds the person by the first alias that is known, or registers them; the other
    /// aliases name the same person from now on.
    Register {
        aliases: Vec<PersonAlias>,
        sealed: Vec<u8>,
    },
    /// 파기 of one person; their keys are to be destroyed next.
    Remove {
        person: PersonId,
        reason: RemovalReason,
    },
    /// 파기 of those whose period is over: the others stay.
    RemoveDue {
        people: Vec<PersonId>,
        /// How long data is kept after it was needed last.
        kept: SignedDuration,
    },
    /// These keys are gone for good. Whatever is not the key of somebody who was removed is passed over.
    KeysDestroyed {
        keys: Vec<PersonKey>,
    },
    RenewAliases(RenewAliases),
    Delegate(Delegate),
    /// Either side may end it.
    EndDelegation {
        campaign: CampaignId,
        by: PersonId,
        booker: PersonId,
        recipient: PersonId,
    },
    /// The recipient takes a revocation back.
    AllowHelper {
        campaign: CampaignId,
        booker: PersonId,
        recipient: PersonId,
    },
    /// Takes the place of the draft before; empty throws it away.
    SaveDraft {
        person: PersonId,
        sealed: Vec<u8>,
    },
    EndSession {
        session: SessionId,
        until: Timestamp,
    },
    Admit(Admit),
    Hold(TakePlaces),
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
    /// The second dose goes with the first.
    Cancel {
        person: PersonId,
        appointment: AppointmentId,
    },
    /// Queues a reminder for visits on that day, at most so many at once; nobody is reminded twice of the same day.
    Remind {
        visit_on: Date,
        people_max: usize,
    },
    /// Gives back the places of expired holds, at most so many at once, so that they never come back in a wave.
    Expire {
        holds_max: usize,
    },
    MessagesSent {
        messages: Vec<MessageId>,
    },
    Wait(Wait),
    /// Also what is offered is given up.
    LeaveWaiting {
        by: PersonId,
        wait: WaitId,
    },
    /// Books what is offered, in one step.
    AcceptOffer {
        by: PersonId,
        wait: WaitId,
    },
    /// The place goes to the next; whoever declines still waits.
    DeclineOffer {
        by: PersonId,
        wait: WaitId,
    },
    /// With who, from where and why.
    AsStaff(Box<AsStaff>),
}

/// Places for everybody named: the wanted time for the first of them, the same or adjacent times for the others, the
/// second doses with the first.
#[derive(Debug, Clone)]
pub struct TakePlaces {
    pub campaign: CampaignId,
    pub booker: PersonId,
    pub recipients: Vec<PersonId>,
    pub dose: DoseNumber,
    pub at: SlotId,
    /// Whether their appointments are to be moved; the old places are given up when the hold is confirmed.
    pub is_change: bool,
}

/// Somebody waits for a place, for a first dose with whatever belongs to it.
#[derive(Debug, Clone, Copy)]
pub struct Wait {
    pub campaign: CampaignId,
    pub booker: PersonId,
    /// The booker, or somebody for whom they may act.
    pub recipient: PersonId,
    pub scope: WaitScope,
    /// From, until; any day if None.
    pub days: Option<(Date, Date)>,
}

impl TakePlaces {
    /// A first dose for the booker alone.
    pub fn for_oneself(campaign: CampaignId, booker: PersonId, at: SlotId) -> Self {
        Self { campaign, booker, recipients: vec![booker], dose: DoseNumber(1), at, is_change: false }
    }
}

/// Somebody's aliases under another key, in place of the old ones.
#[derive(Debug, Clone)]
pub struct RenewAliases {
    pub person: PersonId,
    pub old: Vec<PersonAlias>,
    pub new: Vec<PersonAlias>,
}

/// A helper names somebody to book for, by name and number together.
#[derive(Debug, Clone)]
pub struct Delegate {
    pub campaign: CampaignId,
    pub booker: PersonId,
    /// As in [`Command::Register`].
    pub aliases: Vec<PersonAlias>,
    /// What the helper says of the recipient; kept only where nothing is known yet.
    pub sealed: Vec<u8>,
    pub candidate: Candidate,
    pub relation: Relation,
    pub consent: ConsentVersion,
    /// When the code was sent that the recipient read out; whoever asks for this has seen that it was right.
    pub code_sent_at: Option<Timestamp>,
}

/// Exchange of a ticket for a pass. The gate has checked that it is called; the ledger checks everything else.
#[derive(Debug, Clone, Copy)]
pub struct Admit {
    pub campaign: CampaignId,
    pub person: PersonId,
    pub candidate: Candidate,
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
            Self::Remove { .. } => "remove",
            Self::RemoveDue { .. } => "remove_due",
            Self::KeysDestroyed { .. } => "keys_destroyed",
            Self::RenewAliases(_) => "renew_aliases",
            Self::EndSession { .. } => "end_session",
            Self::Admit(_) => "admit",
            Self::Delegate(_) => "delegate",
            Self::EndDelegation { .. } => "end_delegation",
            Self::AllowHelper { .. } => "allow_helper",
            Self::SaveDraft { .. } => "save_draft",
            Self::Hold(_) => "hold",
            Self::Extend { .. } => "extend",
            Self::Release { .. } => "release",
            Self::Confirm { .. } => "confirm",
            Self::Cancel { .. } => "cancel",
            Self::Expire { .. } => "expire",
            Self::Remind { .. } => "remind",
            Self::MessagesSent { .. } => "messages_sent",
            Self::Wait(_) => "wait",
            Self::LeaveWaiting { .. } => "leave_waiting",
            Self::AcceptOffer { .. } => "accept_offer",
            Self::DeclineOffer { .. } => "decline_offer",
            Self::AsStaff(order) => order.act.name(),
        }
    }
}

impl From<Command> for Request {
    fn from(command: Command) -> Self {
        Self { keyed: None, command }
    }
}
