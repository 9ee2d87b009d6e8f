//! The call centre's part of the report.

use super::Played;
use super::picture::series;
use crate::report::{Report, span, thousands};
use rehearsal::audit::CallsTold;
use rehearsal::calls::{CallJournal, CallSecond};
use rehearsal::chart;
use rehearsal::tally::LatencyQuantiles;
use serde_json::json;

const US_IN_S: u64 = 1_000_000;
const MINUTE_MS: f64 = 60_000.0;

/// For programs: counters, waits and talks in microseconds of the rehearsal, and how many times faster than the day it was.
pub(super) fn machine(played: &Played) -> serde_json::Value {
    let calls = &played.tally.calls;
    played.crowd.calls.as_ref().map_or(serde_json::Value::Null, |journal| {
        json!({
            "pace": played.pace,
            "outcomes": journal,
            "waited_answered_us": calls.answered(),
            "waited_gave_up_us": calls.gave_up(),
            "talked_us": calls.talks(),
            "desk_pages_us": calls.desk(),
        })
    })
}

/// Nothing, where nobody calls.
pub(super) fn tell(report: &mut Report, played: &Played) {
    let Some(journal) = &played.crowd.calls else { return };
    report.heading(("전화", "Calls"));
    report.says((
        "대기와 통화 시간은 그날의 시간입니다. 전화를 건 사람의 인내심과 통화 시간은 가정이고(docs/rehearsal.md), 상담원의 화면은 실제 서비스입니다.",
        "Waits and talking times are in the time of that day. How patient callers are and how long they talk is assumed (docs/rehearsal.md); the agents' pages are those of the running service.",
    ));
    counts(report, journal);
    picture(report, played);
    spans(report, played);
    if let Some(found) = &played.findings {
        told(report, &found.calls_told, played.pace);
        let by_phone = thousands(found.by_phone);
        report.says((
            &format!("전화로 알려 준 예약 {by_phone}건을 기록과 견주었습니다(1차와 2차를 따로 셈)."),
            &format!("{by_phone} appointments acknowledged on the phone were held against the record, first and second doses apart."),
        ));
    }
}

fn counts(report: &mut Report, journal: &CallJournal) {
    let rows = [
        ("상담원 / agents", journal.agents),
        ("전화한 사람 / people who called", journal.callers),
        ("걸려 온 전화 / calls offered", journal.offered),
        ("받은 전화 / answered", journal.answered),
        ("기다리다 끊음 / gave up", journal.gave_up),
        ("그 가운데 안내를 듣고 바로 / of those at once, when they heard the wait", journal.gave_up_at_once),
        ("다시 걺 / called again", journal.called_again),
        ("웹으로 감 / went to the web", journal.went_to_web),
        ("그날은 그만둠 / left it", journal.left_it),
        ("전화로 예약 / booked by phone", journal.booked),
        ("물어보기만 함 / only asked", journal.asked),
        ("자리를 돌려줌 / gave the place back", journal.gave_back),
        ("이미 예약이 있음 / had one already", journal.had_one),
        ("거절 / refused", journal.refused_sum()),
        ("모름 / unknown", journal.unknown),
        ("오류 / errors", journal.errors),
        ("상담원의 요청 / agents' requests", journal.requests),
    ];
    let mut table = vec![vec![String::new(), String::new()]];
    table.extend(rows.map(|(name, value)| vec![name.to_owned(), thousands(value)]));
    report.table(&table);
}

fn picture(report: &mut Report, played: &Played) {
    let seconds = played.tally.calls.seconds();
    let sums = |of: fn(&CallSecond) -> u64| {
        let mut sum = 0;
        let add = |(at, second): (usize, &CallSecond)| {
            sum += of(second);
            (at as f64, sum as f64)
        };
        seconds.iter().enumerate().map(add).collect::<Vec<_>>()
    };
    let mut holding = 0_i64;
    let line = seconds.iter().enumerate().map(|(at, second)| {
        holding += second.offered as i64 - second.answered as i64 - second.gave_up as i64;
        (at as f64, holding.max(0) as f64)
    });
    report.picture(&chart::lines(
        "걸려 옴, 끊음, 받음, 예약 / offered, gave up, answered, booked",
        &[
            series("걸려 옴 / offered", sums(|second| second.offered)),
            series("끊음 / gave up", sums(|second| second.gave_up)),
            series("받음 / answered", sums(|second| second.answered)),
            series("예약 / booked", sums(|second| second.booked)),
        ],
    ));
    report.picture(&chart::lines(
        "전화를 들고 기다리는 사람 / holding the line",
        &[series("기다림 / holding", line.collect())],
    ));
}

fn spans(report: &mut Report, played: &Played) {
    let calls = &played.tally.calls;
    let head = ["", "번 / times", "50 %", "99 %", "99.9 %", "최대 / max"];
    let mut table = vec![head.map(str::to_owned).to_vec()];
    let of_day = |us: u64| span(us * u64::from(played.pace) / US_IN_S);
    let row = |name: &str, of: LatencyQuantiles, said: &dyn Fn(u64) -> String| {
        let times = [of.p50_us, of.p99_us, of.p999_us, of.max_us].map(said);
        [name.to_owned(), thousands(of.count)].into_iter().chain(times).collect::<Vec<_>>()
    };
    let here = |us: u64| format!("{:.1} ms", us as f64 / 1_000.0);
    table.push(row("받기까지 기다림 / waited, answered", calls.answered(), &of_day));
    table.push(row("끊기까지 기다림 / waited, gave up", calls.gave_up(), &of_day));
    table.push(row("통화 / talked", calls.talks(), &of_day));
    table.push(row("상담원 화면의 응답 / a page of an agent", calls.desk(), &here));
    report.table(&table);
}

fn told(report: &mut Report, told: &CallsTold, pace: u32) {
    let (calls, short, long) = (thousands(told.calls), thousands(told.too_short), thousands(told.too_long));
    report.says((
        &format!("대기를 안내받고 결과를 아는 전화 {calls}통 가운데 {short}통은 안내보다 오래, {long}통은 안내보다 짧게 기다렸습니다."),
        &format!("Of {calls} calls that were told a wait and learnt whether it was true, {short} waited longer than its upper end and {long} were answered before its lower end."),
    ));
    if told.samples.len() < 2 {
        return;
    }
    let mut samples = told.samples.clone();
    samples.sort_unstable_by_key(|(_, _, had_ms)| *had_ms);
    let minutes = |ms: u64| ms as f64 * f64::from(pace) / MINUTE_MS;
    let line = |of: fn(&(u64, u64, u64)) -> u64| {
        samples.iter().map(|sample| (minutes(sample.2) * 60.0, minutes(of(sample)))).collect::<Vec<_>>()
    };
    report.picture(&chart::lines(
        "전화로 알린 대기와 실제 대기(분) / wait told on the phone against wait had, minutes",
        &[
            series("실제 / had", line(|sample| sample.2)),
            series("짧으면 / at least", line(|sample| sample.0)),
            series("길면 / at most", line(|sample| sample.1)),
        ],
    ));
}
