//! A place that goes on elsewhere.

use crate::lang::Lang;
use crate::wording::{Said, said};
use booking::Refusal;

pub(super) fn place_in_line(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::PlaceElsewhere => said(
            lang,
            (
                "이 대기표는 다른 기기에서 이어가고 있습니다.",
                "This ticket is being continued on another device.",
            ),
            (
                "그 기기에서 계속하시거나, 대기 화면에서 이 기기로 되돌리실 수 있습니다.",
                "Please go on there, or bring it back to this device on the waiting page.",
            ),
        ),
        Refusal::PlaceCodeUnknown => said(
            lang,
            ("이런 대기표 코드는 없습니다.", "There is no ticket with this code."),
            (
                "먼저 쓰시던 기기의 화면과 한 글자씩 맞춰 보십시오.",
                "Please compare it with the other device, letter by letter.",
            ),
        ),
        Refusal::PlaceOfAnother => said(
            lang,
            (
                "이 대기표는 다른 분이 본인확인을 마친 대기표입니다.",
                "Somebody else has confirmed who they are on this ticket.",
            ),
            (
                "그분의 순서는 그대로입니다. 본인의 대기표를 새로 받으시면 됩니다.",
                "Their place is kept. Please take a ticket of your own.",
            ),
        ),
        elsewhere => unreachable!("{elsewhere:?} has its words elsewhere"),
    }
}
