//! What is remembered of single places in line: who took one over, and whose it is. Only of those places: of whoever
//! just waits nothing is kept.
//!
//! It stands beside the line and apart from the ledger, so that a place can go on elsewhere while the ledger is away, and
//! so that every process of the gate sees it.

use crate::StoreError;
use booking::PersonId;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use waiting_room::CampaignTag;

/// A place of which something is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptPlace {
    pub queue_number: u64,
    /// How often it was taken over; a ticket of an older one counts no longer.
    pub generation: u16,
    /// Whose it is, once somebody proved who they are on it.
    pub person: Option<PersonId>,
}

/// A ticket in somebody's hands, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CarriedPlace {
    pub queue_number: u64,
    pub generation: u16,
}

/// What became of a person and the place they carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// The person has no place.
    Nowhere,
    /// The earliest place of the person, which is the one that counts.
    To(KeptPlace),
    /// The place they carry is somebody else's; nothing changed.
    OfAnother(PersonId),
}

/// Durable memory. Calls block, and return when what they did is on disk.
pub trait Places: Send + Sync {
    /// The place goes on elsewhere: its new generation.
    ///
    /// # Errors
    /// [`StoreError`] of the back end; then the old ticket stays good.
    fn take_over(&self, campaign: CampaignTag, queue_number: u64) -> Result<u16, StoreError>;

    /// Makes the carried place the person's, unless it is somebody else's or of an old generation, and says which of
    /// their places counts.
    fn bind(
        &self,
        campaign: CampaignTag,
        person: PersonId,
        carried: Option<CarriedPlace>,
    ) -> Result<Bound, StoreError>;

    /// One that nothing is remembered of is nobody's, in its first generation.
    fn kept(&self, campaign: CampaignTag, queue_number: u64) -> Result<KeptPlace, StoreError>;

    /// The take-overs after that one (0 for all), each place once, and which was the last.
    fn moved_since(&self, campaign: CampaignTag, after: u64) -> Result<(Vec<CarriedPlace>, u64), StoreError>;

    /// Whether the person of a place wants word when their turn comes near. Of a place that is nobody's: nothing.
    fn wish_for_word(&self, campaign: CampaignTag, queue_number: u64, wishes: bool)
    -> Result<(), StoreError>;

    /// Whether word is wished for, or was given.
    fn word_of(&self, campaign: CampaignTag, queue_number: u64) -> Result<Word, StoreError>;

    /// Places below that number whose people wait for word, the first in line first.
    fn words_due(&self, campaign: CampaignTag, below: u64, max: usize) -> Result<Vec<KeptPlace>, StoreError>;

    fn word_given(&self, campaign: CampaignTag, queue_numbers: &[u64]) -> Result<(), StoreError>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Word {
    #[default]
    NotWished = 0,
    Wished = 1,
    Given = 2,
}

/// The reference: forgets when the process ends.
#[derive(Debug, Default)]
pub struct MemoryPlaces {
    kept: Mutex<BTreeMap<(CampaignTag, u64), Row>>,
    /// For a test that must notice.
    forgets: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Row {
    generation: u16,
    person: Option<PersonId>,
    word: Word,
    /// Which take-over of the campaign was its last.
    moved: u64,
}

impl MemoryPlaces {
    /// One that remembers nothing: a place is whatever a cookie says.
    #[cfg(feature = "conformance")]
    pub fn forgetting() -> Self {
        Self { forgets: true, ..Self::default() }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(CampaignTag, u64), Row>> {
        self.kept.lock().expect("no step panics")
    }
}

fn kept(queue_number: u64, row: &Row) -> KeptPlace {
    KeptPlace { queue_number, generation: row.generation, person: row.person }
}

impl Places for MemoryPlaces {
    fn take_over(&self, campaign: CampaignTag, queue_number: u64) -> Result<u16, StoreError> {
        let mut all = self.lock();
        let last = of_campaign(&all, campaign).map(|(_, row)| row.moved).max().unwrap_or(0);
        let row = all.entry((campaign, queue_number)).or_default();
        if !self.forgets {
            *row = Row { generation: row.generation.saturating_add(1), moved: last + 1, ..*row };
        }
        Ok(row.generation)
    }

    fn bind(
        &self,
        campaign: CampaignTag,
        person: PersonId,
        carried: Option<CarriedPlace>,
    ) -> Result<Bound, StoreError> {
        let mut all = self.lock();
        if let Some(carried) = carried
            && !self.forgets
        {
            let row = all.get(&(campaign, carried.queue_number)).copied().unwrap_or_default();
            match row.person {
                Some(other) if other != person => return Ok(Bound::OfAnother(other)),
                None if row.generation == carried.generation => {
                    all.insert((campaign, carried.queue_number), Row { person: Some(person), ..row });
                }
                _ => {}
            }
        }
        let earliest = of_campaign(&all, campaign).find(|(_, row)| row.person == Some(person));
        Ok(earliest.map_or(Bound::Nowhere, |(number, row)| Bound::To(kept(number, row))))
    }

    fn kept(&self, campaign: CampaignTag, queue_number: u64) -> Result<KeptPlace, StoreError> {
        let row = self.lock().get(&(campaign, queue_number)).copied().unwrap_or_default();
        Ok(kept(queue_number, &row))
    }

    fn moved_since(&self, campaign: CampaignTag, after: u64) -> Result<(Vec<CarriedPlace>, u64), StoreError> {
        let all = self.lock();
        let moved = of_campaign(&all, campaign).filter(|(_, row)| row.moved > after);
        let mut moved: Vec<(u64, CarriedPlace)> = moved
            .map(|(queue_number, row)| (row.moved, CarriedPlace { queue_number, generation: row.generation }))
            .collect();
        moved.sort_unstable_by_key(|(order, _)| *order);
        let last = moved.last().map_or(after, |(order, _)| *order);
        Ok((moved.into_iter().map(|(_, place)| place).collect(), last))
    }

    fn wish_for_word(
        &self,
        campaign: CampaignTag,
        queue_number: u64,
        wishes: bool,
    ) -> Result<(), StoreError> {
        if let Some(row) = self.lock().get_mut(&(campaign, queue_number))
            && row.person.is_some()
            && row.word != Word::Given
        {
            row.word = if wishes { Word::Wished } else { Word::NotWished };
        }
        Ok(())
    }

    fn word_of(&self, campaign: CampaignTag, queue_number: u64) -> Result<Word, StoreError> {
        Ok(self.lock().get(&(campaign, queue_number)).map_or(Word::NotWished, |row| row.word))
    }

    fn words_due(&self, campaign: CampaignTag, below: u64, max: usize) -> Result<Vec<KeptPlace>, StoreError> {
        let all = self.lock();
        let due = of_campaign(&all, campaign)
            .filter(|(number, row)| *number < below && row.word == Word::Wished)
            .map(|(number, row)| kept(number, row));
        Ok(due.take(max).collect())
    }

    fn word_given(&self, campaign: CampaignTag, queue_numbers: &[u64]) -> Result<(), StoreError> {
        let mut all = self.lock();
        for number in queue_numbers {
            if let Some(row) = all.get_mut(&(campaign, *number)) {
                row.word = Word::Given;
            }
        }
        Ok(())
    }
}

fn of_campaign(
    all: &BTreeMap<(CampaignTag, u64), Row>,
    campaign: CampaignTag,
) -> impl Iterator<Item = (u64, &Row)> {
    all.iter().filter(move |((of, _), _)| *of == campaign).map(|((_, number), row)| (*number, row))
}

impl<P: Places + ?Sized> Places for std::sync::Arc<P> {
    fn take_over(&self, campaign: CampaignTag, queue_number: u64) -> Result<u16, StoreError> {
        (**self).take_over(campaign, queue_number)
    }

    fn bind(
        &self,
        campaign: CampaignTag,
        person: PersonId,
        carried: Option<CarriedPlace>,
    ) -> Result<Bound, StoreError> {
        (**self).bind(campaign, person, carried)
    }

    fn kept(&self, campaign: CampaignTag, queue_number: u64) -> Result<KeptPlace, StoreError> {
        (**self).kept(campaign, queue_number)
    }

    fn moved_since(&self, campaign: CampaignTag, after: u64) -> Result<(Vec<CarriedPlace>, u64), StoreError> {
        (**self).moved_since(campaign, after)
    }

    fn wish_for_word(
        &self,
        campaign: CampaignTag,
        queue_number: u64,
        wishes: bool,
    ) -> Result<(), StoreError> {
        (**self).wish_for_word(campaign, queue_number, wishes)
    }

    fn word_of(&self, campaign: CampaignTag, queue_number: u64) -> Result<Word, StoreError> {
        (**self).word_of(campaign, queue_number)
    }

    fn words_due(&self, campaign: CampaignTag, below: u64, max: usize) -> Result<Vec<KeptPlace>, StoreError> {
        (**self).words_due(campaign, below, max)
    }

    fn word_given(&self, campaign: CampaignTag, queue_numbers: &[u64]) -> Result<(), StoreError> {
        (**self).word_given(campaign, queue_numbers)
    }
}
