//! Whose data is no longer needed is removed: first in the ledger, on record, then by destroying their keys, then that
//! is put on record, too. Whatever instant the process dies at, the next one goes on from the ledger: somebody is either
//! there whole, or removed with a key that is still to be destroyed, or gone.
//!
//! A sweep goes over everybody once a day, and once after the start: a restored backup knows people whose keys were
//! destroyed since, and they are removed at once.

use crate::app::App;
use crate::removal_requests::RemovalRequests;
use booking::{Outcome, PersonId, PersonKey, Refusal, RemovalReason, korean_day};
use jiff::SignedDuration;
use jiff::civil::Date;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use store::{Command, PersonStanding, StoreError};

/// From this hour in Korea, when few are up.
const SWEEP_FROM_HOUR: i8 = 3;
/// Numbers of people that are looked at in one step.
const NUMBERS_AT_ONCE: u64 = 500;
/// Keys that are destroyed in one step: each writes the whole tree anew.
const KEYS_AT_ONCE: usize = 20_000;
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Between two steps of a sweep.
const BREATH: Duration = Duration::from_millis(20);

/// What came of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swept {
    /// Not the hour, or the ledger is unwell.
    Nothing,
    People {
        removed: u32,
    },
    Keys {
        destroyed: u32,
    },
}

#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the key folder")]
    Keys(#[from] io::Error),
}

/// The job. A new process begins with a sweep.
pub struct Retention {
    /// How long data is kept after it was needed last; None: until somebody says how long.
    kept: Option<SignedDuration>,
    /// The person before the next; None between two sweeps.
    after: Option<PersonId>,
    swept_on: Option<Date>,
    removed: u32,
}

impl Retention {
    pub fn new(kept: Option<SignedDuration>) -> Self {
        Self { kept, after: Some(PersonId(0)), swept_on: None, removed: 0 }
    }

    /// For ever.
    pub async fn run(mut self, app: Arc<App>, requests: impl RemovalRequests) {
        loop {
            if let Err(error) = self.heed(&app, &requests).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a removal that was asked for waits"
                );
            }
            let pause = match self.step(&app).await {
                Ok(Swept::Nothing) => LOOK_EVERY,
                Ok(Swept::People { .. } | Swept::Keys { .. }) => BREATH,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "removing people waits");
                    LOOK_EVERY
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// One portion, if it is time.
    pub async fn step(&mut self, app: &App) -> Result<Swept, RetentionError> {
        if !app.store.is_well() {
            return Ok(Swept::Nothing);
        }
        let condemned = app.store.condemned_keys(KEYS_AT_ONCE).await?;
        let is_due = self.after.is_none_or(|after| after == PersonId(0)) || condemned.len() == KEYS_AT_ONCE;
        if is_due && !condemned.is_empty() {
            return destroy(app, condemned).await;
        }
        if self.after.is_none() && !self.is_time(app) {
            return Ok(Swept::Nothing);
        }
        self.sweep(app).await
    }

    /// Sweeps again, whatever the hour.
    pub fn sweep_now(&mut self) {
        self.after = Some(PersonId(0));
    }

    fn is_time(&self, app: &App) -> bool {
        let now = app.clock.now();
        self.swept_on != Some(korean_day(now)) && booking::KOREA.to_datetime(now).hour() >= SWEEP_FROM_HOUR
    }

    async fn sweep(&mut self, app: &App) -> Result<Swept, RetentionError> {
        let now = app.clock.now();
        let after = self.after.unwrap_or(PersonId(0));
        let people = app.store.standing_after(after, NUMBERS_AT_ONCE, now).await?;
        let Some(last) = people.last().map(|one| one.person) else {
            if self.removed > 0 {
                tracing::info!(people = self.removed, "data of people was removed");
            }
            (self.after, self.swept_on, self.removed) = (None, Some(korean_day(now)), 0);
            return Ok(Swept::People { removed: 0 });
        };
        let removed = self.remove(app, &people).await?;
        self.removed += removed;
        self.after = Some(last);
        Ok(Swept::People { removed })
    }

    async fn remove(&self, app: &App, people: &[PersonStanding]) -> Result<u32, RetentionError> {
        let is_gone = |one: &&PersonStanding| one.key.is_some_and(|key| app.keys.people.is_destroyed(key));
        let mut removed = 0;
        for one in people.iter().filter(is_gone) {
            removed += u32::from(remove(app, one.person, RemovalReason::KeyGone).await?.is_ok());
        }
        let Some(kept) = self.kept else { return Ok(removed) };
        let now = app.clock.now();
        let is_over = |one: &&PersonStanding| one.is_known && now >= one.needed.at + kept;
        let over: Vec<PersonId> = people.iter().filter(is_over).map(|one| one.person).collect();
        if !over.is_empty() {
            let remove = Command::RemoveDue { people: over, kept };
            let Ok(Outcome::Removed { people }) = app.store.execute(remove.into()).await? else {
                unreachable!("removing whoever is due removes")
            };
            removed += people;
        }
        Ok(removed)
    }
}

/// One person, because an operator decided so; the key goes within seconds.
pub async fn remove(
    app: &App,
    person: PersonId,
    reason: RemovalReason,
) -> Result<Result<(), Refusal>, StoreError> {
    let answer = app.store.execute(Command::Remove { person, reason }.into()).await?;
    Ok(answer.map(drop))
}

/// On another thread: the line does not wait for a disk.
async fn destroy(app: &App, keys: Vec<PersonKey>) -> Result<Swept, RetentionError> {
    let (people, doomed) = (Arc::clone(&app.keys.people), keys.clone());
    let destroyed = tokio::task::spawn_blocking(move || people.destroy(&doomed)).await;
    destroyed.map_err(io::Error::other)??;
    let Ok(Outcome::KeysDestroyed { keys: destroyed }) =
        app.store.execute(Command::KeysDestroyed { keys }.into()).await?
    else {
        unreachable!("what was destroyed is written down")
    };
    tracing::info!(keys = destroyed, "keys of people were destroyed");
    Ok(Swept::Keys { destroyed })
}
