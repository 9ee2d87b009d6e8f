//! The gate and the doors.

use super::place_in_line::place_in_line;
use crate::lang::Lang;
use crate::wording::{Said, said};
use booking::Refusal;

const WAIT: (&str, &str) = (
    "창을 닫아도 순서는 그대로입니다. 대기 화면에서 기다려 주십시오.",
    "Your place is kept even if you close this page. Please wait on the waiting page.",
);

pub(super) fn doors(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::KeyReused => said(
            lang,
            (
                "이미 처리된 화면입니다. 내용이 바뀌어 다시 처리하지 않았습니다.",
                "This form was sent before with other content, so it was not carried out again.",
            ),
            ("화면을 새로 열어 다시 시도해 주십시오.", "Please open the page again and retry."),
        ),
        Refusal::CampaignUnknown => said(
            lang,
            ("없는 접종 사업입니다.", "There is no such campaign."),
            ("첫 화면에서 다시 시작해 주십시오.", "Please start from the first page."),
        ),
        Refusal::CampaignClosed { closed_at } => said(
            lang,
            (
                format!("예약이 {}에 마감되었습니다.", Lang::Ko.instant(*closed_at)),
                format!("Booking closed on {}.", Lang::En.instant(*closed_at)),
            ),
            (
                "이미 하신 예약은 그대로입니다. 다음 안내를 기다려 주십시오.",
                "Appointments already made are kept. Please wait for the next notice.",
            ),
        ),
        of_a_place => place_in_line(lang, of_a_place),
    }
}

pub(super) fn gate(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::TooEarly { opens_at } => said(
            lang,
            (
                format!("아직 열리지 않았습니다. {}에 시작합니다.", Lang::Ko.instant(*opens_at)),
                format!("Not open yet. It opens on {}.", Lang::En.instant(*opens_at)),
            ),
            WAIT,
        ),
        Refusal::TicketNeeded => said(
            lang,
            (
                "대기표가 없거나 다른 예약의 대기표입니다.",
                "There is no ticket, or it is not one of this campaign.",
            ),
            ("대기표를 받아 주십시오.", "Please take a ticket."),
        ),
        Refusal::NotYourTurn { places_ahead } => said(
            lang,
            match places_ahead {
                Some(ahead) => (
                    format!("아직 차례가 아닙니다. 앞선 대기표가 {}장 있습니다.", lang.count(*ahead)),
                    format!("It is not your turn yet. {} tickets are ahead of yours.", lang.count(*ahead)),
                ),
                None => {
                    ("대기 번호를 확정하고 있습니다.".to_owned(), "Your number is being settled.".to_owned())
                }
            },
            WAIT,
        ),
        Refusal::EntranceBusy { retry_after_s } => said(
            lang,
            (
                format!("차례가 되었습니다. 입장하는 분이 많아 {retry_after_s}초 뒤에 들어갈 수 있습니다."),
                format!("It is your turn. Many are entering; you can enter in {retry_after_s} seconds."),
            ),
            (
                "순서는 그대로입니다. 잠시 뒤 다시 눌러 주십시오.",
                "Your place is kept. Please press again in a moment.",
            ),
        ),
        Refusal::TicketUsed => said(
            lang,
            ("다른 분이 이미 사용한 대기표입니다.", "This ticket was used by somebody else."),
            ("새 대기표를 받아 주십시오.", "Please take a new ticket."),
        ),
        Refusal::PassNeeded => said(
            lang,
            ("차례가 되어야 들어올 수 있는 화면입니다.", "This page opens when it is your turn."),
            WAIT,
        ),
        Refusal::PassExpired { .. } => said(
            lang,
            ("예약할 수 있는 시간이 끝났습니다.", "Your time for booking is over."),
            (
                "대기 화면에서 다시 입장할 수 있습니다. 새로 기다리지 않습니다.",
                "You can enter again from the waiting page, without a new wait.",
            ),
        ),
        of_a_place => place_in_line(lang, of_a_place),
    }
}
