//! A broken machine. "No" is never one of these.

use std::error::Error;

type Source = Box<dyn Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store does not answer now; nothing was acknowledged.
    #[error("the store is not available: {what}")]
    Unavailable {
        what: &'static str,
        #[source]
        source: Option<Source>,
    },
    /// No room to write. Reads go on; writes work again when there is room.
    #[error("no room left to write")]
    Full,
    /// What was read is not what was written.
    #[error("the store is damaged at {at}")]
    Corrupt { at: String },
}

impl StoreError {
    pub fn unavailable(what: &'static str) -> Self {
        Self::Unavailable { what, source: None }
    }

    pub fn unavailable_because(what: &'static str, source: impl Into<Source>) -> Self {
        Self::Unavailable { what, source: Some(source.into()) }
    }
}
