//! 접종 사업: who may book what, when, and how much there is.

use crate::{CampaignId, RegionCode};
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
    pub dose_interval_days: u16,
    /// Doses by 시·도, shared out beforehand so that no single counter is hot.
    pub supply: BTreeMap<RegionCode, u32>,
    /// How many people are eligible, for the honest sentence on the front page.
    pub people: u32,
    pub limits: Limits,
}

/// 대상군: a range of birth dates, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EligibilityGroup {
    pub born_from: Date,
    pub born_to: Date,
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
    pub fn contains(self, born_on: Date) -> bool {
        (self.born_from..=self.born_to).contains(&born_on)
    }
}

impl Visits {
    pub fn contains(self, visit_on: Date) -> bool {
        (self.first_on..=self.last_on).contains(&visit_on)
    }

    pub fn days(self) -> impl Iterator<Item = Date> {
        self.first_on.series(jiff::Span::new().days(1)).take_while(move |day| *day <= self.last_on)
    }
}

impl Campaign {
    pub fn supply_total(&self) -> u64 {
        self.supply.values().map(|doses| u64::from(*doses)).sum()
    }

    /// The last day on which an appointment of that visit may be cancelled online.
    pub fn cancel_until(&self, visit_on: Date) -> Date {
        visit_on.saturating_sub(jiff::Span::new().days(i32::from(self.limits.cancel_days_before)))
    }
}

/// The day in Korea at an instant. Korea keeps UTC+9 all year; a campaign never reaches back to when it did not.
pub fn korean_day(now: Timestamp) -> Date {
    jiff::tz::offset(9).to_datetime(now).date()
}
