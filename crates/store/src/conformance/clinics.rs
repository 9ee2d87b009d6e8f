//! Simulated staff: what they say, and what must then be read back.

use super::Chance;
use super::people::{CLINICS, STARTS_MIN};
use super::world::{EAST, PAIRS, WEST};
use crate::{AsStaff, Command, Ledger, RecordVisit, SetCapacity, SetSupply, StaffAct, StaffUse};
use booking::{
    Appointment, AppointmentId, Channel, ClinicId, Outcome, SaidCapacity, SlotId, StaffId, Supply,
};
use jiff::civil::{Date, date};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// What staff said and were told that it counts.
#[derive(Default)]
pub(super) struct Staff {
    blocked: BTreeMap<SlotId, u32>,
    said: BTreeMap<(ClinicId, Date), SaidCapacity>,
    supply: Option<Supply>,
}

impl Staff {
    /// Visits are mostly those that are due.
    pub(super) fn next(
        made: &BTreeMap<AppointmentId, Appointment>,
        today: Date,
        chance: &mut Chance,
    ) -> Command {
        let by = StaffId(1 + chance.below(3));
        let is_due = |one: &Appointment| one.place.slot.visit_on <= today;
        let only_due = chance.percent(85);
        let due: Vec<_> = made.iter().filter(|(_, one)| is_due(one) || !only_due).collect();
        if chance.percent(75)
            && let Some((id, one)) = chance.pick(&due)
        {
            return use_of(by, visit(**id, one.place.slot.clinic, chance));
        }
        let slot = slot(chance);
        let places = NonZeroU32::MIN.saturating_add(chance.below(2) as u32);
        let does = match chance.below(100) {
            0..25 => StaffUse::Block { slot, places },
            25..60 => StaffUse::Unblock { slot, places },
            60..90 => StaffUse::SetCapacity(capacity(slot, chance)),
            _ => StaffUse::SetSupply(supply(chance)),
        };
        use_of(by, does)
    }

    pub(super) fn learn(&mut self, command: &Command, outcome: &Outcome) {
        let Command::AsStaff(order) = command else { return };
        let StaffAct::Use(does) = &order.act else { return };
        match (does, outcome) {
            (
                StaffUse::Block { slot, .. } | StaffUse::Unblock { slot, .. },
                Outcome::Blocked(counts) | Outcome::Unblocked(counts),
            ) => {
                self.blocked.insert(*slot, counts.blocked);
            }
            (StaffUse::SetCapacity(set), Outcome::CapacitySet { .. }) => {
                self.said.entry((set.clinic, set.visit_on)).or_default().say(set.starts_min, set.capacity);
            }
            (StaffUse::SetSupply(_), Outcome::SupplySet(supply)) => self.supply = Some(supply.clone()),
            (StaffUse::CheckIn(_) | StaffUse::NoShow(_) | StaffUse::Fulfil(_), _) => {}
            other => unreachable!("{other:?}"),
        }
    }

    /// # Errors
    /// The first thing that was said and is read back otherwise.
    pub(super) fn check(&self, ledger: &Ledger) -> Result<(), String> {
        let counted: BTreeMap<SlotId, u32> =
            ledger.touched_slots().map(|(slot, counts)| (slot, counts.blocked)).collect();
        for slot in counted.keys().chain(self.blocked.keys()) {
            let blocked = |of: &BTreeMap<SlotId, u32>| of.get(slot).copied().unwrap_or(0);
            if blocked(&counted) != blocked(&self.blocked) {
                return Err(format!(
                    "{slot:?}: {} are blocked, {} were",
                    blocked(&counted),
                    blocked(&self.blocked)
                ));
            }
        }
        for ((clinic, visit_on), said) in &self.said {
            let found = ledger.said_capacity(*clinic, *visit_on);
            if found != Some(said) {
                return Err(format!("{clinic} on {visit_on} said {said:?}, is {found:?}"));
            }
        }
        if self.supply.as_ref() == ledger.said_supply(PAIRS) {
            Ok(())
        } else {
            Err(format!("the supply was set to {:?}, is {:?}", self.supply, ledger.said_supply(PAIRS)))
        }
    }
}

fn visit(appointment: AppointmentId, clinic: ClinicId, chance: &mut Chance) -> StaffUse {
    let clinic = if chance.percent(95) { clinic } else { ClinicId(clinic.0 + 1) };
    let visit = RecordVisit { clinic, appointment, is_correction: chance.percent(30) };
    match chance.below(10) {
        0..4 => StaffUse::CheckIn(visit),
        4..6 => StaffUse::NoShow(visit),
        _ => StaffUse::Fulfil(visit),
    }
}

fn slot(chance: &mut Chance) -> SlotId {
    let clinic = ClinicId(*chance.pick(&CLINICS).expect("there are some"));
    let days = [date(2027, 7, 26), date(2027, 7, 27), date(2027, 8, 16)];
    let visit_on = *chance.pick(&days).expect("there are some");
    let starts_min = *chance.pick(&STARTS_MIN).expect("there are some");
    SlotId { clinic, visit_on, starts_min }
}

/// Small figures: below what people have as often as above.
fn capacity(slot: SlotId, chance: &mut Chance) -> SetCapacity {
    SetCapacity {
        clinic: slot.clinic,
        visit_on: slot.visit_on,
        starts_min: chance.percent(70).then_some(slot.starts_min),
        capacity: chance.percent(70).then(|| chance.below(4) as u16),
        even_below: chance.percent(50),
    }
}

fn supply(chance: &mut Chance) -> SetSupply {
    let (sido, doses) =
        if chance.percent(70) { (WEST, chance.below(5)) } else { (EAST, 36 + chance.below(8)) };
    SetSupply {
        campaign: PAIRS,
        total: chance.percent(50).then(|| 40 + chance.below(6)),
        allotted: BTreeMap::from([(sido, doses as u32)]),
        even_below: chance.percent(50),
    }
}

fn use_of(by: StaffId, does: StaffUse) -> Command {
    AsStaff::over(Channel::Clinic, by, StaffAct::Use(does)).into()
}
