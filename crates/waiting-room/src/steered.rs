//! What the leader has decided of how quickly the line moves, as every node and the next leader find it.

use crate::{NodeId, Strain};
use std::fmt::Write as _;

const PPM: u64 = 1_000_000;
/// Of parts: millionths.
const WHOLE: u64 = 1_000_000;
/// One person at a door weighs as much as so many doors at which nobody stands.
const WEIGHT_OF_A_PERSON: u64 = 20;

/// Why the rate is what it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RateReason {
    /// It is fixed.
    #[default]
    Set,
    /// The operator allows no more, and nothing strains.
    Ceiling,
    /// On its way up: after an opening, a start, a pause, an outage, a cut.
    Rising,
    Strained(Strain),
}

impl RateReason {
    pub const ALL: [Self; 7] = [
        Self::Set,
        Self::Ceiling,
        Self::Rising,
        Self::Strained(Strain::Slow),
        Self::Strained(Strain::Deep),
        Self::Strained(Strain::Failing),
        Self::Strained(Strain::Sick),
    ];

    /// As it stands in the gate document.
    pub fn code(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Ceiling => "ceiling",
            Self::Rising => "rising",
            Self::Strained(Strain::Slow) => "slow",
            Self::Strained(Strain::Deep) => "deep",
            Self::Strained(Strain::Failing) => "failing",
            Self::Strained(Strain::Sick) => "sick",
        }
    }

    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// The rate that is in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateInForce {
    /// Thousandths of a person a second, let in by all doors together.
    pub milli: u64,
    pub why: RateReason,
}

/// Written with every step of the leader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steered {
    pub rate: RateInForce,
    /// Of a million who are called, so many come ([`crate::Calling::come_ppm`]).
    pub come_ppm: u64,
    /// What each living node's door lets in, in millionths of the rate; by incarnation.
    pub parts: Vec<(u32, u64)>,
}

impl Default for Steered {
    /// Nobody is let in yet; everybody comes, until it was seen otherwise.
    fn default() -> Self {
        Self { rate: RateInForce::default(), come_ppm: PPM, parts: Vec::new() }
    }
}

impl Steered {
    /// The rate divided by who stands at which door: equal parts of people, not of doors, or a door at which few stand
    /// would leave its part unused. A door with nobody keeps a little, for whoever is the first. The sum is never more
    /// than the whole.
    pub fn parts_of(at_the_doors: &[(NodeId, u64)]) -> Vec<(u32, u64)> {
        let weight = |waiting: u64| waiting.saturating_mul(WEIGHT_OF_A_PERSON).saturating_add(1);
        let all: u128 = at_the_doors.iter().map(|(_, waiting)| u128::from(weight(*waiting))).sum();
        let part = |waiting: u64| u128::from(weight(waiting)) * u128::from(WHOLE) / all.max(1);
        at_the_doors
            .iter()
            .map(|(id, waiting)| (id.incarnation, u64::try_from(part(*waiting)).expect("of the whole")))
            .collect()
    }

    /// Thousandths of a person a second at the door of that node; nothing for one the leader does not know.
    pub fn milli_of(&self, node: NodeId) -> u64 {
        let part = self.parts.iter().find(|(life, _)| *life == node.incarnation);
        part.map_or(0, |(_, part)| self.rate.milli * part / WHOLE)
    }

    /// As it is kept: rate, reason, how many come, and the parts.
    pub fn text(&self) -> String {
        let RateInForce { milli, why } = self.rate;
        let mut text = format!("{milli} {} {}", why.code(), self.come_ppm);
        for (life, part) in &self.parts {
            write!(text, " {life}={part}").expect("writing to a String cannot fail");
        }
        text
    }

    /// None for what [`Steered::text`] never wrote; nothing at all is a line that nobody has led yet.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let mut words = text.split(' ');
        let rate =
            RateInForce { milli: words.next()?.parse().ok()?, why: RateReason::of_code(words.next()?)? };
        let come_ppm = words.next()?.parse().ok()?;
        let part = |word: &str| {
            let (life, part) = word.split_once('=')?;
            Some((life.parse().ok()?, part.parse().ok()?))
        };
        Some(Self { rate, come_ppm, parts: words.map(part).collect::<Option<_>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(incarnation: u32) -> NodeId {
        NodeId { node: incarnation as u16, incarnation }
    }

    #[test]
    fn what_was_steered_is_read_as_it_was_written_and_nothing_else() {
        for why in RateReason::ALL {
            let rate = RateInForce { milli: 12_345, why };
            for parts in [vec![], vec![(1, 999), (7, 1)]] {
                let steered = Steered { rate, come_ppm: 700_000, parts };
                assert_eq!(Steered::parse(&steered.text()), Some(steered));
            }
        }
        assert_eq!(Steered::parse(""), Some(Steered::default()));
        for text in ["1", "1 set", "1 no 2", "x set 2", "1 set 2 3", "1 set 2 a=1", "1 set 2 "] {
            assert_eq!(Steered::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_parts_follow_the_people_and_are_together_never_more_than_the_whole() {
        let parts = |waiting: &[u64]| {
            let at_the_doors: Vec<(NodeId, u64)> = (1..).map(node).zip(waiting.iter().copied()).collect();
            Steered::parts_of(&at_the_doors).into_iter().map(|(_, part)| part).collect::<Vec<u64>>()
        };
        assert_eq!(parts(&[0]), [1_000_000]);
        assert_eq!(parts(&[0, 0, 0]), [333_333, 333_333, 333_333]);
        assert_eq!(parts(&[50, 0]), [999_001, 998]);
        assert_eq!(parts(&[3, 1, 0]), [734_939, 253_012, 12_048]);
        assert_eq!(parts(&[u64::MAX, 1]).iter().sum::<u64>(), 999_999);
        let rate = RateInForce { milli: 10_000, why: RateReason::Ceiling };
        let steered = Steered { rate, parts: vec![(1, 750_000), (2, 250_000)], ..Steered::default() };
        assert_eq!([1, 2, 3].map(|life| steered.milli_of(node(life))), [7_500, 2_500, 0]);
    }
}
