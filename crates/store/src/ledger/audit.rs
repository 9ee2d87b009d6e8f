//! The head of the audit chain, in two layers like everything else; the events themselves are in the journal.

use super::Ledger;
use crate::AuditHead;
use booking::{AuditEntry, Change};

/// The embedded store has one writer at a time, and each life of it knows all of the life before.
const INCARNATION: u32 = 1;

pub(super) struct Trail {
    committed: AuditHead,
    sealed: AuditHead,
    pending: AuditHead,
    scratch: Vec<u8>,
}

impl Default for Trail {
    fn default() -> Self {
        let begin = AuditHead::begin(INCARNATION);
        Self { committed: begin, sealed: begin, pending: begin, scratch: Vec::new() }
    }
}

impl Trail {
    pub(super) fn note(&mut self, change: &Change) {
        if let Some(entry) = AuditEntry::of(change) {
            self.pending = self.pending.after(&entry, &mut self.scratch);
        }
    }

    pub(super) fn seal(&mut self) {
        self.sealed = self.pending;
    }

    pub(super) fn commit(&mut self) {
        self.committed = self.sealed;
    }

    pub(super) fn discard(&mut self) {
        self.sealed = self.committed;
        self.pending = self.committed;
    }
}

impl Ledger {
    pub fn audit_head(&self) -> AuditHead {
        self.audit.committed
    }

    /// With what the current batch adds.
    pub fn audit_head_pending(&self) -> AuditHead {
        self.audit.pending
    }
}
