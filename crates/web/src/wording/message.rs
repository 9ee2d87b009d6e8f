//! What is sent to phones. Messages are Korean: the language of the phone is not known.

use super::civil_time;
use crate::app::App;
use crate::lang::Lang;
use crate::turn_words::MINUTES_BEFORE;
use booking::{Appointment, SlotId};
use jiff::Timestamp;

pub fn code_message(code: &str) -> String {
    format!("[차례] 인증번호 {code}. 다른 사람에게 알려 주지 마십시오.")
}

pub fn turn_message(app: &App) -> String {
    let address = app.settings.public_origins.first().map_or("", String::as_str);
    format!(
        "[차례] 약 {MINUTES_BEFORE}분 뒤에 차례가 됩니다. 대기표를 받으신 화면을 열어 두십시오. 다른 기기에서는 본인확인만 하시면 이어집니다. 늦으셔도 차례는 없어지지 않습니다.\n{address}/wait"
    )
}

/// What a message about an appointment tells.
pub struct Visit<'a> {
    pub app: &'a App,
    pub appointment: &'a Appointment,
    pub number: String,
    /// The live second dose that belongs to a first.
    pub second: Option<SlotId>,
    /// Whose it is, masked; None when the reader is meant.
    pub whose: Option<String>,
}

pub fn booked_message(visit: &Visit<'_>) -> String {
    format!(
        "[차례] {}예약되었습니다.\n{}\n예약번호 {}\n{}\n{}",
        visit.whose(),
        visit.doses(),
        visit.number,
        BRING,
        visit.how_to_change()
    )
}

/// What goes with a first dose is said: its second goes too.
pub fn cancelled_message(visit: &Visit<'_>) -> String {
    let place = visit.appointment.place;
    let too = if place.dose.0 == 1 && visit.app.campaign().doses > 1 {
        "\n2차 접종 예약도 함께 취소되었습니다."
    } else {
        ""
    };
    format!(
        "[차례] {}예약을 취소했습니다.\n취소한 예약: {}차 {}\n예약번호 {}{too}\n취소하신 적이 없으면 바로 예약 조회에서 확인하시거나 상담 창구 1339에 전화해 주십시오.",
        visit.whose(),
        place.dose.0,
        visit.place(place.slot),
        visit.number
    )
}

pub fn moved_message(visit: &Visit<'_>, from: SlotId) -> String {
    format!(
        "[차례] {}예약을 바꾸었습니다. 예약번호 {}는 그대로입니다.\n전: {}\n지금: {}\n{}\n{}",
        visit.whose(),
        visit.number,
        visit.place(from),
        visit.doses(),
        BRING,
        visit.how_to_change()
    )
}

/// What goes with a first dose is said: its second goes too.
pub fn missed_message(visit: &Visit<'_>) -> String {
    let place = visit.appointment.place;
    let next = if place.dose.0 > 1 {
        "2차 접종을 다시 잡으시려면 의료기관이나 상담 창구 1339에 전화해 주십시오."
    } else if visit.app.campaign().doses > 1 {
        "2차 접종 예약도 함께 취소되었습니다. 예약을 받는 동안에는 다시 예약하실 수 있습니다."
    } else {
        "예약을 받는 동안에는 다시 예약하실 수 있습니다."
    };
    format!(
        "[차례] {}접종일에 접종하지 않은 것으로 기록되었습니다.\n{}차 {}\n예약번호 {}\n{next}\n접종을 받으셨으면 의료기관에 전화해 주십시오.",
        visit.whose(),
        place.dose.0,
        visit.place(place.slot),
        visit.number
    )
}

pub fn fulfilled_message(visit: &Visit<'_>) -> String {
    let place = visit.appointment.place;
    let next = visit.second.map_or_else(String::new, |second| {
        format!("\n2차 접종 {} 예약번호와 신분증을 가지고 가십시오.", visit.place(second))
    });
    format!(
        "[차례] {}{}차 접종을 마쳤습니다.\n{}\n예약번호 {}{next}\n사실과 다르면 의료기관에 전화해 주십시오.",
        visit.whose(),
        place.dose.0,
        visit.place(place.slot),
        visit.number
    )
}

pub fn reminder_message(visit: &Visit<'_>) -> String {
    format!(
        "[차례] 내일 {}접종일입니다.\n{}\n예약번호 {}\n{} 못 가시게 되면 의료기관에 전화해 주십시오.",
        visit.whose(),
        visit.doses(),
        visit.number,
        BRING
    )
}

const BRING: &str = "신분증을 가지고 가십시오.";

impl Visit<'_> {
    fn whose(&self) -> String {
        self.whose.as_ref().map_or_else(String::new, |name| format!("{name}님의 "))
    }

    fn place(&self, slot: SlotId) -> String {
        place(self.app, slot)
    }

    fn doses(&self) -> String {
        let place = self.appointment.place;
        let first = format!("{}차 {}", place.dose.0, self.place(place.slot));
        match self.second {
            Some(second) if second.clinic == place.slot.clinic => {
                format!("{first}\n2차 {} 같은 곳", when(second))
            }
            Some(second) => format!("{first}\n2차 {}", self.place(second)),
            None => first,
        }
    }

    fn how_to_change(&self) -> String {
        let until_on = self.app.campaign().cancel_until(self.appointment.place.slot.visit_on);
        format!(
            "바꾸기·취소는 {}까지 예약 조회에서, 그 뒤에는 의료기관에 전화해 주십시오.",
            Lang::Ko.date(until_on)
        )
    }
}

/// `7월 26일(월) 오전 9:00 가나의원(02-000-0000)`.
fn place(app: &App, slot: SlotId) -> String {
    let clinic = app.country.clinic(slot.clinic);
    let name = clinic.map_or_else(String::new, |clinic| in_line(&clinic.name));
    let phone = clinic.and_then(|clinic| clinic.phone.as_ref());
    let phone = phone.map_or_else(String::new, |phone| format!("({})", in_line(phone)));
    format!("{} {name}{phone}", when(slot))
}

/// Text of a list, which stays in its line and in its direction: a clinic that is called like a second message is read
/// as part of ours.
fn in_line(text: &str) -> String {
    let turns = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().filter(|c| !turns(c)).map(|c| if breaks(c) { ' ' } else { c }).collect()
}

fn when(slot: SlotId) -> String {
    format!("{} {}", Lang::Ko.date(slot.visit_on), Lang::Ko.time(civil_time(slot.starts_min)))
}

/// To the recipient, who may read the code out. The helper's name is masked.
pub fn recipient_code_message(app: &App, helper: &str, code: &str) -> String {
    format!(
        "[차례] 인증번호 {code}. {helper}님이 {} 예약을 대신 하려고 합니다. 허락하시면 그분께만 이 번호를 알려 주십시오. 그분이 예약을 하고 바꾸고 취소할 수 있게 됩니다. 부탁하지 않았거나 모르는 사람이면 아무에게도 알려 주지 마십시오.",
        in_line(&app.names.name.0)
    )
}

/// To the recipient. The helper's name is masked.
pub fn delegation_given_message(app: &App, helper: &str) -> String {
    format!(
        "[차례] {helper}님이 {} 대신 예약하실 수 있게 되었습니다. 모르는 일이면 예약 조회에서 거절하십시오.",
        in_line(&app.names.name.0)
    )
}

/// To the helper. The recipient's name is masked.
pub fn delegation_ended_message(app: &App, recipient: &str) -> String {
    format!("[차례] {recipient}님이 {} 대리 예약을 거절하셨습니다.", in_line(&app.names.name.0))
}

/// To one who waits, or who waits for somebody: `whose` is empty for oneself, else `김○수님의 `.
pub fn place_offered_message(app: &App, whose: &str, slot: SlotId, until: Timestamp) -> String {
    format!(
        "[차례] 기다리시던 {whose}자리가 났습니다.\n{}\n{}까지 예약 조회에서 받아 주십시오. 그때까지는 이 자리를 다른 분께 드리지 않습니다.",
        place(app, slot),
        Lang::Ko.instant(until)
    )
}

pub fn offer_lapsed_message(app: &App, whose: &str, slot: SlotId, waiting: bool) -> String {
    let then = if waiting {
        "대기 순서는 그대로입니다."
    } else {
        "답이 없었던 자리가 여러 번이어서 대기 예약을 마칩니다. 다시 기다리실 수 있습니다."
    };
    format!("[차례] 답이 없어 {whose}자리가 다음 분께 넘어갔습니다.\n{}\n{then}", place(app, slot))
}

pub fn eligibility_corrected_message(app: &App, eligible: bool) -> String {
    let campaign = &app.names.name.0;
    if eligible {
        format!("[차례] {campaign} 대상자로 확인되었습니다. 이제 예약하실 수 있습니다.")
    } else {
        format!(
            "[차례] {campaign} 대상자가 아닌 것으로 고쳐졌습니다. 사실과 다르면 상담 창구 1339에 전화해 주십시오."
        )
    }
}

pub fn admission_revoked_message(app: &App) -> String {
    format!(
        "[차례] {} 입장이 취소되었습니다. 예약은 그대로입니다. 까닭은 상담 창구 1339에 물어 주십시오.",
        app.names.name.0
    )
}
