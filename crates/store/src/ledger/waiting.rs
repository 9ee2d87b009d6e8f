//! Who waits, in order; what is offered to them; which places that came back are theirs to refuse first.

use super::Ledger;
use super::said::Layer;
#[cfg(feature = "conformance")]
use super::tables::tell;
use crate::WaitRecord;
use crate::table::Table;
use booking::{
    AppointmentId, CampaignId, Change, ClinicId, DoseNumber, HoldEnd, Offer, OfferEnd, PersonId, SlotId,
    WaitEntry, WaitId, WaitScope, korean_day,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;

#[derive(Default)]
pub(super) struct Waits {
    entries: Table<WaitId, WaitEntry>,
    of_person: Table<(CampaignId, PersonId), WaitId>,
    /// In the order in which they came.
    in_scope: Table<WaitScope, Vec<WaitId>>,
    offers: Table<WaitId, Offer>,
    /// Places that came back where people wait, in the order in which they did.
    awaited: Table<u64, SlotId>,
    awaited_at: Table<SlotId, u32>,
    counts: Counts,
    counts_sealed: Counts,
    counts_committed: Counts,
    /// Committed offers by their end.
    ending: BTreeSet<(Timestamp, WaitId)>,
    /// Offers of this batch, for that index.
    touched: Vec<WaitId>,
    touched_sealed: Vec<WaitId>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    last_id: u64,
    waiting: u64,
    first_awaited: u64,
    next_awaited: u64,
}

impl Waits {
    pub(super) fn seal(&mut self) {
        self.entries.seal();
        self.of_person.seal();
        self.in_scope.seal();
        self.offers.seal();
        self.awaited.seal();
        self.awaited_at.seal();
        std::mem::swap(&mut self.touched_sealed, &mut self.touched);
        self.counts_sealed = self.counts;
    }

    pub(super) fn commit(&mut self) {
        let touched = std::mem::take(&mut self.touched_sealed);
        for id in &touched {
            if let Some(offer) = self.offers.committed(*id) {
                self.ending.remove(&(offer.expires_at, *id));
            }
        }
        self.entries.commit();
        self.of_person.commit();
        self.in_scope.commit();
        self.offers.commit();
        self.awaited.commit();
        self.awaited_at.commit();
        for id in touched {
            if let Some(offer) = self.offers.committed(id) {
                self.ending.insert((offer.expires_at, id));
            }
        }
        self.counts_committed = self.counts_sealed;
    }

    pub(super) fn discard(&mut self) {
        self.entries.discard();
        self.of_person.discard();
        self.in_scope.discard();
        self.offers.discard();
        self.awaited.discard();
        self.awaited_at.discard();
        self.touched.clear();
        self.touched_sealed.clear();
        self.counts_sealed = self.counts_committed;
        self.counts = self.counts_committed;
    }

    /// Every table, as [`Ledger::every_table`] wants it.
    #[cfg(feature = "conformance")]
    pub(super) fn tell(&self, text: &mut String) {
        use std::fmt::Write as _;
        tell(text, "waits", &self.entries, |_| true);
        tell(text, "waits for", &self.of_person, |_| true);
        tell(text, "waits in", &self.in_scope, |ids| !ids.is_empty());
        tell(text, "offer", &self.offers, |_| true);
        tell(text, "awaited", &self.awaited, |_| true);
        tell(text, "awaited at", &self.awaited_at, |places| *places > 0);
        writeln!(text, "{:?}\n{:?}", self.ending, self.counts_committed).expect("a String takes everything");
    }

    pub(super) fn next_id(&self) -> WaitId {
        WaitId(self.counts.last_id + 1)
    }

    pub(super) fn nobody_waits(&self) -> bool {
        self.counts.waiting == 0
    }

    pub(super) fn entry(&self, id: WaitId) -> Option<&WaitEntry> {
        self.entries.get(id)
    }

    pub(super) fn offer(&self, id: WaitId) -> Option<&Offer> {
        self.offers.get(id)
    }

    pub(super) fn of_person(&self, campaign: CampaignId, person: PersonId) -> Option<WaitId> {
        self.of_person.get((campaign, person)).copied()
    }

    /// Those who wait in any of these, in the order in which they came.
    pub(super) fn in_order(&self, scopes: impl IntoIterator<Item = WaitScope>) -> Vec<WaitId> {
        let mut ids: Vec<WaitId> = scopes
            .into_iter()
            .flat_map(|scope| self.in_scope.get(scope).into_iter().flatten())
            .copied()
            .collect();
        ids.sort_unstable();
        ids
    }

    pub(super) fn is_somebody_in(&self, scopes: [WaitScope; 2]) -> bool {
        scopes.into_iter().any(|scope| self.in_scope.get(scope).is_some_and(|ids| !ids.is_empty()))
    }

    /// How many places of a slot came back and are not decided about.
    pub(super) fn awaited_at(&self, slot: SlotId) -> u32 {
        if self.counts.first_awaited == self.counts.next_awaited {
            return 0;
        }
        self.awaited_at.get(slot).copied().unwrap_or(0)
    }

    pub(super) fn first_awaited(&self) -> Option<SlotId> {
        self.awaited.get(self.counts.first_awaited).copied()
    }

    /// Offers that nobody answered in time, at most so many.
    pub(super) fn over(&self, now: Timestamp, limit: usize) -> Vec<WaitId> {
        let due = self.ending.iter().take_while(|(expires_at, _)| *expires_at <= now);
        let over = due.filter(|(_, id)| self.offers.get(*id).is_some_and(|offer| offer.expires_at <= now));
        over.map(|(_, id)| *id).take(limit).collect()
    }

    fn began(&mut self, id: WaitId, entry: &WaitEntry) {
        self.counts.last_id = self.counts.last_id.max(id.0);
        self.counts.waiting += 1;
        self.of_person.put((entry.campaign, entry.recipient), id);
        self.in_scope.update(entry.scope, |ids| ids.push(id));
        self.entries.put(id, entry.clone());
    }

    fn ended(&mut self, id: WaitId) {
        let entry = self.entries.get(id).expect("an entry ends once").clone();
        self.counts.waiting -= 1;
        self.of_person.remove((entry.campaign, entry.recipient));
        self.in_scope.update(entry.scope, |ids| ids.retain(|other| *other != id));
        self.entries.remove(id);
    }

    fn came_back(&mut self, slot: SlotId) {
        self.awaited.put(self.counts.next_awaited, slot);
        self.awaited_at.update(slot, |places| *places += 1);
        self.counts.next_awaited += 1;
    }

    /// The place that waited longest for a decision has one.
    fn decided(&mut self) {
        let first = self.counts.first_awaited;
        let slot = *self.awaited.get(first).expect("a place was awaited");
        self.awaited.remove(first);
        self.awaited_at.update(slot, |places| *places -= 1);
        self.counts.first_awaited += 1;
    }

    /// Somebody who waits has another name from now on.
    pub(super) fn renamed(&mut self, campaign: CampaignId, merged: PersonId, survivor: PersonId) {
        let Some(id) = self.of_person(campaign, merged) else { return };
        self.of_person.remove((campaign, merged));
        self.of_person.put((campaign, survivor), id);
        let entry = self.entries.get(id).expect("it is found by its person").clone();
        self.entries.put(id, WaitEntry { recipient: survivor, ..entry });
        if let Some(mut offer) = self.offers.get(id).cloned() {
            for place in &mut offer.places {
                place.recipient = survivor;
            }
            self.offers.put(id, offer);
        }
    }
}

impl Ledger {
    pub(super) fn apply_waiting(&mut self, change: &Change) {
        match change {
            Change::Waited { id, entry } => self.waits.began(*id, entry),
            Change::WaitEnded { id, .. } => self.waits.ended(*id),
            Change::PlaceAwaited { slot } => self.waits.came_back(*slot),
            Change::PlacePassed { .. } => self.waits.decided(),
            Change::PlaceOffered { id, offer } => {
                self.waits.decided();
                self.waits.touched.push(*id);
                let campaign = self.waits.entry(*id).expect("an offer is to one who waits").campaign;
                for place in &offer.places {
                    self.take(campaign, place.slot, counted(place.dose), |taken| taken.held += 1);
                }
                self.waits.offers.put(*id, offer.clone());
            }
            Change::OfferEnded { id, end, .. } => self.end_offer(*id, *end),
            other => unreachable!("{other:?} is applied elsewhere"),
        }
    }

    fn end_offer(&mut self, id: WaitId, end: OfferEnd) {
        let offer = self.waits.offers.get(id).expect("an offer ends once").clone();
        let mut entry = self.waits.entry(id).expect("an offer is to one who waits").clone();
        self.waits.offers.remove(id);
        self.waits.touched.push(id);
        for place in &offer.places {
            self.give_back(entry.campaign, place.slot, counted(place.dose), |taken| taken.held -= 1);
        }
        if matches!(end, OfferEnd::Declined | OfferEnd::Expired) {
            entry.passed.push(offer.slot());
            self.waits.entries.put(id, entry);
        }
    }

    /// The places that a change gives back, or for which it brings doses, as long as anybody waits at all.
    pub(super) fn freed_by(&self, change: &Change) -> Vec<SlotId> {
        if self.waits.nobody_waits() {
            return Vec::new();
        }
        match change {
            Change::HoldEnded { id, end: HoldEnd::Released | HoldEnd::Expired } => {
                let places = self.holds.get(*id).into_iter().flat_map(|hold| &hold.places);
                places.map(|place| place.slot).collect()
            }
            Change::Moved { id, .. } | Change::Cancelled { id, .. } => {
                self.slot_of(*id).into_iter().collect()
            }
            Change::OfferEnded { id, end, .. } if *end != OfferEnd::Accepted => {
                let places = self.waits.offer(*id).into_iter().flat_map(|offer| &offer.places);
                places.map(|place| place.slot).collect()
            }
            Change::Unblocked { slot, places, .. } => vec![*slot; *places as usize],
            Change::CapacitySet { clinic, visit_on, starts_min, capacity, .. } => {
                self.places_more((*clinic, *visit_on), *starts_min, *capacity)
            }
            Change::SupplySet { campaign, supply, at, .. } => {
                self.places_for_doses(*campaign, supply, korean_day(*at))
            }
            _ => Vec::new(),
        }
    }

    /// One for each place that would be free and is not yet, when a clinic says how many there are.
    fn places_more(
        &self,
        (clinic, visit_on): (ClinicId, Date),
        one: Option<u16>,
        capacity: Option<u16>,
    ) -> Vec<SlotId> {
        let Some(known) = self.country.clinic(clinic) else { return Vec::new() };
        let meant = self.bands_of_day(known, visit_on).into_iter();
        let meant = meant.filter(|starts_min| one.is_none_or(|one| one == *starts_min));
        let more = |starts_min| {
            let slot = SlotId { clinic, visit_on, starts_min };
            let taken = self.slots.get(slot).copied().unwrap_or_default();
            let before = taken.of(self.offered_in_any(slot, Layer::Pending)).free();
            let after = taken.of(capacity.map_or(known.capacity, u32::from)).free();
            std::iter::repeat_n(slot, after.saturating_sub(before) as usize)
        };
        meant.flat_map(more).collect()
    }

    fn slot_of(&self, id: AppointmentId) -> Option<SlotId> {
        self.appointments.get(id).map(|appointment| appointment.place.slot)
    }

    /// Where people can wait for that place.
    pub(super) fn scopes_of(&self, slot: SlotId) -> Option<[WaitScope; 2]> {
        let clinic = self.country.clinic(slot.clinic)?;
        let sigungu = self.country.sigungu_of(clinic.region);
        Some([WaitScope::Clinic(slot.clinic), WaitScope::Sigungu(sigungu)])
    }

    /// Whether somebody may wait for it: a first dose could be given then.
    pub(super) fn is_awaited(&self, slot: SlotId) -> bool {
        let given = |campaign: &booking::Campaign| campaign.gives_dose_on(DoseNumber(1), slot.visit_on);
        self.country.campaigns().iter().any(given)
            && self.scopes_of(slot).is_some_and(|scopes| self.waits.is_somebody_in(scopes))
    }

    /// For whom somebody waits, themselves and those whom they help; the oldest first.
    pub fn waits_of(&self, person: PersonId) -> Vec<WaitRecord> {
        let person = self.now_known_as(person);
        let helped = self.delegations_of(person).into_iter();
        let helped = helped.filter(|one| one.booker == person && one.is_live()).map(|one| one.recipient);
        let people: BTreeSet<PersonId> = helped.chain([person]).collect();
        let campaigns = self.country.campaigns().iter().map(|campaign| campaign.id);
        let keys = campaigns.flat_map(|campaign| people.iter().map(move |person| (campaign, *person)));
        let mut ids: Vec<WaitId> =
            keys.filter_map(|key| self.waits.of_person.committed(key)).copied().collect();
        ids.sort_unstable();
        ids.into_iter().filter_map(|id| self.wait_record(id)).collect()
    }

    fn wait_record(&self, id: WaitId) -> Option<WaitRecord> {
        let entry = self.waits.entries.committed(id)?.clone();
        let in_scope = self.waits.in_scope.committed(entry.scope).into_iter().flatten();
        let before = in_scope.filter(|other| **other < id).count() as u64;
        Some(WaitRecord { id, entry, offer: self.waits.offers.committed(id).cloned(), before })
    }

    /// Everybody who waits, and what is offered to them, for the checks of order and conservation.
    pub fn waits(&self) -> impl Iterator<Item = (WaitId, &WaitEntry, Option<&Offer>)> {
        self.waits.entries.all_committed().map(|(id, entry)| (id, entry, self.waits.offers.committed(id)))
    }

    /// Whether staff have not put it right that they are not of the group.
    pub fn may_be_offered(&self, entry: &WaitEntry) -> bool {
        booking::rules::eligible(self.correction(entry.campaign, entry.recipient), Some(true), || false)
    }

    /// Places that came back and are not decided about.
    pub fn awaited_places(&self) -> u64 {
        self.waits.counts_committed.next_awaited - self.waits.counts_committed.first_awaited
    }
}

/// Supply counts first doses.
fn counted(dose: DoseNumber) -> u32 {
    u32::from(dose == DoseNumber(1))
}
