//! What staff do. The order carries who, from where and why; the ledger puts it on record in the same step, also when
//! the answer is "no". Who is allowed to is decided before the ledger, by their role.

use crate::{Command, StaffUse};
use booking::{CampaignId, Channel, LookUp, Origin, PersonAlias, PersonId, StaffId};

#[derive(Debug, Clone)]
pub struct AsStaff {
    pub staff: StaffId,
    pub from: Origin,
    /// The reason in their words, sealed; some acts need one.
    pub why: Vec<u8>,
    pub act: StaffAct,
}

impl AsStaff {
    /// By a program that seals no address, and without a reason.
    pub fn over(channel: Channel, staff: StaffId, act: StaffAct) -> Self {
        Self { staff, from: Origin { channel, sealed: Vec::new() }, why: Vec::new(), act }
    }
}

impl From<AsStaff> for Command {
    fn from(order: AsStaff) -> Self {
        Self::AsStaff(Box::new(order))
    }
}

#[derive(Debug, Clone)]
pub enum StaffAct {
    /// What people do for themselves, done in their name: booking at a desk, or ending a helper's leave. The events of
    /// the appointment name the person; the one that follows in the same step names who did it.
    InNameOf(Command),
    /// In the name of a clinic, or of the campaign's office.
    Use(StaffUse),
    /// Before anything is shown: what was looked at, and whose it is where one person is meant.
    LookUp {
        what: LookUp,
        whose: Option<PersonId>,
    },
    CorrectEligibility(CorrectEligibility),
    RevokeAdmission {
        campaign: CampaignId,
        person: PersonId,
    },
    /// There is no way back: what belonged to whom is not kept apart.
    MergePeople {
        survivor: PersonId,
        merged: PersonId,
    },
}

/// Whether one person is of the group, whatever its birth dates and the roster say.
#[derive(Debug, Clone)]
pub struct CorrectEligibility {
    pub campaign: CampaignId,
    /// As in [`Command::Register`]: they need not have been here before.
    pub aliases: Vec<PersonAlias>,
    /// What staff know of them; kept only where nothing is known yet.
    pub sealed: Vec<u8>,
    pub eligible: bool,
    /// Also somebody who was let in or named by a helper before; otherwise a "no" is for those to come.
    pub also_admitted: bool,
}

impl StaffAct {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::InNameOf(command) => command.name(),
            Self::Use(does) => does.name(),
            Self::LookUp { .. } => "look_up",
            Self::CorrectEligibility(_) => "correct_eligibility",
            Self::RevokeAdmission { .. } => "revoke_admission",
            Self::MergePeople { .. } => "merge_people",
        }
    }
}
