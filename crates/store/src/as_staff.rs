//! What staff do. The order carries who, from where and why; the ledger puts it on record in the same step, also when
//! the answer is "no". Who is allowed to is decided before the ledger, by their role.

use crate::Command;
use booking::{LookUp, Origin, PersonId, StaffId};

#[derive(Debug, Clone)]
pub struct AsStaff {
    pub staff: StaffId,
    pub from: Origin,
    /// The reason in their words, sealed; some acts need one.
    pub why: Vec<u8>,
    pub act: StaffAct,
}

#[derive(Debug, Clone)]
pub enum StaffAct {
    /// What people do for themselves, done in their name: booking at a desk, or ending a helper's leave. The events of
    /// the appointment name the person; the one that follows in the same step names who did it.
    InNameOf(Command),
    /// Before anything is shown: what was looked at, and whose it is where one person is meant.
    LookUp { what: LookUp, whose: Option<PersonId> },
}

impl StaffAct {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::InNameOf(command) => command.name(),
            Self::LookUp { .. } => "look_up",
        }
    }
}
