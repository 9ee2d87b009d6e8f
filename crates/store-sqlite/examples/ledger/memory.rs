//! The decisions alone: in batches as the writer makes them, nothing handed over and nothing written. Processor time, so
//! that what else runs on the machine does not count.

use crate::crowd::{self, RunningClock};
use crate::usage::{of_this_thread, resident_bytes};
use crate::{BATCH, country, say};
use booking::{CampaignId, Outcome};
use std::sync::Arc;
use std::time::Duration;
use store::{Clock as _, Command, LOOKED_AHEAD, Ledger, Request};

pub(crate) fn run(people: u64) {
    let mut ledger = Ledger::new(Arc::new(country::country()));
    let clock = RunningClock::start();
    let mut took = Duration::ZERO;
    let mut serve = |requests: &[Request], is_timed: bool| {
        let start = of_this_thread();
        let mut changes = Vec::new();
        let mut answers = Vec::new();
        for some in requests.chunks(LOOKED_AHEAD) {
            ledger.look_ahead(some);
            for request in some {
                let answer = ledger.decide(request, clock.now(), &mut changes);
                answers.push(answer.expect("there is room for everybody"));
            }
        }
        ledger.seal();
        ledger.commit();
        took += if is_timed { of_this_thread().saturating_sub(start) } else { Duration::ZERO };
        answers
    };
    serve(&[Request::from(Command::Open { campaign: CampaignId(1) })], false);
    for first in (0..people).step_by(BATCH as usize) {
        let batch = first..first + BATCH;
        serve(&batch.clone().map(|number| crowd::register(number).into()).collect::<Vec<_>>(), false);
        serve(&batch.map(|number| crowd::admit(number).into()).collect::<Vec<_>>(), false);
    }
    say("resident_bytes_before", resident_bytes() as f64);
    for first in (0..people).step_by(BATCH as usize) {
        let holds = (first..first + BATCH)
            .map(|number| Request { keyed: Some(crowd::keyed(number, 0)), command: crowd::hold(number) });
        let held = serve(&holds.collect::<Vec<_>>(), true);
        let confirm = |(number, outcome): (u64, Outcome)| match outcome {
            Outcome::Held { id, .. } => {
                Request { keyed: Some(crowd::keyed(number, 1)), command: crowd::confirm(number, id) }
            }
            other => unreachable!("a hold is answered with a hold, not with {other:?}"),
        };
        serve(&(first..).zip(held).map(confirm).collect::<Vec<_>>(), true);
    }
    say("resident_bytes", resident_bytes() as f64);
    say("microseconds_per_pair", took.as_secs_f64() * 1e6 / people as f64);
}
