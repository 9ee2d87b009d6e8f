//! The power is cut at random instants while people book and the journal is checkpointed.
use super::booker::{Binary, Booker};
use super::rig::Rig;
use super::sh;
use crate::card::Figure;
use anyhow::{Context as _, Result};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use std::thread;
use std::time::Duration;

const SEED: u64 = 7;
const CUTS: u64 = 10;
const CUTS_LONG: u64 = 300;
/// Of each saboteur, at most; it ends at the first loss.
const CUTS_OF_A_SABOTEUR: u64 = 100;
/// Then the folder is begun anew, so that replays stay short.
const CUTS_A_FOLDER: u64 = 10;
const BETWEEN_CUTS_MS: std::ops::Range<u32> = 30..300;
const TOLD_BEFORE_FIRST_CUT: usize = 10;

#[derive(Debug, Default)]
struct Found {
    cuts: u64,
    acknowledged: u64,
    lost: u64,
    /// Cuts after which the journal could not be opened.
    unreadable: u64,
}

pub(crate) fn run(is_long: bool) -> Result<Vec<Figure>> {
    let binary = Binary::build()?;
    let rig = Rig::build()?;
    let mut figures = Vec::new();
    let honest = cut_often(&binary, &rig, "None", if is_long { CUTS_LONG } else { CUTS }, false)?;
    for (sabotage, saboteur) in [
        ("SynchronousNormal", "commits without an fsync (synchronous=NORMAL)"),
        ("AcknowledgeFirst", "acknowledges before the commit"),
    ] {
        let found = cut_often(&binary, &rig, sabotage, CUTS_OF_A_SABOTEUR, true)?;
        println!("saboteur: {saboteur}: {found:?}");
        figures.push(Figure {
            promise: "A2".to_owned(),
            test: format!("power cuts against {sabotage}"),
            runs: honest.cuts,
            of: "cuts".to_owned(),
            violations: honest.lost + honest.unreadable,
            saboteur: saboteur.to_owned(),
            caught: found.lost + found.unreadable,
            more: format!(
                "{} acknowledged appointments compared, {} unreadable files; the saboteur was caught after {} cuts; \
                 seed {SEED}",
                honest.acknowledged, honest.unreadable, found.cuts
            ),
        });
    }
    Ok(figures)
}

fn cut_often(binary: &Binary, rig: &Rig, sabotage: &str, cuts: u64, ends_at_loss: bool) -> Result<Found> {
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    let mut found = Found::default();
    let is_over = |found: &Found| ends_at_loss && found.lost + found.unreadable > 0;
    while found.cuts < cuts && !is_over(&found) {
        if rig.data().exists() {
            std::fs::remove_dir_all(rig.data())?;
        }
        let mut booker = Booker::start(binary.program(), &rig.data(), sabotage)?;
        booker.wait_until(|booker| booker.count("booked") >= TOLD_BEFORE_FIRST_CUT)?;
        for _ in 0..CUTS_A_FOLDER.min(cuts - found.cuts) {
            if is_over(&found) {
                break;
            }
            let pause = BETWEEN_CUTS_MS.start + chance.next_u32() % BETWEEN_CUTS_MS.len() as u32;
            thread::sleep(Duration::from_millis(u64::from(pause)));
            cut(binary, rig, &mut booker, &mut found)?;
        }
        booker.guard.crash()?;
    }
    Ok(found)
}

/// What was told before the cut must be found after it.
fn cut(binary: &Binary, rig: &Rig, booker: &mut Booker, found: &mut Found) -> Result<()> {
    let told = booker.told();
    rig.cut()?;
    found.cuts += 1;
    // It rests while its copy is looked at: nothing is learnt from a journal that only grows.
    let id = booker.id();
    sh("kill", &["-STOP", &id])?;
    let copy = rig.power_on().context("the file system does not come back")?;
    match binary.count_lost(&copy.data(), &told, &rig.beside()) {
        Ok(lost) => found.lost += lost,
        Err(error) => {
            println!("after a cut: {error:#}");
            found.unreadable += 1;
        }
    }
    found.acknowledged += told.iter().filter(|line| line.starts_with("booked")).count() as u64;
    drop(copy);
    sh("kill", &["-CONT", &id])
}
