//! The campaign manager: how the campaign stands, who may book when, what is announced, and one person's eligibility.

use super::Frame;
use crate::pages::parts::{Errors, Phase, RefusalNote};
use askama::Template;
use booking::EligibilityGroup;
use jiff::Timestamp;
use jiff::civil::Date;

/// Who may book at an instant.
#[derive(Clone, Debug)]
pub struct Preview {
    pub at: Timestamp,
    pub phase: Phase,
    /// Somebody born then, and whether they are of the group.
    pub one: Option<(Date, bool)>,
}

/// First doses of a 시·도.
#[derive(Clone, Debug)]
pub struct SupplyLine {
    pub sido: String,
    pub doses: u64,
    /// Held or booked.
    pub taken: u64,
}

/// `GET /desk/campaign`, `POST /desk/campaign/preview`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/campaign.html", whitespace = "minimize")]
pub struct CampaignPage {
    pub frame: Frame,
    pub name: String,
    pub phase: Phase,
    pub group: EligibilityGroup,
    pub opens_at: Timestamp,
    pub closes_at: Timestamp,
    pub lobby_opens_at: Timestamp,
    /// The first and the last day of visits.
    pub visits: (Date, Date),
    pub waiting: u64,
    pub doses_left: u64,
    /// None while the ledger cannot be asked.
    pub supply: Option<Vec<SupplyLine>>,
    /// What was typed.
    pub date: String,
    pub time: String,
    pub birth_date: String,
    pub preview: Option<Preview>,
    pub errors: Errors,
}

/// `/desk/campaign/notice`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/campaign_notice.html", whitespace = "minimize")]
pub struct NoticePage {
    pub frame: Frame,
    /// Korean and English, as it stands now; both empty for none.
    pub said: (String, String),
    /// What was typed.
    pub ko: String,
    pub en: String,
    pub why: String,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    Eligible,
    NotEligible,
}

/// `/desk/campaign/eligibility`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/campaign_eligibility.html", whitespace = "minimize")]
pub struct CorrectionPage {
    pub frame: Frame,
    /// What was typed.
    pub name: String,
    pub number: String,
    pub is_temporary: bool,
    pub birth_date: String,
    pub judged: Option<Judged>,
    pub also_admitted: bool,
    pub why: String,
    /// The one before was corrected.
    pub is_done: bool,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
}
