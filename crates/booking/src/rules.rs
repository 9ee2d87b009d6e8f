//! The decisions. Facts in, decision out; one guard a line, in the order of [`Refusal`].

use crate::{
    Admission, Appointment, AppointmentId, AppointmentState, Campaign, DoseNumber, Hold, Opening, PersonId,
    Place, Refusal, RegionCode, SlotCounts, TicketRef,
};
use jiff::Timestamp;
use jiff::civil::Date;

type Decision<T> = Result<T, Refusal>;

/// Opening is one committed event: not before its time, and not twice.
pub fn open(campaign: &Campaign, opening: Opening, now: Timestamp) -> Decision<()> {
    match opening {
        Opening::Closed { at } => Err(Refusal::CampaignClosed { closed_at: at }),
        _ if now < campaign.opens_at => Err(Refusal::TooEarly { opens_at: campaign.opens_at }),
        Opening::NotYet | Opening::Open { .. } => Ok(()),
    }
}

/// Closing, too, waits for its time.
pub fn close(campaign: &Campaign, opening: Opening, now: Timestamp) -> Decision<()> {
    match opening {
        Opening::NotYet => Err(Refusal::TooEarly { opens_at: campaign.opens_at }),
        _ if now < campaign.closes_at => Err(Refusal::TooEarly { opens_at: campaign.closes_at }),
        Opening::Open { .. } | Opening::Closed { .. } => Ok(()),
    }
}

#[derive(Debug, Clone, Copy)]
pub struct AdmitFacts<'a> {
    pub campaign: &'a Campaign,
    pub opening: Opening,
    pub now: Timestamp,
    pub person: PersonId,
    pub born_on: Date,
    pub ticket: TicketRef,
    pub queue_number: u64,
    /// Who exchanged this ticket before.
    pub ticket_used_by: Option<PersonId>,
    pub earlier: Option<Admission>,
}

/// Exchange of a called ticket for a pass. Somebody admitted before comes in again on the same record, without a
/// new wait, on any device and with any ticket; also after closing, if the first admission was before it.
pub fn admit(facts: &AdmitFacts<'_>) -> Decision<Admission> {
    still_open(facts.campaign, facts.opening, facts.earlier)?;
    let eligible =
        facts.earlier.map_or_else(|| facts.campaign.group.contains(facts.born_on), |first| first.eligible);
    if !eligible {
        let group = facts.campaign.group;
        return Err(Refusal::NotEligible { born_from: group.born_from, born_to: group.born_to });
    }
    if facts.earlier.is_none() && facts.ticket_used_by.is_some_and(|other| other != facts.person) {
        return Err(Refusal::TicketUsed);
    }
    let place =
        facts.earlier.map_or((facts.ticket, facts.queue_number), |first| (first.ticket, first.queue_number));
    Ok(Admission {
        ticket: place.0,
        queue_number: place.1,
        admitted_at: facts.earlier.map_or(facts.now, |first| first.admitted_at),
        expires_at: facts.now + facts.campaign.limits.pass_max,
        eligible,
    })
}

#[derive(Debug, Clone)]
pub struct HoldFacts<'a> {
    pub campaign: &'a Campaign,
    pub opening: Opening,
    pub now: Timestamp,
    /// Today in Korea.
    pub today: Date,
    pub admission: Option<Admission>,
    pub booker: PersonId,
    pub places: &'a [PlaceFacts],
}

/// What is known of one wanted place. Places of the booker's own earlier hold already count as free here.
#[derive(Debug, Clone, Copy)]
pub struct PlaceFacts {
    pub place: Place,
    pub live_appointment: Option<AppointmentId>,
    /// None: there is no such slot.
    pub slot: Option<SlotCounts>,
    pub sido: RegionCode,
    pub doses_left: u32,
}

/// All or nothing. An earlier hold of the same booker gives way to the new one in the same step.
pub fn hold(facts: &HoldFacts<'_>) -> Decision<Hold> {
    still_open(facts.campaign, facts.opening, facts.admission)?;
    live_pass(facts.admission, facts.now)?;
    for place in facts.places {
        if let Some(appointment) = place.live_appointment {
            return Err(Refusal::AlreadyBooked { appointment });
        }
    }
    let given = |dose: DoseNumber| (1..=facts.campaign.doses).contains(&dose.0);
    let all_given = facts.places.iter().all(|wanted| given(wanted.place.dose));
    if facts.places.is_empty() || !all_given || has_twins(facts.places) {
        return Err(Refusal::PlacesInvalid);
    }
    for (position, wanted) in facts.places.iter().enumerate() {
        place_is_free(facts, position, wanted)?;
    }
    Ok(Hold {
        campaign: facts.campaign.id,
        booker: facts.booker,
        places: facts.places.iter().map(|wanted| wanted.place).collect(),
        held_at: facts.now,
        expires_at: facts.now + facts.campaign.limits.hold,
        extended: false,
    })
}

fn place_is_free(facts: &HoldFacts<'_>, position: usize, wanted: &PlaceFacts) -> Decision<()> {
    let earlier = &facts.places[..position];
    let same_slot = earlier.iter().filter(|other| other.place.slot == wanted.place.slot).count() as u32;
    let same_sido = earlier.iter().filter(|other| other.sido == wanted.sido).count() as u32;
    let Some(slot) = wanted.slot else { return Err(Refusal::SlotUnknown) };
    if wanted.place.slot.visit_on <= facts.today {
        return Err(Refusal::SlotPast);
    }
    if wanted.doses_left <= same_sido {
        return Err(Refusal::SupplyExhausted { sido: wanted.sido });
    }
    if slot.free() <= same_slot {
        return Err(Refusal::SlotFull { nearest: Vec::new() });
    }
    Ok(())
}

fn has_twins(places: &[PlaceFacts]) -> bool {
    places.iter().enumerate().any(|(position, one)| {
        places[..position]
            .iter()
            .any(|other| other.place.recipient == one.place.recipient && other.place.dose == one.place.dose)
    })
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

#[derive(Debug, Clone, Copy)]
pub struct ConfirmFacts<'a> {
    pub campaign: &'a Campaign,
    pub opening: Opening,
    pub now: Timestamp,
    pub booker: PersonId,
    pub admission: Option<Admission>,
    pub hold: Option<&'a Hold>,
    /// A live appointment of a recipient of the hold for the same dose, if there is one.
    pub live_appointment: Option<AppointmentId>,
}

/// The place is taken already, by the hold: confirming can only fail on the person's side.
pub fn confirm(facts: &ConfirmFacts<'_>) -> Decision<Vec<Appointment>> {
    still_open(facts.campaign, facts.opening, facts.admission)?;
    live_pass(facts.admission, facts.now)?;
    if let Some(appointment) = facts.live_appointment {
        return Err(Refusal::AlreadyBooked { appointment });
    }
    let hold = live_hold(facts.hold, facts.booker, facts.now)?;
    let appointment = |place: &Place| Appointment {
        campaign: hold.campaign,
        place: *place,
        booker: hold.booker,
        booked_at: facts.now,
        state: AppointmentState::Booked,
    };
    Ok(hold.places.iter().map(appointment).collect())
}

/// Cancelling needs no pass: it is open to its people until some days before the visit.
pub fn cancel(
    campaign: &Campaign,
    appointment: Option<&Appointment>,
    person: PersonId,
    today: Date,
) -> Decision<()> {
    let theirs =
        |appointment: &&Appointment| appointment.booker == person || appointment.place.recipient == person;
    let appointment = appointment.filter(theirs).ok_or(Refusal::AppointmentUnknown)?;
    if let AppointmentState::Cancelled { at } = appointment.state {
        return Err(Refusal::CancelledBefore { cancelled_at: at });
    }
    let until_on = campaign.cancel_until(appointment.place.slot.visit_on);
    if today > until_on {
        return Err(Refusal::CancelTooLate { until_on });
    }
    Ok(())
}

/// Before the opening nobody; after the closing those who came in before it.
fn still_open(campaign: &Campaign, opening: Opening, admission: Option<Admission>) -> Decision<()> {
    match opening {
        Opening::NotYet => Err(Refusal::TooEarly { opens_at: campaign.opens_at }),
        Opening::Open { .. } => Ok(()),
        Opening::Closed { at } if admission.is_some_and(|admission| admission.admitted_at < at) => Ok(()),
        Opening::Closed { at } => Err(Refusal::CampaignClosed { closed_at: at }),
    }
}

fn live_pass(admission: Option<Admission>, now: Timestamp) -> Decision<()> {
    match admission {
        None => Err(Refusal::PassNeeded),
        Some(admission) if admission.expires_at <= now => {
            Err(Refusal::PassExpired { expired_at: admission.expires_at })
        }
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
