//! Words of a rehearsal's report.

use rehearsal::audit::Claim;
use rehearsal::logbook::Step;

pub(super) fn claim(claim: Claim) -> &'static str {
    match claim {
        Claim::Lost => "알려 준 예약이 없음 / an acknowledged appointment is not there",
        Claim::Elsewhere => "알려 준 것과 다른 곳·때 / at another place or time than acknowledged",
        Claim::Twice => "한 사람에게 두 번 / one person has too many appointments",
        Claim::NumberShared => "한 예약번호를 두 사람에게 / one number acknowledged to two people",
        Claim::OverCapacity => "정원보다 많은 예약 / more appointments than places",
        Claim::Unexplained => "아무도 하지 않은 예약 / an appointment that nobody made",
        Claim::OutOfOrder => "나중에 온 사람이 앞 번호 / a later comer has a lower number",
        Claim::NumberChanged => "바뀌거나 겹친 대기 번호 / a queue number changed or was given twice",
        Claim::EnteredEarly => "차례 전에 들어옴 / came in before their turn",
        Claim::TurnedAway => "차례인데 돌려보냄 / turned away though called",
        Claim::RateExceeded => "정한 속도보다 많이 입장 / more let in than the rate",
        Claim::WaitToldTooShort => "대기를 너무 짧게 알림 / waits told too short",
        Claim::CallToldTooShort => "전화 대기를 너무 짧게 알림 / waits on the phone told too short",
        Claim::NotByAgent => "기록의 상담원과 예약한 상담원이 다름 / the record names another agent, or none",
    }
}

pub(super) const CLAIMS: [Claim; 14] = [
    Claim::Lost,
    Claim::Elsewhere,
    Claim::Twice,
    Claim::NumberShared,
    Claim::OverCapacity,
    Claim::Unexplained,
    Claim::OutOfOrder,
    Claim::NumberChanged,
    Claim::EnteredEarly,
    Claim::TurnedAway,
    Claim::RateExceeded,
    Claim::WaitToldTooShort,
    Claim::CallToldTooShort,
    Claim::NotByAgent,
];

pub(super) fn step(step: Step) -> &'static str {
    match step {
        Step::Gate => "대기 안내 / gate document",
        Step::Join => "번호표 받기 / join",
        Step::Settle => "번호 확인 / queue number",
        Step::Identity => "본인확인 / identity",
        Step::Enter => "입장 / enter",
        Step::Look => "기관·시간 보기 / clinics and times",
        Step::Hold => "자리 잡기 / hold",
        Step::Confirm => "예약 확정 / confirm",
        Step::Call => "전화 대기 / on the phone line",
        Step::Talk => "통화 / call",
        Step::SignIn => "상담원: 들어오기 / agent: sign in",
        Step::DeskFind => "상담원: 전화한 분 찾기 / agent: find the caller",
        Step::DeskLook => "상담원: 기관·시간 보기 / agent: clinics and times",
        Step::DeskHold => "상담원: 자리 잡기 / agent: hold",
        Step::DeskConfirm => "상담원: 예약 확정 / agent: confirm",
    }
}
