//! What was noted of a person's calls, and the form for the next note.

use jiff::Timestamp;
use jiff::civil::Date;

#[derive(Clone, Debug)]
pub struct NoteRow {
    pub on: Date,
    pub at: Timestamp,
    /// The name of the account.
    pub who: String,
    pub reasons: Vec<String>,
    pub words: String,
}

#[derive(Clone, Debug)]
pub struct ReasonRow {
    pub code: &'static str,
    pub label: String,
    pub is_chosen: bool,
}

#[derive(Clone, Debug)]
pub struct WrapUp {
    /// The newest first.
    pub notes: Vec<NoteRow>,
    pub reasons: Vec<ReasonRow>,
    pub typed: String,
}
