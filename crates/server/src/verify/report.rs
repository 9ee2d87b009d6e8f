//! The outcome of a proof, for people and for programs.

use super::{Found, Source, words};
use anyhow::Result;
use serde::Serialize;
use store::proof::{Claim, Proved};
use web::published::hex;

/// Shape of `charye verify --json`.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) ok: bool,
    /// What was proved, or could be until the first offence.
    claims: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    figures: Option<Figures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_offence: Option<First>,
    /// For a backup: the last row of the journal when it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    backup_row: Option<u64>,
    took_ms: u64,
}

#[derive(Debug, Serialize)]
struct Figures {
    rows: u64,
    chain: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_at: Option<String>,
    records: u64,
    people: u64,
    holds_made: u64,
    holds_live: u64,
    appointments_made: u64,
    appointments_live: u64,
    answers: u64,
    slots_over_list: u64,
    audit_events: u64,
    audit_head: String,
    digest: String,
}

#[derive(Debug, Serialize)]
struct First {
    claim: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u32>,
    ko: String,
    en: String,
}

impl Report {
    pub(crate) fn new(source: &Source, found: &Found, took_ms: u64) -> Self {
        let first_offence = match found {
            Found::Proved(_) => None,
            Found::Offence { offence, .. } => {
                let (ko, en) = words(&offence.broken);
                let claim = offence.broken.claim().code();
                Some(First { claim, row: Some(offence.row), record: offence.record, ko, en })
            }
            Found::Unreadable(what) => Some(First {
                claim: Claim::Records.code(),
                row: None,
                record: None,
                ko: format!("읽을 수 없습니다: {what}"),
                en: format!("it cannot be read: {what}"),
            }),
        };
        Self {
            ok: first_offence.is_none(),
            claims: Claim::ALL.map(Claim::code).to_vec(),
            figures: found.proved().map(figures),
            first_offence,
            backup_row: source.manifest.as_ref().map(|manifest| manifest.row),
            took_ms,
        }
    }
}

fn figures(proved: &Proved) -> Figures {
    let last_at = proved.last_at_ms.and_then(|at_ms| jiff::Timestamp::from_millisecond(at_ms).ok());
    Figures {
        rows: proved.end.seq,
        chain: hex(&proved.end.chain),
        last_at: last_at.map(|at| at.to_string()),
        records: proved.records,
        people: proved.people,
        holds_made: proved.holds_made,
        holds_live: proved.holds_live,
        appointments_made: proved.appointments_made,
        appointments_live: proved.appointments_live,
        answers: proved.answers,
        slots_over_list: proved.slots_over_list,
        audit_events: proved.audit.seq,
        audit_head: hex(&proved.audit.hash),
        digest: hex(&proved.digest),
    }
}

pub(crate) fn to_json(report: &Report) -> Result<String> {
    Ok(serde_json::to_string_pretty(report)?)
}

/// For a tired operator: yes or no first.
pub(crate) fn print(report: &Report) {
    match &report.first_offence {
        None => {
            println!(
                "정상: 장부의 모든 약속이 지켜졌습니다 / in order: every promise of the ledger was kept"
            );
        }
        Some(first) => {
            let place = match (first.row, first.record) {
                (Some(row), Some(record)) => {
                    format!("{row}행 {record}번째 기록 / row {row}, record {record}")
                }
                (Some(row), None) => format!("{row}행 / row {row}"),
                (None, _) => "–".to_owned(),
            };
            println!("이상: 지켜지지 않은 첫 약속 / FAULT: the first promise that was broken");
            println!("  어디 / where   {place}   [{}]", first.claim);
            println!("  {}", first.ko);
            println!("  {}", first.en);
        }
    }
    if let Some(figures) = &report.figures {
        print_figures(figures);
    }
    println!("  걸린 시간 / took           {} ms", report.took_ms);
}

fn print_figures(figures: &Figures) {
    let last_at = figures.last_at.as_deref().unwrap_or("–");
    println!("  행 / rows                  {} ({last_at})", figures.rows);
    println!("  기록 / records             {}", figures.records);
    println!("  사람 / people              {}", figures.people);
    println!("  임시 선점 / holds          {} (지금 / now {})", figures.holds_made, figures.holds_live);
    println!(
        "  예약 / appointments        {} (지금 / now {})",
        figures.appointments_made, figures.appointments_live
    );
    println!("  응답 / answers             {}", figures.answers);
    println!("  감사 기록 / audit events   {}", figures.audit_events);
    if figures.slots_over_list > 0 {
        let slots = figures.slots_over_list;
        println!(
            "  알림: 의료기관이 줄인 자리보다 많이 받은 시간 {slots}개 / note: {slots} slots hold more than their clinics give now"
        );
    }
    println!("  요약값 / digest            {}", figures.digest);
}
