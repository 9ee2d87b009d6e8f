//! People by name and birth date, for a caller who has no number at hand. Kept as keyed hashes in memory, made from the
//! sealed records as people register; nothing of it is on a disk.

use crate::actions::open_person;
use crate::app::App;
use crate::person_name;
use booking::{PersonAlias, PersonId};
use jiff::civil::Date;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::StoreError;

/// Numbers that are looked at in one step, and in one search before it says that it does not know all yet.
const STEP: u64 = 256;
const STEPS_OF_A_SEARCH: usize = 8;
const LOOK_EVERY: Duration = Duration::from_secs(1);

#[derive(Default)]
pub struct PeopleIndex(Mutex<Known>);

#[derive(Default)]
struct Known {
    last: u64,
    /// By hash; what came lately stands unsorted behind.
    sorted: Vec<(u64, PersonId)>,
    late: Vec<(u64, PersonId)>,
}

/// Who was found, and whether everybody had been read.
pub struct FoundPeople {
    pub people: Vec<PersonId>,
    pub is_complete: bool,
}

impl PeopleIndex {
    /// Keeps up with the ledger, for ever.
    pub async fn run(app: Arc<App>) {
        loop {
            let more = match app.staff.as_ref() {
                Some(staff) => staff.people.step(&app).await.unwrap_or(false),
                None => return,
            };
            // After each step others have their turn.
            if more { tokio::task::yield_now().await } else { tokio::time::sleep(LOOK_EVERY).await }
        }
    }

    pub(super) async fn find(&self, app: &App, name: &str, born_on: Date) -> Result<FoundPeople, StoreError> {
        let mut is_complete = false;
        for _ in 0..STEPS_OF_A_SEARCH {
            if !self.step(app).await? {
                is_complete = true;
                break;
            }
        }
        let mut people = Vec::new();
        for person in self.with(hash(app, name, born_on)) {
            let person = app.store.now_known_as(person).await?;
            let is_known = app.store.person(person).await?.is_some();
            if is_known && !people.contains(&person) {
                people.push(person);
            }
        }
        Ok(FoundPeople { people, is_complete })
    }

    /// Reads on; whether there may be more.
    async fn step(&self, app: &App) -> Result<bool, StoreError> {
        let after = self.known().last;
        let standing = app.store.standing_after(PersonId(after), STEP, app.clock.now()).await?;
        let Some(last) = standing.last().map(|one| one.person.0) else { return Ok(false) };
        let mut found = Vec::new();
        for one in standing.iter().filter(|one| one.is_known) {
            let Some(record) = app.store.person(one.person).await? else { continue };
            // Whoever was removed opens no more.
            if let Some(card) = open_person(app, &record.sealed) {
                found.push((hash(app, &card.name, card.born_on), one.person));
            }
        }
        let mut known = self.known();
        // Another search may have read the same.
        if known.last == after {
            known.last = last;
            known.add(found);
        }
        Ok(true)
    }

    fn with(&self, hash: u64) -> Vec<PersonId> {
        let known = self.known();
        let from = known.sorted.partition_point(|(of, _)| *of < hash);
        let sorted = known.sorted[from..].iter().take_while(|(of, _)| *of == hash);
        let late = known.late.iter().filter(|(of, _)| *of == hash);
        sorted.chain(late).map(|(_, person)| *person).collect()
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().expect("nothing panics here")
    }
}

impl Known {
    fn add(&mut self, found: Vec<(u64, PersonId)>) {
        self.late.extend(found);
        if self.late.len() > 4_096 + self.sorted.len() / 8 {
            self.sorted.append(&mut self.late);
            self.sorted.sort_unstable();
        }
    }
}

fn hash(app: &App, name: &str, born_on: Date) -> u64 {
    let text = format!("{}|{born_on}", person_name::normalised(name));
    let PersonAlias(mac) = app.keys.alias("desk index", &text);
    u64::from_be_bytes(mac[..8].try_into().expect("a hash has 32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_was_read_is_found_before_and_after_the_sorting() {
        let index = PeopleIndex::default();
        for batch in 0..40u64 {
            let people =
                (batch * 256..(batch + 1) * 256).map(|n| (n.wrapping_mul(7919) % 1_000, PersonId(n)));
            index.known().add(people.collect());
        }
        for hash in 0..1_000 {
            let expected = (0..40 * 256u64).filter(|n| n.wrapping_mul(7919) % 1_000 == hash).count();
            assert_eq!(index.with(hash).len(), expected, "{hash}");
        }
        assert!(!index.known().sorted.is_empty() && !index.known().late.is_empty());
    }
}
