//! Places, doses and holds.

use crate::app::App;
use crate::lang::Lang;
use crate::wording::{Said, said};
use booking::Refusal;

const CHOOSE: (&str, &str) =
    ("다른 시간이나 다른 의료기관을 선택해 주십시오.", "Please choose another time or another clinic.");

const ELSEWHERE: (&str, &str) = (
    "다른 시·도의 의료기관을 선택해 주십시오. 입장과 본인확인은 그대로입니다.",
    "Please choose a clinic in another region. You stay inside, and your identity check is kept.",
);

pub(super) fn places(lang: Lang, refusal: &Refusal, app: &App) -> Said {
    match refusal {
        Refusal::PlacesInvalid => said(
            lang,
            ("선택한 자리를 함께 예약할 수 없습니다.", "These places cannot be booked together."),
            CHOOSE,
        ),
        Refusal::FirstDoseNeeded => said(
            lang,
            ("2차 접종은 1차 예약이 있어야 합니다.", "A second dose needs a first appointment."),
            ("1차 접종부터 예약해 주십시오.", "Please book the first dose."),
        ),
        Refusal::HoldTooSoon { again_at } => said(
            lang,
            (
                format!(
                    "자리를 여러 번 잡았다 놓았습니다. {}부터 다시 고를 수 있습니다.",
                    Lang::Ko.clock(*again_at)
                ),
                format!(
                    "You took and gave up places several times. You can choose again at {}.",
                    Lang::En.clock(*again_at)
                ),
            ),
            (
                "다른 분도 기다리고 있습니다. 그동안 원하는 시간을 정해 주십시오.",
                "Others are waiting, too. Please decide on a time meanwhile.",
            ),
        ),
        Refusal::SlotUnknown => said(
            lang,
            ("이 의료기관에서 접종하지 않는 시간입니다.", "The clinic does not vaccinate at that time."),
            CHOOSE,
        ),
        Refusal::SlotPast => said(lang, ("이미 지난 날짜입니다.", "That day has passed."), CHOOSE),
        Refusal::DoseIntervalWrong { earliest_on, latest_on } => said(
            lang,
            (
                format!(
                    "2차 접종은 {}부터 {}까지 할 수 있습니다.",
                    Lang::Ko.date(*earliest_on),
                    Lang::Ko.date(*latest_on)
                ),
                format!(
                    "The second dose can be from {} to {}.",
                    Lang::En.date(*earliest_on),
                    Lang::En.date(*latest_on)
                ),
            ),
            ("그 사이의 날짜를 선택해 주십시오.", "Please choose a day between them."),
        ),
        Refusal::SupplyExhausted { sido } => {
            let name = app.country.region(*sido).map_or("", |region| region.name.as_str());
            said(
                lang,
                (format!("{name}의 백신이 모두 예약되었습니다."), format!("All doses of {name} are booked.")),
                ELSEWHERE,
            )
        }
        Refusal::SlotFull { .. } => said(
            lang,
            (
                "방금 다른 분이 예약하여 이 시간이 마감되었습니다.",
                "Somebody was a moment faster: this time is full.",
            ),
            (
                "아래의 가까운 시간 가운데 선택해 주십시오. 입력하신 내용은 그대로입니다.",
                "Choose one of the nearest free times below. What you entered is kept.",
            ),
        ),
        Refusal::SecondDoseFull { earliest_on, latest_on } => said(
            lang,
            (
                format!(
                    "이 의료기관은 2차 접종을 할 {}부터 {}까지 자리가 없습니다.",
                    Lang::Ko.date(*earliest_on),
                    Lang::Ko.date(*latest_on)
                ),
                format!(
                    "The clinic has no place for the second dose from {} to {}.",
                    Lang::En.date(*earliest_on),
                    Lang::En.date(*latest_on)
                ),
            ),
            CHOOSE,
        ),
        Refusal::HoldUnknown => {
            said(lang, ("잡아 둔 자리가 없습니다.", "No place is being held for you."), CHOOSE)
        }
        Refusal::HoldExpired { .. } => said(
            lang,
            ("자리를 잡아 둔 시간이 끝났습니다.", "The time for which your place was held is over."),
            (
                "시간을 다시 선택해 주십시오. 같은 자리가 비어 있을 수 있습니다.",
                "Please choose a time again; the same place may still be free.",
            ),
        ),
        Refusal::ExtendedBefore { expires_at } => said(
            lang,
            (
                format!("연장은 한 번만 할 수 있습니다. {}까지 잡아 둡니다.", Lang::Ko.clock(*expires_at)),
                format!(
                    "A place can be held longer once only. It is held until {}.",
                    Lang::En.clock(*expires_at)
                ),
            ),
            ("그 전에 예약을 확정해 주십시오.", "Please confirm before then."),
        ),
        elsewhere => unreachable!("{elsewhere:?} has its words elsewhere"),
    }
}
