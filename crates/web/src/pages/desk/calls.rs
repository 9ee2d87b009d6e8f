//! Whom to call back: the list as figures, and one person's place on it.

use super::Frame;
use crate::pages::parts::{LineOrder, Phase};
use askama::Template;
use jiff::Timestamp;
use store::{CALLS_MAX, CallFigures};

/// `GET /desk/calls`, `POST /desk/calls/take`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/calls.html", whitespace = "minimize")]
pub struct CallsPage {
    pub frame: Frame,
    pub figures: CallFigures,
    /// The next one was asked for, and there is none.
    pub found_nobody: bool,
    pub is_paused: bool,
}

impl CallsPage {
    fn ready(&self) -> u64 {
        self.figures.due.saturating_sub(self.figures.in_hand)
    }

    fn waiting(&self) -> u64 {
        self.figures.open.saturating_sub(self.figures.due)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallStage {
    NotAsked,
    /// Before their turn.
    Waiting,
    /// Their turn has come, and nobody has them in hand.
    Due,
    InMyHand,
    InAnothersHand,
    Reached,
    /// Nobody answered so often that it is over.
    NotReached,
    Withdrawn,
}

/// A person's place on the list, as their own page would tell it.
#[derive(Clone, Debug)]
pub struct CallBox {
    pub stage: CallStage,
    pub phase: Phase,
    pub order: LineOrder,
    /// None until it is settled, or drawn.
    pub queue_number: Option<u64>,
    pub ahead: u64,
    /// Low and high, in minutes.
    pub wait: Option<(u32, u32)>,
    /// Where to call; in full for whoever has them in hand.
    pub number: Option<String>,
    pub has_number: bool,
    /// The one they gave with their name, masked.
    pub own_number: Option<String>,
    pub missed: u8,
    pub again_at: Option<Timestamp>,
    /// As it was sent.
    pub call_to: String,
    pub typed: String,
}

impl CallBox {
    pub fn is_open(&self) -> bool {
        match self.stage {
            CallStage::Waiting | CallStage::Due | CallStage::InMyHand | CallStage::InAnothersHand => true,
            CallStage::NotAsked | CallStage::Reached | CallStage::NotReached | CallStage::Withdrawn => false,
        }
    }

    /// No entry is open: one can be asked for.
    pub fn may_ask(&self) -> bool {
        !self.is_open()
    }

    pub fn calls_max(&self) -> u8 {
        CALLS_MAX
    }
}
