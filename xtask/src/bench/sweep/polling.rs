//! D5: a booking takes as long as it does while everybody looks. Pairs of steps that take turns, without and with looks at
//! the gate document, ten for each person who is let in; and the same looks at what asks the ledger.
use super::crowd::{Crowd, Load, Manners};
use super::goodput::Ungated;
use super::service::{Limits, Service};
use super::step::{HEAD, Step, rows, step};
use super::{Lengths, SEED};
use crate::card::Figure;
use anyhow::Result;

const PAIRS: usize = 5;
/// Of what the gate lets in: nobody waits.
const BOOKING: f64 = 0.8;
/// Looks for each person whom the gate lets in.
const LOOKS: f64 = 10.0;
/// Of the slowest hundredth of the confirmations.
const SLOWER_MAX: f64 = 1.2;

pub(super) fn run(lengths: &Lengths, ungated: &Ungated) -> Result<Figure> {
    let admitted = ungated.admitted();
    let service = Service::start(&Limits::gated(admitted as u32))?;
    let mut crowd = Crowd::new(service.port, SEED, Manners::GOOD)?;
    let quiet = Load::arrivals(BOOKING * admitted);
    crowd.run(quiet, lengths.warm_up)?;
    let looks = LOOKS * admitted;
    let ours = pairs(lengths, &service, &mut crowd, quiet, Load { polls: looks, ..quiet })?;
    let theirs = pairs(lengths, &service, &mut crowd, quiet, Load { ledger_polls: looks, ..quiet })?;
    println!("### Looks beside bookings\n\n{HEAD}{}", rows(&ours));
    println!("The saboteur, looks that ask the ledger:\n\n{HEAD}{}", rows(&theirs));
    let (slower, slower_by_saboteur) = (slower(&ours), slower(&theirs));
    println!(
        "With {looks:.0} looks a second the slowest hundredth of the confirmations takes **{slower:.2}** times as long \
         (median of {PAIRS} pairs, goal {SLOWER_MAX}), where the looks ask the ledger {slower_by_saboteur:.2}.\n"
    );
    Ok(Figure {
        promise: "D5".to_owned(),
        test: "looks beside bookings".to_owned(),
        runs: ours.iter().map(|step| step.tally.booked).sum(),
        of: "people who booked in time, half of them while everybody looked".to_owned(),
        violations: u64::from(slower > SLOWER_MAX),
        saboteur: "looks that ask the ledger".to_owned(),
        caught: u64::from(slower_by_saboteur > SLOWER_MAX),
        more: format!(
            "confirmations' p99 {slower:.2} of what it is without, by the saboteur {slower_by_saboteur:.2}"
        ),
    })
}

/// Without, with, without, with.
fn pairs(
    lengths: &Lengths,
    service: &Service,
    crowd: &mut Crowd,
    quiet: Load,
    busy: Load,
) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    for _ in 0..PAIRS {
        for (named, load) in [("without looks", quiet), ("with looks", busy)] {
            crowd.run(load, lengths.settling)?;
            steps.push(step(named, service, crowd, load, lengths.step)?);
        }
    }
    Ok(steps)
}

/// The median of the pairs' ratios; beyond all bounds where nobody was confirmed.
fn slower(steps: &[Step]) -> f64 {
    let p99 = |step: &Step| step.tally.confirm.quantile_us(0.99);
    let ratio = |pair: &[Step]| {
        if pair[1].tally.booked == 0 { f64::INFINITY } else { p99(&pair[1]) / p99(&pair[0]).max(1.0) }
    };
    let mut ratios: Vec<f64> = steps.chunks_exact(2).map(ratio).collect();
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}
