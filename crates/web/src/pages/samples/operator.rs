use super::at;
use super::desk::{error, frame, note};
use crate::lang::Lang;
use crate::pages::desk::Frame;
use crate::pages::desk::operator::{Chart, LivePart, OperatorPage, OrderRow, OrdersPage, Tile};
use crate::pages::parts::{Errors, Phase};
use crate::staff::Alarm;
use crate::staff::console::DiskSpace;
use waiting_room::Orders;

pub(super) fn add(lang: Lang, add: &mut dyn FnMut(&'static str, &dyn askama::DynTemplate)) {
    let mut page = OperatorPage {
        frame: of_the_line(lang, "/desk/operator"),
        live: live(lang, Phase::Open, Vec::new()),
    };
    add("desk-operator", &page);
    page.frame.chrome.renews = false;
    page.live = live(lang, Phase::Trouble, every_alarm());
    add("desk-operator-alarms", &page);
    page.live = LivePart {
        tiles: Vec::new(),
        charts: Vec::new(),
        ..live(lang, Phase::Lobby, vec![Alarm::FiguresOld(None)])
    };
    add("desk-operator-nothing-yet", &page);
    add("desk-operator-orders", &orders(lang));
    let nothing = OrdersPage { given: Vec::new(), orders: Orders::default(), ..orders(lang) };
    add("desk-operator-orders-none", &OrdersPage { refusal: Some(note(lang)), ..nothing });
    add("desk-operator-orders-errors", &OrdersPage { errors: error(lang, "rate"), ..orders(lang) });
    add("desk-operator-orders-nothing-chosen", &OrdersPage { errors: error(lang, "what"), ..orders(lang) });
}

fn of_the_line(lang: Lang, path: &str) -> Frame {
    Frame { runs_line: true, serves_people: false, ..frame(lang, path) }
}

fn every_alarm() -> Vec<Alarm> {
    let since = at("2021-07-12T00:03:10+09:00");
    vec![
        Alarm::FiguresOld(Some(since)),
        Alarm::LineStands(since),
        Alarm::LedgerAway(since),
        Alarm::NobodyCalled,
        Alarm::Failing { per_second: 12.34 },
        Alarm::Slow { ms: 2_500 },
        Alarm::TurnedAway { per_second: 0.5 },
        Alarm::LedgerBehind { commands: 2_310 },
        Alarm::ViewsBehind { rows: 41_200 },
        Alarm::DiskLow(DiskSpace { free_bytes: 3 << 30, total_bytes: 100 << 30 }),
        Alarm::NodesGone { most: 4, now: 3 },
        Alarm::ManyUnmasked { login: "hong.gd".to_owned(), at: since },
    ]
}

fn live(lang: Lang, phase: Phase, alarms: Vec<Alarm>) -> LivePart {
    let is_bad = !alarms.is_empty();
    let tile = |ko: &str, en: &str, value: &str, unit: &str, is_bad| Tile {
        label: lang.t(ko, en).to_owned(),
        value: value.to_owned(),
        unit: unit.to_owned(),
        is_bad,
    };
    let values: Vec<f64> = (0..60).map(|step| f64::from((step * 37) % 100)).collect();
    let chart =
        |ko: &str, en: &str| Chart::of(lang.t(ko, en).to_owned(), &values, |value| format!("{value}"));
    LivePart {
        lang,
        at: at("2021-07-12T00:07:42+09:00"),
        phase,
        alarms,
        tiles: vec![
            tile("도착", "Arrivals", "12,480", lang.t("명/초", "a second"), false),
            tile("기다리는 분", "In line", "1,204,310", lang.t("명", "people"), false),
            tile("예약 확정", "Booked", "0.4", lang.t("명/초", "a second"), is_bad),
            tile("응답 99%", "99 % of the answers", "> 2,500", "ms", is_bad),
        ],
        charts: vec![chart("도착(명/초)", "Arrivals a second"), chart("기다리는 분", "People in line")],
    }
}

fn orders(lang: Lang) -> OrdersPage {
    let message = ("02시까지 점검합니다 <b>".to_owned(), "Repairs until 02:00".to_owned());
    let row = |number, what: &str| OrderRow {
        number,
        at: at("2021-07-12T00:05:10+09:00"),
        by: "park.operator".to_owned(),
        what: what.to_owned(),
        why: lang.t("저장이 느려짐", "The ledger is slow").to_owned(),
    };
    OrdersPage {
        frame: of_the_line(lang, "/desk/operator/orders"),
        phase: Phase::Paused,
        orders: Orders { is_paused: true, rate: Some(40), stretch: 4, message, ..Orders::default() },
        configured_rate: 120,
        what: "rate".to_owned(),
        rate: "forty".to_owned(),
        factor: String::new(),
        ko: String::new(),
        en: String::new(),
        why: lang.t("저장이 느려짐", "The ledger is slow").to_owned(),
        errors: Errors::default(),
        refusal: None,
        given: vec![
            row(3, lang.t("입장 멈춤", "admission paused")),
            row(2, lang.t("1초에 많아야 40명 입장", "at most 40 admitted a second")),
        ],
    }
}
