//! People who give up after ten seconds, while five times as many come as are let in, and the service stands still for
//! longer than they wait: whoever is refused is told at once, and nothing is kept for anybody who has gone.
use super::crowd::{Crowd, Load, Manners};
use super::goodput::Ungated;
use super::person::Step;
use super::service::{Limits, Service};
use super::step::{HEAD, rows, step};
use super::{KEPT_MIN, Lengths, SEED};
use crate::workspace;
use anyhow::{Context as _, Result, ensure};
use std::process::Command;
use std::thread;
use std::time::Duration;

const MULTIPLE: f64 = 5.0;
/// Longer than anybody's patience.
const STANDSTILL: Duration = Duration::from_secs(11);
const REFUSED_MS_MAX: f64 = 100.0;

pub(super) fn run(lengths: &Lengths, ungated: &Ungated) -> Result<()> {
    let admitted = ungated.admitted();
    let service = Service::start(&Limits::gated(admitted as u32))?;
    let mut crowd = Crowd::new(service.port, SEED, Manners::GOOD)?;
    crowd.run(Load::arrivals(2.0 * admitted), lengths.warm_up)?;
    let mut steps = Vec::new();
    for multiple in [1.0, MULTIPLE] {
        let load = Load::arrivals(multiple * admitted);
        crowd.run(load, lengths.settling)?;
        steps.push(step(format!("{multiple} ×"), &service, &mut crowd, load, lengths.step)?);
    }
    service.signal_ledger("-STOP")?;
    let load = Load::arrivals(MULTIPLE * admitted);
    steps.push(step("the service stands still", &service, &mut crowd, load, STANDSTILL)?);
    service.signal_ledger("-CONT")?;
    steps.push(step("afterwards", &service, &mut crowd, load, lengths.step)?);
    println!("### Five times the load, people who give up after ten seconds\n\n{HEAD}{}", rows(&steps));
    let told = crowd.leave_all();
    let left_asking: u64 = steps.iter().filter_map(|step| step.tally.gave_up.get(&Step::Hold)).sum();
    thread::sleep(Duration::from_millis(500));
    let unheard = unheard(&service, told)?;
    let five = &steps[1];
    let refused_ms = five.tally.refused.quantile_us(1.0) / 1_000.0;
    let kept = five.tally.useful_inside as f64 / steps[0].tally.useful_inside.max(1) as f64;
    println!(
        "{left_asking} people gave up while they asked for a place; {unheard} holds are kept that nobody has heard of. \
         Useful answers to people inside, 5 × beside 1 ×: {kept:.2} (goal {KEPT_MIN}). The slowest refusal at 5 ×: \
         {refused_ms:.0} ms of {} (goal {REFUSED_MS_MAX})\n",
        five.tally.refusals
    );
    ensure!(unheard == 0, "{unheard} holds are kept for people who have gone");
    ensure!(kept >= KEPT_MIN, "useful answers: {kept:.2}");
    ensure!(refused_ms <= REFUSED_MS_MAX, "a refusal took {refused_ms:.0} ms");
    Ok(())
}

/// Doses that are held or booked, without those whose booker was told of the hold.
fn unheard(service: &Service, told: u64) -> Result<u64> {
    let inspected = Command::new(workspace::release_dir()?.join("charye"))
        .arg("inspect")
        .arg(service.dir.path().join("data"))
        .output()
        .context("charye inspect")?;
    let text = String::from_utf8_lossy(&inspected.stdout);
    let taken = taken(&text).with_context(|| format!("no doses in what `inspect` says: {text}"))?;
    Ok(taken.saturating_sub(told))
}

/// `… / doses   1849990 / 1850000`
fn taken(text: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.contains("/ doses"))?;
    let numbers: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [left, total] = numbers[..] else { return None };
    total.checked_sub(left)
}

#[cfg(test)]
mod tests {
    #[test]
    fn doses_that_are_left_say_how_many_are_taken() {
        assert_eq!(super::taken("  x / booked  3\n  x / doses  90 / 100\n"), Some(10));
        assert_eq!(super::taken("  x / doses  90\n"), None);
    }
}
