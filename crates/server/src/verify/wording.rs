//! What is broken, in words: Korean, English.

use booking::{CampaignId, DoseNumber, SlotId};
use store::proof::Broken;

pub(crate) fn words(broken: &Broken) -> (String, String) {
    match broken {
        Broken::RowMissing { .. }
        | Broken::ChainDoesNotHold
        | Broken::HeadKnowsAnother
        | Broken::EndsBeforeHead { .. }
        | Broken::Unreadable { .. }
        | Broken::AnsweredTwice { .. }
        | Broken::AnswerUntrue { .. } => journal(broken),
        Broken::SlotUnknown { .. }
        | Broken::OverCapacity { .. }
        | Broken::NotBlocked { .. }
        | Broken::CountsDiffer { .. }
        | Broken::DosesDiffer { .. }
        | Broken::SupplyExceeded { .. }
        | Broken::AppointmentDiffers { .. }
        | Broken::HoldDiffers { .. } => places(broken),
        Broken::PersonTwice { .. }
        | Broken::HoldTwice { .. }
        | Broken::AppointmentTwice { .. }
        | Broken::MessageTwice { .. }
        | Broken::PersonUnknown { .. }
        | Broken::AliasOfTwo { .. }
        | Broken::TwoAppointments { .. }
        | Broken::AppointmentNotLive { .. }
        | Broken::TwoHolds { .. }
        | Broken::HoldUnknown { .. } => people(broken),
        Broken::WaitMisused { .. } | Broken::OfferMisused { .. } | Broken::NotAwaited { .. } => {
            waiting(broken)
        }
        Broken::WithoutHold { .. }
        | Broken::HoldOver { .. }
        | Broken::HoldInPart { .. }
        | Broken::FirstDoseMissing { .. }
        | Broken::IntervalWrong { .. }
        | Broken::BeforeOpening { .. }
        | Broken::WithoutPass { .. }
        | Broken::WithoutLeave { .. } => acts(broken),
        Broken::NotOnRecord { .. }
        | Broken::AuditHeadKnowsAnother { .. }
        | Broken::AuditEndsBeforeHead { .. }
        | Broken::AuditHeadDiffers { .. } => audit(broken),
    }
}

fn waiting(broken: &Broken) -> (String, String) {
    match broken {
        Broken::WaitMisused { wait } => pair(
            format!("대기 예약 {}: 번호나 사람이 겹치거나, 없는 것이 끝났습니다.", wait.0),
            format!(
                "Wait-list entry {}: its number or its person is there twice, or it ends without being there.",
                wait.0
            ),
        ),
        Broken::OfferMisused { wait } => pair(
            format!(
                "대기 예약 {}: 제안한 자리가 겹치거나, 없거나, 시간 밖에 또는 일부만 쓰였습니다.",
                wait.0
            ),
            format!(
                "Wait-list entry {}: its offer is there twice or not at all, or was used out of time or in part.",
                wait.0
            ),
        ),
        Broken::NotAwaited { slot } => {
            let name = slot_name(*slot);
            pair(
                format!("{name}: 돌아온 차례가 아닌 자리를 대기자에게 정하였습니다."),
                format!("{name}: a place was decided about out of the order in which places came back."),
            )
        }
        other => unreachable!("{other:?} has words elsewhere"),
    }
}

fn pair(ko: String, en: String) -> (String, String) {
    (ko, en)
}

fn journal(broken: &Broken) -> (String, String) {
    match broken {
        Broken::RowMissing { row } => {
            pair(format!("{row}행이 없습니다."), format!("Row {row} is not there."))
        }
        Broken::ChainDoesNotHold => pair(
            "이 행은 적힌 그대로가 아니거나, 앞 행이 바뀌었습니다.".to_owned(),
            "This row is not as it was written, or one before it was changed.".to_owned(),
        ),
        Broken::HeadKnowsAnother => pair(
            "두 번째 증인(journal.head)이 다른 행을 알고 있습니다.".to_owned(),
            "The second witness (journal.head) knows another row here.".to_owned(),
        ),
        Broken::EndsBeforeHead { head } => pair(
            format!("장부가 여기서 끝나지만, 두 번째 증인은 {head}행까지 알고 있습니다."),
            format!("The journal ends here; the second witness knows of row {head}."),
        ),
        Broken::Unreadable { at } => {
            pair(format!("기록을 읽을 수 없습니다: {at}"), format!("The record cannot be read: {at}"))
        }
        Broken::AnsweredTwice { is_same, .. } => {
            let (ko, en) = if *is_same { ("같은", "the same") } else { ("다른", "another") };
            pair(
                format!("같은 요청 열쇠에 두 번 답했습니다({ko} 답)."),
                format!("One request key was answered twice, with {en} answer."),
            )
        }
        Broken::AnswerUntrue { .. } => pair(
            "사람에게 한 답이 장부에 있는 것과 다릅니다.".to_owned(),
            "The answer that was given is not what the journal says.".to_owned(),
        ),
        _ => unreachable!("another part knows it"),
    }
}

fn places(broken: &Broken) -> (String, String) {
    match broken {
        Broken::SlotUnknown { slot } => {
            let slot = slot_name(*slot);
            pair(format!("{slot}: 그런 시간이 없습니다."), format!("{slot}: there is no such slot."))
        }
        Broken::OverCapacity { slot, taken, capacity } => {
            let slot = slot_name(*slot);
            pair(
                format!("{slot}: 자리 {capacity}개에 {taken}명이 들어갔습니다."),
                format!("{slot}: {taken} taken of {capacity} places."),
            )
        }
        Broken::NotBlocked { slot, places } => {
            let slot = slot_name(*slot);
            pair(
                format!("{slot}: 막지 않은 자리 {places}개를 풀었습니다."),
                format!("{slot}: {places} places were unblocked that were not blocked."),
            )
        }
        Broken::CountsDiffer { slot, counted, found } => {
            let (slot, (held, booked), (held_found, booked_found)) = (slot_name(*slot), *counted, *found);
            pair(
                format!(
                    "{slot}: 센 수(선점 {held}, 예약 {booked})가 실제(선점 {held_found}, 예약 {booked_found})와 다릅니다."
                ),
                format!(
                    "{slot}: counted {held} held and {booked} booked, there are {held_found} and {booked_found}."
                ),
            )
        }
        Broken::DosesDiffer { campaign, sido, counted, found } => {
            let campaign = campaign_name(*campaign);
            pair(
                format!("{campaign}, {sido}: 센 백신 {counted}개가 실제 {found}개와 다릅니다."),
                format!("{campaign}, {sido}: {counted} doses counted, there are {found}."),
            )
        }
        Broken::SupplyExceeded { campaign, sido, taken, supply } => {
            let campaign = campaign_name(*campaign);
            pair(
                format!("{campaign}, {sido}: 백신 {supply}개에 {taken}명이 예약되었습니다."),
                format!("{campaign}, {sido}: {taken} doses taken of {supply}."),
            )
        }
        Broken::AppointmentDiffers { appointment } => {
            let number = appointment.number();
            pair(
                format!("예약 {number}: 서비스가 보여 주는 것이 장부와 다릅니다."),
                format!("Appointment {number}: the service shows something else than the journal says."),
            )
        }
        Broken::HoldDiffers { hold } => pair(
            format!("임시 선점 {}: 서비스가 보여 주는 것이 장부와 다릅니다.", hold.0),
            format!("Hold {}: the service shows something else than the journal says.", hold.0),
        ),
        _ => unreachable!("another part knows it"),
    }
}

fn people(broken: &Broken) -> (String, String) {
    match broken {
        Broken::PersonTwice { person } => twice("사람", "person", person.0),
        Broken::HoldTwice { hold } => twice("임시 선점", "hold", hold.0),
        Broken::AppointmentTwice { appointment } => twice("예약", "appointment", appointment.0),
        Broken::MessageTwice { message } => twice("알림", "message", message.0),
        Broken::PersonUnknown { person } => pair(
            format!("사람 {}: 등록된 적이 없습니다.", person.0),
            format!("Person {} was never registered.", person.0),
        ),
        Broken::AliasOfTwo { first, second } => pair(
            format!("한 신원이 사람 {}와 {} 둘을 가리킵니다.", first.0, second.0),
            format!("One identity names two people, {} and {}.", first.0, second.0),
        ),
        Broken::TwoAppointments { person, dose: DoseNumber(dose), first, second, .. } => {
            let (person, first, second) = (person.0, first.number(), second.number());
            pair(
                format!("사람 {person}의 {dose}차 예약이 둘입니다: {first}, {second}."),
                format!("Person {person} has two appointments for dose {dose}: {first} and {second}."),
            )
        }
        Broken::AppointmentNotLive { appointment } => {
            let number = appointment.number();
            pair(
                format!("예약 {number}: 살아 있지 않은 예약이 바뀌었습니다."),
                format!("Appointment {number} was changed and is not live."),
            )
        }
        Broken::TwoHolds { booker, first, second } => pair(
            format!("예약자 {}의 임시 선점이 둘입니다: {}, {}.", booker.0, first.0, second.0),
            format!("Booker {} has two holds, {} and {}.", booker.0, first.0, second.0),
        ),
        Broken::HoldUnknown { hold } => pair(
            format!("임시 선점 {}: 없거나 이미 끝났습니다.", hold.0),
            format!("Hold {} is not there, or ended before.", hold.0),
        ),
        _ => unreachable!("another part knows it"),
    }
}

fn audit(broken: &Broken) -> (String, String) {
    match broken {
        Broken::NotOnRecord { appointment } => {
            let number = appointment.number();
            pair(
                format!("예약 {number}: 바뀌었지만 누가 바꾸었는지 감사 기록이 없습니다."),
                format!("Appointment {number} was changed, and nobody is on record for it."),
            )
        }
        Broken::AuditHeadKnowsAnother { event } => pair(
            format!("따로 적어 둔 머리가 감사 기록 {event}번을 다르게 알고 있습니다."),
            format!("A head that was kept elsewhere knows another audit event {event}."),
        ),
        Broken::AuditEndsBeforeHead { head } => pair(
            format!("따로 적어 둔 머리는 감사 기록 {head}번까지 알고 있지만, 그만큼 없습니다."),
            format!("A head that was kept elsewhere knows audit event {head}, and it is not there."),
        ),
        Broken::AuditHeadDiffers { event } => pair(
            format!("서비스가 이어 쓸 감사 기록의 끝({event}번)이 장부와 다릅니다."),
            format!("The service would go on with the audit record from another end ({event})."),
        ),
        _ => unreachable!("another part knows it"),
    }
}

fn acts(broken: &Broken) -> (String, String) {
    match broken {
        Broken::WithoutHold { appointment } => {
            let number = appointment.number();
            pair(
                format!("예약 {number}: 이 자리를 확정한 임시 선점이 없습니다."),
                format!("Appointment {number}: no hold for this place was confirmed."),
            )
        }
        Broken::HoldOver { hold } => pair(
            format!("임시 선점 {}: 시간이 지난 뒤에 쓰였습니다.", hold.0),
            format!("Hold {} was used after its end.", hold.0),
        ),
        Broken::HoldInPart { hold } => pair(
            format!("임시 선점 {}: 일부만 예약이 되었습니다.", hold.0),
            format!("Hold {} became appointments only in part.", hold.0),
        ),
        Broken::FirstDoseMissing { person, second } => pair(
            format!("사람 {}: 1차 예약 없이 2차 예약 {}이(가) 있습니다.", person.0, second.number()),
            format!("Person {}: second dose {} without a first.", person.0, second.number()),
        ),
        Broken::IntervalWrong { person, first, second } => {
            let (person, first, second) = (person.0, first.number(), second.number());
            pair(
                format!("사람 {person}: 예약 {first}와 {second}의 간격이 맞지 않습니다."),
                format!("Person {person}: the interval between {first} and {second} is wrong."),
            )
        }
        Broken::BeforeOpening { campaign } => {
            let campaign = campaign_name(*campaign);
            pair(format!("{campaign}: 예약이 열리기 전입니다."), format!("{campaign}: before the opening."))
        }
        Broken::WithoutPass { booker, campaign } => {
            let (booker, campaign) = (booker.0, campaign_name(*campaign));
            pair(
                format!("{campaign}: 예약자 {booker}이(가) 입장권 없이 자리를 잡았습니다."),
                format!("{campaign}: booker {booker} took places without a pass."),
            )
        }
        Broken::WithoutLeave { booker, recipient } => pair(
            format!("사람 {}이(가) 동의 없이 사람 {}의 일을 했습니다.", booker.0, recipient.0),
            format!("Person {} acted for person {} without leave.", booker.0, recipient.0),
        ),
        _ => unreachable!("another part knows it"),
    }
}

fn twice(ko: &str, en: &str, number: u64) -> (String, String) {
    pair(
        format!("{ko} 번호 {number}을(를) 두 번 썼습니다."),
        format!("The number of {en} {number} was given twice."),
    )
}

fn campaign_name(campaign: CampaignId) -> String {
    format!("사업/campaign {}", campaign.0)
}

/// `C00001 2027-07-26 09:00`.
pub(crate) fn slot_name(slot: SlotId) -> String {
    let (hour, minute) = (slot.starts_min / 60, slot.starts_min % 60);
    format!("{} {} {hour:02}:{minute:02}", slot.clinic, slot.visit_on)
}
