//! The way to the primary, whichever of the hosts it is.

use crate::StoreLimits;
use crate::address::Address;
use crate::journal;
use crate::wire::{Connection, Failure};
use std::io;
use store::{Randomness, StoreError};

/// The first host that lets us in and is no replica.
pub(crate) fn connect(
    address: &Address,
    limits: &StoreLimits,
    randomness: &dyn Randomness,
) -> Result<Connection, Failure> {
    let mut last = Failure::Lost(io::Error::new(io::ErrorKind::NotFound, "the address names no host"));
    for host in &address.hosts {
        let opened =
            Connection::open(address, host, limits.patience(), randomness).and_then(|mut connection| {
                journal::refuse_replica(&mut connection)?;
                Ok(connection)
            });
        match opened {
            Ok(connection) => return Ok(connection),
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        const DISK_FULL: &str = "53100";
        match failure {
            Failure::Refused(refused) if refused.code == DISK_FULL => Self::Full,
            Failure::Refused(refused) => Self::unavailable_because("the database refuses", refused),
            Failure::Lost(error) => Self::unavailable_because("the database does not answer", error),
        }
    }
}
