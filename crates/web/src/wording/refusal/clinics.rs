//! What clinics and the campaign's office are told.

use crate::app::App;
use crate::lang::Lang;
use crate::wording::{Said, said};
use booking::{Refusal, RegionCode};

pub(super) fn clinics(lang: Lang, refusal: &Refusal, app: &App) -> Said {
    match refusal {
        Refusal::PlacesNotFree { free } => said(
            lang,
            (
                format!("빈자리가 {free}개뿐이어서 그만큼 막을 수 없습니다."),
                format!("Only {free} places are free: so many cannot be blocked."),
            ),
            (
                "빈자리 수 안에서 다시 입력해 주십시오. 예약된 자리는 막을 수 없습니다.",
                "Please enter no more than are free. A booked place cannot be blocked.",
            ),
        ),
        Refusal::PlacesNotBlocked { blocked } => said(
            lang,
            (format!("막아 둔 자리는 {blocked}개입니다."), format!("Only {blocked} places are blocked.")),
            ("막아 둔 자리 수 안에서 다시 입력해 주십시오.", "Please enter no more than are blocked."),
        ),
        Refusal::CapacityBelowTaken { over } => said(
            lang,
            (
                format!("이미 자리를 받은 분이 정원보다 {over}명 많아집니다."),
                format!("{over} more people have a place than there would be."),
            ),
            (
                "그래도 줄이시려면 한 번 더 확인해 주십시오. 예약은 그대로이고, 다시 안내할 분의 명단이 남습니다.",
                "To lower it all the same, confirm once more. Nobody loses a place; those to be offered another are listed.",
            ),
        ),
        Refusal::RegionUnknown { .. } => said(
            lang,
            ("그런 시·도가 없습니다.", "There is no such region."),
            ("시·도를 다시 선택해 주십시오.", "Please choose a region again."),
        ),
        Refusal::SupplyOverTotal { total, allotted } => said(
            lang,
            (
                format!("시·도에 나눈 백신 {allotted}회분이 전체 {total}회분보다 많습니다."),
                format!("The regions would get {allotted} doses of {total}."),
            ),
            (
                "다른 시·도의 몫을 함께 줄이거나 전체 수량을 늘려 주십시오.",
                "Please lower another share in the same step, or raise the total.",
            ),
        ),
        Refusal::SupplyBelowTaken { sido, taken } => said(
            lang,
            (
                format!("{}에서 이미 예약된 백신이 {taken}회분입니다.", region(app, *sido)),
                format!("{taken} doses are booked already in {}.", region(app, *sido)),
            ),
            (
                "그래도 줄이시려면 한 번 더 확인해 주십시오. 예약은 취소되지 않고, 모자라는 수량이 표시됩니다.",
                "To lower it all the same, confirm once more. Nobody loses a dose; what is short is shown.",
            ),
        ),
        elsewhere => unreachable!("{elsewhere:?} has its words elsewhere"),
    }
}

fn region(app: &App, code: RegionCode) -> &str {
    app.country.region(code).map_or("", |region| region.name.as_str())
}
