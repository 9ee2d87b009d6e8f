//! What an import says without refusing: what it put right, what it filled in, what it left out.

use crate::import::wording;
use anyhow::Result;
use std::collections::BTreeMap;
use std::io::Write;

const LINES_SHOWN_MAX: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Notice {
    PhoneZero,
    ZipZero,
    NoPhone,
    NoZip,
    DefaultHours,
    DefaultCapacity,
    DefaultVial,
    SharedPoint,
}

/// Counted, with the first lines of each.
#[derive(Default)]
pub(crate) struct Notices(BTreeMap<Notice, (u64, Vec<u64>)>);

impl Notices {
    pub(crate) fn note(&mut self, notice: Notice, line: u64) {
        let (count, lines) = self.0.entry(notice).or_default();
        *count += 1;
        if lines.len() < LINES_SHOWN_MAX {
            lines.push(line);
        }
    }

    pub(crate) fn print(&self, out: &mut dyn Write) -> Result<()> {
        for (notice, (count, lines)) in &self.0 {
            let words = wording::notice(*notice, *count);
            let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
            let more = if *count > lines.len() as u64 { ", …" } else { "" };
            let lines = lines.join(", ") + more;
            writeln!(out, "  알림: {} (줄 {lines})\n  note: {} (lines {lines})", words.ko, words.en)?;
        }
        Ok(())
    }
}

/// Columns that the import does not use, by the names in the file.
pub(crate) fn print_ignored(ignored: &[String], out: &mut dyn Write) -> Result<()> {
    if ignored.is_empty() {
        return Ok(());
    }
    let names = ignored.join(", ");
    Ok(writeln!(out, "  알림: 쓰지 않는 열 {names}\n  note: columns that are not used: {names}")?)
}
