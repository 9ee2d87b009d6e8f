//! How many more are called: as many as the door lets in, and so many more as do not come.
//!
//! Called and let in are two things. The door is exact; the serving number runs ahead of it by what was measured of
//! those who were called and came, smoothed and bounded, and is held back by whoever already waits at the door.

use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;

const NANOS: u128 = 1_000_000_000;
const PPM: u128 = 1_000_000;
/// People come some seconds after they were called: the page asks every 5 s near the front.
const COMES_AFTER: usize = 8;
/// Over so many seconds those who came are compared with those who were called [`COMES_AFTER`] before.
const COMPARED: usize = 20;
/// Fewer called than these say nothing about how many come.
const CALLED_MIN: u64 = 20;
/// A new measurement counts one part in so many.
const SMOOTH: u128 = 8;
/// Not more than so many are called for one who is let in: with fewer who come, the rate is not used up.
const AHEAD_MAX: u128 = 3;
/// So many seconds' worth of people should stand at the door, in hundredths, so that none of its rate is lost.
const AT_THE_DOOR_PERCENT: u128 = 100;
/// What is missing at the door is called within so many seconds; shorter than people take to come, it would swing.
const MAKE_UP_SECONDS: u128 = 25;
/// A tick that comes late makes up for so much.
const TICK_MAX: SignedDuration = SignedDuration::from_secs(1);

/// What is known at a tick. `now` is of a clock that never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallFacts {
    pub now: Timestamp,
    /// People a second whom the door lets in.
    pub rate: u32,
    pub settled: u64,
    pub serving_number: u64,
    /// Of the door: since it was made, and now.
    pub arrived: u64,
    pub at_the_door: u64,
}

#[derive(Debug, Clone)]
pub struct Calling {
    ticked_at: Option<Timestamp>,
    /// Billionths of a person.
    credit: u128,
    /// Once a second: when, the serving number, who had arrived.
    seen: VecDeque<(Timestamp, u64, u64)>,
    /// Of a million who are called, so many come.
    come_ppm: u128,
}

impl Default for Calling {
    /// Everybody comes, until it was seen otherwise.
    fn default() -> Self {
        Self { ticked_at: None, credit: 0, seen: VecDeque::new(), come_ppm: PPM }
    }
}

impl Calling {
    /// As one that measured so many before ([`Calling::come_ppm`]); forgotten with the process, the rate would lie idle
    /// until it is measured again.
    pub fn resumed(come_ppm: u64) -> Self {
        Self { come_ppm: u128::from(come_ppm).clamp(PPM / AHEAD_MAX, PPM), ..Self::default() }
    }

    /// Nobody is called now; what was saved up lapses.
    pub fn rest(&mut self, now: Timestamp) {
        self.ticked_at = Some(now);
        self.credit = 0;
    }

    /// How many more are called, never past the settled.
    pub fn call(&mut self, facts: &CallFacts) -> u64 {
        let since = self.ticked_at.replace(facts.now).map_or(SignedDuration::ZERO, |before| {
            facts.now.duration_since(before).clamp(SignedDuration::ZERO, TICK_MAX)
        });
        self.measure(facts);
        let passed = u128::try_from(since.as_nanos()).expect("not below nothing");
        self.credit += self.wanted_a_second(facts) * passed;
        let waiting = facts.settled.saturating_sub(facts.serving_number);
        let called = u64::try_from(self.credit / NANOS).expect("a second's worth at the most").min(waiting);
        self.credit -= u128::from(called) * NANOS;
        if called == waiting {
            // Where nobody is left nothing is saved up for a jump.
            self.credit = self.credit.min(NANOS - 1);
        }
        called
    }

    /// Of a million who are called so many come, as far as was seen.
    pub fn come_ppm(&self) -> u64 {
        u64::try_from(self.come_ppm).expect("at most a million")
    }

    fn wanted_a_second(&self, facts: &CallFacts) -> u128 {
        let rate = u128::from(facts.rate);
        let wanted_at_the_door = rate * AT_THE_DOOR_PERCENT / 100;
        let missing = wanted_at_the_door.saturating_sub(u128::from(facts.at_the_door));
        let too_many = u128::from(facts.at_the_door).saturating_sub(wanted_at_the_door);
        let people = (rate * MAKE_UP_SECONDS + missing).saturating_sub(too_many);
        let called = people * PPM / self.come_ppm.max(1) / MAKE_UP_SECONDS;
        called.min(rate * AHEAD_MAX)
    }

    fn measure(&mut self, facts: &CallFacts) {
        if let Some((at, _, arrived)) = self.seen.back().copied() {
            if facts.arrived < arrived {
                // The door was made anew.
                self.seen.clear();
            } else if facts.now.duration_since(at) < SignedDuration::from_secs(1) {
                return;
            }
        }
        self.seen.push_back((facts.now, facts.serving_number, facts.arrived));
        if self.seen.len() <= COMPARED + COMES_AFTER {
            return;
        }
        let of = |second: usize| self.seen[second];
        let called = of(COMPARED).1 - of(0).1;
        let came = of(COMPARED + COMES_AFTER).2 - of(COMES_AFTER).2;
        self.seen.pop_front();
        if called < CALLED_MIN {
            return;
        }
        let found = (u128::from(came) * PPM / u128::from(called)).clamp(PPM / AHEAD_MAX, PPM);
        self.come_ppm = (self.come_ppm * (SMOOTH - 1) + found) / SMOOTH;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    fn facts(now: i64) -> CallFacts {
        CallFacts {
            now: at(now),
            rate: 100,
            settled: 1_000_000,
            serving_number: 0,
            arrived: 0,
            at_the_door: 100,
        }
    }

    /// Ticks of a tenth of a second; of those called so many of ten arrive at once, and are let in.
    fn play(calling: &mut Calling, seconds: i64, of_ten: u64) -> u64 {
        let mut serving_number = 0;
        for tick in 1..=seconds * 10 {
            let arrived = serving_number * of_ten / 10;
            serving_number += calling.call(&CallFacts { serving_number, arrived, ..facts(tick * 100) });
        }
        serving_number
    }

    #[test]
    fn as_many_are_called_as_are_let_in_while_all_come() {
        let called = play(&mut Calling::default(), 100, 10);
        assert!((9_970..=10_000).contains(&called), "{called}");
    }

    #[test]
    fn those_who_do_not_come_are_made_up_for_but_not_without_bound() {
        let mut calling = Calling::default();
        play(&mut calling, 200, 7);
        assert!((690_000..710_000).contains(&calling.come_ppm()), "{}", calling.come_ppm());
        let mut calling = Calling::default();
        let called = play(&mut calling, 400, 0);
        assert!(calling.come_ppm() >= 333_333 && called <= 400 * 300, "{called}");
    }

    #[test]
    fn a_crowd_at_the_door_holds_the_calls_back() {
        let mut calling = Calling::default();
        calling.rest(at(0));
        assert_eq!(calling.call(&CallFacts { at_the_door: 10_000, ..facts(1_000) }), 0);
        assert_eq!(calling.call(&CallFacts { at_the_door: 0, ..facts(2_000) }), 104);
    }

    #[test]
    fn nobody_is_called_who_is_not_settled_and_nothing_is_saved_up() {
        let mut calling = Calling::default();
        calling.rest(at(0));
        assert_eq!(calling.call(&CallFacts { settled: 3, ..facts(1_000) }), 3);
        assert_eq!(calling.call(&CallFacts { settled: 3, serving_number: 3, ..facts(60_000) }), 0);
        let after = CallFacts { settled: 1_000, serving_number: 3, ..facts(60_100) };
        assert!(calling.call(&after) <= 11);
    }
}
