//! What clinics and the campaign's office do.

use super::{Changes, Decided, known};
use crate::ledger::Ledger;
use crate::ledger::said::Layer;
use crate::{SetCapacity, SetSupply, StaffUse};
use booking::rules::{self, CapacityFacts, SlotFacts, SupplyFacts};
use booking::{Change, Outcome, RegionCode, RegionLevel, SlotId, StaffId, korean_day};
use jiff::Timestamp;
use std::num::NonZeroU32;
use std::sync::Arc;

/// Offers in one step when doses come; more of them follow a few at a time.
const OFFERED_AT_ONCE: usize = 1_000;

impl Ledger {
    pub(in crate::ledger) fn staff(
        &mut self,
        by: StaffId,
        does: &StaffUse,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        match does {
            StaffUse::Block { slot, places } => self.block_places((by, now), *slot, *places, changes),
            StaffUse::Unblock { slot, places } => self.unblock_places((by, now), *slot, *places, changes),
            StaffUse::SetCapacity(said) => self.set_capacity((by, now), said, changes),
            StaffUse::SetSupply(said) => self.set_supply((by, now), said, changes),
            StaffUse::CheckIn(visit) => self.check_in((by, now), visit, changes),
            StaffUse::NoShow(visit) => self.no_show((by, now), visit, changes),
            StaffUse::Fulfil(visit) => self.fulfil((by, now), visit, changes),
        }
    }

    fn block_places(
        &mut self,
        (by, at): (StaffId, Timestamp),
        slot: SlotId,
        places: NonZeroU32,
        changes: &mut Changes,
    ) -> Decided {
        let counts = rules::block(self.slot_facts(slot, at), places)?;
        self.write(Change::Blocked { slot, places: places.get(), by, at }, changes);
        Ok(Outcome::Blocked(counts))
    }

    fn unblock_places(
        &mut self,
        (by, at): (StaffId, Timestamp),
        slot: SlotId,
        places: NonZeroU32,
        changes: &mut Changes,
    ) -> Decided {
        let counts = rules::unblock(self.slot_facts(slot, at), places)?;
        self.write(Change::Unblocked { slot, places: places.get(), by, at }, changes);
        Ok(Outcome::Unblocked(counts))
    }

    fn slot_facts(&self, slot: SlotId, now: Timestamp) -> SlotFacts {
        let campaigns = self.country.campaigns().iter();
        let offered = campaigns.filter_map(|campaign| self.offered(campaign, slot, Layer::Pending)).max();
        let taken = self.slots.get(slot).copied().unwrap_or_default();
        SlotFacts { today: korean_day(now), slot, counts: offered.map(|offered| taken.of(offered)) }
    }

    fn set_capacity(
        &mut self,
        (by, at): (StaffId, Timestamp),
        said: &SetCapacity,
        changes: &mut Changes,
    ) -> Decided {
        let SetCapacity { clinic, visit_on, starts_min, capacity, even_below } = *said;
        let over = rules::set_capacity(&CapacityFacts {
            today: korean_day(at),
            visit_on,
            bands: &self.people_and_places(said),
            even_below,
        })?;
        self.write(Change::CapacitySet { clinic, visit_on, starts_min, capacity, by, at }, changes);
        Ok(Outcome::CapacitySet { over })
    }

    /// Of each band that is meant: the places people have, and what it would offer.
    fn people_and_places(&self, wanted: &SetCapacity) -> Vec<(u32, u32)> {
        let SetCapacity { clinic, visit_on, starts_min: one, capacity, .. } = *wanted;
        let Some(known) = self.country.clinic(clinic) else { return Vec::new() };
        let mut said = self.said.capacity((clinic, visit_on), Layer::Pending).cloned().unwrap_or_default();
        said.say(one, capacity);
        let meant = self.bands_of_day(known, visit_on).into_iter();
        let meant = meant.filter(|starts_min| one.is_none_or(|one| one == *starts_min));
        let of_band = |starts_min| {
            let taken = self.slots.get(SlotId { clinic, visit_on, starts_min }).copied().unwrap_or_default();
            (taken.held + taken.booked, said.at(starts_min).unwrap_or(known.capacity))
        };
        meant.map(of_band).collect()
    }

    fn set_supply(
        &mut self,
        (by, at): (StaffId, Timestamp),
        said: &SetSupply,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        let SetSupply { campaign, total, allotted, even_below } = said;
        let known = known(&country, *campaign)?;
        let level = |region: RegionCode| country.region(region).map(|region| region.level);
        let supply = rules::set_supply(&SupplyFacts {
            supply: &self.supply_now(known, Layer::Pending),
            taken: &self.doses_taken(*campaign, allotted.keys().copied()),
            is_sido: &|region| level(region) == Some(RegionLevel::Sido),
            total: *total,
            allotted,
            even_below: *even_below,
        })?;
        self.write(Change::SupplySet { campaign: *campaign, supply: supply.clone(), by, at }, changes);
        // At once, before anybody comes directly and takes the doses.
        self.offer_due(at, OFFERED_AT_ONCE, changes);
        Ok(Outcome::SupplySet(supply))
    }
}
