//! On the day before a visit its people are reminded, once. The ledger remembers who was; this only asks it, in small
//! portions, when the hour has come.

use crate::app::App;
use booking::{Outcome, korean_day};
use jiff::civil::Date;
use std::sync::Arc;
use std::time::Duration;
use store::{Command, StoreError};

/// From this hour in Korea, so that nobody is woken.
const REMIND_FROM_HOUR: i8 = 10;
/// How often the clock is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Small enough that bookings hardly wait behind one portion.
const PEOPLE_AT_ONCE: usize = 200;
/// Between two portions.
const BREATH: Duration = Duration::from_millis(200);

/// What came of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reminded {
    /// Not the hour, or everybody was reminded, or the ledger is unwell.
    Nothing,
    People(u32),
}

/// Remembers for which day the work is finished. A new process asks again, and the ledger reminds nobody twice.
#[derive(Debug, Default)]
pub struct Reminders {
    finished_for: Option<Date>,
}

/// For ever.
pub async fn run(app: Arc<App>) {
    let mut reminders = Reminders::default();
    loop {
        let pause = match reminders.step(&app).await {
            Ok(Reminded::People(_)) => BREATH,
            Ok(Reminded::Nothing) => LOOK_EVERY,
            Err(error) => {
                tracing::debug!(error = %error, "reminders wait for the ledger");
                LOOK_EVERY
            }
        };
        tokio::time::sleep(pause).await;
    }
}

impl Reminders {
    /// One portion, if it is time.
    pub async fn step(&mut self, app: &App) -> Result<Reminded, StoreError> {
        let now = app.clock.now();
        let hour = booking::KOREA.to_datetime(now).hour();
        let visit_on = korean_day(now).tomorrow().expect("no campaign reaches the end of time");
        if hour < REMIND_FROM_HOUR || self.finished_for == Some(visit_on) || !app.store.is_well() {
            return Ok(Reminded::Nothing);
        }
        let remind = Command::Remind { visit_on, people_max: PEOPLE_AT_ONCE };
        let Ok(Outcome::Reminded { people }) = app.store.execute(remind.into()).await? else {
            unreachable!("reminding reminds")
        };
        if (people as usize) < PEOPLE_AT_ONCE {
            self.finished_for = Some(visit_on);
        }
        Ok(if people == 0 { Reminded::Nothing } else { Reminded::People(people) })
    }
}
