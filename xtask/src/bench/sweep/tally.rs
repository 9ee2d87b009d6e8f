//! What a crowd was told, counted.
use super::person::Step;
use crate::bench::histogram::Histogram;
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) struct Tally {
    pub(super) lasted: Duration,
    pub(super) arrived: u64,
    pub(super) sent: u64,
    pub(super) sent_outside: u64,
    /// From the instant at which a request was meant to be sent until it was.
    pub(super) lateness: Histogram,
    pub(super) outside: Histogram,
    pub(super) inside: Histogram,
    pub(super) confirm: Histogram,
    pub(super) refused: Histogram,
    pub(super) refusals: u64,
    pub(super) refusals_inside: u64,
    pub(super) answers: u64,
    pub(super) useful: u64,
    pub(super) useful_inside: u64,
    pub(super) useful_outside: u64,
    /// Whole walks, by the second in which they ended; each answer inside was in time.
    pub(super) booked_by_second: Vec<u32>,
    pub(super) booked: u64,
    pub(super) booked_late: u64,
    pub(super) gave_up: BTreeMap<Step, u64>,
    /// Connections that ended without an answer.
    pub(super) lost: u64,
    pub(super) wrong: u64,
    /// Waiting for a connection when the time was over.
    pub(super) unsent: usize,
    /// Refusals that are no overload, by step and what they say.
    pub(super) said_no: BTreeMap<String, u64>,
}

impl Tally {
    pub(super) fn new() -> Self {
        let [lateness, outside, inside, confirm, refused] = std::array::from_fn(|_| Histogram::new());
        Self {
            lasted: Duration::ZERO,
            arrived: 0,
            sent: 0,
            sent_outside: 0,
            lateness,
            outside,
            inside,
            confirm,
            refused,
            refusals: 0,
            refusals_inside: 0,
            answers: 0,
            useful: 0,
            useful_inside: 0,
            useful_outside: 0,
            booked_by_second: Vec::new(),
            booked: 0,
            booked_late: 0,
            gave_up: BTreeMap::new(),
            lost: 0,
            wrong: 0,
            unsent: 0,
            said_no: BTreeMap::new(),
        }
    }

    pub(super) fn sent(&mut self, step: Step) {
        self.sent += 1;
        self.sent_outside += u64::from(step.is_outside());
    }

    pub(super) fn good(&mut self, step: Step, took: Duration, is_useful: bool) {
        self.answers += 1;
        self.useful += u64::from(is_useful);
        if step == Step::Confirm {
            self.confirm.record(took);
        }
        if step.is_inside() {
            self.useful_inside += u64::from(is_useful);
            self.inside.record(took);
        } else {
            self.useful_outside += u64::from(is_useful && step.is_outside());
            self.outside.record(took);
        }
    }

    pub(super) fn refused(&mut self, step: Step, took: Duration) {
        self.refusals += 1;
        self.refusals_inside += u64::from(step.is_inside());
        self.refused.record(took);
    }

    pub(super) fn said_no(&mut self, step: Step, status: u16, body: &[u8]) {
        let body = String::from_utf8_lossy(body);
        let code = body.split_once(r#""code":""#).and_then(|(_, rest)| rest.split('"').next());
        *self.said_no.entry(format!("{step:?} {status} {}", code.unwrap_or("?"))).or_default() += 1;
    }

    pub(super) fn gave_up(&mut self, step: Step) {
        *self.gave_up.entry(step).or_default() += 1;
    }

    pub(super) fn booked(&mut self, at: Duration, in_time: bool) {
        if !in_time {
            self.booked_late += 1;
            return;
        }
        self.booked += 1;
        let second = at.as_secs() as usize;
        if self.booked_by_second.len() <= second {
            self.booked_by_second.resize(second + 1, 0);
        }
        self.booked_by_second[second] += 1;
    }

    pub(super) fn bookings_per_second(&self) -> f64 {
        self.booked as f64 / self.lasted.as_secs_f64()
    }

    pub(super) fn gone(&self) -> u64 {
        self.gave_up.values().sum()
    }
}
