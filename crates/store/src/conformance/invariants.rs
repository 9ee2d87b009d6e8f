//! What is true of a ledger after every event, whatever happened. One named function each.

use crate::{DayTaken, Ledger};
use booking::{
    Appointment, AppointmentState, Country, DelegationRecord, DoseNumber, Hold, Offer, PersonId, Place,
    RegionCode, SlotCounts, SlotId, WaitEntry, WaitId, WaitScope,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};

type Held = Result<(), String>;

/// All of them, against the country as it was published, not as the back end believes it.
///
/// # Errors
/// The name of the first that does not hold, and where.
pub fn check(country: &Country, ledger: &Ledger) -> Held {
    places_add_up(country, ledger).map_err(|at| format!("places_add_up: {at}"))?;
    overfull_slots_are_named(country, ledger).map_err(|at| format!("overfull_slots_are_named: {at}"))?;
    doses_add_up(country, ledger).map_err(|at| format!("doses_add_up: {at}"))?;
    days_add_up(ledger).map_err(|at| format!("days_add_up: {at}"))?;
    one_live_appointment(ledger).map_err(|at| format!("one_live_appointment: {at}"))?;
    one_hold_a_booker(ledger).map_err(|at| format!("one_hold_a_booker: {at}"))?;
    people_find_their_appointments(ledger).map_err(|at| format!("people_find_their_appointments: {at}"))?;
    waiting_makes_sense(ledger).map_err(|at| format!("waiting_makes_sense: {at}"))?;
    nobody_acts_without_leave(ledger).map_err(|at| format!("nobody_acts_without_leave: {at}"))?;
    arrivals_are_numbered(ledger).map_err(|at| format!("arrivals_are_numbered: {at}"))?;
    second_doses_follow(country, ledger).map_err(|at| format!("second_doses_follow: {at}"))
}

/// capacity = free + held + booked + blocked, and held and booked are what holds and appointments say. The capacity is
/// what is offered, or what is taken where that is more; more is taken only where the clinic said something.
fn places_add_up(country: &Country, ledger: &Ledger) -> Held {
    let mut expected: HashMap<SlotId, (u32, u32)> = HashMap::new();
    for place in held_places(ledger) {
        expected.entry(place.slot).or_default().0 += 1;
    }
    for (_, appointment) in placed(ledger) {
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
        let (offered, taken) = (offered(country, ledger, slot), held + booked + counts.blocked);
        let was_said = ledger.said_capacity(slot.clinic, slot.visit_on).is_some();
        if taken > offered && !was_said {
            return Err(format!("{slot:?} has {offered} places, {held} held and {booked} booked"));
        }
        if counts.capacity != offered.max(taken) {
            return Err(format!("{slot:?} offers {offered} and counts {counts:?}"));
        }
    }
    Ok(())
}

/// What the clinic said of the slot, else what the country's list says.
fn offered(country: &Country, ledger: &Ledger, slot: SlotId) -> u32 {
    let listed = country.campaigns().iter().find_map(|campaign| country.capacity(campaign, slot));
    let said = ledger.said_capacity(slot.clinic, slot.visit_on).and_then(|said| said.at(slot.starts_min));
    listed.map_or(0, |listed| said.unwrap_or(listed))
}

/// The list to re-offer has as many of a slot as are booked beyond what it offers, the latest booked first, and nobody
/// else; whoever came is not on it.
fn overfull_slots_are_named(country: &Country, ledger: &Ledger) -> Held {
    let mut booked: BTreeMap<SlotId, Vec<_>> = BTreeMap::new();
    for (id, one) in placed(ledger) {
        booked.entry(one.place.slot).or_default().push((one.booked_at, id, one.state));
    }
    let mut expected = BTreeMap::new();
    for (slot, mut people) in booked {
        people.sort_by_key(|(booked_at, id, _)| (*booked_at, *id));
        let over = people.len().saturating_sub(offered(country, ledger, slot) as usize);
        people.retain(|(_, _, state)| *state == AppointmentState::Booked);
        expected.insert(slot, people.into_iter().rev().take(over).map(|(_, id, _)| id).collect::<Vec<_>>());
    }
    expected.retain(|_, people| !people.is_empty());
    let mut named: BTreeMap<SlotId, Vec<_>> = BTreeMap::new();
    for (id, appointment) in country.clinics().iter().flat_map(|clinic| ledger.reoffer_list(clinic.id)) {
        named.entry(appointment.place.slot).or_default().push(id);
    }
    if named == expected { Ok(()) } else { Err(format!("named {named:?}, there are {expected:?}")) }
}

/// No more first doses than the supply, unless less was said since, and the published figure is what is left. What is
/// shared out is never more than the total.
fn doses_add_up(country: &Country, ledger: &Ledger) -> Held {
    for campaign in country.campaigns() {
        let mut taken: BTreeMap<RegionCode, u32> = BTreeMap::new();
        let of_campaign = ledger.holds().filter(|(_, hold)| hold.campaign == campaign.id);
        let held = of_campaign.flat_map(|(_, hold)| first_doses(country, hold));
        let booked = placed(ledger).filter(|(_, appointment)| appointment.campaign == campaign.id);
        let booked = booked.map(|(_, appointment)| appointment.place);
        let waits = ledger.waits().filter(|(_, entry, _)| entry.campaign == campaign.id);
        let offered = waits.filter_map(|(_, _, offer)| offer).flat_map(|offer| offer.places.iter().copied());
        let offered = offered.filter(|place| place.dose == DoseNumber(1));
        for place in held.chain(offered).chain(booked.filter(|place| place.dose == DoseNumber(1))) {
            *taken.entry(sido_of(country, place.slot)).or_default() += 1;
        }
        let published = ledger.figures(campaign.id).doses_left;
        let said = ledger.said_supply(campaign.id);
        if let Some(said) = said.filter(|said| said.allotted_total() > said.total) {
            return Err(format!("more is shared out than there is: {said:?}"));
        }
        for (sido, supply) in said.map_or(&campaign.supply, |said| &said.allotted) {
            let taken = taken.get(sido).copied().unwrap_or(0);
            let left = published.get(sido).copied();
            let expected = supply.checked_sub(taken).or(said.map(|_| 0));
            if expected != left {
                return Err(format!("{sido}: {supply} doses, {taken} taken, {left:?} published"));
            }
        }
    }
    Ok(())
}

/// The places of a hold for which a dose is set aside: not those that move within a 시·도.
fn first_doses(country: &Country, hold: &Hold) -> Vec<Place> {
    let needs = |(position, place): &(usize, &Place)| {
        let old = hold.replaces.get(*position);
        let stays = old.is_some_and(|old| sido_of(country, old.slot) == sido_of(country, place.slot));
        place.dose == DoseNumber(1) && !stays
    };
    hold.places.iter().enumerate().filter(needs).map(|(_, place)| *place).collect()
}

fn sido_of(country: &Country, slot: SlotId) -> RegionCode {
    country.sido_of(country.clinic(slot.clinic).expect("a place is at a clinic"))
}

/// What the public pages show of a day is what was taken of it.
fn days_add_up(ledger: &Ledger) -> Held {
    let mut expected: HashMap<_, u32> = HashMap::new();
    for place in held_places(ledger).chain(placed(ledger).map(|(_, appointment)| appointment.place)) {
        *expected.entry((place.slot.clinic, place.slot.visit_on)).or_default() += 1;
    }
    for (slot, counts) in ledger.touched_slots().filter(|(_, counts)| counts.blocked > 0) {
        *expected.entry((slot.clinic, slot.visit_on)).or_default() += counts.blocked;
    }
    let shown = all_days(ledger);
    let shown = shown.iter().filter(|day| day.places > 0);
    let shown: HashMap<_, u32> = shown.map(|day| ((day.clinic, day.visit_on), day.places)).collect();
    if shown == expected { Ok(()) } else { Err(format!("shown {shown:?}, there are {expected:?}")) }
}

fn all_days(ledger: &Ledger) -> Vec<DayTaken> {
    let clinics: Vec<_> = ledger.country().clinics().iter().map(|clinic| clinic.id).collect();
    ledger.days_taken(&clinics)
}

/// One appointment for each person, campaign and dose that is live or was given, but for those at the desk since two
/// names were merged.
fn one_live_appointment(ledger: &Ledger) -> Held {
    let mut seen = HashMap::new();
    let at_desk: HashSet<_> = ledger.desk_cases().into_iter().flat_map(|case| case.appointments).collect();
    for (id, appointment) in standing(ledger).filter(|(id, _)| !at_desk.contains(id)) {
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
        if found != Some(id) {
            return Err(format!("{id:?} of {:?}, who is found with {found:?}", hold.booker));
        }
    }
    Ok(())
}

/// A recipient sees an appointment once, and so does everybody who may act for them.
fn people_find_their_appointments(ledger: &Ledger) -> Held {
    for (id, appointment) in ledger.appointments() {
        let recipient = appointment.place.recipient;
        let given = ledger.delegations_of(recipient).into_iter();
        let helpers = given.filter(|one| one.recipient == recipient && one.is_live()).map(|one| one.booker);
        for person in helpers.chain([recipient]) {
            let own = ledger.appointments_of(person);
            if own.iter().filter(|(own, found)| *own == id && *found == appointment).count() != 1 {
                return Err(format!("{person:?} does not find {id:?} once among {own:?}"));
            }
        }
    }
    Ok(())
}

/// Nobody holds a place, or is shown an appointment, of somebody for whom they may not act.
fn nobody_acts_without_leave(ledger: &Ledger) -> Held {
    let may = |booker: PersonId, recipient: PersonId| {
        let given = ledger.delegations_of(booker);
        let live =
            |one: &DelegationRecord| (one.booker, one.recipient) == (booker, recipient) && one.is_live();
        booker == recipient || given.iter().any(live)
    };
    for (id, hold) in ledger.holds() {
        if let Some(place) = hold.places.iter().find(|place| !may(hold.booker, place.recipient)) {
            return Err(format!("{id:?} of {:?} holds a place for {:?}", hold.booker, place.recipient));
        }
    }
    let bookers = ledger.appointments().map(|(_, appointment)| ledger.now_known_as(appointment.booker));
    for booker in bookers {
        let shown = ledger.appointments_of(booker);
        if let Some((id, _)) = shown.iter().find(|(_, one)| !may(booker, one.place.recipient)) {
            return Err(format!("{booker:?} is shown {id:?}"));
        }
    }
    Ok(())
}

/// Whoever waits has no appointment, waits once, and is found; nothing is offered for a time that they let go by.
fn waiting_makes_sense(ledger: &Ledger) -> Held {
    let mut seen = HashSet::new();
    let booked: HashSet<_> =
        standing(ledger).map(|(_, one)| (one.campaign, one.place.recipient, one.place.dose)).collect();
    for (id, entry, offer) in ledger.waits() {
        if !seen.insert((entry.campaign, entry.recipient)) {
            return Err(format!("{:?} waits twice", entry.recipient));
        }
        if booked.contains(&(entry.campaign, entry.recipient, DoseNumber(1))) {
            return Err(format!("{:?} waits and is booked", entry.recipient));
        }
        if !ledger.waits_of(entry.recipient).iter().any(|found| found.id == id) {
            return Err(format!("{:?} does not find {id:?}", entry.recipient));
        }
        if let Some(offer) = offer.filter(|offer| !entry.wants(offer.slot())) {
            return Err(format!("{id:?} was offered {:?}", offer.slot()));
        }
    }
    Ok(())
}

/// Somebody was offered a time that another waited for longer.
///
/// # Errors
/// Who was overtaken.
pub fn nobody_is_overtaken(before: &Waited, ledger: &Ledger, now: Timestamp) -> Held {
    let country = ledger.country();
    let after = Waited::of(ledger);
    let is_new =
        |id: &WaitId, slot: SlotId| before.0.get(id).is_none_or(|(_, offered)| *offered != Some(slot));
    let offered = after.0.iter().filter_map(|(id, (_, offered))| Some((id, (*offered)?)));
    for (id, slot) in offered.filter(|(id, slot)| is_new(id, *slot)) {
        let campaign = country.campaign(after.0[id].0.campaign).ok_or("no campaign")?;
        let region = country.clinic(slot.clinic).map(|clinic| country.sigungu_of(clinic.region));
        let scopes = [Some(WaitScope::Clinic(slot.clinic)), region.map(WaitScope::Sigungu)];
        let was_idle = |other: &WaitId| before.0.get(other).is_some_and(|(_, offered)| offered.is_none());
        let overtaken = after.0.range(..id).find(|(other, (entry, offered))| {
            let waits_for_it = scopes.contains(&Some(entry.scope)) && entry.wants(slot);
            let same = entry.campaign == campaign.id && ledger.may_be_offered(entry);
            offered.is_none() && was_idle(other) && waits_for_it && same
        });
        if let Some((other, _)) = overtaken {
            return Err(format!("{other:?} was overtaken by {id:?} for {slot:?} at {now}"));
        }
    }
    Ok(())
}

/// Who waits, in order, and what is offered to them.
#[derive(Debug, Default)]
pub struct Waited(BTreeMap<WaitId, (WaitEntry, Option<SlotId>)>);

impl Waited {
    pub fn of(ledger: &Ledger) -> Self {
        let waits = ledger.waits();
        Self(waits.map(|(id, entry, offer)| (id, (entry.clone(), offer.map(Offer::slot)))).collect())
    }
}

/// A second dose follows a first one that is live or was given, within the interval; one that was given follows one that
/// was given.
fn second_doses_follow(country: &Country, ledger: &Ledger) -> Held {
    for (id, second) in standing(ledger).filter(|(_, appointment)| appointment.place.dose == DoseNumber(2)) {
        let is_first = |one: &Appointment| {
            let Appointment { campaign, place, .. } = *one;
            (campaign, place.recipient, place.dose)
                == (second.campaign, second.place.recipient, DoseNumber(1))
        };
        let interval = country.campaign(second.campaign).ok_or("no campaign")?.dose_interval;
        let second_on = second.place.slot.visit_on;
        let leads_to = |first: &Appointment| interval.allows(first.place.slot.visit_on, second_on);
        let firsts: Vec<_> = standing(ledger).map(|(_, one)| one).filter(is_first).collect();
        if second.is_given() && !firsts.iter().any(Appointment::is_given) {
            return Err(format!("{id:?} was given before its first"));
        }
        if !firsts.iter().any(leads_to) {
            return Err(format!("{id:?} on {second_on}, without a first that leads to it"));
        }
    }
    Ok(())
}

/// Nobody has the number of somebody else who came to the same clinic on the same day.
fn arrivals_are_numbered(ledger: &Ledger) -> Held {
    let mut seen = HashMap::new();
    for (id, appointment) in placed(ledger) {
        let AppointmentState::CheckedIn { number, .. } = appointment.state else { continue };
        let slot = appointment.place.slot;
        if number == 0 {
            return Err(format!("{id:?} has no number"));
        }
        if let Some(other) = seen.insert((slot.clinic, slot.visit_on, number), id) {
            return Err(format!("{id:?} and {other:?} have number {number}"));
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
    holds.sort_by_key(|(id, _)| *id);
    let mut appointments: Vec<_> = ledger.appointments().collect();
    appointments.sort_by_key(|(id, _)| *id);
    let messages = ledger.messages_waiting(usize::MAX);
    let campaigns = ledger.country().campaigns();
    let figures: Vec<_> =
        campaigns.iter().map(|campaign| (ledger.figures(campaign.id), ledger.supply(campaign.id))).collect();
    let days = all_days(ledger);
    let audit = ledger.audit_head();
    let waits = (Waited::of(ledger), ledger.awaited_places(), ledger.desk_cases());
    format!(
        "{slots:?}\n{holds:?}\n{appointments:?}\n{messages:?}\n{figures:?}\n{days:?}\n{audit:?}\n{waits:?}"
    )
}

/// The live ones, and those whose dose was given.
fn standing(ledger: &Ledger) -> impl Iterator<Item = (booking::AppointmentId, Appointment)> {
    placed(ledger).filter(|(_, appointment)| appointment.stands())
}

/// Everybody who has, or had, a place: all but the cancelled ones.
fn placed(ledger: &Ledger) -> impl Iterator<Item = (booking::AppointmentId, Appointment)> {
    let placed = |(_, appointment): &(_, Appointment)| appointment.takes_a_place();
    ledger.appointments().filter(placed)
}

/// By holds, and by what is offered to those who wait.
fn held_places(ledger: &Ledger) -> impl Iterator<Item = Place> {
    let offered =
        ledger.waits().filter_map(|(_, _, offer)| offer).flat_map(|offer| offer.places.iter().copied());
    ledger.holds().flat_map(|(_, hold)| hold.places.iter().copied()).chain(offered)
}
