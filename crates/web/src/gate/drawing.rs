//! The draw of the lobby: who takes part, when the list is frozen, what is awaited, and the numbers that come out.
//!
//! Its memory is with the places ([`store::Places`]), because whose place is somebody's takes part, and nothing more is
//! written for it. Every process of the gate follows it and computes the same; the one that leads the line makes the
//! steps. The work on a long list is done beside the ticks: meanwhile the line keeps its seconds.

use super::Gate;
use crate::draw::{RootFile, Rules, ValueFile, text};
use crate::published::hex;
use booking::PersonId;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;
use store::{Clock, DrawStep, KeptDraw, KeptPlace, Places, Randomness, StoreError};
use tokio::task::JoinHandle;
use waiting_room::CampaignTag;
use waiting_room::draw::{DrawnOrder, Inclusion, Leaf, Participants, PublicSource, Schedule, Seed, receipt};

/// A tick waits so long for the work of the draw, and goes on without it.
const PATIENCE: Duration = Duration::from_millis(50);
/// And a start.
const START_PATIENCE: Duration = Duration::from_secs(1);

/// As an operator decides it beforehand.
#[derive(Debug, Clone)]
pub struct DrawRules {
    pub source: PublicSource,
    pub schedule: Schedule,
}

/// What this process knows of the draw.
pub struct Drawing {
    campaign: CampaignTag,
    slug: String,
    rules: Rules,
    places: Arc<dyn Places>,
    known: RwLock<Known>,
    /// Whoever makes the steps just now.
    working: Mutex<()>,
}

/// As far as it has come. Everything in it follows from what is kept.
#[derive(Clone, Default)]
pub struct Known {
    pub kept: Option<KeptDraw>,
    pub participants: Option<Arc<Participants>>,
    pub root: Option<RootFile>,
    pub value: Option<ValueFile>,
    order: Option<Arc<DrawnOrder>>,
}

/// What a draw is for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Nobody has proved who they are on it.
    NotYet,
    Takes,
    /// The list is being made.
    BeingFrozen,
    /// Its turn comes after those who were drawn.
    Behind,
}

/// Somebody on the frozen list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub leaf: Leaf,
    pub inclusion: Inclusion,
    /// From 0; none while the draw waits.
    pub queue_number: Option<u64>,
}

/// What the line knows when a step is due.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DrawFacts {
    /// Only the leader makes steps.
    pub(super) leads: bool,
    /// As the ledger committed it.
    pub(super) opened: bool,
    /// Places that have a number.
    pub(super) settled: u64,
}

impl Drawing {
    /// Announces the rules, or finds those that were announced before: they stand, whatever is configured since.
    ///
    /// # Errors
    /// [`StoreError`] of the back end, or rules that cannot be read.
    pub(super) fn begin(
        (campaign, slug): (CampaignTag, &str),
        rules: &DrawRules,
        places: Arc<dyn Places>,
        random: &dyn Randomness,
    ) -> Result<Self, StoreError> {
        let configured = text(&Rules::of(slug, &rules.schedule, &rules.source));
        let step = DrawStep::Announce { rules: configured.clone(), secret: random.bytes() };
        let kept = places.step_draw(campaign, step)?;
        let announced = kept.as_ref().map_or(&configured, |kept| &kept.rules);
        if *announced != configured {
            tracing::warn!(campaign = campaign.0, "the draw was announced with other rules, which stand");
        }
        let rules = serde_json::from_str(announced)
            .map_err(|_| StoreError::Corrupt { at: "the announced rules of the draw".to_owned() })?;
        let known = RwLock::new(Known { kept, ..Known::default() });
        Ok(Self { campaign, slug: slug.to_owned(), rules, places, known, working: Mutex::new(()) })
    }

    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    pub fn known(&self) -> Known {
        self.known.read().expect("nothing panics while noting a draw").clone()
    }

    pub(super) fn is_drawn(&self) -> bool {
        self.order().is_some()
    }

    fn order(&self) -> Option<Arc<DrawnOrder>> {
        self.known.read().expect("nothing panics while noting a draw").order.clone()
    }

    fn note(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known.write().expect("nothing panics while noting a draw"));
    }

    /// None until it is drawn.
    pub(super) fn queue_number(&self, place_number: u64) -> Option<u64> {
        self.order().map(|order| order.queue_number(place_number))
    }

    /// By which a place is found on the list, also before there is one; whether it will be there is another question.
    pub fn receipt(&self, place_number: u64) -> Option<String> {
        let known = self.known();
        match (&known.participants, &known.kept) {
            (Some(participants), _) => participants.receipt(place_number).map(|receipt| hex(&receipt.0)),
            (None, Some(kept)) => Some(hex(&receipt(&kept.secret, place_number).0)),
            (None, None) => None,
        }
    }

    /// Whether a place takes part, as far as it is certain: what was not frozen when it was looked at, after the place
    /// had become somebody's, will be frozen with it.
    fn part(
        &self,
        place_number: u64,
        is_of_person: impl FnOnce(&KeptPlace) -> bool,
    ) -> Result<Part, StoreError> {
        let of_person = is_of_person(&self.places.kept(self.campaign, place_number)?);
        let known = self.known();
        if let Some(participants) = known.participants {
            let listed = participants.receipt(place_number).is_some();
            return Ok(if listed { Part::Takes } else { Part::Behind });
        }
        let is_frozen = self.places.draw(self.campaign)?.is_some_and(|kept| kept.frozen.is_some());
        Ok(match (is_frozen, of_person) {
            (true, _) => Part::BeingFrozen,
            (false, true) => Part::Takes,
            (false, false) => Part::NotYet,
        })
    }

    /// None for a place that does not take part, and before the list is frozen.
    pub fn listed(&self, place_number: u64) -> Option<Listed> {
        let participants = self.known().participants?;
        let leaf = participants.leaf(participants.receipt(place_number)?);
        let inclusion = participants.lobby().inclusion(leaf)?;
        Some(Listed { leaf, inclusion, queue_number: self.queue_number(place_number) })
    }

    /// Whether anything may be due.
    fn is_waiting(&self, facts: &DrawFacts) -> bool {
        facts.opened && !self.is_drawn()
    }

    /// One step after the other, as far as it goes now, unless somebody is at it. It may take seconds, so each step has its
    /// own time: a root is as old as it has been public.
    pub(super) fn advance(
        &self,
        facts: &DrawFacts,
        clock: &dyn Clock,
        random: &dyn Randomness,
    ) -> Result<(), StoreError> {
        let Ok(_alone) = self.working.try_lock() else { return Ok(()) };
        let mut kept = self.places.draw(self.campaign)?;
        let step = |step| self.places.step_draw(self.campaign, step);
        if facts.leads && facts.opened && kept.as_ref().is_some_and(|kept| kept.frozen.is_none()) {
            kept = step(DrawStep::Freeze { below: facts.settled, at: clock.now() })?;
        }
        let Some(mut kept) = kept.filter(|kept| kept.frozen.is_some()) else { return Ok(()) };
        let participants = self.participants(&kept)?;
        let root = participants.lobby().root().0;
        if kept.root.is_none() && facts.leads {
            kept = step(DrawStep::Root { root, at: clock.now() })?.unwrap_or(kept);
        }
        if let Some((published, root_at)) = kept.root {
            if published != root {
                return Err(StoreError::Corrupt { at: "the frozen list of the draw".to_owned() });
            }
            let file = self.rules.root(participants.lobby(), root_at);
            let now = clock.now();
            let is_due = facts.leads && self.rules.source.is_demo && now >= file.issued_at;
            if kept.value.is_none() && is_due {
                let value = hex(&random.bytes::<32>());
                kept = step(DrawStep::Value { value, at: now })?.unwrap_or(kept);
            }
            self.note(|known| known.root = Some(file));
        }
        self.finish(&kept, &participants);
        self.note(|known| known.kept = Some(kept));
        Ok(())
    }

    fn participants(&self, kept: &KeptDraw) -> Result<Arc<Participants>, StoreError> {
        if let Some(participants) = self.known().participants {
            return Ok(participants);
        }
        let places = self.places.drawn_places(self.campaign)?;
        let participants = Arc::new(Participants::freeze(self.slug.clone(), kept.secret, &places));
        self.note(|known| known.participants = Some(Arc::clone(&participants)));
        Ok(participants)
    }

    fn finish(&self, kept: &KeptDraw, participants: &Arc<Participants>) {
        let root = self.known().root;
        let (Some((value, taken_at)), Some(root)) = (&kept.value, root) else { return };
        let lobby = participants.lobby();
        let seed = Seed::of(&self.slug, lobby.root(), lobby.count(), value);
        let places = waiting_room::draw::Places::new(seed, lobby.count());
        let order = Arc::new(DrawnOrder::new(Arc::clone(participants), places));
        let value =
            ValueFile { round: root.round, value: value.clone(), taken_at: *taken_at, seed: hex(&seed.0) };
        self.note(|known| {
            known.value = Some(value);
            known.order = Some(order);
        });
    }
}

impl Known {
    /// None until it is drawn.
    pub fn places(&self) -> Option<waiting_room::draw::Places> {
        self.order.as_ref().map(|order| *order.places())
    }
}

/// The keeper's hand in it.
pub(super) struct Drawer {
    drawing: Arc<Drawing>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
    work: Option<JoinHandle<Result<(), StoreError>>>,
}

impl Drawer {
    pub(super) fn new(drawing: Arc<Drawing>, clock: Arc<dyn Clock>, random: Arc<dyn Randomness>) -> Self {
        Self { drawing, clock, random, work: None }
    }

    /// In a process that begins: what was drawn before is known before anybody asks, unless the list is so long that
    /// people would wait for the first page.
    pub(super) fn catch_up(&self) -> Result<(), StoreError> {
        let (drawing, clock, random) =
            (Arc::clone(&self.drawing), Arc::clone(&self.clock), Arc::clone(&self.random));
        let (done, told) = sync_channel(1);
        let work = move || {
            // Whoever asked may have gone on.
            let _ = done.send(drawing.advance(&DrawFacts::default(), &*clock, &*random));
        };
        let begun = std::thread::Builder::new().name("draw".to_owned()).spawn(work);
        begun.map_err(|error| StoreError::unavailable_because("no thread for the draw", error))?;
        told.recv_timeout(START_PATIENCE).unwrap_or(Ok(()))
    }

    /// Goes on with the draw, and waits for it a little.
    pub(super) async fn step(&mut self, facts: DrawFacts) -> Result<(), StoreError> {
        if self.work.is_none() && self.drawing.is_waiting(&facts) {
            let (drawing, clock) = (Arc::clone(&self.drawing), Arc::clone(&self.clock));
            let random = Arc::clone(&self.random);
            let work = move || drawing.advance(&facts, &*clock, &*random);
            self.work = Some(tokio::task::spawn_blocking(work));
        }
        let Some(work) = &mut self.work else { return Ok(()) };
        let Ok(done) = tokio::time::timeout(PATIENCE, work).await else { return Ok(()) };
        self.work = None;
        done.map_err(|error| StoreError::unavailable_because("the work of the draw ended", error))?
    }
}

impl Gate {
    /// None where the first to come is the first to be served.
    pub fn drawing(&self) -> Option<&Arc<Drawing>> {
        self.drawing.as_ref()
    }

    /// By which people are called. None while it is to be drawn.
    pub fn queue_number(&self, place_number: u64) -> Option<u64> {
        match &self.drawing {
            None => Some(place_number),
            Some(drawing) => drawing.queue_number(place_number),
        }
    }

    /// What the draw is for a place, which is asked about by whoever proved to be that person. None where nothing is
    /// drawn.
    pub async fn part_of(
        &self,
        place_number: u64,
        person: Option<PersonId>,
    ) -> Result<Option<Part>, StoreError> {
        let Some(drawing) = self.drawing.clone() else { return Ok(None) };
        let is_of_person = move |kept: &KeptPlace| kept.person.is_some() && kept.person == person;
        let looked = tokio::task::spawn_blocking(move || drawing.part(place_number, is_of_person));
        let looked =
            looked.await.map_err(|e| StoreError::unavailable_because("the draw did not answer", e))?;
        looked.map(Some)
    }

    pub(super) fn is_ordered(&self) -> bool {
        self.drawing.as_ref().is_none_or(|drawing| drawing.is_drawn())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{SignedDuration, Timestamp};
    use std::sync::atomic::{AtomicI64, Ordering};
    use store::{CarriedPlace, MemoryPlaces};

    /// Whatever is done takes a minute.
    struct SlowWork(AtomicI64);

    impl Clock for SlowWork {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0.fetch_add(60, Ordering::SeqCst)).unwrap()
        }
    }

    struct Sevens;

    impl Randomness for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_root_is_as_old_as_it_is_public_and_not_as_the_list_under_it() {
        let places = Arc::new(MemoryPlaces::default());
        let opens_at = Timestamp::from_second(10_000).unwrap();
        let source = PublicSource {
            name: "beacon".to_owned(),
            address: String::new(),
            first_at: Timestamp::UNIX_EPOCH,
            every_s: 30,
            is_demo: true,
        };
        let rules = DrawRules { source, schedule: Schedule::usual(opens_at) };
        let campaign = CampaignTag(1);
        let drawing = Drawing::begin((campaign, "c55"), &rules, places.clone(), &Sevens).unwrap();
        let carried = CarriedPlace { place_number: 3, generation: 0 };
        places.bind(campaign, PersonId(1), Some(carried)).unwrap();
        let facts = DrawFacts { leads: true, opened: true, settled: 9 };
        drawing.advance(&facts, &SlowWork(AtomicI64::new(10_000)), &Sevens).unwrap();
        let (_, frozen_at) = drawing.known().kept.unwrap().frozen.unwrap();
        let root = drawing.known().root.unwrap();
        assert!(root.frozen_at > frozen_at, "{root:?} of a list frozen at {frozen_at}");
        assert!(root.issued_at >= root.frozen_at + SignedDuration::from_secs(30));
    }
}
