//! What staff do and look at, on record in the same step.

use super::{Changes, Decided};
use crate::ledger::Ledger;
use crate::{AsStaff, Command, CorrectEligibility, RecordVisit, RenewAliases, StaffAct, StaffUse};
use booking::rules;
use booking::{Act, Actor, AppointmentId, AuditEntry, Change, HoldId, Outcome, PersonAlias, PersonId};
use jiff::Timestamp;
use std::iter;

impl Ledger {
    /// A refused act is on record as well: it may have told something. What concerns several people is on record once
    /// for each of them, so that everybody finds it who asks what was done with their data.
    pub(in crate::ledger) fn as_staff(
        &mut self,
        order: &AsStaff,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let (what, whose) = (act(&order.act), self.whose(&order.act));
        let others = self.others(&order.act, whose);
        let decided = match &order.act {
            StaffAct::Use(does) => self.staff(order.staff, does, now, changes),
            StaffAct::InNameOf(command) => self.carry_out(command, now, changes),
            StaffAct::LookUp { .. } => Ok(Outcome::LookedUp),
            act => rules::with_reason(&order.why).and_then(|()| self.put_right(act, now, changes)),
        };
        let entry = AuditEntry {
            at: now,
            who: Actor::Staff(order.staff),
            from: order.from.clone(),
            whose: whose.or(person_in(&decided)),
            what,
            why: order.why.clone(),
            refused: decided.as_ref().err().map(booking::Refusal::number),
        };
        let for_others: Vec<AuditEntry> =
            others.into_iter().map(|other| AuditEntry { whose: Some(other), ..entry.clone() }).collect();
        for entry in iter::once(entry).chain(for_others) {
            self.write(Change::Audited(entry), changes);
        }
        decided
    }

    fn put_right(&mut self, act: &StaffAct, now: Timestamp, changes: &mut Changes) -> Decided {
        match act {
            StaffAct::CorrectEligibility(wanted) => self.correct_eligibility(wanted, now, changes),
            StaffAct::RevokeAdmission { campaign, person } => {
                self.revoke_admission(*campaign, *person, now, changes)
            }
            StaffAct::MergePeople { survivor, merged } => self.merge_people(*survivor, *merged, now, changes),
            StaffAct::InNameOf(_) | StaffAct::Use(_) | StaffAct::LookUp { .. } => {
                unreachable!("carried out by the caller")
            }
        }
    }

    /// Somebody moves or cancels an appointment: whose it is cannot be read off the change alone.
    pub(super) fn audit_appointment(
        &mut self,
        by: PersonId,
        whose: PersonId,
        what: Act,
        now: Timestamp,
        changes: &mut Changes,
    ) {
        self.write(Change::Audited(AuditEntry::by_citizen(by, whose, what, now)), changes);
    }

    fn whose(&self, act: &StaffAct) -> Option<PersonId> {
        match act {
            StaffAct::InNameOf(command) => self.whose_command(command),
            StaffAct::Use(does) => visit(does).and_then(|(id, _)| self.whose_appointment(id)),
            StaffAct::LookUp { whose, .. } => *whose,
            StaffAct::RevokeAdmission { person, .. } | StaffAct::MergePeople { survivor: person, .. } => {
                Some(*person)
            }
            StaffAct::CorrectEligibility(wanted) => self.known_by(&wanted.aliases),
        }
    }

    /// Whom it concerns besides: the others of a household.
    fn others(&self, act: &StaffAct, whose: Option<PersonId>) -> Vec<PersonId> {
        let StaffAct::InNameOf(command) = act else { return Vec::new() };
        let all: Vec<PersonId> = match command {
            Command::Hold(wanted) => wanted.recipients.clone(),
            Command::Extend { hold, .. } | Command::Release { hold, .. } | Command::Confirm { hold, .. } => {
                let hold = self.holds.get(*hold);
                hold.into_iter().flat_map(|hold| &hold.places).map(|place| place.recipient).collect()
            }
            _ => Vec::new(),
        };
        let mut others: Vec<PersonId> = Vec::new();
        for person in all {
            if Some(person) != whose && !others.contains(&person) {
                others.push(person);
            }
        }
        others
    }

    fn known_by(&self, aliases: &[PersonAlias]) -> Option<PersonId> {
        aliases.iter().find_map(|alias| self.aliases.get(*alias).copied())
    }

    fn whose_command(&self, command: &Command) -> Option<PersonId> {
        match command {
            Command::EndDelegation { recipient: person, .. }
            | Command::AllowHelper { recipient: person, .. }
            | Command::SaveDraft { person, .. }
            | Command::Remove { person, .. }
            | Command::RenewAliases(RenewAliases { person, .. }) => Some(*person),
            Command::Admit(admit) => Some(admit.person),
            Command::Wait(wanted) => Some(wanted.recipient),
            Command::LeaveWaiting { by, wait }
            | Command::AcceptOffer { by, wait }
            | Command::DeclineOffer { by, wait } => {
                Some(self.waits.entry(*wait).map_or(*by, |entry| entry.recipient))
            }
            Command::Hold(wanted) => Some(wanted.recipients.first().copied().unwrap_or(wanted.booker)),
            Command::Extend { booker, hold }
            | Command::Release { booker, hold }
            | Command::Confirm { booker, hold } => Some(self.whose_hold(*hold).unwrap_or(*booker)),
            Command::Cancel { person, appointment } => {
                Some(self.whose_appointment(*appointment).unwrap_or(*person))
            }
            Command::Open { .. }
            | Command::RemoveDue { .. }
            | Command::KeysDestroyed { .. }
            | Command::Close { .. }
            | Command::Register { .. }
            | Command::Delegate(_)
            | Command::EndSession { .. }
            | Command::Expire { .. }
            | Command::Remind { .. }
            | Command::MessagesSent { .. }
            | Command::AsStaff(_) => None,
        }
    }

    fn whose_hold(&self, hold: HoldId) -> Option<PersonId> {
        self.holds.get(hold)?.places.first().map(|place| place.recipient)
    }

    fn whose_appointment(&self, appointment: AppointmentId) -> Option<PersonId> {
        self.appointments.get(appointment).map(|appointment| appointment.place.recipient)
    }
}

fn act(act: &StaffAct) -> Act {
    match act {
        StaffAct::InNameOf(command) => Act::Used(command.name().to_owned()),
        StaffAct::Use(does) => visit(does).map_or_else(|| Act::Used(does.name().to_owned()), |(_, act)| act),
        StaffAct::LookUp { what, .. } => Act::LookedUp(*what),
        StaffAct::CorrectEligibility(CorrectEligibility { campaign, eligible, also_admitted, .. }) => {
            Act::EligibilityCorrected {
                campaign: *campaign,
                eligible: *eligible,
                also_admitted: *also_admitted,
            }
        }
        StaffAct::RevokeAdmission { campaign, .. } => Act::AdmissionRevoked { campaign: *campaign },
        StaffAct::MergePeople { merged, .. } => Act::Merged { merged: *merged },
    }
}

/// The appointment whose visit is recorded, and as what.
fn visit(does: &StaffUse) -> Option<(AppointmentId, Act)> {
    match does {
        StaffUse::CheckIn(RecordVisit { appointment, .. }) => {
            Some((*appointment, Act::CheckedIn { appointment: *appointment }))
        }
        StaffUse::NoShow(RecordVisit { appointment, .. }) => {
            Some((*appointment, Act::NoShow { appointment: *appointment }))
        }
        StaffUse::Fulfil(RecordVisit { appointment, .. }) => {
            Some((*appointment, Act::Fulfilled { appointment: *appointment }))
        }
        StaffUse::Block { .. }
        | StaffUse::Unblock { .. }
        | StaffUse::SetCapacity(_)
        | StaffUse::SetSupply(_) => None,
    }
}

/// Somebody whom only the answer names.
fn person_in(decided: &Decided) -> Option<PersonId> {
    match decided {
        Ok(
            Outcome::Registered(person)
            | Outcome::DelegationGiven(person)
            | Outcome::EligibilityCorrected(person),
        ) => Some(*person),
        _ => None,
    }
}
