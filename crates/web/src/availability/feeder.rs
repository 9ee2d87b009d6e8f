//! Keeps the board true: asks the ledger once a second what changed, and re-makes the files whose words changed.

use super::board::Board;
use super::files::Maker;
use crate::pages::Assets;
use booking::{Campaign, CampaignId, Country};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::{Clock, Store, StoreError};

const TICK: Duration = Duration::from_secs(1);
/// Over it a ledger that does not answer is silent.
const LEDGER_PATIENCE: Duration = Duration::from_millis(500);
/// After so long without a word from the ledger nobody is told what was true before.
pub const SILENT_AFTER: SignedDuration = SignedDuration::from_secs(10);
/// Files are re-made when a word changes, and at the latest after this, so that their time stays near.
const FRESH_FOR: SignedDuration = SignedDuration::from_secs(10);
/// How many are re-made in a second only because of their time.
const REFRESHED_PER_TICK: usize = 32;
/// The ledger is locked for this many at a time.
const DAYS_PER_READ: usize = 1_000;
/// The whole country of 13,000 clinics and 13 days fits into so many reads.
const READS_PER_TICK: usize = 200;

pub struct Feeder {
    board: Arc<Board>,
    campaign: CampaignId,
    ledger: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    maker: Maker,
    made_at: Vec<Timestamp>,
    forms_made_at: Timestamp,
    /// Whether the files say what is free.
    told: bool,
}

/// What the feeder is made of.
pub struct FeederParts {
    pub country: Arc<Country>,
    pub ledger: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub assets: Assets,
    pub demo: bool,
}

impl Feeder {
    /// Publishes files that say that nothing is known yet.
    pub fn begin(campaign: &Campaign, parts: FeederParts) -> Self {
        let now = parts.clock.now();
        let maker = Maker { assets: parts.assets, demo: parts.demo };
        let board = Board::new(parts.country, campaign, &maker, now);
        let made_at = vec![now; board.index().districts().len()];
        Self {
            board: Arc::new(board),
            campaign: campaign.id,
            ledger: parts.ledger,
            clock: parts.clock,
            maker,
            made_at,
            forms_made_at: now,
            told: false,
        }
    }

    pub fn board(&self) -> Arc<Board> {
        Arc::clone(&self.board)
    }

    /// Ticks until the runtime ends.
    pub async fn run(mut self) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.tick().await;
        }
    }

    pub async fn tick(&mut self) {
        let now = self.clock.now();
        if self.ledger.is_well() {
            let heard = tokio::time::timeout(LEDGER_PATIENCE, self.listen(now)).await;
            if let Ok(Err(error)) = heard {
                tracing::debug!(error = &error as &dyn std::error::Error, "availability was not heard");
            }
        }
        if now.duration_since(self.forms_made_at) >= FRESH_FOR {
            self.board.publish_search_forms(&self.maker, now);
            self.forms_made_at = now;
        }
        for district in self.due(now) {
            let made = {
                let index = self.board.index();
                self.maker.make(&index, &index.districts()[district], now)
            };
            self.board.publish(district, made);
            self.made_at[district] = now;
        }
    }

    /// What was heard stays heard when the rest does not come in time.
    async fn listen(&self, now: Timestamp) -> Result<(), StoreError> {
        for _ in 0..READS_PER_TICK {
            let since = self.board.index().version();
            let changed = self.ledger.days_changed(since, DAYS_PER_READ).await?;
            self.board.change(|index| index.apply(&changed));
            if changed.days.len() < DAYS_PER_READ {
                let figures = self.ledger.figures(self.campaign).await?;
                self.board.change(|index| index.heard(&figures.doses_left, now));
                return Ok(());
            }
        }
        Ok(())
    }

    /// All of them when it turns known or unknown; else what changed, and the oldest of what is getting old.
    fn due(&mut self, now: Timestamp) -> BTreeSet<usize> {
        let known = self.board.index().known_as_of(now).is_some();
        let mut due = BTreeSet::new();
        self.board.change(|index| due = index.take_changed());
        if known != self.told {
            self.told = known;
            return (0..self.made_at.len()).collect();
        }
        if known {
            let mut old: Vec<usize> = (0..self.made_at.len())
                .filter(|district| now.duration_since(self.made_at[*district]) >= FRESH_FOR)
                .collect();
            old.sort_by_key(|district| self.made_at[*district]);
            due.extend(old.into_iter().take(REFRESHED_PER_TICK));
        }
        due
    }
}
