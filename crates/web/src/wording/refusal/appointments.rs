//! Appointments.

use crate::lang::Lang;
use crate::wording::{Said, said};
use booking::Refusal;

const SEE_MY: (&str, &str) = ("예약 조회에서 확인해 주십시오.", "Please look at “My appointment”.");

pub(super) fn appointments(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::AlreadyBooked { appointment } => said(
            lang,
            (
                format!("이미 예약이 있습니다. 예약번호는 {}입니다.", appointment.number()),
                format!("There is an appointment already, number {}.", appointment.number()),
            ),
            SEE_MY,
        ),
        Refusal::AppointmentUnknown => {
            said(lang, ("그런 예약이 없습니다.", "There is no such appointment."), SEE_MY)
        }
        Refusal::CancelledBefore { cancelled_at } => said(
            lang,
            (
                format!("{}에 이미 취소한 예약입니다.", Lang::Ko.instant(*cancelled_at)),
                format!("This appointment was cancelled on {}.", Lang::En.instant(*cancelled_at)),
            ),
            SEE_MY,
        ),
        Refusal::CancelTooLate { until_on } => said(
            lang,
            (
                format!("인터넷으로 바꾸거나 취소하는 것은 {}까지였습니다.", Lang::Ko.date(*until_on)),
                format!("Changing or cancelling here was possible until {}.", Lang::En.date(*until_on)),
            ),
            ("의료기관에 전화해 주십시오.", "Please call the clinic."),
        ),
        Refusal::AppointmentChanged { appointment } => said(
            lang,
            (
                format!("예약 {}이 그 사이에 바뀌었거나 취소되었습니다.", appointment.number()),
                format!("Appointment {} was changed or cancelled in the meantime.", appointment.number()),
            ),
            SEE_MY,
        ),
        Refusal::MessageTooSoon { again_at } => said(
            lang,
            (
                "예약 문자를 조금 전에 여러 번 보냈습니다.".to_owned(),
                "The message was sent several times just now.".to_owned(),
            ),
            (
                format!("{} 뒤에 다시 받으실 수 있습니다. 예약은 그대로입니다.", Lang::Ko.clock(*again_at)),
                format!("You can ask again after {}. Your booking is kept.", Lang::En.clock(*again_at)),
            ),
        ),
        elsewhere => unreachable!("{elsewhere:?} has its words elsewhere"),
    }
}
