//! People who leave: said to operators, who remove one person by hand.

use crate::lang::Lang;
use crate::wording::{Said, said};
use booking::Refusal;

pub(super) fn retention(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::StillExpected => said(
            lang,
            (
                "잡아 둔 자리나 남은 예약이 있어 파기할 수 없습니다.",
                "There is a place held or a visit to come, so nothing is removed.",
            ),
            (
                "예약을 취소하거나, 접종일이 지난 뒤 다시 하십시오.",
                "Please cancel the booking first, or try again after the visit.",
            ),
        ),
        Refusal::PeriodNotOver { kept_until } => said(
            lang,
            (
                format!("보유기간이 {}까지입니다.", Lang::Ko.instant(*kept_until)),
                format!("The data is kept until {}.", Lang::En.instant(*kept_until)),
            ),
            ("그 뒤에 파기됩니다.", "It is removed after that."),
        ),
        elsewhere => unreachable!("{elsewhere:?} has its words elsewhere"),
    }
}
