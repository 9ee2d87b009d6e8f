//! Who may be worked on, who waits a little, and who is told at once that there is no room. Pure: times are arguments.
//!
//! A request waits only as long as an answer is still of use to whoever asked: longer, and it is refused, not served
//! late. The first goes first: with so short a wait, the last first made no more answers useful ([`super::simulation`]),
//! and told those whom it passed over later that there was no room.

use super::limit::{Kind, Limit};
use std::collections::VecDeque;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdmissionSettings {
    /// Who has waited longer is refused.
    pub wait_max: Duration,
    /// So many may wait at the least, whatever the rate is.
    pub waiting_min: usize,
}

/// The rate of what was done is counted over so long.
const RATE_WINDOW: Duration = Duration::from_millis(250);

pub struct Admission<T, L> {
    settings: AdmissionSettings,
    limit: L,
    #[cfg(test)]
    last_first: bool,
    in_flight: u32,
    /// The first has waited longest.
    waiting: VecDeque<Waiting<T>>,
    next_number: u64,
    rate: Rate,
}

struct Waiting<T> {
    number: u64,
    since: Duration,
    who: T,
}

/// How many were done a second, lately.
#[derive(Debug, Clone, Copy, Default)]
struct Rate {
    began_at: Duration,
    count: u32,
    per_second: f64,
}

impl Rate {
    fn count(&mut self, now: Duration) {
        self.count += 1;
        let lasted = now.saturating_sub(self.began_at);
        if lasted >= RATE_WINDOW {
            self.per_second = f64::from(self.count) / lasted.as_secs_f64();
            (self.began_at, self.count) = (now, 0);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Enters,
    /// Under this number, until [`Admission::next`] names it.
    Waits(u64),
    Refused,
}

/// What became of somebody who waited.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<T> {
    Enters(T),
    TooLate(T),
}

impl<T, L: Limit> Admission<T, L> {
    pub fn new(settings: AdmissionSettings, limit: L) -> Self {
        Self {
            settings,
            limit,
            #[cfg(test)]
            last_first: false,
            in_flight: 0,
            waiting: VecDeque::new(),
            next_number: 0,
            rate: Rate::default(),
        }
    }

    #[cfg(test)]
    pub(crate) fn last_first(self) -> Self {
        Self { last_first: true, ..self }
    }

    pub fn ask(&mut self, who: impl FnOnce() -> T, now: Duration) -> Asked {
        if self.has_room() && self.waiting.is_empty() {
            self.in_flight += 1;
            return Asked::Enters;
        }
        if self.waiting.len() >= self.waiting_max() {
            return Asked::Refused;
        }
        let number = self.next_number;
        self.next_number += 1;
        self.waiting.push_back(Waiting { number, since: now, who: who() });
        Asked::Waits(number)
    }

    /// The next of those who wait, while there is somebody to name: who enters, or who has waited too long.
    pub fn next(&mut self, now: Duration) -> Option<Next<T>> {
        let oldest = self.waiting.front()?;
        let waited = now.saturating_sub(oldest.since);
        if waited > self.settings.wait_max {
            return self.waiting.pop_front().map(|waiting| Next::TooLate(waiting.who));
        }
        if !self.has_room() {
            return None;
        }
        self.in_flight += 1;
        self.take().map(|waiting| Next::Enters(waiting.who))
    }

    fn take(&mut self) -> Option<Waiting<T>> {
        #[cfg(test)]
        if self.last_first {
            return self.waiting.pop_back();
        }
        self.waiting.pop_front()
    }

    /// Somebody who waited has gone, or gives up.
    pub fn leave(&mut self, number: u64) {
        if let Ok(position) = self.waiting.binary_search_by_key(&number, |waiting| waiting.number) {
            self.waiting.remove(position);
        }
    }

    /// A request is done.
    pub fn done(&mut self, kind: Kind, took: Duration, now: Duration) {
        self.limit.sample(kind, took, self.in_flight, now);
        self.rate.count(now);
        self.gone();
    }

    /// Whoever asked has gone in the middle of it: nothing is learnt of how long it would have taken.
    pub fn gone(&mut self) {
        self.in_flight = self.in_flight.checked_sub(1).expect("nobody leaves who did not enter");
    }

    pub fn limit(&self) -> u32 {
        self.limit.limit()
    }

    pub fn in_flight(&self) -> u32 {
        self.in_flight
    }

    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub fn oldest_waits(&self, now: Duration) -> Duration {
        self.waiting.front().map_or(Duration::ZERO, |waiting| now.saturating_sub(waiting.since))
    }

    fn has_room(&self) -> bool {
        self.in_flight < self.limit.limit()
    }

    /// As many as can be served before they have waited too long.
    fn waiting_max(&self) -> usize {
        let served = self.rate.per_second * self.settings.wait_max.as_secs_f64();
        (served as usize).max(self.settings.waiting_min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u32);

    impl Limit for Fixed {
        fn limit(&self) -> u32 {
            self.0
        }
        fn sample(&mut self, _: Kind, _: Duration, _: u32, _: Duration) {}
    }

    fn admission(waiting_min: usize) -> Admission<&'static str, Fixed> {
        Admission::new(AdmissionSettings { wait_max: ms(80), waiting_min }, Fixed(1))
    }

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn who_finds_no_room_waits_and_who_finds_no_room_to_wait_is_told_at_once() {
        let mut admission = admission(1);
        assert_eq!(admission.ask(|| "a", ms(0)), Asked::Enters);
        assert_eq!(admission.ask(|| "b", ms(0)), Asked::Waits(0));
        assert_eq!(admission.ask(|| "c", ms(0)), Asked::Refused);
        assert_eq!(admission.next(ms(1)), None, "there is no room yet");
        admission.done(Kind::Read, ms(2), ms(2));
        assert_eq!(admission.ask(|| "d", ms(2)), Asked::Refused, "nobody goes past those who wait");
        assert_eq!(admission.next(ms(2)), Some(Next::Enters("b")));
        assert_eq!((admission.in_flight(), admission.waiting()), (1, 0));
    }

    #[test]
    fn who_has_waited_too_long_is_refused_and_not_served_late() {
        let mut admission = admission(8);
        for who in ["a", "b", "c"] {
            admission.ask(|| who, ms(0));
        }
        admission.done(Kind::Read, ms(81), ms(81));
        assert_eq!(admission.next(ms(81)), Some(Next::TooLate("b")));
        assert_eq!(admission.next(ms(81)), Some(Next::TooLate("c")));
        assert_eq!(admission.next(ms(81)), None);
        assert_eq!(admission.in_flight(), 0);
    }

    #[test]
    fn who_goes_away_leaves_room() {
        let mut admission = admission(2);
        for who in ["a", "b", "c"] {
            admission.ask(|| who, ms(0));
        }
        admission.leave(0);
        admission.leave(7);
        admission.gone();
        assert_eq!(admission.next(ms(1)), Some(Next::Enters("c")));
    }
}
