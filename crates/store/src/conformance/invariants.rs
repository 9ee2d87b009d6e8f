//! What is true of a ledger after every event, whatever happened. One named function each.

use crate::Ledger;
use booking::{Appointment, AppointmentState, Country, Place, RegionCode, SlotCounts, SlotId};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};

type Held = Result<(), String>;

/// All of them, against the country as it was published, not as the back end believes it.
///
/// # Errors
/// The name of the first that does not hold, and where.
pub fn check(country: &Country, ledger: &Ledger) -> Held {
    places_add_up(country, ledger).map_err(|at| format!("places_add_up: {at}"))?;
    doses_add_up(country, ledger).map_err(|at| format!("doses_add_up: {at}"))?;
    days_add_up(country, ledger).map_err(|at| format!("days_add_up: {at}"))?;
    one_live_appointment(ledger).map_err(|at| format!("one_live_appointment: {at}"))?;
    one_hold_a_booker(ledger).map_err(|at| format!("one_hold_a_booker: {at}"))?;
    people_find_their_appointments(ledger).map_err(|at| format!("people_find_their_appointments: {at}"))
}

/// capacity = free + held + booked + blocked, and held and booked are what holds and appointments say.
fn places_add_up(country: &Country, ledger: &Ledger) -> Held {
    let mut expected: HashMap<SlotId, (u32, u32)> = HashMap::new();
    for place in held_places(ledger) {
        expected.entry(place.slot).or_default().0 += 1;
    }
    for (_, appointment) in live(ledger) {
        expected.entry(appointment.place.slot).or_default().1 += 1;
    }
    let counted: HashMap<SlotId, SlotCounts> = ledger.touched_slots().collect();
    let slots: HashSet<SlotId> = expected.keys().chain(counted.keys()).copied().collect();
    for slot in slots {
        let (held, booked) = expected.get(&slot).copied().unwrap_or_default();
        let counts = counted.get(&slot).copied().unwrap_or_default();
        if (counts.held, counts.booked) != (held, booked) {
            return Err(format!("{slot:?} counts {counts:?}, there are {held} held and {booked} booked"));
        }
        let capacity = country.campaigns().iter().find_map(|campaign| country.capacity(campaign, slot));
        if held + booked + counts.blocked > capacity.unwrap_or(0) {
            return Err(format!("{slot:?} has {capacity:?} places, {held} held and {booked} booked"));
        }
    }
    Ok(())
}

/// No more doses than the supply, and the published figure is what is left.
fn doses_add_up(country: &Country, ledger: &Ledger) -> Held {
    for campaign in country.campaigns() {
        let mut taken: BTreeMap<RegionCode, u32> = BTreeMap::new();
        let of_campaign = ledger.holds().filter(|(_, hold)| hold.campaign == campaign.id);
        let held = of_campaign.flat_map(|(_, hold)| &hold.places).copied();
        let booked = live(ledger).filter(|(_, appointment)| appointment.campaign == campaign.id);
        for place in held.chain(booked.map(|(_, appointment)| appointment.place)) {
            let clinic = country.clinic(place.slot.clinic).ok_or("a place at no clinic")?;
            *taken.entry(country.sido_of(clinic)).or_default() += 1;
        }
        let published = ledger.figures(campaign.id).doses_left;
        for (sido, supply) in &campaign.supply {
            let taken = taken.get(sido).copied().unwrap_or(0);
            let left = published.get(sido).copied();
            if supply.checked_sub(taken) != left {
                return Err(format!("{sido}: {supply} doses, {taken} taken, {left:?} published"));
            }
        }
    }
    Ok(())
}

/// What the public pages show of a day is what was taken of it.
fn days_add_up(country: &Country, ledger: &Ledger) -> Held {
    let mut expected: HashMap<_, u32> = HashMap::new();
    for place in held_places(ledger).chain(live(ledger).map(|(_, appointment)| appointment.place)) {
        *expected.entry((place.slot.clinic, place.slot.visit_on)).or_default() += 1;
    }
    let clinics: Vec<_> = country.clinics().iter().map(|clinic| clinic.id).collect();
    let shown = ledger.days_taken(&clinics);
    let shown: HashMap<_, u32> = shown.iter().map(|day| ((day.clinic, day.visit_on), day.places)).collect();
    if shown == expected { Ok(()) } else { Err(format!("shown {shown:?}, there are {expected:?}")) }
}

/// One live appointment for each person, campaign and dose.
fn one_live_appointment(ledger: &Ledger) -> Held {
    let mut seen = HashMap::new();
    for (id, appointment) in live(ledger) {
        let Appointment { campaign, place, .. } = appointment;
        if let Some(other) = seen.insert((campaign, place.recipient, place.dose), id) {
            return Err(format!("{:?} has appointments {other:?} and {id:?}", place.recipient));
        }
    }
    Ok(())
}

/// Every hold is the one its booker is found by, so nobody has two.
fn one_hold_a_booker(ledger: &Ledger) -> Held {
    for (id, hold) in ledger.holds() {
        let found = ledger.hold_of(hold.campaign, hold.booker).map(|(id, _)| id);
        if found != Some(*id) {
            return Err(format!("{id:?} of {:?}, who is found with {found:?}", hold.booker));
        }
    }
    Ok(())
}

/// Recipient and booker both see an appointment, once.
fn people_find_their_appointments(ledger: &Ledger) -> Held {
    for (id, appointment) in ledger.appointments() {
        for person in [appointment.place.recipient, appointment.booker] {
            let own = ledger.appointments_of(person);
            if own.iter().filter(|(own, found)| own == id && found == appointment).count() != 1 {
                return Err(format!("{person:?} does not find {id:?} once among {own:?}"));
            }
        }
    }
    Ok(())
}

/// How many holds are past their end and still there.
pub fn overdue_holds(ledger: &Ledger, now: Timestamp) -> usize {
    ledger.holds().filter(|(_, hold)| hold.expires_at <= now).count()
}

/// Everything that readers can see, in one text of a fixed order: two ledgers are equal if it is.
pub fn digest(ledger: &Ledger) -> String {
    let mut slots: Vec<_> = ledger.touched_slots().filter(|(_, counts)| counts.taken() > 0).collect();
    slots.sort_by_key(|(slot, _)| *slot);
    let mut holds: Vec<_> = ledger.holds().collect();
    holds.sort_by_key(|(id, _)| **id);
    let mut appointments: Vec<_> = ledger.appointments().collect();
    appointments.sort_by_key(|(id, _)| **id);
    let messages = ledger.messages_waiting(usize::MAX);
    let campaigns = ledger.country().campaigns();
    let figures: Vec<_> = campaigns.iter().map(|campaign| ledger.figures(campaign.id)).collect();
    format!("{slots:?}\n{holds:?}\n{appointments:?}\n{messages:?}\n{figures:?}")
}

fn live(ledger: &Ledger) -> impl Iterator<Item = (booking::AppointmentId, Appointment)> {
    let live = |(_, appointment): &(_, &Appointment)| appointment.state == AppointmentState::Booked;
    ledger.appointments().filter(live).map(|(id, appointment)| (*id, *appointment))
}

fn held_places(ledger: &Ledger) -> impl Iterator<Item = Place> {
    ledger.holds().flat_map(|(_, hold)| hold.places.iter().copied())
}
