//! The state at the start: what the views hold, and the rest of the journal. Views that raise any doubt are thrown away,
//! and the whole journal is read.

use crate::audit::{AuditMarks, AuditTrail};
use crate::failpoint::failpoint;
use crate::folder;
use crate::head::Witness;
use crate::journal::{self, Check, Journal};
use crate::views::Views;
use booking::Country;
use std::path::Path;
use std::sync::Arc;
use store::{Ledger, StoreError};

pub(crate) struct Begun {
    pub(crate) ledger: Ledger,
    /// None when the file cannot be written now.
    pub(crate) views: Option<Views>,
    /// The part of the journal that was not read.
    pub(crate) unread_until: Witness,
    pub(crate) trail: AuditTrail,
}

/// # Errors
/// What is wrong with the journal; of the views nothing is an error.
pub(crate) fn begin(
    folder: &Path,
    country: &Arc<Country>,
    journal: &mut Journal,
    check: Check,
) -> Result<Begun, StoreError> {
    heed_the_head(journal)?;
    match from_views(folder, country, journal, check) {
        Ok(begun) => return Ok(begun),
        Err(error) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "views.db is thrown away and made again from the journal"
        ),
    }
    let mut ledger = Ledger::new(Arc::clone(country));
    ledger.begin_loading();
    let mut marks = AuditMarks::new(ledger.audit_head());
    journal.replay(Witness::BEGINNING, &mut ledger, &mut marks, check)?;
    ledger.end_loading();
    let views = Views::throw_away(folder).and_then(|()| Views::open(folder, country));
    let views = views.and_then(|views| folder::sync(folder).map(|()| views));
    let views = views.inspect_err(|error| {
        tracing::error!(error = error as &dyn std::error::Error, "views.db cannot be made; bookings go on");
    });
    let trail = AuditTrail::new(marks);
    Ok(Begun { ledger, views: views.ok(), unread_until: Witness::BEGINNING, trail })
}

fn from_views(
    folder: &Path,
    country: &Arc<Country>,
    journal: &mut Journal,
    check: Check,
) -> Result<Begun, StoreError> {
    let mut views = Views::open(folder, country)?;
    failpoint!("views.opened");
    folder::sync(folder)?;
    let last = views.last();
    if journal.witness(last.seq)? != Some(last) {
        let at = format!("views.db: row {} of its journal is not one of this journal", last.seq);
        return Err(StoreError::Corrupt { at });
    }
    let mut ledger = Ledger::new(Arc::clone(country));
    ledger.begin_loading();
    views.load(&mut ledger)?;
    failpoint!("views.loaded");
    let mut marks = AuditMarks::new(ledger.audit_head());
    journal.replay(last, &mut ledger, &mut marks, check)?;
    ledger.end_loading();
    Ok(Begun { ledger, views: Some(views), unread_until: last, trail: AuditTrail::new(marks) })
}

/// The head is at or behind the end of the journal; that it is not before it is found when the rows are read.
fn heed_the_head(journal: &Journal) -> Result<(), StoreError> {
    let Some(head) = journal.expected() else { return Ok(()) };
    match journal.witness(head.seq)? {
        Some(found) if found != head => Err(journal::damaged(head.seq, "journal.head knows another one")),
        Some(_) | None => Ok(()),
    }
}
