//! The backup file: what it holds, how it is sealed. `docs/operations.md` tells its layout.
//!
//! The files of a consistent copy, one after another behind a manifest, sealed in chunks with AES-256-GCM-SIV: every
//! file has a key of its own, made of the backup key and a random salt; the nonce of a chunk is its number and whether
//! it is the last (the STREAM construction), the header is associated data. So chunks can be neither changed, cut,
//! swapped nor taken from elsewhere.

mod archive;
mod fault;
mod sealed;

pub(crate) use archive::{Manifest, list, read, write};
pub(crate) use fault::BackupFault;
pub(crate) use sealed::is_backup;

pub(crate) type BackupKey = [u8; 32];
