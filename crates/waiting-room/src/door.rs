//! The door: whoever was called and comes is let in at the exact rate, the earlier number first.
//!
//! Nobody who comes late is sent back: their number is the lowest at the door, so they are the next. What the door
//! remembers are those who stand before it now, and for a while those who left it.

use crate::TokenBucket;
use crate::ranked::Ranked;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whoever was asked to knock again in a moment is waited for so much longer.
const PATIENCE: SignedDuration = SignedDuration::from_secs(4);
/// Nobody is told to wait for longer; the rate may have changed by then.
const WAIT_MAX: SignedDuration = SignedDuration::from_secs(5);
/// Of so many the order is kept; more are let in as they come.
const KNOWN_MAX: usize = 50_000;
/// While nobody is let in: when to knock again.
const SHUT_WAIT: SignedDuration = SignedDuration::from_secs(3);
/// Tokens of the exchanges are thousandths of a person: a door may have a part of a small rate.
const PERSON: u64 = 1_000;

/// First those who did not let their turn at the door go by too often, in the order of the line; then the others, in
/// the same order.
type Turn = (bool, u64);

/// `now` is of a clock that never goes back.
#[derive(Debug)]
pub struct Door {
    exchanges: TokenBucket,
    /// So often a turn at the door may be let go by before others go first.
    missed_max: u8,
    /// Who stands here, and until when they are waited for.
    present: BTreeMap<Turn, Timestamp>,
    order: Ranked<Turn>,
    leaving: BTreeSet<(Timestamp, Turn)>,
    /// Who went away, and how often.
    missed: HashMap<u64, u8>,
    arrived: u64,
}

impl Door {
    /// Begins with nothing to give: a ramp, not a jump. `milli`: as in [`Door::set_rate`].
    pub fn new(milli: u32, missed_max: u8, now: Timestamp) -> Self {
        Self {
            exchanges: TokenBucket::empty(milli, burst(milli), now),
            missed_max,
            present: BTreeMap::new(),
            order: Ranked::default(),
            leaving: BTreeSet::new(),
            missed: HashMap::new(),
            arrived: 0,
        }
    }

    /// Thousandths of a person a second from now on; at 0 nobody is let in.
    pub fn set_rate(&mut self, milli: u32, now: Timestamp) {
        if milli == 0 {
            // What was filled in is not for those who come while nobody may.
            self.exchanges = TokenBucket::empty(0, 1, now);
        } else if milli != self.exchanges.per_second() {
            self.exchanges.set_rate(milli, burst(milli), now);
        }
    }

    /// As it was set, in thousandths.
    pub fn rate(&self) -> u32 {
        self.exchanges.per_second()
    }

    /// Somebody who was called wants in. `Err`: not yet, and when to knock again.
    pub fn knock(&mut self, queue_number: u64, now: Timestamp) -> Result<(), SignedDuration> {
        self.see_who_left(now);
        let turn = self.turn(queue_number);
        let was_here = self.leave(turn).is_some();
        if !was_here && !self.missed.contains_key(&queue_number) {
            self.arrived += 1;
        }
        let before = self.order.before(&turn);
        let may_be_let_in = self.exchanges.available(now) / PERSON > before;
        if may_be_let_in && self.exchanges.take(PERSON, now) == PERSON {
            self.missed.remove(&queue_number);
            return Ok(());
        }
        let wait = match self.rate() {
            0 => SHUT_WAIT,
            _ => self.exchanges.wait_for((before + 1) * PERSON, now).min(WAIT_MAX),
        };
        if self.present.len() < KNOWN_MAX {
            let until = now + wait + PATIENCE;
            self.present.insert(turn, until);
            self.order.insert(turn);
            self.leaving.insert((until, turn));
        }
        Err(wait)
    }

    /// How many different people came to the door since it was made.
    pub fn arrived(&self) -> u64 {
        self.arrived
    }

    /// How many stand before it now.
    pub fn waiting(&mut self, now: Timestamp) -> u64 {
        self.see_who_left(now);
        self.present.len() as u64
    }

    fn turn(&self, queue_number: u64) -> Turn {
        let missed = self.missed.get(&queue_number).copied().unwrap_or(0);
        (missed > self.missed_max, queue_number)
    }

    fn leave(&mut self, turn: Turn) -> Option<Timestamp> {
        let until = self.present.remove(&turn)?;
        self.order.remove(&turn);
        self.leaving.remove(&(until, turn));
        Some(until)
    }

    fn see_who_left(&mut self, now: Timestamp) {
        while let Some((until, turn)) = self.leaving.first().copied()
            && until < now
        {
            self.leave(turn);
            if self.missed.len() < KNOWN_MAX {
                let times = self.missed.entry(turn.1).or_default();
                *times = times.saturating_add(1);
            }
        }
    }
}

/// A second's worth, and never less than one person; a fraction above it is kept, for the next.
fn burst(milli: u32) -> u32 {
    const PERSON: u32 = self::PERSON as u32;
    milli.max(PERSON).saturating_add(PERSON - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    #[test]
    fn whoever_comes_late_goes_before_those_who_were_called_after_them() {
        let mut door = Door::new(1_000, 2, at(0));
        assert!(door.knock(900, at(0)).is_err());
        assert!(door.knock(17, at(100)).is_err(), "late, and the next");
        assert_eq!(door.knock(900, at(1_000)), Err(SignedDuration::from_secs(1)), "one is before them");
        assert_eq!(door.knock(17, at(1_200)), Ok(()));
        assert_eq!(door.knock(900, at(2_000)), Ok(()));
        assert_eq!((door.arrived(), door.waiting(at(2_000))), (2, 0));
    }

    #[test]
    fn whoever_goes_away_holds_up_nobody_for_long_and_goes_first_again_so_many_times() {
        let mut door = Door::new(1_000, 1, at(0));
        let mut now = 0;
        for times in 0..3 {
            assert!(door.knock(5, at(now)).is_err(), "5 knocks, and goes away");
            let other = 100 + times;
            now += 1_000;
            if times < 2 {
                assert!(door.knock(other, at(now)).is_err(), "5 is before them, {times} times away");
                now += 5_001;
            }
            assert_eq!(door.knock(other, at(now)), Ok(()), "waited for no longer");
            now += 5_001;
            assert_eq!(door.waiting(at(now)), 0);
            door.set_rate(0, at(now));
            door.set_rate(1_000, at(now));
        }
        now += 1_000;
        assert_eq!(door.knock(5, at(now)), Ok(()), "and is never sent back");
        assert_eq!(door.arrived(), 4, "people, not knocks");
    }

    #[test]
    fn at_the_rate_of_nothing_nobody_is_let_in_and_later_not_all_at_once() {
        let mut door = Door::new(10_000, 2, at(0));
        door.set_rate(0, at(5_000));
        assert!(door.knock(1, at(9_000)).is_err());
        door.set_rate(10_000, at(9_000));
        assert!(door.knock(1, at(9_050)).is_err());
        assert_eq!(door.knock(1, at(9_100)), Ok(()));
    }

    #[test]
    fn a_part_of_a_small_rate_lets_in_one_in_several_seconds() {
        let mut door = Door::new(250, 2, at(0));
        let let_in = (1..=400).filter(|tick| door.knock(7, at(tick * 100)).is_ok()).count();
        assert_eq!(let_in, 10, "one in four seconds");
    }
}
