//! Cards that several pages show: a clinic, a person, an appointment.

use crate::app::App;
use crate::claim::Claim;
use crate::context::Context;
use crate::lang::Lang;
use crate::pages::my::{AppointmentRow, AppointmentState};
use crate::pages::parts::{ClinicCard, RecipientCard};
use crate::wording::{civil_time, clock_time};
use booking::{Appointment, AppointmentId, AppointmentState as State, Clinic, korean_day};
use jiff::civil::Weekday;

pub(crate) fn clinic_card(lang: Lang, clinic: &Clinic) -> ClinicCard {
    let hours = clinic.hours;
    let range = |from: u16, until: u16| format!("{}~{}", clock_time(from), clock_time(until));
    let weekdays = format!("{} {}", lang.t("평일", "Weekdays"), range(hours.opens_min, hours.closes_min));
    let saturday = hours
        .saturday_closes_min
        .map(|closes| format!(", {} {}", lang.t("토", "Sat"), range(hours.opens_min, closes)));
    ClinicCard {
        id: clinic.id.to_string(),
        name: clinic.name.clone(),
        address: clinic.address.clone(),
        phone: clinic.phone.clone(),
        hours: weekdays + &saturday.unwrap_or_default(),
        lunch: hours.lunch.map(|(from, until)| range(from, until)),
        closed_days: closed_days(lang, clinic),
    }
}

fn closed_days(lang: Lang, clinic: &Clinic) -> Option<String> {
    let days = [
        (Weekday::Monday, "월요일", "Mondays"),
        (Weekday::Tuesday, "화요일", "Tuesdays"),
        (Weekday::Wednesday, "수요일", "Wednesdays"),
        (Weekday::Thursday, "목요일", "Thursdays"),
        (Weekday::Friday, "금요일", "Fridays"),
        (Weekday::Saturday, "토요일", "Saturdays"),
        (Weekday::Sunday, "일요일", "Sundays"),
    ];
    let saturday_off = |day| day == Weekday::Saturday && clinic.hours.saturday_closes_min.is_none();
    let closed = days.iter().filter(|(day, ..)| clinic.hours.closed.contains(*day) || saturday_off(*day));
    let names: Vec<&str> = closed.map(|(_, ko, en)| lang.t(ko, en)).collect();
    (!names.is_empty()).then(|| names.join(lang.t("·", ", ")))
}

/// What the person themselves sees of it; a helper is not told a recipient's phone.
pub(crate) fn recipient_card(person: &Claim, is_viewer: bool) -> RecipientCard {
    let shown = is_viewer && !person.phone.is_empty();
    RecipientCard {
        name: person.name.clone(),
        born_on: person.born_on,
        phone_masked: shown.then(|| masked(&person.phone)),
    }
}

/// `010-****-0001`.
pub(crate) fn masked(phone: &str) -> String {
    let (front, back) =
        (phone.get(..3).unwrap_or(""), phone.get(phone.len().saturating_sub(4)..).unwrap_or(""));
    format!("{front}-****-{back}")
}

pub(crate) fn vaccine_name(app: &App, lang: Lang) -> String {
    lang.t(&app.names.vaccine.0, &app.names.vaccine.1).to_owned()
}

pub(crate) fn appointment_row(
    ctx: &Context,
    person: &Claim,
    id: AppointmentId,
    appointment: &Appointment,
) -> AppointmentRow {
    let slot = appointment.place.slot;
    let clinic = ctx.app.country.clinic(slot.clinic).expect("appointments are at clinics of the country");
    let (live, state) = (appointment.is_live(), appointment.state);
    let cancel_until = ctx.app.campaign().cancel_until(slot.visit_on);
    let in_time = korean_day(ctx.now) <= cancel_until;
    AppointmentRow {
        number: id.number(),
        state: match state {
            State::Booked => AppointmentState::Booked,
            State::CheckedIn { number, .. } => AppointmentState::CheckedIn { number },
            State::Fulfilled { .. } => AppointmentState::Fulfilled,
            State::Cancelled { .. } => AppointmentState::Cancelled,
            State::NoShow { .. } => AppointmentState::NoShow,
        },
        recipient_name: person.name.clone(),
        heading: None,
        clinic_name: clinic.name.clone(),
        clinic_address: clinic.address.clone(),
        clinic_phone: clinic.phone.clone(),
        date: slot.visit_on,
        time: civil_time(slot.starts_min),
        vaccine: vaccine_name(&ctx.app, ctx.lang),
        dose_number: appointment.place.dose.0,
        cancel_until: (state == State::Booked && in_time).then_some(cancel_until),
        href: live.then(|| ctx.lang.href(&format!("/my/booked/{}", id.number()))),
        calendar_href: live.then(|| ctx.lang.href(&format!("/my/calendar/{}", id.number()))),
    }
}
