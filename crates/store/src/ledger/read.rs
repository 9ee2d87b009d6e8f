//! What readers see: the committed layer only.

use super::Ledger;
use super::said::Layer;
use crate::{CampaignFigures, DayTaken, DaysChanged, PersonRecord};
use booking::{
    Admission, Appointment, AppointmentId, CampaignId, ClinicId, DelegationRecord, Hold, HoldId, Message,
    MessageId, PersonId, SessionId, SlotCounts, SlotId,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

const NOON_MIN: u16 = 12 * 60;

impl Ledger {
    pub fn country(&self) -> &booking::Country {
        &self.country
    }

    pub fn figures(&self, campaign: CampaignId) -> CampaignFigures {
        let opening = self.openings.committed(campaign).copied().unwrap_or_default();
        let Some(known) = self.country.campaign(campaign) else {
            return CampaignFigures { opening, ..Default::default() };
        };
        let supply = self.supply_now(known, Layer::Committed);
        let left = supply.allotted.iter().map(|(sido, doses)| {
            let taken = self.supply.committed((campaign, *sido)).copied().unwrap_or(0);
            (*sido, doses.saturating_sub(taken))
        });
        CampaignFigures { opening, doses_left: left.collect() }
    }

    pub fn days_taken(&self, clinics: &[ClinicId]) -> Vec<DayTaken> {
        let days = |clinic: ClinicId| {
            let visits: BTreeSet<Date> =
                self.country.campaigns().iter().flat_map(booking::Campaign::days).collect();
            visits.into_iter().filter_map(move |visit_on| {
                Some(self.day_taken(clinic, visit_on)).filter(|day| day.places > 0 || day.offered.is_some())
            })
        };
        clinics.iter().flat_map(|clinic| days(*clinic)).collect()
    }

    pub fn days_changed(&self, since: u64, days_max: usize) -> DaysChanged {
        let mut changed = DaysChanged { version: since, days: Vec::new() };
        for (version, (clinic, visit_on)) in self.day_changes.since(since).take(days_max) {
            changed.version = version;
            changed.days.push(self.day_taken(clinic, visit_on));
        }
        changed
    }

    fn day_taken(&self, clinic: ClinicId, visit_on: Date) -> DayTaken {
        let (places, before_noon) = self.taken_on(clinic, visit_on);
        let offered = self.offered_on(clinic, visit_on, NOON_MIN);
        DayTaken { clinic, visit_on, places, before_noon, offered }
    }

    /// Places held, booked or blocked on a day, and of these those before noon.
    pub(super) fn taken_on(&self, clinic: ClinicId, visit_on: Date) -> (u32, u32) {
        let any = SlotId { clinic, visit_on, starts_min: 0 };
        let taken = self.slots.rows().day(any).iter().map(|(starts_min, _)| {
            let taken = self.slots.committed(SlotId { starts_min: *starts_min, ..any });
            let places = taken.map_or(0, |taken| taken.places());
            (places, if *starts_min < NOON_MIN { places } else { 0 })
        });
        taken.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    pub fn slots(&self, campaign: CampaignId, clinic: ClinicId, visit_on: Date) -> Vec<(u16, SlotCounts)> {
        let (Some(campaign), Some(known)) = (self.country.campaign(campaign), self.country.clinic(clinic))
        else {
            return Vec::new();
        };
        if !campaign.gives_on(visit_on) {
            return Vec::new();
        }
        let bands = known.bands_on(visit_on, campaign.visits.band_min);
        let said = self.said_capacity(clinic, visit_on);
        let counts = |starts_min| {
            let taken = self.slots.committed(SlotId { clinic, visit_on, starts_min }).copied();
            taken.unwrap_or_default().of(said.and_then(|said| said.at(starts_min)).unwrap_or(known.capacity))
        };
        bands.map(|starts_min| (starts_min, counts(starts_min))).collect()
    }

    pub fn person(&self, person: PersonId) -> Option<PersonRecord> {
        let person = self.now_known_as(person);
        self.people.committed(person).map(|sealed| PersonRecord { sealed: sealed.to_vec() })
    }

    pub fn session_ended(&self, session: SessionId) -> bool {
        self.ended_sessions.committed(session).is_some()
    }

    pub fn admission(&self, campaign: CampaignId, person: PersonId) -> Option<Admission> {
        let person = self.now_known_as(person);
        self.admissions.committed((campaign, person))
    }

    pub fn hold_of(&self, campaign: CampaignId, booker: PersonId) -> Option<(HoldId, Hold)> {
        let booker = self.now_known_as(booker);
        let id = *self.hold_of.committed((campaign, booker))?;
        self.holds.committed(id).map(|hold| (id, hold.clone()))
    }

    pub fn last_choice(&self, campaign: CampaignId, booker: PersonId) -> Option<(HoldId, SlotId)> {
        let booker = self.now_known_as(booker);
        let held = self.hold_of.committed((campaign, booker));
        let held = held.and_then(|id| Some((*id, self.holds.committed(*id)?.places.first()?.slot)));
        let expired = || self.expired.committed(booker).filter(|last| last.campaign == campaign);
        held.or_else(|| expired().map(|last| (last.id, last.slot)))
    }

    pub fn delegations_of(&self, person: PersonId) -> Vec<DelegationRecord> {
        let person = self.now_known_as(person);
        let keys = self.delegated.committed(person).into_iter().flatten();
        keys.filter_map(|key| self.delegations.committed(*key).copied()).collect()
    }

    pub fn draft(&self, person: PersonId) -> Option<Vec<u8>> {
        let person = self.now_known_as(person);
        self.drafts.committed(person).cloned()
    }

    pub fn appointments_of(&self, person: PersonId) -> Vec<(AppointmentId, Appointment)> {
        let person = self.now_known_as(person);
        let delegations = self.delegations_of(person).into_iter();
        let others = delegations.filter(|one| one.booker == person && one.is_live()).map(|one| one.recipient);
        let people: BTreeSet<PersonId> = others.chain([person]).collect();
        let mut ids: Vec<AppointmentId> = people.iter().flat_map(|one| self.own.committed_of(*one)).collect();
        ids.sort_unstable();
        ids.into_iter().filter_map(|id| Some((id, self.appointments.committed(id)?))).collect()
    }

    pub fn appointment(&self, appointment: AppointmentId) -> Option<Appointment> {
        self.appointments.committed(appointment)
    }

    pub fn messages_waiting(&self, limit: usize) -> Vec<(MessageId, Message)> {
        let waiting = self.messages.iter().take(limit);
        waiting.map(|(id, message)| (id, self.message_now(message))).collect()
    }

    /// Every slot that anything was ever taken from, for the checks of conservation.
    pub fn touched_slots(&self) -> impl Iterator<Item = (SlotId, SlotCounts)> {
        self.slots.all_committed().map(|(slot, _)| (slot, self.committed_counts(slot)))
    }

    pub fn holds(&self) -> impl Iterator<Item = (HoldId, &Hold)> {
        self.holds.all_committed()
    }

    pub fn appointments(&self) -> impl Iterator<Item = (AppointmentId, Appointment)> {
        self.appointments.all_committed()
    }
}
