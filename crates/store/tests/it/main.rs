//! The suite on the reference, and proof that the suite can fail.

#![expect(clippy::unwrap_used, reason = "in a test an error is the finding")]

mod audit;
mod hoarders;
mod kept;
mod memory;
mod proof;
mod registered;
mod saboteurs;

use std::sync::{Arc, RwLockReadGuard};
use store::conformance::Subject;
use store::{Ledger, MemoryStore, Store};

/// The reference goes on as it is when it is reopened.
struct Memory(Arc<MemoryStore>);

impl Subject for Memory {
    fn store(&self) -> &dyn Store {
        &*self.0
    }

    fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.0.ledger()
    }

    fn reopen(&mut self) {}
}
