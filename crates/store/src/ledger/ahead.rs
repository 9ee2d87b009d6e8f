//! What the next decisions will read, read before them. A booking looks up a dozen rows that lie anywhere in two
//! gigabytes, and each look waits for the memory; where many are asked for one after the other and nothing hangs on
//! what they say, the processor waits for them together.

use super::Ledger;
use super::layers::Followed;
use crate::{Command, Request};
use booking::{Appointment, CampaignId, DoseNumber, PersonId, Place, SlotId};
use std::hint::black_box;

/// So many requests are looked ahead for at a time: what they need together fits in a core's own cache.
pub const LOOKED_AHEAD: usize = 128;

impl Ledger {
    /// Changes nothing and promises nothing: a decision reads again what it needs.
    pub fn look_ahead<'a>(&self, requests: impl IntoIterator<Item = &'a Request>) {
        let mut seen = 0;
        for request in requests {
            if let Some(keyed) = request.keyed {
                seen ^= self.answers.look(keyed.key);
            }
            seen ^= match &request.command {
                Command::Hold(wanted) => {
                    let person = self.look_person(wanted.campaign, wanted.booker, wanted.dose);
                    person ^ self.look_place(wanted.at)
                }
                Command::Confirm { booker, hold } => {
                    let places = self.holds.get(*hold).map(|hold| (hold.campaign, hold.places[0]));
                    places.map_or(0, |(campaign, Place { dose, slot, .. })| {
                        self.look_person(campaign, *booker, dose) ^ self.look_place(slot)
                    })
                }
                Command::Cancel { appointment, .. } => {
                    let found = self.appointments.get(*appointment);
                    found.map_or(
                        0,
                        |Appointment { campaign, place: Place { recipient, dose, slot }, .. }| {
                            self.look_person(campaign, recipient, dose) ^ self.look_place(slot)
                        },
                    )
                }
                _ => 0,
            };
        }
        black_box(seen);
    }

    fn look_person(&self, campaign: CampaignId, person: PersonId, dose: DoseNumber) -> u64 {
        let number = self.admissions.get((campaign, person)).map_or(0, |pass| pass.queue_number);
        let live = self.live.get((campaign, person, dose)).map_or(0, |id| id.0);
        let own = self.own.of(person).next().map_or(0, |id| id.0);
        number ^ live ^ own
    }

    fn look_place(&self, slot: SlotId) -> u64 {
        let taken = self.slots.get(slot).map_or(0, |taken| u64::from(taken.booked));
        let clinic = self.country.clinic(slot.clinic).map_or(0, |clinic| u64::from(clinic.capacity));
        let sido = self.country.sido_at(slot.clinic).map_or(0, |sido| sido.0);
        taken ^ clinic ^ sido
    }

    /// What the indexes that follow a batch will be changed at.
    pub(super) fn look_for_indexes(&self, followed: &[Followed]) {
        let slots = followed.iter().filter_map(|one| match one {
            Followed::Appointment { now: Some(now), .. } => Some(now.slot),
            _ => None,
        });
        black_box(slots.fold(0, |seen, slot| seen ^ self.visits.look(slot)));
    }
}
