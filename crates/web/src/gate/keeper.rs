//! The keeper of a gate: one tick after another, each made durable before it is seen.

use super::issuing::Issuing;
use super::{Gate, GateSettings};
use crate::keys::Keys;
use crate::published::{Published, Publisher};
use booking::{Campaign, CampaignId, Opening};
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;
use store::{CampaignFigures, Clock, Command, LineStep, LineStore, Store, StoreError};
use tokio::sync::Notify;
use waiting_room::{
    AdmissionMeter, Bucket, CampaignTag, DosesLeft, GateDocument, Line, NodeId, Phase, PhaseFacts,
    TokenBucket,
};

const TICK: Duration = Duration::from_millis(100);
/// How long tickets share an arrival bucket.
const BUCKET: SignedDuration = SignedDuration::from_secs(1);
/// A ledger that does not answer within it is sick: the line must go on without it.
const LEDGER_PATIENCE: Duration = Duration::from_millis(500);
/// At most one gate document a second, unless the phase changes.
const PUBLISH_EVERY: SignedDuration = SignedDuration::from_secs(1);
/// Numbers of gate documents are reserved in blocks, so that a restart never repeats one.
const GATE_SEQUENCES: u64 = 1_000;
/// Holds given back a tick when nobody books.
const EXPIRED_PER_TICK: usize = 64;
const FIRST_RESERVATION: u32 = 32;

pub struct Keeper {
    gate: Arc<Gate>,
    line_store: Arc<dyn LineStore>,
    ledger: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    publisher: Publisher,
    callers: TokenBucket,
    meter: AdmissionMeter,
    figures: Option<CampaignFigures>,
    node: NodeId,
    bucket_opened_at: Timestamp,
    /// A bucket that has ended and whose count is not durable yet.
    closing: Option<(u32, u32)>,
    sequence: u64,
    sequence_reserved: u64,
    published_at: Timestamp,
    opened_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
    saved: LineStep,
}

/// What the keeper is made of, besides the campaign.
pub struct KeeperParts {
    pub line_store: Arc<dyn LineStore>,
    pub ledger: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub publisher: Publisher,
}

impl Keeper {
    /// Begins a new life of this node and publishes its first document.
    pub fn begin(
        campaign: Campaign,
        settings: GateSettings,
        keys: &Keys,
        parts: KeeperParts,
    ) -> Result<Self, StoreError> {
        let tag = CampaignTag(campaign.id.0);
        let now = parts.clock.now();
        let record = parts.line_store.begin(tag)?;
        let mut line = Line::default();
        for bucket in record.closed {
            line.close(bucket);
        }
        let saved = LineStep {
            close: None,
            reserve: Some((record.next_bucket, FIRST_RESERVATION)),
            serving_number: record.serving_number,
            gate_sequence: record.gate_sequence + GATE_SEQUENCES,
            opened_at: record.opened_at,
            closed_at: record.closed_at,
        };
        parts.line_store.save(tag, &saved)?;
        let rate = settings.admissions_per_second;
        let gate = Gate {
            tag,
            keys: keys.tokens.clone(),
            line: RwLock::new(line),
            issuing: Mutex::new(Issuing::new(record.node, record.next_bucket, FIRST_RESERVATION)),
            reserved: Notify::new(),
            running_low: Notify::new(),
            serving_number: AtomicU64::new(record.serving_number),
            exchanges: Mutex::new(TokenBucket::empty(rate, rate, now)),
            published: RwLock::new(Arc::new(Published::nothing_yet())),
            campaign,
            settings,
        };
        let mut keeper = Self {
            gate: Arc::new(gate),
            line_store: parts.line_store,
            ledger: parts.ledger,
            clock: parts.clock,
            publisher: parts.publisher,
            callers: TokenBucket::empty(rate, rate, now),
            meter: AdmissionMeter::default(),
            figures: None,
            node: record.node,
            bucket_opened_at: now,
            closing: None,
            sequence: record.gate_sequence,
            sequence_reserved: record.gate_sequence + GATE_SEQUENCES,
            published_at: now,
            opened_at: record.opened_at,
            closed_at: record.closed_at,
            saved,
        };
        let phase = keeper.phase(now, false);
        keeper.publish(now, phase);
        Ok(keeper)
    }

    pub fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate)
    }

    /// Ticks until the runtime ends. A step that cannot be made durable is tried again; until then nothing new is
    /// published, and the document in people's hands says by itself that it is old.
    pub async fn run(mut self) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {
                    if let Err(error) = self.tick().await {
                        tracing::error!(error = &error as &dyn std::error::Error, "the line cannot be made durable");
                    }
                }
                () = self.gate.running_low.notified() => {
                    if let Err(error) = self.reserve_more() {
                        tracing::error!(error = &error as &dyn std::error::Error, "no reservation of places in line");
                    }
                }
            }
        }
    }

    /// One step: what the ledger says, the doors, the bucket, the serving number; then the document.
    pub async fn tick(&mut self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let asked = tokio::time::timeout(LEDGER_PATIENCE, self.ask_the_ledger(now));
        let well = asked.await.unwrap_or(false);
        let phase = self.phase(now, well);
        self.change_bucket(now)?;
        self.call(phase, now)?;
        let due = now.duration_since(self.published_at) >= PUBLISH_EVERY || now < self.published_at;
        if due || phase != self.gate.published().phase {
            self.publish(now, phase);
        }
        Ok(())
    }

    /// Figures, expired holds, and the doors when it is time. False when the booking plane is sick.
    async fn ask_the_ledger(&mut self, now: Timestamp) -> bool {
        if !self.ledger.is_well() {
            return false;
        }
        let campaign = self.gate.campaign.id;
        let Ok(figures) = self.ledger.figures(campaign).await else { return false };
        let well = self.move_the_doors(campaign, figures.opening, now).await;
        let _ = self.ledger.execute(Command::Expire { holds_max: EXPIRED_PER_TICK }.into()).await;
        self.figures = Some(figures);
        well
    }

    /// The ledger decides by its own clock; here is only asked.
    async fn move_the_doors(&mut self, campaign: CampaignId, opening: Opening, now: Timestamp) -> bool {
        let command = match opening {
            Opening::NotYet if now >= self.gate.campaign.opens_at => Command::Open { campaign },
            Opening::Open { .. } if now >= self.gate.campaign.closes_at => Command::Close { campaign },
            Opening::NotYet => return true,
            Opening::Open { at } => {
                self.opened_at = Some(at);
                return true;
            }
            Opening::Closed { at } => {
                self.closed_at = Some(at);
                return true;
            }
        };
        let name = command.name();
        match self.ledger.execute(command.into()).await {
            Ok(Ok(_)) => tracing::info!(campaign = campaign.0, event = name, "the doors moved"),
            Ok(Err(refusal)) => {
                tracing::warn!(campaign = campaign.0, event = name, code = refusal.code(), "the doors stay");
            }
            Err(_) => return false,
        }
        true
    }

    fn phase(&self, now: Timestamp, booking_is_well: bool) -> Phase {
        Phase::of(&PhaseFacts {
            now,
            lobby_opens_at: self.gate.lobby_opens_at(),
            opens_at: self.gate.campaign.opens_at,
            opened: self.opened_at.is_some(),
            closed: self.closed_at.is_some(),
            paused: false,
            booking_is_well,
            doses_left: self.doses_left().total,
        })
    }

    fn doses_left(&self) -> DosesLeft {
        let regions = match &self.figures {
            Some(figures) => figures.doses_left.iter().map(|(sido, doses)| (sido.0, *doses)).collect(),
            None => self.gate.campaign.supply.iter().map(|(sido, doses)| (sido.0, *doses)).collect(),
        };
        let mut left = DosesLeft { total: 0, regions };
        left.total = left.regions.values().map(|doses| u64::from(*doses)).sum();
        left
    }

    /// Ends a second in which somebody came: the next bucket is reserved first, then the old one is closed for good.
    fn change_bucket(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.close_ended_bucket()?;
        let age = now.duration_since(self.bucket_opened_at);
        let (number, first_reservation) = {
            let issuing = self.gate.issuing.lock().expect("nothing panics while giving a ticket");
            if issuing.count() == 0 || (SignedDuration::ZERO..BUCKET).contains(&age) {
                return Ok(());
            }
            (issuing.bucket, issuing.first_of_next_bucket())
        };
        self.save(LineStep { reserve: Some((number + 1, first_reservation)), ..self.saved.clone() })?;
        let count = {
            let mut issuing = self.gate.issuing.lock().expect("nothing panics while giving a ticket");
            let count = issuing.count();
            *issuing = Issuing::new(self.node, number + 1, first_reservation);
            count
        };
        self.bucket_opened_at = now;
        self.gate.reserved.notify_waiters();
        self.closing = Some((number, count));
        self.close_ended_bucket()
    }

    /// Tried at every tick until it is durable: the count must not be lost while this node lives.
    fn close_ended_bucket(&mut self) -> Result<(), StoreError> {
        let Some((number, count)) = self.closing else { return Ok(()) };
        self.save(LineStep { close: Some((number, count)), ..self.saved.clone() })?;
        let bucket = Bucket { number, counts: vec![(self.node, count)] };
        self.gate.line.write().expect("nothing panics while closing a bucket").close(bucket);
        self.closing = None;
        Ok(())
    }

    fn reserve_more(&mut self) -> Result<(), StoreError> {
        let (bucket, wanted) = {
            let issuing = self.gate.issuing.lock().expect("nothing panics while giving a ticket");
            if !issuing.runs_low() {
                return Ok(());
            }
            (issuing.bucket, issuing.wanted())
        };
        self.save(LineStep { reserve: Some((bucket, wanted)), ..self.saved.clone() })?;
        self.gate.issuing.lock().expect("nothing panics while giving a ticket").grow(wanted);
        self.gate.reserved.notify_waiters();
        Ok(())
    }

    /// Moves the serving number at the rate, never past the settled.
    fn call(&mut self, phase: Phase, now: Timestamp) -> Result<(), StoreError> {
        let serving = self.gate.serving_number();
        let waiting =
            self.gate.line.read().expect("nothing panics while closing a bucket").settled() - serving;
        let called = if phase.calls() { self.callers.take(waiting, now) } else { 0 };
        let serving_number = serving + called;
        let step = LineStep {
            serving_number,
            opened_at: self.opened_at,
            closed_at: self.closed_at,
            ..self.saved.clone()
        };
        if step != self.saved {
            self.save(step)?;
        }
        self.gate.serving_number.store(serving_number, Ordering::Release);
        self.meter.record(serving_number, now);
        Ok(())
    }

    fn save(&mut self, mut step: LineStep) -> Result<(), StoreError> {
        self.line_store.save(self.gate.tag, &step)?;
        step.close = None;
        step.reserve = None;
        self.saved = step;
        Ok(())
    }

    fn publish(&mut self, now: Timestamp, phase: Phase) {
        if self.sequence + 1 >= self.sequence_reserved {
            let gate_sequence = self.sequence_reserved + GATE_SEQUENCES;
            if self.save(LineStep { gate_sequence, ..self.saved.clone() }).is_err() {
                return;
            }
            self.sequence_reserved = gate_sequence;
        }
        self.sequence += 1;
        self.published_at = now;
        let issued = {
            let issuing = self.gate.issuing.lock().expect("nothing panics while giving a ticket");
            self.gate.line.read().expect("nothing panics while closing a bucket").settled()
                + u64::from(issuing.count())
        };
        let document = GateDocument {
            campaign: self.gate.campaign.slug.clone(),
            sequence: self.sequence,
            as_of: now,
            opens_at: self.gate.campaign.opens_at,
            closes_at: self.gate.campaign.closes_at,
            phase,
            serving_number: self.gate.serving_number(),
            tickets_issued: issued,
            admissions_per_minute: self.meter.per_minute(),
            doses_left: self.doses_left(),
            message: (String::new(), String::new()),
            poll: self.gate.settings.poll.clone(),
            pass_epoch: self.gate.settings.pass_epoch,
        };
        let published = self.publisher.publish(&self.gate.campaign, document, self.gate.lobby_opens_at());
        self.gate.publish(published);
    }
}
