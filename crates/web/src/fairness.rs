//! For how many people an appointment was made, hour by hour and by which way they came: what `/fairness` says, so that
//! a back door would show.
//!
//! Nothing is counted for a request, nor while people book. When an hour is over, [`run`] reads on in the audit record, a
//! page at a time, and publishes a [`Report`]. What is told of an hour is told once and never changed, so that two looks at the page tell no
//! more than the later one: the hour that is under way is not told at all, and small figures by the rule of [`hidden`].

pub mod counted;
pub mod hidden;

use crate::app::App;
use counted::{Counter, Way};
use hidden::{Cell, Figures, Together};
use jiff::Timestamp;
use std::fmt::Write as _;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use store::StoreError;

/// Events that are asked for at once; the writer of the ledger reads them between two batches.
const EVENTS_AT_ONCE: usize = 4_096;
/// Between two pages: a long record is read in minutes and holds nobody up.
const BREATH: Duration = Duration::from_millis(200);
/// When all of it is read.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// What is published, re-made when an hour is over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Everything before it is counted; whole hours.
    pub until: Timestamp,
    /// Hours in which somebody was booked for, the oldest first.
    pub rows: Vec<Row>,
    /// In the order of [`Way::ALL`].
    pub columns: [Column; Way::ALL.len()],
}

/// An hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    pub from: Timestamp,
    /// In the order of [`Way::ALL`].
    pub cells: [Cell; Way::ALL.len()],
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    /// Of the cells that are told, and of those that are told together.
    pub people: u64,
    /// Hidden cells that are in no figure.
    pub untold_cells: u64,
    pub together: Vec<Together>,
}

impl From<&Figures> for Column {
    fn from(figures: &Figures) -> Self {
        Self {
            people: figures.people(),
            untold_cells: figures.untold_cells(),
            together: figures.together().to_vec(),
        }
    }
}

/// What the page reads.
#[derive(Default)]
pub struct Fairness(RwLock<Option<Arc<Report>>>);

impl Fairness {
    /// None until the record has been read for the first time.
    pub fn report(&self) -> Option<Arc<Report>> {
        self.0.read().expect("nothing panics while publishing").clone()
    }

    fn publish(&self, report: Report) {
        *self.0.write().expect("nothing panics while publishing") = Some(Arc::new(report));
    }
}

/// What came of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// There may be more.
    Some,
    /// All there is, or the ledger is unwell.
    All,
}

/// For ever.
pub async fn run(app: Arc<App>) {
    let mut counting = Counting::default();
    loop {
        let pause = match counting.step(&app).await {
            Ok(Counted::Some) => BREATH,
            Ok(Counted::All) => LOOK_EVERY,
            Err(error) => {
                tracing::debug!(error = %error, "the bookings by hour wait for the ledger");
                LOOK_EVERY
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// A new process counts anew, from the first event.
#[derive(Debug, Default)]
pub struct Counting {
    counter: Counter,
    published_until: Option<Timestamp>,
}

impl Counting {
    /// One page, or the end of an hour.
    ///
    /// # Errors
    /// What the ledger says when it cannot be read.
    pub async fn step(&mut self, app: &App) -> Result<Counted, StoreError> {
        if !app.store.is_well() {
            return Ok(Counted::All);
        }
        // Before the reading: whatever is read after it cannot be missed by an hour that ends at it.
        let now = app.clock.now();
        if self.published_until == Some(self.counter.over_until(now)) {
            return Ok(Counted::All);
        }
        let page = app.store.audit_since(self.counter.seq(), EVENTS_AT_ONCE).await?;
        if !page.is_empty() {
            for event in &page {
                self.counter.take(event);
            }
            return Ok(Counted::Some);
        }
        let until = self.counter.close(now);
        if self.published_until != Some(until) {
            app.fairness.publish(self.counter.report());
            self.published_until = Some(until);
        }
        Ok(Counted::All)
    }
}

impl Report {
    /// Every hour, for programs; `1-4` is a figure that is hidden.
    pub fn hours_csv(&self) -> String {
        let mut text = "hour".to_owned();
        for way in Way::ALL {
            let _ = write!(text, ",{}", way.code());
        }
        text.push('\n');
        for row in &self.rows {
            let _ = write!(text, "{}", in_seoul(row.from));
            for cell in row.cells {
                let _ = match cell {
                    Cell::Told(people) => write!(text, ",{people}"),
                    Cell::Hidden => write!(text, ",1-4"),
                };
            }
            text.push('\n');
        }
        text
    }

    /// What is told of hidden figures, several together.
    pub fn together_csv(&self) -> String {
        let mut text = "way,first_hour,last_hour,cells,people\n".to_owned();
        for (way, column) in Way::ALL.iter().zip(&self.columns) {
            for one in &column.together {
                let (first, last) = (in_seoul(one.first), in_seoul(one.last));
                let _ = writeln!(text, "{},{first},{last},{},{}", way.code(), one.cells, one.people);
            }
        }
        text
    }
}

/// `2027-07-12T20:00+09:00`.
fn in_seoul(at: Timestamp) -> String {
    booking::KOREA.to_datetime(at).strftime("%Y-%m-%dT%H:%M+09:00").to_string()
}
