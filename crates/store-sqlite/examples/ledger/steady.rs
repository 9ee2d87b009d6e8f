//! A steady crowd: so many pairs a second for a while, open loop, and how far the views are behind, looked at all the
//! time.

use crate::crowd::{self, Load, RunningClock, Step};
use crate::figures::Figures;
use crate::{BATCH, FOR_EVER, Failure, caught_up, country, open_at, say, usage};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use store::{Clock, Store as _};
use store_sqlite::SqliteStore;

const LOOKS_EVERY: Duration = Duration::from_millis(5);

pub(crate) fn run(folder: &Path, per_second: u64, seconds: u64) -> Result<(), Failure> {
    let pairs = per_second * seconds;
    if pairs > country::PEOPLE {
        return Err("there are not so many people".into());
    }
    let clock = RunningClock::start();
    let store = open_at(folder, Arc::clone(&clock) as Arc<dyn Clock>)?;
    let load = Load { step: Step::Register, in_flight: 2 * BATCH, first: 0, count: pairs, at_most: FOR_EVER };
    crowd::run(&store, load, &mut Figures::new());
    crowd::run(&store, Load { step: Step::Admit, ..load }, &mut Figures::new());
    caught_up(&store);

    let is_over = AtomicBool::new(false);
    let (mut figures, mut used) = (Figures::new(), usage::Usage::default());
    let before = usage::Usage::now();
    let (lags_ms, late) = thread::scope(|scope| {
        let looking = scope.spawn(|| look(&store, &*clock, &is_over));
        let late = crowd::run_at(&store, pairs, per_second, &mut figures);
        is_over.store(true, Ordering::Release);
        (looking.join().expect("looking does not panic"), late)
    });
    used.add_since(&before);
    figures.say();
    used.say(figures.pairs);
    say("begun_late_ms", late.as_secs_f64() * 1_000.0);
    say_lags(lags_ms);
    Ok(())
}

/// The age of the oldest batch that the views do not hold, milliseconds.
fn look(store: &SqliteStore, clock: &dyn Clock, is_over: &AtomicBool) -> Vec<i64> {
    let mut lags_ms = Vec::new();
    while !is_over.load(Ordering::Acquire) {
        let lag = store.views_lag().expect("this store has views");
        let since = |waits_since_ms| clock.now().as_millisecond() - waits_since_ms;
        lags_ms.push(lag.waits_since_ms.map_or(0, since));
        thread::sleep(LOOKS_EVERY);
    }
    lags_ms
}

fn say_lags(mut lags_ms: Vec<i64>) {
    lags_ms.sort_unstable();
    let at = |share: f64| lags_ms[((lags_ms.len() - 1) as f64 * share) as usize] as f64;
    say("views_looked_at", lags_ms.len() as f64);
    say("views_lag_p50_ms", at(0.5));
    say("views_lag_p99_ms", at(0.99));
    say("views_lag_max_ms", at(1.0));
}
