//! A second witness, beside a database, of its last step: `journal.head`, `line-1.head`.
//!
//! A damaged write-ahead log ends early without a word, and a chain cannot tell that its last rows are gone. The head
//! is written over after each commit without an fsync: it may be behind the journal, never before it.

use crate::folder;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use store::StoreError;
use store::proof::Link;

pub(crate) const FILE: &str = "journal.head";
const MAGIC: &[u8; 8] = b"CHRYHEAD";
const LENGTH: usize = 56;

pub(crate) type Chain = [u8; 32];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Witness {
    pub(crate) seq: u64,
    pub(crate) chain: Chain,
}

#[derive(Debug)]
pub(crate) struct HeadFile(File);

impl HeadFile {
    /// The file, and what it says; None when it is new or says nothing that can be read.
    pub(crate) fn open(folder: &Path, name: &str) -> Result<(Self, Option<Witness>), StoreError> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(name))
            .map_err(|e| StoreError::unavailable_because("cannot open a head", e))?;
        let mut bytes = [0; LENGTH];
        let read = file.read_exact_at(&mut bytes, 0).ok().and_then(|()| Witness::parse(&bytes));
        if read.is_none() {
            let is_new = file.metadata().is_ok_and(|found| found.len() == 0);
            if !is_new {
                tracing::warn!(name, "a head says nothing: the end of its database is taken as it is");
            }
            let prepared = file.write_all_at(&[0; LENGTH], 0).and_then(|()| file.sync_all());
            prepared.map_err(|e| StoreError::unavailable_because("cannot prepare a head", e))?;
            folder::sync(folder)?;
        }
        Ok((Self(file), read))
    }

    /// A head that could not be written is behind, which it may be: the row itself is durable.
    pub(crate) fn write(&self, witness: Witness) {
        if let Err(error) = self.0.write_all_at(&witness.bytes(), 0) {
            tracing::warn!(%error, seq = witness.seq, "a head was not written");
        }
    }
}

/// What the file says, for those who only look.
pub(crate) fn read(folder: &Path) -> Option<Link> {
    let bytes: [u8; LENGTH] = std::fs::read(folder.join(FILE)).ok()?.try_into().ok()?;
    Witness::parse(&bytes).map(|Witness { seq, chain }| Link { seq, chain })
}

impl Witness {
    /// Before the first row.
    pub(crate) const BEGINNING: Self = Self { seq: 0, chain: [0; 32] };

    fn bytes(self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..16].copy_from_slice(&self.seq.to_be_bytes());
        bytes[16..48].copy_from_slice(&self.chain);
        let check = Sha256::digest(&bytes[..48]);
        bytes[48..].copy_from_slice(&check[..8]);
        bytes
    }

    fn parse(bytes: &[u8; LENGTH]) -> Option<Self> {
        let seq = u64::from_be_bytes(bytes[8..16].try_into().expect("eight bytes"));
        let chain = bytes[16..48].try_into().expect("thirty-two bytes");
        Some(Self { seq, chain }).filter(|witness| witness.bytes() == *bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_with_a_changed_bit_says_nothing() {
        let witness = Witness { seq: 77, chain: [5; 32] };
        let bytes = witness.bytes();
        assert_eq!(Witness::parse(&bytes), Some(witness));
        for bit in 0..LENGTH * 8 {
            let mut altered = bytes;
            altered[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Witness::parse(&altered), None, "bit {bit}");
        }
    }
}
