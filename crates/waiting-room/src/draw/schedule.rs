//! Which value of the public source decides, named before anybody can know it.

use jiff::{SignedDuration, Timestamp};

/// A source outside of this service that gives out a value nobody can foretell, at known times: drand's, a lottery's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicSource {
    pub name: String,
    /// Where anybody reads its values; `{round}` stands for the number.
    pub address: String,
    /// When round 1 is issued.
    pub first_at: Timestamp,
    /// Seconds from one round to the next.
    pub every_s: u32,
    /// Values made up by this service itself: for demonstrations and tests, and marked as such wherever it is shown.
    pub is_demo: bool,
}

/// A value that is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    pub number: u64,
    pub issued_at: Timestamp,
}

/// The rule that names the round, published before the lobby opens. Whoever publishes the root late does not choose: the
/// rule says which later round it is then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    pub opens_at: Timestamp,
    /// Seconds from the opening to the round.
    pub after_opening_s: u32,
    /// Seconds that the root must have been public before the round is issued.
    pub root_before_s: u32,
    /// Where that was not so, the next round that counts comes so many seconds later, and again.
    pub again_every_s: u32,
}

impl Schedule {
    pub const ROOT_BEFORE_S: u32 = 30;

    /// A minute after the opening; every ten minutes after that, if the root was late.
    pub fn usual(opens_at: Timestamp) -> Self {
        Self { opens_at, after_opening_s: 60, root_before_s: Self::ROOT_BEFORE_S, again_every_s: 600 }
    }

    /// The round for a root that was published at that time.
    pub fn round(&self, source: &PublicSource, root_at: Timestamp) -> Round {
        let earliest = root_at + seconds(self.root_before_s);
        let first = self.opens_at + seconds(self.after_opening_s);
        let late_ms = earliest.duration_since(first).as_millis().max(0);
        let again_ms = i128::from(self.again_every_s.max(1)) * 1_000;
        let times = late_ms / again_ms + i128::from(late_ms % again_ms > 0);
        source.first_from(first + SignedDuration::from_millis((times * again_ms) as i64))
    }
}

impl PublicSource {
    /// The first round that is issued at that time or later.
    pub fn first_from(&self, at: Timestamp) -> Round {
        let every_ms = i128::from(self.every_s.max(1)) * 1_000;
        let since_ms = at.duration_since(self.first_at).as_millis().max(0);
        let rounds = since_ms / every_ms + i128::from(since_ms % every_ms > 0);
        let issued_at = self.first_at + SignedDuration::from_millis((rounds * every_ms) as i64);
        Round { number: rounds as u64 + 1, issued_at }
    }
}

fn seconds(seconds: u32) -> SignedDuration {
    SignedDuration::from_secs(i64::from(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn source() -> PublicSource {
        let (name, address) = ("beacon".to_owned(), String::new());
        PublicSource { name, address, first_at: at(1), every_s: 30, is_demo: true }
    }

    #[test]
    fn the_round_is_known_beforehand_and_moves_only_by_the_rule() {
        let schedule = Schedule::usual(at(10_000));
        let table = [
            (10_000, 10_081),
            // 30 seconds before 10,060 are 10,030.
            (10_030, 10_081),
            (10_031, 10_681),
            (10_630, 10_681),
            (10_631, 11_281),
        ];
        for (root_at, issued_at) in table {
            let round = schedule.round(&source(), at(root_at));
            assert_eq!(round.issued_at, at(issued_at), "root at {root_at}");
            assert_eq!(1 + (round.number as i64 - 1) * 30, issued_at);
            assert!(issued_at - root_at >= 30);
        }
    }

    #[test]
    fn a_round_is_issued_at_its_time_or_after_never_before() {
        let numbers = [0, 1, 2, 31, 32].map(|second| source().first_from(at(second)).number);
        assert_eq!(numbers, [1, 1, 2, 2, 3]);
    }
}
