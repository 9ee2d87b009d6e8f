//! Where in the journal the audit events are.
//!
//! The events are not kept in memory: a mark for a few rows says how the chain stood before them, and a page of events
//! is read off the rows that follow.

use booking::Change;
use std::ops::ControlFlow;
use store::{AuditEvent, AuditHead, StoreError};
use tokio::sync::oneshot;

/// A page begins at most so many rows, or so many events, behind its mark.
const ROWS_BETWEEN: u64 = 64;
const EVENTS_BETWEEN: u64 = 512;
/// Events in a page at most: the writer reads it between two batches.
const PAGE_MAX: usize = 4_096;

/// Whoever asks for events.
pub(crate) struct AuditAsked {
    pub(crate) since: u64,
    pub(crate) events_max: usize,
    pub(crate) reply: oneshot::Sender<Result<Vec<AuditEvent>, StoreError>>,
}

/// How the chain stood before a row that adds to it.
#[derive(Debug, Clone, Copy)]
struct Mark {
    row: u64,
    before: AuditHead,
}

#[derive(Debug)]
pub(crate) struct AuditMarks {
    marks: Vec<Mark>,
    /// After the last row that is durable.
    head: AuditHead,
}

impl AuditMarks {
    pub(crate) fn new(begin: AuditHead) -> Self {
        Self { marks: Vec::new(), head: begin }
    }

    /// A row that is durable, and how the chain stands after it.
    pub(crate) fn note(&mut self, row: u64, after: AuditHead) {
        let before = std::mem::replace(&mut self.head, after);
        if before.seq == after.seq {
            return;
        }
        let is_near =
            |mark: &Mark| row - mark.row < ROWS_BETWEEN && before.seq - mark.before.seq < EVENTS_BETWEEN;
        if !self.marks.last().is_some_and(is_near) {
            self.marks.push(Mark { row, before });
        }
    }

    /// Where to read for the events after that one; None where there is none.
    pub(crate) fn page(&self, since: u64, events_max: usize) -> Option<AuditPage> {
        let head = self.head;
        let position = self.marks.partition_point(|mark| mark.before.seq <= since).checked_sub(1)?;
        let Mark { row, before } = self.marks[position];
        let events_max = events_max.min(PAGE_MAX);
        let wanted = since < head.seq && events_max > 0;
        let events_max = events_max.min(usize::try_from(head.seq - since.min(head.seq)).unwrap_or(PAGE_MAX));
        wanted.then(|| AuditPage { from_row: row, since, events_max, head: before, events: Vec::new() })
    }
}

/// A page as it is read, change by change.
pub(crate) struct AuditPage {
    pub(crate) from_row: u64,
    since: u64,
    events_max: usize,
    head: AuditHead,
    events: Vec<AuditEvent>,
}

impl AuditPage {
    pub(crate) fn take(&mut self, change: &Change) -> ControlFlow<()> {
        if let Some(entry) = booking::AuditEntry::of(change) {
            let event = self.head.add(entry);
            if event.seq > self.since {
                self.events.push(event);
            }
        }
        if self.events.len() < self.events_max { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    /// Far enough from where it began, with something to show for it.
    pub(crate) fn is_enough(&self, row: u64) -> bool {
        !self.events.is_empty() && row - self.from_row > ROWS_BETWEEN
    }

    pub(crate) fn events(self) -> Vec<AuditEvent> {
        self.events
    }
}
