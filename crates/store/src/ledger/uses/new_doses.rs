//! Doses that come where there were none: they are for those who wait before they are for anybody.

use crate::ledger::Ledger;
use booking::{
    Campaign, CampaignId, ClinicId, RegionCode, RegionLevel, SlotId, Supply, WaitEntry, WaitId, WaitScope,
    second_doses,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// How many days of clinics are looked at for one who waits.
const DAYS_LOOKED_AT: usize = 1_000;

/// What was found for those before.
#[derive(Default)]
struct Found {
    places: BTreeMap<SlotId, u32>,
    /// Nothing is free there for somebody who takes any day.
    full: BTreeSet<WaitScope>,
}

impl Ledger {
    /// A free place for each who waits in a 시·도 that had no doses, in their order, as far as the new doses go.
    pub(in crate::ledger) fn places_for_doses(
        &self,
        campaign: CampaignId,
        supply: &Supply,
        today: Date,
    ) -> Vec<SlotId> {
        let Some(campaign) = self.country.campaign(campaign) else { return Vec::new() };
        let mut found = Found::default();
        let mut places = Vec::new();
        for (sido, doses) in &supply.allotted {
            let taken = self.supply.get((campaign.id, *sido)).copied().unwrap_or(0);
            let more = if self.doses_left(campaign, *sido) == 0 { doses.saturating_sub(taken) } else { 0 };
            if more > 0 {
                let waiting = self.waiting_in(*sido).into_iter().filter_map(|id| self.without_offer(id));
                let waiting = waiting.filter(|entry| entry.campaign == campaign.id);
                let wanted = waiting.filter_map(|entry| self.place_for(campaign, entry, today, &mut found));
                places.extend(wanted.take(more as usize));
            }
        }
        places
    }

    fn without_offer(&self, id: WaitId) -> Option<&WaitEntry> {
        if self.waits.offer(id).is_none() { self.waits.entry(id) } else { None }
    }

    /// In the order in which they came.
    fn waiting_in(&self, sido: RegionCode) -> Vec<WaitId> {
        let regions = self.country.regions().iter();
        let areas =
            regions.filter(|region| region.level == RegionLevel::Sigungu && region.parent == Some(sido));
        let scopes = areas.flat_map(|area| {
            let clinics = self.country.clinics_in(area.code).map(|clinic| WaitScope::Clinic(clinic.id));
            clinics.chain([WaitScope::Sigungu(area.code)])
        });
        self.waits.in_order(scopes)
    }

    fn place_for(
        &self,
        campaign: &Campaign,
        entry: &WaitEntry,
        today: Date,
        found: &mut Found,
    ) -> Option<SlotId> {
        if found.full.contains(&entry.scope) {
            return None;
        }
        let clinics: Vec<ClinicId> = match entry.scope {
            WaitScope::Clinic(clinic) => vec![clinic],
            WaitScope::Sigungu(region) => self.country.clinics_in(region).map(|clinic| clinic.id).collect(),
        };
        let days = campaign.visits.days().filter(|day| *day > today);
        let looked_at = days.flat_map(|day| clinics.iter().map(move |clinic| (*clinic, day)));
        let mut looked_at = looked_at.take(DAYS_LOOKED_AT);
        let place = looked_at.find_map(|day| self.place_on(campaign, entry, day, &found.places));
        match place {
            Some(slot) => *found.places.entry(slot).or_default() += 1,
            None if entry.days.is_none() && entry.passed.is_empty() => {
                found.full.insert(entry.scope);
            }
            None => {}
        }
        place
    }

    fn place_on(
        &self,
        campaign: &Campaign,
        entry: &WaitEntry,
        (clinic, visit_on): (ClinicId, Date),
        found: &BTreeMap<SlotId, u32>,
    ) -> Option<SlotId> {
        let bands_on = |visit_on| self.bands(campaign, SlotId { clinic, visit_on, starts_min: 0 }, None);
        let is_free = |slot: &SlotId, free: u32| free > found.get(slot).copied().unwrap_or(0);
        let with_second = |starts_min| {
            campaign.doses < 2
                || second_doses(campaign, clinic, (visit_on, starts_min), 1, bands_on).is_some()
        };
        let bands = bands_on(visit_on).into_iter();
        let mut slots = bands.map(|(starts_min, free)| (SlotId { clinic, visit_on, starts_min }, free));
        let place = slots
            .find(|(slot, free)| is_free(slot, *free) && entry.wants(*slot) && with_second(slot.starts_min));
        place.map(|(slot, _)| slot)
    }
}
