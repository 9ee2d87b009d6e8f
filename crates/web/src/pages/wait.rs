//! The waiting page: one's place, told truthfully, that cannot be lost.
//!
//! The page decides nothing. `wait.js` reads the public gate document and repaints numbers; whether somebody
//! may enter is said by the server only, on the next full page.

use super::Chrome;
use super::parts::{LineOrder, Link, Phase};
use crate::gate::drawing::Part;
use askama::Template;
use jiff::Timestamp;
use store::Word;
use waiting_room::WaitRange;

/// Where the person stands.
#[derive(Clone, Debug)]
pub enum WaitState {
    NoTicket,
    /// The ticket exists; its number is being settled (in a lobby: at the opening).
    Issued,
    /// The number comes out of the draw; what it is for whoever looks.
    Undrawn {
        part: Part,
        identity_done: bool,
    },
    Waiting {
        queue_number: u64,
        ahead: u64,
        /// Low and high, in minutes.
        wait: Option<(u32, u32)>,
    },
    Called {
        can_enter: bool,
        needs_identity: bool,
        identity_by: Option<Timestamp>,
    },
    /// Called and asked to enter, held back a few seconds by the rate of admissions.
    Entering,
    /// Holds a pass.
    Admitted,
    /// The place goes on with a newer ticket, on another device.
    Elsewhere,
}

/// More people stand ahead than doses are left.
#[derive(Clone, Debug)]
pub struct ShortSupply {
    /// Regions that still have some, with their pages.
    pub regions: Vec<(Link, u64)>,
}

/// `GET /wait`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/wait.html", whitespace = "minimize")]
pub struct WaitPage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub campaign_name: String,
    pub state: WaitState,
    pub phase: Phase,
    pub order: LineOrder,
    pub opens_at: Timestamp,
    pub doses_left: Option<u64>,
    pub short_supply: Option<ShortSupply>,
    pub as_of: Timestamp,
    pub valid_until: Timestamp,
    /// Of the page without a script, and of `Entering`.
    pub refresh_seconds: u32,
    pub identity_done: bool,
    /// How many favourite clinics are kept; none where this browser does not know.
    pub favourites: Option<usize>,
    /// Whether a message is wished for when the turn comes near; None where nobody would be told.
    pub word: Option<Word>,
    /// By which the place can be taken over elsewhere; known with the number.
    pub ticket_code: Option<String>,
    /// The program in which this browser lives, if it is one of those that lose their cookies.
    pub browser_in: Option<&'static str>,
    /// `/gate/{campaign}.json`.
    pub gate_url: String,
    /// `/gate/{campaign}/ticket`.
    pub ticket_url: String,
    /// (places ahead below, seconds between two looks), nearest first.
    pub poll: Vec<(u64, u32)>,
    /// The operator's notice in the language of the page.
    pub notice: Option<String>,
    /// The other site that the line stands before.
    pub site: Option<Link>,
}

impl WaitPage {
    fn state_code(&self) -> &'static str {
        match self.state {
            WaitState::NoTicket => "none",
            WaitState::Issued => "issued",
            WaitState::Undrawn { .. } => "undrawn",
            WaitState::Waiting { .. } => "waiting",
            WaitState::Called { .. } => "called",
            WaitState::Entering => "entering",
            WaitState::Admitted => "admitted",
            WaitState::Elsewhere => "elsewhere",
        }
    }

    /// Queue number, places ahead and range; zeros until the number is settled. Queue numbers begin at 0; people are
    /// told one more, so that the first of all is number 1 and "up to number 91" means 91 people.
    fn place(&self) -> (u64, u64, Option<(u32, u32)>) {
        match self.state {
            WaitState::Waiting { queue_number, ahead, wait } => (queue_number, ahead, wait),
            _ => (0, 0, None),
        }
    }

    /// How many of the tickets up to one's own have been called.
    fn called_so_far(&self) -> u64 {
        let (number, ahead, _) = self.place();
        number.saturating_sub(ahead)
    }

    fn is_in_line(&self) -> bool {
        matches!(self.state, WaitState::Issued | WaitState::Undrawn { .. } | WaitState::Waiting { .. })
    }

    /// Whether there is a place that could go on elsewhere.
    fn has_place(&self) -> bool {
        self.is_in_line() || matches!(self.state, WaitState::Called { .. })
    }

    fn undrawn(&self) -> Option<(Part, bool)> {
        match self.state {
            WaitState::Undrawn { part, identity_done } => Some((part, identity_done)),
            _ => None,
        }
    }

    fn is_issued(&self) -> bool {
        matches!(self.state, WaitState::Issued)
    }

    /// Nobody without a ticket or with a pass needs a fresh page.
    fn refreshes(&self) -> bool {
        !matches!(self.state, WaitState::NoTicket | WaitState::Admitted | WaitState::Elsewhere)
    }

    fn poll_bands(&self) -> String {
        let bands: Vec<String> =
            self.poll.iter().map(|(below, seconds)| format!("{below}:{seconds}")).collect();
        bands.join(",")
    }

    fn seconds_to_opening(&self) -> u64 {
        self.opens_at.duration_since(self.chrome.now).as_secs().max(0).unsigned_abs()
    }

    fn has_opened(&self) -> bool {
        !matches!(self.phase, Phase::Before | Phase::Lobby | Phase::Drawing)
    }
}
