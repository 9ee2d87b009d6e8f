//! `/desk/operator`: how the service runs, to be read from across the room. It is made from memory and is there when the
//! ledger is not.

use super::alarms::{Alarm, Now, alarms};
use super::console::{History, Span};
use super::live;
use crate::app::App;
use crate::context::Context;
use crate::error::Problem;
use crate::lang::Lang;
use crate::pages::desk::operator::{Chart, LivePart, OperatorPage, Tile};
use askama::Template as _;
use axum::body::Body;
use booking::StaffId;
use http::Response;
use hyper::http;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let live = part(&ctx.app, ctx.lang, &names(ctx)?)?;
    Ok(ctx.page(&OperatorPage { frame: ctx.desk_frame(), live }))
}

/// The names of the accounts are those of when the stream began.
pub(super) async fn live(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let (app, lang, names) = (Arc::clone(&ctx.app), ctx.lang, names(ctx)?);
    let told = Arc::clone(&app);
    let say = move || {
        let part = part(&told, lang, &names).ok();
        part.map(|part| part.render().expect("templates write to memory only")).unwrap_or_default()
    };
    Ok(live::stream(app, say))
}

type Names = HashMap<StaffId, String>;

fn names(ctx: &Context) -> Result<Names, Problem> {
    let book = &ctx.staff()?.book;
    let names = book.look(|accounts| accounts.all().map(|one| (one.id, one.login.clone())).collect());
    Ok(names?)
}

fn part(app: &App, lang: Lang, names: &Names) -> Result<LivePart, Problem> {
    let staff = app.staff.as_ref().ok_or(Problem::NotFound)?;
    let (history, now) = (staff.console.history(), app.clock.now());
    let raised = staff.unmasked.raised(now).into_iter();
    let login = |by: StaffId| names.get(&by).cloned().unwrap_or_else(|| by.0.to_string());
    let facts = Now {
        elapsed: app.clock.elapsed(),
        phase: app.gate.published().phase,
        standing: app.gate.standing(),
        unmasked: raised.map(|(by, at)| (login(by), at)).collect(),
    };
    let (phase, alarms) = (facts.phase, alarms(facts, &history));
    let tiles = tiles(app, lang, &history, &alarms);
    Ok(LivePart { lang, at: now, phase, alarms, tiles, charts: charts(lang, &history) })
}

/// One decimal below ten: `0.4`, `12`, `1,204`.
fn rate(lang: Lang, per_second: f64) -> String {
    let tenths = (per_second * 10.0).round().max(0.0) as u64;
    if tenths < 100 { format!("{}.{}", tenths / 10, tenths % 10) } else { lang.count(tenths / 10) }
}

fn answer_time(us: Option<u64>) -> String {
    match us {
        None => "–".to_owned(),
        Some(u64::MAX) => "> 2,500".to_owned(),
        Some(us) if us < 1_000 => format!("≤ 0.{}", us / 100),
        Some(us) => format!("≤ {}", us / 1_000),
    }
}

fn tiles(app: &App, lang: Lang, history: &History, alarms: &[Alarm]) -> Vec<Tile> {
    let Some(span) = history.now() else { return Vec::new() };
    let is_bad = |what: fn(&Alarm) -> bool| alarms.iter().any(what);
    let tile = |ko: &str, en: &str, value: String, unit: (&str, &str), is_bad: bool| Tile {
        label: lang.t(ko, en).to_owned(),
        value,
        unit: lang.t(unit.0, unit.1).to_owned(),
        is_bad,
    };
    let a_second = ("명/초", "a second");
    let last = span.last;
    let per = |of: fn(&super::console::Moment) -> u64| rate(lang, span.per_second(of));
    let mut tiles = vec![
        tile("도착", "Arrivals", per(|one| one.tickets), a_second, false),
        tile(
            "기다리는 분",
            "In line",
            lang.count(last.tickets.saturating_sub(last.called)),
            ("명", "people"),
            is_bad(|alarm| matches!(alarm, Alarm::NobodyCalled)),
        ),
        tile("부름", "Called", per(|one| one.called), a_second, false),
        tile("입장", "Admitted", per(|one| one.counted.admitted), a_second, false),
        tile("예약 확정", "Booked", per(|one| one.counted.booked), a_second, false),
        tile(
            "남은 백신",
            "Doses left",
            lang.count(app.gate.published().facts().document.doses_left.total),
            ("회", "doses"),
            false,
        ),
        tile("응답 절반", "Half of the answers", answer_time(span.answered_within(500)), ("ms", "ms"), false),
        tile(
            "응답 99%",
            "99 % of the answers",
            answer_time(span.answered_within(990)),
            ("ms", "ms"),
            is_bad(|alarm| matches!(alarm, Alarm::Slow { .. })),
        ),
        tile(
            "고장 난 응답",
            "Broken answers",
            per(|one| one.counted.failed),
            ("건/초", "a second"),
            is_bad(|alarm| matches!(alarm, Alarm::Failing { .. })),
        ),
        tile(
            "되돌려 보냄",
            "Turned away",
            per(|one| one.shed),
            ("건/초", "a second"),
            is_bad(|alarm| matches!(alarm, Alarm::TurnedAway { .. })),
        ),
    ];
    tiles.extend(machine_tiles(lang, &span, alarms));
    tiles
}

fn machine_tiles(lang: Lang, span: &Span, alarms: &[Alarm]) -> Vec<Tile> {
    let last = span.last;
    let unknown = || lang.t("모름", "unknown").to_owned();
    let tile = |label: (&str, &str), value: String, unit: (&str, &str), is_bad: fn(&Alarm) -> bool| Tile {
        label: lang.t(label.0, label.1).to_owned(),
        value,
        unit: lang.t(unit.0, unit.1).to_owned(),
        is_bad: alarms.iter().any(is_bad),
    };
    let lag = last.views_lag.map_or_else(unknown, |(rows, _)| lang.count(rows));
    let disk = last.disk.map_or_else(unknown, |disk| lang.count(disk.free_bytes >> 30));
    let nodes = last.nodes.map_or_else(unknown, |nodes| nodes.to_string());
    vec![
        tile(
            ("저장을 기다림", "Waiting for the ledger"),
            lang.count(last.commands_waiting),
            ("건", "commands"),
            |alarm| matches!(alarm, Alarm::LedgerBehind { .. } | Alarm::LedgerAway(_)),
        ),
        tile(("조회표가 뒤처짐", "Views behind"), lag, ("줄", "rows"), |alarm| {
            matches!(alarm, Alarm::ViewsBehind { .. })
        }),
        tile(("남은 디스크", "Disk free"), disk, ("GiB", "GiB"), |alarm| {
            matches!(alarm, Alarm::DiskLow(_))
        }),
        tile(("줄을 보는 프로세스", "Nodes of the line"), nodes, ("개", "running"), |alarm| {
            matches!(alarm, Alarm::NodesGone { .. } | Alarm::LineStands(_))
        }),
    ]
}

fn charts(lang: Lang, history: &History) -> Vec<Chart> {
    let steps = history.steps();
    let chart = |ko: &str, en: &str, of: &dyn Fn(&Span) -> f64| {
        let values: Vec<f64> = steps.iter().map(of).collect();
        let said = |value: f64| rate(lang, value);
        Chart::of(lang.t(ko, en).to_owned(), &values, said)
    };
    vec![
        chart("도착(명/초)", "Arrivals a second", &|span| span.per_second(|one| one.tickets)),
        chart("기다리는 분", "People in line", &|span| {
            span.last.tickets.saturating_sub(span.last.called) as f64
        }),
        chart("예약 확정(명/초)", "Booked a second", &|span| span.per_second(|one| one.counted.booked)),
        chart("고장 난 응답(건/초)", "Broken answers a second", &|span| {
            span.per_second(|one| one.counted.failed)
        }),
    ]
}
