//! The file as it was handed over: plain or gzip, UTF-8 with or without its mark; what it is not is said in words.

use anyhow::{Context as _, Result, bail};
use flate2::read::MultiGzDecoder;
use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// No line of any list is longer. It bounds what one open quote can swallow.
pub(crate) const LINE_BYTES_MAX: usize = 4 << 20;
const BUFFER_BYTES: usize = 64 << 10;
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// The bytes of the list, and how far they are read.
pub(crate) struct Source {
    pub(crate) bytes: Box<dyn Read>,
    pub(crate) progress: Progress,
    pub(crate) allowance: Allowance,
}

/// How much of the file has been read, as it lies on the disk.
#[derive(Clone)]
pub(crate) struct Progress {
    read: Arc<AtomicU64>,
    total: u64,
}

impl Progress {
    pub(crate) fn percent(&self) -> u64 {
        (self.read.load(Ordering::Relaxed) * 100).checked_div(self.total).unwrap_or(100).min(100)
    }
}

/// Bytes that may still be read for the line at hand; whoever reads lines fills it up again.
#[derive(Clone)]
pub(crate) struct Allowance(Rc<Cell<usize>>);

impl Allowance {
    fn new() -> Self {
        Self(Rc::new(Cell::new(LINE_BYTES_MAX)))
    }

    pub(crate) fn renew(&self) {
        self.0.set(LINE_BYTES_MAX);
    }

    pub(crate) fn is_used_up(&self) -> bool {
        self.0.get() == 0
    }
}

pub(crate) fn open(path: &Path) -> Result<Source> {
    let named = || format!("파일을 읽을 수 없습니다 / cannot read the file: {}", path.display());
    let file = File::open(path).with_context(named)?;
    let progress = Progress { read: Arc::default(), total: file.metadata().with_context(named)?.len() };
    let counted = Counted { file, read: Arc::clone(&progress.read) };
    let mut packed = BufReader::with_capacity(BUFFER_BYTES, counted);
    let is_gzip = packed.fill_buf().with_context(named)?.starts_with(b"\x1f\x8b");
    let plain: Box<dyn Read> = if is_gzip { Box::new(MultiGzDecoder::new(packed)) } else { Box::new(packed) };
    let mut plain = BufReader::with_capacity(BUFFER_BYTES, plain);
    let head = plain.fill_buf().with_context(named)?;
    refuse_other_kinds(head)?;
    let mark = if head.starts_with(UTF8_MARK) { UTF8_MARK.len() } else { 0 };
    plain.consume(mark);
    let allowance = Allowance::new();
    let bytes = Box::new(Lines { inner: plain, allowance: allowance.clone(), ends_line: true });
    Ok(Source { bytes, progress, allowance })
}

fn refuse_other_kinds(head: &[u8]) -> Result<()> {
    let how_ko = "엑셀에서 '다른 이름으로 저장 → CSV UTF-8(쉼표로 분리)'로 저장해 주십시오.";
    let how_en = "In the spreadsheet use \"Save as → CSV UTF-8 (comma delimited)\".";
    if head.is_empty() {
        bail!("파일이 비어 있습니다 / the file is empty");
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xd0\xcf\x11\xe0") {
        bail!("CSV가 아니라 엑셀 통합 문서입니다. {how_ko} / this is a workbook, not CSV. {how_en}");
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        bail!("UTF-16(유니코드 텍스트)으로 저장된 파일입니다. {how_ko} / the file is UTF-16. {how_en}");
    }
    Ok(())
}

struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Bounded, and every line ended, the last one too: line numbers are counted by the ends.
struct Lines<R> {
    inner: R,
    allowance: Allowance,
    ends_line: bool,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.allowance.is_used_up() {
            return Err(std::io::Error::other("the line is too long"));
        }
        let mut count = self.inner.read(buffer)?;
        if count == 0 && !self.ends_line && !buffer.is_empty() {
            buffer[0] = b'\n';
            count = 1;
        }
        if let Some(last) = count.checked_sub(1) {
            self.ends_line = buffer[last] == b'\n';
        }
        let left = self.allowance.0.get();
        self.allowance.0.set(left.saturating_sub(count));
        Ok(count)
    }
}
