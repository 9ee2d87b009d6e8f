//! A start loads what is durable already: nothing of it is ever undone, and a ledger that could not be loaded is thrown
//! away.

use super::Ledger;
use super::answers::Answers;
use super::layers::Followed;
use crate::StoreError;
use crate::record::{self, Records};
use jiff::Timestamp;

/// The tables that have a row for everybody, or for every place.
macro_rules! large_tables {
    ($ledger:ident.notes_what_was($notes:expr)) => {
        $ledger.aliases.notes_what_was($notes);
        $ledger.people.notes_what_was($notes);
        $ledger.admissions.notes_what_was($notes);
        $ledger.slots.notes_what_was($notes);
        $ledger.supply.notes_what_was($notes);
        $ledger.holds.notes_what_was($notes);
        $ledger.hold_of.notes_what_was($notes);
        $ledger.appointments.notes_what_was($notes);
        $ledger.live.notes_what_was($notes);
        $ledger.own.notes_what_was($notes);
    };
}

impl Ledger {
    /// From now on nothing can be discarded.
    pub fn begin_loading(&mut self) {
        large_tables!(self.notes_what_was(false));
    }

    pub fn end_loading(&mut self) {
        self.commit();
        large_tables!(self.notes_what_was(true));
    }

    /// Those that were kept; whatever is replayed after them comes after them.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if there are answers already: they are kept nowhere else.
    pub fn take_answers(&mut self, kept: KeptAnswers) -> Result<(), StoreError> {
        if !self.answers.is_empty() {
            return Err(StoreError::Corrupt { at: "an answer beside those that were kept".to_owned() });
        }
        self.answers = kept.answers;
        self.followed.extend(kept.last_at.map(Followed::Answered));
        Ok(())
    }
}

/// Answers as they were kept, put together beside the ledger: nothing else depends on them.
#[derive(Default)]
pub struct KeptAnswers {
    answers: Answers,
    last_at: Option<Timestamp>,
}

impl KeptAnswers {
    /// The next list of them. What each says is read when somebody asks for it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if there is anything else in the list.
    pub fn add(&mut self, list: &[u8]) -> Result<(), StoreError> {
        let mut records = Records::of(list);
        while let Some(bytes) = records.next_bytes() {
            let answered = record::answered(bytes?)?;
            self.last_at = Some(answered.2);
            self.answers.put_encoded(answered);
        }
        Ok(())
    }
}
