//! What the writer of the journal does beside writing, a portion at a time, when it has a moment: it reads back for the projector what
//! the feed could not keep, and proves the part of the journal's chain that the start did not.

use crate::audit::AuditTrail;
use crate::feed::{Feed, Row};
use crate::head::Witness;
use crate::journal::{self, Check, Journal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::StoreError;

/// What is read at once; the next batch waits for so much.
const PORTION_BYTES: usize = 256 << 10;
/// How long it waits for a batch before it does the next portion.
pub(crate) const BETWEEN_PORTIONS: Duration = Duration::from_millis(1);

pub(crate) struct Chores {
    pub(crate) feed: Arc<Feed>,
    pub(crate) proof: Option<Proof>,
    /// A batch of so many changes or more means that others are waiting.
    pub(crate) busy_from: usize,
    pub(crate) check: Check,
    pub(crate) is_proved: Arc<AtomicBool>,
}

/// The journal up to where the views were at the start, followed from its beginning.
pub(crate) struct Proof {
    pub(crate) proved: Witness,
    pub(crate) until: Witness,
}

impl Chores {
    /// After each batch.
    pub(crate) fn committed(&self, row: Row) {
        self.feed.offer(row);
    }

    pub(crate) fn is_busy(&self, changes: usize) -> bool {
        let is_busy = changes >= self.busy_from;
        self.feed.set_busy(is_busy);
        is_busy
    }

    pub(crate) fn are_waiting(&self) -> bool {
        self.proof.is_some() || self.feed.wants().is_some()
    }

    /// One portion.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] names the row of the journal that is not as it was written.
    pub(crate) fn do_one(&mut self, journal: &Journal, trail: &mut AuditTrail) -> Result<(), StoreError> {
        if let Some(seq) = self.feed.wants() {
            self.feed.supply(read_back(journal, seq, self.check)?);
        } else if let Some(proof) = &mut self.proof
            && proof.go_on(journal, self.check, trail)?
        {
            tracing::info!(rows = proof.until.seq, "the whole journal is proved");
            self.proof = None;
            self.is_proved.store(true, Ordering::Release);
        }
        Ok(())
    }
}

/// Rows that follow one another; what the views are made of is as sure as what is served.
fn read_back(journal: &Journal, seq: u64, check: Check) -> Result<Vec<Row>, StoreError> {
    let before = journal.witness(seq - 1)?;
    let mut last = before.ok_or_else(|| journal::damaged(seq - 1, "it is not there"))?;
    let rows = journal.rows_from(seq, PORTION_BYTES)?;
    if rows.is_empty() {
        return Err(journal::damaged(seq, "it is not there"));
    }
    for row in &rows {
        last = journal::follow(row, last, check)?;
    }
    Ok(rows)
}

impl Proof {
    /// Whether it is at its end.
    fn go_on(&mut self, journal: &Journal, check: Check, trail: &mut AuditTrail) -> Result<bool, StoreError> {
        let rows = journal.rows_from(self.proved.seq + 1, PORTION_BYTES)?;
        if rows.is_empty() {
            return Err(journal::damaged(self.proved.seq + 1, "it is not there"));
        }
        for row in rows.iter().take_while(|row| row.seq <= self.until.seq) {
            self.proved = journal::follow(row, self.proved, check)?;
            trail.note_proved(row)?;
        }
        if self.proved.seq < self.until.seq {
            return Ok(false);
        }
        let is_the_one = self.proved == self.until && trail.is_whole();
        if is_the_one {
            Ok(true)
        } else {
            Err(journal::damaged(self.until.seq, "views.db knows another one"))
        }
    }
}
