//! Another key of names: people are found by hashes of it from then on. Whoever comes by themselves is named anew at once
//! (`actions::name_anew`); this goes over everybody else, in small portions, out of what is sealed of them. When it has
//! seen everybody, the key before finds nobody whom the newest does not.

use crate::actions::{name_anew, open_person};
use crate::app::App;
use booking::PersonId;
use std::sync::Arc;
use std::time::Duration;
use store::StoreError;

/// Numbers of people that are looked at in one step.
const NUMBERS_AT_ONCE: u64 = 200;
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Between two portions: bookings hardly wait.
const BREATH: Duration = Duration::from_millis(20);

/// Goes over everybody, twice for each new key: whoever was on their way into the ledger when it came, hashed by the key
/// before, is there the second time.
pub struct Renaming {
    after: PersonId,
    passes: u8,
}

impl Default for Renaming {
    fn default() -> Self {
        Self { after: PersonId(0), passes: 0 }
    }
}

impl Renaming {
    /// For ever.
    pub async fn run(mut self, app: Arc<App>) {
        loop {
            let pause = match self.step(&app).await {
                Ok(true) => BREATH,
                Ok(false) => LOOK_EVERY,
                Err(error) => {
                    tracing::debug!(error = %error, "naming people anew waits for the ledger");
                    LOOK_EVERY
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// One portion. False when there is nothing to do for now.
    pub async fn step(&mut self, app: &App) -> Result<bool, StoreError> {
        let (number, has_former) = app.keys.names_key();
        if !has_former || app.keys.all_renamed() || !app.store.is_well() {
            return Ok(false);
        }
        let people = app.store.standing_after(self.after, NUMBERS_AT_ONCE, app.clock.now()).await?;
        let Some(last) = people.last().map(|one| one.person) else {
            self.after = PersonId(0);
            self.passes += 1;
            if self.passes == 2 {
                self.passes = 0;
                app.keys.note_all_renamed(number);
                tracing::info!(number, "everybody is named by the new key");
            }
            return Ok(false);
        };
        for one in people.iter().filter(|one| one.is_known) {
            let record = app.store.person(one.person).await?;
            // Whoever cannot be read any more is removed by another job.
            if let Some(claim) = record.and_then(|record| open_person(app, &record.sealed)) {
                name_anew(app, &claim).await?;
            }
        }
        self.after = last;
        Ok(true)
    }
}
