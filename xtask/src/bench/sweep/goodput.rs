//! D1 and D3: ten times as many people as are let in, and the time after; and the same where nobody is kept outside.
use super::crowd::{Crowd, Load, Manners};
use super::service::{Limits, Service};
use super::step::{HEAD, Recovery, Step, recovery, rows, step};
use super::{KEPT_MIN, Lengths, SEED, SHARE};
use crate::card::Figure;
use anyhow::{Result, ensure};

const CALIBRATION_FROM: f64 = 800.0;
const CALIBRATION_TIMES: f64 = 1.7;
const CALIBRATION_STEPS: u32 = 8;
/// Beyond its best by so much, and enough is known.
const FALLEN: f64 = 0.7;
const AFTERWARDS: f64 = 0.8;

/// How many bookings a second the service bears where nobody is kept outside, with a queue of any length.
pub(super) struct Ungated {
    pub(super) most: f64,
    steps: Vec<Step>,
}

impl Ungated {
    /// What the gate lets in, a second.
    pub(super) fn admitted(&self) -> f64 {
        SHARE * self.most
    }

    /// What is left of the best beyond it.
    fn kept(&self) -> f64 {
        self.steps.last().map_or(0.0, |last| last.bookings() / self.most)
    }
}

/// The load grows until far fewer are booked than at the best.
pub(super) fn calibrate(lengths: &Lengths) -> Result<Ungated> {
    let service = Service::start(&Limits::unbounded())?;
    let mut crowd = Crowd::new(service.port, SEED, Manners::GOOD)?;
    crowd.run(Load::arrivals(CALIBRATION_FROM), lengths.warm_up)?;
    let (mut steps, mut most, mut rate) = (Vec::<Step>::new(), 0.0_f64, CALIBRATION_FROM);
    for _ in 0..CALIBRATION_STEPS {
        rate *= CALIBRATION_TIMES;
        let found = step("no gate", &service, &mut crowd, Load::arrivals(rate), lengths.calibration)?;
        let bookings = found.bookings();
        steps.push(found);
        most = most.max(bookings);
        if bookings < FALLEN * most {
            break;
        }
    }
    let said_no: Vec<_> = steps.iter().map(|step| &step.tally.said_no).collect();
    ensure!(most > 10.0, "nobody books: {said_no:?}");
    println!("### Without a gate, with a queue that has no end\n\n{HEAD}{}", rows(&steps));
    Ok(Ungated { most, steps })
}

pub(super) fn run(lengths: &Lengths, ungated: &Ungated) -> Result<[Figure; 2]> {
    let admitted = ungated.admitted();
    let service = Service::start(&Limits::gated(admitted as u32))?;
    let mut crowd = Crowd::new(service.port, SEED, Manners::HASTY)?;
    // A line, so that from here on nothing but the service says how many book.
    crowd.run(Load::arrivals(2.0 * admitted), lengths.warm_up)?;
    let mut steps = Vec::new();
    for multiple in lengths.multiples {
        let load = Load::arrivals(multiple * admitted);
        crowd.run(load, lengths.settling)?;
        steps.push(step(format!("{multiple} ×"), &service, &mut crowd, load, lengths.step)?);
    }
    let peak = steps.iter().map(Step::bookings).fold(0.0, f64::max);
    let load = Load::arrivals(AFTERWARDS * admitted);
    let after = recovery(&service, &mut crowd, load, lengths.afterwards, peak)?;
    drop(service);
    println!("### With the gate\n\n{HEAD}{}{}", rows(&steps), after.step.row());
    let naive = naive(lengths, ungated)?;
    let at_ten = steps.last().expect("there are steps");
    let kept = at_ten.bookings() / peak;
    println!(
        "Without a gate the service books {:.0} a second at its best and {:.2} of that beyond; the gate lets in \
         {admitted:.0} (a share of {SHARE}). With ten times as many people **{kept:.2}** of the peak is kept (goal \
         {KEPT_MIN}); with three tries at once for each refusal it is back {} (goal 10 s), where nobody is kept outside \
         and everybody asks again for ever {}.\n",
        ungated.most,
        ungated.kept(),
        after.told(),
        naive.told()
    );
    let goodput = Figure {
        promise: "D1".to_owned(),
        test: "goodput at ten times the load".to_owned(),
        runs: at_ten.tally.booked,
        of: "people inside who booked in time".to_owned(),
        violations: u64::from(kept < KEPT_MIN) + at_ten.tally.wrong,
        saboteur: "no gate and a queue without end".to_owned(),
        caught: u64::from(ungated.kept() < KEPT_MIN),
        more: format!("{kept:.2} of the peak is kept, by the saboteur {:.2}", ungated.kept()),
    };
    let recovery = Figure {
        promise: "D3".to_owned(),
        test: "recovery after ten times the load".to_owned(),
        runs: after.step.tally.booked,
        of: "people who booked in time afterwards".to_owned(),
        violations: u64::from(!after.is_in_time()),
        saboteur: "nobody kept outside, and programs that ask again at once, for ever".to_owned(),
        caught: u64::from(!naive.is_in_time()),
        more: format!("95 % {}, the saboteur {}", after.told(), naive.told()),
    };
    Ok([goodput, recovery])
}

/// Nobody is kept outside, refusals are no reason to wait: the same crowd, then less than such a service bears.
fn naive(lengths: &Lengths, ungated: &Ungated) -> Result<Recovery> {
    let service = Service::start(&Limits::ungated())?;
    let mut crowd = Crowd::new(service.port, SEED, Manners::NAIVE)?;
    let load = Load::arrivals(10.0 * ungated.admitted());
    step("naive: 10 ×", &service, &mut crowd, load, 2 * lengths.step)?;
    let bearable = AFTERWARDS * ungated.most;
    recovery(&service, &mut crowd, Load::arrivals(bearable), lengths.afterwards, bearable)
}
