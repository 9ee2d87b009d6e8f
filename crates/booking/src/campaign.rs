//! 접종 사업: who may book what, when, and how much there is.

use crate::{CampaignId, DoseNumber, RegionCode, SlotId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub struct Campaign {
    pub id: CampaignId,
    /// The name in addresses, e.g. `c55`.
    pub slug: String,
    pub group: EligibilityGroup,
    pub opens_at: Timestamp,
    pub closes_at: Timestamp,
    pub visits: Visits,
    pub doses: u8,
    pub dose_interval: DoseInterval,
    /// First doses by 시·도, shared out beforehand so that no single counter is hot; the second is set aside with the
    /// first.
    pub supply: BTreeMap<RegionCode, u32>,
    /// How many people are eligible, for the honest sentence on the front page.
    pub people: u32,
    pub limits: Limits,
}

/// 대상군: a range of birth dates, both ends included, and a roster where the campaign has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EligibilityGroup {
    pub born_from: Date,
    pub born_to: Date,
    /// Only those on the roster.
    pub roster_needed: bool,
}

/// What is known of somebody who would like to be vaccinated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    pub born_on: Date,
    pub on_roster: bool,
}

/// 접종 간격: the days from the first dose to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoseInterval {
    pub min_days: u16,
    /// A multiple of seven keeps the weekday.
    pub planned_days: u16,
    pub max_days: u16,
}

/// The days on which the first dose is given, and the length of a band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visits {
    pub first_on: Date,
    pub last_on: Date,
    pub band_min: u16,
}

/// Every limit has a name.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a hold lives without an extension.
    pub hold: SignedDuration,
    /// What the one extension adds.
    pub hold_extension: SignedDuration,
    /// How long a pass lives without activity.
    pub pass_idle: SignedDuration,
    /// How long a pass lives at most; after it the person is admitted again without a new wait.
    pub pass_max: SignedDuration,
    /// An appointment may be cancelled online until this many days before the visit.
    pub cancel_days_before: u16,
    /// How long the answer to a repeated request is kept.
    pub answers_kept: SignedDuration,
    /// For how many people one helper may book.
    pub recipients_max: usize,
    /// Whether a recipient must agree first, by a code that goes to their phone on record.
    pub recipient_code: bool,
    /// How long such a code is good after it was sent.
    pub recipient_code_life: SignedDuration,
    /// How many holds somebody may give up before the next one has to wait.
    pub holds_free: u32,
    /// How long the first wait is; each further one is twice as long.
    pub hold_pause: SignedDuration,
    pub hold_pause_max: SignedDuration,
    /// How long somebody who waits may think about an offer, in the hours between 8 and 21.
    pub offer: SignedDuration,
    /// How many offers somebody may let go by before they no longer wait.
    pub offers_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            hold: SignedDuration::from_mins(5),
            hold_extension: SignedDuration::from_mins(5),
            pass_idle: SignedDuration::from_mins(15),
            pass_max: SignedDuration::from_mins(60),
            cancel_days_before: 2,
            answers_kept: SignedDuration::from_hours(24),
            recipients_max: 4,
            recipient_code: false,
            recipient_code_life: SignedDuration::from_mins(10),
            holds_free: 5,
            hold_pause: SignedDuration::from_secs(30),
            hold_pause_max: SignedDuration::from_hours(1),
            offer: SignedDuration::from_hours(2),
            offers_max: 3,
        }
    }
}

/// Opening and closing are committed events, never a comparison of clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Opening {
    #[default]
    NotYet,
    Open {
        at: Timestamp,
    },
    Closed {
        at: Timestamp,
    },
}

impl EligibilityGroup {
    /// By birth date alone.
    pub fn born(born_from: Date, born_to: Date) -> Self {
        Self { born_from, born_to, roster_needed: false }
    }

    pub fn contains(self, candidate: Candidate) -> bool {
        let of_age = (self.born_from..=self.born_to).contains(&candidate.born_on);
        of_age && (candidate.on_roster || !self.roster_needed)
    }
}

impl DoseInterval {
    /// The days on which the second dose may follow, both ends included.
    pub fn after(self, first_on: Date) -> (Date, Date) {
        (later(first_on, self.min_days), later(first_on, self.max_days))
    }

    pub fn allows(self, first_on: Date, second_on: Date) -> bool {
        let (earliest_on, latest_on) = self.after(first_on);
        (earliest_on..=latest_on).contains(&second_on)
    }

    /// The days for a second dose, best first: the planned one, the same weekday, then those nearest to it.
    pub fn days_after(self, first_on: Date) -> Vec<Date> {
        let planned = later(first_on, self.planned_days);
        let mut days: Vec<Date> = (self.min_days..=self.max_days).map(|days| later(first_on, days)).collect();
        days.sort_by_key(|day| {
            let away = (*day - planned).get_days().abs();
            (away % 7 != 0, away, *day)
        });
        days
    }
}

fn later(day: Date, days: u16) -> Date {
    day.saturating_add(jiff::Span::new().days(i32::from(days)))
}

impl Visits {
    pub fn contains(self, visit_on: Date) -> bool {
        (self.first_on..=self.last_on).contains(&visit_on)
    }

    /// When the time band of a visit is over.
    pub fn ends_at(self, slot: SlotId) -> Timestamp {
        let midnight = KOREA.to_timestamp(slot.visit_on.to_datetime(jiff::civil::Time::midnight()));
        let minutes = i64::from(slot.starts_min) + i64::from(self.band_min);
        midnight.expect("visits are in this century") + SignedDuration::from_mins(minutes)
    }

    pub fn days(self) -> impl Iterator<Item = Date> {
        self.first_on.series(jiff::Span::new().days(1)).take_while(move |day| *day <= self.last_on)
    }
}

impl Campaign {
    pub fn supply_total(&self) -> u64 {
        self.supply.values().map(|doses| u64::from(*doses)).sum()
    }

    /// The days on which any dose is given, earliest first.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        let second = (self.doses > 1).then(|| self.second_visits());
        let is_second = move |day: &Date| second.is_some_and(|(from, until)| (from..=until).contains(day));
        let last_on = second.map_or(self.visits.last_on, |(_, until)| until.max(self.visits.last_on));
        let days = self.visits.first_on.series(jiff::Span::new().days(1));
        days.take_while(move |day| *day <= last_on)
            .filter(move |day| self.visits.contains(*day) || is_second(day))
    }

    pub fn gives_on(&self, visit_on: Date) -> bool {
        self.gives_dose_on(DoseNumber(1), visit_on) || self.gives_dose_on(DoseNumber(2), visit_on)
    }

    pub fn gives_dose_on(&self, dose: DoseNumber, visit_on: Date) -> bool {
        match dose {
            DoseNumber(1) => self.visits.contains(visit_on),
            DoseNumber(2) if self.doses > 1 => {
                let (from, until) = self.second_visits();
                (from..=until).contains(&visit_on)
            }
            _ => false,
        }
    }

    /// The first and the last day of second doses.
    fn second_visits(&self) -> (Date, Date) {
        (self.dose_interval.after(self.visits.first_on).0, self.dose_interval.after(self.visits.last_on).1)
    }

    /// The last day on which an appointment of that visit may be cancelled online.
    pub fn cancel_until(&self, visit_on: Date) -> Date {
        visit_on.saturating_sub(jiff::Span::new().days(i32::from(self.limits.cancel_days_before)))
    }
}

/// Korea keeps UTC+9 all year; a campaign never reaches back to when it did not.
pub const KOREA: jiff::tz::Offset = jiff::tz::offset(9);

/// The day in Korea at an instant.
pub fn korean_day(now: Timestamp) -> Date {
    KOREA.to_datetime(now).date()
}
