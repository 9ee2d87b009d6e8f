//! `charye audit`: the record of who did what, as a list that proves itself.

use crate::audit::{self, Listed};
use crate::cli::{Audit, AuditWhat, NOT_IN_ORDER};
use crate::commands::inspect::each;
use crate::system::SystemClock;
use crate::verify::{Named, Source, config};
use anyhow::{Context as _, Result, ensure};
use booking::AuditEntry;
use std::fs::OpenOptions;
use std::io::BufWriter;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use store::{AuditEvent, AuditHead, Clock as _};

/// Of the embedded store.
const INCARNATION: u32 = 1;

pub(crate) fn run(audit: &Audit) -> Result<ExitCode> {
    match &audit.what {
        AuditWhat::Export { what, file, since, places } => {
            let config = config(places, None)?;
            let source = Source::open(&Named { what, scratch: None, config: &config })?;
            let (events, end) = export(&source, *since, file)?;
            println!("사건 / events  {events}");
            println!("{}", audit::line(SystemClock.now(), &end));
            Ok(ExitCode::SUCCESS)
        }
        AuditWhat::Head { what, places } => {
            let config = config(places, None)?;
            let source = Source::open(&Named { what, scratch: None, config: &config })?;
            let (begin, events) = events(&source, 0)?;
            println!("{}", audit::line(SystemClock.now(), &end(begin, &events)));
            Ok(ExitCode::SUCCESS)
        }
        AuditWhat::Check { file, heads } => Ok(check(audit::check(file, heads.as_deref()))),
    }
}

/// Writes the list into a new file; answers how many events, and the head that they end at.
pub(super) fn export(source: &Source, since: u64, file: &Path) -> Result<(usize, AuditHead)> {
    let (begin, events) = events(source, since)?;
    let end = end(begin, &events);
    let options = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let mut out = BufWriter::new(options.with_context(|| file.display().to_string())?);
    audit::write(&mut out, &begin, events.iter(), &end)?;
    out.into_inner()?.sync_all()?;
    Ok((events.len(), end))
}

fn end(begin: AuditHead, events: &[AuditEvent]) -> AuditHead {
    events.last().map_or(begin, |last| AuditHead { seq: last.seq, hash: last.hash, ..begin })
}

/// The events after that one, and the head they begin from.
fn events(source: &Source, since: u64) -> Result<(AuditHead, Vec<AuditEvent>)> {
    let mut head = AuditHead::begin(INCARNATION);
    let (mut begin, mut events) = (head, Vec::new());
    each(source, |_, _, change| {
        if let Some(entry) = AuditEntry::of(&change) {
            let event = head.add(entry);
            if event.seq <= since {
                begin = head;
            } else {
                events.push(event);
            }
        }
        Ok(())
    })?;
    ensure!(begin.seq == since, "사건이 {}개뿐입니다 / there are only {} events", begin.seq, begin.seq);
    Ok((begin, events))
}

fn check(found: Result<Listed>) -> ExitCode {
    let Listed { events, end, is_anchored } = match found {
        Ok(listed) => listed,
        Err(error) => {
            println!("이상: 목록이 처음 적힌 그대로가 아닙니다 / FAULT: the list is not as it was written");
            println!("  {error:#}");
            return ExitCode::from(NOT_IN_ORDER);
        }
    };
    println!("정상: 목록이 처음 적힌 그대로입니다 / in order: the list is as it was written");
    println!("  사건 / events  {events}");
    println!("  끝 / end       {} {}", end.seq, web::published::hex(&end.hash));
    if !is_anchored {
        println!(
            "  알림: 목록의 시작을 아는 머리가 없습니다 / note: no head from elsewhere knows where it begins"
        );
    }
    ExitCode::SUCCESS
}
