//! What staff said, and what it means for what is offered.

use super::appointments::live_key;
use super::{Ledger, Taken};
use crate::table::Table;
use crate::{SupplyRow, WithinSupply};
use booking::{
    AppointmentState, Campaign, CampaignId, Change, Clinic, ClinicId, RegionCode, SaidCapacity, SlotCounts,
    SlotId, Supply,
};
use jiff::civil::Date;
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct Said {
    /// Of the days of which a clinic ever said something.
    capacities: Table<(ClinicId, Date), SaidCapacity>,
    supplies: Table<CampaignId, Supply>,
    /// How many have arrived at a clinic on a day.
    arrivals: Table<(ClinicId, Date), u16>,
}

/// Which layer of the ledger is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    /// As the current batch sees it.
    Pending,
    Committed,
}

impl Said {
    #[cfg(feature = "conformance")]
    pub(super) fn capacities(&self) -> &Table<(ClinicId, Date), SaidCapacity> {
        &self.capacities
    }

    #[cfg(feature = "conformance")]
    pub(super) fn all_arrivals(&self) -> &Table<(ClinicId, Date), u16> {
        &self.arrivals
    }

    #[cfg(feature = "conformance")]
    pub(super) fn supplies(&self) -> &Table<CampaignId, Supply> {
        &self.supplies
    }

    pub(super) fn seal(&mut self) {
        self.capacities.seal();
        self.supplies.seal();
        self.arrivals.seal();
    }

    pub(super) fn commit(&mut self) {
        self.capacities.commit();
        self.supplies.commit();
        self.arrivals.commit();
    }

    pub(super) fn discard(&mut self) {
        self.capacities.discard();
        self.supplies.discard();
        self.arrivals.discard();
    }

    pub(super) fn capacity(&self, day: (ClinicId, Date), layer: Layer) -> Option<&SaidCapacity> {
        match layer {
            Layer::Pending => self.capacities.get(day),
            Layer::Committed => self.capacities.committed(day),
        }
    }

    pub(super) fn arrivals(&self, day: (ClinicId, Date)) -> u16 {
        self.arrivals.get(day).copied().unwrap_or(0)
    }

    pub(super) fn arrived(&mut self, day: (ClinicId, Date), number: u16) {
        self.arrivals.put(day, number);
    }

    fn supply(&self, campaign: CampaignId, layer: Layer) -> Option<&Supply> {
        match layer {
            Layer::Pending => self.supplies.get(campaign),
            Layer::Committed => self.supplies.committed(campaign),
        }
    }
}

impl Taken {
    pub(super) fn places(self) -> u32 {
        self.held + self.booked + self.blocked
    }

    /// What is taken stays a place where the clinic gives fewer now: no appointment disappears, and nothing is free.
    pub(super) fn of(self, offered: u32) -> SlotCounts {
        let counts =
            SlotCounts { capacity: offered, held: self.held, booked: self.booked, blocked: self.blocked };
        SlotCounts { capacity: offered.max(counts.taken()), ..counts }
    }
}

impl Ledger {
    pub(super) fn apply_said(&mut self, change: &Change) {
        match change {
            Change::Blocked { slot, places, .. } => self.block(*slot, i64::from(*places)),
            Change::Unblocked { slot, places, .. } => self.block(*slot, -i64::from(*places)),
            Change::CapacitySet { clinic, visit_on, starts_min, capacity, .. } => {
                let day = (*clinic, *visit_on);
                self.said.capacities.update(day, |said| said.say(*starts_min, *capacity));
                self.day_changes.note(day);
            }
            Change::SupplySet { campaign, supply, .. } => self.said.supplies.put(*campaign, supply.clone()),
            Change::CheckedIn { id, number, at, .. } => {
                let (at, number) = (*at, *number);
                let slot = self.record_visit(*id, AppointmentState::CheckedIn { at, number }).place.slot;
                self.said.arrived((slot.clinic, slot.visit_on), number);
            }
            Change::NoShow { id, dropped, at, .. } => {
                let missed = self.record_visit(*id, AppointmentState::NoShow { at: *at });
                self.end_live(live_key(&missed), *id);
                if let Some(second) = dropped {
                    self.cancel_appointment(*second, *at);
                }
            }
            Change::Fulfilled { id, at, .. } => {
                let given = self.record_visit(*id, AppointmentState::Fulfilled { at: *at });
                self.counts_first(live_key(&given), *id);
            }
            other => unreachable!("{other:?} is applied elsewhere"),
        }
    }

    fn block(&mut self, slot: SlotId, places: i64) {
        self.slots.update(slot, |taken| {
            let blocked = u32::try_from(i64::from(taken.blocked) + places);
            taken.blocked = blocked.expect("only blocked places are unblocked");
        });
        self.day_changes.note((slot.clinic, slot.visit_on));
    }

    /// What a slot offers in a campaign: what the clinic said of it, else what the country's list says. None where
    /// there is no such band, and where the list gives it no place and nothing was said.
    pub(super) fn offered(&self, campaign: &Campaign, slot: SlotId, layer: Layer) -> Option<u32> {
        let clinic = self.country.clinic(slot.clinic)?;
        let is_band = campaign.gives_on(slot.visit_on)
            && clinic.is_band(slot.visit_on, slot.starts_min, campaign.visits.band_min);
        if !is_band {
            return None;
        }
        let said = self.said.capacity((slot.clinic, slot.visit_on), layer);
        offered_in_band(clinic, said, slot.starts_min)
    }

    /// Every band of a day that is offered, by its start, as the current batch sees it.
    pub(super) fn bands_offered(
        &self,
        campaign: &Campaign,
        clinic: &Clinic,
        visit_on: Date,
    ) -> impl Iterator<Item = (u16, u32)> {
        let said = self.said.capacity((clinic.id, visit_on), Layer::Pending);
        let given = campaign.gives_on(visit_on);
        let bands = given.then(|| clinic.bands_on(visit_on, campaign.visits.band_min));
        let offered = move |start| Some((start, offered_in_band(clinic, said, start)?));
        bands.into_iter().flatten().filter_map(offered)
    }

    /// In the campaign that gives it the most places; 0 where none does.
    pub(super) fn offered_in_any(&self, slot: SlotId, layer: Layer) -> u32 {
        let campaigns = self.country.campaigns().iter();
        campaigns.filter_map(|campaign| self.offered(campaign, slot, layer)).max().unwrap_or(0)
    }

    /// The bands of a day in every campaign, by their start.
    pub(super) fn bands_of_day(&self, clinic: &Clinic, visit_on: Date) -> Vec<u16> {
        let campaigns = self.country.campaigns().iter().filter(|campaign| campaign.gives_on(visit_on));
        let mut starts: Vec<u16> =
            campaigns.flat_map(|campaign| clinic.bands_on(visit_on, campaign.visits.band_min)).collect();
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// What a clinic said of a day; None where it never said anything.
    pub fn said_capacity(&self, clinic: ClinicId, visit_on: Date) -> Option<&SaidCapacity> {
        self.said.capacity((clinic, visit_on), Layer::Committed)
    }

    /// What was said of the doses of a campaign, if anything was.
    pub fn said_supply(&self, campaign: CampaignId) -> Option<&Supply> {
        self.said.supply(campaign, Layer::Committed)
    }

    pub(super) fn allotted(&self, campaign: &Campaign, sido: RegionCode, layer: Layer) -> u32 {
        let said = self.said.supply(campaign.id, layer).map(|supply| &supply.allotted);
        said.unwrap_or(&campaign.supply).get(&sido).copied().unwrap_or(0)
    }

    /// The whole supply, as the current batch sees it.
    pub(super) fn supply_now(&self, campaign: &Campaign, layer: Layer) -> Supply {
        self.said.supply(campaign.id, layer).cloned().unwrap_or_else(|| Supply::listed(campaign))
    }

    pub fn supply(&self, campaign: CampaignId) -> Option<WithinSupply> {
        let supply = self.supply_now(self.country.campaign(campaign)?, Layer::Committed);
        let row = |(sido, doses): (&RegionCode, &u32)| {
            let taken = self.supply.committed((campaign, *sido)).copied().unwrap_or(0);
            (*sido, SupplyRow { doses: *doses, taken })
        };
        Some(WithinSupply { total: supply.total, sidos: supply.allotted.iter().map(row).collect() })
    }

    /// Doses taken by 시·도, as the current batch sees them.
    pub(super) fn doses_taken(
        &self,
        campaign: CampaignId,
        sidos: impl Iterator<Item = RegionCode>,
    ) -> BTreeMap<RegionCode, u32> {
        sidos.map(|sido| (sido, self.supply.get((campaign, sido)).copied().unwrap_or(0))).collect()
    }

    /// All places of a day and those before noon, band by band the larger of what is offered and what is taken. None
    /// where the clinic said nothing: then the country's list tells.
    pub(super) fn offered_on(&self, clinic: ClinicId, visit_on: Date, noon_min: u16) -> Option<(u32, u32)> {
        self.said.capacity((clinic, visit_on), Layer::Committed)?;
        let starts = self.bands_of_day(self.country.clinic(clinic)?, visit_on);
        let places = |starts_min: u16| {
            let counts = self.committed_counts(SlotId { clinic, visit_on, starts_min });
            (counts.capacity, if starts_min < noon_min { counts.capacity } else { 0 })
        };
        Some(starts.into_iter().map(places).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1)))
    }

    pub(super) fn committed_counts(&self, slot: SlotId) -> SlotCounts {
        let taken = self.slots.committed(slot).copied().unwrap_or_default();
        taken.of(self.offered_in_any(slot, Layer::Committed))
    }
}

/// What the clinic said of a band, else what the country's list says; None where the list gives it no place.
fn offered_in_band(clinic: &Clinic, said: Option<&SaidCapacity>, starts_min: u16) -> Option<u32> {
    said.and_then(|said| said.at(starts_min)).or((clinic.capacity > 0).then_some(clinic.capacity))
}
