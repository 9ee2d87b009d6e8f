//! What was said after the country's list was read: the capacity of a clinic's day, the supply of a campaign. The
//! newest statement counts.

use crate::{Campaign, RegionCode};
use std::collections::BTreeMap;

/// What a clinic said of one of its days. It overrides the country's list, band by band.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaidCapacity {
    /// Places of every band.
    whole_day: Option<u32>,
    /// Places of one band, by its start in minutes; said after the whole day.
    bands: BTreeMap<u16, u32>,
}

impl SaidCapacity {
    /// Of one band or of the whole day; a capacity of None takes the statement back. The whole day covers what was said
    /// of its bands before.
    pub fn say(&mut self, starts_min: Option<u16>, capacity: Option<u16>) {
        let capacity = capacity.map(u32::from);
        match (starts_min, capacity) {
            (None, said) => *self = Self { whole_day: said, bands: BTreeMap::new() },
            (Some(start), Some(places)) => drop(self.bands.insert(start, places)),
            (Some(start), None) => drop(self.bands.remove(&start)),
        }
    }

    /// Places in a band; None where the country's list counts.
    pub fn at(&self, starts_min: u16) -> Option<u32> {
        self.bands.get(&starts_min).copied().or(self.whole_day)
    }
}

/// 백신 배정: the doses of a campaign, and how they are shared out to the 시·도.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supply {
    /// Doses of the whole campaign; what is not shared out is a reserve that nobody books from.
    pub total: u64,
    /// First doses by 시·도. Together never more than the total, which is therefore kept without a counter of its own.
    pub allotted: BTreeMap<RegionCode, u32>,
}

impl Supply {
    /// As the campaign's file has it: everything is shared out.
    pub fn listed(campaign: &Campaign) -> Self {
        Self { total: campaign.supply_total(), allotted: campaign.supply.clone() }
    }

    pub fn allotted_total(&self) -> u64 {
        self.allotted.values().map(|doses| u64::from(*doses)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_statement_counts_and_can_be_taken_back() {
        let mut said = SaidCapacity::default();
        assert_eq!(said.at(540), None);
        said.say(None, Some(4));
        said.say(Some(540), Some(0));
        assert_eq!((said.at(540), said.at(570)), (Some(0), Some(4)));
        said.say(Some(540), None);
        assert_eq!(said.at(540), Some(4));
        said.say(Some(570), Some(9));
        said.say(None, Some(1));
        assert_eq!((said.at(540), said.at(570)), (Some(1), Some(1)));
        said.say(Some(570), Some(9));
        said.say(None, None);
        assert_eq!(said, SaidCapacity::default());
    }
}
