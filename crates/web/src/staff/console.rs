//! What an operator sees: how everything stood in each second of the last minutes, kept in memory; and the line, to which
//! they give orders whether the ledger lives or not.

use crate::app::App;
use crate::overload::Plane;
use crate::watching::Counted;
use jiff::Timestamp;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{BOUNDS_US, LineStore};

/// So many moments are kept, one a second.
const MOMENTS_MAX: usize = 301;
const TICK: Duration = Duration::from_secs(1);
/// What is said of "now" is said of so long.
pub(super) const WINDOW: Duration = Duration::from_secs(10);
/// Moments that one point of a chart stands for.
const MOMENTS_PER_POINT: usize = 5;

/// Room where the data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskSpace {
    pub free_bytes: u64,
    pub total_bytes: u64,
}

/// How the system is asked for it; None where it does not tell.
pub type AskDisk = Box<dyn Fn() -> Option<DiskSpace> + Send + Sync>;

pub struct Console {
    pub(super) line: Arc<dyn LineStore>,
    disk: AskDisk,
    moments: Mutex<VecDeque<Moment>>,
}

/// How everything stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub at: Timestamp,
    /// By the running time of this process.
    pub elapsed: Duration,
    /// Whose number is settled.
    pub tickets: u64,
    pub called: u64,
    pub counted: Counted,
    /// Requests that found no room at their plane.
    pub shed: u64,
    pub commands_waiting: u64,
    /// Rows of the journal that the views do not hold, and since when one of them waits.
    pub views_lag: Option<(u64, Option<Timestamp>)>,
    /// Processes of the line; None where it could not be asked.
    pub nodes: Option<usize>,
    pub disk: Option<DiskSpace>,
}

impl Console {
    pub fn new(line: Arc<dyn LineStore>, disk: AskDisk) -> Self {
        Self { line, disk, moments: Mutex::default() }
    }

    /// Notes each second until the runtime ends.
    pub async fn run(app: Arc<App>) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let app = Arc::clone(&app);
            // It asks the disk.
            let noted = tokio::task::spawn_blocking(move || {
                if let Some(staff) = &app.staff {
                    staff.console.note(&app);
                    staff.carry_out_what_is_due(&app);
                }
            });
            if noted.await.is_err() {
                tracing::error!("a second was not noted for the operator");
            }
        }
    }

    pub fn note(&self, app: &App) {
        let published = app.gate.published();
        let document = &published.facts().document;
        let lag = app.store.views_lag().map(|lag| {
            let since = lag.waits_since_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
            (lag.journal_seq.saturating_sub(lag.views_seq), since)
        });
        let shed = Plane::ALL.into_iter().filter_map(|plane| app.planes.figures(plane));
        let moment = Moment {
            at: app.clock.now(),
            elapsed: app.clock.elapsed(),
            tickets: document.tickets_issued,
            called: document.serving_number,
            counted: app.watching.counted(),
            shed: shed.map(|plane| plane.shed_full + plane.shed_waited).sum(),
            commands_waiting: app.store.writing().map_or(0, |writing| writing.commands_waiting as u64),
            views_lag: lag,
            nodes: self.line.look(app.gate.tag, u32::MAX).ok().map(|line| line.nodes.len()),
            disk: (self.disk)(),
        };
        let mut moments = self.moments.lock().expect("nothing panics while noting");
        moments.push_back(moment);
        if moments.len() > MOMENTS_MAX {
            moments.pop_front();
        }
    }

    pub(super) fn history(&self) -> History {
        History(self.moments.lock().expect("nothing panics while noting").iter().copied().collect())
    }
}

/// The moments that are kept, the oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct History(Vec<Moment>);

/// Two moments, and what lies between them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) first: Moment,
    pub(super) last: Moment,
}

impl Span {
    /// Of something that is counted, a second.
    pub(super) fn per_second(&self, of: impl Fn(&Moment) -> u64) -> f64 {
        let seconds = self.last.elapsed.saturating_sub(self.first.elapsed).as_secs_f64();
        let grown = of(&self.last).saturating_sub(of(&self.first));
        if seconds > 0.0 { grown as f64 / seconds } else { 0.0 }
    }

    /// In how many microseconds so many of a thousand answers were made, by the bounds that are measured; None where
    /// nothing was answered, and beyond the last bound [`u64::MAX`].
    pub(super) fn answered_within(&self, per_mille: u64) -> Option<u64> {
        let (first, last) = (&self.first.counted.answers, &self.last.counted.answers);
        let all = last[BOUNDS_US.len()].saturating_sub(first[BOUNDS_US.len()]);
        let wanted = (all * per_mille).div_ceil(1_000);
        let within = |bound: &usize| last[*bound].saturating_sub(first[*bound]) >= wanted;
        let bound = (0..=BOUNDS_US.len()).find(within)?;
        (all > 0).then(|| BOUNDS_US.get(bound).copied().unwrap_or(u64::MAX))
    }
}

impl History {
    pub(super) fn last(&self) -> Option<&Moment> {
        self.0.last()
    }

    /// The last [`WINDOW`], or less of it where there is no more.
    pub(super) fn now(&self) -> Option<Span> {
        let last = *self.0.last()?;
        let is_of_it = |moment: &&Moment| last.elapsed.saturating_sub(moment.elapsed) <= WINDOW;
        Some(Span { first: *self.0.iter().find(is_of_it)?, last })
    }

    /// Everything, in steps of some seconds, for a chart.
    pub(super) fn steps(&self) -> Vec<Span> {
        let ends: Vec<_> = self.0.iter().rev().step_by(MOMENTS_PER_POINT).collect();
        ends.windows(2).rev().map(|pair| Span { first: *pair[1], last: *pair[0] }).collect()
    }

    /// The most processes that the line had.
    pub(super) fn nodes_max(&self) -> usize {
        self.0.iter().filter_map(|moment| moment.nodes).max().unwrap_or(0)
    }

    #[cfg(test)]
    pub(super) fn of(moments: Vec<Moment>) -> Self {
        Self(moments)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A quiet second after the start.
    pub(in crate::staff) fn moment(second: u64) -> Moment {
        Moment {
            at: Timestamp::from_second(1_800_000_000 + second as i64).unwrap(),
            elapsed: Duration::from_secs(second),
            tickets: 0,
            called: 0,
            counted: Counted::default(),
            shed: 0,
            commands_waiting: 0,
            views_lag: None,
            nodes: Some(2),
            disk: None,
        }
    }

    #[test]
    fn what_is_counted_is_told_a_second_and_of_the_last_ten_seconds() {
        let moments = (0..60).map(|second| Moment {
            tickets: if second < 49 { 0 } else { 20 * (second - 49) },
            ..moment(second)
        });
        let history = History::of(moments.collect());
        let rate = history.now().unwrap().per_second(|moment| moment.tickets);
        assert!((rate - 20.0).abs() < 1e-9, "{rate}");
        let steps = history.steps();
        assert_eq!(steps.len(), 11);
        assert!(steps.windows(2).all(|pair| pair[0].last == pair[1].first), "in order, and without a gap");
        assert!(History::of(vec![moment(0)]).now().unwrap().per_second(|moment| moment.tickets) < 1e-9);
    }

    #[test]
    fn the_slowest_hundredth_is_found_among_the_answers_of_the_window_alone() {
        let mut answers = Counted::default().answers;
        assert_eq!(Span { first: moment(0), last: moment(1) }.answered_within(990), None);
        // 98 within 1 ms, one within 25 ms, one slower than all bounds; none below 0.5 ms.
        for (bound, within) in answers.iter_mut().enumerate() {
            *within = [0, 98, 98, 98, 98, 99, 99, 99, 99, 100][bound];
        }
        let last = Moment { counted: Counted { answers, ..Counted::default() }, ..moment(1) };
        let span = Span { first: moment(0), last };
        assert_eq!((span.answered_within(500), span.answered_within(990)), (Some(1_000), Some(25_000)));
        assert_eq!(span.answered_within(1_000), Some(u64::MAX));
        let before = Span { first: Moment { elapsed: Duration::ZERO, ..last }, last };
        assert_eq!(before.answered_within(990), None, "what was before is not of now");
    }
}
