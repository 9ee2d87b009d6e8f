//! A list of audit events, read by somebody who does not believe it ([`web::audit_list`]).

use super::unhex;
use crate::audit;
use anyhow::{Context as _, Result, ensure};
use std::io::BufRead;
use std::path::Path;
use store::{AuditEvent, AuditHead, AuditProof, record};
use web::audit_list::{Event, Head, Line};

/// What a list holds, once it has proved itself.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) events: usize,
    pub(crate) end: AuditHead,
    /// Whether it begins with the first event, or at a head that was given away; otherwise nobody knows what was before.
    pub(crate) is_anchored: bool,
}

/// Line by line: of a list of millions no more is in memory than a line.
///
/// # Errors
/// The first line or event that is not as it was written.
pub(crate) fn check(path: &Path, heads: Option<&Path>) -> Result<Listed> {
    let heads = audit::named_heads(heads)?;
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    let mut reading = Reading { heads: &heads, begun: None, events: 0, end: None };
    for (number, text) in std::io::BufReader::new(file).lines().enumerate() {
        let number = number + 1;
        let wrong =
            || format!("{number}번째 줄이 목록의 줄이 아닙니다 / line {number} is not of such a list");
        let text = text.with_context(wrong)?;
        let line: Line = serde_json::from_str(&text).with_context(wrong)?;
        // Letter by letter: nothing is said beside what is understood, and nothing is left out.
        ensure!(serde_json::to_string(&line)? == text, wrong());
        reading.take(&line).with_context(wrong)?;
    }
    reading.listed()
}

struct Reading<'a> {
    heads: &'a [AuditHead],
    begun: Option<(AuditHead, AuditProof)>,
    events: usize,
    end: Option<AuditHead>,
}

impl Reading<'_> {
    fn take(&mut self, line: &Line) -> Result<()> {
        ensure!(self.end.is_none(), "목록의 끝 다음입니다 / after the end of the list");
        match (line, &mut self.begun) {
            (Line::Begin(head), None) => {
                let begin = head_of(head)?;
                ensure!(
                    begin.seq > 0 || begin == AuditHead::begin(begin.incarnation),
                    "목록의 시작이 첫 머리가 아닙니다 / the list does not begin from the first head"
                );
                self.begun = Some((begin, AuditProof::begin(begin, self.heads)));
            }
            (Line::Event(event), Some((_, proof))) => {
                proof.follow(&read(event)?)?;
                self.events += 1;
            }
            (Line::End(head), Some(_)) => self.end = Some(head_of(head)?),
            (Line::Begin(_), Some(_)) | (Line::Event(_) | Line::End(_), None) => {
                anyhow::bail!("여기 올 줄이 아닙니다 / not a line for this place")
            }
        }
        Ok(())
    }

    fn listed(self) -> Result<Listed> {
        let cut = "목록이 잘렸습니다 / the list is cut";
        let ((begin, proof), end) = (self.begun.context(cut)?, self.end.context(cut)?);
        let found = proof.end()?;
        ensure!(found == end, "목록의 끝이 그 머리가 아닙니다 / the list does not end at its head");
        let is_anchored = begin == AuditHead::begin(begin.incarnation) || self.heads.contains(&begin);
        Ok(Listed { events: self.events, end, is_anchored })
    }
}

fn head_of(head: &Head) -> Result<AuditHead> {
    let hash = unhex(&head.hash).and_then(|hash| hash.try_into().ok());
    let hash = hash.context("머리의 해시를 읽을 수 없습니다 / the hash of a head cannot be read")?;
    Ok(AuditHead { incarnation: head.incarnation, seq: head.seq, hash })
}

fn read(event: &Event) -> Result<AuditEvent> {
    let bytes = unhex(&event.entry).context("entry")?;
    let hash = unhex(&event.hash).and_then(|hash| hash.try_into().ok()).context("hash")?;
    let read = AuditEvent { seq: event.seq, entry: record::decode_audit(&bytes)?, hash };
    ensure!(
        Event::from(&read) == *event,
        "{}번째 사건: 읽히는 말이 기록과 다릅니다 / event {} says something else than its entry",
        event.seq,
        event.seq
    );
    Ok(read)
}
