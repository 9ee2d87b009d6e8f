//! `charye import roster`: the people of a group, into a file of hashes and sealed fields that the running service
//! takes over by itself.

mod person;

use crate::import::fault::{Fault, FaultKind, FaultList};
use crate::import::notice::{Notices, print_ignored};
use crate::import::table::{Row, Table};
use crate::import::wording::grouped;
use crate::import::{Mode, Outcome, Session, source};
use anyhow::{Context as _, Result, bail};
use person::{COLUMNS, FOREIGNER, Judge, NUMBER, TEMPORARY};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Write;
use std::sync::mpsc::sync_channel;
use std::thread;
use store::StoreError;
use store_sqlite::{RosterDifference, RosterDraft, RosterRow, RosterSample};
use web::keys::Keys;
use web::roster::{RosterPerson, key_check};

/// Rows handed to the writer at once, and batches that may wait for it: what is under way is bounded.
const BATCH_ROWS: usize = 512;
const BATCHES_WAITING_MAX: usize = 8;
/// A correction is a few people; more is a new list.
const CORRECTIONS_MAX: usize = 10_000;

/// What becomes of those who are not in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The file is the whole roster.
    Whole,
    /// The file adds or corrects a few people.
    Corrections,
}

pub(crate) fn run(
    session: &mut Session<'_>,
    keys: &Keys,
    campaigns: &[String],
    extent: Extent,
) -> Result<Outcome> {
    let mut faults = FaultList::new(session.faults.as_deref())?;
    let mut table = Table::open(source::open(&session.file)?, COLUMNS, &mut faults)?;
    if faults.is_empty() && ![NUMBER, FOREIGNER, TEMPORARY].into_iter().any(|column| table.has(column)) {
        table.missing(NUMBER, &mut faults)?;
    }
    if !faults.is_empty() {
        return session.faulty(&mut faults);
    }
    let mut reading =
        Reading { keys, judge: Judge { today: session.today, campaigns }, notices: Notices::default() };
    let draft = match extent {
        Extent::Whole => reading.whole(session, &mut table, &mut faults)?,
        Extent::Corrections => reading.corrections(session, &mut table, &mut faults)?,
    };
    if !faults.is_empty() {
        return session.faulty(&mut faults);
    }
    let difference = draft.compare(&session.data, key_check(keys)).map_err(said)?;
    let preview = Preview { table: &table, notices: &reading.notices, difference: &difference, keys, extent };
    preview.print(&mut *session.out)?;
    finish(session, draft, &difference, extent)
}

struct Reading<'a> {
    keys: &'a Keys,
    judge: Judge<'a>,
    notices: Notices,
}

impl Reading<'_> {
    /// Reads, judges and seals here; a second thread writes.
    fn whole(
        &mut self,
        session: &Session<'_>,
        table: &mut Table,
        faults: &mut FaultList,
    ) -> Result<RosterDraft> {
        let mut draft = RosterDraft::begin(&session.data, key_check(self.keys)).map_err(said)?;
        let (batches, waiting) = sync_channel::<Vec<RosterRow>>(BATCHES_WAITING_MAX);
        thread::scope(|scope| -> Result<()> {
            let writer = &mut draft;
            let writing = scope.spawn(move || waiting.into_iter().try_for_each(|rows| writer.append(&rows)));
            let mut batch = Vec::with_capacity(BATCH_ROWS);
            let read = table.for_each(faults, |row, faults| {
                batch.extend(self.row(row, faults)?);
                if batch.len() == BATCH_ROWS {
                    let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH_ROWS));
                    batches.send(full).context("쓰기가 멈췄습니다 / writing has stopped")?;
                }
                Ok(())
            });
            let last = read.map(|()| batches.send(batch));
            drop(batches);
            // Why the writer stopped is told before that it did.
            writing.join().expect("the writer does not panic").map_err(said)?;
            last.map(|_| ())
        })?;
        draft.index_numbers().map_err(said)?;
        let mut twins = Vec::new();
        draft.twins(|first, line| twins.push((first, line))).map_err(said)?;
        twins.sort_by_key(|(_, line)| *line);
        twins.into_iter().try_for_each(|(first, line)| faults.push(twin(first, line)))?;
        Ok(draft)
    }

    fn corrections(
        &mut self,
        session: &Session<'_>,
        table: &mut Table,
        faults: &mut FaultList,
    ) -> Result<RosterDraft> {
        let mut rows = Vec::new();
        let mut lines: HashMap<_, u64> = HashMap::new();
        table.for_each(faults, |row, faults| {
            let Some(row) = self.row(row, faults)? else { return Ok(()) };
            match lines.entry(row.number) {
                Entry::Occupied(first) => faults.push(twin(*first.get(), row.line))?,
                Entry::Vacant(place) if rows.len() < CORRECTIONS_MAX => {
                    place.insert(row.line);
                    rows.push(row);
                }
                Entry::Vacant(_) => {
                    let kind = FaultKind::TooMany { max: CORRECTIONS_MAX };
                    faults.push(Fault { line: row.line, column: None, kind })?;
                }
            }
            Ok(())
        })?;
        let Some(mut draft) = RosterDraft::of_current(&session.data, key_check(self.keys)).map_err(said)?
        else {
            bail!(
                "고칠 명단이 아직 없습니다. 먼저 --add 없이 전체 명단을 가져오십시오. / there is no roster to correct yet; import the whole one first, without --add"
            );
        };
        rows.iter().try_for_each(|row| draft.correct(row).map(|_| ())).map_err(said)?;
        Ok(draft)
    }

    fn row(&mut self, row: &Row<'_>, faults: &mut FaultList) -> Result<Option<RosterRow>> {
        match self.judge.person(row, &mut self.notices) {
            Ok(person) => Ok(Some(sealed(self.keys, row.line, &person))),
            Err(wrong) => {
                wrong.into_iter().try_for_each(|fault| faults.push(fault))?;
                Ok(None)
            }
        }
    }
}

fn sealed(keys: &Keys, line: u64, person: &RosterPerson) -> RosterRow {
    let pair = person.pair(keys);
    RosterRow {
        line,
        number: keys.number_alias(&person.number),
        pair,
        content: person.content(keys),
        sealed: person.seal(keys, pair).sealed,
    }
}

fn twin(first: u64, line: u64) -> Fault {
    Fault { line, column: None, kind: FaultKind::Twin { first } }
}

fn finish(
    session: &mut Session<'_>,
    mut draft: RosterDraft,
    difference: &RosterDifference,
    extent: Extent,
) -> Result<Outcome> {
    if difference.added + difference.removed + difference.changed == 0 {
        return session.unchanged();
    }
    if session.mode == Mode::DryRun {
        return session.checked();
    }
    if extent == Extent::Whole {
        draft.index_pairs().map_err(said)?;
    }
    if !session.is_confirmed()? {
        return session.declined();
    }
    let people = grouped(draft.publish().map_err(said)?);
    writeln!(
        session.out,
        "명단이 {people}명으로 바뀌었습니다. 켜져 있는 서비스는 몇 초 안에 새 명단을 씁니다."
    )?;
    writeln!(session.out, "The roster now has {people} people; a running service uses it within seconds.")?;
    Ok(Outcome::Imported)
}

struct Preview<'a> {
    table: &'a Table,
    notices: &'a Notices,
    difference: &'a RosterDifference,
    keys: &'a Keys,
    extent: Extent,
}

impl Preview<'_> {
    fn print(&self, out: &mut dyn Write) -> Result<()> {
        let difference = self.difference;
        writeln!(out, "미리보기 / preview: {}줄 / lines", grouped(self.table.lines))?;
        self.print_kind(out, "더함 / added", difference.added, &difference.added_samples)?;
        self.print_kind(out, "뺌 / removed", difference.removed, &difference.removed_samples)?;
        self.print_kind(out, "바뀜 / changed", difference.changed, &difference.changed_samples)?;
        writeln!(out, "  그대로 / unchanged: {}", grouped(difference.unchanged))?;
        let before = difference.removed + difference.changed + difference.unchanged;
        if difference.removed * 10 > before {
            writeln!(out, "  주의: 지금 명단의 10분의 1이 넘게 빠집니다. 일부만 든 파일이 아닌지 보십시오.")?;
            writeln!(
                out,
                "  careful: more than a tenth of the present roster goes; is this only a part of it?"
            )?;
        }
        print_ignored(&self.table.ignored, out)?;
        self.notices.print(out)
    }

    fn print_kind(
        &self,
        out: &mut dyn Write,
        what: &str,
        count: u64,
        samples: &[RosterSample],
    ) -> Result<()> {
        writeln!(out, "  {what}: {}", grouped(count))?;
        let shown: Vec<String> = samples.iter().filter_map(|sample| self.masked(sample)).collect();
        if !shown.is_empty() {
            writeln!(out, "      {}", shown.join(" · "))?;
        }
        Ok(())
    }

    /// `김** (3)`: enough to recognise a mistake by, too little to know a person by. The number is the line; who is
    /// removed has none, and a correction keeps the one of its first list.
    fn masked(&self, sample: &RosterSample) -> Option<String> {
        let name = RosterPerson::open(self.keys, sample.pair, &sample.entry)?.name;
        let stars = "*".repeat(name.chars().count().saturating_sub(1));
        let masked = format!("{}{stars}", name.chars().next()?);
        let line = sample.line.filter(|_| self.extent == Extent::Whole);
        Some(line.map_or(masked.clone(), |line| format!("{masked} ({line}줄 / line {line})")))
    }
}

/// In the words of an operator; what SQLite says stands behind.
fn said(error: StoreError) -> anyhow::Error {
    anyhow::Error::new(error).context("명단 파일을 다룰 수 없습니다 / the roster file cannot be worked on")
}
