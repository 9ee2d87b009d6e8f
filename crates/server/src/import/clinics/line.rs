//! One line of a list of clinics: every fault of it, or the clinic.

use super::places::{Places, Told};
use crate::country::{self, ClinicRow};
use crate::import::fault::{Fault, FaultKind};
use crate::import::mangled::{self, is_digits};
use crate::import::notice::{Notice, Notices};
use crate::import::phone;
use crate::import::table::{Known, Row, Table};
use std::fmt;

pub(super) const EXTERNAL_ID: usize = 0;
const NAME: usize = 1;
pub(super) const REGION: usize = 2;
const SIGUNGU_CODE: usize = 3;
const SIDO: usize = 4;
const SIGUNGU: usize = 5;
const EUPMYEONDONG: usize = 6;
const ZIP: usize = 7;
const ADDRESS: usize = 8;
const LAT: usize = 9;
const LON: usize = 10;
const PHONE: usize = 11;
const OPENS: usize = 12;
const CLOSES: usize = 13;
const LUNCH_STARTS: usize = 14;
const LUNCH_ENDS: usize = 15;
const SATURDAY_CLOSES: usize = 16;
const CLOSED_WEEKDAYS: usize = 17;
const CAPACITY: usize = 18;
const DOSES_PER_VIAL: usize = 19;

const fn column(name: &'static str, also: &'static [&'static str], needed: bool, chars_max: usize) -> Known {
    Known { name, also, needed, chars_max }
}

pub(super) const COLUMNS: &[Known] = &[
    column("external_id", &["기관코드", "요양기관번호", "요양기관기호", "암호화요양기호", "id"], true, 60),
    column("name", &["의료기관명", "요양기관명", "기관명", "이름"], true, 100),
    column("region", &["bjd_code", "법정동코드"], false, 20),
    column("sigungu_code", &["시군구코드"], false, 20),
    column("sido", &["시도", "시도명"], false, 40),
    column("sigungu", &["시군구", "시군구명"], false, 40),
    column("eupmyeondong", &["읍면동", "읍면동명"], false, 40),
    column("zip", &["우편번호"], false, 20),
    column("address", &["주소", "소재지", "도로명주소"], true, 200),
    column("lat", &["위도", "좌표y", "y"], true, 30),
    column("lon", &["경도", "좌표x", "x"], true, 30),
    column("phone", &["전화번호", "전화", "대표전화"], false, 40),
    column("opens", &["진료시작"], false, 20),
    column("closes", &["진료종료"], false, 20),
    column("lunch_starts", &["점심시작"], false, 20),
    column("lunch_ends", &["점심종료"], false, 20),
    column("saturday_closes", &["토요일종료"], false, 20),
    column("closed_weekdays", &["휴진요일"], false, 40),
    column("capacity", &["정원"], false, 20),
    column("doses_per_vial", &["병당접종횟수"], false, 20),
];

const CAPACITY_MAX: u32 = 1_000;
const DOSES_PER_VIAL_MAX: u32 = 100;
const SUNDAY: &str = "sun";

/// What a clinic gets where its line says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Defaults {
    pub(crate) opens: String,
    pub(crate) closes: String,
    pub(crate) lunch: Option<(String, String)>,
    /// None: closed on Saturdays.
    pub(crate) saturday_closes: Option<String>,
    pub(crate) capacity: u32,
    pub(crate) doses_per_vial: u32,
}

impl fmt::Display for Defaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { opens, closes, lunch, saturday_closes, capacity, doses_per_vial } = self;
        let lunch = lunch.as_ref().map_or("–".to_owned(), |(from, until)| format!("{from}-{until}"));
        let saturday = saturday_closes.as_ref().map_or("–".to_owned(), |until| format!("{opens}-{until}"));
        write!(
            f,
            "기본값 / defaults: 평일 weekdays {opens}-{closes}, 점심 lunch {lunch}, 토 Sat {saturday}, 일 휴진 closed on Sundays, 30분 정원 capacity {capacity}, 병당 doses per vial {doses_per_vial}"
        )
    }
}

pub(super) struct Judge<'a> {
    pub(super) places: &'a Places,
    pub(super) defaults: &'a Defaults,
}

struct Hours {
    opens: String,
    closes: String,
    lunch: (String, String),
    saturday_closes: String,
    closed_weekdays: String,
}

/// Whether the columns of the file can name a 읍·면·동 at all.
pub(super) fn names_a_region(table: &Table) -> bool {
    let by_name =
        table.has(EUPMYEONDONG) && (table.has(SIGUNGU_CODE) || (table.has(SIDO) && table.has(SIGUNGU)));
    table.has(REGION) || by_name
}

impl Judge<'_> {
    /// Without a number: [`super::merge`] gives it.
    ///
    /// # Errors
    /// All faults of the line, at least one.
    pub(super) fn clinic(&self, row: &Row<'_>, notices: &mut Notices) -> Result<ClinicRow, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut keep = |fault: Fault| faults.push(fault);
        let external_id = external_id(row).map_err(&mut keep);
        let name = text(row, NAME).map_err(&mut keep);
        let region = self.region(row).map_err(&mut keep);
        let zip = zip(row, notices).map_err(&mut keep);
        let address = text(row, ADDRESS).map_err(&mut keep);
        let point = point(row).map_err(&mut keep);
        let phone = phone_number(row, notices).map_err(&mut keep);
        let hours = self.hours(row, notices).map_err(&mut keep);
        let capacity = whole(row, CAPACITY, 0, CAPACITY_MAX).map_err(&mut keep);
        let doses = whole(row, DOSES_PER_VIAL, 1, DOSES_PER_VIAL_MAX).map_err(&mut keep);
        let all = (|| {
            let ((lat, lon), hours) = (point.ok()?, hours.ok()?);
            let (capacity, doses) = (capacity.ok()?, doses.ok()?);
            Some(ClinicRow {
                id: String::new(),
                name: name.ok()?,
                region: region.ok()?,
                zip: zip.ok()?,
                address: address.ok()?,
                lat,
                lon,
                opens: hours.opens,
                closes: hours.closes,
                lunch_starts: hours.lunch.0,
                lunch_ends: hours.lunch.1,
                saturday_closes: hours.saturday_closes,
                closed_weekdays: hours.closed_weekdays,
                capacity: capacity.unwrap_or_else(|| {
                    notices.note(Notice::DefaultCapacity, row.line);
                    self.defaults.capacity
                }),
                doses_per_vial: doses.unwrap_or_else(|| {
                    notices.note(Notice::DefaultVial, row.line);
                    self.defaults.doses_per_vial
                }),
                phone: phone.ok()?,
                external_id: external_id.ok()?,
                listed: "yes".to_owned(),
            })
        })();
        all.ok_or(faults)
    }

    fn region(&self, row: &Row<'_>) -> Result<String, Fault> {
        for column in [REGION, SIGUNGU_CODE] {
            if let Some(kind) = mangled::in_digits(row.get(column)) {
                return Err(row.fault(column, kind));
            }
        }
        let told = Told {
            code: row.get(REGION),
            sigungu_code: row.get(SIGUNGU_CODE),
            names: [SIDO, SIGUNGU, EUPMYEONDONG].map(|column| row.get(column)),
        };
        self.places.find(told).ok_or_else(|| row.fault(REGION, FaultKind::RegionUnknown))
    }

    /// As the line says, or as a whole the default.
    fn hours(&self, row: &Row<'_>, notices: &mut Notices) -> Result<Hours, Fault> {
        let closed_weekdays = closed_weekdays(row)?;
        let times = [OPENS, CLOSES, LUNCH_STARTS, LUNCH_ENDS, SATURDAY_CLOSES];
        if times.iter().all(|column| row.get(*column).is_empty()) {
            notices.note(Notice::DefaultHours, row.line);
            return Ok(self.defaults.hours(closed_weekdays));
        }
        let [opens, closes, lunch_starts, lunch_ends, saturday_closes] = [
            time(row, OPENS)?,
            time(row, CLOSES)?,
            time(row, LUNCH_STARTS)?,
            time(row, LUNCH_ENDS)?,
            time(row, SATURDAY_CLOSES)?,
        ];
        // Of equal form, times sort as texts do.
        let lunch_fits = match (lunch_starts.is_empty(), lunch_ends.is_empty()) {
            (true, true) => true,
            (false, false) => opens <= lunch_starts && lunch_starts < lunch_ends && lunch_ends <= closes,
            _ => false,
        };
        let saturday_fits = saturday_closes.is_empty() || opens < saturday_closes;
        if opens.is_empty() || opens >= closes || !lunch_fits || !saturday_fits {
            return Err(row.fault(OPENS, FaultKind::HoursOrder));
        }
        Ok(Hours { opens, closes, lunch: (lunch_starts, lunch_ends), saturday_closes, closed_weekdays })
    }
}

impl Defaults {
    fn hours(&self, closed_weekdays: String) -> Hours {
        Hours {
            opens: self.opens.clone(),
            closes: self.closes.clone(),
            lunch: self.lunch.clone().unwrap_or_default(),
            saturday_closes: self.saturday_closes.clone().unwrap_or_default(),
            closed_weekdays,
        }
    }
}

fn text(row: &Row<'_>, column: usize) -> Result<String, Fault> {
    match row.get(column) {
        "" => Err(row.fault(column, FaultKind::Missing)),
        text => Ok(web::person_name::composed(text)),
    }
}

fn external_id(row: &Row<'_>) -> Result<String, Fault> {
    let id = text(row, EXTERNAL_ID)?;
    mangled::in_digits(&id).map_or(Ok(id), |kind| Err(row.fault(EXTERNAL_ID, kind)))
}

fn zip(row: &Row<'_>, notices: &mut Notices) -> Result<String, Fault> {
    let zip = row.get(ZIP);
    if let Some(kind) = mangled::in_digits(zip) {
        return Err(row.fault(ZIP, kind));
    }
    match zip.len() {
        0 => {
            notices.note(Notice::NoZip, row.line);
            Ok(String::new())
        }
        4 if is_digits(zip) => {
            notices.note(Notice::ZipZero, row.line);
            Ok(format!("0{zip}"))
        }
        5 if is_digits(zip) => Ok(zip.to_owned()),
        _ => Err(row.fault(ZIP, FaultKind::ZipForm)),
    }
}

/// Latitude and longitude, as written.
fn point(row: &Row<'_>) -> Result<(String, String), Fault> {
    let degrees = |column: usize| {
        let text = row.get(column);
        match text.parse::<f64>() {
            Ok(degrees) if degrees.is_finite() => Ok(degrees),
            _ if text.is_empty() => Err(row.fault(column, FaultKind::Missing)),
            _ => Err(row.fault(column, FaultKind::DegreesForm)),
        }
    };
    let (lat, lon) = (degrees(LAT)?, degrees(LON)?);
    let is_korean = |lat: f64, lon: f64| (32.0..=39.5).contains(&lat) && (123.5..=132.5).contains(&lon);
    match (is_korean(lat, lon), is_korean(lon, lat)) {
        (true, _) => Ok((row.get(LAT).to_owned(), row.get(LON).to_owned())),
        (false, true) => Err(row.fault(LAT, FaultKind::DegreesSwapped)),
        (false, false) => Err(row.fault(LAT, FaultKind::DegreesOutside)),
    }
}

fn phone_number(row: &Row<'_>, notices: &mut Notices) -> Result<String, Fault> {
    let digits = phone::in_column(row, PHONE, notices)?;
    if digits.is_none() {
        notices.note(Notice::NoPhone, row.line);
    }
    Ok(digits.map_or_else(String::new, |digits| phone::shown(&digits)))
}

/// `09:30`; `9:30` is read too. Empty where nothing is said.
fn time(row: &Row<'_>, column: usize) -> Result<String, Fault> {
    let text = row.get(column);
    if text.is_empty() {
        return Ok(String::new());
    }
    if let Some(kind) = mangled::in_time(text) {
        return Err(row.fault(column, kind));
    }
    tidy_time(text).ok_or_else(|| row.fault(column, FaultKind::TimeForm))
}

pub(crate) fn tidy_time(text: &str) -> Option<String> {
    let (hour, minute) = text.split_once(':')?;
    let fits = is_digits(hour) && hour.len() <= 2 && is_digits(minute) && minute.len() == 2;
    let minutes = fits.then(|| country::minutes(text).ok()).flatten()?;
    Some(format!("{:02}:{:02}", minutes / 60, minutes % 60))
}

/// Sundays where nothing is said.
fn closed_weekdays(row: &Row<'_>) -> Result<String, Fault> {
    match row.get(CLOSED_WEEKDAYS) {
        "" => Ok(SUNDAY.to_owned()),
        days if country::weekdays(days).is_ok() => Ok(days.split_whitespace().collect::<Vec<_>>().join(" ")),
        _ => Err(row.fault(CLOSED_WEEKDAYS, FaultKind::Weekday)),
    }
}

fn whole(row: &Row<'_>, column: usize, min: u32, max: u32) -> Result<Option<u32>, Fault> {
    let text = row.get(column);
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse::<u32>().ok().filter(|number| is_digits(text) && (min..=max).contains(number));
    number.map(Some).ok_or_else(|| row.fault(column, FaultKind::WholeNumber { min, max }))
}
