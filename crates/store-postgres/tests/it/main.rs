//! The suite on PostgreSQL, and what only several nodes can do.

#![expect(clippy::unwrap_used, reason = "in a test an error is the finding")]

mod cluster;
mod conformance;
mod doubt;
mod line;
mod nodes;
mod shared;

use booking::Country;
use cluster::Cluster;
use std::sync::{Arc, RwLockReadGuard};
use store::conformance::Subject;
use store::{Clock, Ledger, MockClock, Randomness, Store, StoreError};
use store_postgres::{Address, PostgresStore, StoreLimits};

fn is_long() -> bool {
    std::env::var_os("CHARYE_LONG").is_some()
}

/// For passwords that no test has.
struct NoRandomness;

impl Randomness for NoRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// With the test's clock.
fn limits() -> StoreLimits {
    StoreLimits { database_time: false, needs_durable: false, ..StoreLimits::default() }
}

fn open(
    address: &Address,
    country: &Arc<Country>,
    clock: &Arc<MockClock>,
    limits: StoreLimits,
) -> Result<PostgresStore, StoreError> {
    let clock: Arc<dyn Clock> = Arc::clone(clock) as _;
    PostgresStore::open(address.clone(), Arc::clone(country), clock, Arc::new(NoRandomness), limits)
}

struct Postgres {
    address: Address,
    country: Arc<Country>,
    clock: Arc<MockClock>,
    store: Option<PostgresStore>,
}

impl Postgres {
    fn new(cluster: &Cluster, country: Arc<Country>, clock: Arc<MockClock>) -> Self {
        let address = cluster.fresh();
        let store = open(&address, &country, &clock, limits()).unwrap();
        Self { address, country, clock, store: Some(store) }
    }

    fn postgres(&self) -> &PostgresStore {
        self.store.as_ref().expect("it is open between two reopenings")
    }
}

impl Subject for Postgres {
    fn store(&self) -> &dyn Store {
        self.postgres()
    }

    fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.postgres().ledger()
    }

    fn reopen(&mut self) {
        self.store = None;
        self.store = Some(open(&self.address, &self.country, &self.clock, limits()).unwrap());
    }
}
