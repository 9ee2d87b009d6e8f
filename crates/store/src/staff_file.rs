//! What is remembered of the accounts of staff: a list of events that only grows, sealed by whoever writes them, each
//! chained to the one before. Apart from the ledger, so that accounts can be made before there is one, and read without
//! it; small, so that it is read whole.

use crate::StoreError;
use sha2::{Digest as _, Sha256};
use std::sync::Mutex;

/// One event, opaque here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffRow {
    /// 1, 2, 3 … without a gap.
    pub seq: u64,
    pub sealed: Vec<u8>,
}

/// Several processes may share one: the service, and the command line beside it.
pub trait StaffFile: Send + Sync {
    /// The events after that one, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if one of them is not as it was written, or that one is no longer there.
    fn after(&self, seq: u64) -> Result<Vec<StaffRow>, StoreError>;

    /// On the disk when it returns. False, and nothing is written, where another event than `seq` is the last:
    /// somebody else wrote meanwhile, and what was decided may no longer be right.
    ///
    /// # Errors
    /// [`StoreError`] if it could not be written.
    fn append(&self, seq: u64, sealed: &[u8]) -> Result<bool, StoreError>;
}

/// The link of an event to the one before; 32 zeros before the first.
pub fn staff_link(before: &[u8; 32], seq: u64, sealed: &[u8]) -> [u8; 32] {
    let link = Sha256::new().chain_update(before).chain_update(seq.to_be_bytes()).chain_update(sealed);
    link.finalize().into()
}

/// The reference, for tests.
#[derive(Debug, Default)]
pub struct MemoryStaff(Mutex<Vec<Vec<u8>>>);

impl StaffFile for MemoryStaff {
    fn after(&self, seq: u64) -> Result<Vec<StaffRow>, StoreError> {
        let rows = self.0.lock().expect("nothing panics here");
        let numbered = (1..).zip(rows.iter()).filter(|(number, _)| *number > seq);
        Ok(numbered.map(|(seq, sealed)| StaffRow { seq, sealed: sealed.clone() }).collect())
    }

    fn append(&self, seq: u64, sealed: &[u8]) -> Result<bool, StoreError> {
        let mut rows = self.0.lock().expect("nothing panics here");
        let is_next = rows.len() as u64 == seq;
        if is_next {
            rows.push(sealed.to_vec());
        }
        Ok(is_next)
    }
}
