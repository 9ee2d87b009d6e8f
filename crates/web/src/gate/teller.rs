//! What the ledger says, told to the line: in the process that has the ledger.

use super::Gate;
use super::load::LoadMeter;
use booking::Opening;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use store::{Command, LedgerNews, Load, Store};

/// A ledger that does not answer within it is sick: the line must go on without it.
const PATIENCE: Duration = Duration::from_millis(500);
/// Holds given back a tick when nobody books.
const EXPIRED_PER_TICK: usize = 64;

pub(super) struct Teller {
    ledger: Arc<dyn Store>,
    gate: Arc<Gate>,
    load: LoadMeter,
    /// What it said last; None until it has said something.
    news: Option<LedgerNews>,
    /// Of the last news, also of an earlier process.
    number: u64,
}

impl Teller {
    pub(super) fn new(ledger: Arc<dyn Store>, gate: Arc<Gate>, number: u64) -> Self {
        Self { ledger, gate, load: LoadMeter::default(), news: None, number }
    }

    /// None before the ledger is open: until then another process may still have it, and tell.
    pub(super) async fn ask(&mut self, now: Timestamp) -> Option<&LedgerNews> {
        let asked = tokio::time::timeout(PATIENCE, self.ask_the_ledger(now)).await;
        let asked = asked.ok().flatten();
        let elapsed = self.gate.clock.elapsed();
        let load = self.load.look(self.ledger.writing(), &self.gate.requests, elapsed);
        self.number += 1;
        self.news = Some(if let Some(said) = asked {
            LedgerNews { number: self.number, load, ..said }
        } else {
            let before = self.news.take()?;
            LedgerNews { number: self.number, as_of: now, is_well: false, load, ..before }
        });
        self.news.as_ref()
    }

    /// Figures, expired holds, and the doors when it is time. None when the booking plane is sick.
    async fn ask_the_ledger(&self, now: Timestamp) -> Option<LedgerNews> {
        if !self.ledger.is_well() {
            return None;
        }
        let figures = self.ledger.figures(self.gate.campaign.id).await.ok()?;
        let is_well = self.move_the_doors(figures.opening, now).await;
        let _ = self.ledger.execute(Command::Expire { holds_max: EXPIRED_PER_TICK }.into()).await;
        let doses_left = figures.doses_left.into_iter().map(|(sido, doses)| (sido.0, doses)).collect();
        let (opening, doses_left) = (figures.opening, Some(doses_left));
        Some(LedgerNews { number: 0, as_of: now, is_well, opening, doses_left, load: Load::default() })
    }

    /// The ledger decides by its own clock; here is only asked. False when it does not answer.
    async fn move_the_doors(&self, opening: Opening, now: Timestamp) -> bool {
        let campaign = self.gate.campaign.id;
        let command = match opening {
            Opening::NotYet if now >= self.gate.campaign.opens_at => Command::Open { campaign },
            Opening::Open { .. } if now >= self.gate.campaign.closes_at => Command::Close { campaign },
            Opening::NotYet | Opening::Open { .. } | Opening::Closed { .. } => return true,
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
}
