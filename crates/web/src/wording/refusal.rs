//! Words for every refusal, and where its next step is.

use super::{Said, said};
use crate::app::App;
use crate::lang::Lang;
use crate::pages::parts::Link;
use booking::Refusal;

/// Exhaustive on purpose: a new refusal does not compile without its words.
pub fn refusal(lang: Lang, refusal: &Refusal, app: &App) -> Said {
    const WAIT: (&str, &str) = (
        "창을 닫아도 순서는 그대로입니다. 대기 화면에서 기다려 주십시오.",
        "Your place is kept even if you close this page. Please wait on the waiting page.",
    );
    const CHOOSE: (&str, &str) =
        ("다른 시간이나 다른 의료기관을 선택해 주십시오.", "Please choose another time or another clinic.");
    const SEE_MY: (&str, &str) = ("예약 조회에서 확인해 주십시오.", "Please look at “My appointment”.");
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
        Refusal::TooEarly { opens_at } => said(
            lang,
            (
                format!("아직 열리지 않았습니다. {}에 시작합니다.", Lang::Ko.instant(*opens_at)),
                format!("Not open yet. It opens on {}.", Lang::En.instant(*opens_at)),
            ),
            WAIT,
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
        Refusal::TicketNeeded => said(
            lang,
            (
                "대기표가 없거나 이 사업의 대기표가 아닙니다.",
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
        Refusal::IdentityNeeded => said(
            lang,
            ("본인확인이 필요합니다.", "Please confirm who you are first."),
            (
                "이름, 생년월일, 휴대전화로 확인해 주십시오. 순서는 그대로입니다.",
                "Use your name, birth date and phone. Your place is kept.",
            ),
        ),
        Refusal::ChallengeUnknown => said(
            lang,
            ("인증번호의 시간이 지났습니다.", "The code is no longer valid."),
            ("인증번호를 다시 받아 주십시오.", "Please ask for a new code."),
        ),
        Refusal::CodeWrong { tries_left } => said(
            lang,
            (
                format!("인증번호가 다릅니다. {tries_left}번 더 입력할 수 있습니다."),
                format!("The code is not right. You can try {tries_left} more times."),
            ),
            ("문자로 받은 숫자 6자리를 확인해 주십시오.", "Please check the six digits in the message."),
        ),
        Refusal::TooManyTries { .. } => said(
            lang,
            ("인증번호를 여러 번 잘못 입력했습니다.", "The code was wrong too many times."),
            ("인증번호를 다시 받아 주십시오.", "Please ask for a new code."),
        ),
        Refusal::NotEligible { born_from, born_to } => said(
            lang,
            (
                format!(
                    "이번 예약 대상이 아닙니다. 대상은 {}부터 {}까지 태어난 분입니다.",
                    Lang::Ko.date_with_year(*born_from),
                    Lang::Ko.date_with_year(*born_to)
                ),
                format!(
                    "You are not in the group of this campaign: people born from {} to {}.",
                    Lang::En.date_with_year(*born_from),
                    Lang::En.date_with_year(*born_to)
                ),
            ),
            (
                "생년월일이 다르게 되어 있으면 본인확인을 다시 하거나 상담 창구에 알려 주십시오.",
                "If your birth date is wrong, confirm your identity again or tell the call centre.",
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
        Refusal::AlreadyBooked { appointment } => said(
            lang,
            (
                format!("이미 예약이 있습니다. 예약번호 {}", appointment.number()),
                format!("There is an appointment already: number {}", appointment.number()),
            ),
            SEE_MY,
        ),
        Refusal::PlacesInvalid => said(
            lang,
            ("선택한 자리를 함께 예약할 수 없습니다.", "These places cannot be booked together."),
            CHOOSE,
        ),
        Refusal::SlotUnknown => said(
            lang,
            ("이 의료기관에서 접종하지 않는 시간입니다.", "The clinic does not vaccinate at that time."),
            CHOOSE,
        ),
        Refusal::SlotPast => said(lang, ("이미 지난 날짜입니다.", "That day has passed."), CHOOSE),
        Refusal::SupplyExhausted { sido } => {
            let name = app.country.region(*sido).map_or("", |region| region.name.as_str());
            said(
                lang,
                (format!("{name}의 백신이 모두 예약되었습니다."), format!("All doses of {name} are booked.")),
                ("다른 시·도의 의료기관을 선택해 주십시오.", "Please choose a clinic in another region."),
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
                format!("인터넷 취소는 {}까지였습니다.", Lang::Ko.date(*until_on)),
                format!("Cancelling here was possible until {}.", Lang::En.date(*until_on)),
            ),
            ("의료기관에 전화해 주십시오.", "Please call the clinic."),
        ),
    }
}

/// Where the next step is; the first is the primary one.
pub fn refusal_links(lang: Lang, refusal: &Refusal) -> Vec<Link> {
    let link = |ko, en, path: &str| Link::new(lang.t(ko, en), lang.href(path));
    let waiting = || link("대기 화면으로", "To the waiting page", "/wait");
    let choose = || link("의료기관 선택으로", "Choose a clinic", "/book");
    let my = || link("예약 조회", "My appointment", "/my");
    let identity = || link("본인확인", "Confirm who you are", "/identity");
    match refusal {
        Refusal::CampaignUnknown | Refusal::CampaignClosed { .. } => {
            vec![link("첫 화면으로", "To the first page", "/"), my()]
        }
        Refusal::TooEarly { .. }
        | Refusal::TicketNeeded
        | Refusal::NotYourTurn { .. }
        | Refusal::EntranceBusy { .. }
        | Refusal::TicketUsed
        | Refusal::PassNeeded
        | Refusal::PassExpired { .. } => vec![waiting()],
        Refusal::IdentityNeeded
        | Refusal::ChallengeUnknown
        | Refusal::CodeWrong { .. }
        | Refusal::TooManyTries { .. } => {
            vec![identity()]
        }
        Refusal::NotEligible { .. } => vec![
            link("본인확인 다시 하기", "Confirm who you are again", "/identity"),
            link("첫 화면으로", "To the first page", "/"),
        ],
        Refusal::AlreadyBooked { .. }
        | Refusal::AppointmentUnknown
        | Refusal::CancelledBefore { .. }
        | Refusal::CancelTooLate { .. } => vec![my()],
        Refusal::PlacesInvalid
        | Refusal::SlotUnknown
        | Refusal::SlotPast
        | Refusal::SupplyExhausted { .. }
        | Refusal::SlotFull { .. }
        | Refusal::HoldUnknown
        | Refusal::HoldExpired { .. } => vec![choose(), my()],
        Refusal::ExtendedBefore { .. } | Refusal::KeyReused => {
            vec![link("잡아 둔 자리로", "To the place held", "/book/hold"), my()]
        }
    }
}
