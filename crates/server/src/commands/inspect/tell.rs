//! A change in one line. People are numbers; what is sealed stays sealed.

mod desk;

use crate::verify::slot_name;
use booking::{AppointmentId, Change, HoldEnd, MessageKind, Outcome, RemovalReason};
use jiff::Timestamp;

/// In Korea, to the second.
pub(in crate::commands) fn instant(at: Timestamp) -> String {
    booking::KOREA.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The appointments a change is about.
pub(super) fn about(change: &Change) -> Vec<AppointmentId> {
    match change {
        Change::Booked { id, .. }
        | Change::Moved { id, .. }
        | Change::Cancelled { id, .. }
        | Change::CheckedIn { id, .. }
        | Change::Fulfilled { id, .. } => vec![*id],
        Change::NoShow { id, dropped, .. } => std::iter::once(*id).chain(*dropped).collect(),
        Change::Held { hold, .. } => hold.replaces.iter().map(|old| old.appointment).collect(),
        Change::MessageQueued { message, .. } => match message.kind {
            MessageKind::Booked(id)
            | MessageKind::Cancelled(id)
            | MessageKind::Reminder(id)
            | MessageKind::NoShow(id)
            | MessageKind::Fulfilled(id)
            | MessageKind::Moved { id, .. } => vec![id],
            MessageKind::DelegationGiven { .. }
            | MessageKind::DelegationEnded { .. }
            | MessageKind::PlaceOffered { .. }
            | MessageKind::OfferLapsed { .. }
            | MessageKind::EligibilityCorrected { .. }
            | MessageKind::AdmissionRevoked => Vec::new(),
        },
        Change::Answered { outcome, .. } => match outcome {
            Outcome::Booked(made) | Outcome::Moved(made) => made.iter().map(|(id, _)| *id).collect(),
            Outcome::Cancelled(id)
            | Outcome::CheckedIn { id, .. }
            | Outcome::NoShow { id, .. }
            | Outcome::Fulfilled(id) => vec![*id],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

pub(super) fn tell(change: &Change) -> String {
    match change {
        Change::Opened { campaign, .. } => format!("열림 / opened, campaign {}", campaign.0),
        Change::Closed { campaign, .. } => format!("닫힘 / closed, campaign {}", campaign.0),
        Change::PersonRegistered { person, .. } => format!("등록 / registered person {}", person.0),
        Change::PersonKnownAs { person, .. } => format!("다른 신원 / known as, person {}", person.0),
        Change::PersonUpdated { person, .. } => format!("본인확인 / proved again, person {}", person.0),
        Change::PersonRemoved { .. } | Change::KeysDestroyed { .. } | Change::AliasesRenewed { .. } => {
            tell_leaving(change)
        }
        Change::DelegationGiven { .. }
        | Change::DelegationProved { .. }
        | Change::DelegationEnded { .. }
        | Change::HelperAllowed { .. } => tell_delegation(change),
        Change::DraftSaved { person, .. } => format!("준비 / draft, person {}", person.0),
        Change::SessionEnded { .. } => "로그아웃 / session ended".to_owned(),
        Change::Admitted { person, admission, .. } => {
            format!("입장 / admitted person {}, queue number {}", person.0, admission.queue_number)
        }
        Change::PlaceAbandoned { booker, .. } => format!("자리 놓음 / gave up, person {}", booker.0),
        Change::MessageQueued { id, message } => {
            format!("알림 대기 / message {} to person {}: {}", id.0, message.to.0, kind(message.kind))
        }
        Change::MessageSent { id } => format!("알림 보냄 / sent message {}", id.0),
        Change::Answered { key, outcome, .. } => {
            format!("응답 / answered {key:?}: {}", outcome_name(outcome))
        }
        Change::Blocked { slot, places, by, .. } => {
            format!("자리 막음 / blocked {places} at {}, by staff {}", slot_name(*slot), by.0)
        }
        Change::Unblocked { slot, places, by, .. } => {
            format!("자리 풂 / unblocked {places} at {}, by staff {}", slot_name(*slot), by.0)
        }
        Change::CapacitySet { clinic, visit_on, starts_min, capacity, by, .. } => {
            let band = starts_min
                .map_or("하루 / all day".to_owned(), |min| format!("{:02}:{:02}", min / 60, min % 60));
            let said = capacity.map_or("–".to_owned(), |places| places.to_string());
            format!("정원 / capacity of {clinic} {visit_on} {band}: {said}, by staff {}", by.0)
        }
        Change::SupplySet { campaign, supply, by, .. } => {
            format!(
                "백신 배분 / doses of campaign {}: {} in all, by staff {}",
                campaign.0, supply.total, by.0
            )
        }
        Change::Audited(_)
        | Change::Waited { .. }
        | Change::WaitEnded { .. }
        | Change::PlaceAwaited { .. }
        | Change::PlaceOffered { .. }
        | Change::PlacePassed { .. }
        | Change::OfferEnded { .. }
        | Change::EligibilityCorrected { .. }
        | Change::AdmissionRevoked { .. }
        | Change::PeopleMerged { .. } => desk::tell(change),
        Change::Held { .. }
        | Change::HoldExtended { .. }
        | Change::HoldEnded { .. }
        | Change::Booked { .. }
        | Change::Moved { .. }
        | Change::Cancelled { .. } => tell_place(change),
        Change::CheckedIn { .. } | Change::NoShow { .. } | Change::Fulfilled { .. } => tell_visit(change),
    }
}

fn tell_delegation(change: &Change) -> String {
    match change {
        Change::DelegationGiven { booker, recipient, .. } => {
            format!("대리 시작 / may book: person {} for person {}", booker.0, recipient.0)
        }
        Change::DelegationEnded { booker, recipient, by, .. } => {
            format!("대리 끝 / may not book: person {} for person {}, by {}", booker.0, recipient.0, by.0)
        }
        Change::HelperAllowed { booker, recipient, .. } => {
            format!("대리 다시 허락 / allowed again: person {} for person {}", booker.0, recipient.0)
        }
        Change::DelegationProved { booker, recipient, .. } => {
            format!("동의 확인 / agreed by code: person {} for person {}", booker.0, recipient.0)
        }
        _ => unreachable!("told above"),
    }
}

fn tell_place(change: &Change) -> String {
    match change {
        Change::Held { id, hold } => {
            let places: Vec<String> = hold.places.iter().map(|place| slot_name(place.slot)).collect();
            let what = if hold.replaces.is_empty() { "" } else { " (변경 / change)" };
            format!("선점 / held {} by person {}{what}: {}", id.0, hold.booker.0, places.join(", "))
        }
        Change::HoldExtended { id, expires_at } => {
            format!("선점 연장 / hold {} extended until {}", id.0, instant(*expires_at))
        }
        Change::HoldEnded { id, end } => {
            let end = match end {
                HoldEnd::Confirmed => "확정 / confirmed",
                HoldEnd::Released => "놓음 / released",
                HoldEnd::Expired => "만료 / expired",
            };
            format!("선점 끝 / hold {}: {end}", id.0)
        }
        Change::Booked { id, appointment } => {
            let (place, booker) = (appointment.place, appointment.booker.0);
            let (slot, person, dose) = (slot_name(place.slot), place.recipient.0, place.dose.0);
            format!("예약 / booked {}: {slot}, dose {dose}, person {person}, by person {booker}", id.number())
        }
        Change::Moved { id, to, by, .. } => {
            format!("변경 / moved {} to {}, by person {}", id.number(), slot_name(*to), by.0)
        }
        Change::Cancelled { id, by, .. } => format!("취소 / cancelled {}, by person {}", id.number(), by.0),
        _ => unreachable!("told elsewhere"),
    }
}

fn tell_visit(change: &Change) -> String {
    match change {
        Change::CheckedIn { id, number, by, .. } => {
            format!("접수 / checked in {}, arrival {number}, by staff {}", id.number(), by.0)
        }
        Change::NoShow { id, dropped, by, .. } => {
            let second =
                dropped.map_or(String::new(), |second| format!(", and its second {}", second.number()));
            format!("미접종 / not vaccinated {}{second}, by staff {}", id.number(), by.0)
        }
        Change::Fulfilled { id, is_correction, by, .. } => {
            let how = if *is_correction { " (정정 / correction)" } else { "" };
            format!("접종 / vaccinated {}{how}, by staff {}", id.number(), by.0)
        }
        _ => unreachable!("told above"),
    }
}

fn tell_leaving(change: &Change) -> String {
    match change {
        Change::PersonRemoved { person, removal } => {
            let why = match removal.reason {
                RemovalReason::PeriodOver => "보유기간 경과 / period over",
                RemovalReason::Asked => "요청 / asked for",
                RemovalReason::KeyGone => "열쇠 없음 / key gone",
            };
            format!(
                "파기 / removed person {}: {why}; fields, {} keys, {} drafts, {} messages, {} delegations",
                person.0,
                removal.keys.len(),
                u8::from(removal.draft),
                removal.messages.len(),
                removal.delegations
            )
        }
        Change::KeysDestroyed { keys, .. } => format!("열쇠 파기 / destroyed {} keys", keys.len()),
        Change::AliasesRenewed { person, .. } => format!("가명 교체 / renamed person {}", person.0),
        _ => unreachable!("told above"),
    }
}

fn kind(kind: MessageKind) -> String {
    match kind {
        MessageKind::Booked(id) => format!("booked {}", id.number()),
        MessageKind::Cancelled(id) => format!("cancelled {}", id.number()),
        MessageKind::Moved { id, .. } => format!("moved {}", id.number()),
        MessageKind::Reminder(id) => format!("reminder {}", id.number()),
        MessageKind::NoShow(id) => format!("not vaccinated {}", id.number()),
        MessageKind::Fulfilled(id) => format!("vaccinated {}", id.number()),
        MessageKind::DelegationGiven { .. } => "delegation given".to_owned(),
        MessageKind::DelegationEnded { .. } => "delegation ended".to_owned(),
        MessageKind::PlaceOffered { slot, .. } => format!("offered {}", slot_name(slot)),
        MessageKind::OfferLapsed { slot, .. } => format!("offer lapsed {}", slot_name(slot)),
        MessageKind::EligibilityCorrected { .. } => "eligibility corrected".to_owned(),
        MessageKind::AdmissionRevoked => "admission revoked".to_owned(),
    }
}

/// The first word of the outcome.
fn outcome_name(outcome: &Outcome) -> String {
    let text = format!("{outcome:?}");
    text.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default().to_owned()
}
