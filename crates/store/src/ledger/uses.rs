//! One function a use: facts from the tables, the decision from `booking`, the changes to write.

use super::Ledger;
use crate::Admit;
use booking::rules::{self, AdmitFacts, ConfirmFacts, HoldFacts, PlaceFacts};
use booking::{
    AppointmentId, Campaign, CampaignId, Change, Country, Hold, HoldEnd, HoldId, Message, MessageId,
    MessageKind, Opening, Outcome, PersonAlias, PersonId, Place, Refusal, RegionCode, SlotCounts, SlotId,
    korean_day, nearest_free,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::ops::Bound;
use std::sync::Arc;

/// How many free places a full slot offers instead.
const NEAREST_OFFERED: usize = 6;

type Decided = Result<Outcome, Refusal>;
type Changes = Vec<Change>;

impl Ledger {
    pub(super) fn open(&mut self, campaign: CampaignId, now: Timestamp, changes: &mut Changes) -> Decided {
        let country = Arc::clone(&self.country);
        let opening = self.opening(campaign);
        rules::open(known(&country, campaign)?, opening, now)?;
        if opening == Opening::NotYet {
            self.write(Change::Opened { campaign, at: now }, changes);
        }
        Ok(Outcome::Opened)
    }

    pub(super) fn close(&mut self, campaign: CampaignId, now: Timestamp, changes: &mut Changes) -> Decided {
        let country = Arc::clone(&self.country);
        let opening = self.opening(campaign);
        rules::close(known(&country, campaign)?, opening, now)?;
        if !matches!(opening, Opening::Closed { .. }) {
            self.write(Change::Closed { campaign, at: now }, changes);
        }
        Ok(Outcome::Closed)
    }

    pub(super) fn register(&mut self, alias: PersonAlias, sealed: &[u8], changes: &mut Changes) -> Outcome {
        if let Some(person) = self.aliases.get(alias) {
            return Outcome::Registered(*person);
        }
        let person = PersonId(self.next.person);
        self.write(Change::PersonRegistered { person, alias, sealed: sealed.to_vec() }, changes);
        Outcome::Registered(person)
    }

    pub(super) fn admit(&mut self, admit: &Admit, now: Timestamp, changes: &mut Changes) -> Decided {
        let country = Arc::clone(&self.country);
        let Admit { campaign, person, born_on, ticket, queue_number } = *admit;
        let admission = rules::admit(&AdmitFacts {
            campaign: known(&country, campaign)?,
            opening: self.opening(campaign),
            now,
            person,
            born_on,
            ticket,
            queue_number,
            ticket_used_by: self.tickets.get((campaign, ticket)).copied(),
            earlier: self.admissions.get((campaign, person)).copied(),
        })?;
        self.write(Change::Admitted { campaign, person, admission }, changes);
        Ok(Outcome::Admitted(admission))
    }

    pub(super) fn hold(
        &mut self,
        campaign: CampaignId,
        booker: PersonId,
        wanted: &[Place],
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        let campaign = known(&country, campaign)?;
        let earlier = self.hold_of.get((campaign.id, booker)).copied();
        let given_up =
            earlier.and_then(|id| self.holds.get(id)).map_or_else(Vec::new, |hold| hold.places.clone());
        let places: Vec<PlaceFacts> =
            wanted.iter().map(|place| self.place_facts(campaign, *place, &given_up)).collect();
        let decided = rules::hold(&HoldFacts {
            campaign,
            opening: self.opening(campaign.id),
            now,
            today: korean_day(now),
            admission: self.admissions.get((campaign.id, booker)).copied(),
            booker,
            places: &places,
        });
        let hold =
            decided.map_err(|refusal| self.with_nearest(refusal, campaign, &places, korean_day(now)))?;
        if let Some(id) = earlier {
            self.write(Change::HoldEnded { id, end: HoldEnd::Released }, changes);
        }
        let id = HoldId(self.next.hold);
        self.write(Change::Held { id, hold: hold.clone() }, changes);
        Ok(Outcome::Held { id, hold })
    }

    fn place_facts(&self, campaign: &Campaign, place: Place, given_up: &[Place]) -> PlaceFacts {
        let sido = self.sido_of(place.slot);
        let own_in_slot = given_up.iter().filter(|own| own.slot == place.slot).count() as u32;
        let own_in_sido = given_up.iter().filter(|own| self.sido_of(own.slot) == sido).count() as u32;
        let slot = self
            .counts(campaign, place.slot)
            .map(|slot| SlotCounts { held: slot.held - own_in_slot, ..slot });
        PlaceFacts {
            place,
            live_appointment: self.live.get((campaign.id, place.recipient, place.dose)).copied(),
            slot,
            sido: sido.unwrap_or(RegionCode(0)),
            doses_left: sido.map_or(0, |sido| self.doses_left(campaign, sido) + own_in_sido),
        }
    }

    /// A full slot offers the nearest free ones; the search is made only when it is needed.
    fn with_nearest(
        &self,
        refusal: Refusal,
        campaign: &Campaign,
        places: &[PlaceFacts],
        today: Date,
    ) -> Refusal {
        let wanted_in = |slot| places.iter().filter(|other| other.place.slot == slot).count() as u32;
        let full =
            |facts: &&PlaceFacts| facts.slot.is_some_and(|slot| slot.free() < wanted_in(facts.place.slot));
        match refusal {
            Refusal::SlotFull { .. } => {
                let wanted = places.iter().find(full).expect("a full slot was asked for").place.slot;
                let free = |slot: SlotId| {
                    let counts = self.counts(campaign, slot).filter(|_| slot.visit_on > today);
                    counts.map_or(0, SlotCounts::free)
                };
                Refusal::SlotFull {
                    nearest: nearest_free(&self.country, campaign, wanted, free, NEAREST_OFFERED),
                }
            }
            other => other,
        }
    }

    pub(super) fn extend(
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

    pub(super) fn release(
        &mut self,
        booker: PersonId,
        id: HoldId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        self.not_over(booker, id)?;
        rules::live_hold(self.holds.get(id), booker, now)?;
        self.write(Change::HoldEnded { id, end: HoldEnd::Released }, changes);
        Ok(Outcome::Released)
    }

    pub(super) fn confirm(
        &mut self,
        booker: PersonId,
        id: HoldId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        self.not_over(booker, id)?;
        // Of somebody else's hold nothing is told, not even that its people are booked.
        let hold = self.holds.get(id).filter(|hold| hold.booker == booker).cloned();
        let campaign = hold.as_ref().ok_or(Refusal::HoldUnknown)?.campaign;
        let appointments = rules::confirm(&ConfirmFacts {
            campaign: known(&country, campaign)?,
            opening: self.opening(campaign),
            now,
            booker,
            admission: self.admissions.get((campaign, booker)).copied(),
            hold: hold.as_ref(),
            live_appointment: hold.as_ref().and_then(|hold| self.live_appointment_of(hold)),
        })?;
        self.write(Change::HoldEnded { id, end: HoldEnd::Confirmed }, changes);
        let mut numbered = Vec::new();
        for appointment in appointments {
            let id = AppointmentId(self.next.appointment);
            self.write(Change::Booked { id, appointment }, changes);
            self.tell(appointment.place.recipient, MessageKind::Booked(id), now, changes);
            numbered.push((id, appointment));
        }
        Ok(Outcome::Booked(numbered))
    }

    /// Somebody whose last hold was given back is told so, also when its places are long gone.
    fn not_over(&self, booker: PersonId, id: HoldId) -> Result<(), Refusal> {
        match self.expired.get(booker) {
            Some((last, expired_at)) if *last == id => Err(Refusal::HoldExpired { expired_at: *expired_at }),
            Some(_) | None => Ok(()),
        }
    }

    fn live_appointment_of(&self, hold: &Hold) -> Option<AppointmentId> {
        let live = |place: &Place| self.live.get((hold.campaign, place.recipient, place.dose)).copied();
        hold.places.iter().find_map(live)
    }

    pub(super) fn cancel(
        &mut self,
        person: PersonId,
        id: AppointmentId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        let appointment = self.appointments.get(id).copied();
        let campaign = appointment.ok_or(Refusal::AppointmentUnknown)?.campaign;
        rules::cancel(known(&country, campaign)?, appointment.as_ref(), person, korean_day(now))?;
        self.write(Change::Cancelled { id, by: person, at: now }, changes);
        let recipient = appointment.expect("the decision found it").place.recipient;
        self.tell(recipient, MessageKind::Cancelled(id), now, changes);
        Ok(Outcome::Cancelled(id))
    }

    /// Gives back at most `limit` holds whose time is over; returns how many.
    pub(super) fn expire_due(&mut self, now: Timestamp, limit: usize, changes: &mut Changes) -> u32 {
        let later = self.expiring.range((self.swept, Bound::Unbounded));
        let due = later.take_while(|(expires_at, _)| *expires_at <= now);
        let over =
            |(_, id): &&(Timestamp, HoldId)| self.holds.get(*id).is_some_and(|hold| hold.expires_at <= now);
        let over: Vec<(Timestamp, HoldId)> = due.filter(over).take(limit).copied().collect();
        for (expires_at, id) in &over {
            self.swept = Bound::Excluded((*expires_at, *id));
            self.write(Change::HoldEnded { id: *id, end: HoldEnd::Expired }, changes);
        }
        over.len() as u32
    }

    fn tell(&mut self, to: PersonId, kind: MessageKind, now: Timestamp, changes: &mut Changes) {
        let id = MessageId(self.next.message);
        self.write(Change::MessageQueued { id, message: Message { to, kind, queued_at: now } }, changes);
    }

    fn opening(&self, campaign: CampaignId) -> Opening {
        self.openings.get(campaign).copied().unwrap_or_default()
    }

    fn doses_left(&self, campaign: &Campaign, sido: RegionCode) -> u32 {
        let supply = campaign.supply.get(&sido).copied().unwrap_or(0);
        let taken = self.supply.get((campaign.id, sido)).copied().unwrap_or(0);
        supply.checked_sub(taken).expect("doses are never given out beyond the supply")
    }

    fn sido_of(&self, slot: SlotId) -> Option<RegionCode> {
        self.country.clinic(slot.clinic).map(|clinic| self.country.sido_of(clinic))
    }

    /// The counts as the current batch sees them.
    fn counts(&self, campaign: &Campaign, slot: SlotId) -> Option<SlotCounts> {
        let capacity = self.country.capacity(campaign, slot)?;
        let taken = self.slots.get(slot).copied().unwrap_or_default();
        Some(taken.of(capacity))
    }
}

fn known(country: &Country, campaign: CampaignId) -> Result<&Campaign, Refusal> {
    country.campaign(campaign).ok_or(Refusal::CampaignUnknown)
}
