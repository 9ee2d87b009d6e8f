//! `[rate]`: what the number of people who are let in a second follows.

use anyhow::{Result, ensure};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use web::gate::RateRule;

/// The floor of sanity for admissions: slower, and a line of a million would take a fortnight.
const ADMISSIONS_PER_SECOND: std::ops::RangeInclusive<u32> = 1..=100_000;
/// Where no floor is said: such a part of the ceiling.
const FLOOR_PART: u32 = 10;
/// Nobody stays inside for longer than a pass is good.
const STAY_SECONDS: std::ops::RangeInclusive<u32> = 1..=3_600;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Rule {
    /// What the ledger bears, from `floor` up to `campaign.admissions_per_second`.
    #[default]
    Steered,
    /// `campaign.admissions_per_second`, whatever happens.
    Fixed,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RateConfig {
    pub(crate) rule: Rule,
    /// People a second at the least, as long as the ledger takes bookings; none: a tenth of the ceiling.
    pub(crate) floor: Option<u32>,
    /// How many people inside at once the machine is believed to bear; with `stay_seconds` it gives the first rate.
    /// None: the first rate is the ceiling, gone up to in some seconds.
    pub(crate) inside_max: Option<u32>,
    /// How long a person is inside, from the pass to the last page.
    pub(crate) stay_seconds: u32,
}

impl Default for RateConfig {
    fn default() -> Self {
        Self { rule: Rule::Steered, floor: None, inside_max: None, stay_seconds: 150 }
    }
}

impl RateConfig {
    pub(crate) fn validate(&self, ceiling: u32) -> Result<()> {
        ensure!(
            ADMISSIONS_PER_SECOND.contains(&ceiling),
            "campaign.admissions_per_second = {ceiling}: 1~100000 사이여야 합니다 / must be from 1 to 100000"
        );
        if let Some(floor) = self.floor {
            ensure!(
                (1..=ceiling).contains(&floor),
                "rate.floor = {floor}: 1~{ceiling}(campaign.admissions_per_second) 사이여야 합니다 / must be from 1 to campaign.admissions_per_second"
            );
        }
        ensure!(self.inside_max != Some(0), "rate.inside_max: 1 이상이어야 합니다 / must be at least 1");
        let stay = self.stay_seconds;
        ensure!(
            STAY_SECONDS.contains(&stay),
            "rate.stay_seconds = {stay}: 1~3600 사이여야 합니다 / must be from 1 to 3600"
        );
        Ok(())
    }

    pub(crate) fn rule(&self, ceiling: u32) -> RateRule {
        match self.rule {
            Rule::Fixed => RateRule::Fixed,
            Rule::Steered => RateRule::Steered {
                floor: self.floor.unwrap_or(ceiling / FLOOR_PART).max(1),
                inside_max: self.inside_max,
                stay: SignedDuration::from_secs(i64::from(self.stay_seconds)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> RateConfig {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn the_rate_is_steered_unless_it_is_fixed_and_its_floor_is_a_tenth() {
        let stay = SignedDuration::from_secs(150);
        assert_eq!(read("").rule(50), RateRule::Steered { floor: 5, inside_max: None, stay });
        assert_eq!(read("").rule(3), RateRule::Steered { floor: 1, inside_max: None, stay });
        let text = "floor = 20\ninside_max = 6000\n";
        assert_eq!(read(text).rule(50), RateRule::Steered { floor: 20, inside_max: Some(6_000), stay });
        assert_eq!(read("rule = \"fixed\"").rule(50), RateRule::Fixed);
        for (text, is_right) in
            [("", true), ("floor = 50", true), ("floor = 51", false), ("floor = 0", false)]
        {
            assert_eq!(read(text).validate(50).is_ok(), is_right, "{text}");
        }
        for wrong in ["inside_max = 0", "stay_seconds = 0", "stay_seconds = 3601"] {
            assert!(read(wrong).validate(50).is_err(), "{wrong}");
        }
    }
}
