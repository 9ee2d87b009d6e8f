//! Taking places: for oneself, for others, for a household; with the second dose, or as a change.

use super::{Decision, already, live_pass, not_eligible, still_open};
use crate::{
    Admission, AppointmentId, AppointmentState, Campaign, DoseNumber, Few, Hold, Opening, PersonId, Place,
    Refusal, RegionCode, Replaced, SlotId, second_doses, side_by_side,
};
use jiff::Timestamp;
use jiff::civil::Date;

pub struct HoldFacts<'a> {
    pub campaign: &'a Campaign,
    pub opening: Opening,
    pub now: Timestamp,
    /// Today in Korea.
    pub today: Date,
    pub admission: Option<Admission>,
    pub booker: PersonId,
    pub recipients: &'a [RecipientFacts],
    pub dose: DoseNumber,
    pub at: SlotId,
    /// Whether appointments are to be moved. Their places are given up when the change is confirmed, not before.
    pub is_change: bool,
    pub abandoned: Abandoned,
    /// Of the wanted clinic; None where there is no such clinic.
    pub sido: Option<RegionCode>,
    /// Places and doses of the booker's own earlier hold already count as free here.
    pub doses_left: u32,
    pub bands_on: &'a dyn Fn(Date) -> Vec<(u16, u32)>,
}

/// One of those for whom a place is wanted.
#[derive(Debug, Clone, Copy)]
pub struct RecipientFacts {
    pub person: PersonId,
    /// The booker, or somebody for whom the booker may act.
    pub may_be_booked: bool,
    pub eligible: bool,
    pub first: Option<LiveAppointment>,
    pub second: Option<LiveAppointment>,
    /// One appointment too many, since two names turned out to be one person's.
    pub one_too_many: Option<AppointmentId>,
}

/// One that stands for a dose: still to come, or given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveAppointment {
    pub id: AppointmentId,
    pub slot: SlotId,
    pub sido: RegionCode,
    pub state: AppointmentState,
}

/// How often a booker gave up what they had taken, and when last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Abandoned {
    pub times: u32,
    pub last_at: Option<Timestamp>,
}

/// All or nothing: places for everybody named, at the wanted time or next to it, the second dose with the first. An
/// earlier hold of the same booker gives way to the new one in the same step.
pub fn hold(facts: &HoldFacts<'_>) -> Decision<Hold> {
    still_open(facts.campaign, facts.opening, facts.admission)?;
    live_pass(facts.admission, facts.now)?;
    everybody_may_be_booked(facts)?;
    appointments_fit(facts)?;
    not_too_soon(facts)?;
    let wanted = places(facts)?;
    Ok(Hold {
        campaign: facts.campaign.id,
        booker: facts.booker,
        places: wanted.iter().map(|(place, _)| *place).collect(),
        replaces: wanted.iter().filter_map(|(_, replaced)| *replaced).collect(),
        held_at: facts.now,
        expires_at: facts.now + facts.campaign.limits.hold,
        extended: false,
    })
}

/// The places alone, wherever they are wanted for.
pub(super) fn places(facts: &HoldFacts<'_>) -> Decision<Wanted> {
    let bands = (facts.bands_on)(facts.at.visit_on);
    the_day_fits(facts, &bands)?;
    doses_suffice(facts)?;
    with_second_doses(facts, first_places(facts, &bands)?)
}

/// A place, and for a change what it takes the place of.
pub(super) type Wanted = Few<(Place, Option<Replaced>)>;

fn everybody_may_be_booked(facts: &HoldFacts<'_>) -> Decision<()> {
    if facts.recipients.iter().any(|recipient| recipient.may_be_booked && !recipient.eligible) {
        return Err(not_eligible(facts.campaign));
    }
    if facts.recipients.iter().any(|recipient| !recipient.may_be_booked) {
        return Err(Refusal::RecipientUnknown);
    }
    let twice = |(position, one): (usize, &RecipientFacts)| {
        facts.recipients[..position].iter().any(|other| other.person == one.person)
    };
    let is_given = (1..=facts.campaign.doses).contains(&facts.dose.0);
    let crowd = facts.recipients.len() > facts.campaign.limits.recipients_max + 1;
    if facts.recipients.is_empty() || crowd || !is_given || facts.recipients.iter().enumerate().any(twice) {
        return Err(Refusal::PlacesInvalid);
    }
    Ok(())
}

/// A new booking is for those who have none, a change for those who have one, a second dose for those with a first.
fn appointments_fit(facts: &HoldFacts<'_>) -> Decision<()> {
    for recipient in facts.recipients {
        if let Some(appointment) = recipient.one_too_many {
            return Err(Refusal::TwoAppointments { appointment });
        }
        let live = recipient.of_dose(facts.dose);
        match live {
            Some(LiveAppointment { id, slot, state, .. })
                if !facts.is_change || matches!(state, AppointmentState::Fulfilled { .. }) =>
            {
                return Err(already(id, slot, state));
            }
            Some(LiveAppointment { state: AppointmentState::CheckedIn { at, number }, .. }) => {
                return Err(Refusal::CheckedInBefore { checked_in_at: at, number });
            }
            Some(live) => {
                let until_on = facts.campaign.cancel_until(live.slot.visit_on);
                if facts.today > until_on {
                    return Err(Refusal::CancelTooLate { until_on });
                }
            }
            None if facts.is_change => return Err(Refusal::AppointmentUnknown),
            None => {}
        }
        if facts.dose == DoseNumber(2) && recipient.first.is_none() {
            return Err(Refusal::FirstDoseNeeded);
        }
    }
    Ok(())
}

impl RecipientFacts {
    fn of_dose(&self, dose: DoseNumber) -> Option<LiveAppointment> {
        if dose == DoseNumber(1) { self.first } else { self.second }
    }
}

/// Whoever takes and gives up again and again keeps places from others; each pause is twice as long as the one before.
fn not_too_soon(facts: &HoldFacts<'_>) -> Decision<()> {
    let limits = facts.campaign.limits;
    let Abandoned { times, last_at: Some(last_at) } = facts.abandoned else { return Ok(()) };
    let Some(over) = times.checked_sub(limits.holds_free).filter(|over| *over > 0) else { return Ok(()) };
    let doubled = limits.hold_pause.saturating_mul(1 << (over - 1).min(20));
    let again_at = last_at + doubled.min(limits.hold_pause_max);
    if facts.now < again_at { Err(Refusal::HoldTooSoon { again_at }) } else { Ok(()) }
}

fn the_day_fits(facts: &HoldFacts<'_>, bands: &[(u16, u32)]) -> Decision<()> {
    let visit_on = facts.at.visit_on;
    let is_band = || bands.iter().any(|(start, _)| *start == facts.at.starts_min);
    if facts.sido.is_none() || !facts.campaign.gives_dose_on(facts.dose, visit_on) || !is_band() {
        return Err(Refusal::SlotUnknown);
    }
    if visit_on <= facts.today {
        return Err(Refusal::SlotPast);
    }
    if facts.dose == DoseNumber(2) {
        for first in facts.recipients.iter().filter_map(|recipient| recipient.first) {
            let (earliest_on, latest_on) = facts.campaign.dose_interval.after(first.slot.visit_on);
            if !(earliest_on..=latest_on).contains(&visit_on) {
                return Err(Refusal::DoseIntervalWrong { earliest_on, latest_on });
            }
        }
    }
    Ok(())
}

/// Only first doses are counted, and a change within a 시·도 takes none.
fn doses_suffice(facts: &HoldFacts<'_>) -> Decision<()> {
    let Some(sido) = facts.sido.filter(|_| facts.dose == DoseNumber(1)) else { return Ok(()) };
    let has_one_there = |recipient: &&RecipientFacts| recipient.first.is_some_and(|first| first.sido == sido);
    let kept = facts.recipients.iter().filter(has_one_there).count();
    let needed = (facts.recipients.len() - kept) as u32;
    if needed > facts.doses_left { Err(Refusal::SupplyExhausted { sido }) } else { Ok(()) }
}

/// The wanted dose, side by side.
fn first_places(facts: &HoldFacts<'_>, bands: &[(u16, u32)]) -> Decision<Wanted> {
    let starts = side_by_side(bands, facts.at.starts_min, facts.recipients.len())
        .ok_or(Refusal::SlotFull { nearest: Vec::new() })?;
    let place = |(recipient, starts_min): (&RecipientFacts, u16)| {
        let slot = SlotId { starts_min, ..facts.at };
        let replaced = recipient.of_dose(facts.dose).map(LiveAppointment::replaced);
        (Place { recipient: recipient.person, dose: facts.dose, slot }, replaced)
    };
    Ok(facts.recipients.iter().zip(starts.iter().copied()).map(place).collect())
}

/// With a first dose its second: new where there is none, moved where the old one no longer fits.
fn with_second_doses(facts: &HoldFacts<'_>, mut wanted: Wanted) -> Decision<Wanted> {
    if facts.dose != DoseNumber(1) || facts.campaign.doses < 2 {
        return Ok(wanted);
    }
    let first_on = facts.at.visit_on;
    let still_fits = |second: LiveAppointment| {
        second.slot.clinic == facts.at.clinic
            && facts.campaign.dose_interval.allows(first_on, second.slot.visit_on)
    };
    let needs = |recipient: &&RecipientFacts| match recipient.second {
        Some(second) => !still_fits(second),
        None => !facts.is_change,
    };
    let people: Vec<&RecipientFacts> = facts.recipients.iter().filter(needs).collect();
    if people.is_empty() {
        return Ok(wanted);
    }
    let from = (first_on, facts.at.starts_min);
    let slots = second_doses(facts.campaign, facts.at.clinic, from, people.len(), facts.bands_on);
    let (earliest_on, latest_on) = facts.campaign.dose_interval.after(first_on);
    let slots = slots.ok_or(Refusal::SecondDoseFull { earliest_on, latest_on })?;
    wanted.extend(people.into_iter().zip(slots).map(|(recipient, slot)| {
        let place = Place { recipient: recipient.person, dose: DoseNumber(2), slot };
        (place, recipient.second.map(LiveAppointment::replaced))
    }));
    Ok(wanted)
}

impl LiveAppointment {
    fn replaced(self) -> Replaced {
        Replaced { appointment: self.id, slot: self.slot }
    }
}

/// The hold a booker names, if it is theirs and alive. Expiry is decided here, in the confirming transaction, not by
/// whoever sweeps expired holds.
pub fn live_hold(hold: Option<&Hold>, booker: PersonId, now: Timestamp) -> Decision<&Hold> {
    let hold = hold.filter(|hold| hold.booker == booker).ok_or(Refusal::HoldUnknown)?;
    if hold.expires_at <= now {
        return Err(Refusal::HoldExpired { expired_at: hold.expires_at });
    }
    Ok(hold)
}

/// One extension, added to the end: whoever presses early loses nothing by it.
pub fn extend(
    campaign: &Campaign,
    hold: Option<&Hold>,
    booker: PersonId,
    now: Timestamp,
) -> Decision<Timestamp> {
    let hold = live_hold(hold, booker, now)?;
    if hold.extended {
        return Err(Refusal::ExtendedBefore { expires_at: hold.expires_at });
    }
    Ok(hold.expires_at + campaign.limits.hold_extension)
}

#[cfg(test)]
#[path = "hold_tests.rs"]
mod tests;
