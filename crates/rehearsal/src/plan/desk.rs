//! Behind the gate: doses and places by 시·도, given by the rules of `booking`.

use booking::{
    Campaign, CampaignId, Candidate, DoseInterval, DoseNumber, EligibilityGroup, Limits, Opening, PersonId,
    RegionCode, SlotId, TicketRef, Visits, korean_day, rules,
};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

use super::{Plan, SidoPlan};

/// One band stands for all places of a 시·도.
const BAND_MIN: u16 = 540;
const DAYS_TO_VISIT: i64 = 14;
/// A country without regions.
const WHOLE: u64 = 1;

pub(super) struct Desk {
    campaign: Campaign,
    opening: Opening,
    sidos: Vec<Sido>,
    weights: u64,
    travel_percent: u32,
}

struct Sido {
    code: RegionCode,
    weight: u64,
    doses_left: u32,
    places_left: u32,
    /// People of this 시·도 who have come, in parts of one; what is above whole people.
    owed: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) booked: u64,
    pub(super) refused: u64,
}

impl Desk {
    pub(super) fn new(plan: &Plan, start: Timestamp) -> Self {
        let regions = if plan.regions.is_empty() {
            vec![SidoPlan { code: WHOLE, weight: 1, doses: plan.doses }]
        } else {
            plan.regions.clone()
        };
        let weights: u64 = regions.iter().map(|sido| u64::from(sido.weight)).sum();
        let sido = |sido: &SidoPlan| Sido {
            code: RegionCode(sido.code),
            weight: u64::from(sido.weight),
            doses_left: sido.doses,
            places_left: u32::try_from(u64::from(plan.places) * u64::from(sido.weight) / weights)
                .unwrap_or(u32::MAX),
            owed: 0,
        };
        Desk {
            campaign: campaign(plan, start),
            opening: Opening::NotYet,
            sidos: regions.iter().map(sido).collect(),
            weights,
            travel_percent: plan.travel_percent,
        }
    }

    /// The one event that opens the doors; refused before its time.
    pub(super) fn open(&mut self, now: Timestamp) -> bool {
        if self.opening == Opening::NotYet && rules::open(&self.campaign, self.opening, now).is_ok() {
            self.opening = Opening::Open { at: now };
        }
        matches!(self.opening, Opening::Open { .. })
    }

    /// Doses that somebody can still book, which need a place as well.
    pub(super) fn doses_left(&self) -> u64 {
        self.sidos.iter().map(|sido| u64::from(sido.doses_left.min(sido.places_left))).sum()
    }

    /// So many people have chosen a clinic in their 시·도 and press the button.
    pub(super) fn book(&mut self, now: Timestamp, people: u64) -> Given {
        let mut given = Given::default();
        for at in 0..self.sidos.len() {
            let wanted = self.share(at, people);
            let here = self.hold(at, now, wanted);
            given.booked += here;
            let travelling = (wanted - here) * u64::from(self.travel_percent) / 100;
            let elsewhere = self.book_elsewhere(now, travelling);
            given.booked += elsewhere;
            given.refused += wanted - here - elsewhere;
        }
        given
    }

    /// Shares of people are whole people; the rest is owed.
    fn share(&mut self, at: usize, people: u64) -> u64 {
        let sido = &mut self.sidos[at];
        sido.owed += people * sido.weight;
        let whole = sido.owed / self.weights;
        sido.owed %= self.weights;
        whole
    }

    fn book_elsewhere(&mut self, now: Timestamp, people: u64) -> u64 {
        if people == 0 {
            return 0;
        }
        let best = (0..self.sidos.len()).max_by_key(|at| self.sidos[*at].doses_left);
        best.map_or(0, |at| self.hold(at, now, people))
    }

    /// The same facts for each of them until something runs out: one decision for all.
    fn hold(&mut self, at: usize, now: Timestamp, people: u64) -> u64 {
        if people == 0 || !self.is_given(&self.sidos[at], now) {
            return 0;
        }
        let sido = &mut self.sidos[at];
        let given = people.min(u64::from(sido.doses_left.min(sido.places_left)));
        let given = u32::try_from(given).expect("not more than the doses");
        sido.doses_left -= given;
        sido.places_left -= given;
        u64::from(given)
    }

    fn is_given(&self, sido: &Sido, now: Timestamp) -> bool {
        let booker = PersonId(1);
        let admission = rules::admit(&rules::AdmitFacts {
            campaign: &self.campaign,
            opening: self.opening,
            now,
            person: booker,
            candidate: Candidate { born_on: self.campaign.group.born_from, on_roster: true },
            corrected: None,
            helps_eligible: false,
            ticket: TicketRef([0; 16]),
            queue_number: 0,
            ticket_used_by: None,
            revoked_at: None,
            earlier: None,
        });
        let recipient = rules::RecipientFacts {
            person: booker,
            may_be_booked: true,
            eligible: true,
            first: None,
            second: None,
            one_too_many: None,
        };
        let first_on = self.campaign.visits.first_on;
        let held = rules::hold(&rules::HoldFacts {
            campaign: &self.campaign,
            opening: self.opening,
            now,
            today: korean_day(now),
            admission: admission.ok(),
            booker,
            recipients: &[recipient],
            dose: DoseNumber(1),
            at: SlotId { clinic: booking::ClinicId(1), visit_on: first_on, starts_min: BAND_MIN },
            is_change: false,
            abandoned: rules::Abandoned::default(),
            sido: Some(sido.code),
            doses_left: sido.doses_left,
            bands_on: &|_| vec![(BAND_MIN, sido.places_left)],
        });
        held.is_ok()
    }
}

/// Only first doses are counted, so the plan's campaign gives one.
fn campaign(plan: &Plan, start: Timestamp) -> Campaign {
    let closes_at = start + SignedDuration::from_secs(i64::from(plan.open_seconds));
    let first_on = korean_day(closes_at + SignedDuration::from_hours(24 * DAYS_TO_VISIT));
    Campaign {
        id: CampaignId(1),
        slug: "plan".to_owned(),
        group: EligibilityGroup::born(date(1962, 1, 1), date(1966, 12, 31)),
        opens_at: start,
        closes_at,
        visits: Visits { first_on, last_on: first_on, band_min: 30 },
        doses: 1,
        dose_interval: DoseInterval { min_days: 28, planned_days: 28, max_days: 42 },
        supply: plan.regions.iter().map(|sido| (RegionCode(sido.code), sido.doses)).collect(),
        people: plan.eligible,
        limits: Limits::default(),
    }
}
