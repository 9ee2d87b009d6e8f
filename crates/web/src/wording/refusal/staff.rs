//! What staff are told about their own accounts.

use crate::lang::Lang;
use crate::wording::{Said, said};
use booking::Refusal;

pub(super) fn staff(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::NotFromHere => said(
            lang,
            (
                "직원 화면은 이 컴퓨터에서 쓸 수 없습니다.",
                "The staff's pages cannot be used from this computer.",
            ),
            (
                "정해진 자리의 컴퓨터를 쓰시거나, 담당자에게 이 자리를 등록해 달라고 하십시오.",
                "Please use a computer of the office, or ask for this place to be allowed.",
            ),
        ),
        Refusal::SignInNeeded => said(
            lang,
            ("직원 확인이 끝났거나 아직 하지 않았습니다.", "You are not signed in, or no longer."),
            ("직원 확인을 다시 해 주십시오.", "Please sign in again."),
        ),
        Refusal::SignInWrong => said(
            lang,
            (
                "아이디, 비밀번호, 인증번호 가운데 맞지 않는 것이 있습니다.",
                "Name, password and code do not belong together.",
            ),
            (
                "하나씩 다시 확인해 주십시오. 인증번호는 한 번만 쓸 수 있으니 새 번호를 기다려 주십시오.",
                "Please check each of them. A code is good once: wait for the next one.",
            ),
        ),
        Refusal::SignInTooSoon { again_at } => said(
            lang,
            ("여러 번 맞지 않아 잠시 멈췄습니다.", "It was wrong several times, so there is a pause."),
            (
                format!("{} 뒤에 다시 해 주십시오.", Lang::Ko.moment(*again_at)),
                format!("Please try again after {}.", Lang::En.moment(*again_at)),
            ),
        ),
        other => not_theirs(lang, other),
    }
}

fn not_theirs(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::SetupCodeWrong => said(
            lang,
            ("설정 번호가 맞지 않거나 기한이 지났습니다.", "The set-up code is wrong, or it ran out."),
            (
                "받으신 번호를 다시 확인하시거나, 담당자에게 새 번호를 받으십시오.",
                "Please check it, or ask for a new one.",
            ),
        ),
        Refusal::NotYourDuty => said(
            lang,
            ("맡으신 일에 들어 있지 않은 화면입니다.", "This is not among your duties."),
            ("필요하시면 담당자에게 권한을 요청해 주십시오.", "If you need it, please ask for the role."),
        ),
        Refusal::NotYourPlace => said(
            lang,
            ("맡으신 지역이나 기관이 아닙니다.", "This clinic is outside the place of your role."),
            (
                "맡으신 곳에서 고르시거나, 전국을 맡은 상담 창구로 돌려 주십시오.",
                "Please choose within your place, or pass the call to the national desk.",
            ),
        ),
        other => for_two(lang, other),
    }
}

/// Of what two people do together.
fn for_two(lang: Lang, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::SecondPersonNeeded => said(
            lang,
            ("제안하신 분은 동의할 수 없습니다.", "Whoever proposed it cannot agree to it as well."),
            (
                "다른 담당자가 자신의 계정으로 동의해야 합니다.",
                "Somebody else must agree with their own account.",
            ),
        ),
        Refusal::ProposalOver => said(
            lang,
            ("이미 끝났거나 되돌린 제안입니다.", "This proposal is over."),
            ("아래의 지금 상태를 확인해 주십시오.", "Please see below how things stand."),
        ),
        Refusal::ProposedBefore => said(
            lang,
            ("아직 정해지지 않은 제안이 있습니다.", "Another proposal is not decided yet."),
            ("그 제안을 먼저 동의하거나 되돌려 주십시오.", "Please agree to it or withdraw it first."),
        ),
        elsewhere => unreachable!("{elsewhere:?} has its words elsewhere"),
    }
}
