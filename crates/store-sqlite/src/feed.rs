//! From the writer to the projector: the rows of the journal, in order, without a gap, and never so many that they fill
//! the memory.
//!
//! While the projector follows, each row is handed over as it was committed. When too much waits, rows are no longer
//! handed over: the feed is behind, and the writer reads them back from the journal, a portion at a time, whenever it
//! has a moment.

use crate::head::Chain;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;
use store::ViewsLag;

/// A batch as it stands in the journal.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) seq: u64,
    pub(crate) at_ms: i64,
    pub(crate) body: Vec<u8>,
    pub(crate) chain: Chain,
}

#[derive(Debug)]
pub(crate) struct Feed {
    state: Mutex<State>,
    changed: Condvar,
    bytes_max: usize,
}

#[derive(Debug)]
struct State {
    rows: VecDeque<Row>,
    bytes: usize,
    /// Behind: the row of the journal that comes next.
    behind: Option<u64>,
    /// The projector cannot write; it takes no rows until it begins again.
    is_paused: bool,
    /// The writer has its hands full: above 0 for some batches after a large one.
    large: u32,
    is_closed: bool,
    seen: Seen,
}

/// How far journal and views are.
#[derive(Debug, Clone, Copy)]
struct Seen {
    journal_seq: u64,
    views_seq: u64,
    /// Not later than the time of the first row that the views do not hold; it says nothing when they hold all.
    waits_since_ms: i64,
}

/// What the projector is to do next.
#[derive(Debug)]
pub(crate) enum Next {
    Rows(Vec<Row>),
    /// Nothing came for a while.
    Quiet,
    Closed,
}

/// When the projector begins a transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// How long it gathers rows.
    pub(crate) every: Duration,
    /// How long it waits at most while the writer has its hands full.
    pub(crate) stands_back_max: Duration,
}

impl Feed {
    /// For views that hold the journal up to `views_seq`.
    pub(crate) fn new(views: (u64, i64), journal_seq: u64, bytes_max: usize) -> Self {
        let (views_seq, waits_since_ms) = views;
        let behind = (views_seq < journal_seq).then_some(views_seq + 1);
        let seen = Seen { journal_seq, views_seq, waits_since_ms };
        let state = State {
            rows: VecDeque::new(),
            bytes: 0,
            behind,
            is_paused: false,
            large: 0,
            is_closed: false,
            seen,
        };
        Self { state: Mutex::new(state), changed: Condvar::new(), bytes_max }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with the feed in hand")
    }

    /// A row that is durable now.
    pub(crate) fn offer(&self, row: Row) {
        let mut state = self.state();
        if state.seen.views_seq == state.seen.journal_seq {
            state.seen.waits_since_ms = row.at_ms;
        }
        state.seen.journal_seq = row.seq;
        if state.behind.is_none() && state.bytes > self.bytes_max {
            state.behind = Some(row.seq);
        }
        if state.behind.is_none() {
            let was_empty = state.rows.is_empty();
            state.push(row);
            if was_empty || state.bytes >= ROWS_BYTES_MAX {
                self.changed.notify_all();
            }
        }
    }

    /// Which row is to be read back from the journal, if there is room for it.
    pub(crate) fn wants(&self) -> Option<u64> {
        let state = self.state();
        state.behind.filter(|_| !state.is_paused && state.bytes <= self.bytes_max / 2)
    }

    /// Rows that were read back, beginning with the wanted one.
    pub(crate) fn supply(&self, rows: Vec<Row>) {
        let mut state = self.state();
        for row in rows {
            if state.behind == Some(row.seq) {
                state.behind = (row.seq < state.seen.journal_seq).then_some(row.seq + 1);
                state.push(row);
            }
        }
        self.changed.notify_all();
    }

    pub(crate) fn set_busy(&self, is_busy: bool) {
        let mut state = self.state();
        let before = state.large;
        state.large = if is_busy { LARGE_UNTIL } else { before.saturating_sub(1) };
        if before > 0 && state.large == 0 {
            self.changed.notify_all();
        }
    }

    /// No more rows are to come.
    pub(crate) fn close(&self) {
        self.state().is_closed = true;
        self.changed.notify_all();
    }

    /// The projector takes no rows for now.
    pub(crate) fn pause(&self) {
        let mut state = self.state();
        state.rows.clear();
        state.bytes = 0;
        state.behind = Some(state.seen.views_seq + 1);
        state.is_paused = true;
    }

    /// The views hold the journal up to here, and want what follows.
    pub(crate) fn begin_after(&self, seq: u64, at_ms: i64) {
        let mut state = self.state();
        state.is_paused = false;
        state.behind = (seq < state.seen.journal_seq).then_some(seq + 1);
        state.seen.views_seq = seq;
        state.seen.waits_since_ms = at_ms;
    }

    /// The views hold this row now.
    pub(crate) fn held(&self, seq: u64, at_ms: i64) {
        let mut state = self.state();
        state.seen.views_seq = seq;
        state.seen.waits_since_ms = at_ms;
        self.changed.notify_all();
    }

    pub(crate) fn lag(&self) -> ViewsLag {
        let Seen { journal_seq, views_seq, waits_since_ms } = self.state().seen;
        let waits_since_ms = (views_seq < journal_seq).then_some(waits_since_ms);
        ViewsLag { journal_seq, views_seq, waits_since_ms }
    }

    /// Waits for rows, gathers them for a while, stands back while the writer has its hands full.
    pub(crate) fn next(&self, pace: Pace) -> Next {
        let state = self.state();
        let idle = |state: &mut State| state.rows.is_empty() && !state.is_closed;
        let quiet_after = if state.is_paused { TRY_AGAIN } else { QUIET_AFTER };
        let state = self.wait(state, quiet_after, idle);
        if state.rows.is_empty() {
            return if state.is_closed { Next::Closed } else { Next::Quiet };
        }
        let gathers = |state: &mut State| state.bytes < ROWS_BYTES_MAX && !state.is_closed;
        let state = self.wait(state, pace.every, gathers);
        let mut state = self.stand_back(state, pace.stands_back_max);
        Next::Rows(state.take(ROWS_BYTES_MAX))
    }

    /// While one large batch follows the other, for so long at most.
    fn stand_back<'a>(&self, mut state: MutexGuard<'a, State>, at_most: Duration) -> MutexGuard<'a, State> {
        let mut left = at_most;
        while state.large > 0 && !left.is_zero() && !state.is_closed {
            let journal_seq = state.seen.journal_seq;
            let while_large = |state: &mut State| state.large > 0 && !state.is_closed;
            state = self.wait(state, BUSY_WITHIN.min(left), while_large);
            if state.seen.journal_seq == journal_seq {
                state.large = 0;
            }
            left = left.saturating_sub(BUSY_WITHIN);
        }
        state
    }

    fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        at_most: Duration,
        condition: impl FnMut(&mut State) -> bool,
    ) -> MutexGuard<'a, State> {
        let waited = self.changed.wait_timeout_while(state, at_most, condition);
        waited.expect("nobody panics with the feed in hand").0
    }
}

/// So many small batches in a row mean that the writer is no longer busy.
const LARGE_UNTIL: u32 = 16;
/// So does no batch at all for so long.
const BUSY_WITHIN: Duration = Duration::from_millis(100);
/// Silence for so long is a quiet moment.
const QUIET_AFTER: Duration = Duration::from_millis(200);
/// How long a projector that cannot write waits before it tries again.
const TRY_AGAIN: Duration = Duration::from_secs(5);
/// What goes into one transaction.
const ROWS_BYTES_MAX: usize = 16 << 20;

impl State {
    fn push(&mut self, row: Row) {
        self.bytes += row.body.len();
        self.rows.push_back(row);
    }

    fn take(&mut self, bytes_max: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut bytes = 0;
        while bytes < bytes_max
            && let Some(row) = self.rows.pop_front()
        {
            bytes += row.body.len();
            rows.push(row);
        }
        self.bytes -= bytes;
        rows
    }
}
