//! A place that goes on elsewhere: by its code, by its ticket, or by who one is. Take-overs are few, and only they are
//! kept in memory; that of other processes is read once a tick.

use super::Gate;
use booking::PersonId;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use store::{Bound, Calls, CarriedPlace, KeptPlace, Places, StoreError, Word};
use waiting_room::{CampaignTag, NoPlaceCode, Ticket, place_code, read_place_code};

pub(super) struct TakenOver {
    places: Arc<dyn Places>,
    generations: RwLock<HashMap<u64, u16>>,
    /// The last take-over that was read.
    seen: AtomicU64,
}

impl TakenOver {
    pub(super) fn new(places: Arc<dyn Places>) -> Self {
        Self { places, generations: RwLock::default(), seen: AtomicU64::new(0) }
    }

    /// What other processes took over.
    pub(super) fn follow(&self, campaign: CampaignTag) -> Result<(), StoreError> {
        let (moved, last) = self.places.moved_since(campaign, self.seen.load(Ordering::Relaxed))?;
        self.seen.store(last, Ordering::Relaxed);
        for place in moved {
            self.note(place.place_number, place.generation);
        }
        Ok(())
    }

    fn note(&self, place_number: u64, generation: u16) {
        let mut generations = self.generations.write().expect("nothing panics while noting a take-over");
        let known = generations.entry(place_number).or_default();
        *known = generation.max(*known);
    }

    pub(super) fn generation(&self, place_number: u64) -> u16 {
        let generations = self.generations.read().expect("nothing panics while noting a take-over");
        generations.get(&place_number).copied().unwrap_or(0)
    }
}

/// What a verified person and the ticket in their browser come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Nothing to be done: no place, or the one they carry.
    AsBefore,
    /// Their earliest place goes on here, with this ticket.
    GoesOnHere(Ticket),
    /// The ticket is somebody else's.
    OfAnother(PersonId),
}

impl Gate {
    /// None until the number is settled.
    pub fn code_of(&self, ticket: &Ticket) -> Option<String> {
        place_code(&self.keys, self.tag, self.settle(*ticket).place_number?)
    }

    /// The number behind a code, if it was settled in this line.
    pub fn read_code(&self, typed: &str) -> Result<u64, NoPlaceCode> {
        read_place_code(&self.keys, self.tag, typed)
    }

    /// The place goes on with the ticket that is returned; every earlier one counts no longer.
    pub async fn take_over(&self, place_number: u64) -> Result<Ticket, StoreError> {
        let campaign = self.tag;
        let generation = self.at_places(move |places| places.take_over(campaign, place_number)).await?;
        self.taken_over.note(place_number, generation);
        Ok(Ticket::moved(campaign, place_number, generation))
    }

    /// Makes the carried place the person's. Their drawn place, or their earliest, is the one that counts, and it goes on
    /// where they are now.
    pub async fn bind(&self, person: PersonId, carried: Option<Ticket>) -> Result<Whose, StoreError> {
        let campaign = self.tag;
        let carried = carried.and_then(|ticket| carried_place(&self.settle(ticket)));
        let bound = self.at_places(move |places| places.bind(campaign, person, carried)).await?;
        Ok(match bound {
            Bound::Nowhere => Whose::AsBefore,
            Bound::OfAnother(other) => Whose::OfAnother(other),
            Bound::To(place) if carried == Some(carried_as(&place)) => Whose::AsBefore,
            Bound::To(place) => Whose::GoesOnHere(self.take_over(place.place_number).await?),
        })
    }

    /// Which place is the person's, with the one that was taken for them; wherever they are, it stays there.
    pub async fn own_place(
        &self,
        person: PersonId,
        taken: Option<Ticket>,
    ) -> Result<Option<KeptPlace>, StoreError> {
        let campaign = self.tag;
        let taken = taken.and_then(|ticket| carried_place(&self.settle(ticket)));
        let bound = self.at_places(move |places| places.bind(campaign, person, taken)).await?;
        Ok(match bound {
            Bound::To(place) => Some(place),
            Bound::Nowhere | Bound::OfAnother(_) => None,
        })
    }

    /// The list of those who are to be called back.
    pub async fn calls<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Calls) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.at_places(move |places| work(places.calls())).await
    }

    /// As it stands on disk: what the exchange goes by.
    pub async fn kept_place(&self, place_number: u64) -> Result<KeptPlace, StoreError> {
        let campaign = self.tag;
        self.at_places(move |places| places.kept(campaign, place_number)).await
    }

    pub async fn wish_for_word(&self, place_number: u64, wishes: bool) -> Result<(), StoreError> {
        let campaign = self.tag;
        self.at_places(move |places| places.wish_for_word(campaign, place_number, wishes)).await
    }

    pub async fn word_of(&self, place_number: u64) -> Result<Word, StoreError> {
        let campaign = self.tag;
        self.at_places(move |places| places.word_of(campaign, place_number)).await
    }

    /// Of the places of a range, those whose people wait for word.
    pub async fn words_due(&self, of: Range<u64>, max: usize) -> Result<Vec<KeptPlace>, StoreError> {
        let campaign = self.tag;
        self.at_places(move |places| places.words_due(campaign, of, max)).await
    }

    pub async fn word_given(&self, place_numbers: Vec<u64>) -> Result<(), StoreError> {
        let campaign = self.tag;
        self.at_places(move |places| places.word_given(campaign, &place_numbers)).await
    }

    /// Away from the threads that answer.
    async fn at_places<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Places) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let places = Arc::clone(&self.taken_over.places);
        let done = tokio::task::spawn_blocking(move || work(&*places)).await;
        done.map_err(|error| StoreError::unavailable_because("the places did not answer", error))?
    }
}

fn carried_place(ticket: &Ticket) -> Option<CarriedPlace> {
    let generation = ticket.generation;
    ticket.place_number.map(|place_number| CarriedPlace { place_number, generation })
}

fn carried_as(place: &KeptPlace) -> CarriedPlace {
    CarriedPlace { place_number: place.place_number, generation: place.generation }
}
