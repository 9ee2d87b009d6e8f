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

/// A list as it is proved, event by event, from its own lines and from heads that were given away before: without one
/// of those, a list that was cut at its end, or made anew from somewhere on, looks whole. Heads from before the list say
/// nothing of it.
#[derive(Debug)]
pub struct AuditProof {
    head: AuditHead,
    /// Those that the list has not come to, the next one last.
    anchors: Vec<AuditHead>,
}

impl AuditProof {
    pub fn begin(begin: AuditHead, anchors: &[AuditHead]) -> Self {
        let mut anchors: Vec<AuditHead> =
            anchors.iter().filter(|anchor| anchor.seq >= begin.seq).copied().collect();
        anchors.sort_by_key(|anchor| std::cmp::Reverse(anchor.seq));
        Self { head: begin, anchors }
    }

    /// # Errors
    /// The event, or the one before it, if that is not the one that a head from elsewhere knows.
    pub fn follow(&mut self, event: &AuditEvent) -> Result<(), Offender> {
        self.check_anchors()?;
        self.head.follow(event)
    }

    /// Where the list ends.
    ///
    /// # Errors
    /// The last event, or the first that is not there although a head from elsewhere knows it.
    pub fn end(mut self) -> Result<AuditHead, Offender> {
        self.check_anchors()?;
        match self.anchors.last() {
            Some(_) => Err(Offender { seq: self.head.seq + 1, what: Offence::CutOff }),
            None => Ok(self.head),
        }
    }

    fn check_anchors(&mut self) -> Result<(), Offender> {
        while let Some(anchor) = self.anchors.pop_if(|anchor| anchor.seq == self.head.seq) {
            if anchor != self.head {
                return Err(Offender { seq: self.head.seq, what: Offence::NotTheAnchored });
            }
        }
        Ok(())
    }
}

/// [`AuditProof`] of a list that is in memory.
///
/// # Errors
/// The first offender.
pub fn verify_audit(
    begin: AuditHead,
    events: &[AuditEvent],
    anchors: &[AuditHead],
) -> Result<AuditHead, Offender> {
    let mut proof = AuditProof::begin(begin, anchors);
    events.iter().try_for_each(|event| proof.follow(event))?;
    proof.end()
}
