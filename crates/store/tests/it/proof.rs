//! The proof of a journal: it believes honest ones, and names the record of every lie, though its chain is whole.

mod gone;
mod honest;
mod lies;

use booking::{AuditEntry, Change, Country};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard};
use store::conformance::{Subject, world};
use store::proof::{Link, Offence, Proof, Proved, Row};
use store::{
    Answer, AuditEvent, AuditHead, Clock, Ledger, MockClock, Request, Store, StoreError, Waiting,
    reads_of_the_ledger, record,
};

/// A journal in memory, one row for each request that changed something.
type Rows = Vec<(Timestamp, Vec<Change>)>;

/// A store that writes down what it decides.
struct Recorder {
    ledger: RwLock<Ledger>,
    clock: Arc<MockClock>,
    rows: Mutex<Rows>,
    audit: Mutex<Vec<AuditEvent>>,
}

impl Recorder {
    fn new(country: Arc<Country>, clock: Arc<MockClock>) -> Arc<Self> {
        let ledger = RwLock::new(Ledger::new(country));
        Arc::new(Self { ledger, clock, rows: Mutex::default(), audit: Mutex::default() })
    }

    fn rows(&self) -> Rows {
        self.rows.lock().unwrap().clone()
    }

    #[expect(clippy::unnecessary_wraps, reason = "the reads of a store can fail")]
    fn read<T>(&self, look: impl FnOnce(&Ledger) -> T) -> Result<T, StoreError> {
        Ok(look(&self.ledger.read().unwrap()))
    }
}

impl Store for Recorder {
    fn execute(&self, request: Request) -> Waiting<'_, Answer> {
        let (now, mut changes) = (self.clock.now(), Vec::new());
        let mut ledger = self.ledger.write().unwrap();
        let mut head = ledger.audit_head();
        let answer = ledger.decide(&request, now, &mut changes);
        let events = changes.iter().filter_map(AuditEntry::of).map(|entry| head.add(entry));
        self.audit.lock().unwrap().extend(events);
        ledger.commit();
        if !changes.is_empty() {
            self.rows.lock().unwrap().push((now, changes));
        }
        Box::pin(std::future::ready(Ok(answer)))
    }

    fn is_well(&self) -> bool {
        true
    }

    fn audit_since(&self, seq: u64, events_max: usize) -> Waiting<'_, Result<Vec<AuditEvent>, StoreError>> {
        let events = self.audit.lock().unwrap();
        let page = events.iter().skip(seq as usize).take(events_max).cloned().collect();
        Box::pin(std::future::ready(Ok(page)))
    }

    reads_of_the_ledger!();
}

/// Goes on as it is when it is reopened.
struct Recorded(Arc<Recorder>);

impl Subject for Recorded {
    fn store(&self) -> &dyn Store {
        &*self.0
    }

    fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.0.ledger.read().unwrap()
    }

    fn reopen(&mut self) {}
}

/// With a chain that holds, whatever the rows say.
fn prove(country: &Country, rows: &Rows) -> Result<Proved, Offence> {
    prove_beside(country, rows, Ledger::new(Arc::new(world::country_without_guard())))
}

/// Beside the ledger of a service.
fn prove_beside(country: &Country, rows: &Rows, ledger: Ledger) -> Result<Proved, Offence> {
    let mut proof = Proof::new(country, None, None).beside(ledger);
    feed(&mut proof, rows)?;
    proof.finish()
}

/// Held against heads of the audit record that were given away.
fn prove_anchored(country: &Country, rows: &Rows, heads: &[AuditHead]) -> Result<Proved, Offence> {
    let mut proof = Proof::new(country, None, None).anchored(heads);
    feed(&mut proof, rows)?;
    proof.finish()
}

fn feed(proof: &mut Proof<'_>, rows: &Rows) -> Result<Link, Offence> {
    for (at, changes) in rows {
        let mut body = Vec::new();
        for change in changes {
            record::append(change, &mut body);
        }
        let (end, at_ms) = (proof.end(), at.as_millisecond());
        let seq = end.seq + 1;
        let hash = Sha256::new().chain_update(end.chain).chain_update(seq.to_be_bytes());
        let chain = hash.chain_update(at_ms.to_be_bytes()).chain_update(&body).finalize().into();
        proof.row(&Row { seq, at_ms, body: &body, chain })?;
    }
    Ok(proof.end())
}
