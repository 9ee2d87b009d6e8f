//! Places held, extended, given back, run out.

use super::{Changes, Decided, known};
use crate::TakePlaces;
use crate::ledger::Ledger;
use crate::ledger::apply::with_doses;
use booking::rules::{self, HoldFacts, LiveAppointment, RecipientFacts};
use booking::{
    Admission, Appointment, Campaign, CampaignId, Change, DoseNumber, Few, Hold, HoldEnd, HoldId, Outcome,
    PersonId, Refusal, RegionCode, SlotId, korean_day, nearest_free, side_by_side,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::ops::Bound;
use std::sync::Arc;

/// How many free places a full slot offers instead.
const NEAREST_OFFERED: usize = 6;
/// Few clinics have more in a day.
const BANDS_EXPECTED: usize = 24;

impl Ledger {
    pub(in crate::ledger) fn hold(
        &mut self,
        wanted: &TakePlaces,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        let TakePlaces { campaign, booker, recipients, dose, at, is_change } = wanted;
        let campaign = known(&country, *campaign)?;
        let owner = (campaign.id, *booker);
        let earlier = self.hold_of.get(owner).copied();
        let given_up = earlier.and_then(|id| self.holds.get(id));
        let sido = self.sido_of(*at);
        let admission = self.admissions.get(owner);
        let recipients: Few<RecipientFacts> =
            recipients.iter().map(|person| self.recipient(owner, *person, admission)).collect();
        let doses = sido.map_or(0, |sido| self.doses_left(campaign, sido) + self.own_doses(given_up, sido));
        let decided = rules::hold(&HoldFacts {
            campaign,
            opening: self.opening(campaign.id),
            now,
            today: korean_day(now),
            admission,
            booker: *booker,
            recipients: &recipients,
            dose: *dose,
            at: *at,
            is_change: *is_change,
            abandoned: self.abandoned.get(owner).copied().unwrap_or_default(),
            sido,
            doses_left: doses,
            bands_on: &|visit_on| self.bands(campaign, SlotId { visit_on, ..*at }, given_up),
        });
        let hold =
            decided.map_err(|refusal| self.with_nearest(refusal, campaign, wanted, korean_day(now)))?;
        if let Some(id) = earlier {
            self.give_up(id, HoldEnd::Released, now, changes);
        }
        let id = HoldId(self.next.hold);
        self.write(Change::Held { id, hold: hold.clone() }, changes);
        Ok(Outcome::Held { id, hold })
    }

    pub(super) fn recipient(
        &self,
        (campaign, booker): (CampaignId, PersonId),
        person: PersonId,
        admission: Option<Admission>,
    ) -> RecipientFacts {
        let given = self.delegations.get((campaign, booker, person)).filter(|given| given.is_live());
        let is_booker = person == booker;
        let judged = if is_booker {
            admission.is_some_and(|admission| admission.eligible)
        } else {
            given.is_some_and(|given| given.delegation.eligible)
        };
        let too_many = |dose| self.one_too_many((campaign, person, DoseNumber(dose))).first().copied();
        RecipientFacts {
            person,
            may_be_booked: is_booker || given.is_some(),
            eligible: rules::eligible(self.correction(campaign, person), Some(judged), || judged),
            first: self.live_appointment((campaign, person, DoseNumber(1))),
            second: self.live_appointment((campaign, person, DoseNumber(2))),
            one_too_many: too_many(1).or_else(|| too_many(2)),
        }
    }

    fn live_appointment(&self, key: (CampaignId, PersonId, DoseNumber)) -> Option<LiveAppointment> {
        let id = self.live.get(key)?;
        let Appointment { place, state, .. } = self.appointments.get(id)?;
        Some(LiveAppointment { id, slot: place.slot, sido: self.sido_of(place.slot)?, state })
    }

    /// The bands of a clinic on a day; what the booker holds there counts as free, what others wait for does not.
    pub(super) fn bands(&self, campaign: &Campaign, on: SlotId, given_up: Option<&Hold>) -> Vec<(u16, u32)> {
        let Some(clinic) = self.country.clinic(on.clinic) else { return Vec::new() };
        let mut day = self.slots.rows().day(on);
        let free = |(starts_min, offered)| {
            let slot = SlotId { starts_min, ..on };
            let own = given_up.into_iter().flat_map(|hold| &hold.places).filter(|place| place.slot == slot);
            while let [(start, _), later @ ..] = day
                && *start < starts_min
            {
                day = later;
            }
            let found = day.first().filter(|(start, _)| *start == starts_min);
            let taken = found.map(|(_, taken)| *taken).unwrap_or_default();
            let free = taken.of(offered).free().saturating_sub(self.waits.awaited_at(slot));
            (starts_min, free + own.count() as u32)
        };
        let mut bands = Vec::with_capacity(BANDS_EXPECTED);
        bands.extend(self.bands_offered(campaign, clinic, on.visit_on).map(free));
        bands
    }

    /// The doses of a 시·도 that a hold would give back.
    fn own_doses(&self, hold: Option<&Hold>, sido: RegionCode) -> u32 {
        let places = hold.into_iter().flat_map(|hold| with_doses(&self.country, hold));
        let in_sido = places.filter(|(place, _)| self.sido_of(place.slot) == Some(sido));
        in_sido.map(|(_, doses)| doses).sum()
    }

    /// A full slot offers the nearest that have room for everybody; the search is made only when it is needed.
    fn with_nearest(
        &self,
        refusal: Refusal,
        campaign: &Campaign,
        wanted: &TakePlaces,
        today: Date,
    ) -> Refusal {
        let Refusal::SlotFull { .. } = refusal else { return refusal };
        let days: Vec<Date> =
            campaign.days().filter(|day| campaign.gives_dose_on(wanted.dose, *day)).collect();
        let people = wanted.recipients.len();
        let has_room = |slot: SlotId| {
            let bands = || self.bands(campaign, slot, None);
            slot.visit_on > today && side_by_side(&bands(), slot.starts_min, people).is_some()
        };
        let free = |slot| u32::from(has_room(slot));
        let nearest = nearest_free(&self.country, campaign, wanted.at, &days, free, NEAREST_OFFERED);
        Refusal::SlotFull { nearest }
    }

    pub(in crate::ledger) fn extend(
        &mut self,
        booker: PersonId,
        id: HoldId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        self.not_over(booker, id)?;
        let hold = self.holds.get(id);
        let campaign = known(&country, hold.ok_or(Refusal::HoldUnknown)?.campaign)?;
        let expires_at = rules::extend(campaign, hold, booker, now)?;
        self.write(Change::HoldExtended { id, expires_at }, changes);
        Ok(Outcome::Extended { id, expires_at })
    }

    pub(in crate::ledger) fn release(
        &mut self,
        booker: PersonId,
        id: HoldId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        self.not_over(booker, id)?;
        rules::live_hold(self.holds.get(id), booker, now)?;
        self.give_up(id, HoldEnd::Released, now, changes);
        Ok(Outcome::Released)
    }

    /// Somebody whose last hold was given back is told so, also when its places are long gone.
    pub(super) fn not_over(&self, booker: PersonId, id: HoldId) -> Result<(), Refusal> {
        match self.expired.get(booker) {
            Some(last) if last.id == id => Err(Refusal::HoldExpired { expired_at: last.at }),
            Some(_) | None => Ok(()),
        }
    }

    /// Gives back at most `limit` holds whose time is over; returns how many.
    pub(in crate::ledger) fn expire_due(
        &mut self,
        now: Timestamp,
        limit: usize,
        changes: &mut Changes,
    ) -> u32 {
        let later = self.expiring.range((self.swept, Bound::Unbounded));
        let due = later.take_while(|(expires_at, _)| *expires_at <= now);
        let over =
            |(_, id): &&(Timestamp, HoldId)| self.holds.get(*id).is_some_and(|hold| hold.expires_at <= now);
        let over: Vec<(Timestamp, HoldId)> = due.filter(over).take(limit).copied().collect();
        for (expires_at, id) in &over {
            self.swept = Bound::Excluded((*expires_at, *id));
            self.give_up(*id, HoldEnd::Expired, *expires_at, changes);
        }
        over.len() as u32
    }

    /// A hold that comes to nothing is remembered: whoever does so again and again waits.
    fn give_up(&mut self, id: HoldId, end: HoldEnd, at: Timestamp, changes: &mut Changes) {
        let hold = self.holds.get(id).expect("a hold ends once");
        let (campaign, booker) = (hold.campaign, hold.booker);
        self.write(Change::HoldEnded { id, end }, changes);
        self.write(Change::PlaceAbandoned { campaign, booker, at }, changes);
    }
}
