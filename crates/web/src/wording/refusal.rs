//! Words for every refusal, and where its next step is.

mod appointments;
mod clinics;
mod desk;
mod gate;
mod people;
mod place_in_line;
mod places;
mod retention;
mod staff;
mod visits;
mod waiting;

use super::Said;
use crate::app::App;
use crate::identity::Next;
use crate::lang::Lang;
use crate::pages::parts::Link;
use booking::Refusal;

/// What the waiting page helps with.
macro_rules! of_the_line {
    () => {
        Refusal::TooEarly { .. }
            | Refusal::TicketNeeded
            | Refusal::NotYourTurn { .. }
            | Refusal::PlaceElsewhere
            | Refusal::PlaceOfAnother
            | Refusal::EntranceBusy { .. }
            | Refusal::TicketUsed
            | Refusal::PassNeeded
            | Refusal::PassExpired { .. }
    };
}

/// Of the staff's own screens.
macro_rules! of_the_staff {
    () => {
        Refusal::NotFromHere
            | Refusal::SignInNeeded
            | Refusal::SignInWrong
            | Refusal::SignInTooSoon { .. }
            | Refusal::SetupCodeWrong
            | Refusal::NotYourDuty
            | Refusal::NotYourPlace
            | Refusal::SecondPersonNeeded
            | Refusal::ProposalOver
            | Refusal::ProposedBefore
    };
}

macro_rules! of_the_wait_list {
    () => {
        Refusal::WaitingBefore { .. }
            | Refusal::WaitScopeUnknown
            | Refusal::PlacesFree { .. }
            | Refusal::WaitUnknown
            | Refusal::OfferUnknown
            | Refusal::OfferExpired { .. }
    };
}

/// Exhaustive on purpose: a new refusal does not compile without its words.
pub fn refusal(lang: Lang, refusal: &Refusal, app: &App) -> Said {
    match refusal {
        Refusal::KeyReused
        | Refusal::CampaignUnknown
        | Refusal::CampaignClosed { .. }
        | Refusal::PlaceCodeUnknown => gate::doors(lang, refusal),
        of_the_line!() => gate::gate(lang, refusal),
        of_the_staff!() => staff::staff(lang, refusal),
        Refusal::IdentityNeeded
        | Refusal::ChallengeUnknown
        | Refusal::CodeWrong { .. }
        | Refusal::TooManyTries { .. }
        | Refusal::PhoneNotOwn
        | Refusal::IdentityStale
        | Refusal::NotEligible { .. }
        | Refusal::PairUnknown
        | Refusal::TooManyPairs { .. }
        | Refusal::RecipientIsBooker
        | Refusal::RecipientCodeNeeded
        | Refusal::RecipientCodeUnknown
        | Refusal::RecipientCodeWrong { .. }
        | Refusal::DelegationRevoked { .. }
        | Refusal::RecipientsFull { .. }
        | Refusal::RecipientUnknown => people::people(lang, refusal),
        Refusal::PlacesInvalid
        | Refusal::FirstDoseNeeded
        | Refusal::HoldTooSoon { .. }
        | Refusal::SlotUnknown
        | Refusal::SlotPast
        | Refusal::DoseIntervalWrong { .. }
        | Refusal::SupplyExhausted { .. }
        | Refusal::SlotFull { .. }
        | Refusal::SecondDoseFull { .. }
        | Refusal::HoldUnknown
        | Refusal::HoldExpired { .. }
        | Refusal::ExtendedBefore { .. } => places::places(lang, refusal, app),
        Refusal::PlacesNotFree { .. }
        | Refusal::PlacesNotBlocked { .. }
        | Refusal::CapacityBelowTaken { .. }
        | Refusal::RegionUnknown { .. }
        | Refusal::SupplyOverTotal { .. }
        | Refusal::SupplyBelowTaken { .. } => clinics::clinics(lang, refusal, app),
        Refusal::StillExpected | Refusal::PeriodNotOver { .. } => retention::retention(lang, refusal),
        Refusal::AlreadyFulfilled { .. }
        | Refusal::CheckedInBefore { .. }
        | Refusal::NoShowBefore { .. }
        | Refusal::CheckInNeeded
        | Refusal::VisitElsewhere { .. }
        | Refusal::VisitNotYet { .. }
        | Refusal::VisitOver { .. }
        | Refusal::VisitNotOver { .. } => visits::visits(lang, refusal),
        Refusal::AlreadyBooked { .. }
        | Refusal::AppointmentUnknown
        | Refusal::CancelledBefore { .. }
        | Refusal::CancelTooLate { .. }
        | Refusal::AppointmentChanged { .. }
        | Refusal::MessageTooSoon { .. } => appointments::appointments(lang, refusal),
        of_the_wait_list!() => waiting::waiting(lang, refusal),
        Refusal::AdmissionRevoked { .. }
        | Refusal::TwoAppointments { .. }
        | Refusal::ReasonNeeded
        | Refusal::PersonUnknown
        | Refusal::SamePerson
        | Refusal::AdmissionUnknown => desk::desk(lang, refusal),
    }
}

/// An identity check that leads there afterwards.
pub fn identity_path(next: Option<Next>) -> String {
    next.map_or("/identity".to_owned(), |next| format!("/identity?next={}", next.code()))
}

/// To a second identity check that leads back to where one was.
pub fn identity_again(lang: Lang, next: Option<Next>) -> Vec<Link> {
    let path = identity_path(next);
    vec![Link::new(lang.t("본인확인 다시 하기", "Confirm who you are again"), lang.href(&path))]
}

/// Where the next step is; the first is the primary one.
pub fn refusal_links(lang: Lang, refusal: &Refusal) -> Vec<Link> {
    let link = |ko, en, path: &str| Link::new(lang.t(ko, en), lang.href(path));
    let start = || link("첫 화면으로", "To the first page", "/");
    let held = || link("잡아 둔 자리로", "To the place held", "/book/hold");
    let waiting = || link("대기 화면으로", "To the waiting page", "/wait");
    let choose = || link("의료기관 선택으로", "Choose a clinic", "/book");
    let my = || link("예약 조회", "My appointment", "/my");
    match refusal {
        Refusal::CampaignUnknown | Refusal::CampaignClosed { .. } => vec![start(), my()],
        of_the_line!() => vec![waiting()],
        Refusal::PlaceCodeUnknown => {
            vec![link("코드 다시 적기", "Enter the code again", "/wait/code"), waiting()]
        }
        Refusal::IdentityNeeded
        | Refusal::ChallengeUnknown
        | Refusal::CodeWrong { .. }
        | Refusal::TooManyTries { .. }
        | Refusal::IdentityStale => vec![link("본인확인", "Confirm who you are", "/identity")],
        Refusal::PhoneNotOwn => phone_not_own(lang),
        Refusal::RecipientCodeNeeded | Refusal::RecipientCodeUnknown | Refusal::RecipientCodeWrong { .. } => {
            vec![link("예약할 분 추가", "Add a person", "/people/add"), waiting()]
        }
        Refusal::PairUnknown
        | Refusal::TooManyPairs { .. }
        | Refusal::RecipientIsBooker
        | Refusal::DelegationRevoked { .. }
        | Refusal::RecipientsFull { .. } => vec![link("예약할 분", "For whom", "/people"), waiting()],
        Refusal::RecipientUnknown => vec![link("예약할 분", "For whom", "/people"), choose()],
        Refusal::NotEligible { .. } => not_eligible(lang),
        refusal if is_of_own_appointment(refusal) => vec![my()],
        Refusal::NoShowBefore { .. } => vec![link("다시 예약하기", "Book again", "/wait"), my()],
        Refusal::PlacesInvalid
        | Refusal::FirstDoseNeeded
        | Refusal::HoldTooSoon { .. }
        | Refusal::SlotUnknown
        | Refusal::SlotPast
        | Refusal::DoseIntervalWrong { .. }
        | Refusal::SupplyExhausted { .. }
        | Refusal::SlotFull { .. }
        | Refusal::SecondDoseFull { .. }
        | Refusal::HoldUnknown
        | Refusal::WaitScopeUnknown
        | Refusal::PlacesFree { .. }
        | Refusal::HoldExpired { .. } => vec![choose(), my()],
        Refusal::ExtendedBefore { .. } | Refusal::KeyReused => vec![held(), my()],
        // Staff have no pages yet.
        _ => vec![start()],
    }
}

/// What may be done at once, with one button.
pub fn refusal_button(lang: Lang, refusal: &Refusal) -> Option<Link> {
    let own = || Link::new(lang.t("내 대기표 새로 받기", "Take a ticket of my own"), lang.href("/wait/anew"));
    (*refusal == Refusal::PlaceOfAnother).then(own)
}

/// What stands under "my appointment".
fn is_of_own_appointment(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::AlreadyBooked { .. }
            | Refusal::AlreadyFulfilled { .. }
            | Refusal::CheckedInBefore { .. }
            | Refusal::AppointmentUnknown
            | Refusal::CancelledBefore { .. }
            | Refusal::CancelTooLate { .. }
            | Refusal::AppointmentChanged { .. }
            | Refusal::WaitingBefore { .. }
            | Refusal::WaitUnknown
            | Refusal::OfferUnknown
            | Refusal::OfferExpired { .. }
            | Refusal::TwoAppointments { .. }
            | Refusal::MessageTooSoon { .. }
    )
}

fn phone_not_own(lang: Lang) -> Vec<Link> {
    let link = |ko, en, path: &str| Link::new(lang.t(ko, en), lang.href(path));
    vec![
        link("휴대전화가 본인 이름이 아닐 때", "When the phone is not in your name", "/help#phone"),
        link("다른 번호로 본인확인", "Use another number", "/identity"),
    ]
}

fn not_eligible(lang: Lang) -> Vec<Link> {
    let link = |ko, en, path: &str| Link::new(lang.t(ko, en), lang.href(path));
    vec![
        link("가족을 대신해 예약하기", "Book for somebody else", "/people"),
        link("본인확인 다시 하기", "Confirm who you are again", "/identity"),
        link("첫 화면으로", "To the first page", "/"),
    ]
}
