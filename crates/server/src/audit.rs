//! The audit record outside the service: heads that are given away, and lists that prove themselves.

mod list;

pub(crate) use list::{Listed, check};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::AuditHead;
use web::app::App;
use web::published::hex;

const HEADS_GIVEN_AWAY_EVERY: Duration = Duration::from_hours(1);
/// While the ledger is opening, or the place cannot be written to.
const HEADS_TRIED_AGAIN_AFTER: Duration = Duration::from_secs(10);

/// One line of a file of heads: when it was given away, the writer's incarnation, the number of the last event, its
/// hash. Lines that begin with `#` say nothing.
pub(crate) fn line(at: Timestamp, head: &AuditHead) -> String {
    format!("{at} {} {} {}", head.incarnation, head.seq, hex(&head.hash))
}

/// Adds a head to the file, and waits until it is on the disk.
pub(crate) fn give_away(path: &Path, at: Timestamp, head: &AuditHead) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    writeln!(file, "{}", line(at, head))?;
    file.sync_all()
}

/// Writes the head of the audit record down where somebody who can change the journal cannot, for ever.
pub(crate) async fn give_heads_away(file: PathBuf, app: Arc<App>) {
    if file.as_os_str().is_empty() {
        return std::future::pending().await;
    }
    loop {
        let told = match app.store.audit_head().await {
            Ok(head) => give_away(&file, app.clock.now(), &head).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let pause = match told {
            Ok(()) => HEADS_GIVEN_AWAY_EVERY,
            Err(error) => {
                tracing::warn!(error, "the head of the audit record was not written down; it is tried again");
                HEADS_TRIED_AGAIN_AFTER
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// # Errors
/// A line that is no head, by its number.
pub(crate) fn read_heads(path: &Path) -> Result<Vec<AuditHead>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let told = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let read = |(number, line): (usize, &str)| {
        head(line).with_context(|| {
            let number = number + 1;
            format!("{}: {number}번째 줄이 머리가 아닙니다 / line {number} is no head", path.display())
        })
    };
    told.map(read).collect()
}

fn head(line: &str) -> Option<AuditHead> {
    let mut words = line.split_whitespace();
    words.next()?.parse::<Timestamp>().ok()?;
    let incarnation = words.next()?.parse().ok()?;
    let seq = words.next()?.parse().ok()?;
    let hash = unhex(words.next()?)?.try_into().ok()?;
    words.next().is_none().then_some(AuditHead { incarnation, seq, hash })
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// The heads of a file that an operator named, if any.
///
/// # Errors
/// An empty file: an operator who names one means to have heads.
pub(crate) fn named_heads(path: Option<&Path>) -> Result<Vec<AuditHead>> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let heads = read_heads(path)?;
    ensure!(!heads.is_empty(), "{}: 머리가 없습니다 / there is no head in it", path.display());
    Ok(heads)
}
