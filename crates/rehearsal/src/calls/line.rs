//! The phone line: who holds it, in which order they are answered, and what they are told of their wait.
//!
//! The wait is computed from the agents at work, the talking time as it is measured, and how fast callers hang up:
//! with `n` before somebody, agents who take `m` calls a minute and callers of whom the share `h` hangs up a minute, the
//! line before them is gone after ln(1 + n·h/m)/h minutes (R. Ibrahim, W. Whitt, Real-time delay estimation in
//! overloaded multiserver queues with abandonments, 2009).

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// Of what was measured, as on the pages of the line.
const LOW: f64 = 0.01 * waiting_room::WaitRange::LOW_PERCENT as f64;
const HIGH: f64 = 0.01 * waiting_room::WaitRange::HIGH_PERCENT as f64;
/// How uneven talking is: so many times the root of the number ahead is added to the upper end.
const UNEVEN: f64 = 2.0;
/// How long a measurement looks back, in talking times.
const LOOKS_BACK_CALLS: f64 = 5.0;
/// Fewer than so many that hung up say nothing.
const HUNG_UP_MIN: f64 = 10.0;
const MINUTE_S: f64 = 60.0;

/// From so long to so long; nobody is told less than that their call is taken at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Announcement {
    pub(crate) low: Duration,
    pub(crate) high: Duration,
}

pub(crate) struct PhoneLine {
    /// In the order of their calls; who hung up is passed over.
    order: VecDeque<(u32, Duration)>,
    waiting: HashMap<u32, Duration>,
    measured: Measured,
    /// How long a minute of the day is here.
    minute: Duration,
}

/// Sums over the last while, all of which fade alike.
struct Measured {
    at: Duration,
    fades_in_s: f64,
    agents: u32,
    busy: u32,
    /// Seconds in which agents talked, and how many calls that were.
    talked_s: f64,
    calls: f64,
    /// Seconds in which callers waited, and how many gave up.
    waited_s: f64,
    hung_up: f64,
}

impl PhoneLine {
    /// `talks`: how long a call is thought to take before one was measured. `pace`: how many times faster than the day.
    pub(crate) fn new(talks: Duration, pace: u32) -> Self {
        let talks_s = talks.as_secs_f64();
        let measured = Measured {
            at: Duration::ZERO,
            fades_in_s: talks_s * LOOKS_BACK_CALLS,
            agents: 0,
            busy: 0,
            talked_s: talks_s,
            calls: 1.0,
            waited_s: 0.0,
            hung_up: 0.0,
        };
        let minute = Duration::from_secs_f64(MINUTE_S / f64::from(pace));
        PhoneLine { order: VecDeque::new(), waiting: HashMap::new(), measured, minute }
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Since when they wait, if they do.
    pub(crate) fn since(&self, caller: u32) -> Option<Duration> {
        self.waiting.get(&caller).copied()
    }

    /// An agent has come to their desk. What is thought of talking weighs as much as one call of each.
    pub(crate) fn staffed(&mut self, now: Duration) {
        self.goes_on(now);
        let talks_s = self.measured.talked_s / self.measured.calls;
        self.measured.agents += 1;
        self.measured.talked_s += talks_s;
        self.measured.calls += 1.0;
    }

    /// An agent has left.
    pub(crate) fn leaves(&mut self, now: Duration) {
        self.goes_on(now);
        self.measured.agents -= 1;
    }

    /// What whoever calls now would be told; None while nobody is there to answer.
    pub(crate) fn announces(&mut self, now: Duration) -> Option<Announcement> {
        self.goes_on(now);
        let measured = &self.measured;
        if measured.agents == 0 {
            return None;
        }
        let talks_s = measured.talked_s / measured.calls;
        let a_second = f64::from(measured.agents) / talks_s;
        let ahead = self.waiting.len() as f64 + 1.0;
        let gives_up =
            if measured.hung_up < HUNG_UP_MIN { 0.0 } else { measured.hung_up / measured.waited_s };
        let wait_s = if gives_up > 0.0 {
            (1.0 + ahead * gives_up / a_second).ln() / gives_up
        } else {
            ahead / a_second
        };
        let uneven_s = UNEVEN * ahead.sqrt() / a_second;
        let minutes = |seconds: f64| seconds / self.minute.as_secs_f64();
        let whole = |minutes: f64| self.minute.mul_f64(minutes);
        let low = whole((minutes(wait_s * LOW - uneven_s)).max(0.0).floor());
        let high = whole(minutes(wait_s * HIGH + uneven_s).ceil());
        Some(Announcement { low, high })
    }

    pub(crate) fn joins(&mut self, now: Duration, caller: u32) {
        self.goes_on(now);
        self.order.push_back((caller, now));
        self.waiting.insert(caller, now);
    }

    /// Since when they waited.
    pub(crate) fn hangs_up(&mut self, now: Duration, caller: u32) -> Option<Duration> {
        self.goes_on(now);
        let since = self.waiting.remove(&caller)?;
        self.measured.hung_up += 1.0;
        Some(since)
    }

    /// The next one, and since when they waited; the agent is busy from now on.
    pub(crate) fn answers(&mut self, now: Duration) -> Option<(u32, Duration)> {
        self.goes_on(now);
        while let Some((caller, since)) = self.order.pop_front() {
            if self.waiting.get(&caller) == Some(&since) {
                self.waiting.remove(&caller);
                self.measured.busy += 1;
                return Some((caller, since));
            }
        }
        None
    }

    /// An agent is free again.
    pub(crate) fn call_over(&mut self, now: Duration) {
        self.goes_on(now);
        self.measured.busy -= 1;
        self.measured.calls += 1.0;
    }

    fn goes_on(&mut self, now: Duration) {
        let measured = &mut self.measured;
        let passed_s = now.saturating_sub(measured.at).as_secs_f64();
        measured.at = now;
        let stays = (-passed_s / measured.fades_in_s).exp();
        if measured.busy > 0 {
            // A quiet hour says nothing of how long calls take.
            measured.talked_s = measured.talked_s * stays + passed_s * f64::from(measured.busy);
            measured.calls *= stays;
        }
        measured.waited_s = measured.waited_s * stays + passed_s * self.waiting.len() as f64;
        measured.hung_up *= stays;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TALKS: Duration = Duration::from_mins(4);

    fn second(at: u64) -> Duration {
        Duration::from_secs(at)
    }

    #[test]
    fn calls_are_answered_in_the_order_in_which_they_came_and_not_after_hanging_up() {
        let mut line = PhoneLine::new(TALKS, 1);
        for (at, caller) in [(1, 7), (2, 5), (3, 9)] {
            line.joins(second(at), caller);
        }
        assert_eq!(line.hangs_up(second(4), 7), Some(second(1)));
        assert_eq!(line.hangs_up(second(4), 7), None);
        line.joins(second(5), 7);
        assert_eq!(line.answers(second(6)), Some((5, second(2))));
        assert_eq!(line.answers(second(6)), Some((9, second(3))));
        assert_eq!(line.answers(second(6)), Some((7, second(5))), "who calls again is the last");
        assert_eq!(line.answers(second(6)), None);
    }

    #[test]
    fn the_wait_follows_from_the_agents_and_their_talking() {
        let mut line = PhoneLine::new(TALKS, 1);
        assert_eq!(line.announces(second(0)), None, "nobody is there");
        for _ in 0..60 {
            line.staffed(second(0));
        }
        for caller in 0..149 {
            line.joins(second(0), caller);
        }
        // 150 calls at 15 a minute: ten minutes.
        let told = line.announces(second(0)).unwrap();
        assert!(told.low <= second(480) && told.low >= second(300), "{told:?}");
        assert!(told.high >= second(780) && told.high <= second(1_020), "{told:?}");
    }

    #[test]
    fn where_callers_hang_up_the_wait_is_shorter_than_the_line_is_long() {
        let mut line = PhoneLine::new(TALKS, 1);
        line.staffed(second(0));
        for caller in 0..1_000 {
            line.joins(second(0), caller);
        }
        let before = line.announces(second(60)).unwrap();
        for caller in 0..100 {
            line.hangs_up(second(60), caller);
        }
        let after = line.announces(second(60)).unwrap();
        assert!(after.high * 4 < before.high, "{before:?} {after:?}");
    }

    #[test]
    fn in_a_day_that_goes_faster_a_minute_is_shorter() {
        let (mut slow, mut fast) = (PhoneLine::new(TALKS, 1), PhoneLine::new(TALKS / 60, 60));
        for line in [&mut slow, &mut fast] {
            line.staffed(second(0));
            line.joins(second(0), 1);
        }
        let (slow, fast) = (slow.announces(second(0)).unwrap(), fast.announces(second(0)).unwrap());
        assert_eq!(slow.high, fast.high * 60);
    }
}
