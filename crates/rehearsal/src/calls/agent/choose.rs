//! Finding a place with the caller: what the lists offer, and what is left when somebody was faster.

use super::super::page;
use super::{Agent, CLICK, Ending, Next, Pressed, Scene, Stage};
use crate::logbook::Heard;
use crate::scenario::{Conduct, Moment};

/// Clinics without a free place, and holds that came too late, before a caller is told that there is nothing.
const CLINICS_TRIED_MAX: u8 = 6;
const HOLDS_TRIED_MAX: u8 = 6;
/// The caller hears the nearest ones.
const CLINICS_OFFERED: usize = 8;
/// Of the talking time: what is said before a place is held, and before it is confirmed.
const WHEN: f64 = 0.2;
const READ_BACK: f64 = 0.2;

impl Agent {
    /// A clinic of the list, a day, a time; where there is nothing, another place.
    pub(super) fn looked(&mut self, body: &str, scene: &Scene<'_>) -> (Heard, Next) {
        let serving = self.serves.as_mut().expect("a caller is in hand");
        let mut dice = scene.dice(serving.steps);
        let click = CLICK / scene.pace;
        let rows = page::rows(body);
        let found = match &self.stage {
            Stage::Clinics => {
                serving.clinics_tried += 1;
                let near = &rows[..rows.len().min(CLINICS_OFFERED)];
                dice.pick(near).map(|row| (Stage::Days((*row).to_owned()), click))
            }
            Stage::Days(_) => dice.pick(&rows).map(|row| (Stage::Times((*row).to_owned()), click)),
            _ => dice.pick(&page::free_times(body)).and_then(|time| {
                let form = page::forms(body, "/hold").into_iter().next_back()?;
                Some((hold_of(&form, time)?, serving.talks.mul_f64(WHEN)))
            }),
        };
        match found {
            Some((stage, after)) => (Heard::Fine, self.goes(after, stage)),
            None => (Heard::Fine, self.elsewhere(scene)),
        }
    }

    fn elsewhere(&mut self, scene: &Scene<'_>) -> Next {
        let serving = self.serves.as_ref().expect("a caller is in hand");
        if serving.clinics_tried >= CLINICS_TRIED_MAX {
            return self.over(Heard::Fine, Ending::Refused("NoFreeSlot".to_owned())).1;
        }
        self.goes(CLICK / scene.pace, Stage::Clinics)
    }

    /// Somebody was faster: one of the nearest places, or another clinic.
    pub(super) fn no_hold(&mut self, body: &str, scene: &Scene<'_>) -> (Heard, Next) {
        let code = page::reference(body).unwrap_or("").to_owned();
        let heard = Heard::No(code.clone());
        let serving = self.serves.as_mut().expect("a caller is in hand");
        serving.holds_tried += 1;
        if serving.holds_tried >= HOLDS_TRIED_MAX {
            return self.over(heard, Ending::Refused(code));
        }
        let near: Vec<_> =
            page::forms(body, "/hold").iter().filter_map(|form| hold_of(form, form.field("time")?)).collect();
        match scene.dice(serving.steps).pick(&near) {
            Some(hold) => (heard, self.goes(CLICK / scene.pace, hold.clone())),
            // The page of the times has a form as well where nothing was free; without any it is no place to choose.
            None if body.contains("type=\"radio\"") => (heard, self.elsewhere(scene)),
            None => self.over(heard, Ending::Refused(code)),
        }
    }

    pub(super) fn held(&mut self, body: &str, scene: &Scene<'_>) -> Option<(Heard, Next)> {
        let pressed = |end: &str| {
            let form = page::forms(body, end).into_iter().next()?;
            let (key, hold) = (form.field("key")?.to_owned(), form.field("hold")?.to_owned());
            Some(Pressed { action: form.action.to_owned(), key, hold })
        };
        let (confirm, release) = (pressed("/confirm")?, pressed("/release")?);
        let serving = self.serves.as_ref()?;
        let (slot, after) = (serving.slot, serving.talks.mul_f64(READ_BACK));
        let gives_back = matches!(scene.conduct(), Conduct::DropsOut(Moment::Held));
        let stage = if gives_back { Stage::Release(release) } else { Stage::Confirm(confirm) };
        Some((Heard::Held { slot }, self.goes(after, stage)))
    }
}

fn hold_of(form: &page::Form<'_>, time: &str) -> Option<Stage> {
    let field = |name: &str| form.field(name).map(str::to_owned);
    let fields = [field("key")?, field("clinic")?, field("date")?, time.to_owned()];
    Some(Stage::Hold { action: form.action.to_owned(), fields })
}
