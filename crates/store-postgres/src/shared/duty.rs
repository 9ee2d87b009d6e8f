//! What only one node does at a time: messages, reminders, removals. Whoever has it keeps it by asking again; who does
//! not ask for so long loses it. The clock is the database's. A holder that was stopped and wakes may do once more what
//! it had begun, so everything done under it can be done twice without harm.

use super::Shared;
use crate::address::Address;
use crate::wire::Value;
use std::sync::Arc;
use std::time::Duration;
use store::{Randomness, StoreError};

/// How long it is kept without asking again.
const KEPT_MS: i64 = 10_000;

pub struct Duty {
    shared: Shared,
    me: [u8; 16],
}

impl Duty {
    /// How often a holder asks again.
    pub const ASK_EVERY: Duration = Duration::from_secs(2);

    pub fn new(address: Address, randomness: Arc<dyn Randomness>) -> Self {
        let me = randomness.bytes();
        Self { shared: Shared::new(address, randomness), me }
    }

    /// Takes or keeps it. False: another node has it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database does not answer: then it is not ours.
    pub fn take(&self) -> Result<bool, StoreError> {
        const TAKEN: &str = "UPDATE charye.duty
            SET holder = $1, until = clock_timestamp() + $2 * interval '1 millisecond'
            WHERE id = 1 AND (holder = $1 OR until < clock_timestamp()) RETURNING id";
        let values = [Value::Bytes(&self.me), Value::Number(KEPT_MS)];
        Ok(!self.shared.commit(TAKEN, &values)?.is_empty())
    }
}
