//! Whether what was acknowledged stands, and nothing else does.

use std::collections::{HashMap, HashSet};

use booking::SlotId;

use super::{Claim, Export, Findings, Terms, is_unheard};
use crate::logbook::{Entry, Heard, Step};

#[derive(Default)]
pub(super) struct PlaceWatch {
    /// What each was told last, by the number of the appointment.
    told: HashMap<u64, (u32, SlotId)>,
    /// Who has been told that they are booked, and by how many numbers.
    booked: HashMap<u32, HashSet<u64>>,
    held: HashMap<u32, SlotId>,
    /// Who never heard what became of the confirmation of this hold.
    unheard: HashMap<u32, SlotId>,
    shared: Vec<(u32, u64)>,
    /// Who is, or was, served by which agent.
    served_by: HashMap<u32, u32>,
    /// Which agent made it, of every appointment that was acknowledged on the phone.
    by_phone: HashMap<u64, u32>,
}

impl PlaceWatch {
    pub(super) fn hear(&mut self, person: u32, entry: &Entry) {
        match (&entry.heard, entry.step) {
            (Heard::Answered { agent }, _) => drop(self.served_by.insert(person, *agent)),
            (Heard::Held { slot: Some(slot) }, _) => drop(self.held.insert(person, *slot)),
            (Heard::Booked(places), step) => {
                self.unheard.remove(&person);
                for (number, slot) in places {
                    self.acknowledge(person, *number, *slot);
                }
                if let (Step::DeskConfirm, Some(agent)) = (step, self.served_by.get(&person)) {
                    self.by_phone.extend(places.iter().map(|(number, _)| (*number, *agent)));
                }
            }
            (heard, Step::Confirm | Step::DeskConfirm) if is_unheard(heard) => {
                if let Some(slot) = self.held.get(&person) {
                    self.unheard.insert(person, *slot);
                }
            }
            _ => {}
        }
    }

    fn acknowledge(&mut self, person: u32, number: u64, slot: SlotId) {
        self.booked.entry(person).or_default().insert(number);
        let before = self.told.insert(number, (person, slot));
        if before.is_some_and(|(other, _)| other != person) {
            self.shared.push((person, number));
        }
    }

    pub(super) fn judge(&self, export: &Export, terms: &Terms<'_>, found: &mut Findings) {
        found.acknowledged = self.told.len() as u64;
        found.standing = export.live().count() as u64;
        for (person, number) in &self.shared {
            found.offend(Claim::NumberShared, Some(*person), Some(*number));
        }
        self.judge_acknowledged(export, found);
        self.judge_people(export, terms, found);
        self.judge_agents(export, found);
        judge_slots(export, terms, found);
        self.resolve(export, found);
    }

    fn judge_acknowledged(&self, export: &Export, found: &mut Findings) {
        for (number, (person, slot)) in &self.told {
            match export.bookings.get(number) {
                Some(booking) if booking.is_live && booking.slot == *slot => {}
                Some(booking) if booking.is_live => {
                    found.offend(Claim::Elsewhere, Some(*person), Some(*number));
                }
                _ => found.offend(Claim::Lost, Some(*person), Some(*number)),
            }
        }
    }

    fn judge_people(&self, export: &Export, terms: &Terms<'_>, found: &mut Findings) {
        for (person, numbers) in self.booked.iter().filter(|(_, numbers)| numbers.len() > terms.doses) {
            found.offend(Claim::Twice, Some(*person), numbers.iter().max().copied());
        }
        let mut of_one: HashMap<u64, usize> = HashMap::new();
        for (number, booking) in export.live() {
            let have = of_one.entry(booking.whose).or_default();
            *have += 1;
            if *have > terms.doses {
                found.offend(Claim::Twice, None, Some(number));
            }
        }
    }

    /// Each agent is one account in the record, and no other agent's; what was made on the web is nobody's.
    fn judge_agents(&self, export: &Export, found: &mut Findings) {
        found.by_phone = self.by_phone.len() as u64;
        let (mut accounts, mut agents) = (HashMap::new(), HashMap::new());
        for (number, (person, _)) in &self.told {
            let Some(booking) = export.bookings.get(number) else { continue };
            let is_theirs = match (self.by_phone.get(number), booking.staff) {
                (None, None) => true,
                (Some(agent), Some(staff)) => {
                    accounts.entry(agent).or_insert(staff) == &staff
                        && agents.entry(staff).or_insert(agent) == &agent
                }
                _ => false,
            };
            if !is_theirs {
                found.offend(Claim::NotByAgent, Some(*person), Some(*number));
            }
        }
    }

    /// What nobody was told of was an unheard confirmation's, of that very hold, or nobody's.
    fn resolve(&self, export: &Export, found: &mut Findings) {
        found.unknown = self.unheard.len() as u64;
        let told_whose: HashSet<u64> =
            self.told.keys().filter_map(|number| Some(export.bookings.get(number)?.whose)).collect();
        let mut by_whose: HashMap<u64, Vec<(u64, SlotId)>> = HashMap::new();
        for (number, booking) in export.live().filter(|(number, _)| !self.told.contains_key(number)) {
            by_whose.entry(booking.whose).or_default().push((number, booking.slot));
        }
        let mut open: HashMap<SlotId, u64> = HashMap::new();
        for slot in self.unheard.values() {
            *open.entry(*slot).or_default() += 1;
        }
        for (whose, places) in by_whose {
            let held = places.iter().find(|(_, slot)| open.get(slot).is_some_and(|left| *left > 0));
            match held {
                Some((_, slot)) if !told_whose.contains(&whose) => {
                    *open.get_mut(slot).expect("it was found there") -= 1;
                    found.unknown_booked += 1;
                }
                _ => found.offend(Claim::Unexplained, None, places.first().map(|(number, _)| *number)),
            }
        }
    }
}

fn judge_slots(export: &Export, terms: &Terms<'_>, found: &mut Findings) {
    let mut taken: HashMap<SlotId, u32> = HashMap::new();
    for (number, booking) in export.live() {
        let have = taken.entry(booking.slot).or_default();
        *have += 1;
        if (terms.capacity)(booking.slot).is_some_and(|capacity| *have > capacity) {
            found.offend(Claim::OverCapacity, None, Some(number));
        }
    }
}
