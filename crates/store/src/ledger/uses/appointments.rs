//! Appointments made, moved, cancelled; people reminded.

use super::{Changes, Decided, known};
use crate::ledger::Ledger;
use booking::rules::{self, CancelFacts, ConfirmFacts, Confirmed, PlaceStanding};
use booking::{
    Act, Appointment, AppointmentId, CampaignId, Change, DoseNumber, Hold, HoldEnd, HoldId, MessageKind,
    Outcome, PersonId, Place, Refusal, Replaced, korean_day,
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
        let standings: Vec<PlaceStanding> =
            hold.iter().flat_map(|hold| hold.places.iter().map(|place| self.standing(hold, place))).collect();
        let confirmed = rules::confirm(&ConfirmFacts {
            campaign: known(&country, campaign)?,
            opening: self.opening(campaign),
            now,
            today: korean_day(now),
            booker,
            admission: self.admissions.get((campaign, booker)).copied(),
            hold: hold.as_ref(),
            standings: &standings,
        })?;
        self.write(Change::HoldEnded { id, end: HoldEnd::Confirmed }, changes);
        let replaces = hold.map_or_else(Vec::new, |hold| hold.replaces);
        let made: Vec<(AppointmentId, Appointment)> =
            confirmed.into_iter().map(|one| self.carry(one, booker, now, changes)).collect();
        self.tell_all(&made, booker, &replaces, now, changes);
        Ok(if replaces.is_empty() { Outcome::Booked(made) } else { Outcome::Moved(made) })
    }

    fn standing(&self, hold: &Hold, place: &Place) -> PlaceStanding {
        let live = self.live.get((hold.campaign, place.recipient, place.dose)).copied();
        let slot = |id| self.appointments.get(id).map(|appointment| (id, appointment.place.slot));
        PlaceStanding {
            may_be_booked: self.may_act(hold.campaign, hold.booker, place.recipient),
            live: live.and_then(slot),
        }
    }

    fn carry(
        &mut self,
        confirmed: Confirmed,
        by: PersonId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> (AppointmentId, Appointment) {
        let id = match confirmed {
            Confirmed::Booked(appointment) => {
                let id = AppointmentId(self.next.appointment);
                self.write(Change::Booked { id, appointment }, changes);
                id
            }
            Confirmed::Moved { id, to } => {
                let before = *self.appointments.get(id).expect("only an appointment that exists is moved");
                let Place { recipient, slot: from, .. } = before.place;
                self.audit_appointment(by, recipient, Act::Moved { appointment: id, from, to }, now, changes);
                self.write(Change::Moved { id, to, by, at: now }, changes);
                id
            }
        };
        (id, *self.appointments.get(id).expect("it was just written"))
    }

    /// Every recipient is told once, of the first of their doses; so is a booker who is none of them.
    fn tell_all(
        &mut self,
        made: &[(AppointmentId, Appointment)],
        booker: PersonId,
        replaces: &[Replaced],
        now: Timestamp,
        changes: &mut Changes,
    ) {
        let mut told = Vec::new();
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
        let appointment = self.appointments.get(id).copied().ok_or(Refusal::AppointmentUnknown)?;
        let Appointment { campaign, place: Place { recipient, dose, .. }, .. } = appointment;
        rules::cancel(&CancelFacts {
            campaign: known(&country, campaign)?,
            today: korean_day(now),
            appointment: Some(&appointment),
            may_act: self.may_act(campaign, person, recipient),
        })?;
        let second = self.second_of(campaign, recipient).filter(|_| dose == DoseNumber(1));
        for id in [Some(id), second].into_iter().flatten() {
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

    fn second_of(&self, campaign: CampaignId, recipient: PersonId) -> Option<AppointmentId> {
        self.live.get((campaign, recipient, DoseNumber(2))).copied()
    }

    /// Nobody is reminded twice of the same day; whoever moved to another day is reminded of that one.
    pub(in crate::ledger) fn remind(
        &mut self,
        visit_on: Date,
        people_max: usize,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Outcome {
        let first = (visit_on, AppointmentId(0));
        let waiting = self.to_remind.range(first..=(visit_on, AppointmentId(u64::MAX)));
        let due = |id: &AppointmentId| {
            let appointment = self.appointments.get(*id)?;
            let is_due = appointment.is_live()
                && appointment.place.slot.visit_on == visit_on
                && self.reminded.get(*id) != Some(&visit_on);
            is_due.then_some((*id, appointment.place.recipient))
        };
        let due: Vec<_> = waiting.filter_map(|(_, id)| due(id)).take(people_max).collect();
        for (id, recipient) in &due {
            self.tell(*recipient, MessageKind::Reminder(*id), now, changes);
        }
        Outcome::Reminded { people: due.len() as u32 }
    }
}
