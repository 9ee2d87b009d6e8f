//! What somebody sees of their own.

use super::Play;
use crate::conformance::wording::{name_of, time_of};
use booking::AppointmentState;

impl Play {
    pub(super) fn see_hold(&mut self, name: &str) -> String {
        let person = self.person(name);
        let hold = self.stage.wait_for(self.stage.subject.store().hold_of(self.campaign, person));
        hold.expect("the store is well")
            .map_or("none".to_owned(), |(_, hold)| format!("until {}", time_of(hold.expires_at)))
    }

    pub(super) fn see_choice(&mut self, name: &str) -> String {
        let person = self.person(name);
        let choice = self.stage.wait_for(self.stage.subject.store().last_choice(self.campaign, person));
        choice.expect("the store is well").map_or("none".to_owned(), |(_, slot)| name_of(slot))
    }

    pub(super) fn see_pass(&mut self, name: &str) -> String {
        let person = self.person(name);
        let pass = self.stage.wait_for(self.stage.subject.store().admission(self.campaign, person));
        pass.expect("the store is well")
            .map_or("none".to_owned(), |pass| format!("until {}", time_of(pass.expires_at)))
    }

    pub(super) fn see_appointments(&mut self, name: &str) -> String {
        let person = self.person(name);
        let own = self.stage.wait_for(self.stage.subject.store().appointments_of(person));
        let states = own.expect("the store is well").into_iter().map(|(_, own)| match own.state {
            AppointmentState::Booked => "booked",
            AppointmentState::Cancelled { .. } => "cancelled",
            AppointmentState::CheckedIn { .. } => "checked-in",
            AppointmentState::Fulfilled { .. } => "vaccinated",
            AppointmentState::NoShow { .. } => "missed",
        });
        let states = states.collect::<Vec<_>>().join(" ");
        if states.is_empty() { "none".to_owned() } else { states }
    }

    /// Where somebody is booked, in the order of their appointments.
    pub(super) fn see_places(&mut self, name: &str) -> String {
        let person = self.person(name);
        let own = self.stage.wait_for(self.stage.subject.store().appointments_of(person));
        let live = own.expect("the store is well").into_iter().map(|(_, own)| own);
        let live = live.filter(|own| own.is_live() && own.place.recipient == person);
        live.map(|own| name_of(own.place.slot)).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn see_draft(&mut self, name: &str) -> String {
        let person = self.person(name);
        let draft = self.stage.wait_for(self.stage.subject.store().draft(person)).expect("the store is well");
        draft.map_or("none".to_owned(), |draft| String::from_utf8(draft).expect("a draft here is text"))
    }
}
