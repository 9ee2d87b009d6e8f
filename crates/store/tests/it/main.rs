//! The suite on the reference, and proof that the suite can fail.

mod audit;
mod hoarders;
mod memory;
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
