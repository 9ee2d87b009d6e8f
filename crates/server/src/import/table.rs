//! A CSV file line by line: columns found by name, in any order, in Korean or English; whatever is wrong with the form
//! of the file becomes a fault.

use crate::import::fault::{Column, Fault, FaultKind, FaultList};
use crate::import::source::{Allowance, Progress, Source};
use anyhow::{Context as _, Result, bail};
use std::io::{IsTerminal as _, Read, Write as _};

/// A record that goes on for so long began with a quote that nobody closed.
const LINES_MAX: u64 = 20;
const METER_EVERY: u64 = 8_192;

/// A column that an import knows.
pub(crate) struct Known {
    pub(crate) name: &'static str,
    /// What it is called elsewhere.
    pub(crate) also: &'static [&'static str],
    pub(crate) needed: bool,
    pub(crate) chars_max: usize,
}

pub(crate) struct Table {
    reader: csv::Reader<Box<dyn Read>>,
    progress: Progress,
    allowance: Allowance,
    known: &'static [Known],
    /// Of each known column, its position in the file from 0.
    positions: Vec<Option<usize>>,
    /// How many columns the first line has.
    width: usize,
    /// Named in the first line and used for nothing.
    pub(crate) ignored: Vec<String>,
    pub(crate) lines: u64,
}

/// One line of the file, its fields by the order of the known columns.
pub(crate) struct Row<'a> {
    pub(crate) line: u64,
    table: &'a Columns<'a>,
    record: &'a csv::StringRecord,
}

struct Next {
    record: csv::StringRecord,
    /// The line it begins on.
    line: u64,
    /// Inside its fields.
    line_ends: u64,
}

struct Columns<'a> {
    known: &'static [Known],
    positions: &'a [Option<usize>],
}

impl Row<'_> {
    /// Without spaces around it; empty where the file has no such column.
    pub(crate) fn get(&self, column: usize) -> &str {
        let position = self.table.positions[column];
        position.and_then(|position| self.record.get(position)).unwrap_or("").trim()
    }

    pub(crate) fn fault(&self, column: usize, kind: FaultKind) -> Fault {
        let name = self.table.known[column].name;
        let place = self.table.positions[column].map(|at| Column { position: at + 1, name });
        Fault { line: self.line, column: place, kind }
    }

    /// Too long, or with control characters in it: one fault a field.
    fn faults_of_form(&self) -> Vec<Fault> {
        let fault = |(column, known): (usize, &Known)| {
            let text = self.get(column);
            let is_long = text.len() > known.chars_max && text.chars().count() > known.chars_max;
            let kind = if is_long {
                FaultKind::TooLong { chars_max: known.chars_max }
            } else if text.chars().any(char::is_control) {
                FaultKind::Control
            } else {
                return None;
            };
            Some(self.fault(column, kind))
        };
        self.table.known.iter().enumerate().filter_map(fault).collect()
    }
}

impl Table {
    /// Reads the first line. What it does not have is a fault; without any, nothing else of the file is looked at.
    pub(crate) fn open(source: Source, known: &'static [Known], faults: &mut FaultList) -> Result<Self> {
        let Source { bytes, progress, allowance } = source;
        let mut reader = csv::ReaderBuilder::new();
        // Returns before line ends are trimmed with the fields: counted as line ends they would shift the line numbers.
        reader.has_headers(false).flexible(true).terminator(csv::Terminator::Any(b'\n'));
        let mut reader = reader.from_reader(bytes);
        let mut head = csv::ByteRecord::new();
        let mut read = reader.read_byte_record(&mut head);
        while matches!(read, Ok(true)) && head.as_slice().trim_ascii().is_empty() {
            read = reader.read_byte_record(&mut head);
        }
        if allowance.is_used_up() {
            faults.push(Fault { line: 1, column: None, kind: FaultKind::LineTooLong })?;
            head.clear();
        } else {
            read.context("파일을 읽다가 끊겼습니다 / the file ends in the middle")?;
        }
        let mut table = Self {
            reader,
            progress,
            allowance,
            known,
            positions: vec![None; known.len()],
            width: head.len(),
            ignored: Vec::new(),
            lines: 0,
        };
        match csv::StringRecord::from_byte_record(head) {
            Ok(head) if faults.is_empty() => table.find_columns(&head, faults)?,
            Ok(_) => {}
            Err(_) => faults.push(Fault { line: 1, column: None, kind: FaultKind::NotUtf8 })?,
        }
        Ok(table)
    }

    fn find_columns(&mut self, head: &csv::StringRecord, faults: &mut FaultList) -> Result<()> {
        let names: Vec<String> = head.iter().map(plain_name).collect();
        let mut used = vec![false; names.len()];
        for (column, known) in self.known.iter().enumerate() {
            let is_called = |called: &str| names.iter().position(|name| *name == plain_name(called));
            let called = std::iter::once(&known.name).chain(known.also);
            self.positions[column] = called.filter_map(|called| is_called(called)).find(|at| !used[*at]);
            if let Some(at) = self.positions[column] {
                used[at] = true;
                if names.iter().skip(at + 1).any(|name| *name == names[at]) {
                    let place = Column { position: at + 1, name: known.name };
                    faults.push(Fault { line: 1, column: Some(place), kind: FaultKind::ColumnTwice })?;
                }
            }
        }
        if self.positions.iter().all(Option::is_none) {
            refuse_headless(head, self.known)?;
        }
        let unused = used.iter().enumerate().filter(|(_, used)| !**used);
        self.ignored = unused.map(|(at, _)| head[at].trim().chars().take(30).collect()).collect();
        for (column, known) in self.known.iter().enumerate() {
            if known.needed && self.positions[column].is_none() {
                self.missing(column, faults)?;
            }
        }
        Ok(())
    }

    /// A column that must be there and is not.
    pub(crate) fn missing(&self, column: usize, faults: &mut FaultList) -> Result<()> {
        let place = Column { position: 0, name: self.known[column].name };
        faults.push(Fault { line: 1, column: Some(place), kind: FaultKind::ColumnMissing })
    }

    pub(crate) fn has(&self, column: usize) -> bool {
        self.positions[column].is_some()
    }

    /// Every line whose form is right, in order. A line with a fault of form is told and left out.
    pub(crate) fn for_each(
        &mut self,
        faults: &mut FaultList,
        mut each: impl FnMut(&Row<'_>, &mut FaultList) -> Result<()>,
    ) -> Result<()> {
        let mut next = self.next(csv::StringRecord::new(), faults)?;
        while let Some(Next { record, line, line_ends }) = next {
            // Spreadsheets end their files with lines of commas.
            if record.iter().any(|field| !field.trim().is_empty()) {
                self.lines += 1;
                self.meter();
                let columns = Columns { known: self.known, positions: &self.positions };
                let row = Row { line, table: &columns, record: &record };
                let of_form = form_faults(&row, self.width, line_ends);
                if of_form.is_empty() {
                    each(&row, faults)?;
                }
                of_form.into_iter().try_for_each(|fault| faults.push(fault))?;
            }
            next = self.next(record, faults)?;
        }
        self.clear_meter();
        Ok(())
    }

    /// None at the end, or where reading has to stop, which is a fault. The record before it is used again.
    fn next(&mut self, before: csv::StringRecord, faults: &mut FaultList) -> Result<Option<Next>> {
        let mut bytes = before.into_byte_record();
        let from = self.reader.position().line();
        self.allowance.renew();
        let is_one = match self.reader.read_byte_record(&mut bytes) {
            Err(_) if self.allowance.is_used_up() => {
                faults.push(Fault { line: from, column: None, kind: FaultKind::LineTooLong })?;
                return Ok(None);
            }
            read => read.context("파일을 읽다가 끊겼습니다 / the file ends in the middle")?,
        };
        let until = self.reader.position().line();
        let line_ends = if until - from > 1 { line_ends(bytes.as_slice()) } else { 0 };
        // Empty lines before it were skipped: its line is counted back from its end.
        let line = until.saturating_sub(line_ends + 1);
        let Ok(record) = csv::StringRecord::from_byte_record(bytes) else {
            faults.push(Fault { line, column: None, kind: FaultKind::NotUtf8 })?;
            return Ok(None);
        };
        Ok(is_one.then_some(Next { record, line, line_ends }))
    }

    fn meter(&self) {
        if self.lines.is_multiple_of(METER_EVERY) && std::io::stderr().is_terminal() {
            let lines = crate::import::wording::grouped(self.lines);
            eprint!("\r  {:3} %   {lines}줄 / lines ", self.progress.percent());
            let _shown = std::io::stderr().flush();
        }
    }

    fn clear_meter(&self) {
        if self.lines >= METER_EVERY && std::io::stderr().is_terminal() {
            eprint!("\r{:40}\r", "");
        }
    }
}

fn line_ends(text: &[u8]) -> u64 {
    text.split(|byte| *byte == b'\n').count() as u64 - 1
}

fn form_faults(row: &Row<'_>, width: usize, lines: u64) -> Vec<Fault> {
    if lines > LINES_MAX {
        return vec![Fault { line: row.line, column: None, kind: FaultKind::OpenQuote }];
    }
    let found = row.record.len();
    if found != width {
        let kind = FaultKind::ColumnCount { expected: width, found };
        return vec![Fault { line: row.line, column: None, kind }];
    }
    row.faults_of_form()
}

/// A first line without any name that we know is perhaps somebody's data: its text is not repeated.
fn refuse_headless(head: &csv::StringRecord, known: &[Known]) -> Result<()> {
    let names: Vec<&str> = known.iter().map(|column| column.name).collect();
    let names = names.join(", ");
    if head.len() == 1 && head[0].contains(['\t', ';']) {
        bail!(
            "칸이 쉼표가 아니라 탭이나 쌍반점으로 나뉘어 있습니다. 'CSV UTF-8(쉼표로 분리)'로 저장해 주십시오. / the fields are divided by tabs or semicolons; save as \"CSV UTF-8 (comma delimited)\""
        );
    }
    bail!(
        "첫 줄에 아는 열 이름이 하나도 없습니다. 첫 줄에는 열 이름이 있어야 합니다: {names} / the first line has no column name that is known; it must name the columns: {names}"
    );
}

/// Names of columns are compared without case, spaces and underscores.
fn plain_name(name: &str) -> String {
    let composed = web::person_name::composed(name);
    composed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '_' && *c != '-')
        .flat_map(char::to_lowercase)
        .collect()
}
