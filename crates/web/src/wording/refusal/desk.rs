//! What staff are told, and what people are told of what staff did.

use crate::lang::Lang;
use crate::wording::{Said, said};
use booking::Refusal;

pub(super) fn desk(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::AdmissionRevoked { revoked_at } => said(
            lang,
            (
                format!("{}에 담당자가 입장을 취소했습니다.", Lang::Ko.instant(*revoked_at)),
                format!("Staff ended your turn on {}.", Lang::En.instant(*revoked_at)),
            ),
            (
                "첫 화면에서 대기표를 다시 받으시거나, 까닭을 모르시면 상담 창구에 물어 주십시오.",
                "Please join the line again on the first page, or ask the call centre why.",
            ),
        ),
        Refusal::TwoAppointments { appointment } => said(
            lang,
            (
                format!("같은 접종에 예약이 두 개 있습니다. 하나는 {}입니다.", appointment.number()),
                format!("You have two appointments for the same dose. One is {}.", appointment.number()),
            ),
            (
                "예약 조회에서 가지 않을 예약 하나를 먼저 취소해 주십시오.",
                "Please cancel the one you do not need under “My appointment” first.",
            ),
        ),
        Refusal::ReasonNeeded => said(
            lang,
            ("사유가 없어 처리하지 않았습니다.", "Nothing was done, because no reason was given."),
            ("사유를 적어 다시 해 주십시오.", "Please give the reason and try again."),
        ),
        Refusal::PersonUnknown => said(
            lang,
            ("그런 사람이 없습니다.", "There is no such person."),
            ("이름과 번호를 다시 확인해 주십시오.", "Please check name and number."),
        ),
        Refusal::SamePerson => said(
            lang,
            ("이미 한 사람으로 되어 있습니다.", "The two are one person already."),
            ("합칠 다른 사람을 확인해 주십시오.", "Please check whom you mean to merge."),
        ),
        Refusal::AdmissionUnknown => said(
            lang,
            ("이 사람은 지금 입장해 있지 않습니다.", "This person has not been let in."),
            (
                "취소할 입장이 없으니 사람을 다시 확인해 주십시오.",
                "There is nothing to end: please check the person.",
            ),
        ),
        elsewhere => unreachable!("{elsewhere:?} has its words elsewhere"),
    }
}
