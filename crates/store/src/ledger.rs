//! The ledger in memory: gathers the facts, asks `booking`, applies the changes.
//!
//! [`Ledger::decide`] works on the pending layer, so that a batch of commands sees its own effects. [`Ledger::seal`]
//! ends the batch: the next one is decided on it while it is being written. Nothing is visible to readers before
//! [`Ledger::commit`], and [`Ledger::discard`] forgets both.

mod ahead;
mod answers;
mod apply;
mod appointments;
mod audit;
mod days;
mod desk;
mod fits;
mod guarded;
mod hash_index;
mod layers;
mod loading;
mod messages;
mod own;
mod read;
mod reminders;
mod retention;
mod said;
#[cfg(feature = "conformance")]
mod tables;
mod tickets;
mod uses;
mod visits;
mod waiting;

pub use ahead::LOOKED_AHEAD;
pub use loading::KeptAnswers;

use crate::bundled::Bundled;
use crate::rows::ByDay;
use crate::table::{ByNumber, Large, Table};
use crate::{Command, Keyed, Request};
use answers::Answers;
use booking::rules::Abandoned;
use booking::{
    Admission, Appointment, AppointmentId, CampaignId, Change, Country, DelegationRecord, DoseNumber, Hold,
    HoldId, Opening, Outcome, PersonAlias, PersonId, PersonKey, Refusal, RegionCode, SessionId, SlotId,
};
use days::DayChanges;
use jiff::Timestamp;
use jiff::civil::Date;
use layers::Followed;
use messages::Messages;
use said::Said;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;
use visits::Visits;

/// Expired holds given back before each decision: a few at a time, so that they never come back in a wave.
pub(crate) const EXPIRED_PER_DECISION: usize = 4;
/// Places that came back offered to those who wait, before each decision.
pub(crate) const OFFERED_PER_DECISION: usize = 2;

pub struct Ledger {
    country: Arc<Country>,
    openings: Table<CampaignId, Opening>,
    aliases: Large<PersonAlias, PersonId>,
    people: Table<PersonId, Vec<u8>, Bundled>,
    /// Keys of people who were removed, still to be destroyed.
    condemned: Table<PersonKey, ()>,
    /// Keys from when somebody had two names.
    other_keys: Table<PersonId, Vec<PersonKey>>,
    delegations: Table<DelegationKey, DelegationRecord>,
    /// The delegations of a person, given and taken.
    delegated: Table<PersonId, Vec<DelegationKey>>,
    drafts: Table<PersonId, Vec<u8>>,
    ended_sessions: Table<SessionId, Timestamp>,
    admissions: ByNumber<(CampaignId, PersonId), Admission>,
    tickets: tickets::Tickets,
    slots: Table<SlotId, Taken, ByDay<Taken>>,
    day_changes: DayChanges,
    supply: Table<(CampaignId, RegionCode), u32>,
    said: Said,
    holds: Table<HoldId, Hold>,
    hold_of: Table<(CampaignId, PersonId), HoldId>,
    /// The last hold of a booker that ran out, until they hold something else to its end.
    expired: Table<PersonId, ExpiredHold>,
    abandoned: Table<(CampaignId, PersonId), Abandoned>,
    appointments: ByNumber<AppointmentId, Appointment>,
    /// What stands for a dose: an appointment that is live, or was given.
    live: ByNumber<(CampaignId, PersonId, DoseNumber), AppointmentId>,
    own: own::Own,
    /// The day of which somebody was reminded.
    reminded: Table<AppointmentId, Date>,
    answers: Answers,
    messages: Messages,
    /// Committed holds by the end of their life.
    expiring: BTreeSet<(Timestamp, HoldId)>,
    /// Committed live appointments of which nobody was reminded.
    to_remind: reminders::Reminders,
    visits: Visits,
    /// How far this batch has gone through them: a long batch does not look at the same ones again and again.
    swept: Bound<(Timestamp, HoldId)>,
    next: Counters,
    next_sealed: Counters,
    next_committed: Counters,
    waits: waiting::Waits,
    desk: desk::Desk,
    audit: audit::Trail,
    /// What of this batch, and of the one that is being written, the indexes follow when it is durable.
    followed: Vec<Followed>,
    followed_sealed: Vec<Followed>,
    is_sealed: bool,
}

/// Who books for whom in which campaign: booker, then recipient.
type DelegationKey = (CampaignId, PersonId, PersonId);

/// What is remembered of a hold that ran out: enough to say so, and to offer the same place again.
#[derive(Debug, Clone, Copy)]
struct ExpiredHold {
    id: HoldId,
    campaign: CampaignId,
    /// Of its first place.
    slot: SlotId,
    at: Timestamp,
}

/// What the ledger says of a slot; its capacity is what the clinic says.
#[derive(Debug, Clone, Copy, Default)]
struct Taken {
    held: u32,
    booked: u32,
    blocked: u32,
}

#[derive(Debug, Clone, Copy)]
struct Counters {
    person: u64,
    hold: u64,
    appointment: u64,
    message: u64,
}

impl Ledger {
    pub fn new(country: Arc<Country>) -> Self {
        let first = Counters { person: 1, hold: 1, appointment: 1, message: 1 };
        Self {
            country,
            openings: Table::default(),
            aliases: Table::default(),
            people: Table::default(),
            condemned: Table::default(),
            other_keys: Table::default(),
            delegations: Table::default(),
            delegated: Table::default(),
            drafts: Table::default(),
            ended_sessions: Table::default(),
            admissions: Table::default(),
            tickets: tickets::Tickets::default(),
            slots: Table::default(),
            day_changes: DayChanges::default(),
            supply: Table::default(),
            said: Said::default(),
            holds: Table::default(),
            hold_of: Table::default(),
            expired: Table::default(),
            abandoned: Table::default(),
            appointments: Table::default(),
            live: Table::default(),
            own: own::Own::default(),
            reminded: Table::default(),
            answers: Answers::default(),
            messages: Messages::default(),
            expiring: BTreeSet::new(),
            to_remind: reminders::Reminders::default(),
            visits: Visits::default(),
            swept: Bound::Unbounded,
            next: first,
            next_sealed: first,
            next_committed: first,
            waits: waiting::Waits::default(),
            desk: desk::Desk::default(),
            audit: audit::Trail::default(),
            followed: Vec::new(),
            followed_sealed: Vec::new(),
            is_sealed: false,
        }
    }

    /// Decides one request on what is committed and pending. What changes is applied to the pending layer and added
    /// to `changes`, in order, for the journal; a refusal adds nothing of its own but, where staff asked, that they did.
    pub fn decide(
        &mut self,
        request: &Request,
        now: Timestamp,
        changes: &mut Vec<Change>,
    ) -> Result<Outcome, Refusal> {
        self.expire_due(now, EXPIRED_PER_DECISION, changes);
        self.offer_due(now, OFFERED_PER_DECISION, changes);
        if let Some(kept) = self.kept_answer(request.keyed) {
            return kept;
        }
        let outcome = if self.has_merges() {
            let command = request.command.in_names_of_now(&|person| self.known_as(person));
            self.carry_out(&command, now, changes)?
        } else {
            self.carry_out(&request.command, now, changes)?
        };
        if let Some(Keyed { key, body }) = request.keyed {
            self.write(Change::Answered { key, body, outcome: outcome.clone(), at: now }, changes);
        }
        Ok(outcome)
    }

    fn kept_answer(&self, keyed: Option<Keyed>) -> Option<Result<Outcome, Refusal>> {
        let Keyed { key, body } = keyed?;
        let kept = self.answers.get(key)?;
        Some(if kept.is_to(&body) { Ok(kept.outcome()) } else { Err(Refusal::KeyReused) })
    }

    fn carry_out(
        &mut self,
        command: &Command,
        now: Timestamp,
        changes: &mut Vec<Change>,
    ) -> Result<Outcome, Refusal> {
        match command {
            Command::Open { campaign } => self.open(*campaign, now, changes),
            Command::Close { campaign } => self.close(*campaign, now, changes),
            Command::Register { aliases, sealed } => Ok(self.register(aliases, sealed, changes)),
            Command::Remove { person, reason } => self.remove_person(*person, *reason, now, changes),
            Command::RemoveDue { people, kept } => Ok(self.remove_due(people, *kept, now, changes)),
            Command::KeysDestroyed { keys } => Ok(self.destroy_keys(keys, now, changes)),
            Command::RenewAliases(wanted) => self.renew_aliases(wanted, changes),
            Command::Delegate(delegate) => self.delegate(delegate, now, changes),
            Command::EndDelegation { campaign, by, booker, recipient } => {
                self.end_delegation((*campaign, *booker, *recipient), *by, now, changes)
            }
            Command::AllowHelper { campaign, booker, recipient } => {
                self.allow_helper((*campaign, *booker, *recipient), changes)
            }
            Command::SaveDraft { person, sealed } => {
                self.registered(*person)?;
                self.write(Change::DraftSaved { person: *person, sealed: sealed.clone() }, changes);
                Ok(Outcome::DraftSaved)
            }
            Command::EndSession { session, until } => {
                self.write(Change::SessionEnded { session: *session, until: *until }, changes);
                Ok(Outcome::SessionEnded)
            }
            Command::Admit(admit) => self.admit(admit, now, changes),
            Command::Hold(wanted) => self.hold(wanted, now, changes),
            Command::Extend { booker, hold } => self.extend(*booker, *hold, now, changes),
            Command::Release { booker, hold } => self.release(*booker, *hold, now, changes),
            Command::Confirm { booker, hold } => self.confirm(*booker, *hold, now, changes),
            Command::Cancel { person, appointment } => self.cancel(*person, *appointment, now, changes),
            Command::Expire { holds_max } => {
                let holds = self.expire_due(now, *holds_max, changes);
                self.offer_due(now, *holds_max, changes);
                Ok(Outcome::Expired { holds })
            }
            Command::Remind { visit_on, people_max } => Ok(self.remind(*visit_on, *people_max, now, changes)),
            Command::MessagesSent { messages } => {
                for id in messages {
                    self.write(Change::MessageSent { id: *id }, changes);
                }
                Ok(Outcome::MessagesSent)
            }
            Command::Wait(wanted) => self.wait(wanted, now, changes),
            Command::LeaveWaiting { by, wait } => self.leave_waiting(*by, *wait, now, changes),
            Command::AcceptOffer { by, wait } => self.accept_offer(*by, *wait, now, changes),
            Command::DeclineOffer { by, wait } => self.decline_offer(*by, *wait, now, changes),
            Command::AsStaff(order) => self.as_staff(order, now, changes),
        }
    }
}
