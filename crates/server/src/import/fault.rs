//! What is wrong in a file: line, column, kind. Never the text that stands there: it may be about a person.

use crate::import::wording;
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// How many places are printed for each kind; the whole list goes to a file.
const PLACES_SHOWN_MAX: usize = 10;

/// A column of the file, by its position from 1 and the name we know it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) position: usize,
    pub(crate) name: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: u64,
    /// None: of the whole line.
    pub(crate) column: Option<Column>,
    pub(crate) kind: FaultKind,
}

/// In the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FaultKind {
    /// Not UTF-8: reading stops.
    NotUtf8,
    /// A line longer than any list has: reading stops.
    LineTooLong,
    /// A quote that is closed many lines later or never.
    OpenQuote,
    ColumnCount {
        expected: usize,
        found: usize,
    },
    ColumnMissing,
    ColumnTwice,
    TooMany {
        max: usize,
    },
    Missing,
    TooLong {
        chars_max: usize,
    },
    Control,
    /// `6.2E+12`
    Exponent,
    /// `6203141000000.0`
    TrailingDecimal,
    /// `501011234567`
    LostZeros,
    /// `6,203,141,000,000`
    Grouped,
    /// `22719` for a date
    DateSerial,
    /// `0.375` for a time
    TimeFraction,
    NotAName,
    NumberNotDigits,
    NumberLength,
    NoNumber,
    BothNumbers,
    NotTemporary,
    NoSuchDate,
    DateForm,
    DateOutside,
    BirthDateDisagrees,
    PhoneForm,
    ZipForm,
    GroupUnknown,
    CodeForm,
    Level,
    ParentUnknown,
    ParentLevel,
    RegionUnknown,
    RegionMoved,
    DegreesForm,
    DegreesSwapped,
    DegreesOutside,
    TimeForm,
    HoursOrder,
    Weekday,
    WholeNumber {
        min: u32,
        max: u32,
    },
    Twin {
        first: u64,
    },
}

/// All faults of a file: counted, the first of each kind kept, all of them written to the file that was asked for.
pub(crate) struct FaultList {
    kinds: BTreeMap<String, Kind>,
    total: u64,
    file: Option<BufWriter<File>>,
}

struct Kind {
    order: FaultKind,
    count: u64,
    places: Vec<Fault>,
}

impl FaultList {
    /// # Errors
    /// The file for the whole list cannot be made.
    pub(crate) fn new(file: Option<&Path>) -> Result<Self> {
        let file = file.map(|path| {
            let mut file = BufWriter::new(
                File::create(path)
                    .with_context(|| format!("쓸 수 없습니다 / cannot write: {}", path.display()))?,
            );
            // A spreadsheet takes the file for UTF-8 by this mark.
            file.write_all("\u{feff}line,column,name,ko,en\n".as_bytes())?;
            anyhow::Ok(file)
        });
        Ok(Self { kinds: BTreeMap::new(), total: 0, file: file.transpose()? })
    }

    pub(crate) fn push(&mut self, fault: Fault) -> Result<()> {
        self.total += 1;
        let kind = self.kinds.entry(wording::fault(fault.kind).en).or_insert_with(|| Kind {
            order: fault.kind,
            count: 0,
            places: Vec::new(),
        });
        kind.count += 1;
        if kind.places.len() < PLACES_SHOWN_MAX {
            kind.places.push(fault);
        }
        if let Some(file) = &mut self.file {
            write_row(file, &fault)?;
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Kind by kind: the sentences once, then the places.
    pub(crate) fn print(&mut self, out: &mut dyn Write) -> Result<()> {
        let total = wording::grouped(self.total);
        writeln!(out, "\n고칠 곳이 {total}건 있습니다. 아무것도 바뀌지 않았습니다.")?;
        writeln!(out, "{total} faults; nothing was changed.")?;
        let mut kinds: Vec<&Kind> = self.kinds.values().collect();
        kinds.sort_by_key(|kind| kind.order);
        for kind in kinds {
            let sentence = wording::fault(kind.order);
            writeln!(out, "\n  {}건 · {}\n  {}", wording::grouped(kind.count), sentence.ko, sentence.en)?;
            for place in &kind.places {
                writeln!(out, "    {}", wording::place(place))?;
            }
            let more = kind.count - kind.places.len() as u64;
            if more > 0 {
                let more = wording::grouped(more);
                writeln!(out, "    … 그 밖에 {more}곳 / and {more} more")?;
            }
        }
        match &mut self.file {
            Some(file) => file.flush()?,
            None => writeln!(out, "\n  전체 목록: --faults 파일.csv / the whole list: --faults FILE.csv")?,
        }
        Ok(())
    }
}

fn write_row(file: &mut impl Write, fault: &Fault) -> Result<()> {
    let sentence = wording::fault(fault.kind);
    let (position, name) =
        fault.column.map_or((String::new(), ""), |column| (column.position.to_string(), column.name));
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let beside = wording::beside(fault.kind);
    let (ko, en) = (quoted(&(sentence.ko + &beside.ko)), quoted(&(sentence.en + &beside.en)));
    Ok(writeln!(file, "{},{position},{name},{ko},{en}", fault.line)?)
}
