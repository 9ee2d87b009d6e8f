//! How many people a second the booking plane bears: a ramp at first, then a little more each second until it strains,
//! then a good deal less.

use crate::{RateInForce, RateReason};
use jiff::{SignedDuration, Timestamp};

/// Between two looks at the booking plane.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(1);
/// A cut shows only after those who are inside have gone on; nothing is cut twice for the same strain.
const CUT_EVERY: SignedDuration = SignedDuration::from_secs(3);
/// What is left after a cut, of ten.
const LEFT_OF_TEN: u64 = 7;
/// From the floor to the ceiling in so many seconds, when nothing strains.
const CLIMB_SECONDS: u64 = 60;
/// A ramp begins with such a part of the rate it leads to, and doubles each second.
const RAMP_FROM: u64 = 8;
const MILLI: u64 = 1_000;
/// Fewer that fail in a second are chance.
const FAILED_MIN: u64 = 5;

/// People a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Not fewer, as long as the booking plane lives. At least 1.
    pub floor: u32,
    pub ceiling: u32,
}

impl RateLimits {
    /// What can be at all: at least one, and the ceiling not below the floor.
    #[must_use]
    pub fn sane(self) -> Self {
        let floor = self.floor.max(1);
        Self { floor, ceiling: self.ceiling.max(floor) }
    }
}

/// What is measured of the booking plane since the look before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaneFacts {
    pub is_well: bool,
    /// Whether somebody waits: a rate that nobody uses says nothing of what could be borne.
    pub is_used: bool,
    /// Within which 99 of 100 commits were done; None when there were too few.
    pub commit: Option<SignedDuration>,
    /// Commands that wait for the writer.
    pub depth: u64,
    /// Requests that were answered, and those of them that were not for want of room or by a fault.
    pub answered: u64,
    pub failed: u64,
}

/// From where on each of [`PlaneFacts`] is strain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StrainLimits {
    pub commit_max: SignedDuration,
    pub depth_max: u64,
    /// Of a thousand requests.
    pub failed_max: u64,
}

impl Default for StrainLimits {
    /// A commit takes 1 to 10 ms on a disk that is well. A writer that empties its inbox at each commit has one of some
    /// hundreds when it is busy. One request in a hundred is what a person meets once in a booking of a hundred steps.
    fn default() -> Self {
        Self { commit_max: SignedDuration::from_millis(100), depth_max: 2_000, failed_max: 10 }
    }
}

/// Why fewer are let in than might be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strain {
    /// Commits take too long.
    Slow,
    /// Too many commands wait.
    Deep,
    /// Too many requests fail or find no room.
    Failing,
    /// Writes are not accepted at all: nobody is let in.
    Sick,
}

impl StrainLimits {
    pub fn strain(&self, facts: &PlaneFacts) -> Option<Strain> {
        if !facts.is_well {
            return Some(Strain::Sick);
        }
        if facts.commit.is_some_and(|took| took > self.commit_max) {
            return Some(Strain::Slow);
        }
        if facts.depth > self.depth_max {
            return Some(Strain::Deep);
        }
        let fails = facts.failed >= FAILED_MIN && facts.failed * MILLI > facts.answered * self.failed_max;
        fails.then_some(Strain::Failing)
    }
}

/// The rate. `now` is of a clock that never goes back.
#[derive(Debug, Clone)]
pub struct Pace {
    limits: RateLimits,
    strains: StrainLimits,
    /// Thousandths of a person a second; what a ramp leads to while there is one.
    milli: u64,
    ramp_milli: Option<u64>,
    strain: Option<Strain>,
    looked_at: Timestamp,
    cut_at: Option<Timestamp>,
}

impl Pace {
    /// `first`: what the booking plane is believed to bear, people a second; it is gone up to in a ramp.
    pub fn new(limits: RateLimits, first: u32, strains: StrainLimits, now: Timestamp) -> Self {
        let limits = limits.sane();
        let first = first.clamp(limits.floor, limits.ceiling);
        let milli = u64::from(first) * MILLI;
        let (strain, cut_at) = (Some(Strain::Sick), None);
        Self { limits, strains, milli, ramp_milli: Some(0), strain, looked_at: now, cut_at }
    }

    /// As many as stay inside at once, each for so long, make so many a second (Little's law).
    pub fn by_littles_law(inside_max: u32, stay: SignedDuration) -> u32 {
        let stay_ms = stay.as_millis().max(1);
        u32::try_from(i128::from(inside_max) * 1_000 / stay_ms).unwrap_or(u32::MAX).max(1)
    }

    /// People a second. 0 while the booking plane is sick.
    pub fn rate(&self) -> u32 {
        if self.strain == Some(Strain::Sick) {
            return 0;
        }
        let milli = self.ramp_milli.map_or(self.milli, |ramp| ramp.min(self.milli));
        u32::try_from(milli / MILLI).expect("not above the ceiling").max(1)
    }

    /// Why the rate is lower than it might be.
    pub fn strain(&self) -> Option<Strain> {
        self.strain
    }

    /// As it is in force, and why.
    pub fn in_force(&self) -> RateInForce {
        let why = match self.strain {
            Some(strain) => RateReason::Strained(strain),
            None if self.ramp_milli.is_none() && self.is_at_the_ceiling() => RateReason::Ceiling,
            None => RateReason::Rising,
        };
        RateInForce { milli: u64::from(self.rate()) * MILLI, why }
    }

    /// The operator's order counts at once: a lower ceiling cuts, a higher floor lifts, and what stood at a ceiling that
    /// was raised goes up to the new one in a ramp.
    pub fn set_limits(&mut self, limits: RateLimits) {
        let limits = limits.sane();
        let before = self.milli;
        let goes_on = self.is_at_the_ceiling() && limits.ceiling > self.limits.ceiling;
        self.limits = limits;
        if goes_on {
            self.milli = u64::from(limits.ceiling) * MILLI;
            let begun = self.ramp_milli.unwrap_or(before);
            self.ramp_milli = Some(begun.max(u64::from(limits.floor) * MILLI));
        }
        self.keep_within();
    }

    fn is_at_the_ceiling(&self) -> bool {
        self.milli >= u64::from(self.limits.ceiling) * MILLI
    }

    /// Whether it is time to look at the booking plane.
    pub fn is_due(&self, now: Timestamp) -> bool {
        now.duration_since(self.looked_at) >= LOOK_EVERY
    }

    /// After an opening, a pause or an outage: from below, quickly.
    pub fn ramp(&mut self) {
        self.ramp_milli = Some(self.milli / RAMP_FROM);
    }

    /// One look; those that come before it is time change nothing but that it is sick.
    pub fn look(&mut self, facts: &PlaneFacts, now: Timestamp) {
        let strain = self.strains.strain(facts);
        if strain == Some(Strain::Sick) {
            self.strain = strain;
            return;
        }
        if self.strain == Some(Strain::Sick) {
            self.strain = strain;
            self.looked_at = now;
            return self.ramp();
        }
        if !self.is_due(now) {
            return;
        }
        self.looked_at = now;
        self.strain = strain;
        match (strain, self.ramp_milli) {
            (Some(_), _) => self.cut(now),
            (None, Some(ramp)) => {
                let next = (ramp * 2).max(MILLI);
                self.ramp_milli = (next < self.milli).then_some(next);
            }
            (None, None) if facts.is_used => self.milli += self.climb(),
            (None, None) => {}
        }
        self.keep_within();
    }

    fn climb(&self) -> u64 {
        u64::from(self.limits.ceiling - self.limits.floor) * MILLI / CLIMB_SECONDS
    }

    fn cut(&mut self, now: Timestamp) {
        let is_new = self.cut_at.is_none_or(|cut_at| now.duration_since(cut_at) >= CUT_EVERY);
        if is_new {
            let borne = self.ramp_milli.take().map_or(self.milli, |ramp| ramp.min(self.milli));
            self.milli = borne * LEFT_OF_TEN / 10;
            self.cut_at = Some(now);
        }
    }

    fn keep_within(&mut self) {
        let RateLimits { floor, ceiling } = self.limits;
        self.milli = self.milli.clamp(u64::from(floor) * MILLI, u64::from(ceiling) * MILLI);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    fn well() -> PlaneFacts {
        let commit = Some(SignedDuration::from_millis(5));
        PlaneFacts { is_well: true, is_used: true, commit, depth: 10, answered: 1_000, failed: 3 }
    }

    fn pace() -> Pace {
        let limits = RateLimits { floor: 40, ceiling: 1_000 };
        Pace::new(limits, 400, StrainLimits::default(), at(0))
    }

    fn rates(pace: &mut Pace, facts: PlaneFacts, seconds: std::ops::Range<i64>) -> Vec<u32> {
        let look = |second| {
            pace.look(&facts, at(second * 1_000));
            pace.rate()
        };
        seconds.map(look).collect()
    }

    #[test]
    fn a_start_is_a_ramp_and_then_it_climbs_to_the_ceiling() {
        let mut pace = pace();
        assert_eq!(pace.rate(), 0, "nobody has said that the plane is well");
        assert_eq!(rates(&mut pace, well(), 0..6), [50, 100, 200, 400, 416, 432]);
        assert_eq!(rates(&mut pace, well(), 6..90).last(), Some(&1_000));
    }

    #[test]
    fn strain_cuts_once_in_three_seconds_down_to_the_floor() {
        let mut pace = pace();
        rates(&mut pace, well(), 0..5);
        let slow = PlaneFacts { commit: Some(SignedDuration::from_millis(101)), ..well() };
        assert_eq!(rates(&mut pace, slow, 5..12), [291, 291, 291, 203, 203, 203, 142]);
        assert_eq!(pace.strain(), Some(Strain::Slow));
        assert_eq!(rates(&mut pace, slow, 12..60).last(), Some(&40));
        assert_eq!(rates(&mut pace, well(), 60..62), [56, 72]);
    }

    #[test]
    fn each_kind_of_strain_is_told_apart() {
        let limits = StrainLimits::default();
        let table = [
            (well(), None),
            (PlaneFacts { commit: None, answered: 0, failed: 0, ..well() }, None),
            (PlaneFacts { commit: Some(SignedDuration::from_millis(101)), ..well() }, Some(Strain::Slow)),
            (PlaneFacts { depth: 2_001, ..well() }, Some(Strain::Deep)),
            (PlaneFacts { failed: 11, ..well() }, Some(Strain::Failing)),
            (PlaneFacts { answered: 20, failed: 4, ..well() }, None),
            (PlaneFacts { is_well: false, failed: 11, ..well() }, Some(Strain::Sick)),
        ];
        for (facts, expected) in table {
            assert_eq!(limits.strain(&facts), expected, "{facts:?}");
        }
    }

    #[test]
    fn a_sick_plane_lets_nobody_in_and_comes_back_by_a_ramp() {
        let mut pace = pace();
        rates(&mut pace, well(), 0..4);
        pace.look(&PlaneFacts { is_well: false, ..well() }, at(3_001));
        assert_eq!((pace.rate(), pace.strain()), (0, Some(Strain::Sick)));
        assert_eq!(rates(&mut pace, well(), 9..13), [50, 100, 200, 400]);
    }

    #[test]
    fn the_operators_limits_count_at_once() {
        let mut pace = pace();
        rates(&mut pace, well(), 0..4);
        pace.set_limits(RateLimits { floor: 1, ceiling: 30 });
        assert_eq!(pace.rate(), 30);
        pace.set_limits(RateLimits { floor: 700, ceiling: 0 });
        assert_eq!(pace.rate(), 700);
    }

    #[test]
    fn a_raised_ceiling_is_gone_up_to_in_a_ramp_and_a_rate_nobody_uses_does_not_climb() {
        let mut pace = Pace::new(RateLimits { floor: 1, ceiling: 10 }, 10, StrainLimits::default(), at(0));
        assert_eq!(rates(&mut pace, well(), 0..6).last(), Some(&10));
        assert_eq!(pace.in_force(), RateInForce { milli: 10_000, why: RateReason::Ceiling });
        pace.set_limits(RateLimits { floor: 1, ceiling: 100 });
        assert_eq!((pace.rate(), pace.in_force().why), (10, RateReason::Rising));
        assert_eq!(rates(&mut pace, well(), 6..11), [20, 40, 80, 100, 100]);
        let deep = PlaneFacts { depth: 2_001, ..well() };
        assert_eq!(rates(&mut pace, deep, 11..12), [70]);
        assert_eq!(pace.in_force().why, RateReason::Strained(Strain::Deep));
        let unused = PlaneFacts { is_used: false, ..well() };
        assert_eq!(rates(&mut pace, unused, 12..30).last(), Some(&70));
        assert_eq!(rates(&mut pace, well(), 30..31), [71]);
    }

    #[test]
    fn littles_law_gives_the_first_rate() {
        assert_eq!(Pace::by_littles_law(12_000, SignedDuration::from_secs(120)), 100);
        assert_eq!(Pace::by_littles_law(1, SignedDuration::from_mins(10)), 1);
    }
}
