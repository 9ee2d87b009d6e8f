//! More people than the service can bear, and what becomes of those who are inside: the released service on one core, an
//! open loop of whole people on the other.
//!
//! The multiples are those of the rate at which the gate lets people in, which is a share of what the service bears: the
//! rest of the core answers those who stand outside.
mod crowd;
mod gone;
mod goodput;
mod loss;
mod net;
mod person;
mod polling;
mod quota;
mod service;
mod step;
mod tally;

use crate::card::Figure;
use anyhow::Result;
use std::time::Duration;

const SEED: u64 = 20_210_712;
/// Of the bookings that the service bears without a crowd: so many the gate lets in. With newcomers who cost a sixth of a
/// booking each, 1/(1 + 9/6) of the core is what ten times as many of them leave.
const SHARE: f64 = 0.4;
/// Of the peak, at ten times the load.
const KEPT_MIN: f64 = 0.9;

/// How long the parts of a run take.
struct Lengths {
    warm_up: Duration,
    calibration: Duration,
    multiples: &'static [f64],
    /// At the beginning of a step, before anything is counted.
    settling: Duration,
    step: Duration,
    afterwards: Duration,
}

impl Lengths {
    const SHORT: Self = Self {
        warm_up: Duration::from_secs(4),
        calibration: Duration::from_secs(2),
        multiples: &[1.0, 10.0],
        settling: Duration::from_secs(1),
        step: Duration::from_secs(4),
        afterwards: Duration::from_secs(12),
    };
    const LONG: Self = Self {
        warm_up: Duration::from_secs(10),
        calibration: Duration::from_secs(15),
        multiples: &[0.5, 0.8, 1.0, 1.5, 2.0, 5.0, 10.0],
        settling: Duration::from_secs(5),
        step: Duration::from_mins(1),
        afterwards: Duration::from_secs(30),
    };
}

pub(super) fn run(is_short: bool) -> Result<()> {
    let lengths = if is_short { Lengths::SHORT } else { Lengths::LONG };
    println!("## Overload, measured (seed {SEED})\n");
    let ungated = goodput::calibrate(&lengths)?;
    let mut figures = goodput::run(&lengths, &ungated)?.to_vec();
    figures.extend(loss::half_of_the_core(&lengths, &ungated)?);
    figures.push(polling::run(&lengths, &ungated)?);
    figures.push(loss::ledger_stands_still(&lengths, &ungated)?);
    let gone = gone::run(&lengths, &ungated);
    // All are told, whatever the first of them says.
    let told: Vec<Result<()>> = figures.iter().map(Figure::tell).chain([gone]).collect();
    told.into_iter().collect()
}

/// Looks beside bookings alone.
pub(super) fn run_polling() -> Result<()> {
    let lengths = Lengths::SHORT;
    println!("## Looks beside bookings, measured (seed {SEED})\n");
    let ungated = goodput::calibrate(&lengths)?;
    polling::run(&lengths, &ungated)?.tell()
}
