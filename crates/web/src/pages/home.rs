//! The first page: what can be booked, by whom, from when, and how much there is.

use super::Chrome;
use super::parts::{LineOrder, Phase};
use crate::published::Facts;
use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;

/// `GET /`.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/home.html", whitespace = "minimize")]
pub struct HomePage {
    pub chrome: Chrome,
    /// Empty where the page is served to everybody from memory: then no field is written.
    pub csrf: String,
    pub key: String,
    pub campaign_name: String,
    pub born_from: Date,
    pub born_to: Date,
    pub visits_from: Date,
    pub visits_to: Date,
    pub doses_total: u64,
    pub eligible_total: u64,
    pub doses_left: Option<u64>,
    pub phase: Phase,
    pub order: LineOrder,
    /// When tickets are first given out; the countdown of `Phase::Before` runs to it.
    pub lobby_opens_at: Timestamp,
    pub opens_at: Timestamp,
    pub closes_at: Option<Timestamp>,
    pub has_ticket: bool,
    /// The operator's notice in the language of the page.
    pub notice: Option<String>,
}

impl HomePage {
    fn countdown_to(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Before => Some(self.lobby_opens_at),
            Phase::Lobby => Some(self.opens_at),
            _ => None,
        }
    }

    fn seconds_left(&self) -> u64 {
        let seconds = self.countdown_to().map_or(0, |at| at.duration_since(self.chrome.now).as_secs());
        seconds.max(0).unsigned_abs()
    }

    fn takes_tickets(&self) -> bool {
        matches!(self.phase, Phase::Lobby | Phase::Drawing | Phase::Open | Phase::Paused | Phase::Trouble)
    }
}

/// The page as everybody gets it, from memory: nothing personal, no cookie, no form token.
pub fn render(campaign: &booking::Campaign, facts: &Facts, chrome: Chrome) -> String {
    let document = &facts.document;
    let page = HomePage {
        csrf: String::new(),
        key: String::new(),
        campaign_name: chrome.lang.t(&facts.campaign_name.0, &facts.campaign_name.1).to_owned(),
        born_from: campaign.group.born_from,
        born_to: campaign.group.born_to,
        visits_from: campaign.visits.first_on,
        visits_to: campaign.visits.last_on,
        doses_total: campaign.supply_total(),
        eligible_total: campaign.people.into(),
        doses_left: Some(document.doses_left.total),
        phase: document.phase,
        order: facts.order,
        lobby_opens_at: facts.lobby_opens_at,
        opens_at: document.opens_at,
        closes_at: Some(document.closes_at),
        has_ticket: false,
        notice: crate::context::announced(chrome.lang, &document.message),
        chrome,
    };
    page.render().expect("templates write to memory only")
}
