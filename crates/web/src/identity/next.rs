//! Where somebody goes on after an identity check.

use serde::{Deserialize, Serialize};

/// A closed list of our own pages: no address, form or cookie can lead elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Next {
    My,
    Booked,
}

impl Next {
    const ALL: [Self; 2] = [Self::My, Self::Booked];

    /// The page itself.
    pub fn path(self) -> &'static str {
        match self {
            Self::My => "/my",
            Self::Booked => "/my/booked",
        }
    }

    /// As it stands in the form of the check: `/identity?next=my`.
    pub fn code(self) -> &'static str {
        match self {
            Self::My => "my",
            Self::Booked => "booked",
        }
    }

    /// None for whatever is not on the list.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|next| next.code() == code)
    }

    pub fn of_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|next| next.path() == path)
    }
}
