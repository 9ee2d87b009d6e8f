//! Free places by clinic, day and half of the day, in memory: fed from the ledger once a second ([`feeder`]), read by the
//! search and by the files of the [`board`]. No request asks the ledger for any of it.

pub mod board;
pub mod feeder;
mod files;

pub(crate) use files::{bookable, clinic_in_words};

use crate::pages::parts::Availability;
use booking::{Campaign, Clinic, ClinicId, Country, RegionCode, RegionLevel};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use store::{DayTaken, DaysChanged};

/// Bands that begin before it are the morning.
pub const NOON_MIN: u16 = 12 * 60;

/// Which bands of a day are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DayPart {
    #[default]
    Whole,
    Morning,
    Afternoon,
}

impl DayPart {
    pub const ALL: [Self; 3] = [Self::Whole, Self::Morning, Self::Afternoon];

    /// As addresses and files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "day",
            Self::Morning => "morning",
            Self::Afternoon => "afternoon",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// Places that a clinic offers and how many of them nobody has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Free {
    pub free: u32,
    pub places: u32,
}

impl Free {
    /// Bands, not numbers: the crowd would chase an exact figure that is old when it is read.
    pub fn in_words(self) -> Availability {
        match self {
            Self { places: 0, .. } => Availability::Closed,
            Self { free: 0, .. } => Availability::None,
            Self { free, places } if free <= 2 || free * 5 <= places => Availability::Few,
            Self { .. } => Availability::Many,
        }
    }
}

impl std::iter::Sum for Free {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            free: sum.free + one.free,
            places: sum.places + one.places,
        })
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Half {
    places: u32,
    taken: u32,
}

impl Half {
    fn free(self) -> Free {
        Free { free: self.places.saturating_sub(self.taken), places: self.places }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Day {
    morning: Half,
    afternoon: Half,
}

impl Day {
    fn of(clinic: &Clinic, date: Date, band_min: u16) -> Self {
        let places = |bands: usize| Half { places: bands as u32 * clinic.capacity, taken: 0 };
        let morning = clinic.bands_on(date, band_min).filter(|starts_min| *starts_min < NOON_MIN).count();
        let afternoon = clinic.bands_on(date, band_min).count() - morning;
        Self { morning: places(morning), afternoon: places(afternoon) }
    }

    /// As the clinic said itself: all places, and those of the morning.
    fn offering((all, morning): (u32, u32)) -> Self {
        let places = |places| Half { places, taken: 0 };
        Self { morning: places(morning), afternoon: places(all.saturating_sub(morning)) }
    }

    fn free(self, part: DayPart) -> Free {
        match part {
            DayPart::Whole => [self.morning.free(), self.afternoon.free()].into_iter().sum(),
            DayPart::Morning => self.morning.free(),
            DayPart::Afternoon => self.afternoon.free(),
        }
    }

    fn in_words(self) -> [Availability; 3] {
        DayPart::ALL.map(|part| self.free(part).in_words())
    }
}

/// A 시·군·구 and its clinics, by their position in the country.
#[derive(Debug)]
pub struct District {
    pub code: RegionCode,
    pub sido: RegionCode,
    pub clinics: Vec<usize>,
}

pub struct Index {
    country: Arc<Country>,
    dates: Vec<Date>,
    band_min: u16,
    positions: HashMap<ClinicId, usize>,
    /// By the position of the clinic, then by date.
    days: Vec<Day>,
    districts: Vec<District>,
    district_of: Vec<usize>,
    /// 시·도 whose doses are all given out: no place there can be booked.
    dry: BTreeSet<RegionCode>,
    version: u64,
    /// When the ledger last said how things are.
    heard_at: Option<Timestamp>,
    /// Districts where a word is another since they were last taken.
    changed: BTreeSet<usize>,
}

impl Index {
    pub fn new(country: Arc<Country>, campaign: &Campaign) -> Self {
        let dates: Vec<Date> = campaign.visits.days().collect();
        let positions: HashMap<ClinicId, usize> =
            country.clinics().iter().enumerate().map(|(position, clinic)| (clinic.id, position)).collect();
        let day = |clinic, date| Day::of(clinic, date, campaign.visits.band_min);
        let days =
            country.clinics().iter().flat_map(|clinic| dates.iter().map(move |date| day(clinic, *date)));
        let days = days.collect();
        let districts = districts(&country, &positions);
        let mut district_of = vec![0; country.clinics().len()];
        for (number, district) in districts.iter().enumerate() {
            for position in &district.clinics {
                district_of[*position] = number;
            }
        }
        Self {
            country,
            dates,
            band_min: campaign.visits.band_min,
            positions,
            days,
            districts,
            district_of,
            dry: BTreeSet::new(),
            version: 0,
            heard_at: None,
            changed: BTreeSet::new(),
        }
    }

    pub fn country(&self) -> &Country {
        &self.country
    }

    pub fn dates(&self) -> &[Date] {
        &self.dates
    }

    pub fn districts(&self) -> &[District] {
        &self.districts
    }

    /// Up to where the changes of the ledger are in here.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn position(&self, clinic: ClinicId) -> Option<usize> {
        self.positions.get(&clinic).copied()
    }

    pub fn district_of(&self, clinic: usize) -> &District {
        &self.districts[self.district_of[clinic]]
    }

    /// What is free on the date at this position of [`Index::dates`].
    pub fn free(&self, clinic: usize, date: usize, part: DayPart) -> Free {
        let free = self.days[clinic * self.dates.len() + date].free(part);
        if self.is_dry(self.district_of(clinic).sido) { Free { free: 0, ..free } } else { free }
    }

    /// Whether a 시·도 has no dose left, however many places are free there.
    pub fn is_dry(&self, sido: RegionCode) -> bool {
        self.dry.contains(&sido)
    }

    pub fn apply(&mut self, changed: &DaysChanged) {
        for day in &changed.days {
            self.set(day);
        }
        self.version = changed.version;
    }

    fn set(&mut self, taken: &DayTaken) {
        let date = self.dates.iter().position(|date| *date == taken.visit_on);
        let Some((clinic, date)) = self.position(taken.clinic).zip(date) else { return };
        let listed = Day::of(&self.country.clinics()[clinic], taken.visit_on, self.band_min);
        let day = &mut self.days[clinic * self.dates.len() + date];
        let before = day.in_words();
        *day = taken.offered.map_or(listed, Day::offering);
        day.morning.taken = taken.before_noon;
        day.afternoon.taken = taken.places.saturating_sub(taken.before_noon);
        if day.in_words() != before {
            self.changed.insert(self.district_of[clinic]);
        }
    }

    pub fn heard(&mut self, doses_left: &BTreeMap<RegionCode, u32>, at: Timestamp) {
        let dry: BTreeSet<_> =
            doses_left.iter().filter(|(_, left)| **left == 0).map(|(sido, _)| *sido).collect();
        for sido in dry.symmetric_difference(&self.dry) {
            let numbered = self.districts.iter().enumerate();
            let there = numbered.filter(|(_, district)| district.sido == *sido);
            self.changed.extend(there.map(|(number, _)| number));
        }
        self.dry = dry;
        self.heard_at = Some(at);
    }

    /// When the ledger last spoke, if that is recent enough to be told to people.
    pub fn known_as_of(&self, now: Timestamp) -> Option<Timestamp> {
        self.heard_at.filter(|at| now.duration_since(*at) <= feeder::SILENT_AFTER)
    }

    fn take_changed(&mut self) -> BTreeSet<usize> {
        std::mem::take(&mut self.changed)
    }
}

fn districts(country: &Country, positions: &HashMap<ClinicId, usize>) -> Vec<District> {
    let sigungu = country.regions().iter().filter(|region| region.level == RegionLevel::Sigungu);
    let district = |region: &booking::Region| District {
        code: region.code,
        sido: region.parent.expect("checked when the country was built"),
        clinics: country.clinics_in(region.code).map(|clinic| positions[&clinic.id]).collect(),
    };
    sigungu.map(district).collect()
}

#[cfg(test)]
#[path = "availability_tests.rs"]
mod tests;
