//! The keeper of a gate: one tick after another, each made durable before it is seen.

use super::drawing::{DrawFacts, Drawer, Drawing};
use super::issuing::Issuing;
use super::leading::Leading;
use super::load::Requests;
use super::node::Node;
use super::places::TakenOver;
use super::reading;
use super::scored::{Scored, Standing};
use super::standing::{Board, Works};
use super::steady::Steady;
use super::teller::Teller;
use super::{Gate, GateSettings};
use crate::keys::Keys;
use crate::published::{Published, Publisher};
use booking::Campaign;
use jiff::Timestamp;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;
use store::{
    Clock, LeadStep, LineState, LineStore, NodeStep, Places, Randomness, Stepped, Store, StoreError,
};
use tokio::sync::Notify;
use waiting_room::{CampaignTag, Door, GateDocument, Line};

const TICK: Duration = Duration::from_millis(100);
/// Whoever was called and lets their turn at the door go by is the next so often; then those who stayed go first.
const MISSED_MAX: u8 = 3;

pub struct Keeper {
    gate: Arc<Gate>,
    line_store: Arc<dyn LineStore>,
    clock: Arc<dyn Clock>,
    publisher: Publisher,
    teller: Option<Teller>,
    node: Node,
    leading: Leading,
    drawer: Option<Drawer>,
    /// What the draw goes by at the next tick.
    draw_facts: DrawFacts,
    /// The last order that was taken up.
    ordered: u64,
}

/// What the keeper is made of, besides the campaign.
pub struct KeeperParts {
    pub line_store: Arc<dyn LineStore>,
    pub places: Arc<dyn Places>,
    /// None where another process has the ledger: that one tells.
    pub ledger: Option<Arc<dyn Store>>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Randomness>,
    pub publisher: Publisher,
}

impl Keeper {
    /// Joins the line as a new node, and publishes a first document: the leader's, or as the leader.
    pub fn begin(
        campaign: Campaign,
        settings: GateSettings,
        keys: &Keys,
        parts: KeeperParts,
    ) -> Result<Self, StoreError> {
        let KeeperParts { line_store, places, ledger, clock, random, publisher } = parts;
        let tag = CampaignTag(campaign.id.0);
        let now = clock.now();
        let id = line_store.join(tag)?;
        let found = line_store.look(tag, u32::MAX)?;
        let begin =
            |rules| Drawing::begin((tag, &campaign.slug), rules, Arc::clone(&places), &*random).map(Arc::new);
        let drawing = settings.draw.as_ref().map(begin).transpose()?;
        let drawer =
            drawing.clone().map(|drawing| Drawer::new(drawing, Arc::clone(&clock), Arc::clone(&random)));
        if let Some(drawer) = &drawer {
            drawer.catch_up()?;
        }
        let gate = Arc::new(Gate {
            tag,
            clock: Arc::clone(&clock),
            keys: keys.tokens.clone(),
            line: RwLock::new(Line::default()),
            issuing: Mutex::new(Issuing::new(id, found.open_bucket, 0)),
            reserved: Notify::new(),
            running_low: Notify::new(),
            serving_number: AtomicU64::new(found.led.serving_number),
            booking_is_well: AtomicBool::new(false),
            has_company: AtomicBool::new(false),
            looked: Notify::new(),
            steady: Steady::new(Arc::clone(&clock)),
            door: Mutex::new(Door::new(0, MISSED_MAX, now)),
            part_from_ms: AtomicI64::new(now.as_millisecond()),
            requests: Requests::default(),
            taken_over: TakenOver::new(places),
            drawing,
            published: RwLock::new(Arc::new(Published::nothing_yet())),
            published_at: AtomicU64::new(0),
            board: Board::new(now, clock.elapsed()),
            scored: Scored::default(),
            pass_epoch: AtomicU32::new(settings.pass_epoch),
            campaign,
            settings,
        });
        let steady = gate.steady.now();
        let number = found.news.as_ref().map_or(0, |news| news.number);
        let mut keeper = Self {
            node: Node::new(Arc::clone(&line_store), Arc::clone(&gate), now),
            leading: Leading::new(&gate, steady, found.news),
            teller: ledger.map(|ledger| Teller::new(ledger, Arc::clone(&gate), number)),
            gate,
            line_store,
            clock,
            publisher,
            drawer,
            draw_facts: DrawFacts::default(),
            ordered: 0,
        };
        keeper.keep(now)?;
        if keeper.gate.published().facts.is_none() {
            keeper.publish_something(now);
        }
        Ok(keeper)
    }

    pub fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate)
    }

    /// Ticks until `stop`, then leaves the line. A step that cannot be made durable is tried again; until then nothing
    /// new is published, and the document in people's hands says by itself that it is old.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut stop = pin!(stop);
        loop {
            let done = tokio::select! {
                _ = ticks.tick() => self.tick().await,
                () = self.gate.running_low.notified() => self.node.reserve_more(),
                () = &mut stop => break,
            };
            if let Err(error) = done {
                tracing::error!(error = &error as &dyn std::error::Error, "the line cannot be made durable");
            }
        }
        if let Err(error) = self.node.leave() {
            tracing::warn!(error = &error as &dyn std::error::Error, "left the line without a word");
        }
    }

    /// One step, and what it says of how the service stands.
    pub async fn tick(&mut self) -> Result<(), StoreError> {
        let done = self.step().await;
        let works = (Works::from(done.is_ok()), Works::from(self.gate.booking_is_well()));
        let phase = self.gate.published().phase;
        self.gate.board.note(works, phase, self.clock.now(), self.clock.elapsed());
        done
    }

    /// What the ledger says, the bucket, the serving number; then the document.
    async fn step(&mut self) -> Result<(), StoreError> {
        let now = self.clock.now();
        if let Some(teller) = &mut self.teller
            && let Some(news) = teller.ask(now).await
        {
            self.line_store.tell(self.gate.tag, news)?;
        }
        if let Some(drawer) = &mut self.drawer {
            drawer.step(self.draw_facts).await?;
        }
        self.keep(now)
    }

    fn keep(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.gate.taken_over.follow(self.gate.tag)?;
        let steady = self.gate.steady.now();
        self.take_orders()?;
        let mut state = self.node.look(steady)?;
        self.node.lead_if_nobody_does(&mut state)?;
        let has_changed = self.node.keep_bucket(steady, &state)?;
        self.node.reserve_if_nothing_is()?;
        if has_changed {
            state = self.node.look(steady)?;
        }
        self.gate.has_company.store(state.nodes.len() > 1, Ordering::Relaxed);
        self.leading.hear(state.news.as_ref());
        self.gate.booking_is_well.store(self.leading.booking_is_well(), Ordering::Relaxed);
        let led = if self.node.leads(&state) { self.lead(&state, now)? } else { state };
        self.keep_the_door(&led);
        self.gate.serving_number.store(led.led.serving_number, Ordering::Release);
        self.gate.looked.notify_waiters();
        self.leading.measure(&self.gate, &led, now);
        self.draw_facts = DrawFacts {
            leads: self.node.leads(&led),
            opened: led.led.opened_at.is_some(),
            settled: self.gate.line.read().expect("nothing panics while closing a bucket").settled(),
        };
        self.score(&led);
        if self.node.is_due() {
            self.node.step(NodeStep::default())?;
        }
        self.follow(&led);
        Ok(())
    }

    /// What operators ordered since the last look, whether the ledger lives or not.
    fn take_orders(&mut self) -> Result<(), StoreError> {
        let given = self.line_store.orders(self.gate.tag, self.ordered)?;
        for (number, given) in &given {
            tracing::info!(number, order = given.order.text(), "an order is taken up");
            self.leading.orders.follow(&given.order, given.given_at);
            self.ordered = *number;
        }
        if !given.is_empty() {
            self.leading.follow_orders(&self.gate);
        }
        Ok(())
    }

    /// Returns how it stands afterwards.
    fn lead(&mut self, state: &LineState, now: Timestamp) -> Result<LineState, StoreError> {
        let mut next = state.clone();
        self.leading.see_the_doors(&mut next);
        let phase = self.leading.phase(&self.gate, &next, now);
        let doors = (self.node.id, self.node.stirring(state));
        self.leading.steer(&self.gate, &doors, &mut next, (phase, self.gate.steady.now()));
        let issued = self.node.issued(state);
        if let Some(document) = self.leading.document(&self.gate, &next, (phase, now), issued) {
            next.led.gate_sequence = document.sequence;
            next.led.document = self.publisher.sign(&document).into_bytes();
        }
        let fence = self.node.silent(state);
        if next.led == state.led && fence.is_empty() {
            return Ok(next);
        }
        for (silent, _) in &fence {
            tracing::warn!(
                node = silent.node,
                life = silent.incarnation,
                "a node is silent: its places are closed"
            );
        }
        let (term, open_bucket, led) = (next.term, next.open_bucket, next.led.clone());
        let lead = Some(LeadStep { term, open_bucket, led, fence });
        let done = self.node.step(NodeStep { lead, ..NodeStep::default() })?;
        Ok(if done == Stepped::Done { next } else { state.clone() })
    }

    /// Its part of the rate, as the leader divided it.
    fn keep_the_door(&self, led: &LineState) {
        let milli = u32::try_from(led.led.steered.milli_of(self.node.id)).unwrap_or(u32::MAX);
        let mut door = self.gate.door.lock().expect("nothing panics at the door");
        let now = self.gate.steady.now();
        door.set_rate(milli, now);
        self.gate.part_from_ms.store(now.as_millisecond(), Ordering::Relaxed);
    }

    /// By the pace that is published, which is what every page goes by.
    fn score(&self, led: &LineState) {
        let published = self.gate.published();
        let document = published.facts.as_ref().map(|facts| &facts.document);
        self.gate.scored.note(&Standing {
            at: self.gate.steady.now(),
            settled: self.draw_facts.settled,
            serving_number: led.led.serving_number,
            per_minute: document.and_then(|document| document.admissions_per_minute),
        });
    }

    /// Publishes what the leader wrote, if it is new here.
    fn follow(&self, state: &LineState) {
        let published = self.gate.published();
        let known = published.facts.as_ref().map(|facts| facts.document.sequence);
        if state.led.document.is_empty() || known == Some(state.led.gate_sequence) {
            return;
        }
        let Some(document) = reading::read(&state.led.document) else {
            tracing::error!(sequence = state.led.gate_sequence, "a gate document cannot be read");
            return;
        };
        self.publish(document, state.led.document.clone());
    }

    /// Where another node leads and has not written a document yet: not for longer than a tick.
    fn publish_something(&self, now: Timestamp) {
        let state = LineState::default();
        let phase = self.leading.phase(&self.gate, &state, now);
        let document = self.leading.document(&self.gate, &state, (phase, now), 0);
        let document = document.expect("nothing was published yet");
        let document = GateDocument { sequence: 0, ..document };
        let file = self.publisher.sign(&document).into_bytes();
        self.publish(document, file);
    }

    fn publish(&self, document: GateDocument, file: Vec<u8>) {
        let lobby_opens_at = self.gate.lobby_opens_at();
        self.gate.publish(self.publisher.publish(&self.gate.campaign, document, file, lobby_opens_at));
    }
}
