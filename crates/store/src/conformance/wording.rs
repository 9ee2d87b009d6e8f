//! Answers in the words of the cases.

use booking::{Outcome, Refusal, SlotId};
use jiff::Timestamp;

/// The whole answer in words; the first word is its kind.
pub(super) fn describe(answer: &Result<Outcome, Refusal>) -> String {
    match answer {
        Ok(Outcome::Opened) => "opened".to_owned(),
        Ok(Outcome::Closed) => "closed".to_owned(),
        Ok(Outcome::Registered(_)) => "registered".to_owned(),
        Ok(Outcome::SessionEnded) => "ended".to_owned(),
        Ok(Outcome::Admitted(pass)) => format!("admitted until {}", time_of(pass.expires_at)),
        Ok(Outcome::Held { hold, .. }) => format!("held until {}", time_of(hold.expires_at)),
        Ok(Outcome::Extended { expires_at, .. }) => format!("extended until {}", time_of(*expires_at)),
        Ok(Outcome::Released) => "released".to_owned(),
        Ok(Outcome::Expired { holds }) => format!("expired {holds}"),
        Ok(Outcome::Booked(places)) => format!("booked {}", places.len()),
        Ok(Outcome::Cancelled(_)) => "cancelled".to_owned(),
        Ok(Outcome::MessagesSent) => "sent".to_owned(),
        Ok(Outcome::Moved(places)) => format!("moved {}", places.len()),
        Ok(Outcome::DelegationGiven(_)) => "delegated".to_owned(),
        Ok(Outcome::DelegationEnded) => "undelegated".to_owned(),
        Ok(Outcome::HelperAllowed) => "allowed".to_owned(),
        Ok(Outcome::DraftSaved) => "saved".to_owned(),
        Ok(Outcome::Reminded { people }) => format!("reminded {people}"),
        Ok(Outcome::LookedUp) => "looked".to_owned(),
        Ok(Outcome::Waiting { .. }) => "waiting".to_owned(),
        Ok(Outcome::WaitLeft) => "left".to_owned(),
        Ok(Outcome::OfferDeclined) => "declined".to_owned(),
        Ok(Outcome::EligibilityCorrected(_)) => "corrected".to_owned(),
        Ok(Outcome::AdmissionRevoked) => "revoked".to_owned(),
        Ok(Outcome::Merged { desk_cases }) => format!("merged {desk_cases}"),
        Ok(Outcome::Blocked(counts)) => format!("blocked {}", counts.blocked),
        Ok(Outcome::Unblocked(counts)) => format!("unblocked {}", counts.blocked),
        Ok(Outcome::CapacitySet { over }) => format!("set over {over}"),
        Ok(Outcome::SupplySet(supply)) => format!("supplied {}", supply.total),
        Ok(Outcome::CheckedIn { number, .. }) => format!("checked-in {number}"),
        Ok(Outcome::NoShow { dropped, .. }) => format!("missed {}", dropped.map_or(0, |second| second.0)),
        Ok(Outcome::Fulfilled(_)) => "vaccinated".to_owned(),
        Ok(Outcome::Removed { people }) => format!("removed {people}"),
        Ok(Outcome::KeysDestroyed { keys }) => format!("destroyed {keys}"),
        Ok(Outcome::AliasesRenewed) => "renamed".to_owned(),
        Err(refusal) => describe_refusal(refusal),
    }
}

fn describe_refusal(refusal: &Refusal) -> String {
    let code = refusal.code();
    match refusal {
        Refusal::TooEarly { opens_at: at }
        | Refusal::CampaignClosed { closed_at: at }
        | Refusal::PassExpired { expired_at: at }
        | Refusal::HoldExpired { expired_at: at }
        | Refusal::ExtendedBefore { expires_at: at }
        | Refusal::HoldTooSoon { again_at: at }
        | Refusal::DelegationRevoked { revoked_at: at }
        | Refusal::WaitingBefore { since: at }
        | Refusal::OfferExpired { expired_at: at }
        | Refusal::AdmissionRevoked { revoked_at: at }
        | Refusal::NoShowBefore { recorded_at: at }
        | Refusal::VisitNotOver { ends_at: at }
        | Refusal::PeriodNotOver { kept_until: at }
        | Refusal::CancelledBefore { cancelled_at: at } => format!("{code} {}", time_of(*at)),
        Refusal::NotEligible { born_from, born_to } => format!("{code} {born_from} {born_to}"),
        Refusal::RecipientsFull { recipients_max } => format!("{code} {recipients_max}"),
        Refusal::DoseIntervalWrong { earliest_on, latest_on }
        | Refusal::SecondDoseFull { earliest_on, latest_on } => format!("{code} {earliest_on} {latest_on}"),
        Refusal::TwoAppointments { appointment }
        | Refusal::AlreadyBooked { appointment }
        | Refusal::AppointmentChanged { appointment } => {
            format!("{code} {}", appointment.0)
        }
        Refusal::SupplyExhausted { sido } => format!("{code} {sido}"),
        Refusal::SlotFull { nearest } | Refusal::PlacesFree { nearest } => {
            nearest.iter().fold(code.to_owned(), |text, slot| format!("{text} {}", name_of(*slot)))
        }
        Refusal::CancelTooLate { until_on } => format!("{code} {until_on}"),
        Refusal::AlreadyFulfilled { appointment, visit_on } => format!("{code} {} {visit_on}", appointment.0),
        Refusal::CheckedInBefore { checked_in_at, number } => {
            format!("{code} {} {number}", time_of(*checked_in_at))
        }
        Refusal::VisitElsewhere { slot } => format!("{code} {}", name_of(*slot)),
        Refusal::VisitNotYet { visit_on } | Refusal::VisitOver { visit_on } => format!("{code} {visit_on}"),
        Refusal::PlacesNotFree { free: places }
        | Refusal::PlacesNotBlocked { blocked: places }
        | Refusal::CapacityBelowTaken { over: places } => format!("{code} {places}"),
        Refusal::RegionUnknown { region } => format!("{code} {region}"),
        Refusal::SupplyOverTotal { total, allotted } => format!("{code} {total} {allotted}"),
        Refusal::SupplyBelowTaken { sido, taken } => format!("{code} {sido} {taken}"),
        // Without facts, or decided before the ledger.
        _ => code.to_owned(),
    }
}

pub(super) fn name_of(slot: SlotId) -> String {
    let (hour, minute) = (slot.starts_min / 60, slot.starts_min % 60);
    let month =
        if slot.visit_on.month() == 7 { String::new() } else { format!("{}-", slot.visit_on.month()) };
    format!("C{}/{month}{}/{hour:02}:{minute:02}", slot.clinic.0, slot.visit_on.day())
}

pub(super) fn time_of(at: Timestamp) -> String {
    booking::KOREA.to_datetime(at).strftime("%m-%dT%H:%M:%S").to_string()
}
