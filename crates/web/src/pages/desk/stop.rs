//! What two people stop together.

use super::Frame;
use crate::pages::parts::{Errors, Phase, RefusalNote};
use askama::Template;
use jiff::Timestamp;

/// Where a proposal stands.
#[derive(Clone, Debug)]
pub enum Standing {
    Open { until: Timestamp, is_mine: bool },
    TooLate,
    Agreed { by: String, due_at: Timestamp },
    Withdrawn,
    CarriedOut,
}

/// The last one that was made. Forms: `POST /desk/stop/agree` with `proposal` and `agree_code`, `POST /desk/stop/withdraw`
/// with `proposal`.
#[derive(Clone, Debug)]
pub struct Proposed {
    pub number: u64,
    /// Closes the campaign; otherwise it ends all passes.
    pub is_close: bool,
    pub by: String,
    pub at: Timestamp,
    pub why: String,
    pub standing: Standing,
}

impl Proposed {
    pub fn is_live(&self) -> bool {
        matches!(self.standing, Standing::Open { .. } | Standing::Agreed { .. })
    }
}

/// `/desk/stop`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/stop.html", whitespace = "minimize")]
pub struct StopPage {
    pub frame: Frame,
    /// What it will do depends on how things stand.
    pub phase: Phase,
    pub waiting: u64,
    pub doses_left: u64,
    /// What was typed.
    pub what: String,
    pub why: String,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
    pub proposed: Option<Proposed>,
}

impl StopPage {
    fn is_free(&self) -> bool {
        !self.proposed.as_ref().is_some_and(Proposed::is_live)
    }
}
