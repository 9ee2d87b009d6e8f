//! What callers are like. All of it is assumed, save what is said beside it.

use std::time::Duration;

use crate::scenario::{Cast, Dice};

/// "About three minutes a call", the head of 1339 said of questions, on 11 February 2020; a booking wants a name, a number
/// and a place, and is read back.
pub(crate) const TALKS: Duration = Duration::from_mins(4);
/// Talking times are lognormal (L. Brown and others, Statistical analysis of a telephone call center, 2005), with this
/// deviation of the logarithm.
const TALKS_DEVIATION: f64 = 0.6;
const TALKS_MAX: Duration = Duration::from_mins(30);
/// How long callers hold the line on average, exponentially.
const PATIENCE: Duration = Duration::from_mins(15);
/// Of those who are told that they wait longer than they would, so many hang up at once.
const BALK_PERCENT: u32 = 50;
/// Of those who gave up, so many call again, and so many go to the web.
const AGAIN_PERCENT: u32 = 40;
const WEB_PERCENT: u32 = 35;
pub(crate) const CALLS_MAX: u16 = 3;
const AGAIN_WITHIN: (Duration, Duration) = (Duration::from_mins(2), Duration::from_mins(15));
const WEB_WITHIN: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(5));
/// The dice of the phone are none of the web's.
const PHONE_STEPS: u16 = 40_000;
const DICE_OF_A_CALL: u16 = 64;

/// Whoever gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Afterwards {
    CallsAgain(Duration),
    GoesToTheWeb(Duration),
    LeavesIt,
}

/// Which dice of a call.
#[derive(Clone, Copy)]
pub(crate) enum Roll {
    Patience,
    Talks,
    Afterwards,
    /// What the agent chooses at their so-manieth request.
    Agent(u16),
}

/// One call of somebody.
#[derive(Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) cast: &'a Cast,
    pub(crate) person: u32,
    pub(crate) call: u16,
    pub(crate) pace: u32,
}

impl Caller<'_> {
    pub(crate) fn dice(&self, roll: Roll) -> Dice {
        let of = match roll {
            Roll::Patience => 0,
            Roll::Talks => 1,
            Roll::Afterwards => 2,
            Roll::Agent(step) => 3 + step % (DICE_OF_A_CALL - 3),
        };
        self.cast.dice(self.person, PHONE_STEPS + self.call * DICE_OF_A_CALL + of)
    }

    pub(crate) fn patience(&self) -> Duration {
        let share = self.dice(Roll::Patience).share();
        PATIENCE.mul_f64(-share.ln()) / self.pace
    }

    pub(crate) fn talks(&self) -> Duration {
        let mut dice = self.dice(Roll::Talks);
        let (one, other) = (dice.share(), dice.share());
        let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos();
        let factor = (TALKS_DEVIATION * normal - TALKS_DEVIATION * TALKS_DEVIATION / 2.0).exp();
        TALKS.mul_f64(factor).min(TALKS_MAX) / self.pace
    }

    /// Told that it takes at least so long.
    pub(crate) fn balks(&self, low: Duration) -> bool {
        low > self.patience() && self.dice(Roll::Afterwards).below(100) < BALK_PERCENT
    }

    pub(crate) fn afterwards(&self) -> Afterwards {
        let mut dice = self.dice(Roll::Afterwards);
        // The first roll is that of hanging up at once.
        let (_, roll) = (dice.below(100), dice.below(100));
        let mut within = |(shortest, longest)| dice.between(shortest, longest) / self.pace;
        match roll {
            _ if roll < AGAIN_PERCENT && self.call + 1 < CALLS_MAX => {
                Afterwards::CallsAgain(within(AGAIN_WITHIN))
            }
            _ if roll < AGAIN_PERCENT + WEB_PERCENT => Afterwards::GoesToTheWeb(within(WEB_WITHIN)),
            _ => Afterwards::LeavesIt,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_take_four_minutes_and_patience_a_quarter_of_an_hour_on_average() {
        let cast = Cast::new(3, 1);
        let callers = || (0..20_000).map(|person| Caller { cast: &cast, person, call: 0, pace: 1 });
        let talks: f64 = callers().map(|caller| caller.talks().as_secs_f64()).sum::<f64>() / 20_000.0;
        let patience: f64 = callers().map(|caller| caller.patience().as_secs_f64()).sum::<f64>() / 20_000.0;
        assert!((233.0..247.0).contains(&talks), "{talks}");
        assert!((870.0..930.0).contains(&patience), "{patience}");
    }

    #[test]
    fn nobody_calls_more_often_than_thrice() {
        let cast = Cast::new(3, 1);
        let again = |call| {
            let all = (0..10_000).map(|person| Caller { cast: &cast, person, call, pace: 1 }.afterwards());
            all.filter(|after| matches!(after, Afterwards::CallsAgain(_))).count()
        };
        assert!((3_800..4_200).contains(&again(0)), "{}", again(0));
        assert_eq!(again(CALLS_MAX - 1), 0);
    }
}
