//! `charye import clinics`: the places that vaccinate. Each keeps its number by the authority's id for it; one that
//! leaves the list keeps its bookings and offers nothing new.

mod line;
mod merge;
mod places;

pub(crate) use line::{Defaults, tidy_time};

use crate::country::{CLINICS_FILE, ClinicRow, CountryFiles};
use crate::import::fault::{Fault, FaultKind, FaultList};
use crate::import::folder::{CountryLock, put_in_place};
use crate::import::notice::{Notice, Notices, print_ignored};
use crate::import::table::Table;
use crate::import::wording::grouped;
use crate::import::{Mode, Outcome, Session, source};
use anyhow::{Result, bail};
use line::{COLUMNS, Judge, REGION};
use merge::Merged;
use places::Places;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use store_sqlite::{SqliteStore, StoreLimits};

/// What the form `C00001` has room for.
const CLINICS_MAX: usize = 99_999;
const SAMPLES_MAX: usize = 5;

/// A clinic of the file, and where it stands there.
struct Read {
    line: u64,
    /// Without a number yet.
    row: ClinicRow,
}

pub(crate) fn run(session: &mut Session<'_>, defaults: &Defaults) -> Result<Outcome> {
    let _lock = CountryLock::take(session)?;
    let files = CountryFiles::read(&session.data)?;
    refuse_to_replace_booked(session, &files)?;
    let mut faults = FaultList::new(session.faults.as_deref())?;
    let mut notices = Notices::default();
    let mut table = Table::open(source::open(&session.file)?, COLUMNS, &mut faults)?;
    let places = Places::new(&files.region_rows()?);
    if faults.is_empty() && !line::names_a_region(&table) {
        table.missing(REGION, &mut faults)?;
    }
    let mut read = Vec::new();
    if faults.is_empty() {
        read = lines(&mut table, &Judge { places: &places, defaults }, &mut faults, &mut notices)?;
    }
    let before = if files.own_clinics().is_some() { files.clinic_rows()? } else { Vec::new() };
    if session.has_journal() {
        check_moves(&read, &before, &places, &mut faults)?;
    }
    note_shared_points(&read, &mut notices);
    let merged = Merged::new(before, read.into_iter().map(|read| read.row).collect());
    if merged.rows.len() > CLINICS_MAX {
        faults.push(Fault { line: 1, column: None, kind: FaultKind::TooMany { max: CLINICS_MAX } })?;
    }
    if !faults.is_empty() {
        return session.faulty(&mut faults);
    }
    print_preview(session, &table, defaults, &notices, &merged)?;
    let contents = crate::country::to_csv(&merged.rows)?;
    if files.own_clinics() == Some(contents.as_slice()) {
        return session.unchanged();
    }
    files.with_clinics(contents.clone()).check()?;
    if session.mode == Mode::DryRun {
        return session.checked();
    }
    if !session.is_confirmed()? {
        return session.declined();
    }
    put_in_place(&session.data, CLINICS_FILE, &contents)?;
    session.country_imported()
}

fn lines(
    table: &mut Table,
    judge: &Judge<'_>,
    faults: &mut FaultList,
    notices: &mut Notices,
) -> Result<Vec<Read>> {
    let mut read: Vec<Read> = Vec::new();
    let mut first_lines: HashMap<String, u64> = HashMap::new();
    table.for_each(faults, |row, faults| {
        let line = row.line;
        match judge.clinic(row, notices) {
            Err(wrong) => wrong.into_iter().try_for_each(|fault| faults.push(fault))?,
            Ok(clinic) => match first_lines.entry(clinic.external_id.clone()) {
                Entry::Occupied(first) => {
                    let kind = FaultKind::Twin { first: *first.get() };
                    faults.push(row.fault(line::EXTERNAL_ID, kind))?;
                }
                Entry::Vacant(place) => {
                    place.insert(line);
                    // One more is enough to be told that there are too many.
                    if read.len() <= CLINICS_MAX {
                        read.push(Read { line, row: clinic });
                    }
                }
            },
        }
        Ok(())
    })?;
    Ok(read)
}

/// The bookings of a folder must not change their clinic: numbers of the synthetic ones are given anew.
fn refuse_to_replace_booked(session: &Session<'_>, files: &CountryFiles) -> Result<()> {
    if files.own_clinics().is_none() && session.has_journal() && has_bookings(&session.data, files)? {
        bail!(
            "이 자료 폴더에는 가상 의료기관으로 받은 예약이 있습니다. 새 자료 폴더에 가져오십시오. / this data folder holds bookings at the synthetic clinics; import into a new data folder"
        );
    }
    Ok(())
}

fn has_bookings(data: &Path, files: &CountryFiles) -> Result<bool> {
    let (country, _) = files.build(crate::country::SOME_DAY)?;
    let clock = Arc::new(crate::system::SystemClock);
    let store = SqliteStore::open(data, Arc::new(country), clock, StoreLimits::default()).map_err(|error| {
        anyhow::Error::new(error).context(
            "장부를 볼 수 없습니다. 서비스가 켜져 있으면 먼저 끄십시오. / the ledger cannot be looked at; if the service is running, stop it first",
        )
    })?;
    let ledger = store.ledger();
    Ok(ledger.holds().next().is_some() || ledger.appointments().next().is_some())
}

/// Doses are shared out by 시·도: what was taken at a clinic may not move to another one.
fn check_moves(read: &[Read], before: &[ClinicRow], places: &Places, faults: &mut FaultList) -> Result<()> {
    let old: HashMap<&str, &str> =
        before.iter().map(|row| (merge::key(row), places.sido_of(&row.region))).collect();
    for Read { line, row } in read {
        let moved = old.get(merge::key(row)).is_some_and(|sido| *sido != places.sido_of(&row.region));
        if moved {
            faults.push(Fault { line: *line, column: None, kind: FaultKind::RegionMoved })?;
        }
    }
    Ok(())
}

fn note_shared_points(read: &[Read], notices: &mut Notices) {
    let point = |read: &Read| (read.row.lat.clone(), read.row.lon.clone());
    let mut counts: HashMap<_, u32> = HashMap::new();
    for one in read {
        *counts.entry(point(one)).or_default() += 1;
    }
    for one in read.iter().filter(|one| counts[&point(one)] > 1) {
        notices.note(Notice::SharedPoint, one.line);
    }
}

fn print_preview(
    session: &mut Session<'_>,
    table: &Table,
    defaults: &Defaults,
    notices: &Notices,
    merged: &Merged,
) -> Result<()> {
    let out = &mut *session.out;
    writeln!(out, "미리보기 / preview: {}줄 / lines", grouped(table.lines))?;
    writeln!(out, "  {defaults}")?;
    print_kind(out, "더함 / added", &merged.added)?;
    print_kind(out, "목록에서 빠짐 / no longer listed", &merged.unlisted)?;
    print_kind(out, "바뀜 / changed", &merged.changed)?;
    writeln!(out, "  그대로 / unchanged: {}", grouped(merged.unchanged))?;
    for (what, clinics) in [
        ("  주의: 정원을 줄인 곳 / careful: lower capacity", &merged.lowered),
        ("  주의: 시간을 바꾼 곳 / careful: other hours", &merged.other_hours),
    ] {
        if !clinics.is_empty() {
            print_kind(out, what, clinics)?;
        }
    }
    if !(merged.unlisted.is_empty() && merged.lowered.is_empty() && merged.other_hours.is_empty()) {
        writeln!(
            out,
            "  이미 받은 예약은 그대로 남고 새 자리만 줄어듭니다. 넘친 예약의 수는 charye check가 알려 줍니다."
        )?;
        writeln!(
            out,
            "  what is booked stays, only new places become fewer; charye check tells how many are too many"
        )?;
    }
    print_ignored(&table.ignored, out)?;
    notices.print(out)
}

fn print_kind(out: &mut dyn Write, what: &str, clinics: &[String]) -> Result<()> {
    writeln!(out, "  {what}: {}", grouped(clinics.len() as u64))?;
    let samples: Vec<&str> = clinics.iter().take(SAMPLES_MAX).map(String::as_str).collect();
    if !samples.is_empty() {
        writeln!(out, "      {}", samples.join(" · "))?;
    }
    Ok(())
}
