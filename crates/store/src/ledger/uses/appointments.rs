//! Appointments made, moved, cancelled; people reminded.

use super::{Changes, Decided, known};
use crate::ledger::Ledger;
use booking::rules::{self, CancelFacts, ConfirmFacts, Confirmed, PlaceStanding};
use booking::{
    Act, Appointment, AppointmentId, AppointmentState, CampaignId, Change, DoseNumber, Few, Hold, HoldEnd,
    HoldId, MessageKind, Outcome, PersonId, Place, Refusal, Replaced, SlotId, WaitEnd, korean_day,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;

impl Ledger {
    pub(in crate::ledger) fn confirm(
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
        let standings: Few<PlaceStanding> =
            hold.iter().flat_map(|hold| hold.places.iter().map(|place| self.standing(hold, place))).collect();
        let confirmed = rules::confirm(&ConfirmFacts {
            campaign: known(&country, campaign)?,
            opening: self.opening(campaign),
            now,
            today: korean_day(now),
            booker,
            admission: self.admissions.get((campaign, booker)),
            hold: hold.as_ref(),
            standings: &standings,
        })?;
        self.write(Change::HoldEnded { id, end: HoldEnd::Confirmed }, changes);
        let replaces = hold.map_or_else(Vec::new, |hold| hold.replaces);
        let made: Few<(AppointmentId, Appointment)> =
            confirmed.into_iter().map(|one| self.carry(one, booker, now, changes)).collect();
        for (_, appointment) in &made {
            let key = (campaign, appointment.place.recipient);
            self.end_wait_of(key, WaitEnd::Booked, now, changes);
        }
        self.tell_all(&made, booker, &replaces, now, changes);
        Ok(if replaces.is_empty() { Outcome::Booked(made) } else { Outcome::Moved(made) })
    }

    fn standing(&self, hold: &Hold, place: &Place) -> PlaceStanding {
        let live = self.live.get((hold.campaign, place.recipient, place.dose));
        let slot = |id| self.appointments.get(id).map(|one| (id, one.place.slot, one.state));
        PlaceStanding {
            may_be_booked: self.may_act(hold.campaign, hold.booker, place.recipient),
            live: live.and_then(slot),
            other_dose: self.other_dose(hold.campaign, place),
        }
    }

    pub(super) fn book_it(
        &mut self,
        appointment: Appointment,
        changes: &mut Changes,
    ) -> (AppointmentId, Appointment) {
        let id = AppointmentId(self.next.appointment);
        self.write(Change::Booked { id, appointment }, changes);
        (id, appointment)
    }

    fn other_dose(&self, campaign: CampaignId, place: &Place) -> Option<(AppointmentId, SlotId)> {
        let other = DoseNumber(if place.dose == DoseNumber(1) { 2 } else { 1 });
        let id = self.live.get((campaign, place.recipient, other))?;
        self.appointments.get(id).map(|appointment| (id, appointment.place.slot))
    }

    fn carry(
        &mut self,
        confirmed: Confirmed,
        by: PersonId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> (AppointmentId, Appointment) {
        let id = match confirmed {
            Confirmed::Booked(appointment) => self.book_it(appointment, changes).0,
            Confirmed::Moved { id, to } => {
                let before = self.appointments.get(id).expect("only an appointment that exists is moved");
                let Place { recipient, slot: from, .. } = before.place;
                self.audit_appointment(by, recipient, Act::Moved { appointment: id, from, to }, now, changes);
                self.write(Change::Moved { id, to, by, at: now }, changes);
                id
            }
        };
        (id, self.appointments.get(id).expect("it was just written"))
    }

    /// Every recipient is told once, of the first of their doses; so is a booker who is none of them.
    pub(super) fn tell_all(
        &mut self,
        made: &[(AppointmentId, Appointment)],
        booker: PersonId,
        replaces: &[Replaced],
        now: Timestamp,
        changes: &mut Changes,
    ) {
        let mut told = Few::default();
        for (id, appointment) in made {
            let recipient = appointment.place.recipient;
            if told.contains(&recipient) {
                continue;
            }
            told.push(recipient);
            let before = replaces.iter().find(|replaced| replaced.appointment == *id);
            let kind = before
                .map_or(MessageKind::Booked(*id), |before| MessageKind::Moved { id: *id, from: before.slot });
            self.tell(recipient, kind, now, changes);
            if recipient != booker {
                self.tell(booker, kind, now, changes);
            }
        }
    }

    pub(in crate::ledger) fn cancel(
        &mut self,
        person: PersonId,
        id: AppointmentId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        let appointment = self.appointments.get(id).ok_or(Refusal::AppointmentUnknown)?;
        let Appointment { campaign, place: Place { recipient, dose, .. }, .. } = appointment;
        rules::cancel(&CancelFacts {
            campaign: known(&country, campaign)?,
            today: korean_day(now),
            id,
            appointment: Some(&appointment),
            may_act: self.may_act(campaign, person, recipient),
        })?;
        let seconds = if dose == DoseNumber(1) { self.seconds_of(id, &appointment) } else { Vec::new() };
        for id in [id].into_iter().chain(seconds) {
            self.audit_appointment(person, recipient, Act::Cancelled { appointment: id }, now, changes);
            self.write(Change::Cancelled { id, by: person, at: now }, changes);
        }
        self.write(Change::PlaceAbandoned { campaign, booker: person, at: now }, changes);
        self.tell(recipient, MessageKind::Cancelled(id), now, changes);
        if person != recipient {
            self.tell(person, MessageKind::Cancelled(id), now, changes);
        }
        Ok(Outcome::Cancelled(id))
    }

    /// The second doses that go with a first: where two names turned out to be one person's, those that were booked
    /// with it, and those that the other first does not lead to.
    pub(super) fn seconds_of(&self, first: AppointmentId, of: &Appointment) -> Vec<AppointmentId> {
        let live = |dose| {
            let key = (of.campaign, of.place.recipient, DoseNumber(dose));
            self.live.get(key).into_iter().chain(self.one_too_many(key).iter().copied())
        };
        let visit = |id| self.appointments.get(id).map(|one| (one.booked_at, one.place.slot.visit_on));
        let interval = self.country.campaign(of.campaign).map(|campaign| campaign.dose_interval);
        let leads_to = |second_on| {
            let mut others = live(1).filter(|id| *id != first).filter_map(visit);
            others.any(|(_, on)| interval.is_some_and(|interval| interval.allows(on, second_on)))
        };
        let goes_with = |id: &AppointmentId| {
            visit(*id).is_some_and(|(at, second_on)| at == of.booked_at || !leads_to(second_on))
        };
        live(2).filter(goes_with).collect()
    }

    /// Nobody is reminded twice of the same day; whoever moved to another day is reminded of that one.
    pub(in crate::ledger) fn remind(
        &mut self,
        visit_on: Date,
        people_max: usize,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Outcome {
        let due = |id: AppointmentId| {
            let appointment = self.appointments.get(id)?;
            let is_due = appointment.state == AppointmentState::Booked
                && appointment.place.slot.visit_on == visit_on
                && self.reminded.get(id) != Some(&visit_on);
            is_due.then_some((id, appointment.place.recipient))
        };
        let due: Vec<_> = self.to_remind.on(visit_on).filter_map(due).take(people_max).collect();
        for (id, recipient) in &due {
            self.tell(*recipient, MessageKind::Reminder(*id), now, changes);
        }
        Outcome::Reminded { people: due.len() as u32 }
    }
}
