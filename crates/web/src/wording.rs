//! Every sentence that is not in a template: refusals, faults of fields, messages. Korean and English side by side.

pub mod consent;
pub mod examples;
mod message;
mod refusal;

pub use message::{
    Visit, admission_revoked_message, booked_message, cancelled_message, code_message,
    delegation_ended_message, delegation_given_message, eligibility_corrected_message, fulfilled_message,
    missed_message, moved_message, offer_lapsed_message, place_offered_message, recipient_code_message,
    reminder_message, turn_message,
};
pub use refusal::{identity_again, identity_path, refusal, refusal_button, refusal_links};

use crate::app::App;
use crate::error::Problem;
use crate::fields::{Fault, FieldFault, Kind};
use crate::lang::Lang;
use crate::search::distance::Point;
use booking::{Appointment, Clinic, Relation};
use jiff::civil::Time;

/// What happened, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub sentence: String,
    pub next_step: String,
}

fn said(
    lang: Lang,
    sentence: (impl Into<String>, impl Into<String>),
    next: (impl Into<String>, impl Into<String>),
) -> Said {
    match lang {
        Lang::Ko => Said { sentence: sentence.0.into(), next_step: next.0.into() },
        Lang::En => Said { sentence: sentence.1.into(), next_step: next.1.into() },
    }
}

pub fn problem(lang: Lang, problem: &Problem, app: &App) -> Said {
    const LATER: (&str, &str) = (
        "잠시 뒤 다시 시도해 주십시오. 대기 순서는 그대로입니다.",
        "Please try again shortly. Your place in line is kept.",
    );
    match problem {
        Problem::Refused(refused) => refusal(lang, refused, app),
        Problem::Invalid(_) => said(
            lang,
            ("입력한 내용을 확인해 주십시오.", "Please check what you entered."),
            ("표시된 항목을 고쳐 다시 보내 주십시오.", "Correct the named fields and send again."),
        ),
        Problem::KeyMissing => said(
            lang,
            ("중복 방지 키(Idempotency-Key)가 없습니다.", "The Idempotency-Key header is missing."),
            (
                "요청마다 새 키를 넣어 주십시오.",
                "Send a new key with each request, and the same one when repeating it.",
            ),
        ),
        Problem::Forbidden => said(
            lang,
            (
                "다른 사이트에서 온 요청이거나 오래된 화면입니다.",
                "The request comes from another site, or its form is too old.",
            ),
            ("화면을 새로 열어 다시 시도해 주십시오.", "Open the page again and retry."),
        ),
        Problem::NotFound => said(
            lang,
            ("없는 주소입니다.", "There is no such address."),
            ("첫 화면에서 다시 시작해 주십시오.", "Please start from the first page."),
        ),
        Problem::MethodNotAllowed => said(
            lang,
            ("이 주소는 그런 요청을 받지 않습니다.", "This address does not take that method."),
            ("사용 설명을 확인해 주십시오.", "Please see the API description."),
        ),
        Problem::TooLarge
        | Problem::TooSlow
        | Problem::HeadTooLarge
        | Problem::Unreadable
        | Problem::UnsupportedBody => unfit(lang, problem),
        Problem::Busy => said(
            lang,
            ("지금 많은 분이 이용하고 있습니다.", "Many people are being served right now."),
            LATER,
        ),
        Problem::TooOften { .. } => {
            said(lang, ("짧은 시간에 너무 자주 요청했습니다.", "Too many requests in a short time."), LATER)
        }
        Problem::Store(_) | Problem::Bug => {
            said(lang, ("예약 시스템에 문제가 생겼습니다.", "The booking system has a problem."), LATER)
        }
    }
}

/// What came is not a request that anybody could answer.
fn unfit(lang: Lang, problem: &Problem) -> Said {
    match problem {
        Problem::TooLarge => said(
            lang,
            ("보낸 내용이 너무 큽니다.", "The request is too large."),
            ("내용을 줄여 다시 보내 주십시오.", "Please send less."),
        ),
        Problem::TooSlow => said(
            lang,
            ("요청이 제때 다 오지 않았습니다.", "The request did not come to its end in time."),
            ("연결 상태를 확인하고 다시 시도해 주십시오.", "Please check your connection and try again."),
        ),
        Problem::HeadTooLarge => said(
            lang,
            ("브라우저가 보낸 정보가 너무 깁니다.", "What the browser sent along is too long."),
            (
                "주소를 다시 입력해 첫 화면에서 시작해 주십시오.",
                "Please type the address again and start from the first page.",
            ),
        ),
        Problem::UnsupportedBody => said(
            lang,
            ("읽을 수 없는 형식입니다.", "The body cannot be read."),
            (
                "화면의 양식이나 JSON(application/json)으로 보내 주십시오.",
                "Send the form of the page, or JSON as application/json.",
            ),
        ),
        _ => said(
            lang,
            ("요청을 읽을 수 없습니다.", "The request cannot be read."),
            ("첫 화면에서 다시 시작해 주십시오.", "Please start from the first page."),
        ),
    }
}

pub fn unreadable(lang: Lang) -> String {
    lang.t("보낸 내용을 읽을 수 없습니다.", "What was sent cannot be read.").to_owned()
}

pub fn field_name(lang: Lang, field: &str) -> String {
    let (ko, en) = match field {
        "name" => ("이름", "Name"),
        "number" => ("주민등록번호", "Resident number"),
        "number_kind" => ("번호 종류", "Kind of number"),
        "birth_date" => ("생년월일", "Birth date"),
        "phone" => ("휴대전화번호", "Mobile number"),
        "code" => ("인증번호", "Code"),
        "place_code" => ("대기표 코드", "Ticket code"),
        "clinic" => ("의료기관", "Clinic"),
        "date" | "day" => ("날짜", "Day"),
        "time" => ("시간", "Time"),
        "hold" => ("잡아 둔 자리", "Held place"),
        "appointment" => ("예약번호", "Appointment number"),
        "ticket" => ("대기표", "Ticket"),
        "challenge" => ("본인확인", "Identity check"),
        "campaign" => ("접종 사업", "Campaign"),
        "q" => ("의료기관 이름", "Clinic name"),
        "near" | "centre" => ("동네", "Neighbourhood"),
        "region" => ("지역", "Region"),
        "part" => ("시간대", "Part of the day"),
        "page" => ("쪽 번호", "Page number"),
        "relation" => ("나와의 관계", "Relation"),
        "consent" => ("동의", "Consent"),
        "party" | "recipients" => ("예약할 분", "For whom"),
        "recipient" => ("예약할 분", "Recipient"),
        "place" => ("기다리실 곳", "Where to wait"),
        "from" => ("시작 날짜", "First day"),
        "until" => ("끝 날짜", "Last day"),
        "wait" => ("대기 예약", "Wait list"),
        "helper" => ("대신 예약하는 분", "Helper"),
        "dose" => ("접종 차수", "Dose"),
        "login" => ("아이디", "Account name"),
        "password" => ("비밀번호", "Password"),
        "new_password" => ("새 비밀번호", "New password"),
        "setup" => ("설정 번호", "Set-up code"),
        "why" => ("사유", "Reason"),
        other => (other, other),
    };
    lang.t(ko, en).to_owned()
}

/// What is wrong with a field and how it should look.
pub fn field_fault(lang: Lang, fault: &FieldFault) -> String {
    let name = field_name(lang, fault.field);
    let (ko, en) = match (fault.fault, fault.kind) {
        (Fault::Missing, Kind::TimeOfDay) => ("시간을 선택해 주십시오.", "Please choose a time."),
        (Fault::Missing, Kind::Relation) => {
            ("나와의 관계를 골라 주십시오.", "Please choose what this person is to you.")
        }
        (Fault::Missing, Kind::Consent) => {
            ("동의하시려면 표시해 주십시오. 동의하셔야 등록할 수 있습니다.", "Please tick the box to agree.")
        }
        (Fault::Missing, Kind::References) => {
            ("예약할 분을 한 분 이상 골라 주십시오.", "Please choose at least one person.")
        }
        (Fault::Missing, _) => {
            return lang
                .t(
                    &format!("{} 입력해 주십시오.", with_object_particle(&name)),
                    &format!("{name}: please fill in."),
                )
                .to_owned();
        }
        (Fault::TooLong, _) => {
            return lang
                .t(
                    &format!("{} 더 짧게 입력해 주십시오.", with_object_particle(&name)),
                    &format!("{name} is too long."),
                )
                .to_owned();
        }
        (Fault::Impossible, Kind::Day) if fault.field == "until" => (
            "끝 날짜를 시작 날짜와 같거나 늦은 날로 골라 주십시오.",
            "The last day must not be before the first.",
        ),
        (Fault::Impossible, Kind::PersonNumber) => (
            "번호 앞 6자리가 날짜가 아닙니다. 신분증의 번호를 다시 확인해 주십시오.",
            "The first six digits are no date. Please check the number on your card.",
        ),
        (Fault::Impossible, _) => {
            return lang
                .t(
                    &format!("{} 확인해 주십시오. 있을 수 없는 날짜입니다.", with_object_particle(&name)),
                    &format!("{name}: there is no such date. Please check it."),
                )
                .to_owned();
        }
        (Fault::Malformed, kind) => match malformed(kind) {
            Some(words) => words,
            None => {
                return lang
                    .t(
                        &format!("{} 읽을 수 없습니다.", with_object_particle(&name)),
                        &format!("{name} cannot be read."),
                    )
                    .to_owned();
            }
        },
    };
    lang.t(ko, en).to_owned()
}

/// How a field of the kind should look; None where no person types it.
fn malformed(kind: Kind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        Kind::Name => ("이름을 글자로 입력해 주십시오.", "Please write the name in letters."),
        Kind::PersonNumber => (
            "주민등록번호 또는 외국인등록번호 숫자 13자리를 입력해 주십시오. 예: 620314-1234567",
            "Please enter the 13 digits of your resident or foreigner’s number, for example 620314-1234567.",
        ),
        Kind::TemporaryNumber => (
            "임시관리번호를 글자와 숫자로 입력해 주십시오. 보건소에서 받은 번호입니다.",
            "Please enter the temporary number from the health centre, in letters and digits.",
        ),
        Kind::NumberKind => ("번호 종류를 골라 주십시오.", "Please choose the kind of number."),
        Kind::BirthDate => {
            ("생년월일을 숫자 8자리로 입력해 주십시오. 예: 19640305", "Eight digits, for example 19640305.")
        }
        Kind::Phone => (
            "휴대전화번호가 맞는지 확인해 주십시오. 예: 01012345678",
            "Please check the mobile number. For example 01012345678.",
        ),
        Kind::PlaceCode => (
            "대기표 코드 16자를 적어 주십시오. 예: 7F3K-92QD-MX4T-0H8C",
            "Please enter the 16 characters of the ticket code, like 7F3K-92QD-MX4T-0H8C.",
        ),
        Kind::Code => ("인증번호 숫자 6자리를 입력해 주십시오.", "Please enter the six digits."),
        Kind::Clinic => ("의료기관 번호가 아닙니다. 예: C00001", "Not the number of a clinic, e.g. C00001."),
        Kind::WaitPlace => {
            ("의료기관이나 시·군·구를 골라 주십시오.", "Please choose a clinic or a district.")
        }
        Kind::Day => ("날짜는 2027-07-26 형식입니다.", "A day looks like 2027-07-26."),
        Kind::TimeOfDay => ("시간은 09:30 형식입니다.", "A time looks like 09:30."),
        Kind::Consent => (
            "동의하는 글이 바뀌었습니다. 다시 읽고 표시해 주십시오.",
            "The text of the consent has changed. Please read it and tick the box again.",
        ),
        Kind::NewPassword => (
            "새 비밀번호를 12자 이상으로 정해 주십시오.",
            "Please choose a password of 12 characters or more.",
        ),
        Kind::Number
        | Kind::Password
        | Kind::Words
        | Kind::AppointmentNumber
        | Kind::Opaque
        | Kind::Relation
        | Kind::Reference
        | Kind::References => return None,
    })
}

/// What a recipient is to their helper.
pub fn relation(lang: Lang, relation: Relation) -> &'static str {
    match relation {
        Relation::Parent => lang.t("부모", "Parent"),
        Relation::Spouse => lang.t("배우자", "Spouse"),
        Relation::Child => lang.t("자녀", "Child"),
        Relation::Sibling => lang.t("형제자매", "Brother or sister"),
        Relation::OtherFamily => lang.t("그 밖의 가족", "Other family"),
        Relation::Carer => lang.t("돌보는 분(가족 아님)", "Somebody in my care, not family"),
    }
}

/// 이름을, 번호를: by whether the last syllable ends in a consonant.
fn with_object_particle(noun: &str) -> String {
    const SYLLABLES: std::ops::RangeInclusive<char> = '가'..='힣';
    const ENDINGS: u32 = 28;
    let last = noun.chars().last().filter(|last| SYLLABLES.contains(last));
    let ends_open = last.is_some_and(|last| (u32::from(last) - u32::from('가')).is_multiple_of(ENDINGS));
    format!("{noun}{}", if ends_open { "를" } else { "을" })
}

pub fn clock_time(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

pub fn civil_time(minutes: u16) -> Time {
    jiff::civil::time((minutes / 60) as i8, (minutes % 60) as i8, 0, 0)
}

/// How near an offered clinic is to the wanted one, as the crow flies.
pub fn nearness(lang: Lang, wanted: Option<&Clinic>, offered: &Clinic) -> String {
    let Some(wanted) = wanted else { return String::new() };
    if wanted.id == offered.id {
        return lang.t("같은 의료기관", "Same clinic").to_owned();
    }
    let km = kilometres(Point::of_clinic(wanted).km_to(Point::of_clinic(offered)));
    match lang {
        Lang::Ko => format!("직선 거리 {km}"),
        Lang::En => format!("{km} away"),
    }
}

/// Rounded up to a tenth, never nothing: `0.1 km`, `12.4 km`.
pub fn kilometres(km: f64) -> String {
    format!("{:.1} km", (km * 10.0).ceil().max(1.0) / 10.0)
}

pub fn sent_again_notice(lang: Lang, phone_masked: &str) -> String {
    match lang {
        Lang::Ko => format!("예약 문자를 {phone_masked} 번호로 다시 보냈습니다."),
        Lang::En => format!("The message was sent again to {phone_masked}."),
    }
}

pub fn left_waiting_notice(lang: Lang) -> String {
    lang.t("대기 예약을 그만두었습니다.", "You left the wait list.").to_owned()
}

pub fn offer_declined_notice(lang: Lang) -> String {
    lang.t(
        "그 자리는 다음 분께 넘어갔습니다. 대기 순서는 그대로입니다.",
        "The place went to the next person. Your place on the list is kept.",
    )
    .to_owned()
}

/// Title and text of a visit in somebody's calendar.
pub fn event_words(lang: Lang, app: &App, appointment: &Appointment, number: &str) -> (String, String) {
    let place = appointment.place;
    let clinic = app.country.clinic(place.slot.clinic);
    let phone = clinic.and_then(|clinic| clinic.phone.as_deref()).unwrap_or("1339");
    let name = lang.t(&app.names.name.0, &app.names.name.1);
    let until_on = lang.date(app.campaign().cancel_until(place.slot.visit_on));
    match lang {
        Lang::Ko => (
            format!("{name} {}차", place.dose.0),
            format!(
                "예약번호 {number}\n신분증을 가지고 가십시오.\n바꾸기·취소는 {until_on}까지 예약 조회에서, 그 뒤에는 전화 {phone}"
            ),
        ),
        Lang::En => (
            format!("{name}, dose {}", place.dose.0),
            format!(
                "Number {number}\nBring an identity card.\nChange or cancel online until {until_on}; after that phone {phone}"
            ),
        ),
    }
}

pub fn cancelled_notice(lang: Lang, number: &str) -> String {
    match lang {
        Lang::Ko => format!("예약번호 {number} 예약을 취소했습니다."),
        Lang::En => format!("Appointment {number} was cancelled."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_noun_takes_the_particle_of_its_last_syllable() {
        for (noun, expected) in [("이름", "이름을"), ("휴대전화번호", "휴대전화번호를"), ("code", "code을")]
        {
            assert_eq!(with_object_particle(noun), expected);
        }
    }
}
