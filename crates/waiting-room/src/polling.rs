//! How often a waiting page asks again: seldom far from the front, often near it. The server says so, in bands.

/// Nobody need ask more often, however near.
const SECONDS_MIN: u32 = 2;
/// How much later than the band says a page may ask, in percent: pages spread themselves, so that no second is everybody's.
const LATE_PERCENT: u64 = 120;

/// Bands by places ahead: (below so many, ask every so many seconds). The last one has no bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollBands {
    bands: Vec<(u64, u32)>,
    beyond_seconds: u32,
}

impl Default for PollBands {
    /// About 5 s near the front, two minutes far from it.
    fn default() -> Self {
        Self {
            bands: vec![(500, 5), (2_000, 10), (10_000, 20), (50_000, 40), (200_000, 80)],
            beyond_seconds: 120,
        }
    }
}

impl PollBands {
    /// As [`PollBands::bands`] gives them; None when the last one has a bound or an earlier one has none.
    pub fn of_bands(mut bands: Vec<(Option<u64>, u32)>) -> Option<Self> {
        let (None, beyond_seconds) = bands.pop()? else { return None };
        let bounded = bands.into_iter().map(|(below, seconds)| Some((below?, seconds)));
        Some(Self { bands: bounded.collect::<Option<_>>()?, beyond_seconds })
    }

    pub fn seconds(&self, places_ahead: u64) -> u32 {
        let band = self.bands.iter().find(|(below, _)| places_ahead < *below);
        band.map_or(self.beyond_seconds, |(_, seconds)| *seconds)
    }

    /// All bands, the unbounded one as (None, seconds).
    pub fn bands(&self) -> impl Iterator<Item = (Option<u64>, u32)> {
        let bounded = self.bands.iter().map(|(below, seconds)| (Some(*below), *seconds));
        bounded.chain(std::iter::once((None, self.beyond_seconds)))
    }

    /// The same bands, each moved back to where the people ahead need at least as long as its pause, told by how many
    /// come in a minute: whoever waits for two minutes between two looks has two minutes to go. Nearer than that the
    /// pause is the next shorter one, 2 s at the front. Nothing changes where no pace is known.
    #[must_use]
    pub fn paced(&self, admissions_per_minute: u64) -> Self {
        if admissions_per_minute == 0 {
            return self.clone();
        }
        let begins = |seconds: u32| {
            let places = u128::from(seconds) * u128::from(LATE_PERCENT) * u128::from(admissions_per_minute);
            u64::try_from(places.div_ceil(60 * 100)).unwrap_or(u64::MAX)
        };
        let mut paced: Vec<(u64, u32)> = Vec::with_capacity(self.bands.len() + 1);
        let (mut pause, mut start) = (self.seconds(0).min(SECONDS_MIN), 0);
        for (below, seconds) in self.bands() {
            let from = begins(seconds).max(start);
            if from > paced.last().map_or(0, |(below, _)| *below) {
                paced.push((from, pause));
            }
            pause = seconds;
            start = below.unwrap_or(u64::MAX);
        }
        Self { bands: paced, beyond_seconds: pause }
    }

    /// Every interval times `factor`: one write of the operator calms all pages.
    #[must_use]
    pub fn stretched(&self, factor: u32) -> Self {
        let bands = self.bands.iter().map(|(below, seconds)| (*below, seconds * factor)).collect();
        Self { bands, beyond_seconds: self.beyond_seconds * factor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_near_the_front_asks_more_often() {
        let bands = PollBands::default();
        let asked: Vec<u32> = [0, 499, 500, 60_000, 3_000_000].map(|ahead| bands.seconds(ahead)).to_vec();
        assert_eq!(asked, [5, 5, 10, 80, 120]);
        assert_eq!(bands.stretched(2).seconds(0), 10);
        assert_eq!(PollBands::of_bands(bands.bands().collect()), Some(bands));
        assert_eq!(PollBands::of_bands(vec![(Some(5), 5)]), None);
    }

    #[test]
    fn nobody_pauses_for_longer_than_the_people_ahead_need() {
        let bands = PollBands::default();
        for per_minute in [1, 7, 60, 3_000, 12_000, 100_000, 2_000_000] {
            let paced = bands.paced(per_minute);
            assert_eq!(PollBands::of_bands(paced.bands().collect()).as_ref(), Some(&paced));
            let edges: Vec<u64> = paced.bands().filter_map(|(below, _)| below).collect();
            assert!(edges.is_sorted_by(|a, b| a < b), "{edges:?}");
            let beside = edges.iter().chain(&[1, 10_000, 3_000_000]).flat_map(|edge| [edge - 1, *edge]);
            for ahead in beside {
                let pause = paced.seconds(ahead);
                let latest_ms = u64::from(pause) * 1_200;
                let needed_ms = ahead * 60_000 / per_minute;
                assert!(pause == 2 || latest_ms <= needed_ms, "{per_minute}/min, {ahead} ahead: {pause} s");
                assert!(pause <= bands.seconds(ahead), "{per_minute}/min, {ahead} ahead: {pause} s");
            }
        }
    }

    #[test]
    fn who_has_long_to_wait_asks_as_seldom_as_ever() {
        let bands = PollBands::default();
        let asked = |per_minute| {
            [0, 299, 300, 499, 5_000, 60_000, 300_000].map(|ahead| bands.paced(per_minute).seconds(ahead))
        };
        assert_eq!(asked(3_000), [2, 2, 5, 5, 20, 80, 120]);
        assert_eq!(asked(100_000), [2, 2, 2, 2, 2, 20, 120]);
        assert_eq!(bands.paced(0), bands);
    }
}
