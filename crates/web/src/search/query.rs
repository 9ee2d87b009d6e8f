//! What a search asks for, out of the address of the page. Nothing in it is about a person.

use crate::availability::DayPart;
use crate::fields::parse::parse_day;
use crate::fields::{Fault, FieldFault, Kind};
use booking::{Country, RegionCode};
use jiff::civil::Date;

/// Longer than any name of a clinic or a region.
const TYPED_CHARS_MAX: usize = 60;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Part of a clinic's name, as typed.
    pub name: String,
    /// A 읍·면·동 in words, as typed.
    pub near: String,
    /// A 읍·면·동 or 시·군·구 to count the distance from.
    pub centre: Option<RegionCode>,
    /// A 시·도 or 시·군·구 to stay in.
    pub region: Option<RegionCode>,
    /// None chosen means all of them.
    pub days: Vec<Date>,
    pub part: DayPart,
    pub free_first: bool,
    /// From 1.
    pub page: usize,
}

impl Query {
    /// Reads the part of an address behind the question mark. What cannot be read is left out and named; names that are
    /// not ours are passed over.
    pub fn read(raw: &str, country: &Country, dates: &[Date]) -> (Self, Vec<FieldFault>) {
        let mut query = Self { page: 1, ..Self::default() };
        let mut faults = Vec::new();
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            if let Err((field, kind, fault)) = query.take(&name, value, country, dates) {
                faults.push(FieldFault { field, kind, fault });
            }
        }
        query.days.sort_unstable();
        query.days.dedup();
        faults.dedup();
        (query, faults)
    }

    fn take(
        &mut self,
        name: &str,
        value: &str,
        country: &Country,
        dates: &[Date],
    ) -> Result<(), (&'static str, Kind, Fault)> {
        let malformed = |field, kind| (field, kind, Fault::Malformed);
        let region = |field| {
            let code = RegionCode::parse(value).filter(|code| country.region(*code).is_some());
            code.map(Some).ok_or(malformed(field, Kind::Opaque))
        };
        match name {
            "q" => typed("q", value, &mut self.name)?,
            "near" => typed("near", value, &mut self.near)?,
            "centre" => self.centre = region("centre")?,
            "region" => self.region = region("region")?,
            "day" => {
                let day = parse_day(value).filter(|day| dates.contains(day));
                self.days.push(day.ok_or(malformed("day", Kind::Day))?);
            }
            "part" => self.part = DayPart::named(value).ok_or(malformed("part", Kind::Opaque))?,
            "free" => self.free_first = value == "1",
            "page" => {
                let page = value.parse().ok().filter(|page| *page > 0);
                self.page = page.ok_or(malformed("page", Kind::Number))?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether it asks for anything; a list of the whole country helps nobody.
    pub fn asks(&self) -> bool {
        !self.name.is_empty() || self.centre.is_some() || self.region.is_some() || self.free_first
    }

    /// The address of the same search, for links. A page of 1 is not written.
    pub fn to_address(&self, path: &str) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("q", &self.name), ("near", &self.near)] {
            if !value.is_empty() {
                pairs.append_pair(name, value);
            }
        }
        for (name, code) in [("centre", self.centre), ("region", self.region)] {
            if let Some(code) = code {
                pairs.append_pair(name, &code.to_string());
            }
        }
        for day in &self.days {
            pairs.append_pair("day", &day.to_string());
        }
        if self.part != DayPart::Whole {
            pairs.append_pair("part", self.part.name());
        }
        if self.free_first {
            pairs.append_pair("free", "1");
        }
        if self.page > 1 {
            pairs.append_pair("page", &self.page.to_string());
        }
        let pairs = pairs.finish();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{pairs}") }
    }
}

/// Of something too long the beginning is kept, to be corrected.
fn typed(field: &'static str, value: &str, kept: &mut String) -> Result<(), (&'static str, Kind, Fault)> {
    if value.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
        return Err((field, Kind::Opaque, Fault::Malformed));
    }
    value.chars().take(TYPED_CHARS_MAX).collect::<String>().trim_end().clone_into(kept);
    if value.chars().count() > TYPED_CHARS_MAX { Err((field, Kind::Opaque, Fault::TooLong)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;
    use store::conformance::world;

    const DATES: [Date; 3] = [date(2027, 7, 26), date(2027, 7, 27), date(2027, 7, 28)];

    fn read(raw: &str) -> (Query, Vec<FieldFault>) {
        Query::read(raw, &world::country(), &DATES)
    }

    #[test]
    fn an_address_is_read_and_written_back() {
        let raw = "q=%EC%83%88+a&centre=1111010100&region=1100000000&day=2027-07-26&day=2027-07-28&part=morning&free=1&page=3";
        let (query, faults) = read(raw);
        assert_eq!(faults, []);
        assert_eq!((query.name.as_str(), query.days.len(), query.page), ("새 a", 2, 3));
        assert_eq!(query.to_address("/find"), format!("/find?{raw}"));
        assert_eq!(read("").0.to_address("/find"), "/find");
    }

    #[test]
    fn what_cannot_be_read_is_named_and_left_out() {
        for (raw, field, fault) in [
            ("q=%00", "q", Fault::Malformed),
            ("q=a%FF", "q", Fault::Malformed),
            ("near=%07", "near", Fault::Malformed),
            ("centre=9999999999", "centre", Fault::Malformed),
            ("region=x", "region", Fault::Malformed),
            ("day=2027-07-29", "day", Fault::Malformed),
            ("day=0001-01-01", "day", Fault::Malformed),
            ("day=2027-02-29", "day", Fault::Malformed),
            ("part=night", "part", Fault::Malformed),
            ("page=0", "page", Fault::Malformed),
            ("page=99999999999999999999", "page", Fault::Malformed),
        ] {
            let (query, faults) = read(raw);
            assert_eq!(query, Query { page: 1, ..Query::default() }, "{raw}");
            assert_eq!((faults.len(), faults[0].field, faults[0].fault), (1, field, fault), "{raw}");
        }
        let long = format!("q={}", "a".repeat(1_000_000));
        let (query, faults) = read(&long);
        assert_eq!((query.name.len(), faults[0].fault), (TYPED_CHARS_MAX, Fault::TooLong));
        assert_eq!(read("q=%F0%9F%99%82&x=1&page=9223372036854775808").1, []);
    }

    proptest! {
        #[test]
        fn any_address_is_read_and_its_copy_means_the_same(raw in any::<String>()) {
            let (query, _) = read(&raw);
            let address = query.to_address("");
            prop_assert_eq!(read(address.strip_prefix('?').unwrap_or("")).0, query);
        }
    }
}
