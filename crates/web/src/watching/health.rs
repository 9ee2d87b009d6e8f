//! How each plane stands. A plane that turns people away is busy, not dead: whoever balances the load must not take the
//! process away for it, or the rest would fall next. A ledger that is sick does not end the line either.

use crate::app::App;
use crate::overload::Plane;
use serde::Serialize;
use std::time::Duration;

/// The keeper publishes once a second; after so long it has stopped.
const STALE_AFTER: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Ok,
    /// Turns some away, because more come than it bears; serves the others.
    Shedding,
    /// Cannot do its work now.
    Sick,
}

/// What `/health/ready` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Whether people should be sent here: the line and the pages live.
    pub ready: bool,
    pub gate: State,
    pub ledger: State,
    pub booking: State,
    pub desk: State,
    /// Of the campaign.
    pub phase: &'static str,
}

impl Health {
    pub fn of(app: &App) -> Self {
        let published = app.gate.published();
        let is_well = app.booking_is_well();
        let plane = |plane| match app.planes.figures(plane) {
            _ if !is_well => State::Sick,
            Some(figures) if figures.is_shedding => State::Shedding,
            _ => State::Ok,
        };
        let ok_if = |is_ok| if is_ok { State::Ok } else { State::Sick };
        let lives = app.gate.published_for() < STALE_AFTER;
        Self {
            ready: lives,
            gate: ok_if(lives),
            ledger: ok_if(is_well),
            booking: plane(Plane::Booking),
            desk: plane(Plane::Desk),
            phase: published.phase.code(),
        }
    }
}
