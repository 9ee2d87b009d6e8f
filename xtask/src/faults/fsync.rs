//! An fsync fails: nothing more may be acknowledged, and what was acknowledged is found after a restart. libfiu stands
//! between the process and its C library.
use super::booker::{Binary, Booker};
use super::{missing_program, missing_to_mount, sh};
use crate::card::Figure;
use crate::process::TempDir;
use anyhow::{Result, ensure};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use std::path::Path;
use std::process::Command;

const SEED: u64 = 3_141;
const RUNS: u64 = 20;
const RUNS_LONG: u64 = 200;
const RUNS_OF_THE_SABOTEUR: u64 = 3;
const FSYNC: &str = "posix/io/sync/fsync";
const FDATASYNC: &str = "posix/io/sync/fdatasync";
/// Told before the disk fails, at most.
const TOLD_MAX: u32 = 300;
/// Refused after it has failed, before it is believed.
const REFUSED_MIN: usize = 50;
/// Told after one failure by somebody who goes on: far more than can have been under way.
const TOLD_AFTER: usize = 300;

#[derive(Debug, Default)]
struct Found {
    runs: u64,
    acknowledged: u64,
    acknowledged_after: u64,
    lost: u64,
    refused: u64,
}

pub(crate) fn missing() -> Option<String> {
    missing_program("/usr/bin/fiu-run", "fiu-utils").or_else(missing_to_mount)
}

pub(crate) fn run(is_long: bool) -> Result<Vec<Figure>> {
    let binary = Binary::build()?;
    let runs = if is_long { RUNS_LONG } else { RUNS };
    let honest = fail_often(&binary, "None", runs)?;
    ensure!(honest.refused > 0, "no fsync ever failed: nothing was tested");
    let sabotaged = fail_often(&binary, "TryAgain", RUNS_OF_THE_SABOTEUR)?;
    Ok(vec![Figure {
        promise: "A3".to_owned(),
        test: "one failed fsync".to_owned(),
        runs: honest.runs,
        of: "failed fsyncs".to_owned(),
        violations: honest.acknowledged_after + honest.lost,
        saboteur: "tries a failed write again".to_owned(),
        caught: sabotaged.acknowledged_after,
        more: format!(
            "{} appointments acknowledged before, {} after, {} of them lost; {} requests refused; seed {SEED}",
            honest.acknowledged, honest.acknowledged_after, honest.lost, honest.refused
        ),
    }])
}

fn fail_often(binary: &Binary, sabotage: &str, runs: u64) -> Result<Found> {
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    let mut found = Found::default();
    for _ in 0..runs {
        let folder = TempDir::new()?;
        let told_before = chance.next_u32() % TOLD_MAX;
        let mut booker = start(binary, folder.path(), sabotage)?;
        let is_booking = booker.wait_until(|booker| booker.count("booked") >= told_before as usize)?;
        ensure!(is_booking, "nobody could book before the disk failed");
        let id = booker.id();
        for point in [FSYNC, FDATASYNC] {
            let fails = format!("enable name={point},onetime,failinfo=5");
            sh("fiu-ctrl", &["-c", &fails, "-f", &pipe(folder.path()), &id])?;
        }
        watch(&mut booker, &mut found)?;
        booker.guard.crash()?;
        let told = booker.told();
        found.runs += 1;
        found.acknowledged += told.iter().filter(|line| line.starts_with("booked")).count() as u64;
        let lost = binary.count_lost(&folder.path().join("data"), &told, &folder.path().join("told"))?;
        found.lost += lost;
    }
    Ok(found)
}

/// Until it has refused for a while, or gone on as if nothing had been.
fn watch(booker: &mut Booker, found: &mut Found) -> Result<()> {
    let before = booker.count("booked");
    let goes_on = move |booker: &Booker| booker.count("booked") >= before + TOLD_AFTER;
    let is_over = booker.wait_until(|booker| booker.count("failed") >= REFUSED_MIN || goes_on(booker))?;
    ensure!(is_over, "it neither refuses nor books");
    if goes_on(booker) {
        found.acknowledged_after += (booker.count("booked") - before) as u64;
    }
    found.acknowledged_after += booker.count("lied") as u64;
    found.refused += booker.count("failed") as u64;
    Ok(())
}

fn start(binary: &Binary, folder: &Path, sabotage: &str) -> Result<Booker> {
    let mut command = Command::new("fiu-run");
    command.args(["-x", "-f", &pipe(folder)]).arg(binary.path());
    Booker::start(command, &folder.join("data"), sabotage)
}

fn pipe(folder: &Path) -> String {
    folder.join("fiu").display().to_string()
}
