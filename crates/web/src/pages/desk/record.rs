//! What staff did and looked at.

use super::Frame;
use askama::Template;
use jiff::Timestamp;

/// One event.
#[derive(Clone, Debug)]
pub struct RecordRow {
    pub seq: u64,
    pub at: Timestamp,
    /// The name of the account, or its number where there is none.
    pub who: String,
    /// The address.
    pub from: String,
    pub what: String,
    /// The number of the person.
    pub whose: Option<u64>,
    /// The reason, as it was given.
    pub why: String,
    pub refused: Option<u16>,
}

/// `GET /desk/record?who=&until=`: the newest first.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/record.html", whitespace = "minimize")]
pub struct RecordPage {
    pub frame: Frame,
    /// Of whom; empty for everybody.
    pub who: String,
    pub rows: Vec<RecordRow>,
    /// To what was before.
    pub earlier: Option<String>,
}
