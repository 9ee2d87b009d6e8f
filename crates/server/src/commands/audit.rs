//! `charye audit`: the record of who did what, as a list that proves itself.

use crate::audit::{self, Listed};
use crate::cli::{Audit, AuditWhat, NOT_IN_ORDER};
use crate::commands::inspect::each;
use crate::system::SystemClock;
use crate::verify::{Named, Source, config};
use anyhow::{Context as _, Result, ensure};
use booking::AuditEntry;
use std::fs::OpenOptions;
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use store::{AuditEvent, AuditHead, Clock as _};
use web::audit_list::Line;

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
            let end = each_event(&source, |_, _| Ok(()))?;
            println!("{}", audit::line(SystemClock.now(), &end));
            Ok(ExitCode::SUCCESS)
        }
        AuditWhat::Check { file, heads } => Ok(check(audit::check(file, heads.as_deref()))),
    }
}

/// Writes the list into a new file, event by event; answers how many events, and the head that they end at.
pub(super) fn export(source: &Source, since: u64, file: &Path) -> Result<(u64, AuditHead)> {
    let options = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let mut out = BufWriter::new(options.with_context(|| file.display().to_string())?);
    let (mut begin, mut line) = (None, Vec::new());
    let mut put = |what: &Line| {
        line.clear();
        what.write(&mut line);
        out.write_all(&line)
    };
    let end = each_event(source, |before, event| {
        if event.seq <= since {
            return Ok(());
        }
        if begin.is_none() {
            begin = Some(before);
            put(&Line::begin(&before))?;
        }
        Ok(put(&Line::event(event))?)
    })?;
    if end.seq < since {
        std::fs::remove_file(file)?;
    }
    ensure!(end.seq >= since, "사건이 {}개뿐입니다 / there are only {} events", end.seq, end.seq);
    if begin.is_none() {
        put(&Line::begin(&end))?;
    }
    put(&Line::end(&end))?;
    out.into_inner()?.sync_all()?;
    Ok((end.seq - since, end))
}

/// Every event with the head before it; answers the head after the last. None of them is kept.
fn each_event(
    source: &Source,
    mut look: impl FnMut(AuditHead, &AuditEvent) -> Result<()>,
) -> Result<AuditHead> {
    let mut head = AuditHead::begin(INCARNATION);
    each(source, |_, _, change| {
        let Some(entry) = AuditEntry::of(&change) else { return Ok(()) };
        let before = head;
        let event = head.add(entry);
        look(before, &event)
    })?;
    Ok(head)
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
