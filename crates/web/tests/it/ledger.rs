//! The reference store with moods: it answers, it is gone, it hangs, it panics. It notes what was written.

use booking::{
    Admission, Appointment, AppointmentId, CampaignId, ClinicId, Hold, HoldId, Message, MessageId, Outcome,
    PersonAlias, PersonId, PersonKey, SessionId, SlotCounts, SlotId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use store::{
    Answer, AuditEvent, AuditHead, CampaignFigures, ClinicDay, Command, DayTaken, DaysChanged, DeskCase,
    Measured, MemoryStore, PersonRecord, PersonStanding, Request, Store, StoreError, Visit, WaitRecord,
    Waiting, WithinSupply, Writing,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    Gone,
    Hangs,
    Panics,
}

pub(crate) struct MoodyStore {
    inner: MemoryStore,
    mood: Mutex<Mood>,
    written: Mutex<Vec<String>>,
    asked: Mutex<u64>,
    waiting: AtomicUsize,
}

impl MoodyStore {
    pub(crate) fn new(inner: MemoryStore) -> Arc<Self> {
        let mood = Mutex::new(Mood::Well);
        Arc::new(Self {
            inner,
            mood,
            written: Mutex::default(),
            asked: Mutex::default(),
            waiting: AtomicUsize::new(0),
        })
    }

    pub(crate) fn feel(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// So many commands wait for the writer from now on.
    pub(crate) fn is_behind_by(&self, commands: usize) {
        self.waiting.store(commands, Ordering::SeqCst);
    }

    /// Every command that took effect, in order; what the keeper does by itself every tick is left out.
    pub(crate) fn written(&self) -> Vec<String> {
        self.written.lock().unwrap().clone()
    }

    /// How often it was asked for anything.
    pub(crate) fn asked(&self) -> u64 {
        *self.asked.lock().unwrap()
    }

    fn note(&self, command: &Command, outcome: &Outcome) {
        if !matches!(outcome, Outcome::Expired { holds: 0 }) {
            self.written.lock().unwrap().push(format!("{command:?}"));
        }
    }

    fn in_mood<'a, T: Send + 'a>(
        &'a self,
        answer: impl Future<Output = Result<T, StoreError>> + Send + 'a,
    ) -> Waiting<'a, Result<T, StoreError>> {
        *self.asked.lock().unwrap() += 1;
        let mood = *self.mood.lock().unwrap();
        Box::pin(async move {
            match mood {
                Mood::Well => answer.await,
                Mood::Gone => Err(StoreError::unavailable("switched off by a test")),
                Mood::Hangs => std::future::pending().await,
                Mood::Panics => panic!("a bug, made by a test"),
            }
        })
    }
}

impl Store for MoodyStore {
    fn execute(&self, request: Request) -> Waiting<'_, Answer> {
        self.in_mood(async move {
            let command = request.command.clone();
            let answer = self.inner.execute(request).await?;
            if let Ok(outcome) = &answer {
                self.note(&command, outcome);
            }
            Ok(answer)
        })
    }

    fn is_well(&self) -> bool {
        *self.mood.lock().unwrap() == Mood::Well
    }

    fn writing(&self) -> Option<Writing> {
        let commands_waiting = self.waiting.load(Ordering::SeqCst);
        Some(Writing { commands_waiting, commands: 0, commits: Measured::default() })
    }

    fn figures(&self, campaign: CampaignId) -> Waiting<'_, Result<CampaignFigures, StoreError>> {
        self.in_mood(self.inner.figures(campaign))
    }

    fn waits_of(&self, person: PersonId) -> Waiting<'_, Result<Vec<WaitRecord>, StoreError>> {
        self.in_mood(self.inner.waits_of(person))
    }

    fn now_known_as(&self, person: PersonId) -> Waiting<'_, Result<PersonId, StoreError>> {
        self.in_mood(self.inner.now_known_as(person))
    }

    fn desk_cases(&self) -> Waiting<'_, Result<Vec<DeskCase>, StoreError>> {
        self.in_mood(self.inner.desk_cases())
    }

    fn audit_head(&self) -> Waiting<'_, Result<AuditHead, StoreError>> {
        self.in_mood(self.inner.audit_head())
    }

    fn audit_since(&self, seq: u64, events_max: usize) -> Waiting<'_, Result<Vec<AuditEvent>, StoreError>> {
        self.in_mood(self.inner.audit_since(seq, events_max))
    }

    fn days_taken(&self, clinics: Vec<ClinicId>) -> Waiting<'_, Result<Vec<DayTaken>, StoreError>> {
        self.in_mood(self.inner.days_taken(clinics))
    }

    fn days_changed(&self, since: u64, days_max: usize) -> Waiting<'_, Result<DaysChanged, StoreError>> {
        self.in_mood(self.inner.days_changed(since, days_max))
    }

    fn slots(
        &self,
        campaign: CampaignId,
        clinic: ClinicId,
        visit_on: Date,
    ) -> Waiting<'_, Result<Vec<(u16, SlotCounts)>, StoreError>> {
        self.in_mood(self.inner.slots(campaign, clinic, visit_on))
    }

    fn reoffer_list(&self, clinic: ClinicId) -> Waiting<'_, Result<Vec<Visit>, StoreError>> {
        self.in_mood(self.inner.reoffer_list(clinic))
    }

    fn clinic_day(
        &self,
        campaign: CampaignId,
        clinic: ClinicId,
        visit_on: Date,
    ) -> Waiting<'_, Result<Option<ClinicDay>, StoreError>> {
        self.in_mood(self.inner.clinic_day(campaign, clinic, visit_on))
    }

    fn supply(&self, campaign: CampaignId) -> Waiting<'_, Result<Option<WithinSupply>, StoreError>> {
        self.in_mood(self.inner.supply(campaign))
    }

    fn person(&self, person: PersonId) -> Waiting<'_, Result<Option<PersonRecord>, StoreError>> {
        self.in_mood(self.inner.person(person))
    }

    fn named(&self, aliases: Vec<PersonAlias>) -> Waiting<'_, Result<Option<PersonId>, StoreError>> {
        self.in_mood(self.inner.named(aliases))
    }

    fn standing_after(
        &self,
        after: PersonId,
        numbers_max: u64,
        now: Timestamp,
    ) -> Waiting<'_, Result<Vec<PersonStanding>, StoreError>> {
        self.in_mood(self.inner.standing_after(after, numbers_max, now))
    }

    fn condemned_keys(&self, keys_max: usize) -> Waiting<'_, Result<Vec<PersonKey>, StoreError>> {
        self.in_mood(self.inner.condemned_keys(keys_max))
    }

    fn session_ended(&self, session: SessionId) -> Waiting<'_, Result<bool, StoreError>> {
        self.in_mood(self.inner.session_ended(session))
    }

    fn admission(
        &self,
        campaign: CampaignId,
        person: PersonId,
    ) -> Waiting<'_, Result<Option<Admission>, StoreError>> {
        self.in_mood(self.inner.admission(campaign, person))
    }

    fn last_choice(
        &self,
        campaign: CampaignId,
        booker: PersonId,
    ) -> Waiting<'_, Result<Option<(HoldId, SlotId)>, StoreError>> {
        self.in_mood(self.inner.last_choice(campaign, booker))
    }

    fn hold_of(
        &self,
        campaign: CampaignId,
        booker: PersonId,
    ) -> Waiting<'_, Result<Option<(HoldId, Hold)>, StoreError>> {
        self.in_mood(self.inner.hold_of(campaign, booker))
    }

    fn delegations_of(
        &self,
        person: PersonId,
    ) -> Waiting<'_, Result<Vec<booking::DelegationRecord>, StoreError>> {
        self.in_mood(self.inner.delegations_of(person))
    }

    fn draft(&self, person: PersonId) -> Waiting<'_, Result<Option<Vec<u8>>, StoreError>> {
        self.in_mood(self.inner.draft(person))
    }

    fn appointments_of(
        &self,
        person: PersonId,
    ) -> Waiting<'_, Result<Vec<(AppointmentId, Appointment)>, StoreError>> {
        self.in_mood(self.inner.appointments_of(person))
    }

    fn appointment(
        &self,
        appointment: AppointmentId,
    ) -> Waiting<'_, Result<Option<Appointment>, StoreError>> {
        self.in_mood(self.inner.appointment(appointment))
    }

    fn messages_waiting(&self, limit: usize) -> Waiting<'_, Result<Vec<(MessageId, Message)>, StoreError>> {
        self.in_mood(self.inner.messages_waiting(limit))
    }
}
