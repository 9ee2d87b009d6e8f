//! What a clinic says of its places, and the campaign's office of its doses. Neither takes anything away from somebody
//! who has it.

use super::Decision;
use crate::{Refusal, RegionCode, SlotCounts, SlotId, Supply};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// A slot as a clinic finds it.
#[derive(Debug, Clone, Copy)]
pub struct SlotFacts {
    /// Today in Korea.
    pub today: Date,
    pub slot: SlotId,
    /// None where the clinic has no such band.
    pub counts: Option<SlotCounts>,
}

/// Places that are not offered for now: only free ones, never what is held or booked.
pub fn block(facts: SlotFacts, places: NonZeroU32) -> Decision<SlotCounts> {
    let counts = still_to_come(facts)?;
    let free = counts.free();
    if places.get() > free {
        return Err(Refusal::PlacesNotFree { free });
    }
    Ok(SlotCounts { blocked: counts.blocked + places.get(), ..counts })
}

/// Blocked places are offered again.
pub fn unblock(facts: SlotFacts, places: NonZeroU32) -> Decision<SlotCounts> {
    let counts = still_to_come(facts)?;
    let blocked = counts
        .blocked
        .checked_sub(places.get())
        .ok_or(Refusal::PlacesNotBlocked { blocked: counts.blocked })?;
    Ok(SlotCounts { blocked, ..counts })
}

fn still_to_come(facts: SlotFacts) -> Decision<SlotCounts> {
    let counts = facts.counts.ok_or(Refusal::SlotUnknown)?;
    if facts.slot.visit_on < facts.today { Err(Refusal::SlotPast) } else { Ok(counts) }
}

#[derive(Debug, Clone, Copy)]
pub struct CapacityFacts<'a> {
    /// Today in Korea.
    pub today: Date,
    pub visit_on: Date,
    /// The bands that are meant: the places people have in each, held or booked, and what it would offer. Empty where
    /// the clinic has no such band.
    pub bands: &'a [(u32, u32)],
    /// Said again after being told that people have more places than that.
    pub even_below: bool,
}

/// A clinic says how many places there are. Fewer than people have is a fact that may be stated, once it was told to
/// whoever states it: nobody loses a place, nothing is free, and those over are named to be re-offered. Returns how many.
pub fn set_capacity(facts: &CapacityFacts<'_>) -> Decision<u32> {
    if facts.bands.is_empty() {
        return Err(Refusal::SlotUnknown);
    }
    if facts.visit_on < facts.today {
        return Err(Refusal::SlotPast);
    }
    let over = facts.bands.iter().map(|(people, offered)| people.saturating_sub(*offered)).sum();
    if over > 0 && !facts.even_below { Err(Refusal::CapacityBelowTaken { over }) } else { Ok(over) }
}

#[derive(Clone, Copy)]
pub struct SupplyFacts<'a> {
    pub supply: &'a Supply,
    /// Doses held or booked, by 시·도.
    pub taken: &'a BTreeMap<RegionCode, u32>,
    pub is_sido: &'a dyn Fn(RegionCode) -> bool,
    /// None: the total stays.
    pub total: Option<u64>,
    /// The 시·도 whose share changes.
    pub allotted: &'a BTreeMap<RegionCode, u32>,
    /// Said again after being told that more is taken than that.
    pub even_below: bool,
}

/// The doses of a campaign are shared out anew, all in one step: what one 시·도 gives another gets.
pub fn set_supply(facts: &SupplyFacts<'_>) -> Decision<Supply> {
    if let Some(region) = facts.allotted.keys().copied().find(|region| !(facts.is_sido)(*region)) {
        return Err(Refusal::RegionUnknown { region });
    }
    let mut supply = facts.supply.clone();
    supply.total = facts.total.unwrap_or(supply.total);
    supply.allotted.extend(facts.allotted);
    let allotted = supply.allotted_total();
    if allotted > supply.total {
        return Err(Refusal::SupplyOverTotal { total: supply.total, allotted });
    }
    let taken_of = |sido| facts.taken.get(sido).copied().unwrap_or(0);
    let below = facts.allotted.iter().find(|(sido, doses)| **doses < taken_of(sido));
    if let Some((sido, _)) = below.filter(|_| !facts.even_below) {
        return Err(Refusal::SupplyBelowTaken { sido: *sido, taken: taken_of(sido) });
    }
    Ok(supply)
}

#[cfg(test)]
#[path = "clinic_tests.rs"]
mod tests;
