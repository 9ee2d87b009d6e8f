//! Names and numbers that do not belong together: whoever tries out many of them waits longer and longer.

use crate::remembered::Remembered;
use booking::PersonId;
use jiff::{SignedDuration, Timestamp};
use std::sync::Mutex;

/// Wrong pairs before the first pause.
const FREE: u32 = 5;
/// The first pause; each further one is twice as long.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);
const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(1);
/// Wrong pairs of everybody together within a [`WINDOW`] that the operator is told of, once a window.
const ALARM_AT: u32 = 200;
const WINDOW: SignedDuration = SignedDuration::from_mins(10);

/// What each helper may still try, in bounded memory.
#[derive(Default)]
pub struct PairTries(Mutex<Tries>);

#[derive(Default)]
struct Tries {
    wrong: Remembered<PersonId, Wrong>,
    window_began_at: Option<Timestamp>,
    in_window: u32,
}

#[derive(Clone, Copy)]
struct Wrong {
    times: u32,
    again_at: Timestamp,
}

impl PairTries {
    /// Counts a try as a wrong one before anything is looked up, so that many at once are no way around it; the right
    /// one is taken back with [`PairTries::was_right`]. The error says when the next try is possible.
    pub fn begin(&self, helper: PersonId, now: Timestamp) -> Result<(), Timestamp> {
        let mut tries = self.0.lock().expect("nothing panics while counting tries");
        let before = tries.wrong.get(&helper).copied();
        if let Some(wrong) = before.filter(|wrong| now < wrong.again_at) {
            return Err(wrong.again_at);
        }
        let times = before.map_or(1, |wrong| wrong.times.saturating_add(1));
        tries.wrong.put(helper, Wrong { times, again_at: now + pause(times) });
        Ok(())
    }

    pub fn was_right(&self, helper: PersonId, now: Timestamp) {
        let mut tries = self.0.lock().expect("nothing panics while counting tries");
        if let Some(wrong) = tries.wrong.get_mut(&helper) {
            wrong.times = wrong.times.saturating_sub(1);
            wrong.again_at = now;
        }
    }

    /// True when so many were wrong of late that the operator must know; once a window.
    pub fn was_wrong(&self, now: Timestamp) -> bool {
        let mut tries = self.0.lock().expect("nothing panics while counting tries");
        if tries.window_began_at.is_none_or(|began_at| now >= began_at + WINDOW) {
            tries.window_began_at = Some(now);
            tries.in_window = 0;
        }
        tries.in_window += 1;
        tries.in_window == ALARM_AT
    }
}

/// After so many wrong ones.
fn pause(times: u32) -> SignedDuration {
    let Some(doublings) = times.checked_sub(FREE) else { return SignedDuration::ZERO };
    let longer = 2_i32.checked_pow(doublings).and_then(|factor| PAUSE.checked_mul(factor));
    longer.map_or(PAUSE_MAX, |pause| pause.min(PAUSE_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remembered::WATCHED_MAX;

    fn now() -> Timestamp {
        Timestamp::from_second(1_626_000_000).unwrap()
    }

    #[test]
    fn pauses_double_up_to_an_hour() {
        let tries = PairTries::default();
        let mut at = now();
        let mut pauses = Vec::new();
        for _ in 0..25 {
            if let Err(again_at) = tries.begin(PersonId(1), at) {
                pauses.push(again_at.duration_since(at).as_secs());
                at = again_at;
            }
        }
        assert_eq!(pauses[..4], [30, 60, 120, 240]);
        assert_eq!(pauses.last(), Some(&3_600));
        assert!(tries.begin(PersonId(2), at).is_ok(), "nobody waits for another's mistakes");
    }

    #[test]
    fn right_pairs_are_free() {
        let tries = PairTries::default();
        for _ in 0..50 {
            assert_eq!(tries.begin(PersonId(1), now()), Ok(()));
            tries.was_right(PersonId(1), now());
        }
        for _ in 0..FREE {
            assert_eq!(tries.begin(PersonId(1), now()), Ok(()));
        }
        assert_eq!(tries.begin(PersonId(1), now()), Err(now() + PAUSE));
    }

    #[test]
    fn the_operator_hears_of_many_once_a_window() {
        let tries = PairTries::default();
        let alarms = (0..3 * ALARM_AT).filter(|_| tries.was_wrong(now())).count();
        assert_eq!(alarms, 1);
        let later = now() + WINDOW;
        assert_eq!((0..ALARM_AT).filter(|_| tries.was_wrong(later)).count(), 1);
    }

    #[test]
    fn memory_is_bounded() {
        let tries = PairTries::default();
        for helper in 0..WATCHED_MAX as u64 + 10 {
            assert_eq!(tries.begin(PersonId(helper), now()), Ok(()));
        }
        let known = tries.0.lock().unwrap();
        assert_eq!(known.wrong.lens(), (WATCHED_MAX, WATCHED_MAX));
    }
}
