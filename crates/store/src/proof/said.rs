//! What clinics and the campaign's office said: it overrides the country's list.

use booking::{CampaignId, ClinicId, Country, RegionCode, SlotId, Supply};
use jiff::civil::Date;
use std::collections::{BTreeMap, HashMap};

#[derive(Default)]
pub(super) struct Said {
    /// Of a band, and of the whole day (None).
    capacities: HashMap<(ClinicId, Date), BTreeMap<Option<u16>, u16>>,
    supplies: BTreeMap<CampaignId, BTreeMap<RegionCode, u32>>,
}

impl Said {
    /// What is said of the whole day takes the place of what was said of its bands.
    pub(super) fn capacity(
        &mut self,
        clinic: ClinicId,
        visit_on: Date,
        starts_min: Option<u16>,
        capacity: Option<u16>,
    ) {
        let day = self.capacities.entry((clinic, visit_on)).or_default();
        if starts_min.is_none() {
            day.clear();
        }
        match capacity {
            Some(capacity) => day.insert(starts_min, capacity),
            None => day.remove(&starts_min),
        };
    }

    pub(super) fn supply(&mut self, campaign: CampaignId, supply: &Supply) {
        self.supplies.insert(campaign, supply.allotted.clone());
    }

    /// None where there is no such band in the campaign.
    pub(super) fn offered(&self, country: &Country, campaign: CampaignId, slot: SlotId) -> Option<u32> {
        let (campaign, clinic) = (country.campaign(campaign)?, country.clinic(slot.clinic)?);
        let mut bands = clinic.bands_on(slot.visit_on, campaign.visits.band_min);
        if !campaign.gives_on(slot.visit_on) || !bands.any(|starts_min| starts_min == slot.starts_min) {
            return None;
        }
        let day = self.capacities.get(&(slot.clinic, slot.visit_on));
        let said = day.and_then(|day| day.get(&Some(slot.starts_min)).or(day.get(&None)));
        Some(said.map_or(clinic.capacity, |said| u32::from(*said)))
    }

    /// In the campaign that offers the most places.
    pub(super) fn offered_in_any(&self, country: &Country, slot: SlotId) -> Option<u32> {
        let campaigns = country.campaigns().iter();
        campaigns.filter_map(|campaign| self.offered(country, campaign.id, slot)).max()
    }

    pub(super) fn allotted(&self, country: &Country, campaign: CampaignId, sido: RegionCode) -> u32 {
        let listed = country.campaign(campaign).map(|campaign| &campaign.supply);
        let doses = self.supplies.get(&campaign).or(listed);
        doses.and_then(|doses| doses.get(&sido).copied()).unwrap_or(0)
    }
}
