//! The rows of a journal, wherever it is.

use crate::system::SystemRandomness;
use std::ops::ControlFlow;
use std::path::Path;
use store::StoreError;
use store::proof::{Link, Row};
use store_postgres::{Address, PostgresRows};
use store_sqlite::JournalRows;

pub(crate) enum Rows {
    Folder(JournalRows),
    /// As far as the journal went when this was opened.
    Database(PostgresRows, Link),
}

impl Rows {
    pub(super) fn in_folder(folder: &Path) -> Result<Self, StoreError> {
        Ok(Self::Folder(JournalRows::open(folder)?))
    }

    pub(super) fn in_database(address: &Address) -> Result<Self, StoreError> {
        let mut rows = PostgresRows::open(address, &SystemRandomness)?;
        let end = rows.end()?;
        Ok(Self::Database(rows, end))
    }

    /// Where the journal must end, where that is known.
    pub(super) fn head(&self) -> Option<Link> {
        match self {
            Self::Folder(rows) => rows.head(),
            Self::Database(_, end) => Some(*end),
        }
    }

    /// Every row in order, until `look` has seen enough.
    pub(crate) fn each(
        &mut self,
        mut look: impl FnMut(&Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Folder(rows) => rows.each(look),
            Self::Database(rows, end) => rows.each_after(0, |row| {
                if row.seq > end.seq {
                    return ControlFlow::Break(());
                }
                look(row)
            }),
        }
    }
}
