//! The line, by the rules of `waiting-room`, with people as counts.

use std::collections::VecDeque;

use jiff::Timestamp;
use waiting_room::{AdmissionMeter, Bucket, Line, NodeId, TokenBucket, WaitRange};

const NODE: NodeId = NodeId { node: 1, incarnation: 1 };

/// Those who joined in one second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Joined {
    /// From the first opening.
    pub(super) at_s: i64,
    pub(super) people: u64,
    /// The upper end of the range they were told.
    pub(super) told_max_s: Option<u32>,
}

/// Some of them, called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Called {
    pub(super) wait_s: u32,
    pub(super) people: u64,
    pub(super) told_max_s: Option<u32>,
}

pub(super) struct Room {
    start: Timestamp,
    line: Line,
    buckets: u32,
    standing: VecDeque<Joined>,
    serving_number: u64,
    callers: TokenBucket,
    meter: AdmissionMeter,
}

impl Room {
    /// `start` is the instant of the first opening.
    pub(super) fn new(start: Timestamp, admissions_per_second: u32) -> Self {
        Room {
            start,
            line: Line::default(),
            buckets: 0,
            standing: VecDeque::new(),
            serving_number: 0,
            callers: TokenBucket::empty(admissions_per_second, admissions_per_second, start),
            meter: AdmissionMeter::default(),
        }
    }

    fn instant(&self, at_s: i64) -> Timestamp {
        self.start + jiff::SignedDuration::from_secs(at_s)
    }

    pub(super) fn joined(&self) -> u64 {
        self.line.settled()
    }

    pub(super) fn waiting(&self) -> u64 {
        self.line.settled() - self.serving_number
    }

    pub(super) fn serving_number(&self) -> u64 {
        self.serving_number
    }

    /// Closes the bucket of this second.
    pub(super) fn join(&mut self, at_s: i64, people: u32) {
        if people == 0 {
            return;
        }
        let told = self.meter.per_minute().and_then(|rate| WaitRange::of(self.waiting(), rate));
        let told_max_s = told.map(|range| range.high_min.saturating_mul(60));
        self.line.close(Bucket { number: self.buckets, counts: vec![(NODE, people)] });
        self.buckets += 1;
        self.standing.push_back(Joined { at_s, people: u64::from(people), told_max_s });
    }

    /// Those of the lobby get their numbers by a draw at this instant: nobody gains by having come early.
    pub(super) fn draw(&mut self, at_s: i64, lobby_s: u32) {
        let from_s = at_s - i64::from(lobby_s);
        let split = self.standing.partition_point(|joined| joined.at_s < from_s);
        let people: u64 = self.standing.drain(split..).map(|joined| joined.people).sum();
        if people > 0 {
            self.standing.push_back(Joined { at_s, people, told_max_s: None });
        }
    }

    /// Moves the serving number by what the rate gives in this second.
    pub(super) fn call(&mut self, at_s: i64) -> Vec<Called> {
        let now = self.instant(at_s);
        let mut left = self.callers.take(self.waiting(), now);
        self.serving_number += left;
        if self.waiting() > 0 {
            self.meter.record(self.serving_number, now);
        } else {
            self.meter.forget();
        }
        let mut called = Vec::new();
        while left > 0 {
            let first = self.standing.front_mut().expect("whoever is counted stands in line");
            let people = left.min(first.people);
            let wait_s = u32::try_from(at_s - first.at_s).unwrap_or(0);
            called.push(Called { wait_s, people, told_max_s: first.told_max_s });
            left -= people;
            first.people -= people;
            if first.people == 0 {
                self.standing.pop_front();
            }
        }
        called
    }

    /// Nothing is left to wait for.
    pub(super) fn send_home(&mut self) -> u64 {
        let people = self.waiting();
        self.standing.clear();
        self.serving_number = self.line.settled();
        people
    }
}
