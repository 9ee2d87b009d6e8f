//! Words of a forecast.

use crate::report::{span, thousands};
use rehearsal::plan::{Forecast, Plan, Warning};

pub(super) const AS_PLANNED: &str = "계획대로 / as planned";

pub(super) const VARIANT_HEAD: [&str; 7] = [
    "바꾼 것 / what is changed",
    "대기 중앙값 / median wait",
    "대기 90% / wait, 90 %",
    "배 / times",
    "최대 줄 / longest line",
    "예약 / booked",
    "헛기다림 / waited in vain",
];

type Value = fn(&Plan, &Forecast) -> String;

pub(super) const GLANCE: [(&str, Value); 14] = [
    ("오는 사람 / people who come", |plan, _| thousands(plan.comers())),
    ("1차 물량 / first doses", |plan, _| thousands(plan.supply())),
    ("초당 입장 / admitted a second", |_, found| thousands(u64::from(found.admissions_per_second))),
    ("가장 긴 줄 / longest line", |_, found| thousands(found.line_max)),
    ("대기 중앙값 / median wait", |_, found| span(u64::from(found.wait.p50_s))),
    ("대기 90% / wait, 90 %", |_, found| span(u64::from(found.wait.p90_s))),
    ("대기 99% / wait, 99 %", |_, found| span(u64::from(found.wait.p99_s))),
    ("가장 긴 대기 / longest wait", |_, found| span(u64::from(found.wait.max_s))),
    ("예약 / booked", |_, found| thousands(found.booked)),
    ("물량이 끝나는 때 / doses end at", |_, found| match found.supply_out_at_s {
        Some(at_s) => format!("+{}", span(at_s.unsigned_abs())),
        None => "–".to_owned(),
    }),
    ("줄에 서서 물량이 끝난 사람 / in line when doses ended", |_, found| {
        thousands(found.waited_in_vain)
    }),
    ("뒤에 온 사람 / came after that", |_, found| thousands(found.came_too_late)),
    ("끝까지 못 부른 사람 / never called", |_, found| thousands(found.never_called)),
    ("알린 대기보다 오래 기다림 / waited longer than told", |_, found| {
        format!("{} / {}", thousands(found.told_too_short), thousands(found.told))
    }),
];

pub(super) fn variant(what: &str) -> &str {
    match what {
        "nodes_doubled" => "노드 두 배 / twice the nodes",
        "over_two_days" => "이틀에 나눔 / spread over two days",
        "over_ten_days" => "열흘에 나눔(10부제) / spread over ten days",
        "draw" => "순번 추첨(이 서비스에는 아직 없음) / numbers by draw (not in this service yet)",
        "details_beforehand" => "미리 입력(절차 절반) / details beforehand, half the journey",
        "twice_the_people" => "사람 두 배 / twice the people",
        "half_the_rate" => "처리 속도 절반 / half the rate",
        "half_the_doses" => "물량 절반 / half the doses",
        "all_in_a_minute" => "모두 1분 안에 / all within a minute",
        other => other,
    }
}

pub(super) fn warning(warning: Warning) -> (String, String) {
    match warning {
        Warning::DosesShort { people, doses } => {
            let (people, doses) = (thousands(people), thousands(doses));
            (
                format!("{people}명이 오는데 물량은 {doses}회분입니다. 미리 알리십시오."),
                format!("{people} people come for {doses} doses. Say so beforehand."),
            )
        }
        Warning::PlacesShort { people, places } => {
            let (people, places) = (thousands(people), thousands(places));
            (
                format!("{people}명이 오는데 자리는 {places}개입니다."),
                format!("{people} people come for {places} places."),
            )
        }
        Warning::WaitLong { p90_s } => {
            let wait = span(u64::from(p90_s));
            (
                format!("열 명 중 한 명은 {wait} 넘게 기다립니다."),
                format!("One in ten waits longer than {wait}."),
            )
        }
        Warning::WaitInVain { people } => {
            let people = thousands(people);
            (
                format!("{people}명이 줄에 서 있을 때 물량이 끝납니다."),
                format!("Doses end while {people} people stand in line."),
            )
        }
        Warning::NeverCalled { people } => {
            let people = thousands(people);
            (
                format!("{people}명은 마감 때까지 차례가 오지 않습니다."),
                format!("The campaign ends before the turn of {people} people."),
            )
        }
        Warning::Overrun { at_once, bears } => {
            let (at_once, bears) = (thousands(at_once), thousands(bears));
            (
                format!(
                    "대기열이 없으면 한꺼번에 {at_once}명이 들어옵니다. 2021년 7월의 사이트는 {bears}명이 한계였습니다."
                ),
                format!(
                    "Without a line {at_once} people are in at once; the site of July 2021 bore {bears}."
                ),
            )
        }
    }
}
