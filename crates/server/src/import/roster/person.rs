//! One line of a roster: every fault of it, or the person.

use crate::import::dates;
use crate::import::fault::{Fault, FaultKind};
use crate::import::mangled;
use crate::import::notice::Notices;
use crate::import::phone;
use crate::import::table::{Known, Row};
use jiff::civil::Date;
use web::person_name::{self, NAME_CHARS_MAX, NameFault};
use web::person_number::{NumberFault, PersonNumber, temporary};
use web::roster::RosterPerson;

const NAME: usize = 0;
pub(super) const NUMBER: usize = 1;
pub(super) const FOREIGNER: usize = 2;
pub(super) const TEMPORARY: usize = 3;
const BIRTH_DATE: usize = 4;
const PHONE: usize = 5;
const GROUP: usize = 6;

pub(super) const COLUMNS: &[Known] = &[
    Known {
        name: "name",
        also: &["이름", "성명", "성함", "대상자명"],
        needed: true,
        chars_max: NAME_CHARS_MAX,
    },
    Known {
        name: "number",
        also: &["resident_number", "주민등록번호", "주민번호", "등록번호"],
        needed: false,
        chars_max: 40,
    },
    Known {
        name: "foreigner_number", also: &["외국인등록번호", "외국인번호"], needed: false, chars_max: 40
    },
    Known {
        name: "temporary_number", also: &["임시관리번호", "관리번호"], needed: false, chars_max: 60
    },
    Known { name: "birth_date", also: &["born_on", "생년월일"], needed: false, chars_max: 40 },
    Known {
        name: "phone",
        also: &["휴대전화번호", "휴대전화", "휴대폰", "휴대폰번호", "전화번호", "연락처"],
        needed: false,
        chars_max: 40,
    },
    Known { name: "group", also: &["slug", "대상군", "접종사업"], needed: false, chars_max: 40 },
];

/// What a line is judged by.
pub(super) struct Judge<'a> {
    pub(super) today: Date,
    /// The slugs of the campaigns.
    pub(super) campaigns: &'a [String],
}

/// A number in the form of aliases, and the birth date.
struct Identified {
    number: String,
    born_on: Date,
}

impl Judge<'_> {
    /// # Errors
    /// All faults of the line, at least one.
    pub(super) fn person(&self, row: &Row<'_>, notices: &mut Notices) -> Result<RosterPerson, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut keep = |fault: Fault| faults.push(fault);
        let name = name(row).map_err(&mut keep).ok();
        let identified = self.identified(row).map_err(&mut keep).ok();
        let phone = phone::in_column(row, PHONE, notices).map_err(&mut keep).ok();
        let group = self.group(row).map_err(&mut keep).ok();
        match (name, identified, phone, group) {
            (Some(name), Some(Identified { number, born_on }), Some(phone), Some(group)) => {
                Ok(RosterPerson { number, name, born_on, phone, group })
            }
            _ => Err(faults),
        }
    }

    fn identified(&self, row: &Row<'_>) -> Result<Identified, Fault> {
        let given: Vec<usize> = [NUMBER, FOREIGNER, TEMPORARY]
            .into_iter()
            .filter(|column| !row.get(*column).is_empty())
            .collect();
        match given.as_slice() {
            [] => Err(Fault { line: row.line, column: None, kind: FaultKind::NoNumber }),
            [TEMPORARY] => self.temporary(row),
            [column] => self.numbered(row, *column),
            [_, second, ..] => Err(row.fault(*second, FaultKind::BothNumbers)),
        }
    }

    fn numbered(&self, row: &Row<'_>, column: usize) -> Result<Identified, Fault> {
        let text = row.get(column);
        let fault = |kind| row.fault(column, kind);
        if let Some(kind) = mangled::in_person_number(text) {
            return Err(fault(kind));
        }
        let number = PersonNumber::parse(text).map_err(|wrong| fault(number_fault(wrong)))?;
        let born_on = dates::plausible(number.born_on(), self.today).map_err(fault)?;
        if !row.get(BIRTH_DATE).is_empty() && self.birth_date(row)? != born_on {
            return Err(row.fault(BIRTH_DATE, FaultKind::BirthDateDisagrees));
        }
        Ok(Identified { number: number.digits().to_owned(), born_on })
    }

    fn temporary(&self, row: &Row<'_>) -> Result<Identified, Fault> {
        let text = row.get(TEMPORARY);
        let fault = |kind| row.fault(TEMPORARY, kind);
        if let Some(kind) = mangled::in_digits(text) {
            return Err(fault(kind));
        }
        let number = temporary(text).map_err(|wrong| fault(number_fault(wrong)))?;
        Ok(Identified { number, born_on: self.birth_date(row)? })
    }

    fn birth_date(&self, row: &Row<'_>) -> Result<Date, Fault> {
        match row.get(BIRTH_DATE) {
            "" => Err(row.fault(BIRTH_DATE, FaultKind::Missing)),
            text => dates::birth_date(text, self.today).map_err(|kind| row.fault(BIRTH_DATE, kind)),
        }
    }

    fn group(&self, row: &Row<'_>) -> Result<Option<String>, Fault> {
        match row.get(GROUP) {
            "" => Ok(None),
            slug if self.campaigns.iter().any(|known| known == slug) => Ok(Some(slug.to_owned())),
            _ => Err(row.fault(GROUP, FaultKind::GroupUnknown)),
        }
    }
}

fn name(row: &Row<'_>) -> Result<String, Fault> {
    let text = row.get(NAME);
    match person_name::fault(text) {
        None => Ok(person_name::composed(text)),
        Some(wrong) => Err(row.fault(
            NAME,
            match wrong {
                NameFault::Missing => FaultKind::Missing,
                NameFault::TooLong => FaultKind::TooLong { chars_max: NAME_CHARS_MAX },
                NameFault::Control => FaultKind::Control,
                NameFault::NotAName => FaultKind::NotAName,
            },
        )),
    }
}

fn number_fault(wrong: NumberFault) -> FaultKind {
    match wrong {
        NumberFault::Missing => FaultKind::Missing,
        NumberFault::NotDigits => FaultKind::NumberNotDigits,
        NumberFault::Length => FaultKind::NumberLength,
        NumberFault::NoSuchDate => FaultKind::NoSuchDate,
        NumberFault::NotTemporary => FaultKind::NotTemporary,
    }
}
