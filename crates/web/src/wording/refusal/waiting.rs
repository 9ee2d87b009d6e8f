//! Waiting for a place.

use crate::lang::Lang;
use crate::wording::{Said, said};
use booking::Refusal;

pub(super) fn waiting(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::WaitingBefore { since } => said(
            lang,
            (
                format!("{}부터 이미 대기 예약을 하고 있습니다.", Lang::Ko.instant(*since)),
                format!("You have been on the wait list since {}.", Lang::En.instant(*since)),
            ),
            (
                "자리가 나면 순서대로 문자를 보내 드립니다. 다른 곳에서 기다리시려면 먼저 지금 대기를 그만두십시오.",
                "We send a message when it is your turn. To wait somewhere else, please leave the list first.",
            ),
        ),
        Refusal::WaitScopeUnknown => said(
            lang,
            (
                "그 의료기관이나 지역, 날짜로는 대기 예약을 할 수 없습니다.",
                "You cannot wait for that clinic, area or day.",
            ),
            (
                "의료기관이나 지역, 접종 기간 안의 날짜를 다시 선택해 주십시오.",
                "Please choose a clinic or an area, and days on which the vaccine is given.",
            ),
        ),
        Refusal::PlacesFree { .. } => said(
            lang,
            ("지금 예약할 수 있는 자리가 있습니다.", "There are free places now."),
            ("기다리지 말고 바로 예약해 주십시오.", "There is no need to wait: please book one."),
        ),
        Refusal::WaitUnknown => said(
            lang,
            ("대기 예약이 없습니다.", "You are not on the wait list."),
            (
                "예약되었거나 대기를 그만두셨을 수 있으니 예약 조회에서 확인해 주십시오.",
                "You may be booked already or have left the list: please look at “My appointment”.",
            ),
        ),
        Refusal::OfferUnknown => said(
            lang,
            ("지금은 받을 수 있는 자리가 없습니다.", "No place is kept for you now."),
            (
                "대기 순서는 그대로이고, 자리가 나면 문자를 보내 드립니다.",
                "Your place on the list is kept, and we send a message when a place comes back.",
            ),
        ),
        Refusal::OfferExpired { expired_at } => said(
            lang,
            (
                format!("{}까지 답이 없어 자리가 다음 분께 넘어갔습니다.", Lang::Ko.instant(*expired_at)),
                format!(
                    "There was no answer until {}, so the place went to the next person.",
                    Lang::En.instant(*expired_at)
                ),
            ),
            (
                "예약 조회에서 대기 예약이 남아 있는지 확인해 주십시오.",
                "Please see under “My appointment” whether you are still on the list.",
            ),
        ),
        elsewhere => unreachable!("{elsewhere:?} has its words elsewhere"),
    }
}
