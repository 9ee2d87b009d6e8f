//! Holds and appointments, slots and doses.

mod appointments;
mod end;
mod gone;
mod names;
mod visits;
mod waiting;

use super::Broken;
use super::people::People;
use super::said::Said;
use booking::{
    Appointment, AppointmentId, CampaignId, Country, DoseNumber, Hold, HoldEnd, HoldId, PersonId, Place,
    RegionCode, SlotId,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

type Judged = Result<(), Broken>;
type Counts = HashMap<SlotId, (u32, u32)>;
type Doses = HashMap<(CampaignId, RegionCode), u32>;

pub(in crate::proof) struct Places {
    list_since: Option<Timestamp>,
    holds: BTreeMap<HoldId, Hold>,
    hold_of: HashMap<(CampaignId, PersonId), HoldId>,
    last_hold: u64,
    appointments: BTreeMap<AppointmentId, Appointment>,
    /// What stands for a dose: live, or given.
    live: HashMap<(CampaignId, PersonId, DoseNumber), AppointmentId>,
    last_appointment: u64,
    /// Held, booked.
    slots: Counts,
    blocked: HashMap<SlotId, u32>,
    pub(in crate::proof) said: Said,
    doses: Doses,
    /// Confirmed in this row, with the places that no appointment took yet.
    confirmed: Vec<(HoldId, Hold, Vec<Place>)>,
    /// Given up in this row. A booker may take again what they gave up, also where fewer places are offered now.
    released: HashMap<(CampaignId, PersonId), Hold>,
    /// Whose doses changed in this row.
    changed: Vec<(CampaignId, PersonId)>,
    waits: waiting::Waits,
    names: names::Names,
    holds_made: u64,
}

impl Places {
    pub(in crate::proof) fn new(list_since: Option<Timestamp>) -> Self {
        Self {
            list_since,
            holds: BTreeMap::new(),
            hold_of: HashMap::new(),
            last_hold: 0,
            appointments: BTreeMap::new(),
            live: HashMap::new(),
            last_appointment: 0,
            slots: HashMap::new(),
            blocked: HashMap::new(),
            said: Said::default(),
            released: HashMap::new(),
            doses: HashMap::new(),
            confirmed: Vec::new(),
            changed: Vec::new(),
            waits: waiting::Waits::default(),
            names: names::Names::default(),
            holds_made: 0,
        }
    }

    pub(in crate::proof) fn hold(
        &mut self,
        country: &Country,
        people: &People,
        id: HoldId,
        hold: &Hold,
    ) -> Judged {
        let Hold { campaign, booker, held_at, .. } = *hold;
        if id.0 <= self.last_hold {
            self.hold_again(id, hold)?;
        } else {
            self.last_hold = id.0;
            self.holds_made += 1;
            people.is_inside(campaign, booker, held_at)?;
            hold.places.iter().try_for_each(|place| people.may_act(campaign, booker, place.recipient))?;
        }
        if let Some(first) = self.hold_of.insert((campaign, booker), id) {
            return Err(Broken::TwoHolds { booker, first, second: id });
        }
        for place in &hold.places {
            self.slots.entry(place.slot).or_default().0 += 1;
        }
        hold.places.iter().try_for_each(|place| self.fits(country, hold, place.slot))?;
        let doses = doses_of(country, hold);
        for sido in &doses {
            self.take_dose(campaign, *sido);
        }
        doses.iter().try_for_each(|sido| self.suffices(country, hold, *sido))?;
        self.holds.insert(id, hold.clone());
        Ok(())
    }

    /// What was taken before the present list of clinics is judged by nobody: that list is gone.
    fn fits(&self, country: &Country, hold: &Hold, slot: SlotId) -> Judged {
        if self.list_since.is_some_and(|since| hold.held_at < since) {
            return Ok(());
        }
        let capacity = self.said.offered(country, hold.campaign, slot).ok_or(Broken::SlotUnknown { slot })?;
        let before = self.released.get(&(hold.campaign, hold.booker));
        let own = before.map_or(0, |hold| hold.places.iter().filter(|place| place.slot == slot).count());
        let taken = self.taken(slot);
        if taken <= capacity + own as u32 {
            Ok(())
        } else {
            Err(Broken::OverCapacity { slot, taken, capacity })
        }
    }

    fn taken(&self, slot: SlotId) -> u32 {
        let (held, booked) = self.slots.get(&slot).copied().unwrap_or_default();
        held + booked + self.blocked.get(&slot).copied().unwrap_or(0)
    }

    fn suffices(&self, country: &Country, hold: &Hold, sido: RegionCode) -> Judged {
        let campaign = hold.campaign;
        let taken = self.doses.get(&(campaign, sido)).copied().unwrap_or(0);
        let before = self.released.get(&(campaign, hold.booker));
        let own = before.map_or(0, |hold| doses_of(country, hold).iter().filter(|one| **one == sido).count());
        let supply = self.said.allotted(country, campaign, sido);
        if taken <= supply + own as u32 {
            return Ok(());
        }
        Err(Broken::SupplyExceeded { campaign, sido, taken, supply })
    }

    /// Only free places are blocked.
    pub(in crate::proof) fn block(&mut self, country: &Country, slot: SlotId, places: u32) -> Judged {
        *self.blocked.entry(slot).or_default() += places;
        let capacity = self.said.offered_in_any(country, slot).ok_or(Broken::SlotUnknown { slot })?;
        let taken = self.taken(slot);
        if taken <= capacity { Ok(()) } else { Err(Broken::OverCapacity { slot, taken, capacity }) }
    }

    pub(in crate::proof) fn unblock(&mut self, slot: SlotId, places: u32) -> Judged {
        let blocked = self.blocked.entry(slot).or_default();
        *blocked = blocked.checked_sub(places).ok_or(Broken::NotBlocked { slot, places })?;
        Ok(())
    }

    fn take_dose(&mut self, campaign: CampaignId, sido: RegionCode) {
        *self.doses.entry((campaign, sido)).or_default() += 1;
    }

    fn give_dose_back(&mut self, campaign: CampaignId, sido: RegionCode) {
        let taken = self.doses.entry((campaign, sido)).or_default();
        *taken = taken.saturating_sub(1);
    }

    pub(in crate::proof) fn extend(&mut self, id: HoldId, expires_at: Timestamp) -> Judged {
        let hold = self.holds.get_mut(&id).ok_or(Broken::HoldUnknown { hold: id })?;
        if expires_at < hold.expires_at || hold.extended {
            return Err(Broken::HoldOver { hold: id });
        }
        hold.expires_at = expires_at;
        hold.extended = true;
        Ok(())
    }

    pub(in crate::proof) fn end_hold(&mut self, country: &Country, id: HoldId, end: HoldEnd) -> Judged {
        let hold = self.holds.remove(&id).ok_or(Broken::HoldUnknown { hold: id })?;
        self.hold_of.remove(&(hold.campaign, hold.booker));
        for place in &hold.places {
            self.slots.entry(place.slot).or_default().0 -= 1;
        }
        for sido in doses_of(country, &hold) {
            self.give_dose_back(hold.campaign, sido);
        }
        if end == HoldEnd::Confirmed {
            let left = hold.places.to_vec();
            self.confirmed.push((id, hold, left));
        } else {
            self.names.set_aside(id, &hold);
            self.released.insert((hold.campaign, hold.booker), hold);
        }
        Ok(())
    }

    /// After a row a step is over: holds that were confirmed are used up whole, doses follow each other, and nobody
    /// holds a place for somebody whose leave ended.
    pub(in crate::proof) fn end_of_row(&mut self, country: &Country, people: &People) -> Judged {
        self.released.clear();
        for (hold, _, left) in self.confirmed.drain(..) {
            if !left.is_empty() {
                return Err(Broken::HoldInPart { hold });
            }
        }
        self.waits.end_of_row()?;
        self.names.end_of_row(people)?;
        self.no_hold_of_the_ended(people)?;
        for (campaign, person) in std::mem::take(&mut self.changed) {
            self.doses_follow(country, campaign, person)?;
        }
        people.leave_ended().try_for_each(|who| self.no_hold_without_leave(who))
    }

    fn no_hold_without_leave(&self, who: (CampaignId, PersonId, PersonId)) -> Judged {
        let (campaign, booker, recipient) = who;
        let hold = self.hold_of.get(&(campaign, booker)).and_then(|id| self.holds.get(id));
        let is_for = |hold: &Hold| hold.places.iter().any(|place| place.recipient == recipient);
        match hold.filter(|hold| is_for(hold)) {
            Some(_) => Err(Broken::WithoutLeave { booker, recipient }),
            None => Ok(()),
        }
    }

    fn doses_follow(&self, country: &Country, campaign: CampaignId, person: PersonId) -> Judged {
        if self.names.decides_the_desk(campaign, person) {
            return Ok(());
        }
        let live = |dose| self.live.get(&(campaign, person, DoseNumber(dose))).copied();
        let Some(second) = live(2) else { return Ok(()) };
        let first = live(1).ok_or(Broken::FirstDoseMissing { person, second })?;
        let day = |id| self.appointments.get(&id).map(|one: &Appointment| one.place.slot.visit_on);
        let days = day(first).zip(day(second));
        let interval = country.campaign(campaign).map(|campaign| campaign.dose_interval);
        let allowed = days.zip(interval).is_some_and(|((first_on, second_on), interval)| {
            let days = i64::from((second_on - first_on).get_days());
            (i64::from(interval.min_days)..=i64::from(interval.max_days)).contains(&days)
        });
        if allowed { Ok(()) } else { Err(Broken::IntervalWrong { person, first, second }) }
    }
}

/// The 시·도 that set a dose aside for a hold: first doses only, and not those that move within a 시·도.
fn doses_of(country: &Country, hold: &Hold) -> Vec<RegionCode> {
    let dose = |(position, place): (usize, &Place)| {
        let sido = sido_of(country, place.slot).filter(|_| place.dose == DoseNumber(1))?;
        let old = hold.replaces.get(position).and_then(|old| sido_of(country, old.slot));
        (old != Some(sido)).then_some(sido)
    };
    hold.places.iter().enumerate().filter_map(dose).collect()
}

fn sido_of(country: &Country, slot: SlotId) -> Option<RegionCode> {
    country.clinic(slot.clinic).map(|clinic| country.sido_of(clinic))
}
