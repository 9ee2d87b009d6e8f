//! The reference store: the ledger behind one lock, nothing kept.

use crate::{
    Answer, CampaignFigures, Clock, DayTaken, Ledger, PersonRecord, Request, Store, StoreError, Waiting,
};
use booking::{
    Admission, Appointment, AppointmentId, CampaignId, ClinicId, Country, Hold, HoldId, Message, MessageId,
    PersonId, SessionId, SlotCounts,
};
use jiff::civil::Date;
use std::sync::{Arc, RwLock, RwLockReadGuard};

pub struct MemoryStore {
    ledger: RwLock<Ledger>,
    clock: Arc<dyn Clock>,
}

impl MemoryStore {
    pub fn new(country: Arc<Country>, clock: Arc<dyn Clock>) -> Self {
        Self { ledger: RwLock::new(Ledger::new(country)), clock }
    }

    /// The state, for the invariants of the conformance suite.
    pub fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.ledger.read().expect("no decision panics")
    }

    fn answer(&self, request: &Request) -> Answer {
        let mut ledger = self.ledger.write().expect("no decision panics");
        let mut changes = Vec::new();
        let answer = ledger.decide(request, self.clock.now(), &mut changes);
        ledger.commit();
        Ok(answer)
    }
}

fn ready<'a, T: Send + 'a>(value: T) -> Waiting<'a, Result<T, StoreError>> {
    Box::pin(std::future::ready(Ok(value)))
}

impl Store for MemoryStore {
    fn execute(&self, request: Request) -> Waiting<'_, Answer> {
        Box::pin(async move { self.answer(&request) })
    }

    fn is_well(&self) -> bool {
        true
    }

    fn figures(&self, campaign: CampaignId) -> Waiting<'_, Result<CampaignFigures, StoreError>> {
        ready(self.ledger().figures(campaign))
    }

    fn days_taken(&self, clinics: Vec<ClinicId>) -> Waiting<'_, Result<Vec<DayTaken>, StoreError>> {
        ready(self.ledger().days_taken(&clinics))
    }

    fn slots(
        &self,
        campaign: CampaignId,
        clinic: ClinicId,
        visit_on: Date,
    ) -> Waiting<'_, Result<Vec<(u16, SlotCounts)>, StoreError>> {
        ready(self.ledger().slots(campaign, clinic, visit_on))
    }

    fn person(&self, person: PersonId) -> Waiting<'_, Result<Option<PersonRecord>, StoreError>> {
        ready(self.ledger().person(person))
    }

    fn session_ended(&self, session: SessionId) -> Waiting<'_, Result<bool, StoreError>> {
        ready(self.ledger().session_ended(session))
    }

    fn admission(
        &self,
        campaign: CampaignId,
        person: PersonId,
    ) -> Waiting<'_, Result<Option<Admission>, StoreError>> {
        ready(self.ledger().admission(campaign, person))
    }

    fn hold_of(
        &self,
        campaign: CampaignId,
        booker: PersonId,
    ) -> Waiting<'_, Result<Option<(HoldId, Hold)>, StoreError>> {
        ready(self.ledger().hold_of(campaign, booker))
    }

    fn appointments_of(
        &self,
        person: PersonId,
    ) -> Waiting<'_, Result<Vec<(AppointmentId, Appointment)>, StoreError>> {
        ready(self.ledger().appointments_of(person))
    }

    fn appointment(
        &self,
        appointment: AppointmentId,
    ) -> Waiting<'_, Result<Option<Appointment>, StoreError>> {
        ready(self.ledger().appointment(appointment))
    }

    fn messages_waiting(&self, limit: usize) -> Waiting<'_, Result<Vec<(MessageId, Message)>, StoreError>> {
        ready(self.ledger().messages_waiting(limit))
    }
}
