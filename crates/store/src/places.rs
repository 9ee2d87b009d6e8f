//! What is remembered of single places in line: who took one over, and whose it is; and of the draw among those that are
//! somebody's. Only of those places: of whoever just waits nothing is kept.
//!
//! It stands beside the line and apart from the ledger, so that a place can go on elsewhere while the ledger is away, and
//! so that every process of the gate sees it.

use crate::{Calls, MemoryCalls, StoreError};
use booking::PersonId;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard};
use waiting_room::CampaignTag;

/// A place of which something is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptPlace {
    /// In the order in which places were given.
    pub place_number: u64,
    /// How often it was taken over; a ticket of an older one counts no longer.
    pub generation: u16,
    /// Whose it is, once somebody proved who they are on it.
    pub person: Option<PersonId>,
}

/// A ticket in somebody's hands, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CarriedPlace {
    pub place_number: u64,
    pub generation: u16,
}

/// What became of a person and the place they carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// The person has no place.
    Nowhere,
    /// The place of the person that counts: the one that was drawn, or the earliest.
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
    fn take_over(&self, campaign: CampaignTag, place_number: u64) -> Result<u16, StoreError>;

    /// Makes the carried place the person's, unless it is somebody else's or of an old generation, and says which of
    /// their places counts.
    fn bind(
        &self,
        campaign: CampaignTag,
        person: PersonId,
        carried: Option<CarriedPlace>,
    ) -> Result<Bound, StoreError>;

    /// One that nothing is remembered of is nobody's, in its first generation.
    fn kept(&self, campaign: CampaignTag, place_number: u64) -> Result<KeptPlace, StoreError>;

    /// The take-overs after that one (0 for all), each place once, and which was the last.
    fn moved_since(&self, campaign: CampaignTag, after: u64) -> Result<(Vec<CarriedPlace>, u64), StoreError>;

    /// Whether the person of a place wants word when their turn comes near. Of a place that is nobody's: nothing.
    fn wish_for_word(&self, campaign: CampaignTag, place_number: u64, wishes: bool)
    -> Result<(), StoreError>;

    /// Whether word is wished for, or was given.
    fn word_of(&self, campaign: CampaignTag, place_number: u64) -> Result<Word, StoreError>;

    /// Places of that range whose people wait for word, the first given first.
    fn words_due(
        &self,
        campaign: CampaignTag,
        places: Range<u64>,
        max: usize,
    ) -> Result<Vec<KeptPlace>, StoreError>;

    fn word_given(&self, campaign: CampaignTag, place_numbers: &[u64]) -> Result<(), StoreError>;

    /// What is known of the draw of a campaign; None where none was announced.
    fn draw(&self, campaign: CampaignTag) -> Result<Option<KeptDraw>, StoreError>;

    /// One step of a draw, if its turn has come; each is made once, and whoever makes it again changes nothing. Answers
    /// how the draw stands then.
    fn step_draw(&self, campaign: CampaignTag, step: DrawStep) -> Result<Option<KeptDraw>, StoreError>;

    /// The places that were frozen, of each person one, in the order in which they were given.
    fn drawn_places(&self, campaign: CampaignTag) -> Result<Vec<u64>, StoreError>;

    /// Whom to call back when the turn of their place has come.
    fn calls(&self) -> &dyn Calls;
}

/// A draw as far as it has come. What follows from it is computed, never kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDraw {
    /// As they were published before the lobby opened.
    pub rules: String,
    /// Makes the receipts; it is told to nobody.
    pub secret: [u8; 32],
    /// The place numbers below it could take part, and since when nobody is added.
    pub frozen: Option<(u64, Timestamp)>,
    /// Of the frozen list, and when it was made public.
    pub root: Option<([u8; 32], Timestamp)>,
    /// What the source gave out, and when it was written down.
    pub value: Option<(String, Timestamp)>,
}

impl KeptDraw {
    pub fn announced(rules: String, secret: [u8; 32]) -> Self {
        Self { rules, secret, frozen: None, root: None, value: None }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DrawStep {
    Announce {
        rules: String,
        secret: [u8; 32],
    },
    /// Whose place is below that number and somebody's takes part, of each person the first one. A place that becomes
    /// somebody's later does not.
    Freeze {
        below: u64,
        at: Timestamp,
    },
    Root {
        root: [u8; 32],
        at: Timestamp,
    },
    Value {
        value: String,
        at: Timestamp,
    },
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
    draws: Mutex<HashMap<CampaignTag, KeptDraw>>,
    calls: MemoryCalls,
    /// For a test that must notice.
    forgets: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Row {
    generation: u16,
    person: Option<PersonId>,
    word: Word,
    drawn: bool,
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

    fn draws(&self) -> MutexGuard<'_, HashMap<CampaignTag, KeptDraw>> {
        self.draws.lock().expect("no step panics")
    }
}

fn kept(place_number: u64, row: &Row) -> KeptPlace {
    KeptPlace { place_number, generation: row.generation, person: row.person }
}

impl Places for MemoryPlaces {
    fn take_over(&self, campaign: CampaignTag, place_number: u64) -> Result<u16, StoreError> {
        let mut all = self.lock();
        let last = of_campaign(&all, campaign).map(|(_, row)| row.moved).max().unwrap_or(0);
        let row = all.entry((campaign, place_number)).or_default();
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
            let row = all.get(&(campaign, carried.place_number)).copied().unwrap_or_default();
            match row.person {
                Some(other) if other != person => return Ok(Bound::OfAnother(other)),
                None if row.generation == carried.generation => {
                    all.insert((campaign, carried.place_number), Row { person: Some(person), ..row });
                }
                _ => {}
            }
        }
        let own = || of_campaign(&all, campaign).filter(|(_, row)| row.person == Some(person));
        let counts = own().find(|(_, row)| row.drawn).or_else(|| own().next());
        Ok(counts.map_or(Bound::Nowhere, |(number, row)| Bound::To(kept(number, row))))
    }

    fn kept(&self, campaign: CampaignTag, place_number: u64) -> Result<KeptPlace, StoreError> {
        let row = self.lock().get(&(campaign, place_number)).copied().unwrap_or_default();
        Ok(kept(place_number, &row))
    }

    fn moved_since(&self, campaign: CampaignTag, after: u64) -> Result<(Vec<CarriedPlace>, u64), StoreError> {
        let all = self.lock();
        let moved = of_campaign(&all, campaign).filter(|(_, row)| row.moved > after);
        let mut moved: Vec<(u64, CarriedPlace)> = moved
            .map(|(place_number, row)| (row.moved, CarriedPlace { place_number, generation: row.generation }))
            .collect();
        moved.sort_unstable_by_key(|(order, _)| *order);
        let last = moved.last().map_or(after, |(order, _)| *order);
        Ok((moved.into_iter().map(|(_, place)| place).collect(), last))
    }

    fn wish_for_word(
        &self,
        campaign: CampaignTag,
        place_number: u64,
        wishes: bool,
    ) -> Result<(), StoreError> {
        if let Some(row) = self.lock().get_mut(&(campaign, place_number))
            && row.person.is_some()
            && row.word != Word::Given
        {
            row.word = if wishes { Word::Wished } else { Word::NotWished };
        }
        Ok(())
    }

    fn word_of(&self, campaign: CampaignTag, place_number: u64) -> Result<Word, StoreError> {
        Ok(self.lock().get(&(campaign, place_number)).map_or(Word::NotWished, |row| row.word))
    }

    fn words_due(
        &self,
        campaign: CampaignTag,
        places: Range<u64>,
        max: usize,
    ) -> Result<Vec<KeptPlace>, StoreError> {
        let all = self.lock();
        let due = of_campaign(&all, campaign)
            .filter(|(number, row)| places.contains(number) && row.word == Word::Wished)
            .map(|(number, row)| kept(number, row));
        Ok(due.take(max).collect())
    }

    fn word_given(&self, campaign: CampaignTag, place_numbers: &[u64]) -> Result<(), StoreError> {
        let mut all = self.lock();
        for number in place_numbers {
            if let Some(row) = all.get_mut(&(campaign, *number)) {
                row.word = Word::Given;
            }
        }
        Ok(())
    }

    fn draw(&self, campaign: CampaignTag) -> Result<Option<KeptDraw>, StoreError> {
        Ok(self.draws().get(&campaign).cloned())
    }

    fn step_draw(&self, campaign: CampaignTag, step: DrawStep) -> Result<Option<KeptDraw>, StoreError> {
        let mut draws = self.draws();
        match (draws.get_mut(&campaign), step) {
            (None, DrawStep::Announce { rules, secret }) => {
                draws.insert(campaign, KeptDraw::announced(rules, secret));
            }
            (Some(draw), DrawStep::Freeze { below, at }) if draw.frozen.is_none() => {
                draw.frozen = Some((below, at));
                let mut seen = BTreeSet::new();
                for ((of, number), row) in &mut *self.lock() {
                    let takes_part = |person| *of == campaign && *number < below && seen.insert(person);
                    row.drawn |= row.person.is_some_and(takes_part);
                }
            }
            (Some(draw), DrawStep::Root { root, at }) if draw.frozen.is_some() && draw.root.is_none() => {
                draw.root = Some((root, at));
            }
            (Some(draw), DrawStep::Value { value, at }) if draw.root.is_some() && draw.value.is_none() => {
                draw.value = Some((value, at));
            }
            _ => {}
        }
        Ok(draws.get(&campaign).cloned())
    }

    fn drawn_places(&self, campaign: CampaignTag) -> Result<Vec<u64>, StoreError> {
        let all = self.lock();
        Ok(of_campaign(&all, campaign).filter(|(_, row)| row.drawn).map(|(number, _)| number).collect())
    }

    fn calls(&self) -> &dyn Calls {
        &self.calls
    }
}

fn of_campaign(
    all: &BTreeMap<(CampaignTag, u64), Row>,
    campaign: CampaignTag,
) -> impl Iterator<Item = (u64, &Row)> {
    all.iter().filter(move |((of, _), _)| *of == campaign).map(|((_, number), row)| (*number, row))
}

impl<P: Places + ?Sized> Places for std::sync::Arc<P> {
    fn take_over(&self, campaign: CampaignTag, place_number: u64) -> Result<u16, StoreError> {
        (**self).take_over(campaign, place_number)
    }

    fn bind(
        &self,
        campaign: CampaignTag,
        person: PersonId,
        carried: Option<CarriedPlace>,
    ) -> Result<Bound, StoreError> {
        (**self).bind(campaign, person, carried)
    }

    fn kept(&self, campaign: CampaignTag, place_number: u64) -> Result<KeptPlace, StoreError> {
        (**self).kept(campaign, place_number)
    }

    fn moved_since(&self, campaign: CampaignTag, after: u64) -> Result<(Vec<CarriedPlace>, u64), StoreError> {
        (**self).moved_since(campaign, after)
    }

    fn wish_for_word(
        &self,
        campaign: CampaignTag,
        place_number: u64,
        wishes: bool,
    ) -> Result<(), StoreError> {
        (**self).wish_for_word(campaign, place_number, wishes)
    }

    fn word_of(&self, campaign: CampaignTag, place_number: u64) -> Result<Word, StoreError> {
        (**self).word_of(campaign, place_number)
    }

    fn words_due(
        &self,
        campaign: CampaignTag,
        places: Range<u64>,
        max: usize,
    ) -> Result<Vec<KeptPlace>, StoreError> {
        (**self).words_due(campaign, places, max)
    }

    fn word_given(&self, campaign: CampaignTag, place_numbers: &[u64]) -> Result<(), StoreError> {
        (**self).word_given(campaign, place_numbers)
    }

    fn draw(&self, campaign: CampaignTag) -> Result<Option<KeptDraw>, StoreError> {
        (**self).draw(campaign)
    }

    fn step_draw(&self, campaign: CampaignTag, step: DrawStep) -> Result<Option<KeptDraw>, StoreError> {
        (**self).step_draw(campaign, step)
    }

    fn drawn_places(&self, campaign: CampaignTag) -> Result<Vec<u64>, StoreError> {
        (**self).drawn_places(campaign)
    }

    fn calls(&self) -> &dyn Calls {
        (**self).calls()
    }
}
