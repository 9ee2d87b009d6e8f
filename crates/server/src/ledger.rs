//! The ledger, opened beside the running service: while it loads, or when it cannot be opened, the gate and
//! the static pages are up and say so, and it is tried again.

use crate::config::Config;
use crate::system::SystemRandomness;
use booking::{
    Admission, Appointment, AppointmentId, CampaignId, ClinicId, Country, Hold, HoldId, Message, MessageId,
    PersonAlias, PersonId, PersonKey, SessionId, SlotCounts, SlotId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use store::{
    Answer, AuditEvent, AuditHead, CampaignFigures, ClinicDay, Clock, DayTaken, DaysChanged, DeskCase,
    PersonRecord, PersonStanding, Request, Store, StoreError, ViewsLag, Visit, WaitRecord, Waiting,
    WithinSupply, Writing,
};
use store_postgres::{Address, PostgresStore};
use store_sqlite::{SqliteStore, StoreLimits};

const TRY_AGAIN: Duration = Duration::from_secs(5);
/// At first: a process that was here before may be about to let go of it.
const TRY_AGAIN_SOON: Duration = Duration::from_millis(20);

/// Where the journal is.
pub(crate) enum Place {
    Folder(PathBuf),
    Database(Address),
}

impl Place {
    pub(crate) fn of(config: &Config) -> anyhow::Result<Self> {
        Ok(match config.store_address()? {
            Some(address) => Self::Database(address),
            None => Self::Folder(config.data.clone()),
        })
    }

    fn open(&self, country: &Arc<Country>, clock: &Arc<dyn Clock>) -> Result<Box<dyn Store>, StoreError> {
        let (country, clock) = (Arc::clone(country), Arc::clone(clock));
        match self {
            Self::Folder(folder) => {
                let store = SqliteStore::open(folder, country, clock, StoreLimits::default())?;
                Ok(Box::new(store))
            }
            Self::Database(address) => {
                let (randomness, limits) =
                    (Arc::new(SystemRandomness), store_postgres::StoreLimits::default());
                let store = PostgresStore::open(address.clone(), country, clock, randomness, limits)?;
                Ok(Box::new(store))
            }
        }
    }
}

/// A ledger that may not be there yet.
pub(crate) struct OpeningLedger {
    opened: Arc<OnceLock<Box<dyn Store>>>,
}

impl OpeningLedger {
    /// Opens it in a thread of its own, trying until it works.
    pub(crate) fn start(place: Place, country: Arc<Country>, clock: Arc<dyn Clock>) -> Self {
        let opened = Arc::new(OnceLock::new());
        let ledger = Self { opened: Arc::clone(&opened) };
        std::thread::Builder::new()
            .name("ledger-opening".to_owned())
            .spawn(move || {
                let mut pause = TRY_AGAIN_SOON;
                loop {
                    match place.open(&country, &clock) {
                        Ok(store) => {
                            let _ = opened.set(store);
                            tracing::info!("the ledger is open");
                            return;
                        }
                        Err(error) => {
                            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                            tracing::error!(error = %error, cause, "the ledger cannot be opened; the line stands still");
                        }
                    }
                    // Nobody waits on this thread; the pages are up meanwhile.
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(TRY_AGAIN);
                }
            })
            .expect("the system has room for one more thread");
        ledger
    }

    /// For a process that has none: another one has it.
    pub(crate) fn elsewhere() -> Self {
        Self { opened: Arc::default() }
    }

    fn now(&self) -> Result<&dyn Store, StoreError> {
        self.opened.get().map(Box::as_ref).ok_or(StoreError::unavailable("the ledger is not open yet"))
    }
}

macro_rules! pass_on {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {$(
        fn $name(&self, $($argument: $kind),*) -> Waiting<'_, $answer> {
            match self.now() {
                Ok(store) => store.$name($($argument),*),
                Err(error) => Box::pin(std::future::ready(Err(error))),
            }
        }
    )*};
}

impl Store for OpeningLedger {
    fn is_well(&self) -> bool {
        self.now().is_ok_and(Store::is_well)
    }

    fn writing(&self) -> Option<Writing> {
        self.now().ok().and_then(Store::writing)
    }

    fn views_lag(&self) -> Option<ViewsLag> {
        self.now().ok().and_then(Store::views_lag)
    }

    pass_on! {
        execute(request: Request) -> Answer;
        figures(campaign: CampaignId) -> Result<CampaignFigures, StoreError>;
        days_taken(clinics: Vec<ClinicId>) -> Result<Vec<DayTaken>, StoreError>;
        days_changed(since: u64, days_max: usize) -> Result<DaysChanged, StoreError>;
        slots(campaign: CampaignId, clinic: ClinicId, visit_on: Date) -> Result<Vec<(u16, SlotCounts)>, StoreError>;
        reoffer_list(clinic: ClinicId) -> Result<Vec<Visit>, StoreError>;
        clinic_day(campaign: CampaignId, clinic: ClinicId, visit_on: Date) -> Result<Option<ClinicDay>, StoreError>;
        supply(campaign: CampaignId) -> Result<Option<WithinSupply>, StoreError>;
        person(person: PersonId) -> Result<Option<PersonRecord>, StoreError>;
        named(aliases: Vec<PersonAlias>) -> Result<Option<PersonId>, StoreError>;
        standing_after(after: PersonId, numbers_max: u64, now: Timestamp) -> Result<Vec<PersonStanding>, StoreError>;
        condemned_keys(keys_max: usize) -> Result<Vec<PersonKey>, StoreError>;
        session_ended(session: SessionId) -> Result<bool, StoreError>;
        admission(campaign: CampaignId, person: PersonId) -> Result<Option<Admission>, StoreError>;
        hold_of(campaign: CampaignId, booker: PersonId) -> Result<Option<(HoldId, Hold)>, StoreError>;
        last_choice(campaign: CampaignId, booker: PersonId) -> Result<Option<(HoldId, SlotId)>, StoreError>;
        delegations_of(person: PersonId) -> Result<Vec<booking::DelegationRecord>, StoreError>;
        draft(person: PersonId) -> Result<Option<Vec<u8>>, StoreError>;
        appointments_of(person: PersonId) -> Result<Vec<(AppointmentId, Appointment)>, StoreError>;
        appointment(appointment: AppointmentId) -> Result<Option<Appointment>, StoreError>;
        waits_of(person: PersonId) -> Result<Vec<WaitRecord>, StoreError>;
        now_known_as(person: PersonId) -> Result<PersonId, StoreError>;
        desk_cases() -> Result<Vec<DeskCase>, StoreError>;
        audit_head() -> Result<AuditHead, StoreError>;
        audit_since(seq: u64, events_max: usize) -> Result<Vec<AuditEvent>, StoreError>;
        messages_waiting(limit: usize) -> Result<Vec<(MessageId, Message)>, StoreError>;
    }
}
