//! People: who they are, and for whom they act.

use crate::lang::Lang;
use crate::wording::{Said, said};
use booking::Refusal;

pub(super) fn people(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::IdentityNeeded => said(
            lang,
            ("본인확인이 필요합니다.", "Please confirm who you are first."),
            (
                "이름, 주민등록번호, 휴대전화로 확인해 주십시오. 순서는 그대로입니다.",
                "Use your name, resident number and phone. Your place is kept.",
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
        Refusal::TooManyTries { again_at } => said(
            lang,
            (
                format!(
                    "인증번호를 여러 번 받았거나 잘못 입력했습니다. {}부터 새 번호를 받을 수 있습니다.",
                    Lang::Ko.moment(*again_at)
                ),
                format!(
                    "Many codes were sent or were wrong. You can ask for a new one from {}.",
                    Lang::En.moment(*again_at)
                ),
            ),
            (
                "그때 다시 눌러 주십시오. 이미 받은 번호가 맞으면 지금도 쓸 수 있고, 순서는 그대로입니다.",
                "Please press again then. A code you have still works, and your place is kept.",
            ),
        ),
        Refusal::PhoneNotOwn => said(
            lang,
            (
                "본인 이름으로 된 휴대전화가 아니어서 본인확인을 할 수 없습니다.",
                "This phone is not registered in your name, so it cannot confirm who you are.",
            ),
            (
                "가족이 대신 예약하거나, 가까운 주민센터 또는 상담 창구에서 예약하실 수 있습니다.",
                "Your family can book for you, or you can book at a community centre or the call centre.",
            ),
        ),
        Refusal::IdentityStale => said(
            lang,
            (
                "본인확인을 한 지 오래되어 한 번 더 확인합니다.",
                "Your identity was confirmed a while ago; please confirm it once more.",
            ),
            (
                "본인확인을 다시 하시면 이 화면으로 돌아옵니다. 예약은 그대로입니다.",
                "After that you come back to this page. Your appointment is unchanged.",
            ),
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
                "태어난 날이 맞으면 이름과 번호를 확인해 다시 해 주십시오. 그래도 같으면 보건소나 상담 창구에 알려 주십시오.",
                "If you were born then, please check name and number. If both are right, tell the call centre.",
            ),
        ),
        whom => for_others(lang, whom),
    }
}

fn for_others(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::PairUnknown => said(
            lang,
            (
                "입력하신 이름과 번호로는 대상자를 찾을 수 없습니다.",
                "Nobody is found by this name and number together.",
            ),
            (
                "신분증을 보고 이름과 번호를 다시 확인해 주십시오. 맞는데도 찾을 수 없으면 보건소나 상담 창구에 알려 주십시오.",
                "Please check both against the ID card. If they are right, tell the health centre or the call centre.",
            ),
        ),
        Refusal::TooManyPairs { again_at } => said(
            lang,
            (
                format!(
                    "대신 예약하실 분을 여러 번 확인하지 못했습니다. {}부터 다시 할 수 있습니다.",
                    Lang::Ko.clock(*again_at)
                ),
                format!(
                    "The person could not be confirmed several times. You can try again at {}.",
                    Lang::En.clock(*again_at)
                ),
            ),
            (
                "그동안 신분증의 이름과 번호를 확인해 주십시오. 순서는 그대로입니다.",
                "Meanwhile, please check the ID card. Your place in line is kept.",
            ),
        ),
        Refusal::RecipientIsBooker => said(
            lang,
            ("본인은 대리로 등록하지 않아도 됩니다.", "You need not add yourself."),
            ("대신 예약할 다른 분을 입력해 주십시오.", "Please enter the person you book for."),
        ),
        Refusal::DelegationRevoked { revoked_at } => said(
            lang,
            (
                format!("이 분이 {}에 대리 예약을 거절하셨습니다.", Lang::Ko.instant(*revoked_at)),
                format!("This person withdrew your leave to book on {}.", Lang::En.instant(*revoked_at)),
            ),
            (
                "그분이 예약 조회에서 다시 허락하시면 대신 예약할 수 있습니다.",
                "You can book again when they allow it under “My appointment”.",
            ),
        ),
        Refusal::RecipientsFull { recipients_max } => said(
            lang,
            (
                format!("한 사람이 대신 예약할 수 있는 분은 {recipients_max}명까지입니다."),
                format!("One person can book for at most {recipients_max} others."),
            ),
            (
                "다른 가족이 예약하거나 상담 창구에서 예약하실 수 있습니다.",
                "Another family member or the call centre can book for them.",
            ),
        ),
        Refusal::RecipientUnknown => said(
            lang,
            ("지금은 이 분을 대신해 예약할 수 없습니다.", "You cannot book for this person now."),
            (
                "예약할 분을 다시 확인해 주십시오. 대리 예약을 그만두었거나 그분이 거절했을 수 있습니다.",
                "Please check for whom you book: leave may have been given up or withdrawn.",
            ),
        ),
        code => by_code(lang, code),
    }
}

fn by_code(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::RecipientCodeNeeded => said(
            lang,
            (
                "대신 예약하시려면 그분의 휴대전화로 간 인증번호가 있어야 합니다.",
                "To book for somebody you need the code that is sent to their phone.",
            ),
            (
                "그분의 이름과 번호를 다시 적고, 그분이 읽어 주시는 인증번호를 적어 주십시오.",
                "Please enter their name and number again, and the code that they read out to you.",
            ),
        ),
        Refusal::RecipientCodeUnknown => said(
            lang,
            ("인증번호의 시간이 지났습니다.", "The code is no longer valid."),
            (
                "그분의 번호를 다시 적어 인증번호를 새로 보내 주십시오. 순서는 그대로입니다.",
                "Please enter their number again and have a new code sent. Your place in line is kept.",
            ),
        ),
        Refusal::RecipientCodeWrong { tries_left } => said(
            lang,
            (
                format!("인증번호가 다릅니다. {tries_left}번 더 적을 수 있습니다."),
                format!("The code is not right. You can try {tries_left} more times."),
            ),
            (
                "그분께 문자의 숫자 6자리를 다시 읽어 달라고 하십시오. 문자가 오지 않았으면 아래 안내를 보십시오.",
                "Please ask them to read out the six digits again. If no message came, see below what to do.",
            ),
        ),
        elsewhere => unreachable!("{elsewhere:?} has its words elsewhere"),
    }
}
