//! What is sent to phones.

use super::civil_time;
use crate::app::App;
use crate::lang::Lang;
use booking::Appointment;

pub fn code_message(code: &str) -> String {
    format!("[차례] 인증번호 {code}. 다른 사람에게 알려 주지 마십시오.")
}

pub fn booked_message(app: &App, appointment: &Appointment, number: &str) -> String {
    format!("[차례] 예약이 확정되었습니다. {} 예약번호 {number}", visit(app, appointment))
}

pub fn cancelled_message(app: &App, appointment: &Appointment, number: &str) -> String {
    format!("[차례] 예약을 취소했습니다. {} 예약번호 {number}", visit(app, appointment))
}

/// Day, time and clinic.
fn visit(app: &App, appointment: &Appointment) -> String {
    let slot = appointment.place.slot;
    let clinic = app.country.clinic(slot.clinic).map_or("", |clinic| clinic.name.as_str());
    format!("{} {} {clinic}", Lang::Ko.date(slot.visit_on), Lang::Ko.time(civil_time(slot.starts_min)))
}

pub fn moved_message(app: &App, appointment: &Appointment, number: &str) -> String {
    format!("[차례] 예약을 바꾸었습니다. {} 예약번호 {number}", visit(app, appointment))
}

pub fn reminder_message(app: &App, appointment: &Appointment, number: &str) -> String {
    format!(
        "[차례] 접종일을 알려 드립니다. {} 예약번호 {number} 신분증을 가지고 가십시오.",
        visit(app, appointment)
    )
}

/// To the recipient. The helper's name is masked.
pub fn delegation_given_message(app: &App, helper: &str) -> String {
    format!(
        "[차례] {helper}님이 {} 대신 예약하실 수 있게 되었습니다. 모르는 일이면 예약 조회에서 거절하십시오.",
        app.names.name.0
    )
}

/// To the helper. The recipient's name is masked.
pub fn delegation_ended_message(app: &App, recipient: &str) -> String {
    format!("[차례] {recipient}님이 {} 대리 예약을 거절하셨습니다.", app.names.name.0)
}
