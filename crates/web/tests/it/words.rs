//! Every refusal in plain words: what happened, what to do next, a number for the phone.

use crate::site::Site;
use booking::{AppointmentId, ClinicId, Refusal, RegionCode, SlotId};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use std::collections::BTreeSet;
use web::lang::Lang;
use web::wording::refusal;

const AT: Timestamp = Timestamp::UNIX_EPOCH;
const FROM: Date = date(2027, 7, 26);
const TO: Date = date(2027, 8, 9);
const SLOT: SlotId = SlotId { clinic: ClinicId(2), visit_on: FROM, starts_min: 540 };

fn every_refusal() -> impl Iterator<Item = Refusal> {
    citizens().into_iter().chain(of_appointments())
}

/// One of each, with some facts: until a place is held.
fn citizens() -> Vec<Refusal> {
    use Refusal as No;
    vec![
        No::KeyReused,
        No::CampaignUnknown,
        No::TooEarly { opens_at: AT },
        No::CampaignClosed { closed_at: AT },
        No::TicketNeeded,
        No::NotYourTurn { places_ahead: Some(1_234) },
        No::NotYourTurn { places_ahead: None },
        No::PlaceElsewhere,
        No::PlaceCodeUnknown,
        No::PlaceOfAnother,
        No::EntranceBusy { retry_after_s: 3 },
        No::IdentityNeeded,
        No::ChallengeUnknown,
        No::CodeWrong { tries_left: 2 },
        No::TooManyTries { again_at: AT },
        No::PhoneNotOwn,
        No::IdentityStale,
        No::NotEligible { born_from: FROM, born_to: TO },
        No::TicketUsed,
        No::PassNeeded,
        No::PassExpired { expired_at: AT },
        No::PairUnknown,
        No::TooManyPairs { again_at: AT },
        No::RecipientIsBooker,
        No::RecipientCodeNeeded,
        No::RecipientCodeUnknown,
        No::RecipientCodeWrong { tries_left: 3 },
        No::DelegationRevoked { revoked_at: AT },
        No::RecipientsFull { recipients_max: 4 },
        No::RecipientUnknown,
        No::PlacesInvalid,
        No::AlreadyBooked { appointment: AppointmentId(1) },
        No::FirstDoseNeeded,
        No::HoldTooSoon { again_at: AT },
        No::SlotUnknown,
        No::SlotPast,
        No::DoseIntervalWrong { earliest_on: FROM, latest_on: TO },
        No::SupplyExhausted { sido: RegionCode(1) },
        No::SlotFull { nearest: Vec::new() },
        No::SecondDoseFull { earliest_on: FROM, latest_on: TO },
        No::HoldUnknown,
        No::HoldExpired { expired_at: AT },
        No::ExtendedBefore { expires_at: AT },
    ]
}

/// And what comes after it, at the desks too.
fn of_appointments() -> Vec<Refusal> {
    use Refusal as No;
    vec![
        No::AppointmentUnknown,
        No::CancelledBefore { cancelled_at: AT },
        No::CancelTooLate { until_on: FROM },
        No::AppointmentChanged { appointment: AppointmentId(1) },
        No::MessageTooSoon { again_at: AT },
        No::PlacesNotFree { free: 2 },
        No::PlacesNotBlocked { blocked: 2 },
        No::CapacityBelowTaken { over: 2 },
        No::RegionUnknown { region: RegionCode(1) },
        No::SupplyOverTotal { total: 44, allotted: 45 },
        No::SupplyBelowTaken { sido: RegionCode(1), taken: 2 },
        No::WaitingBefore { since: AT },
        No::WaitScopeUnknown,
        No::PlacesFree { nearest: Vec::new() },
        No::WaitUnknown,
        No::OfferUnknown,
        No::OfferExpired { expired_at: AT },
        No::TwoAppointments { appointment: AppointmentId(1) },
        No::AdmissionRevoked { revoked_at: AT },
        No::ReasonNeeded,
        No::PersonUnknown,
        No::SamePerson,
        No::AdmissionUnknown,
        No::AlreadyFulfilled { appointment: AppointmentId(1), visit_on: FROM },
        No::CheckedInBefore { checked_in_at: AT, number: 12 },
        No::NoShowBefore { recorded_at: AT },
        No::CheckInNeeded,
        No::VisitElsewhere { slot: SLOT },
        No::VisitNotYet { visit_on: FROM },
        No::VisitOver { visit_on: FROM },
        No::VisitNotOver { ends_at: AT },
        No::StillExpected,
        No::PeriodNotOver { kept_until: AT },
        No::NotFromHere,
        No::SignInNeeded,
        No::SignInWrong,
        No::SignInTooSoon { again_at: AT },
        No::SetupCodeWrong,
        No::NotYourDuty,
        No::NotYourPlace,
    ]
}

/// A full stop, a question or an exclamation mark at the end of a sentence; not the point in a number.
fn sentences(text: &str) -> usize {
    let ends = |(position, c): (usize, char)| {
        let after = text[position..].chars().nth(1);
        matches!(c, '.' | '?' | '!') && after.is_none_or(char::is_whitespace)
    };
    text.char_indices().filter(|at| ends(*at)).count()
}

/// What nobody says to somebody at midnight.
const JARGON_KO: [&str; 12] = [
    "선점",
    "세션",
    "토큰",
    "서버",
    "쿠키",
    "브라우저",
    "로그인",
    "캡차",
    "에러",
    "클릭",
    "파라미터",
    "요청이",
];
const JARGON_EN: [&str; 9] =
    ["token", "session", "cookie", "server", "invalid", "error", "null", "parameter", "expired"];

#[tokio::test]
async fn every_refusal_says_in_both_languages_what_happened_and_what_to_do_next() {
    let app = Site::new().app;
    for no in every_refusal() {
        for lang in [Lang::Ko, Lang::En] {
            let said = refusal(lang, &no, &app);
            for text in [&said.sentence, &said.next_step] {
                let what = format!("{} ({}): {text}", no.code(), lang.code());
                assert!(text.ends_with('.') && !text.starts_with(' '), "{what}");
                assert!((1..=2).contains(&sentences(text)), "{what}");
                assert!(text.chars().count() <= 120, "{what}");
                let korean = text.chars().any(|c| ('가'..='힣').contains(&c));
                let latin = text.chars().any(|c| c.is_ascii_alphabetic());
                let (own, other) = if lang.is_ko() { (korean, latin) } else { (latin, korean) };
                assert!(own && !other, "{what}");
                let jargon: &[&str] = if lang.is_ko() { &JARGON_KO } else { &JARGON_EN };
                let found = jargon.iter().find(|word| text.to_lowercase().contains(**word));
                assert!(found.is_none(), "{what}: {found:?}");
            }
            assert_ne!(said.sentence, said.next_step, "{}", no.code());
        }
    }
}

#[test]
fn every_refusal_has_a_code_and_a_number_of_three_digits_of_its_own() {
    let kinds: BTreeSet<&str> = every_refusal().map(|no| no.code()).collect();
    let numbers: BTreeSet<u16> = every_refusal().map(|no| no.number()).collect();
    assert_eq!(kinds.len(), numbers.len());
    assert!(numbers.iter().all(|number| (100..1_000).contains(number)), "{numbers:?}");
    let told = kinds.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(told, Refusal::CODES.iter().copied().collect(), "one is not among those told here");
}
