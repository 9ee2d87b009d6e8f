//! Hearing behind the pass: a clinic, its slots, a hold.

use super::answers::{HoldAnswer, SlotFullAnswer, SlotsAnswer};
use super::hear::{AT_ONCE, FORM, GLANCE, Hearing};
use super::{Form, Next, Place, Stage};
use crate::journal::Outcome;
use crate::scenario::Moment;
use crate::wire::Answer;

/// Clinics without a free place, and holds that came too late, before somebody goes home without.
const CLINICS_TRIED_MAX: u8 = 6;
const HOLDS_TRIED_MAX: u8 = 6;
/// So many clinics of a region before another region is looked at.
const CLINICS_IN_REGION: u8 = 2;
const NO_FREE_SLOT: &str = "NoFreeSlot";

impl Hearing<'_, '_> {
    /// A region by the dice, then one of its clinics; the region's file is asked for once in the whole crowd.
    pub(super) fn choose_clinic(&mut self, mut form: Box<Form>) -> Next {
        if form.clinics_tried.is_multiple_of(CLINICS_IN_REGION) || !self.has_clinics(&form.region) {
            let Some(region) = self.dice.pick(self.scene.country.sigungu()) else { return no_free_slot() };
            form.region = region.clone();
        }
        if form.clinics_tried >= CLINICS_TRIED_MAX {
            return no_free_slot();
        }
        if self.has_clinics(&form.region) {
            self.look_at_clinic(form)
        } else {
            self.go(AT_ONCE, Stage::Region(form))
        }
    }

    /// The region's file has come.
    pub(super) fn go_on_in(&mut self, form: Box<Form>) -> Next {
        if self.has_clinics(&form.region) { self.look_at_clinic(form) } else { self.choose_clinic(form) }
    }

    fn look_at_clinic(&mut self, mut form: Box<Form>) -> Next {
        let clinics = self.scene.country.clinics(&form.region).unwrap_or_default();
        form.clinic = self.dice.pick(clinics).cloned().unwrap_or_default();
        form.clinics_tried += 1;
        self.go(GLANCE, Stage::Slots(form))
    }

    fn has_clinics(&self, region: &str) -> bool {
        self.scene.country.clinics(region).is_some()
    }

    pub(super) fn saw_slots(&mut self, answer: &Answer, form: Box<Form>) -> Option<Next> {
        let slots: SlotsAnswer = answer.read()?;
        if self.drops_out(Moment::SawSlots) {
            return Some(Next::Leave(Outcome::DroppedOut));
        }
        let free = slots.free_times();
        let Some((date, time)) = self.dice.pick(&free) else { return Some(self.choose_clinic(form)) };
        let place = Place { clinic: form.clinic.clone(), date: (*date).into(), time: (*time).into() };
        Some(self.go(FORM, Stage::Hold(form, place)))
    }

    /// Somebody was faster: one of the nearest places, or another clinic.
    pub(super) fn no_hold(&mut self, mut form: Box<Form>, answer: &Answer) -> Next {
        form.holds_tried += 1;
        if answer.code() != "SlotFull" || form.holds_tried >= HOLDS_TRIED_MAX {
            return self.refused(answer);
        }
        self.scene.journal.hear_no("SlotFull");
        let nearest = answer.read::<SlotFullAnswer>().map_or_else(Vec::new, |full| full.nearest);
        match self.dice.pick(&nearest) {
            Some(place) => self.go(GLANCE, Stage::Hold(form, place.clone())),
            None => self.choose_clinic(form),
        }
    }

    pub(super) fn held(&mut self, answer: &Answer, form: Box<Form>) -> Option<Next> {
        let HoldAnswer { hold } = answer.read()?;
        self.scene.journal.held += 1;
        Some(self.go_unless_dropping_out(Moment::Held, FORM, Stage::Confirm(form, hold)))
    }
}

fn no_free_slot() -> Next {
    Next::Leave(Outcome::Refused(NO_FREE_SLOT.to_owned()))
}
