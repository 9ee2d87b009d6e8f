//! The chain of audit events: each carries a hash over itself and the one before, so that an exported list proves
//! itself to whoever has one head from elsewhere.
//!
//! Events are read off the journal ([`booking::AuditEntry::of`]); the ledger keeps the head alone. One writer, one
//! chain: a new life of the embedded writer begins by computing the chain again and goes on in it. Writers that do not
//! know each other's last event have an incarnation each.

use crate::record;
use booking::AuditEntry;
use sha2::{Digest as _, Sha256};

/// The end of a chain so far. Given away now and then, it is what later lists are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    /// Which writer's chain it is; 1 for the embedded store.
    pub incarnation: u32,
    /// Of the last event; 0 before the first.
    pub seq: u64,
    pub hash: [u8; 32],
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// 1, 2, 3 … without a gap.
    pub seq: u64,
    pub entry: AuditEntry,
    /// SHA-256 of the hash before, `seq` (u64, big-endian) and the entry as [`record::encode_audit`] writes it.
    pub hash: [u8; 32],
}

/// The first event of a list that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("audit event {seq}: {what}")]
pub struct Offender {
    pub seq: u64,
    pub what: Offence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Offence {
    #[error("it does not follow the one before: something was taken out, put in or moved")]
    OutOfOrder,
    #[error("its hash is not that of what it says")]
    Altered,
    #[error("a head from elsewhere knows another one")]
    NotTheAnchored,
    #[error("a head from elsewhere knows it, and it is not there")]
    CutOff,
}

impl AuditHead {
    /// Before the first event.
    pub fn begin(incarnation: u32) -> Self {
        let hash = Sha256::new().chain_update(b"charye audit").chain_update(incarnation.to_be_bytes());
        Self { incarnation, seq: 0, hash: hash.finalize().into() }
    }

    /// With one event more. `scratch` is emptied and used.
    #[must_use]
    pub fn after(self, entry: &AuditEntry, scratch: &mut Vec<u8>) -> Self {
        let seq = self.seq + 1;
        scratch.clear();
        scratch.extend_from_slice(&self.hash);
        scratch.extend_from_slice(&seq.to_be_bytes());
        record::encode_audit(entry, scratch);
        Self { seq, hash: Sha256::digest(&scratch).into(), ..self }
    }

    /// The next event of the chain; the head moves to it.
    pub fn add(&mut self, entry: AuditEntry) -> AuditEvent {
        *self = self.after(&entry, &mut Vec::new());
        AuditEvent { seq: self.seq, entry, hash: self.hash }
    }

    /// Checks the next event of a list; the head moves to it.
    ///
    /// # Errors
    /// The event, if it does not follow or is not what was hashed.
    pub fn follow(&mut self, event: &AuditEvent) -> Result<(), Offender> {
        if event.seq != self.seq + 1 {
            return Err(Offender { seq: self.seq + 1, what: Offence::OutOfOrder });
        }
        let next = self.after(&event.entry, &mut Vec::new());
        if next.hash != event.hash {
            return Err(Offender { seq: event.seq, what: Offence::Altered });
        }
        *self = next;
        Ok(())
    }
}

/// Proves a list from its own lines and from heads that were given away before: without one of those, a list that was
/// cut at its end, or made anew from somewhere on, looks whole. Heads from before the list say nothing of it.
///
/// # Errors
/// The first offender.
pub fn verify_audit(
    begin: AuditHead,
    events: &[AuditEvent],
    anchors: &[AuditHead],
) -> Result<AuditHead, Offender> {
    let mut head = begin;
    let mut anchors: Vec<AuditHead> =
        anchors.iter().filter(|anchor| anchor.seq >= begin.seq).copied().collect();
    anchors.sort_by_key(|anchor| anchor.seq);
    let mut anchors = anchors.into_iter().peekable();
    for event in events {
        check_anchor(&mut anchors, head)?;
        head.follow(event)?;
    }
    check_anchor(&mut anchors, head)?;
    match anchors.next() {
        Some(_) => Err(Offender { seq: head.seq + 1, what: Offence::CutOff }),
        None => Ok(head),
    }
}

fn check_anchor(
    anchors: &mut std::iter::Peekable<impl Iterator<Item = AuditHead>>,
    head: AuditHead,
) -> Result<(), Offender> {
    while let Some(anchor) = anchors.next_if(|anchor| anchor.seq == head.seq) {
        if anchor != head {
            return Err(Offender { seq: head.seq, what: Offence::NotTheAnchored });
        }
    }
    Ok(())
}
