//! How often a waiting page asks again: seldom far from the front, often near it. The server says so, in bands.

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
}
