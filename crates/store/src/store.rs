//! The trait, and what its reads return.

use crate::{AuditEvent, AuditHead, Measured, Request, StoreError};
use booking::rules::NeededUntil;
use booking::{
    Admission, Appointment, AppointmentId, CampaignId, ClinicId, DelegationRecord, DoseNumber, Hold, HoldId,
    Message, MessageId, Offer, Opening, Outcome, PersonAlias, PersonId, PersonKey, Refusal, RegionCode,
    SessionId, SlotCounts, SlotId, Vials, WaitEntry, WaitId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::pin::Pin;

/// "No" is a value, a broken machine is an error.
pub type Answer = Result<Result<Outcome, Refusal>, StoreError>;

/// A future in a box, so that the trait can stand behind `dyn`.
pub type Waiting<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The ledger. Every answer of [`Store::execute`] is durable before it is given, and every read that follows, on any
/// thread, shows it.
pub trait Store: Send + Sync {
    fn execute(&self, request: Request) -> Waiting<'_, Answer>;

    /// Whether writes are accepted now; cheap, asked every tick by the gate.
    fn is_well(&self) -> bool;

    /// How far the tables for questions are behind; None where there are none that follow. Cheap.
    fn views_lag(&self) -> Option<ViewsLag> {
        None
    }

    /// What the writer has done since the start, and what waits for it; None where nobody counts. Cheap.
    fn writing(&self) -> Option<Writing> {
        None
    }

    fn figures(&self, campaign: CampaignId) -> Waiting<'_, Result<CampaignFigures, StoreError>>;
    /// Places taken by clinic and day, for the given clinics; a day without any is left out.
    fn days_taken(&self, clinics: Vec<ClinicId>) -> Waiting<'_, Result<Vec<DayTaken>, StoreError>>;
    /// What changed after a version, at most so many days, the oldest change first; begin with 0 and come back with the
    /// version of the last answer, of this very store: an opened one counts anew. Costs what changed, not what there is.
    fn days_changed(&self, since: u64, days_max: usize) -> Waiting<'_, Result<DaysChanged, StoreError>>;
    /// The bands of one clinic on one day, by their start.
    fn slots(
        &self,
        campaign: CampaignId,
        clinic: ClinicId,
        visit_on: Date,
    ) -> Waiting<'_, Result<Vec<(u16, SlotCounts)>, StoreError>>;
    /// Who is booked at a clinic beyond what it offers, slot by slot, in each the latest booked first.
    fn reoffer_list(&self, clinic: ClinicId) -> Waiting<'_, Result<Vec<Visit>, StoreError>>;
    /// The day sheet of a clinic; None where the campaign or the clinic is not known.
    fn clinic_day(
        &self,
        campaign: CampaignId,
        clinic: ClinicId,
        visit_on: Date,
    ) -> Waiting<'_, Result<Option<ClinicDay>, StoreError>>;
    /// Doses of a campaign, and how many of them are taken; None where it is not known.
    fn supply(&self, campaign: CampaignId) -> Waiting<'_, Result<Option<WithinSupply>, StoreError>>;
    fn person(&self, person: PersonId) -> Waiting<'_, Result<Option<PersonRecord>, StoreError>>;
    /// Whom the first known alias names.
    fn named(&self, aliases: Vec<PersonAlias>) -> Waiting<'_, Result<Option<PersonId>, StoreError>>;
    /// People by their number, beginning after one; at most so many numbers are looked at, and none follows an empty
    /// answer.
    fn standing_after(
        &self,
        after: PersonId,
        numbers_max: u64,
        now: Timestamp,
    ) -> Waiting<'_, Result<Vec<PersonStanding>, StoreError>>;
    /// Keys of people who were removed, still to be destroyed; at most so many.
    fn condemned_keys(&self, keys_max: usize) -> Waiting<'_, Result<Vec<PersonKey>, StoreError>>;
    fn session_ended(&self, session: SessionId) -> Waiting<'_, Result<bool, StoreError>>;
    fn admission(
        &self,
        campaign: CampaignId,
        person: PersonId,
    ) -> Waiting<'_, Result<Option<Admission>, StoreError>>;
    fn hold_of(
        &self,
        campaign: CampaignId,
        booker: PersonId,
    ) -> Waiting<'_, Result<Option<(HoldId, Hold)>, StoreError>>;
    /// Where the first place of the booker's hold is or, after it ran out, was; nothing once it was confirmed or given
    /// up.
    fn last_choice(
        &self,
        campaign: CampaignId,
        booker: PersonId,
    ) -> Waiting<'_, Result<Option<(HoldId, SlotId)>, StoreError>>;
    /// Those that somebody gave and those that somebody was given, in every campaign, ended ones included.
    fn delegations_of(&self, person: PersonId) -> Waiting<'_, Result<Vec<DelegationRecord>, StoreError>>;
    /// What the person prepared, opaque here.
    fn draft(&self, person: PersonId) -> Waiting<'_, Result<Option<Vec<u8>>, StoreError>>;
    /// Of the person and of everybody for whom they may act; oldest first, cancelled ones included.
    fn appointments_of(
        &self,
        person: PersonId,
    ) -> Waiting<'_, Result<Vec<(AppointmentId, Appointment)>, StoreError>>;
    fn appointment(&self, appointment: AppointmentId)
    -> Waiting<'_, Result<Option<Appointment>, StoreError>>;
    /// For whom somebody waits, themselves and those whom they help; the oldest first.
    fn waits_of(&self, person: PersonId) -> Waiting<'_, Result<Vec<WaitRecord>, StoreError>>;
    /// Whom a name stands for since two were merged; a session begun under the other is theirs.
    fn now_known_as(&self, person: PersonId) -> Waiting<'_, Result<PersonId, StoreError>>;
    /// What waits for a decision at a desk.
    fn desk_cases(&self) -> Waiting<'_, Result<Vec<DeskCase>, StoreError>>;
    /// The end of the audit chain.
    fn audit_head(&self) -> Waiting<'_, Result<AuditHead, StoreError>>;
    /// The events after that one, oldest first, at most so many. None only when there is none: come back with the
    /// number of the last until then.
    fn audit_since(&self, seq: u64, events_max: usize) -> Waiting<'_, Result<Vec<AuditEvent>, StoreError>>;
    /// The oldest messages that are not marked as sent.
    fn messages_waiting(&self, limit: usize) -> Waiting<'_, Result<Vec<(MessageId, Message)>, StoreError>>;
}

/// What an operator sees of the writer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Writing {
    pub commands_waiting: usize,
    /// That were answered.
    pub commands: u64,
    /// How long each batch took from its decision until it was durable.
    pub commits: Measured,
}

/// How far the views are behind the journal, in rows of the journal and in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewsLag {
    /// The last row of the journal.
    pub journal_seq: u64,
    /// The last row that the views hold.
    pub views_seq: u64,
    /// Since when, at the longest, a change waits that the views do not hold; milliseconds since 1970, by the clock of the
    /// ledger. None when they hold all.
    pub waits_since_ms: Option<i64>,
}

/// What the gate publishes of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CampaignFigures {
    pub opening: Opening,
    /// Doses neither held nor booked, by 시·도.
    pub doses_left: BTreeMap<RegionCode, u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayTaken {
    pub clinic: ClinicId,
    pub visit_on: Date,
    pub places: u32,
    /// Of these, how many are in a band that begins before noon.
    pub before_noon: u32,
    /// All places of the day and those before noon, where the clinic said so itself: in each band what it offers, or
    /// what is taken if that is more. None: the country's list tells.
    pub offered: Option<(u32, u32)>,
}

/// An appointment and its number.
pub type Visit = (AppointmentId, Appointment);

/// What a clinic gets ready for a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClinicDay {
    /// By their start.
    pub bands: Vec<(u16, SlotCounts)>,
    /// For whoever is booked.
    pub vials: Vials,
    /// In the order of the day, without cancelled ones.
    pub visits: Vec<Visit>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WithinSupply {
    /// Doses of the campaign; what is not shared out is a reserve.
    pub total: u64,
    pub sidos: BTreeMap<RegionCode, SupplyRow>,
}

/// First doses of a 시·도. More taken than there are: so many are short, and nobody gets another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SupplyRow {
    pub doses: u32,
    /// Held or booked.
    pub taken: u32,
}

/// How days stand that changed. A day from which everything was given back is among them, with no place taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DaysChanged {
    /// Of the last of these days; the version that was asked for when there is none.
    pub version: u64,
    pub days: Vec<DayTaken>,
}

/// What decides how long somebody's data is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonStanding {
    pub person: PersonId,
    /// False of those who were removed.
    pub is_known: bool,
    /// None of somebody whose fields are sealed as they were before people had keys of their own.
    pub key: Option<PersonKey>,
    pub needed: NeededUntil,
}

/// An entry of the wait list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitRecord {
    pub id: WaitId,
    pub entry: WaitEntry,
    pub offer: Option<Offer>,
    /// How many came before and wait in the same scope.
    pub before: u64,
}

/// Two names turned out to be one person's, and both had an appointment for the same dose. All of them stand until one
/// is left; whoever cancels one decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskCase {
    pub campaign: CampaignId,
    pub person: PersonId,
    pub dose: DoseNumber,
    pub appointments: Vec<AppointmentId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRecord {
    /// Encrypted fields, opaque to the store.
    pub sealed: Vec<u8>,
}
