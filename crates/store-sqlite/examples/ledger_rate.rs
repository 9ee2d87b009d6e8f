//! How many bookings a second the embedded store keeps, beside a bare append and fdatasync on the same disk in the
//! same run. `cargo run --release -p store-sqlite --example ledger_rate [FOLDER]`

use booking::{ClinicId, DoseNumber, Outcome, PersonAlias, PersonId, Place, SlotId, TicketRef};
use jiff::civil::date;
use std::cell::Cell;
use std::error::Error;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::conformance::world;
use store::{Admit, Command, Keyed, MockClock, Request, Store as _};
use store_sqlite::{SqliteStore, StoreLimits};
use tokio::runtime::Builder;
use tokio::task::{LocalSet, yield_now};

const IN_FLIGHT: [u64; 4] = [1, 64, 128, 256];
const BOOKINGS: u64 = 40_000;
/// Alone, each command waits for its own fsync.
const BOOKINGS_ALONE: u64 = 2_000;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let parent = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    println!("in flight  bookings/s  commands/s  commands/fsync  bytes/command  bare log commands/s  ratio");
    for in_flight in IN_FLIGHT {
        let folder = parent.join(format!("ledger-rate-{}-{in_flight}", std::process::id()));
        measure(&folder, in_flight)?;
        fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

fn measure(folder: &Path, in_flight: u64) -> Result<(), Failure> {
    let bookings = if in_flight == 1 { BOOKINGS_ALONE } else { BOOKINGS };
    let store = Rc::new(open(folder)?);
    let runtime = Builder::new_current_thread().build()?;
    runtime.block_on(store.execute(Command::Open { campaign: world::CAMPAIGN }.into()))??.ok();
    everybody(&store, in_flight.max(64), bookings, come_in)?;
    let (rows_before, bytes_before) = (rows_of(&store), journal_bytes(folder)?);
    let _ = (rows_before, bytes_before);
    let took = everybody(&store, in_flight, bookings, book)?;
    drop(store);
    report(folder, in_flight, bookings, took)
}
