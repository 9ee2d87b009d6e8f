//! Regions, clinics and searches, in every state of what is known.

use super::{card, chrome, crumbs, error, now};
use crate::lang::Lang;
use crate::map::{Map, Place};
use crate::pages::find::{Choice, DayCell, FindForm, FindPage, FoundRow, Results};
use crate::pages::parts::{Availability, ClinicCard, Errors, Link};
use crate::pages::regions::{ClinicRow, ClinicsPage, Neighbourhood, RegionRow, RegionsPage};
use crate::search::distance::Point;
use jiff::Timestamp;
use jiff::civil::date;

pub(super) fn regions(lang: Lang, booking: bool) -> RegionsPage {
    use Availability::{Few, Many, None as Full, Unknown};
    let base = if booking { "/book/regions" } else { "/regions" };
    let row = |name: &str, clinics, availability| RegionRow {
        name: name.to_owned(),
        href: lang.href(&format!("{base}/1100000000")),
        clinics,
        availability,
    };
    let crumbs = vec![Link::new(lang.t("전국", "Korea"), lang.href("/book"))];
    RegionsPage {
        chrome: chrome(lang, base),
        booking,
        crumbs: if booking { crumbs } else { Vec::new() },
        region: booking.then(|| lang.t("서울특별시", "Seoul").to_owned()),
        rows: vec![
            row("종로구", 118, Many),
            row("강남구", 412, Few),
            row("은평구", 96, Full),
            row("세종특별자치시", 76, Unknown),
        ],
        prepared: None,
        as_of: booking.then(now),
    }
}

/// The head of a booking, where one 시·도 has no dose left.
pub(super) fn whole_country(lang: Lang) -> RegionsPage {
    let mut page = regions(lang, true);
    (page.crumbs, page.region, page.as_of) = (Vec::new(), None, None);
    for (row, name) in page.rows.iter_mut().zip(["서울특별시", "부산광역시", "대구광역시", "인천광역시"])
    {
        name.clone_into(&mut row.name);
        row.availability = if name == "대구광역시" { Availability::None } else { Availability::Unknown };
    }
    page
}

pub(super) fn clinics_pages(lang: Lang) -> [(&'static str, ClinicsPage); 3] {
    [
        ("clinics", clinics(lang, false, Some(now()))),
        ("clinics-unknown", clinics(lang, false, None)),
        ("clinics-booking", clinics(lang, true, Some(now()))),
    ]
}

fn clinic_row(lang: Lang, booking: bool, availability: Availability) -> ClinicRow {
    ClinicRow {
        clinic: card(lang),
        href: (booking && availability != Availability::None).then(|| lang.href("/book/clinics/c-0412")),
        availability,
    }
}

fn clinics(lang: Lang, booking: bool, as_of: Option<Timestamp>) -> ClinicsPage {
    let row = |known| {
        let availability = if as_of.is_some() { known } else { Availability::Unknown };
        clinic_row(lang, booking, availability)
    };

    let neighbourhood = |code: &str, name: &str| Neighbourhood {
        code: code.to_owned(),
        name: name.to_owned(),
        clinics: vec![row(Availability::Many), row(Availability::None), row(Availability::Few)],
    };
    let base = if booking { "/book/regions/1111000000" } else { "/regions/1111000000" };
    ClinicsPage {
        chrome: chrome(lang, base),
        booking,
        crumbs: crumbs(lang),
        code: "1111000000".to_owned(),
        region: lang.t("종로구", "Jongno-gu").to_owned(),
        neighbourhoods: vec![
            neighbourhood("1111051500", "청운효자동"),
            neighbourhood("1111053000", "사직동"),
            neighbourhood("1111054000", "삼청동"),
            neighbourhood("1111055000", "부암동"),
        ],
        as_of,
    }
}

pub(super) fn find_pages(lang: Lang) -> Vec<(&'static str, FindPage)> {
    let asked = find(lang, false, None);
    let none = Results {
        rows: Vec::new(),
        map: None,
        total: 0,
        pages: 1,
        after: None,
        ..results(lang, false, true)
    };
    let faulty = Errors(vec![
        error("near", lang.t("그런 이름의 동네를 찾지 못했습니다.", "No such neighbourhood.")),
        error("q", lang.t("의료기관 이름을 더 짧게 입력해 주십시오.", "Clinic name is too long.")),
        error("day", lang.t("날짜는 2027-07-26 형식입니다.", "A day looks like 2027-07-26.")),
        error("part", lang.t("시간대를 읽을 수 없습니다.", "Part of the day cannot be read.")),
    ]);
    let place = |name| Link::new(name, lang.href("/find?centre=1168010100"));
    vec![
        (
            "find-meant",
            FindPage {
                meant: vec![place("부산광역시 중구"), place("대구광역시 중구")], ..asked.clone()
            },
        ),
        ("find-errors", FindPage { errors: faulty, ..asked.clone() }),
        ("find-nothing", FindPage { results: Some(none), as_of: Some(now()), ..asked.clone() }),
        ("find", asked),
        ("find-found", find(lang, false, Some(true))),
        ("find-unknown", find(lang, false, Some(false))),
        ("find-booking", find(lang, true, Some(true))),
    ]
}

/// `known` is None before a search, then whether the ledger speaks.
fn find(lang: Lang, booking: bool, known: Option<bool>) -> FindPage {
    FindPage {
        chrome: chrome(lang, if booking { "/book/find" } else { "/find" }),
        booking,
        form: form(lang, known.is_some()),
        errors: Errors::default(),
        meant: Vec::new(),
        results: known.map(|known| results(lang, booking, known)),
        as_of: known.filter(|known| *known).map(|_| now()),
    }
}

fn form(lang: Lang, asked: bool) -> FindForm {
    let choice = |value: &str, label: &str, chosen| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen,
    };
    let day = |day| {
        let day = date(2021, 7, day);
        choice(&day.to_string(), &lang.date(day), asked && day.day() < 28)
    };
    FindForm {
        name: if asked { "마음" } else { "" }.to_owned(),
        near: String::new(),
        centre: asked.then(|| ("1111010100".to_owned(), "서울특별시 종로구 청운동".to_owned())),
        regions: vec![choice("1100000000", "서울특별시", asked), choice("2600000000", "부산광역시", false)],
        days: [26, 27, 28, 29, 30, 31].map(day).to_vec(),
        parts: vec![
            choice("day", lang.t("하루 종일", "Whole day"), !asked),
            choice("morning", lang.t("오전", "Morning"), asked),
            choice("afternoon", lang.t("오후", "Afternoon"), false),
        ],
        free_first: asked,
    }
}

fn results(lang: Lang, booking: bool, known: bool) -> Results {
    use Availability::{Closed, Few, Many, None as Full, Unknown};
    let states = [Many, Few, Full, Closed, Many, Few, Full];
    let state = |number: usize| if known { states[number % states.len()] } else { Unknown };
    let row = |number: usize| {
        let day = |day: usize| {
            let availability = state(number + day);
            let free = (booking && matches!(availability, Many | Few)).then_some(3 + day as u64 * 10);
            DayCell {
                date: date(2021, 7, 26 + day as i8),
                availability,
                free,
                href: free.map(|_| lang.href("/book/clinics/c-0412/2021-07-26")),
            }
        };
        FoundRow {
            number: number + 1,
            clinic: ClinicCard { id: format!("c-{number}"), ..card(lang) },
            place: "서울특별시 종로구 청운동".to_owned(),
            distance: Some(format!("0.{} km", number + 1)),
            availability: state(number),
            days: (0..6).map(day).collect(),
            href: booking.then(|| lang.href("/book/clinics/c-0412")),
        }
    };
    let rows: Vec<FoundRow> = (0..7).map(row).collect();
    let centre = Point { lat: 37.5872, lon: 126.9692 };
    let place = |row: &FoundRow| {
        let step = row.number as f64;
        Place {
            // Two at one point, to be spread.
            point: Point {
                lat: centre.lat + step.sin() * 0.01,
                lon: centre.lon + (step / 2.0).floor() * 0.004,
            },
            number: row.number,
            row: format!("c{}", row.clinic.id),
            name: row.clinic.name.clone(),
            availability: row.availability,
        }
    };
    let labels = [("청운동", 0.0), ("사직동", -0.008), ("부암동", 0.012)];
    let labels = labels
        .into_iter()
        .map(|(name, north)| (name.to_owned(), Point { lat: centre.lat + north, ..centre }));
    Results {
        total: 47,
        map: Map::draw(rows.iter().map(place).collect(), Some(centre), labels),
        rows,
        page: 1,
        pages: 3,
        before: None,
        after: Some(lang.href("/find?page=2")),
    }
}
