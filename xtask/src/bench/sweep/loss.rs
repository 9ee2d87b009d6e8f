//! D7: half of the core is gone for a while, and the process with the ledger stands still for five seconds. What is left
//! is used, nobody outside notices the second, and everything is as before soon afterwards.
use super::crowd::{Crowd, Load, Manners};
use super::goodput::Ungated;
use super::quota::Quota;
use super::service::{Limits, Service};
use super::step::{HEAD, Recovery, Step, recovery, rows, step};
use super::{Lengths, SEED};
use crate::card::Figure;
use anyhow::Result;
use std::time::Duration;

/// Of the core, while it lasts.
const QUOTA: f64 = 0.5;
/// Of the bookings before, while only half of the core is there: more than half, because the gate keeps a reserve.
const DURING_MIN: f64 = 0.75;
const PAUSE: Duration = Duration::from_secs(5);
/// Of what people outside ask for while the ledger stands still.
const OUTSIDE_MIN: f64 = 0.98;
/// Two processes take more of the core for the same people.
const SHARE_OF_TWO: f64 = 0.2;

/// What a loss came to.
struct Course {
    before: Step,
    during: Step,
    after: Recovery,
}

impl Course {
    fn rows(&self) -> String {
        rows([&self.before, &self.during, &self.after.step])
    }
}

/// None where nothing can be taken away here.
pub(super) fn half_of_the_core(lengths: &Lengths, ungated: &Ungated) -> Result<Option<Figure>> {
    if let Some(why) = Quota::missing() {
        println!("SKIPPED: half of the core: {why}\n");
        return Ok(None);
    }
    // As many as a whole core bears, so that half of one cannot.
    let arrivals = ungated.most;
    let ours = halved(lengths, &Limits::gated(ungated.admitted() as u32), arrivals)?;
    let theirs = halved(lengths, &Limits::unbounded(), arrivals)?;
    let kept = |course: &Course| course.during.bookings() / course.before.bookings();
    let is_kept = |course: &Course| kept(course) >= DURING_MIN && course.after.is_in_time();
    let said = |course: &Course| format!("{:.2} kept, back {}", kept(course), course.after.told());
    let more = format!("{}; the saboteur: {}", said(&ours), said(&theirs));
    println!("### Half of the core for a while\n\n{HEAD}{}", ours.rows());
    println!("The saboteur, no gate and a queue without end:\n\n{HEAD}{}", theirs.rows());
    println!("{more} (goal {DURING_MIN} kept, back within 10 s)\n");
    Ok(Some(Figure {
        promise: "D7".to_owned(),
        test: "half of the core for a while".to_owned(),
        runs: ours.during.tally.booked + ours.after.step.tally.booked,
        of: "people who booked in time meanwhile and afterwards".to_owned(),
        violations: u64::from(!is_kept(&ours)),
        saboteur: "no gate and a queue without end".to_owned(),
        caught: u64::from(!is_kept(&theirs)),
        more,
    }))
}

pub(super) fn ledger_stands_still(lengths: &Lengths, ungated: &Ungated) -> Result<Figure> {
    let ours = paused(lengths, ungated, true)?;
    let theirs = paused(lengths, ungated, false)?;
    let is_kept = |course: &Course| outside(course) >= OUTSIDE_MIN && course.after.is_in_time();
    let said = |course: &Course| {
        format!("{:.3} of those outside are answered, back {}", outside(course), course.after.told())
    };
    let more = format!("{}; the saboteur: {}", said(&ours), said(&theirs));
    println!("### The ledger stands still for {} s\n\n{HEAD}{}", PAUSE.as_secs(), ours.rows());
    println!("The saboteur, one process for everything:\n\n{HEAD}{}", theirs.rows());
    println!("{more} (goal {OUTSIDE_MIN}, back within 10 s)\n");
    Ok(Figure {
        promise: "D7".to_owned(),
        test: "the ledger stands still".to_owned(),
        runs: ours.during.tally.useful_outside,
        of: "answers to people outside meanwhile".to_owned(),
        violations: u64::from(!is_kept(&ours)),
        saboteur: "one process for everything".to_owned(),
        caught: u64::from(!is_kept(&theirs)),
        more,
    })
}

fn halved(lengths: &Lengths, limits: &Limits, arrivals: f64) -> Result<Course> {
    let service = Service::start(limits)?;
    let mut crowd = Crowd::new(service.port, SEED, Manners::GOOD)?;
    crowd.run(Load::arrivals(arrivals), lengths.warm_up)?;
    let load = Load::arrivals(arrivals);
    let before = step("before", &service, &mut crowd, load, lengths.step)?;
    let quota = Quota::set(&service.ids(), QUOTA)?;
    let during = step("with half of the core", &service, &mut crowd, load, lengths.step)?;
    drop(quota);
    let after = recovery(&service, &mut crowd, load, lengths.afterwards, before.bookings())?;
    Ok(Course { before, during, after })
}

fn paused(lengths: &Lengths, ungated: &Ungated, is_divided: bool) -> Result<Course> {
    let admitted = SHARE_OF_TWO * ungated.most;
    let limits = Limits::gated(admitted as u32);
    let service = if is_divided { Service::start_divided(&limits)? } else { Service::start(&limits)? };
    let mut crowd = Crowd::new(service.port, SEED, Manners::GOOD)?;
    let load = Load::arrivals(2.0 * admitted);
    crowd.run(load, lengths.warm_up)?;
    let before = step("before", &service, &mut crowd, load, lengths.step)?;
    service.signal_ledger("-STOP")?;
    let during = step("the ledger stands still", &service, &mut crowd, load, PAUSE)?;
    service.signal_ledger("-CONT")?;
    let after = recovery(&service, &mut crowd, load, lengths.afterwards, before.bookings())?;
    Ok(Course { before, during, after })
}

/// Useful answers to people outside, of all that they asked for in that time.
fn outside(course: &Course) -> f64 {
    let tally = &course.during.tally;
    tally.useful_outside as f64 / tally.sent_outside.max(1) as f64
}
