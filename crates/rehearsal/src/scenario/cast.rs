//! The people themselves, made on demand from the seed and an index; none is kept.

use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::Dice;
use super::names::Names;

const NO_SHOWS_PERCENT: u32 = 12;
const DROP_OUTS_PERCENT: u32 = 5;
/// How many people of a crowd read the gate document each for themselves.
const POLLERS_MAX: u32 = 200;
/// 010-0NNN-NNNN is not given to anybody; so many people have a number of their own.
const PHONES: u64 = 10_000_000;
/// 010-0000-NNNN is for test people.
const PHONES_KEPT: u64 = 10_000;
const BORN_FROM: Date = date(1962, 1, 1);
const BORN_DAYS: u64 = 5 * 365 + 1;
const SERIALS: u64 = 100_000;
const NUMBERS: u64 = BORN_DAYS * 2 * SERIALS;
/// Prime, and no factor of `NUMBERS`.
const NUMBER_STEP: u64 = 104_395_301;
const SEED_SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
/// Streams of this bit say who somebody is, streams without it what they roll while acting.
const IDENTITY_STREAM: u64 = 1 << 63;
const CONDUCT_STREAM: u64 = 1 << 62;

pub struct Cast {
    seed: u64,
    people: u32,
    haste: u32,
    names: Names,
}

/// Somebody who does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntheticPerson {
    pub name: String,
    /// A resident number with a wrong check digit: nobody has it.
    pub number: String,
    pub phone: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// Takes a ticket and never comes back.
    NoShow,
    DropsOut(Moment),
    Books,
}

/// After which step somebody closes the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Verified,
    Admitted,
    SawSlots,
    Held,
}

impl Cast {
    pub fn new(seed: u64, people: u32) -> Self {
        Cast { seed, people, haste: 1, names: Names::bundled() }
    }

    /// People who think and type so many times faster, for a rehearsal that must be over soon.
    #[must_use]
    pub fn hasty(self, haste: u32) -> Self {
        Cast { haste: haste.max(1), ..self }
    }

    /// How long somebody takes who would otherwise take so long.
    pub(crate) fn takes(&self, time: Duration) -> Duration {
        time / self.haste
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    pub fn people(&self) -> u32 {
        self.people
    }

    pub fn person(&self, index: u32) -> SyntheticPerson {
        let mut dice = Dice::new(self.seed, IDENTITY_STREAM | u64::from(index));
        SyntheticPerson {
            name: self.names.name(&mut dice),
            number: resident_number(self.seed, index),
            phone: phone(self.seed, index),
        }
    }

    pub fn conduct(&self, index: u32) -> Conduct {
        let mut dice = Dice::new(self.seed, CONDUCT_STREAM | u64::from(index));
        let roll = dice.below(100);
        if roll < NO_SHOWS_PERCENT {
            return Conduct::NoShow;
        }
        if roll >= NO_SHOWS_PERCENT + DROP_OUTS_PERCENT {
            return Conduct::Books;
        }
        let moments = [Moment::Verified, Moment::Admitted, Moment::SawSlots, Moment::Held];
        Conduct::DropsOut(moments[dice.below(moments.len() as u32) as usize])
    }

    /// Whether this person polls alone instead of sharing the crowd's one copy of the gate document.
    pub fn is_poller(&self, index: u32) -> bool {
        index.is_multiple_of(self.people.div_ceil(POLLERS_MAX).max(1))
    }

    /// What a person rolls at their `step`-th request.
    pub(crate) fn dice(&self, index: u32, step: u16) -> Dice {
        Dice::new(self.seed, (u64::from(index) << 16) | u64::from(step))
    }
}

/// The seed chooses the block, the index the number: 010-0SSS-NNNN.
fn phone(seed: u64, index: u32) -> String {
    let number = PHONES_KEPT + (seed % 1000 * 10_000 + u64::from(index)) % (PHONES - PHONES_KEPT);
    format!("0100{number:07}")
}

/// Birth day, sex and serial, spread over the cohort by steps that meet no number twice in a crowd.
fn resident_number(seed: u64, index: u32) -> String {
    let start = seed.wrapping_mul(SEED_SPREAD) % NUMBERS;
    let position = (start + u64::from(index) * NUMBER_STEP) % NUMBERS;
    let (serial, rest) = (position % SERIALS, position / SERIALS);
    let born_on = BORN_FROM + i64::try_from(rest / 2).expect("days of five years").days();
    let sex = 1 + rest % 2;
    with_wrong_digit(&format!("{}{sex}{serial:05}", born_on.strftime("%y%m%d")))
}

/// Never the check digit that the rule of old numbers asks for.
fn with_wrong_digit(twelve: &str) -> String {
    let digits = twelve.bytes().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let right = (11 - sum % 11) % 10;
    format!("{twelve}{}", (right + 5) % 10)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_people() {
        let (one, other) = (Cast::new(2021, 1000), Cast::new(2021, 1000));
        for index in 0..1000 {
            assert_eq!(one.person(index), other.person(index));
            assert_eq!(one.conduct(index), other.conduct(index));
        }
    }

    #[test]
    fn another_seed_makes_other_people() {
        let (one, other) = (Cast::new(1, 1000), Cast::new(2, 1000));
        let same = (0..1000).filter(|i| one.person(*i).name == other.person(*i).name).count();
        assert!(same < 50, "{same} of 1000 share a name");
        assert_ne!(one.person(0).phone, other.person(0).phone);
        assert_ne!(one.person(0).number, other.person(0).number);
    }

    #[test]
    fn everybody_is_of_the_cohort_and_has_a_number_nobody_owns() {
        let cast = Cast::new(55, 30_000);
        let people: Vec<_> = (0..30_000).map(|index| cast.person(index)).collect();
        assert!(people.iter().all(|p| p.number.len() == 13 && ("62"..="66").contains(&&p.number[..2])));
        assert!(people.iter().all(|p| with_wrong_digit(&p.number[..12]) == p.number));
        let numbers: HashSet<_> = people.iter().map(|p| &p.number).collect();
        assert_eq!(numbers.len(), people.len());
        let days: HashSet<_> = people.iter().map(|p| &p.number[..6]).collect();
        assert!(days.len() > 1_800, "{} birth days", days.len());
        assert!(people.iter().all(|p| p.phone.len() == 11 && p.phone.starts_with("0100")));
        let phones: HashSet<_> = people.iter().map(|p| &p.phone).collect();
        assert_eq!(phones.len(), people.len());
        assert_eq!(Cast::new(0, 10_000).person(1234).phone, "01000011234");
    }

    #[test]
    fn an_eighth_does_not_come_back_and_a_twentieth_gives_up() {
        let cast = Cast::new(9, 20_000);
        let count = |wanted: fn(Conduct) -> bool| (0..20_000).filter(|i| wanted(cast.conduct(*i))).count();
        let no_shows = count(|conduct| conduct == Conduct::NoShow);
        let drop_outs = count(|conduct| matches!(conduct, Conduct::DropsOut(_)));
        assert!((2_200..2_600).contains(&no_shows), "{no_shows}");
        assert!((850..1_150).contains(&drop_outs), "{drop_outs}");
    }

    #[test]
    fn at_most_two_hundred_poll_alone() {
        for people in [1, 150, 200, 201, 50_000] {
            let cast = Cast::new(3, people);
            let pollers = (0..people).filter(|index| cast.is_poller(*index)).count();
            assert!((1..=200).contains(&pollers), "{pollers} of {people}");
        }
    }
}
