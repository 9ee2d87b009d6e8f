//! Who did what: on record in the step that did it, and the record that heads were given away of.

use super::Broken;
use crate::AuditHead;
use booking::{Act, AppointmentId, AuditEntry, Change};
use std::collections::BTreeSet;

/// Of the embedded store; its writers know each other's last event.
const INCARNATION: u32 = 1;

pub(super) struct Trail {
    head: AuditHead,
    /// Heads that were given away, the next one last.
    anchors: Vec<AuditHead>,
    /// Journals from before there was an audit have no record at all; from the first one on, nothing is left out.
    has_begun: bool,
    /// Changed in this row, and not yet found on record.
    changed: BTreeSet<AppointmentId>,
    /// On record in this row.
    told: BTreeSet<AppointmentId>,
    scratch: Vec<u8>,
}

impl Trail {
    pub(super) fn new() -> Self {
        Self {
            head: AuditHead::begin(INCARNATION),
            anchors: Vec::new(),
            has_begun: false,
            changed: BTreeSet::new(),
            told: BTreeSet::new(),
            scratch: Vec::new(),
        }
    }

    pub(super) fn anchored(&mut self, heads: &[AuditHead]) {
        self.anchors = heads.iter().filter(|head| head.incarnation == INCARNATION).copied().collect();
        self.anchors.sort_by_key(|head| std::cmp::Reverse(head.seq));
    }

    pub(super) fn head(&self) -> AuditHead {
        self.head
    }

    pub(super) fn follow(&mut self, change: &Change) -> Result<(), Broken> {
        match change {
            Change::Moved { id, .. }
            | Change::Cancelled { id, .. }
            | Change::CheckedIn { id, .. }
            | Change::Fulfilled { id, .. } => drop(self.changed.insert(*id)),
            Change::NoShow { id, dropped, .. } => {
                self.changed.insert(*id);
                self.changed.extend(dropped);
            }
            _ => {}
        }
        let Some(entry) = AuditEntry::of(change) else { return Ok(()) };
        if let Change::Audited(entry) = change {
            self.has_begun = true;
            self.told.extend(appointment_in(entry));
        }
        self.head = self.head.after(&entry, &mut self.scratch);
        while let Some(anchor) = self.anchors.pop_if(|anchor| anchor.seq <= self.head.seq) {
            if anchor.seq == self.head.seq && anchor != self.head {
                return Err(Broken::AuditHeadKnowsAnother { event: anchor.seq });
            }
        }
        Ok(())
    }

    pub(super) fn end_of_row(&mut self) -> Result<(), Broken> {
        let untold = self.changed.difference(&self.told).next().copied();
        self.changed.clear();
        self.told.clear();
        match untold.filter(|_| self.has_begun) {
            Some(appointment) => Err(Broken::NotOnRecord { appointment }),
            None => Ok(()),
        }
    }

    pub(super) fn finish(&self, service: Option<AuditHead>) -> Result<(), Broken> {
        if let Some(head) = self.anchors.last() {
            return Err(Broken::AuditEndsBeforeHead { head: head.seq });
        }
        match service.filter(|service| *service != self.head) {
            Some(service) => Err(Broken::AuditHeadDiffers { event: service.seq }),
            None => Ok(()),
        }
    }
}

/// The appointment that an entry says was changed.
fn appointment_in(entry: &AuditEntry) -> Option<AppointmentId> {
    match &entry.what {
        Act::Moved { appointment, .. }
        | Act::Cancelled { appointment }
        | Act::CheckedIn { appointment }
        | Act::NoShow { appointment }
        | Act::Fulfilled { appointment } => Some(*appointment).filter(|_| entry.refused.is_none()),
        Act::Booked { .. }
        | Act::LookedUp(_)
        | Act::EligibilityCorrected { .. }
        | Act::AdmissionRevoked { .. }
        | Act::Merged { .. }
        | Act::Used(_) => None,
    }
}
