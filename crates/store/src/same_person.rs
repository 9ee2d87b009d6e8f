//! A command in the names that people have now.

use crate::{AsStaff, Command, Delegate, RenewAliases, StaffAct, TakePlaces, Wait};
use booking::PersonId;

impl Command {
    /// Each person as `now` knows them: somebody whose two names were merged may still come under the other, from a
    /// session that was begun with it.
    pub(crate) fn in_names_of_now(&self, now: &dyn Fn(PersonId) -> PersonId) -> Self {
        let mut command = self.clone();
        match &mut command {
            Self::Delegate(Delegate { booker: person, .. })
            | Self::SaveDraft { person, .. }
            | Self::Extend { booker: person, .. }
            | Self::Release { booker: person, .. }
            | Self::Confirm { booker: person, .. }
            | Self::LeaveWaiting { by: person, .. }
            | Self::AcceptOffer { by: person, .. }
            | Self::DeclineOffer { by: person, .. }
            | Self::Remove { person, .. }
            | Self::RenewAliases(RenewAliases { person, .. })
            | Self::Cancel { person, .. } => *person = now(*person),
            Self::EndDelegation { by, booker, recipient, .. } => {
                for person in [by, booker, recipient] {
                    *person = now(*person);
                }
            }
            Self::AllowHelper { booker, recipient, .. } | Self::Wait(Wait { booker, recipient, .. }) => {
                for person in [booker, recipient] {
                    *person = now(*person);
                }
            }
            Self::Admit(admit) => admit.person = now(admit.person),
            Self::Hold(TakePlaces { booker, recipients, .. }) => {
                for person in recipients.iter_mut().chain([booker]) {
                    *person = now(*person);
                }
            }
            Self::AsStaff(order) => in_names_of_now(order, now),
            Self::RemoveDue { .. }
            | Self::KeysDestroyed { .. }
            | Self::Open { .. }
            | Self::Close { .. }
            | Self::Register { .. }
            | Self::EndSession { .. }
            | Self::Expire { .. }
            | Self::Remind { .. }
            | Self::MessagesSent { .. } => {}
        }
        command
    }
}

fn in_names_of_now(order: &mut AsStaff, now: &dyn Fn(PersonId) -> PersonId) {
    match &mut order.act {
        StaffAct::InNameOf(command) => *command = command.in_names_of_now(now),
        StaffAct::LookUp { whose, .. } => *whose = whose.map(now),
        StaffAct::RevokeAdmission { person, .. } => *person = now(*person),
        StaffAct::MergePeople { survivor, merged } => {
            (*survivor, *merged) = (now(*survivor), now(*merged));
        }
        StaffAct::CorrectEligibility(_) | StaffAct::Use(_) => {}
    }
}
