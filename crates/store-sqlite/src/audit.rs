//! Where in the journal the audit events are.
//!
//! The events are not kept in memory: a mark for a few rows says how the chain stood before them, and a page of events
//! is read off the rows that follow.

use crate::feed::Row;
use crate::journal;
use booking::{AuditEntry, Change};
use std::ops::ControlFlow;
use store::{AuditEvent, AuditHead, StoreError, record};
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

/// The marks of rows that follow one another.
#[derive(Debug)]
pub(crate) struct AuditMarks {
    begin: AuditHead,
    marks: Vec<Mark>,
    /// After the last row that was noted.
    head: AuditHead,
}

impl AuditMarks {
    pub(crate) fn new(begin: AuditHead) -> Self {
        Self { begin, marks: Vec::new(), head: begin }
    }

    /// A row that is durable, and how the chain stands after it.
    pub(crate) fn note(&mut self, row: u64, after: AuditHead) {
        let before = std::mem::replace(&mut self.head, after);
        if before.seq == after.seq {
            return;
        }
        // Where nobody checks the chain, rows may come in any order.
        let is_near = |mark: &Mark| {
            row.saturating_sub(mark.row) < ROWS_BETWEEN
                && before.seq.saturating_sub(mark.before.seq) < EVENTS_BETWEEN
        };
        if !self.marks.last().is_some_and(is_near) {
            self.marks.push(Mark { row, before });
        }
    }

    fn before(&self, since: u64) -> Option<Mark> {
        let position = self.marks.partition_point(|mark| mark.before.seq <= since).checked_sub(1)?;
        Some(self.marks[position])
    }
}

/// The marks of the whole journal: those of the rows that the start read, and those of the rows before, which are set
/// as the proof of the journal goes by.
#[derive(Debug)]
pub(crate) struct AuditTrail {
    proved: AuditMarks,
    since_start: AuditMarks,
    scratch: Vec<u8>,
}

impl AuditTrail {
    pub(crate) fn new(since_start: AuditMarks) -> Self {
        let begin = AuditHead::begin(since_start.begin.incarnation);
        Self { proved: AuditMarks::new(begin), since_start, scratch: Vec::new() }
    }

    /// A row that is durable, and how the chain stands after it.
    pub(crate) fn note(&mut self, row: u64, after: AuditHead) {
        self.since_start.note(row, after);
    }

    /// A row from before those that the start read.
    pub(crate) fn note_proved(&mut self, row: &Row) -> Result<(), StoreError> {
        let mut head = self.proved.head;
        for read in record::Records::of(&row.body) {
            let (_, change) = read.map_err(|error| journal::name_row(error, row.seq))?;
            if let Some(entry) = AuditEntry::of(&change) {
                head = head.after(&entry, &mut self.scratch);
            }
        }
        self.proved.note(row.seq, head);
        Ok(())
    }

    /// At the end of the proof: whether the views ended at the same event.
    pub(crate) fn is_whole(&self) -> bool {
        self.proved.head == self.since_start.begin
    }

    /// Whether it is known where the events after that one are.
    pub(crate) fn reaches(&self, since: u64) -> bool {
        since >= self.since_start.begin.seq || since < self.proved.head.seq
    }

    /// Where to read for the events after that one; None where there is none.
    pub(crate) fn page(&self, since: u64, events_max: usize) -> Option<AuditPage> {
        let is_early = since < self.since_start.begin.seq;
        let marks = if is_early { &self.proved } else { &self.since_start };
        let Mark { row, before } = marks.before(since)?;
        let behind = self.since_start.head.seq.saturating_sub(since);
        let events_max = events_max.min(PAGE_MAX).min(usize::try_from(behind).unwrap_or(PAGE_MAX));
        let page = AuditPage { from_row: row, since, events_max, head: before, events: Vec::new() };
        (events_max > 0).then_some(page)
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
        if let Some(entry) = AuditEntry::of(change) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_in_any_order_which_only_an_unchecked_journal_has_set_marks_all_the_same() {
        let begin = AuditHead::begin(1);
        let mut marks = AuditMarks::new(begin);
        for (row, seq) in [(7, 1), (3, 2), (u64::MAX, 9), (1, 4)] {
            marks.note(row, AuditHead { seq, ..begin });
        }
        assert_eq!(marks.before(0).map(|mark| mark.row), Some(7));
    }
}
