//! Looking ahead: the rows that the next commands will need are touched in one go.
//!
//! Most of a decision is waiting for memory, one row after the other, because each step needs the one before. Looked at
//! together and beforehand, rows of several commands are waited for at the same time. Nothing is decided here, and
//! nothing depends on it.

use super::Ledger;
use crate::{Command, Request};
use booking::{CampaignId, DoseNumber, PersonId, SlotId};
use std::hint::black_box;

impl Ledger {
    /// Touches what deciding `request` will read.
    pub fn look_ahead(&self, request: &Request) {
        if let Some(keyed) = request.keyed {
            black_box(self.answers.get(keyed.key).is_some());
        }
        match &request.command {
            Command::Hold(wanted) => {
                self.look_at_person(wanted.campaign, wanted.booker);
                self.look_at_slot(wanted.at);
            }
            Command::Confirm { booker, hold } => {
                let Some(hold) = self.holds.get(*hold) else { return };
                self.look_at_person(hold.campaign, *booker);
                for place in &hold.places {
                    self.look_at_slot(place.slot);
                }
            }
            _ => {}
        }
    }

    fn look_at_person(&self, campaign: CampaignId, person: PersonId) {
        black_box(self.admissions.get((campaign, person)).map(|admission| admission.queue_number));
        black_box(self.hold_of.get((campaign, person)).is_some());
        black_box(self.live.get((campaign, person, DoseNumber(1))).is_some());
        black_box(self.of_person.get(person).map(Vec::len));
    }

    fn look_at_slot(&self, slot: SlotId) {
        black_box(self.slots.get(slot).map(|taken| taken.booked));
        black_box(self.days.get((slot.clinic, slot.visit_on)).copied());
        black_box(self.day_changes.version_of((slot.clinic, slot.visit_on)));
        black_box(self.country.clinic(slot.clinic).map(|clinic| clinic.capacity));
    }
}
