//! `charye import regions`: the tree of 시·도, 시·군·구 and 읍·면·동.

use crate::country::{CountryFiles, REGIONS_FILE, RegionRow};
use crate::import::fault::{Fault, FaultKind, FaultList};
use crate::import::folder::{CountryLock, put_in_place};
use crate::import::mangled::{self, is_digits};
use crate::import::notice::print_ignored;
use crate::import::table::{Known, Row, Table};
use crate::import::wording::grouped;
use crate::import::{Mode, Outcome, Session, source};
use anyhow::Result;
use std::collections::{HashMap, HashSet};
use std::io::Write;

const REGIONS_MAX: usize = 100_000;
const SAMPLES_MAX: usize = 5;

const CODE: usize = 0;
const LEVEL: usize = 1;
const PARENT: usize = 2;
const NAME: usize = 3;
const LAT: usize = 4;
const LON: usize = 5;
const ROAD_ADDRESSES: usize = 6;

const COLUMNS: &[Known] = &[
    Known {
        name: "code", also: &["코드", "법정동코드", "행정구역코드"], needed: true, chars_max: 20
    },
    Known { name: "level", also: &["단계", "구분"], needed: true, chars_max: 20 },
    Known { name: "parent", also: &["상위코드", "상위지역코드"], needed: true, chars_max: 20 },
    Known { name: "name", also: &["이름", "지역명"], needed: true, chars_max: 60 },
    Known { name: "lat", also: &["위도"], needed: false, chars_max: 20 },
    Known { name: "lon", also: &["경도"], needed: false, chars_max: 20 },
    Known { name: "road_addresses", also: &["도로명주소수"], needed: false, chars_max: 20 },
];

pub(crate) fn run(session: &mut Session<'_>) -> Result<Outcome> {
    let _lock = CountryLock::take(session)?;
    let mut faults = FaultList::new(session.faults.as_deref())?;
    let mut table = Table::open(source::open(&session.file)?, COLUMNS, &mut faults)?;
    let mut read = Vec::new();
    if faults.is_empty() {
        read = lines(&mut table, &mut faults)?;
    }
    let files = CountryFiles::read(&session.data)?;
    let before = files.region_rows()?;
    check_tree(&read, &mut faults)?;
    if faults.is_empty() && session.has_journal() {
        check_moves(&read, &before, &mut faults)?;
    }
    if !faults.is_empty() {
        return session.faulty(&mut faults);
    }
    let mut rows: Vec<RegionRow> = read.into_iter().map(|(_, row)| row).collect();
    let kept = still_needed(&files, &before, &rows)?;
    print_preview(session, &table, &before, &rows, &kept)?;
    rows.extend(kept);
    let contents = crate::country::to_csv(&rows)?;
    if files.own_regions() == Some(contents.as_slice()) {
        return session.unchanged();
    }
    files.with_regions(contents.clone()).check()?;
    if session.mode == Mode::DryRun {
        return session.checked();
    }
    if !session.is_confirmed()? {
        return session.declined();
    }
    put_in_place(&session.data, REGIONS_FILE, &contents)?;
    session.country_imported()
}

fn lines(table: &mut Table, faults: &mut FaultList) -> Result<Vec<(u64, RegionRow)>> {
    let mut read = Vec::new();
    let mut first_lines = HashMap::new();
    table.for_each(faults, |row, faults| {
        let found = faults_of(row);
        if found.is_empty() {
            let line = row.line;
            let first = *first_lines.entry(row.get(CODE).to_owned()).or_insert(line);
            if first != line {
                faults.push(row.fault(CODE, FaultKind::Twin { first }))?;
            } else if read.len() == REGIONS_MAX {
                faults.push(Fault { line, column: None, kind: FaultKind::TooMany { max: REGIONS_MAX } })?;
            } else {
                read.push((line, region(row)));
            }
        }
        found.into_iter().try_for_each(|fault| faults.push(fault))
    })?;
    Ok(read)
}

fn faults_of(row: &Row<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut code = |column: usize| {
        let text = row.get(column);
        let is_code = text.len() == 10 && is_digits(text) && !text.starts_with('0');
        if !is_code {
            faults.push(row.fault(column, mangled::in_digits(text).unwrap_or(FaultKind::CodeForm)));
        }
    };
    code(CODE);
    if !row.get(PARENT).is_empty() {
        code(PARENT);
    }
    if level(row.get(LEVEL)).is_none() {
        faults.push(row.fault(LEVEL, FaultKind::Level));
    }
    if row.get(NAME).is_empty() {
        faults.push(row.fault(NAME, FaultKind::Missing));
    }
    for column in [LAT, LON] {
        let text = row.get(column);
        if !text.is_empty() && !text.parse::<f64>().is_ok_and(f64::is_finite) {
            faults.push(row.fault(column, FaultKind::DegreesForm));
        }
    }
    let addresses = row.get(ROAD_ADDRESSES);
    if !addresses.is_empty() && addresses.parse::<u32>().is_err() {
        faults.push(row.fault(ROAD_ADDRESSES, FaultKind::WholeNumber { min: 0, max: u32::MAX }));
    }
    faults
}

fn level(text: &str) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "sido" | "시도" | "시·도" => Some("sido"),
        "sigungu" | "시군구" | "시·군·구" => Some("sigungu"),
        "eupmyeondong" | "읍면동" | "읍·면·동" => Some("eupmyeondong"),
        _ => None,
    }
}

fn region(row: &Row<'_>) -> RegionRow {
    let text = |column| row.get(column).to_owned();
    RegionRow {
        code: text(CODE),
        level: level(row.get(LEVEL)).expect("checked before").to_owned(),
        parent: text(PARENT),
        name: web::person_name::composed(row.get(NAME)),
        lat: text(LAT),
        lon: text(LON),
        road_addresses: text(ROAD_ADDRESSES),
    }
}

/// Every parent is in the file, one level up.
fn check_tree(read: &[(u64, RegionRow)], faults: &mut FaultList) -> Result<()> {
    let levels: HashMap<&str, &str> =
        read.iter().map(|(_, row)| (row.code.as_str(), row.level.as_str())).collect();
    for (line, row) in read {
        let above = match row.level.as_str() {
            "sido" => None,
            "sigungu" => Some("sido"),
            _ => Some("sigungu"),
        };
        let parent = levels.get(row.parent.as_str()).copied();
        let kind = match (above, parent) {
            (None, _) if row.parent.is_empty() => continue,
            (Some(above), Some(parent)) if above == parent => continue,
            (Some(_), None) => FaultKind::ParentUnknown,
            (None, _) | (Some(_), Some(_)) => FaultKind::ParentLevel,
        };
        faults.push(at(*line, PARENT, kind))?;
    }
    Ok(())
}

/// Doses are shared out by 시·도: what was taken may not move to another one.
fn check_moves(read: &[(u64, RegionRow)], before: &[RegionRow], faults: &mut FaultList) -> Result<()> {
    let parents = |row: &'_ RegionRow| (row.code.clone(), row.parent.clone());
    let old: HashMap<String, String> = before.iter().map(parents).collect();
    let new: HashMap<String, String> = read.iter().map(|(_, row)| parents(row)).collect();
    for (line, row) in read {
        let moved = old.get(&row.code).is_some_and(|parent| *parent != row.parent);
        if moved && top(&old, &row.code) != top(&new, &row.code) {
            faults.push(at(*line, PARENT, FaultKind::RegionMoved))?;
        }
    }
    Ok(())
}

/// The 시·도 over a region; the levels were checked, so the way up is short.
fn top<'a>(parents: &'a HashMap<String, String>, code: &'a str) -> &'a str {
    match parents.get(code).filter(|parent| !parent.is_empty()) {
        Some(parent) => top(parents, parent),
        None => code,
    }
}

fn at(line: u64, column: usize, kind: FaultKind) -> Fault {
    let name = COLUMNS[column].name;
    Fault { line, column: Some(crate::import::fault::Column { position: 0, name }), kind }
}

/// Regions that are gone but still have clinics in them stay, with what is above them, until no clinic is there.
fn still_needed(files: &CountryFiles, before: &[RegionRow], rows: &[RegionRow]) -> Result<Vec<RegionRow>> {
    let there: HashSet<&str> = rows.iter().map(|row| row.code.as_str()).collect();
    let known: HashMap<&str, &RegionRow> = before.iter().map(|row| (row.code.as_str(), row)).collect();
    let mut needed = HashSet::new();
    for clinic in files.clinic_rows()? {
        let mut code = clinic.region;
        while let Some(row) = known.get(code.as_str()).filter(|row| !there.contains(row.code.as_str())) {
            needed.insert(row.code.clone());
            code.clone_from(&row.parent);
        }
    }
    Ok(before.iter().filter(|row| needed.contains(&row.code)).cloned().collect())
}

fn print_preview(
    session: &mut Session<'_>,
    table: &Table,
    before: &[RegionRow],
    rows: &[RegionRow],
    kept: &[RegionRow],
) -> Result<()> {
    let out = &mut *session.out;
    let old: HashMap<&str, &RegionRow> = before.iter().map(|row| (row.code.as_str(), row)).collect();
    let new: HashSet<&str> = rows.iter().chain(kept).map(|row| row.code.as_str()).collect();
    let added: Vec<&RegionRow> = rows.iter().filter(|row| !old.contains_key(row.code.as_str())).collect();
    let removed: Vec<&RegionRow> = before.iter().filter(|row| !new.contains(row.code.as_str())).collect();
    let changed: Vec<&RegionRow> =
        rows.iter().filter(|row| old.get(row.code.as_str()).is_some_and(|old| *old != *row)).collect();
    let kept: Vec<&RegionRow> = kept.iter().collect();
    writeln!(out, "미리보기 / preview: {}줄 / lines", grouped(table.lines))?;
    let kinds = [("더함 / added", added), ("뺌 / removed", removed), ("바뀜 / changed", changed)];
    for (what, regions) in &kinds {
        print_kind(out, what, regions)?;
    }
    if !kept.is_empty() {
        print_kind(
            out,
            "파일에 없지만 의료기관이 있어 남김 / not in the file, kept for the clinics in them",
            &kept,
        )?;
    }
    print_ignored(&table.ignored, out)
}

fn print_kind(out: &mut dyn Write, what: &str, regions: &[&RegionRow]) -> Result<()> {
    writeln!(out, "  {what}: {}", grouped(regions.len() as u64))?;
    let samples: Vec<String> =
        regions.iter().take(SAMPLES_MAX).map(|row| format!("{} {}", row.code, row.name)).collect();
    if !samples.is_empty() {
        writeln!(out, "      {}", samples.join(" · "))?;
    }
    Ok(())
}
