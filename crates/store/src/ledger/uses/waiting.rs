//! Waiting for a place, being offered one, answering.

use super::{Changes, Decided, known};
use crate::Wait;
use crate::ledger::Ledger;
use crate::ledger::said::Layer;
use booking::rules::{self, Abandoned, AnswerFacts, HoldFacts, RecipientFacts, WaitFacts};
use booking::{
    Campaign, CampaignId, Change, ClinicId, DoseNumber, MessageKind, Offer, OfferEnd, Outcome, PersonId,
    Refusal, RegionLevel, SlotId, WaitEnd, WaitId, WaitScope, korean_day, second_doses,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;

/// How many free places are named to somebody who need not wait.
const FREE_NAMED: usize = 3;
/// How many days of clinics are looked at for them: enough for a 시·군·구 with room, little where there is none.
const DAYS_LOOKED_AT: usize = 1_000;

impl Ledger {
    pub(in crate::ledger) fn wait(
        &mut self,
        wanted: &Wait,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        let Wait { campaign, booker, recipient, scope, days } = *wanted;
        let campaign = known(&country, campaign)?;
        let owner = (campaign.id, booker);
        let admission = self.admissions.get(owner);
        let facts = self.recipient(owner, recipient, admission);
        let waiting = self.waits.of_person(campaign.id, recipient).and_then(|id| self.waits.entry(id));
        let entry = rules::wait(&WaitFacts {
            campaign,
            opening: self.opening(campaign.id),
            now,
            booker,
            admission,
            recipient,
            may_be_booked: facts.may_be_booked,
            eligible: facts.eligible,
            booked: facts.first,
            scope,
            is_scope: self.is_scope(scope),
            days,
            waiting_since: waiting.map(|entry| entry.entered_at),
            free: &self.free_places(campaign, scope, days, korean_day(now)),
        })?;
        let id = self.waits.next_id();
        self.write(Change::Waited { id, entry: entry.clone() }, changes);
        Ok(Outcome::Waiting { id, entry })
    }

    fn is_scope(&self, scope: WaitScope) -> bool {
        match scope {
            WaitScope::Clinic(clinic) => self.country.clinic(clinic).is_some_and(|clinic| clinic.listed),
            WaitScope::Sigungu(region) => {
                self.country.region(region).is_some_and(|region| region.level == RegionLevel::Sigungu)
            }
        }
    }

    /// The first places that could be booked at once; none where the doses are gone.
    fn free_places(
        &self,
        campaign: &Campaign,
        scope: WaitScope,
        days: Option<(Date, Date)>,
        today: Date,
    ) -> Vec<SlotId> {
        let clinics: Vec<ClinicId> = match scope {
            WaitScope::Clinic(clinic) => vec![clinic],
            WaitScope::Sigungu(region) => self.country.clinics_in(region).map(|clinic| clinic.id).collect(),
        };
        let wanted =
            |day: &Date| *day > today && days.is_none_or(|(from, until)| (from..=until).contains(day));
        let visits: Vec<Date> = campaign.visits.days().filter(wanted).collect();
        let looked_at = visits.iter().flat_map(|day| clinics.iter().map(move |clinic| (*clinic, *day)));
        let free = looked_at.take(DAYS_LOOKED_AT).filter_map(|day| self.free_place_on(campaign, day));
        free.take(FREE_NAMED).collect()
    }

    fn free_place_on(&self, campaign: &Campaign, (clinic, visit_on): (ClinicId, Date)) -> Option<SlotId> {
        let known = self.country.clinic(clinic)?;
        let day = self.slots.rows().day(SlotId { clinic, visit_on, starts_min: 0 });
        let taken: u32 = day.iter().map(|(_, taken)| taken.places()).sum();
        let is_as_listed = self.said.capacity((clinic, visit_on), Layer::Pending).is_none();
        if self.doses_left(campaign, self.country.sido_of(known)) == 0
            || (is_as_listed && taken >= known.capacity_on(visit_on, campaign.visits.band_min))
        {
            return None;
        }
        let bands_on = |visit_on| self.bands(campaign, SlotId { clinic, visit_on, starts_min: 0 }, None);
        let with_second = |starts_min: u16| {
            let first = (visit_on, starts_min);
            campaign.doses < 2 || second_doses(campaign, clinic, first, 1, bands_on).is_some()
        };
        let mut free = bands_on(visit_on).into_iter().filter(|(_, free)| *free > 0);
        let (starts_min, _) = free.find(|(starts_min, _)| with_second(*starts_min))?;
        Some(SlotId { clinic, visit_on, starts_min })
    }

    /// Whoever does not wait any more; what was offered to them goes to the next.
    pub(in crate::ledger) fn leave_waiting(
        &mut self,
        by: PersonId,
        id: WaitId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        self.answer(by, id, now).entry.ok_or(Refusal::WaitUnknown)?;
        self.end_wait(id, WaitEnd::Left, now, changes);
        Ok(Outcome::WaitLeft)
    }

    pub(in crate::ledger) fn accept_offer(
        &mut self,
        by: PersonId,
        id: WaitId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let appointments = rules::accept(&self.answer(by, id, now))?;
        self.write(Change::OfferEnded { id, end: OfferEnd::Accepted, at: now }, changes);
        self.write(Change::WaitEnded { id, end: WaitEnd::Booked, at: now }, changes);
        let made: Vec<_> = appointments.into_iter().map(|one| self.book_it(one, changes)).collect();
        self.tell_all(&made, by, &[], now, changes);
        Ok(Outcome::Booked(made.into()))
    }

    pub(in crate::ledger) fn decline_offer(
        &mut self,
        by: PersonId,
        id: WaitId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        rules::decline(&self.answer(by, id, now))?;
        self.write(Change::OfferEnded { id, end: OfferEnd::Declined, at: now }, changes);
        self.end_if_lapsed(id, now, changes);
        Ok(Outcome::OfferDeclined)
    }

    fn answer(&self, by: PersonId, id: WaitId, now: Timestamp) -> AnswerFacts<'_> {
        let entry = self.waits.entry(id).filter(|entry| self.may_act(entry.campaign, by, entry.recipient));
        let key = entry.map(|entry| (entry.campaign, entry.recipient, DoseNumber(1)));
        AnswerFacts {
            now,
            by,
            entry,
            offer: self.waits.offer(id),
            booked: key.and_then(|key| self.live.get(key)),
        }
    }

    /// In steps: offers that nobody answered go on, and places that came back are offered to the first who want them,
    /// at most so many of each.
    pub(in crate::ledger) fn offer_due(&mut self, now: Timestamp, limit: usize, changes: &mut Changes) {
        for id in self.waits.over(now, limit) {
            self.lapse(id, changes);
        }
        for _ in 0..limit {
            let Some(slot) = self.waits.first_awaited() else { return };
            match self.first_who_wants(slot, now) {
                Some((id, offer)) => self.offer_place(id, offer, now, changes),
                None => self.write(Change::PlacePassed { slot }, changes),
            }
        }
    }

    fn offer_place(&mut self, id: WaitId, offer: Offer, now: Timestamp, changes: &mut Changes) {
        let (slot, until) = (offer.slot(), offer.expires_at);
        self.write(Change::PlaceOffered { id, offer }, changes);
        let tell = |recipient| MessageKind::PlaceOffered { recipient, slot, until };
        self.tell_who_waits(id, tell, now, changes);
    }

    /// To the recipient, and to the helper who asked for them and still may.
    fn tell_who_waits(
        &mut self,
        id: WaitId,
        kind: impl Fn(PersonId) -> MessageKind,
        now: Timestamp,
        changes: &mut Changes,
    ) {
        let entry = self.waits.entry(id).expect("it is told before it ends");
        let (campaign, booker, recipient) = (entry.campaign, self.known_as(entry.booker), entry.recipient);
        self.tell(recipient, kind(recipient), now, changes);
        if booker != recipient && self.may_act(campaign, booker, recipient) {
            self.tell(booker, kind(recipient), now, changes);
        }
    }

    fn first_who_wants(&self, slot: SlotId, now: Timestamp) -> Option<(WaitId, Offer)> {
        let mut hopeless: Vec<CampaignId> = Vec::new();
        for id in self.waits.in_order(self.scopes_of(slot)?) {
            let entry = self.waits.entry(id)?;
            let campaign = self.country.campaign(entry.campaign)?;
            if hopeless.contains(&campaign.id) || self.waits.offer(id).is_some() || !entry.wants(slot) {
                continue;
            }
            let recipient = self.waiting_recipient(campaign, entry.recipient);
            if !recipient.eligible || recipient.first.is_some() {
                continue;
            }
            match self.whole_offer(campaign, recipient, slot, now) {
                Some(offer) => return Some((id, offer)),
                None => hopeless.push(campaign.id),
            }
        }
        None
    }

    /// Eligible they were when they began to wait.
    fn waiting_recipient(&self, campaign: &Campaign, person: PersonId) -> RecipientFacts {
        let eligible = rules::eligible(self.correction(campaign.id, person), Some(true), || false);
        let facts = self.recipient((campaign.id, person), person, None);
        RecipientFacts { eligible, ..facts }
    }

    fn whole_offer(
        &self,
        campaign: &Campaign,
        recipient: RecipientFacts,
        slot: SlotId,
        now: Timestamp,
    ) -> Option<Offer> {
        let opening = self.opening(campaign.id);
        let until = rules::offer_until(campaign, opening, slot, now)?;
        let sido = self.sido_of(slot);
        let facts = HoldFacts {
            campaign,
            opening,
            now,
            today: korean_day(now),
            admission: None,
            booker: recipient.person,
            recipients: &[recipient],
            dose: DoseNumber(1),
            at: slot,
            is_change: false,
            abandoned: Abandoned::default(),
            sido,
            doses_left: sido.map_or(0, |sido| self.doses_left(campaign, sido)),
            bands_on: &|visit_on| self.bands_for_offer(campaign, slot, visit_on),
        };
        rules::offer(&facts, until)
    }

    /// The place that came back counts as free for the one to whom it is offered, and for nobody else.
    fn bands_for_offer(&self, campaign: &Campaign, slot: SlotId, visit_on: Date) -> Vec<(u16, u32)> {
        let mut bands = self.bands(campaign, SlotId { visit_on, ..slot }, None);
        if visit_on == slot.visit_on {
            let offered = self.offered(campaign, slot, Layer::Pending).unwrap_or(0);
            let taken = self.slots.get(slot).copied().unwrap_or_default();
            for band in bands.iter_mut().filter(|(start, _)| *start == slot.starts_min) {
                band.1 = taken.of(offered).free();
            }
        }
        bands
    }

    fn lapse(&mut self, id: WaitId, changes: &mut Changes) {
        let offer = self.waits.offer(id).expect("it was just found").clone();
        let (slot, at) = (offer.slot(), offer.expires_at);
        self.write(Change::OfferEnded { id, end: OfferEnd::Expired, at }, changes);
        let waiting = !self.is_lapsed(id);
        let tell = |recipient| MessageKind::OfferLapsed { recipient, slot, waiting };
        self.tell_who_waits(id, tell, at, changes);
        self.end_if_lapsed(id, at, changes);
    }

    fn is_lapsed(&self, id: WaitId) -> bool {
        let entry = self.waits.entry(id);
        let campaign = entry.and_then(|entry| self.country.campaign(entry.campaign));
        entry.zip(campaign).is_some_and(|(entry, campaign)| entry.passed.len() >= campaign.limits.offers_max)
    }

    fn end_if_lapsed(&mut self, id: WaitId, at: Timestamp, changes: &mut Changes) {
        if self.is_lapsed(id) {
            self.end_wait(id, WaitEnd::Lapsed, at, changes);
        }
    }

    fn end_wait(&mut self, id: WaitId, end: WaitEnd, at: Timestamp, changes: &mut Changes) {
        if self.waits.offer(id).is_some() {
            self.write(Change::OfferEnded { id, end: OfferEnd::Withdrawn, at }, changes);
        }
        self.write(Change::WaitEnded { id, end, at }, changes);
    }

    /// Whoever has an appointment waits no more.
    pub(super) fn end_wait_of(
        &mut self,
        (campaign, person): (CampaignId, PersonId),
        end: WaitEnd,
        at: Timestamp,
        changes: &mut Changes,
    ) {
        if let Some(id) = self.waits.of_person(campaign, person) {
            self.end_wait(id, end, at, changes);
        }
    }
}
