//! The report of a rehearsal: one HTML file, JSON and Markdown.

use super::{Played, calls, words};
use crate::report::{Report, span, thousands};
use anyhow::{Context as _, Result};
use booking::{Country, RegionCode};
use rehearsal::audit::{Findings, LetIn};
use rehearsal::chart::{self, Series};
use rehearsal::tally::Tally;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

const US_IN_MS: f64 = 1_000.0;
/// For programs, for a terminal or a page of notes, for a browser.
pub(super) const REPORTS: [&str; 3] = ["report.json", "report.md", "report.html"];

pub(super) fn write(played: &Played, out: &Path) -> Result<()> {
    let report = report(played);
    print!("{}", report.as_markdown());
    let put = |name: &str, text: &str| {
        let path = out.join(name);
        std::fs::write(&path, text).with_context(|| path.display().to_string())
    };
    let [json, markdown, html] = REPORTS;
    put(json, &serde_json::to_string_pretty(&machine(played))?)?;
    put(markdown, report.as_markdown())?;
    put(html, &report.into_html())?;
    println!("보고서 / report  {}", out.join(html).display());
    Ok(())
}

/// The audit alone.
pub(super) fn audited(found: &Findings) -> Report {
    let mut report = Report::new(("연습의 감사", "The audit of a rehearsal"));
    offences(&mut report, found);
    report
}

fn machine(played: &Played) -> serde_json::Value {
    let steps: BTreeMap<_, _> = played
        .tally
        .latencies()
        .map(|(step, waits)| (serde_json::to_value(step).unwrap_or_default().to_string(), waits))
        .collect();
    json!({
        "scenario": played.scenario,
        "people": played.people,
        "passes": played.passes(),
        "elapsed_s": played.crowd.elapsed.as_secs_f64(),
        "behind_max_ms": played.crowd.behind_max.as_millis() as u64,
        "outcomes": played.crowd.journal,
        "latencies_us": steps,
        "calls": calls::machine(played),
        "planned_apart_percent": played.planned().map(|planned| planned.apart_percent),
        "journal_proved": played.evidence.as_ref().map(|evidence| evidence.is_proved),
        "journal_rows": played.evidence.as_ref().map(|evidence| evidence.rows),
        "audit": played.findings,
    })
}

fn report(played: &Played) -> Report {
    let mut report = Report::new((
        &format!("예약 시작 연습: {}", played.scenario),
        &format!("Rehearsal of an opening: {}", played.scenario),
    ));
    verdict(&mut report, played);
    outcomes(&mut report, played);
    arrivals(&mut report, &played.tally);
    progress(&mut report, played);
    waits(&mut report, &played.tally);
    calls::tell(&mut report, played);
    noes(&mut report, &played.tally);
    if let Some(found) = &played.findings {
        told(&mut report, found);
        offences(&mut report, found);
    }
    if let Some(evidence) = &played.evidence {
        map(&mut report, &evidence.country, &played.tally);
    }
    report
}

fn verdict(report: &mut Report, played: &Played) {
    if played.findings.is_none() {
        report.warns((
            "감사하지 않았습니다(--data도 --operator도 없음). 통과로 치지 않습니다.",
            "Not audited (neither --data nor --operator): it does not count as passed.",
        ));
    } else if played.passes() {
        report.assures(("통과: 감사에서 어긋난 것이 없습니다.", "Passed: the audit found nothing amiss."));
    } else if played.findings.as_ref().is_some_and(Findings::holds) {
        report.warns((
            "실패: 감사에서 어긋난 것은 없으나, 장부가 증명되지 않았거나 답을 받지 못하고 돌아간 사람이 많습니다.",
            "FAILED: the audit found nothing amiss, but the journal is not proved or too many went home without an answer.",
        ));
    } else {
        report.warns(("실패: 감사에서 어긋난 것이 있습니다.", "FAILED: the audit found something amiss."));
    }
}

fn outcomes(report: &mut Report, played: &Played) {
    let journal = &played.crowd.journal;
    report.heading(("한눈에", "At a glance"));
    let rows = [
        ("걸린 시간 / took", span(played.crowd.elapsed.as_secs())),
        ("온 사람 / people", thousands(journal.arrived)),
        ("줄에 선 사람 / joined", thousands(journal.joined)),
        ("입장 / admitted", thousands(journal.admitted)),
        ("예약 / booked", thousands(journal.booked)),
        ("거절 / refused", thousands(journal.refused_sum())),
        ("나타나지 않음 / no-shows", thousands(journal.no_shows)),
        ("그만둠 / dropped out", thousands(journal.dropped_out)),
        ("모름 / unknown", thousands(journal.unknown)),
        ("오류 / errors", thousands(journal.errors + journal.errors_at_gate)),
        ("요청 / requests", thousands(journal.requests)),
        (
            "계획보다 늦게 보냄, 최대 / sent late, at most",
            format!("{} ms", played.crowd.behind_max.as_millis()),
        ),
    ];
    let mut table = vec![vec![String::new(), String::new()]];
    table.extend(rows.map(|(name, value)| vec![name.to_owned(), value]));
    report.table(&table);
}

pub(super) fn series(name: &str, points: Vec<(f64, f64)>) -> Series {
    Series { name: name.to_owned(), points }
}

fn arrivals(report: &mut Report, tally: &Tally) {
    report.heading(("도착", "Arrivals"));
    report.picture(&chart::lines(
        "초당 도착한 사람 / people a second",
        &[
            series("온 사람 / arrived", tally.rates(|second| second.arrived)),
            series("번호표를 받은 사람 / given a ticket", tally.rates(|second| second.joined)),
        ],
    ));
    report.heading(("줄", "The line"));
    report.picture(&chart::lines("줄에 선 사람 / in line", &[series("줄 / in line", tally.line())]));
}

/// Numbers called: (second, called). They stay called, also in seconds in which nobody looked.
pub(super) fn called(tally: &Tally) -> Vec<(f64, f64)> {
    let mut most = 0;
    let at = |(at, second): (usize, &rehearsal::tally::Second)| {
        most = most.max(second.serving_number);
        (at as f64, most as f64)
    };
    tally.seconds().iter().enumerate().map(at).collect()
}

fn progress(report: &mut Report, played: &Played) {
    let tally = &played.tally;
    report.heading(("입장과 예약", "Admissions and bookings"));
    let mut curves = vec![
        series("불린 번호 / called", called(tally)),
        series("입장 / admitted", tally.sums(|second| second.admitted)),
        series("예약 / booked", tally.sums(|second| second.booked)),
    ];
    if let Some(planned) = &played.planned() {
        let apart = planned.apart_percent;
        report.says((
            &format!("계획한 번호와 실제로 불린 번호는 가장 벌어진 때 전체 길이의 {apart:.1}% 떨어져 있었습니다."),
            &format!("Numbers called as planned and as rehearsed were at most {apart:.1} % of the whole length apart."),
        ));
        let until = tally.seconds().len() as f64;
        let kept = planned.called.iter().copied().filter(|(at_s, _)| (0.0..=until).contains(at_s)).collect();
        curves.push(series("계획 / planned", kept));
    }
    report.picture(&chart::lines("불린 번호·입장·예약 / called, admitted, booked", &curves));
}

fn waits(report: &mut Report, tally: &Tally) {
    report.heading(("응답 시간(보내려던 때부터, ms)", "Latencies from the intended send, ms"));
    let quantile = |of: fn(rehearsal::tally::LatencyQuantiles) -> u64| {
        let at = |(at, second): (usize, &rehearsal::tally::Second)| {
            (at as f64, of(second.quantiles()) as f64 / US_IN_MS)
        };
        tally.seconds().iter().enumerate().map(at).collect::<Vec<_>>()
    };
    report.picture(&chart::lines(
        "응답 시간 / latencies",
        &[
            series("중앙값 / median", quantile(|waits| waits.p50_us)),
            series("99 %", quantile(|waits| waits.p99_us)),
            series("최대 / max", quantile(|waits| waits.max_us)),
        ],
    ));
    let head = ["단계 / step", "응답 / answers", "50 %", "99 %", "99.9 %", "최대 / max"];
    let mut table = vec![head.map(str::to_owned).to_vec()];
    let ms = |us: u64| format!("{:.1}", us as f64 / US_IN_MS);
    table.extend(tally.latencies().map(|(step, waits)| {
        let step = words::step(step).to_owned();
        vec![
            step,
            thousands(waits.count),
            ms(waits.p50_us),
            ms(waits.p99_us),
            ms(waits.p999_us),
            ms(waits.max_us),
        ]
    }));
    report.table(&table);
}

fn noes(report: &mut Report, tally: &Tally) {
    report.heading(("거절의 까닭", "Refusals by reason"));
    let mut table = vec![vec!["까닭 / reason".to_owned(), "번 / times".to_owned()]];
    table.extend(tally.noes.iter().map(|(code, times)| vec![code.clone(), thousands(*times)]));
    table.push(vec!["무응답 / no answer".to_owned(), thousands(tally.no_answers)]);
    report.table(&table);
}

fn told(report: &mut Report, found: &Findings) {
    report.heading(("알린 대기와 실제 대기(분)", "Wait told against wait had, minutes"));
    let told = &found.told;
    let (people, short) = (thousands(told.people), thousands(told.too_short));
    report.says((
        &format!("대기를 안내받은 {people}명 가운데 {short}명이 안내보다 오래 기다렸습니다."),
        &format!("Of {people} people who were told a wait, {short} waited longer than its upper end."),
    ));
    if told.samples.len() < 2 {
        return;
    }
    let mut samples = told.samples.clone();
    samples.sort_unstable_by_key(|(_, _, had_s)| *had_s);
    let line = |of: fn(&(u64, u64, u64)) -> u64| {
        samples.iter().map(|sample| (sample.2 as f64, of(sample) as f64 / 60.0)).collect::<Vec<_>>()
    };
    report.picture(&chart::lines(
        "알린 대기와 실제 대기 / wait told against wait had",
        &[
            series("실제 / had", line(|sample| sample.2)),
            series("짧으면 / at least", line(|sample| sample.0)),
            series("길면 / at most", line(|sample| sample.1)),
        ],
    ));
}

fn offences(report: &mut Report, found: &Findings) {
    report.heading(("감사", "The audit"));
    report.says((
        &format!(
            "응답 {}개, 알려 준 예약 {}건, 장부의 예약 {}건. 답을 못 들은 확정 {}건 가운데 {}건이 예약되어 있었습니다.",
            thousands(found.answers),
            thousands(found.acknowledged),
            thousands(found.standing),
            thousands(found.unknown),
            thousands(found.unknown_booked)
        ),
        &format!(
            "{} answers, {} acknowledged appointments, {} in the ledger. Of {} confirmations without an answer {} had been booked.",
            thousands(found.answers),
            thousands(found.acknowledged),
            thousands(found.standing),
            thousands(found.unknown),
            thousands(found.unknown_booked)
        ),
    ));
    let_in(report, &found.let_in);
    let mut table = vec![vec!["어긋남 / breach".to_owned(), "건 / found".to_owned()]];
    table.extend(words::CLAIMS.map(|claim| {
        let times = found.offences.get(&claim).copied().unwrap_or(0);
        vec![words::claim(claim).to_owned(), thousands(times)]
    }));
    report.table(&table);
}

fn let_in(report: &mut Report, found: &LetIn) {
    let (Some(rate), people) = (found.rate, thousands(found.people)) else { return };
    let above = format!("{}.{:03}", found.excess_ms / 1_000, found.excess_ms % 1_000);
    report.says((
        &format!("{people}명이 들어갔습니다. 정한 속도는 1초에 {rate}명이고, 가장 많이 몰린 때에 {above}초 몫이 더 들어갔습니다."),
        &format!("{people} people were let in. The rate was {rate} a second; at the most {above} seconds' worth came in above it."),
    ));
    if let Some(used) = found.used_permille {
        let used = format!("{}.{}", used / 10, used % 10);
        report.says((
            &format!("기다리는 사람이 있는 동안 그 속도의 {used} %를 썼습니다."),
            &format!("While people waited, {used} % of it was used."),
        ));
    }
}

/// How many of a 시·군·구's appointments there are for each of its clinics; the fullest is darkest.
fn map(report: &mut Report, country: &Country, tally: &Tally) {
    let mut districts: BTreeMap<RegionCode, (f64, f64, f64, f64)> = BTreeMap::new();
    for clinic in country.clinics() {
        let district = districts.entry(country.sigungu_of(clinic.region)).or_default();
        let booked = tally.booked_at.get(&clinic.id).copied().unwrap_or(0) as f64;
        *district = (district.0 + clinic.lon, district.1 + clinic.lat, district.2 + booked, district.3 + 1.0);
    }
    let most = districts.values().map(|sums| sums.2 / sums.3).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let dot = |sums: &(f64, f64, f64, f64)| {
        let (lon, lat, booked, clinics) = *sums;
        (lon / clinics, lat / clinics, booked / clinics / most)
    };
    let dots: Vec<_> = districts.values().map(dot).collect();
    report.heading(("시·군·구별 예약", "Bookings by district"));
    report.picture(&chart::dots(
        "시·군·구별 예약 / bookings by district; the darker the more for each clinic",
        &dots,
    ));
}
