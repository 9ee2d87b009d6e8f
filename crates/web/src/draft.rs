//! What a person prepared: for whom they book, what they mean to change, their favourite clinics, what they typed. Kept
//! sealed in the ledger, so that it survives errors, reloads, another device and our own restart.

use crate::actions::key_of_person;
use crate::context::Context;
use crate::error::Problem;
use booking::{AppointmentId, ClinicId, PersonId, Refusal, Replaced, SlotId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::Command;

/// Clinics a person may mark.
pub const FAVOURITES_MAX: usize = 10;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// For whom places are taken next; empty for the person alone.
    pub party: Vec<u64>,
    /// The appointments that are to be moved: one dose of one or several people. Empty for a new booking.
    pub changes: Vec<u64>,
    /// What the last change moved, and from where: the page of the changed booking says it.
    pub moved: Vec<MovedFrom>,
    /// The newest first.
    pub favourites: Vec<u32>,
    /// A hold that was given up after it had run out: the ledger remembers its place, and is not to offer it again.
    pub declined: Option<u64>,
    /// Fields of forms that were not finished, by `form.field`. Never a resident number.
    pub typed: BTreeMap<String, String>,
}

/// Where an appointment was before it was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedFrom {
    pub appointment: u64,
    pub clinic: u32,
    pub visit_on: Date,
    pub starts_min: u16,
}

impl MovedFrom {
    pub fn slot(self) -> SlotId {
        SlotId { clinic: ClinicId(self.clinic), visit_on: self.visit_on, starts_min: self.starts_min }
    }
}

impl From<&Replaced> for MovedFrom {
    fn from(replaced: &Replaced) -> Self {
        let SlotId { clinic, visit_on, starts_min } = replaced.slot;
        Self { appointment: replaced.appointment.0, clinic: clinic.0, visit_on, starts_min }
    }
}

/// There are [`FAVOURITES_MAX`] already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FavouritesFull;

impl Draft {
    pub fn party(&self) -> Vec<PersonId> {
        self.party.iter().map(|person| PersonId(*person)).collect()
    }

    pub fn changes(&self) -> Vec<AppointmentId> {
        self.changes.iter().map(|appointment| AppointmentId(*appointment)).collect()
    }

    pub fn favourites(&self) -> Vec<ClinicId> {
        self.favourites.iter().map(|clinic| ClinicId(*clinic)).collect()
    }

    /// One that is there already keeps its place in the order.
    pub fn add_favourite(&mut self, clinic: ClinicId) -> Result<(), FavouritesFull> {
        if self.favourites.contains(&clinic.0) {
            return Ok(());
        }
        if self.favourites.len() >= FAVOURITES_MAX {
            return Err(FavouritesFull);
        }
        self.favourites.insert(0, clinic.0);
        Ok(())
    }

    pub fn remove_favourite(&mut self, clinic: ClinicId) {
        self.favourites.retain(|one| *one != clinic.0);
    }

    /// Nothing happens to one that is not a favourite.
    pub fn put_first(&mut self, clinic: ClinicId) {
        if let Some(position) = self.favourites.iter().position(|one| *one == clinic.0) {
            self.favourites[..=position].rotate_right(1);
        }
    }
}

impl Context {
    /// An unreadable draft is an empty one: a draft is help, never an obstacle.
    pub async fn draft(&self) -> Result<Draft, Problem> {
        let person = self.booker()?.person;
        let sealed = self.app.store.draft(person).await?;
        let plain = sealed.and_then(|sealed| self.app.keys.cipher.open(&place(person), &sealed));
        Ok(plain.and_then(|plain| serde_json::from_slice(&plain).ok()).unwrap_or_default())
    }

    /// Writes only what changed; an empty draft is thrown away.
    pub async fn change_draft(&self, change: impl FnOnce(&mut Draft)) -> Result<Draft, Problem> {
        let person = self.booker()?.person;
        let before = self.draft().await?;
        let mut draft = before.clone();
        change(&mut draft);
        if draft != before {
            let sealed = if draft == Draft::default() {
                Vec::new()
            } else {
                let plain = serde_json::to_vec(&draft).expect("plain data becomes JSON");
                self.seal_draft(person, &plain).await?
            };
            self.app.store.execute(Command::SaveDraft { person, sealed }.into()).await??;
        }
        Ok(draft)
    }

    /// Under the person's own key, so that it goes with them.
    async fn seal_draft(&self, person: PersonId, plain: &[u8]) -> Result<Vec<u8>, Problem> {
        let cipher = &self.app.keys.cipher;
        let sealed = match key_of_person(&self.app, person).await? {
            Some(key) => cipher.seal_for(key, &place(person), plain),
            None => Some(cipher.seal(&place(person), plain)),
        };
        Ok(sealed.ok_or(Refusal::IdentityNeeded)?)
    }
}

fn place(person: PersonId) -> String {
    format!("person/draft/{}", person.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn favourites_are_few_each_once_and_in_the_order_of_the_person() {
        let mut draft = Draft::default();
        for clinic in [1, 2, 3, 2] {
            draft.add_favourite(ClinicId(clinic)).unwrap();
        }
        assert_eq!(draft.favourites, [3, 2, 1]);
        draft.put_first(ClinicId(1));
        draft.put_first(ClinicId(9));
        assert_eq!(draft.favourites, [1, 3, 2]);
        draft.remove_favourite(ClinicId(3));
        draft.remove_favourite(ClinicId(3));
        assert_eq!(draft.favourites, [1, 2]);
        for clinic in 10..18 {
            draft.add_favourite(ClinicId(clinic)).unwrap();
        }
        assert_eq!(draft.add_favourite(ClinicId(99)), Err(FavouritesFull));
        assert_eq!(draft.add_favourite(ClinicId(1)), Ok(()), "it is there already");
        assert_eq!(draft.favourites.len(), FAVOURITES_MAX);
    }
}
