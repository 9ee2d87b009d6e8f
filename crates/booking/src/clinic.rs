//! 위탁의료기관: a place that vaccinates, and when.

use crate::{ClinicId, RegionCode};
use jiff::civil::{Date, Weekday};

#[derive(Debug, Clone, PartialEq)]
pub struct Clinic {
    pub id: ClinicId,
    pub name: String,
    /// 읍·면·동.
    pub region: RegionCode,
    pub zip: String,
    pub address: String,
    /// As printed, e.g. `02-000-0000`.
    pub phone: Option<String>,
    pub lat: f64,
    pub lon: f64,
    pub hours: OpeningHours,
    /// Places per band.
    pub capacity: u32,
    pub doses_per_vial: u32,
    /// False: no longer on the country's list. What is booked there stays; nothing new is offered.
    pub listed: bool,
}

/// When a clinic vaccinates. Minutes are from midnight, Korean time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpeningHours {
    pub opens_min: u16,
    pub closes_min: u16,
    /// From, until; Monday to Friday.
    pub lunch: Option<(u16, u16)>,
    /// None: closed on Saturdays.
    pub saturday_closes_min: Option<u16>,
    pub closed: WeekdaySet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WeekdaySet(u8);

impl WeekdaySet {
    #[must_use]
    pub fn with(self, weekday: Weekday) -> Self {
        Self(self.0 | 1 << weekday.to_monday_zero_offset())
    }

    pub fn contains(self, weekday: Weekday) -> bool {
        self.0 & 1 << weekday.to_monday_zero_offset() != 0
    }
}

/// A clinic's doses of a day, in vials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vials {
    pub doses: u32,
    pub doses_per_vial: u32,
    pub vials: u32,
    /// Doses in the last vial that are for nobody.
    pub left_over: u32,
}

impl Clinic {
    /// The starts of the bands of a day, in order; none on a closed day or when the clinic is no longer listed.
    pub fn bands_on(&self, visit_on: Date, band_min: u16) -> impl Iterator<Item = u16> + use<> {
        let day = self.day(visit_on);
        let starts = (day.opens_min..day.closes_min).step_by(usize::from(band_min));
        starts.filter(move |start| day.has_room_for(*start, band_min))
    }

    /// Whether one of its bands begins then.
    pub fn is_band(&self, visit_on: Date, starts_min: u16, band_min: u16) -> bool {
        let day = self.day(visit_on);
        starts_min >= day.opens_min
            && (starts_min - day.opens_min).is_multiple_of(band_min)
            && day.has_room_for(starts_min, band_min)
    }

    /// The clinic's capacity in a band, 0 when it does not vaccinate then.
    pub fn capacity_at(&self, visit_on: Date, starts_min: u16, band_min: u16) -> u32 {
        if self.is_band(visit_on, starts_min, band_min) { self.capacity } else { 0 }
    }

    fn day(&self, visit_on: Date) -> OpenDay {
        let weekday = visit_on.weekday();
        let lunch = if weekday == Weekday::Saturday { None } else { self.hours.lunch };
        let closes_min = self.hours.closes_on(weekday).filter(|_| self.listed).unwrap_or(0);
        OpenDay { opens_min: self.hours.opens_min, closes_min, lunch }
    }

    /// 병: how many have to be opened for so many doses.
    pub fn vials(&self, doses: u32) -> Vials {
        let doses_per_vial = self.doses_per_vial.max(1);
        let vials = doses.div_ceil(doses_per_vial);
        let left_over = vials.saturating_mul(doses_per_vial).saturating_sub(doses);
        Vials { doses, doses_per_vial, vials, left_over }
    }

    /// The places of a whole day.
    pub fn capacity_on(&self, visit_on: Date, band_min: u16) -> u32 {
        self.bands_on(visit_on, band_min).count() as u32 * self.capacity
    }
}

/// The hours of one day; on a closed one it closes before it opens.
#[derive(Debug, Clone, Copy)]
struct OpenDay {
    opens_min: u16,
    closes_min: u16,
    lunch: Option<(u16, u16)>,
}

impl OpenDay {
    fn has_room_for(self, starts_min: u16, band_min: u16) -> bool {
        let Some(until) = starts_min.checked_add(band_min) else { return false };
        let at_lunch = self.lunch.is_some_and(|lunch| starts_min < lunch.1 && lunch.0 < until);
        until <= self.closes_min && !at_lunch
    }
}

impl OpeningHours {
    fn closes_on(&self, weekday: Weekday) -> Option<u16> {
        if self.closed.contains(weekday) {
            return None;
        }
        match weekday {
            Weekday::Saturday => self.saturday_closes_min,
            _ => Some(self.closes_min),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn clinic() -> Clinic {
        Clinic {
            id: ClinicId(1),
            name: "synthetic".to_owned(),
            region: RegionCode(1_111_010_100),
            zip: String::new(),
            address: String::new(),
            phone: None,
            lat: 37.5,
            lon: 127.0,
            hours: OpeningHours {
                opens_min: 9 * 60,
                closes_min: 12 * 60,
                lunch: Some((10 * 60 + 15, 10 * 60 + 45)),
                saturday_closes_min: Some(10 * 60),
                closed: WeekdaySet::default().with(Weekday::Sunday),
            },
            capacity: 3,
            doses_per_vial: 10,
            listed: true,
        }
    }

    #[test]
    fn bands_leave_out_lunch_and_what_runs_past_closing() {
        let monday: Vec<u16> = clinic().bands_on(date(2027, 7, 26), 30).collect();
        assert_eq!(monday, [540, 570, 660, 690]);
        assert_eq!(clinic().capacity_on(date(2027, 7, 26), 30), 12);
    }

    #[test]
    fn saturday_ends_early_and_a_closed_weekday_has_no_band() {
        assert_eq!(clinic().bands_on(date(2027, 7, 31), 30).count(), 2);
        assert_eq!(clinic().bands_on(date(2027, 8, 1), 30).count(), 0);
    }

    #[test]
    fn a_clinic_that_is_no_longer_listed_offers_nothing() {
        let unlisted = Clinic { listed: false, ..clinic() };
        assert_eq!(unlisted.bands_on(date(2027, 7, 26), 30).count(), 0);
        assert_eq!(unlisted.capacity_at(date(2027, 7, 26), 540, 30), 0);
        assert_eq!(unlisted.capacity_on(date(2027, 7, 26), 30), 0);
    }

    #[test]
    fn a_vial_that_is_opened_for_one_dose_is_opened() {
        let in_vials = |doses| {
            let Vials { vials, left_over, .. } = clinic().vials(doses);
            (vials, left_over)
        };
        assert_eq!([0, 1, 10, 11, 20].map(in_vials), [(0, 0), (1, 9), (1, 0), (2, 9), (2, 0)]);
    }

    #[test]
    fn a_time_between_two_bands_has_no_capacity() {
        assert_eq!(clinic().capacity_at(date(2027, 7, 26), 540, 30), 3);
        assert_eq!(clinic().capacity_at(date(2027, 7, 26), 555, 30), 0);
        assert_eq!(clinic().capacity_at(date(2027, 7, 26), 615, 30), 0);
    }
}
