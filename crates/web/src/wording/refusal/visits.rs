//! Visits: what became of them, and when they can be recorded.

use crate::lang::Lang;
use crate::wording::{Said, said};
use booking::Refusal;

pub(super) fn visits(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::AlreadyFulfilled { appointment, visit_on } => said(
            lang,
            (
                format!(
                    "{}에 접종을 마친 예약입니다. 예약번호는 {}입니다.",
                    Lang::Ko.date(*visit_on),
                    appointment.number()
                ),
                format!(
                    "The dose of {} was given, number {}.",
                    Lang::En.date(*visit_on),
                    appointment.number()
                ),
            ),
            (
                "예약 조회에서 확인해 주십시오. 사실과 다르면 의료기관에 전화해 주십시오.",
                "Please look at “My bookings”. If it is not so, please call the clinic.",
            ),
        ),
        Refusal::CheckedInBefore { checked_in_at, number } => said(
            lang,
            (
                format!(
                    "{}에 접수한 예약입니다. 접수번호는 {number}번입니다.",
                    Lang::Ko.instant(*checked_in_at)
                ),
                format!("Checked in on {}, with number {number}.", Lang::En.instant(*checked_in_at)),
            ),
            ("의료기관 접수 창구에 말씀해 주십시오.", "Please speak to the clinic's desk."),
        ),
        Refusal::NoShowBefore { recorded_at } => said(
            lang,
            (
                format!("{}에 접종하지 않은 것으로 기록된 예약입니다.", Lang::Ko.instant(*recorded_at)),
                format!("Recorded on {} as not vaccinated.", Lang::En.instant(*recorded_at)),
            ),
            (
                "다시 예약하실 수 있습니다. 접종을 받으셨으면 의료기관에 전화해 주십시오.",
                "You can book again. If you were vaccinated, please call the clinic.",
            ),
        ),
        Refusal::CheckInNeeded => said(
            lang,
            ("아직 접수하지 않은 예약입니다.", "The person has not been checked in."),
            (
                "먼저 접수하거나, 접수를 빠뜨렸으면 정정으로 기록해 주십시오.",
                "Please check in first, or record it as a correction if that was forgotten.",
            ),
        ),
        other => not_now(lang, other),
    }
}

/// Not here, or not at this time.
fn not_now(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::VisitElsewhere { .. } => said(
            lang,
            ("다른 의료기관에 예약된 분입니다.", "This booking is at another clinic."),
            (
                "예약한 의료기관으로 안내해 주십시오.",
                "Please show the person the way to the clinic that was booked.",
            ),
        ),
        Refusal::VisitNotYet { visit_on } => said(
            lang,
            (
                format!("접종일이 {}인 예약입니다.", Lang::Ko.date(*visit_on)),
                format!("The visit is on {}.", Lang::En.date(*visit_on)),
            ),
            ("그날 기록해 주십시오.", "Please record it on that day."),
        ),
        Refusal::VisitOver { visit_on } => said(
            lang,
            (
                format!("접종일 {}이 지난 예약입니다.", Lang::Ko.date(*visit_on)),
                format!("The visit was on {}.", Lang::En.date(*visit_on)),
            ),
            (
                "그날 접종했으면 정정으로 기록해 주십시오.",
                "If the dose was given that day, please record it as a correction.",
            ),
        ),
        Refusal::VisitNotOver { ends_at } => said(
            lang,
            (
                format!("예약 시간이 {}까지입니다. 아직 오실 수 있습니다.", Lang::Ko.clock(*ends_at)),
                format!(
                    "The booked time lasts until {}: the person may still come.",
                    Lang::En.clock(*ends_at)
                ),
            ),
            ("그 뒤에 기록해 주십시오.", "Please record it after that."),
        ),
        elsewhere => unreachable!("{elsewhere:?} has its words elsewhere"),
    }
}
